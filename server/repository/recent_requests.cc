#include "server/repository/recent_requests.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace temper {
namespace {

uint64_t digest_of(const inference::ModelInferRequest& request) {
  size_t digest = static_cast<size_t>(request.inputs_size());
  for (const auto& input : request.inputs()) {
    digest =
        absl::HashOf(digest, absl::string_view(input.name()), absl::string_view(input.datatype()));
    for (const int64_t dim : input.shape()) digest = absl::HashOf(digest, dim);
  }
  return digest;
}

bool has_strings(const inference::ModelInferRequest& request) {
  return std::ranges::any_of(request.inputs(),
                             [](const auto& input) { return input.datatype() == "BYTES"; });
}

}  // namespace

void RecentRequests::add(const inference::ModelInferRequest& request) {
  const uint64_t digest = digest_of(request);
  if (last_.exchange(digest, std::memory_order_relaxed) == digest || has_strings(request)) return;
  const std::lock_guard lock(mutex_);
  const auto known =
      std::ranges::find_if(shapes_, [&](const Shape& shape) { return shape.digest == digest; });
  if (known != shapes_.end()) {
    std::rotate(known, known + 1, shapes_.end());
    return;
  }
  if (shapes_.size() == kMost) shapes_.erase(shapes_.begin());
  inference::ModelInferRequest shape;
  for (const auto& input : request.inputs()) {
    auto* kept = shape.add_inputs();
    kept->set_name(input.name());
    kept->set_datatype(input.datatype());
    *kept->mutable_shape() = input.shape();
  }
  shapes_.push_back({digest, std::move(shape)});
}

std::vector<inference::ModelInferRequest> RecentRequests::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<inference::ModelInferRequest> requests;
  for (const Shape& shape : shapes_) requests.push_back(shape.request);
  return requests;
}

}  // namespace temper
