#pragma once
// The one skeleton of reductions: the reduced dims become contiguous rows, one result per row.

#include <algorithm>
#include <concepts>
#include <optional>

#include "core/op/op_call.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "core/tensor/tensor.h"

namespace temper {

struct Rows {
  Tensor data;  // contiguous [rows, length]
  int64_t rows = 0;
  int64_t length = 0;
  Dims out_sizes;  // reduced dims are 1 or gone
};

// `dims` empty: all of them.
Rows make_rows(const Tensor& self, DimsView dims, bool keepdim);
// One dim, wrapped; 0-dim tensors reduce over their only element.
Rows make_rows_along(const Tensor& self, int64_t dim, bool keepdim);

// out[r] = body(row pointer, length) for every row; T is the element type of rows.data.
template <class T, class Out, class Body>
Tensor reduce_rows(const RunContext& context, const Rows& rows, DType out_dtype, const Body& body) {
  const Tensor out = empty(rows.out_sizes, out_dtype);
  const T* data = rows.data.data<T>();
  Out* to = out.data<Out>();
  const int64_t grain = std::max<int64_t>(1, 32768 / std::max<int64_t>(1, rows.length));
  context.workers->parallel_for(0, rows.rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) to[r] = body(data + r * rows.length, rows.length);
  });
  return out;
}

// What sums of Acc are added up in: integers wrap around, which only unsigned ones may.
template <class Acc>
struct WrappingOf {
  using Type = Acc;
};
template <std::signed_integral Acc>
struct WrappingOf<Acc> {
  using Type = std::make_unsigned_t<Acc>;
};
template <class Acc>
using Wrapping = typename WrappingOf<Acc>::Type;

// Independent partial sums keep the loop in vectors and the error small.
template <class Acc, class T, class Term>
Acc sum_terms(const T* row, int64_t n, const Term& term) {
  constexpr int kLanes = 8;
  constexpr int64_t kChunk = 1024;
  using Sum = Wrapping<Acc>;
  Sum total = Sum(0);
  for (int64_t start = 0; start < n; start += kChunk) {
    const int64_t end = std::min(n, start + kChunk);
    Sum lanes[kLanes] = {};
    int64_t i = start;
    for (; i + kLanes <= end; i += kLanes) {
      for (int k = 0; k < kLanes; ++k) lanes[k] += static_cast<Sum>(term(row[i + k]));
    }
    for (; i < end; ++i) lanes[0] += static_cast<Sum>(term(row[i]));
    Sum chunk = Sum(0);
    for (const Sum& lane : lanes) chunk += lane;
    total += chunk;
  }
  return static_cast<Acc>(total);
}

template <class T>
bool is_nan_value(T v) {
  return v != v;
}

}  // namespace temper
