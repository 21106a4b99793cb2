// Reductions of consecutive pieces of a dim, given by their lengths or by where they start.
#include <cmath>
#include <limits>
#include <optional>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/reduce/reduce.h"

namespace temper {
namespace {

enum class Fold { kMax, kMin, kMean, kSum, kProd };

Fold fold_of(const std::string& name) {
  if (name == "max") return Fold::kMax;
  if (name == "min") return Fold::kMin;
  if (name == "mean") return Fold::kMean;
  if (name == "sum") return Fold::kSum;
  if (name == "prod") return Fold::kProd;
  fail("unsupported reduction given! ", name);
}

// data [outer, length, inner]; piece (o, s) is [bounds[o * (count + 1) + s], the next one).
struct Segments {
  int64_t outer = 1, length = 0, inner = 1, count = 0;
  std::vector<int64_t> bounds;
};

Segments segments_of(const Tensor& data, const Tensor& given, bool offsets, int64_t axis) {
  if (given.dim() != axis + 1 || data.dim() < axis + 1) {
    fail(
        "segment_reduce(): expected `axis` to be the last dim of lengths or offsets, and a dim of "
        "data");
  }
  if (given.dtype() != DType::kInt64 && given.dtype() != DType::kInt32) {
    fail("segment_reduce(): lengths and offsets must be int32 or int64");
  }
  Segments s;
  for (int64_t d = 0; d < axis; ++d) {
    if (given.size(d) != data.size(d)) {
      fail("Expected all dimensions of data before axis to match those of lengths");
    }
    s.outer *= data.size(d);
  }
  for (int64_t d = axis + 1; d < data.dim(); ++d) s.inner *= data.size(d);
  s.length = data.size(axis);
  s.count = given.size(axis) - (offsets ? 1 : 0);
  if (s.count < 0) fail("segment_reduce(): offsets must hold at least one value");
  const Tensor wide = to_dtype(given, DType::kInt64).contiguous();
  const int64_t* values = wide.data<int64_t>();
  for (int64_t o = 0; o < s.outer; ++o) {
    int64_t at = 0;
    for (int64_t i = 0; i <= s.count; ++i) {
      if (offsets) {
        at = *values++;
      } else if (i > 0) {
        if (*values < 0) fail("lengths contains negative value!");
        at = *values > s.length - at ? s.length + 1 : at + *values;
        ++values;
      }
      if (at < 0 || at > s.length || (i > 0 && at < s.bounds.back())) {
        fail(
            "Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when "
            "!unsafe.");
      }
      s.bounds.push_back(at);
    }
    if (!offsets && at != s.length) {
      fail(
          "Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when "
          "!unsafe.");
    }
  }
  return s;
}

template <class C>
C start_of(Fold fold) {
  switch (fold) {
    case Fold::kMax: return -std::numeric_limits<C>::infinity();
    case Fold::kMin: return std::numeric_limits<C>::infinity();
    case Fold::kProd: return C(1);
    default: return C(0);
  }
}

template <class C>
C combine(Fold fold, C a, C b) {
  switch (fold) {
    case Fold::kMax: return std::isnan(b) || a < b ? b : a;
    case Fold::kMin: return std::isnan(b) || b < a ? b : a;
    case Fold::kProd: return a * b;
    default: return a + b;
  }
}

template <class T>
void reduce_segments(const Segments& s, Fold fold, const Tensor& data, const Tensor& out,
                     std::optional<double> initial) {
  using C = Compute<T>;
  T* to = out.data<T>();
  for (int64_t o = 0; o < s.outer; ++o) {
    for (int64_t piece = 0; piece < s.count; ++piece) {
      const int64_t begin = s.bounds[static_cast<size_t>(o * (s.count + 1) + piece)];
      const int64_t end = s.bounds[static_cast<size_t>(o * (s.count + 1) + piece + 1)];
      for (int64_t i = 0; i < s.inner; ++i) {
        C value = initial ? static_cast<C>(*initial) : start_of<C>(fold);
        for (int64_t k = begin; k < end; ++k) {
          const C next = static_cast<C>(data.data<T>()[(o * s.length + k) * s.inner + i]);
          value = combine(fold, value, next);
        }
        if (fold == Fold::kMean && end > begin) value /= static_cast<C>(end - begin);
        if (fold == Fold::kMean && end == begin && !initial) value = C(NAN);
        *to++ = T(value);
      }
    }
  }
}

}  // namespace

// (data, reduce, lengths?, indices?, offsets?, axis, unsafe, initial?)
void segment_reduce(OpCall& call) {
  const Tensor data = call.tensor(0).contiguous();
  const Fold fold = fold_of(call.string(1));
  if (!call.is_none(3)) fail("segment_reduce(): indices based reduction is not supported yet.");
  const bool offsets = call.is_none(2);
  if (offsets && call.is_none(4)) {
    fail("segment_reduce(): Either lengths or offsets must be defined.");
  }
  const Tensor given = call.tensor(offsets ? 4 : 2);
  const int64_t axis = existing_dim(call.integer(5), data.dim());
  const Segments s = segments_of(data, given, offsets, axis);
  Dims sizes(data.sizes().begin(), data.sizes().end());
  sizes[static_cast<size_t>(axis)] = s.count;
  const Tensor out = empty(sizes, data.dtype());
  const std::optional<double> initial =
      call.is_none(7) ? std::nullopt : std::optional<double>(call.number(7));
  visit(data.dtype(), "_segment_reduce_cpu", AllFloatTypes{},
        [&]<class T>() { reduce_segments<T>(s, fold, data, out, initial); });
  call.ret(out);
}

}  // namespace temper
