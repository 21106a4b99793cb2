#include <algorithm>
#include <numeric>
#include <vector>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/vision/kernels.h"

namespace temper {
namespace {

template <class T>
std::vector<int64_t> keep_boxes(const T* box, const T* score, int64_t count, double limit) {
  std::vector<int64_t> order(static_cast<size_t>(count)), kept;
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    // NaN counts as the largest score.
    if (score[a] != score[a]) return score[b] == score[b];
    return score[a] > score[b];
  });
  std::vector<T> area(static_cast<size_t>(count));
  std::vector<char> suppressed(static_cast<size_t>(count), 0);
  for (int64_t i = 0; i < count; ++i) {
    area[static_cast<size_t>(i)] =
        (box[4 * i + 2] - box[4 * i]) * (box[4 * i + 3] - box[4 * i + 1]);
  }
  for (size_t at = 0; at < order.size(); ++at) {
    const int64_t i = order[at];
    if (suppressed[static_cast<size_t>(i)]) continue;
    kept.push_back(i);
    const T* a = box + 4 * i;
    for (size_t next = at + 1; next < order.size(); ++next) {
      const int64_t j = order[next];
      if (suppressed[static_cast<size_t>(j)]) continue;
      const T* b = box + 4 * j;
      const T w = std::max(T(0), std::min(a[2], b[2]) - std::max(a[0], b[0]));
      const T h = std::max(T(0), std::min(a[3], b[3]) - std::max(a[1], b[1]));
      const T common = w * h;
      const T ratio =
          common / (area[static_cast<size_t>(i)] + area[static_cast<size_t>(j)] - common);
      if (static_cast<double>(ratio) > limit) suppressed[static_cast<size_t>(j)] = 1;
    }
  }
  return kept;
}

}  // namespace

// (boxes [n, 4] as x1 y1 x2 y2, scores [n], iou_threshold) -> indices by falling score
void nms(OpCall& call) {
  const Tensor boxes = call.tensor(0).contiguous(), scores = call.tensor(1).contiguous();
  if (boxes.dim() != 2) fail("boxes should be a 2d tensor, got ", boxes.dim(), "D");
  if (boxes.size(1) != 4) {
    fail("boxes should have 4 elements in dimension 1, got ", boxes.size(1));
  }
  if (scores.dim() != 1) fail("scores should be a 1d tensor, got ", scores.dim(), "D");
  if (boxes.size(0) != scores.size(0)) {
    fail("boxes and scores should have same number of elements in dimension 0, got ", boxes.size(0),
         " and ", scores.size(0));
  }
  if (boxes.dtype() != scores.dtype()) fail("dets should have the same type as scores");
  std::vector<int64_t> kept;
  visit(boxes.dtype(), "nms", FloatTypes{}, [&]<class T>() {
    kept = keep_boxes<T>(boxes.data<T>(), scores.data<T>(), boxes.size(0), call.number(2));
  });
  const Tensor out = empty({static_cast<int64_t>(kept.size())}, DType::kInt64);
  std::copy(kept.begin(), kept.end(), out.data<int64_t>());
  call.ret(out);
}

}  // namespace temper
