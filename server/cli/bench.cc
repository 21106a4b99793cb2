#include "server/cli/bench.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/error.h"
#include "core/sync/budget.h"
#include "core/value/containers.h"
#include "ir/import/import.h"
#include "server/cli/exit_code.h"
#include "server/cli/run.h"
#include "server/cli/table.h"
#include "server/engine/runtime.h"

namespace temper::cli {
namespace {

using Clock = std::chrono::steady_clock;
// One request; each thread has its own.
using Ask = std::function<void()>;
using MakeAsk = std::function<Ask()>;

struct Row {
  int concurrency = 0;
  size_t requests = 0;
  double per_second = 0;
  std::vector<double> ms;  // sorted
  int64_t peak_bytes = 0;  // the most memory that this process took so far
  double at(double share) const {
    return ms.empty() ? 0 : ms[static_cast<size_t>(share * static_cast<double>(ms.size() - 1))];
  }
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int64_t peak_resident_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
  }
  return 0;
}

// The first error of any thread is rethrown.
Row measure(const MakeAsk& make, int concurrency, double warm_up, double seconds) {
  Row row;
  row.concurrency = concurrency;
  std::mutex mutex;
  std::exception_ptr failure;
  std::atomic<bool> stop{false};
  const auto run = [&] {
    try {
      const Ask ask = make();
      const auto warm = Clock::now();
      do ask();
      while (!stop && seconds_since(warm) < warm_up);
      std::vector<double> ms;
      const auto start = Clock::now();
      while (!stop && seconds_since(start) < seconds) {
        const auto begin = Clock::now();
        ask();
        ms.push_back(seconds_since(begin) * 1000);
      }
      const std::lock_guard lock(mutex);
      row.ms.insert(row.ms.end(), ms.begin(), ms.end());
      row.per_second += static_cast<double>(ms.size()) / seconds_since(start);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      stop = true;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < concurrency; ++i) threads.emplace_back(run);
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  std::sort(row.ms.begin(), row.ms.end());
  row.requests = row.ms.size();
  row.peak_bytes = peak_resident_bytes();
  return row;
}

void print(const std::vector<Row>& rows, bool as_json) {
  if (as_json) {
    nlohmann::json body = nlohmann::json::array();
    for (const Row& row : rows) {
      body.push_back({{"concurrency", row.concurrency},
                      {"requests", row.requests},
                      {"requests_per_second", row.per_second},
                      {"min_ms", row.at(0)},
                      {"p50_ms", row.at(0.5)},
                      {"p90_ms", row.at(0.9)},
                      {"p99_ms", row.at(0.99)},
                      {"max_ms", row.at(1)},
                      {"peak_bytes", row.peak_bytes}});
    }
    std::printf("%s\n", body.dump().c_str());
    return;
  }
  Table table({"concurrency", "requests", "per second", "p50 ms", "p90 ms", "p99 ms", "max ms"});
  for (const Row& row : rows) {
    table.add({std::to_string(row.concurrency), std::to_string(row.requests),
               fixed(row.per_second, 1), fixed(row.at(0.5), 3), fixed(row.at(0.9), 3),
               fixed(row.at(0.99), 3), fixed(row.at(1), 3)});
  }
  std::printf("%s", table.text().c_str());
}

std::vector<Row> measure_all(const BenchOptions& options, const MakeAsk& make) {
  std::vector<Row> rows;
  for (const int concurrency : options.concurrency) {
    rows.push_back(measure(make, concurrency, options.warm_up_seconds, options.seconds));
  }
  return rows;
}

std::vector<Row> bench_local(const BenchOptions& options) {
  const Runtime runtime;
  ThreadPool pool(options.threads > 0 ? options.threads : cpu_budget());
  const std::string& file = options.infer.model;
  const auto model = about_file(
      file, [&] { return Model::load(runtime, ir::FileBytes::map(file), options.model); });
  const Model::Method& method = model->method(options.method);
  const MakeAsk make = [&]() -> Ask {
    // Own arguments: programs may write to them.
    std::vector<IValue> args = read_arguments(method, options.inputs_file, options.infer.inputs);
    CallOptions call;
    call.pool = &pool;
    return [&model, &method, args = std::move(args), call] { model->call(method, args, call); };
  };
  return measure_all(options, make);
}

std::vector<Row> bench_remote(const BenchOptions& options) {
  const MakeAsk make = [&]() -> Ask {
    auto remote = std::make_shared<Remote>(options.infer.remote);
    return [remote, request = remote->make_request(options.infer)] { remote->infer(request); };
  };
  return measure_all(options, make);
}

}  // namespace

int bench(const BenchOptions& options) {
  try {
    print(options.remote ? bench_remote(options) : bench_local(options), options.infer.remote.json);
    return kDone;
  } catch (const RemoteError& error) {
    report_failure(error.message);
    return error.exit_code;
  } catch (const Error& error) {
    return report_failure(error.message());
  }
}

}  // namespace temper::cli
