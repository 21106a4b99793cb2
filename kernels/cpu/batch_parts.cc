#include "kernels/cpu/batch_parts.h"

#include <algorithm>

#include "core/op/run_context.h"
#include "core/value/containers.h"
#include "kernels/cpu/joining.h"

namespace temper {

// Of a last-level cache with its usual 16 to 32 MB, weights and other requests want a part, too.
// The same on every machine: how a batch is parted shows in the last bits of results.
int64_t images_at_a_time(int64_t images, double bytes, int threads) {
  constexpr double kMostTogether = double{24 << 20}, kPart = double{12 << 20};
  if (static_cast<double>(images) * bytes <= kMostTogether) return images;
  const int64_t fitting = static_cast<int64_t>(kPart / bytes);
  return std::clamp<int64_t>(std::max<int64_t>(fitting, (threads + 3) / 4), 1, images);
}

void split_batch(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() != 4 || self.size(1) != call.integer(1) || self.size(0) < 2) {
    return call.ret(make_list(Type::tensor(), {call.in(0)}));
  }
  const int64_t images = self.size(0);
  const double bytes = static_cast<double>(self.nbytes()) / static_cast<double>(images);
  const int64_t step =
      images_at_a_time(images, bytes * call.number(2), call.context().workers->threads());
  std::vector<Tensor> parts;
  for (int64_t begin = 0; begin < images; begin += step) {
    parts.push_back(self.slice(0, begin, std::min(images, begin + step), 1));
  }
  call.ret(make_tensor_list(parts));
}

void join_batch(OpCall& call) {
  const std::vector<Tensor> parts = call.tensors(0);
  call.ret(parts.size() == 1 ? parts[0] : joining::concatenate(parts, 0));
}

}  // namespace temper
