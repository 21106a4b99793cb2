#include "server/observe/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <fstream>
#include <limits>

namespace temper {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

class Exposition {
 public:
  MetricFamily& family(const char* name, const char* help, MetricType type) {
    families_.push_back({name, help, type, {}});
    return families_.back();
  }
  void gauge(const char* name, const char* help, double value) {
    add(family(name, help, MetricType::Gauge), {}, value);
  }
  void counter(const char* name, const char* help, double value) {
    add(family(name, help, MetricType::Counter), {}, value);
  }
  static void add(MetricFamily& family, Labels labels, double value) {
    ClientMetric& metric = family.metric.emplace_back();
    metric.label = std::move(labels);
    (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  }
  static void add(MetricFamily& family, Labels labels, const TimeHistogram& histogram) {
    const TimeHistogram::Snapshot snapshot = histogram.read();
    ClientMetric& metric = family.metric.emplace_back();
    metric.label = std::move(labels);
    metric.histogram.sample_count = snapshot.total;
    metric.histogram.sample_sum = snapshot.sum_seconds;
    uint64_t below = 0;
    for (size_t i = 0; i < TimeHistogram::kBounds.size(); ++i) {
      below += snapshot.counts[i];
      metric.histogram.bucket.push_back({below, TimeHistogram::kBounds[i]});
    }
    metric.histogram.bucket.push_back({snapshot.total, std::numeric_limits<double>::infinity()});
  }
  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  std::vector<MetricFamily> families_;
};

Labels labels_of(const ModelSample& model) {
  return {{"model", model.stats->model()}, {"version", model.stats->version()}};
}
Labels with(Labels labels, const char* name, const char* value) {
  labels.push_back({name, value});
  return labels;
}

double value_of(const std::atomic<uint64_t>& counter) {
  return static_cast<double>(counter.load(std::memory_order_relaxed));
}

void add_outcomes(Exposition& out, const ServerSample& sample) {
  MetricFamily& family =
      out.family("temper_requests_total", "Requests by outcome", MetricType::Counter);
  for (const ModelSample& model : sample.models) {
    for (int i = 0; i < kNumOutcomes; ++i) {
      Exposition::add(family,
                      with(labels_of(model), "outcome", outcome_name(static_cast<Outcome>(i))),
                      value_of(model.stats->outcomes[i]));
    }
  }
}

void add_histograms(Exposition& out, const ServerSample& sample) {
  struct Row {
    const char* name;
    const char* help;
    TimeHistogram ModelStats::*histogram;
  };
  constexpr Row kRows[] = {
      {"temper_queue_seconds", "Time from arrival to the start of work", &ModelStats::queue_times},
      {"temper_compute_seconds", "Time in the program", &ModelStats::compute_times},
      {"temper_request_seconds", "Time from arrival to the answer", &ModelStats::total_times},
  };
  for (const Row& row : kRows) {
    MetricFamily& family = out.family(row.name, row.help, MetricType::Histogram);
    for (const ModelSample& model : sample.models) {
      Exposition::add(family, labels_of(model), (*model.stats).*row.histogram);
    }
  }
}

// One gauge or counter per model.
template <class Value>
void add_per_model(Exposition& out, const ServerSample& sample, MetricType type, const char* name,
                   const char* help, Value value) {
  MetricFamily& family = out.family(name, help, type);
  for (const ModelSample& model : sample.models) {
    Exposition::add(family, labels_of(model), static_cast<double>(value(model)));
  }
}

void add_models(Exposition& out, const ServerSample& sample) {
  const auto gauge = [&](const char* name, const char* help, auto value) {
    add_per_model(out, sample, MetricType::Gauge, name, help, value);
  };
  gauge("temper_model_weight_bytes", "Bytes of a model's parameters and constants",
        [](const ModelSample& m) { return m.weight_bytes; });
  gauge("temper_model_used_bytes", "Bytes charged to a model: weights and running requests",
        [](const ModelSample& m) { return m.used_bytes; });
  gauge("temper_model_peak_bytes", "The most that was ever charged to a model",
        [](const ModelSample& m) { return m.peak_bytes; });
  gauge("temper_model_load_seconds", "How long the last load took",
        [](const ModelSample& m) { return m.load_seconds; });
  gauge("temper_requests_in_flight", "Requests accepted and not answered yet",
        [](const ModelSample& m) { return m.stats->pending.load(std::memory_order_relaxed); });
}

void add_packed(Exposition& out, const ServerSample& sample) {
  const auto add = [&](const char* name, const char* help, MetricType type, auto value) {
    MetricFamily& family = out.family(name, help, type);
    for (const PackedSample& each : sample.packed) {
      Exposition::add(family, {{"kind", each.kind}}, static_cast<double>(each.*value));
    }
  };
  add("temper_packed_bytes", "Bytes of what is kept for all models, shared copies once",
      MetricType::Gauge, &PackedSample::bytes);
  add("temper_packed_entries", "Packed weights, and primitives made for shapes, that are kept",
      MetricType::Gauge, &PackedSample::entries);
  add("temper_packed_evictions_total", "Those that went because of the limit", MetricType::Counter,
      &PackedSample::evictions);
}

// The names that dashboards and autoscalers of other servers of this protocol use.
void add_compatible(Exposition& out, const ServerSample& sample) {
  const auto counter = [&](const char* name, const char* help, auto value) {
    add_per_model(out, sample, MetricType::Counter, name, help, value);
  };
  const auto micros = [](const std::atomic<uint64_t>& ns) { return value_of(ns) / 1000; };
  counter("nv_inference_request_success", "Requests answered",
          [](const ModelSample& m) { return m.stats->successes(); });
  MetricFamily& failures =
      out.family("nv_inference_request_failure", "Requests refused or failed", MetricType::Counter);
  for (const ModelSample& model : sample.models) {
    const auto& outcomes = model.stats->outcomes;
    const double rejected = value_of(outcomes[static_cast<int>(Outcome::kRejected)]);
    const double canceled = value_of(outcomes[static_cast<int>(Outcome::kCancelled)]);
    const double other = static_cast<double>(model.stats->failures()) - rejected - canceled;
    Exposition::add(failures, with(labels_of(model), "reason", "REJECTED"), rejected);
    Exposition::add(failures, with(labels_of(model), "reason", "CANCELED"), canceled);
    Exposition::add(failures, with(labels_of(model), "reason", "OTHER"), std::max(other, 0.0));
  }
  counter("nv_inference_count", "Inferences: a batch of n counts n",
          [](const ModelSample& m) { return m.stats->inferences.load(); });
  counter("nv_inference_exec_count", "Executions of the program",
          [](const ModelSample& m) { return m.stats->executions.load(); });
  counter("nv_inference_request_duration_us", "Time of answered requests",
          [&](const ModelSample& m) { return micros(m.stats->success_ns); });
  counter("nv_inference_queue_duration_us", "Time that answered requests waited",
          [&](const ModelSample& m) { return micros(m.stats->queue_ns); });
  counter("nv_inference_compute_input_duration_us", "Time spent reading inputs",
          [&](const ModelSample& m) { return micros(m.stats->input_ns); });
  counter("nv_inference_compute_infer_duration_us", "Time spent in the program",
          [&](const ModelSample& m) { return micros(m.stats->infer_ns); });
  counter("nv_inference_compute_output_duration_us", "Time spent writing outputs",
          [&](const ModelSample& m) { return micros(m.stats->output_ns); });
  add_per_model(out, sample, MetricType::Gauge, "nv_inference_pending_request_count",
                "Requests accepted and not answered yet",
                [](const ModelSample& m) { return m.stats->pending.load(); });
}

void add_process(Exposition& out) {
  std::ifstream statm("/proc/self/statm");
  double virtual_pages = 0, resident_pages = 0;
  statm >> virtual_pages >> resident_pages;
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  out.gauge("process_virtual_memory_bytes", "Address space in use", virtual_pages * page);
  out.gauge("process_resident_memory_bytes", "Memory in use", resident_pages * page);
  timespec cpu{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  out.counter("process_cpu_seconds_total", "CPU time of this process",
              static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) * 1e-9);
}

}  // namespace

std::string metrics_text(const ServerSample& sample) {
  Exposition out;
  add_outcomes(out, sample);
  add_histograms(out, sample);
  add_models(out, sample);
  out.gauge("temper_models_loaded", "Model versions that answer requests",
            static_cast<double>(sample.models.size()));
  out.counter("temper_model_loads_total", "Loads that were tried",
              static_cast<double>(sample.loads));
  out.counter("temper_model_load_failures_total", "Loads that failed",
              static_cast<double>(sample.load_failures));
  out.gauge("temper_ready", "1 when the server takes requests", sample.ready ? 1 : 0);
  out.gauge("temper_pool_threads", "Threads that may compute at once", sample.pool_threads);
  out.gauge("temper_pool_running", "Pieces of work that run", sample.pool_running);
  out.gauge("temper_pool_waiting", "Pieces of work that wait for a thread", sample.pool_waiting);
  add_packed(out, sample);
  add_compatible(out, sample);
  add_process(out);
  return out.text();
}

}  // namespace temper
