#include "server/api/warm_up.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

#include "core/base/error.h"
#include "core/sync/deadline.h"
#include "server/api/datatype.h"
#include "server/api/inputs.h"
#include "server/repository/model_config.h"

namespace temper {
namespace {

// The first call packs, the second is recorded, the third has its arena.
constexpr int kCalls = 3;
constexpr int64_t kMostBytes = int64_t{1} << 30;  // of an input
constexpr std::chrono::seconds kPatience{5};      // with the shapes of recent requests

class RequestBytes : public RefCounted {
 public:
  inference::ModelInferRequest request;
};

int64_t bytes_of(const inference::ModelInferRequest::InferInputTensor& input) {
  const Datatype* datatype = find_datatype(input.datatype());
  if (!datatype || datatype->is_bytes()) {
    fail("input '", input.name(), "' has the datatype ", input.datatype(),
         "; only numbers can be made up");
  }
  int64_t bytes = datatype->size;
  for (const int64_t dim : input.shape()) {
    if (dim < 0 || __builtin_mul_overflow(bytes, dim, &bytes) || bytes > kMostBytes) {
      fail("the shape of input '", input.name(), "' has a negative dim or too many elements");
    }
  }
  return bytes;
}

void call(const Servable& servable, const Ref<RequestBytes>& bytes, ThreadPool& pool,
          Deadline deadline) {
  CallOptions options;
  options.pool = &pool;
  options.deadline = deadline;
  Arguments arguments = read_inputs(servable.signature, bytes->request, bytes);
  servable.model->call(*servable.method, std::move(arguments.values), options);
}

// Between 0 and 1; 0 or 1 where numbers are whole.
std::string random_data(std::string_view datatype, int64_t bytes) {
  std::string data(static_cast<size_t>(bytes), '\0');
  std::minstd_rand draw;
  const auto fill = [&]<class T>(T) {
    std::uniform_real_distribution<T> between;
    for (size_t at = 0; at + sizeof(T) <= data.size(); at += sizeof(T)) {
      const T value = between(draw);
      std::memcpy(data.data() + at, &value, sizeof value);
    }
  };
  const size_t size = static_cast<size_t>(find_datatype(datatype)->size);
  if (datatype == "FP32") {
    fill(float{});
  } else if (datatype == "FP64") {
    fill(double{});
  } else if (datatype == "FP16" || datatype == "BF16") {
    // 1 is 0x3c00 in the one format and 0x3f80 in the other; the machine is little-endian.
    const char one = datatype == "FP16" ? '\x3c' : '\x3f';
    for (size_t at = 0; at < data.size(); at += size) {
      if (draw() % 2 == 0) continue;
      data[at + 1] = one;
      if (datatype == "BF16") data[at] = '\x80';
    }
  } else {
    for (size_t at = 0; at < data.size(); at += size) data[at] = static_cast<char>(draw() % 2);
  }
  return data;
}

std::string file_data(const Servable& servable, const std::string& name) {
  if (servable.folder.empty() || name.find('/') != std::string::npos || name == "..") {
    fail("input_data_file '", name, "' must be a file of the model's folder warmup");
  }
  const std::string path = str_cat(servable.folder, "/warmup/", name);
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot read ", path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string data_of(const Servable& servable, const inference::ModelWarmup::Input& given,
                    const inference::ModelInferRequest::InferInputTensor& input) {
  using Given = inference::ModelWarmup::Input;
  switch (given.input_data_type_case()) {
    case Given::kInputDataFile: return file_data(servable, given.input_data_file());
    case Given::kRandomData: return random_data(input.datatype(), bytes_of(input));
    default: return std::string(static_cast<size_t>(bytes_of(input)), '\0');
  }
}

Ref<RequestBytes> sample_request(const Servable& servable, const inference::ModelWarmup& sample) {
  auto bytes = make_ref<RequestBytes>();
  for (const auto& [name, given] : sample.inputs()) {
    auto* input = bytes->request.add_inputs();
    input->set_name(name);
    input->set_datatype(std::string(datatype_of_config(given.data_type())));
    if (servable.signature.max_batch > 0) {
      input->add_shape(std::max<int64_t>(sample.batch_size(), 1));
    }
    input->mutable_shape()->Add(given.dims().begin(), given.dims().end());
    bytes->request.add_raw_input_contents(data_of(servable, given, *input));
  }
  return bytes;
}

void run_samples(const Servable& servable, ThreadPool& pool) {
  for (const inference::ModelWarmup& sample : servable.config.model_warmup()) {
    try {
      const Ref<RequestBytes> bytes = sample_request(servable, sample);
      for (uint32_t i = 0; i < std::max<uint32_t>(sample.count(), kCalls); ++i) {
        call(servable, bytes, pool, kNoDeadline);
      }
    } catch (const Error& error) {
      throw_error(error.kind(),
                  str_cat("the configuration's warm-up '", sample.name(), "': ", error.message()));
    }
  }
}

void repeat(const Servable& servable, inference::ModelInferRequest shape, ThreadPool& pool,
            Deadline deadline) {
  auto bytes = make_ref<RequestBytes>();
  bytes->request = std::move(shape);
  for (const auto& input : bytes->request.inputs()) {
    bytes->request.add_raw_input_contents(std::string(static_cast<size_t>(bytes_of(input)), '\0'));
  }
  for (int i = 0; i < kCalls; ++i) call(servable, bytes, pool, deadline);
}

}  // namespace

void warm_up(const Servable& servable, ThreadPool& pool, Logger& log) {
  if (servable.config.model_warmup_size() > 0) return run_samples(servable, pool);
  if (servable.method->stateful) return;
  const Deadline deadline = std::chrono::steady_clock::now() + kPatience;
  for (inference::ModelInferRequest& shape : servable.recent->all()) {
    try {
      repeat(servable, std::move(shape), pool, deadline);
    } catch (const std::exception& error) {
      // Zeros may be no sense to the program, and the new version may want other inputs.
      log.info(
          "model.warm_up_failed",
          {{"model", servable.name}, {"version", servable.version_text}, {"reason", error.what()}});
    }
  }
}

}  // namespace temper
