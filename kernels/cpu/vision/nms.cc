#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/spatial_loops.h"
#include "kernels/cpu/vision/kernels.h"

namespace temper {
namespace {

// Boxes by falling score, each coordinate in a row of its own; NaN counts as the largest score.
template <class T>
struct SortedBoxes {
  std::vector<int64_t> order;
  std::vector<T> left, top, right, bottom, area;

  SortedBoxes(const T* box, const T* score, int64_t count) {
    order.resize(static_cast<size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      if (score[a] != score[a]) return score[b] == score[b];
      return score[a] > score[b];
    });
    for (const int64_t i : order) {
      const T* b = box + 4 * i;
      left.push_back(b[0]);
      top.push_back(b[1]);
      right.push_back(b[2]);
      bottom.push_back(b[3]);
      area.push_back((b[2] - b[0]) * (b[3] - b[1]));
    }
  }
};

// The largest float that is not above: comparing floats with it is comparing with the number.
float floor_to_float(double value) {
  const float near = static_cast<float>(value);
  return static_cast<double>(near) > value ? std::nextafter(near, -INFINITY) : near;
}

void hide_overlaps(const SortedBoxes<float>& boxes, size_t i, double limit,
                   std::vector<uint8_t>& hidden) {
  const Boxes rows{boxes.left.data(), boxes.top.data(), boxes.right.data(), boxes.bottom.data(),
                   boxes.area.data()};
  spatial_loops().hide_overlaps(rows, static_cast<int64_t>(i),
                                static_cast<int64_t>(boxes.order.size()), floor_to_float(limit),
                                hidden.data());
}

void hide_overlaps(const SortedBoxes<double>& boxes, size_t i, double limit,
                   std::vector<uint8_t>& hidden) {
  for (size_t j = i + 1; j < boxes.order.size(); ++j) {
    const double w = std::max(
        0.0, std::min(boxes.right[i], boxes.right[j]) - std::max(boxes.left[i], boxes.left[j]));
    const double h = std::max(
        0.0, std::min(boxes.bottom[i], boxes.bottom[j]) - std::max(boxes.top[i], boxes.top[j]));
    const double common = w * h;
    if (common / (boxes.area[i] + boxes.area[j] - common) > limit) hidden[j] = 1;
  }
}

template <class T>
std::vector<int64_t> keep_boxes(const T* box, const T* score, int64_t count, double limit) {
  const SortedBoxes<T> boxes(box, score, count);
  std::vector<uint8_t> hidden(static_cast<size_t>(count), 0);
  std::vector<int64_t> kept;
  for (size_t i = 0; i < hidden.size(); ++i) {
    if (hidden[i] != 0) continue;
    kept.push_back(boxes.order[i]);
    hide_overlaps(boxes, i, limit, hidden);
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
