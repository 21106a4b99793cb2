// Largest and smallest elements and their places, truth reductions.
#include <cstring>
#include <limits>
#include <vector>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/pointwise/loops.h"
#include "kernels/cpu/pointwise/types.h"
#include "kernels/cpu/reduce/fold.h"
#include "kernels/cpu/reduce/reduce.h"

namespace temper {
namespace {

// [outer, length, inner], the middle one reduced.
struct Block {
  Tensor data;  // contiguous, of a dtype that the loops have
  int64_t outer = 1, length = 1, inner = 1;
  Dims out_sizes;
};

// The dim is wrapped; all of them when there is none.
Block make_block(const Tensor& self, std::optional<int64_t> dim, bool keepdim) {
  DType dtype = self.dtype();
  while (!reduce_loops().lines[static_cast<int>(dtype)].find) {
    const auto wider = wider_dtype(dtype);
    if (!wider) dtype_not_supported("argmax", self.dtype());
    dtype = *wider;
  }
  Block block;
  block.data = to_dtype(self, dtype).contiguous();
  const int64_t rank = self.dim(), reduced = dim ? wrap_dim(*dim, rank) : -1;
  for (int64_t d = 0; d < rank; ++d) {
    const int64_t size = self.sizes()[static_cast<size_t>(d)];
    const bool gone = !dim || d == reduced;
    (gone ? block.length : d < reduced ? block.outer : block.inner) *= size;
    if (!gone || keepdim) block.out_sizes.push_back(gone ? 1 : size);
  }
  return block;
}

// Nothing has no extreme. `dims` empty: all of them.
void check_not_empty(const Tensor& self, DimsView dims, int64_t results, const char* op) {
  if (self.numel() > 0 || results == 0) return;
  for (const int64_t dim : wrap_dims(dims, self.dim())) {
    if (self.sizes()[static_cast<size_t>(dim)] != 0) continue;
    fail(op, "(): Expected reduction dim ", dim, " to have non-zero size.");
  }
  fail(op,
       "(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
       "reduction dim with the 'dim' argument.");
}

Tensor extreme_values(OpCall& call, const Tensor& self, DimsView dims, bool keepdim, bool largest,
                      const char* op) {
  if (is_complex(self.dtype())) dtype_not_supported(op, self.dtype());
  const Folded best = fold(call.context(), self, dims, keepdim, largest ? Fold::kMax : Fold::kMin);
  check_not_empty(self, dims, best.values.numel(), op);
  return to_dtype(best.values, self.dtype());
}

struct Extremes {
  Tensor values, places;
};

// One row: its extreme, then the first place of that.
template <class T>
void extreme_row(const Block& block, int64_t row, const FoldLoops& best, const LineLoops& lines,
                 const Extremes& out) {
  const T* x = block.data.data<T>() + row * block.length;
  T* value = out.values.data<T>() + row;
  best.start(value, 1);
  best.row(x, block.length, value);
  out.places.data<int64_t>()[row] = lines.find(x, block.length, value);
}

template <class T>
void extreme_columns(const Block& block, int64_t outer, int64_t first, int64_t n, bool largest,
                     const LineLoops& lines, const Extremes& out) {
  using Place = std::conditional_t<sizeof(T) == 8, int64_t, int32_t>;
  constexpr int64_t kMostRows = std::numeric_limits<int32_t>::max();
  const T* x = block.data.data<T>() + outer * block.length * block.inner + first;
  if (sizeof(Place) == 4 && block.length > kMostRows) {
    unimplemented("extremes along ", block.length, " elements");
  }
  std::vector<Place> places(static_cast<size_t>(n), 0);
  T* best = out.values.data<T>() + outer * block.inner + first;
  std::copy(x, x + n, best);
  lines.places(x + block.inner, 1, block.length - 1, block.inner, n, largest, best, places.data());
  std::copy(places.begin(), places.end(), out.places.data<int64_t>() + outer * block.inner + first);
}

Extremes extremes_along(OpCall& call, std::optional<int64_t> dim, bool keepdim, bool largest,
                        const char* op) {
  constexpr int64_t kGrain = 32768, kColumns = 256;
  const Tensor self = call.tensor(0);
  if (is_complex(self.dtype())) dtype_not_supported(op, self.dtype());
  const Block block = make_block(self, dim, keepdim);
  check_not_empty(self, dim ? Dims{*dim} : Dims{}, block.outer * block.inner, op);
  Extremes out{empty(block.out_sizes, block.data.dtype()), empty(block.out_sizes, DType::kInt64)};
  if (out.values.numel() == 0) return out;
  const int column = static_cast<int>(block.data.dtype());
  const LineLoops& lines = reduce_loops().lines[column];
  const FoldLoops& best =
      reduce_loops().folds[static_cast<int>(largest ? Fold::kMax : Fold::kMin)][column];
  const int64_t blocks = (block.inner + kColumns - 1) / kColumns;
  const int64_t work = block.length * std::min(block.inner, kColumns);
  visit(block.data.dtype(), op, TypeSet<float, double, int32_t, int64_t>{}, [&]<class T>() {
    call.context().workers->parallel_for(
        0, block.outer * blocks, std::max<int64_t>(1, kGrain / work),
        [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i) {
            if (block.inner == 1) {
              extreme_row<T>(block, i, best, lines, out);
              continue;
            }
            const int64_t first = i % blocks * kColumns;
            extreme_columns<T>(block, i / blocks, first, std::min(kColumns, block.inner - first),
                               largest, lines, out);
          }
        });
  });
  return out;
}

void extreme_dim(OpCall& call, bool largest, const char* op) {
  const Extremes found = extremes_along(call, call.integer(1), call.boolean(2), largest, op);
  call.ret(0, to_dtype(found.values, call.tensor(0).dtype()));
  call.ret(1, found.places);
}

void extreme_argument(OpCall& call, bool largest, const char* op) {
  const auto dim = call.is_none(1) ? std::nullopt : std::optional<int64_t>(call.integer(1));
  call.ret(extremes_along(call, dim, call.boolean(2), largest, op).places);
}

// (self), (self, dim, keepdim) and (self, dims?, keepdim). uint8 stays uint8.
void truth(OpCall& call, bool all) {
  const Tensor self = call.tensor(0);
  const Tensor mask = to_dtype(self, DType::kBool);
  Dims dims;
  if (call.size() > 1) {
    dims = call.in(1).is_int() ? Dims{call.integer(1)} : call.opt_ints(1).value_or(Dims{});
  }
  const bool keepdim = call.size() > 1 && call.boolean(2);
  const Tensor found =
      fold(call.context(), mask, dims, keepdim, all ? Fold::kMin : Fold::kMax).values;
  const Tensor out = to_dtype(found, DType::kBool);
  call.ret(self.dtype() == DType::kUInt8 ? to_dtype(out, DType::kUInt8) : out);
}

bool same_elements(const Tensor& x, const Tensor& y) {
  constexpr int64_t kPiece = 1024;
  const ComputeType type = narrow_type(x.dtype());
  const int64_t item = x.item_size();
  const Loop differ = best_loops().truths[static_cast<int>(type)][static_cast<int>(ScalarFn::k_ne)];
  if (differ && is_native(x.dtype(), type)) {
    uint8_t truths[kPiece];
    for (int64_t at = 0; at < x.numel(); at += kPiece) {
      const int64_t n = std::min(kPiece, x.numel() - at);
      differ(truths, x.raw() + at * item, y.raw() + at * item, nullptr, n);
      if (std::memchr(truths, 1, static_cast<size_t>(n))) return false;
    }
    return true;
  }
  bool same = true;
  visit(x.dtype(), "equal", AllTypes{}, [&]<class T>() {
    using C = Compute<T>;
    for (int64_t i = 0; same && i < x.numel(); ++i) {
      same = static_cast<C>(x.data<T>()[i]) == static_cast<C>(y.data<T>()[i]);
    }
  });
  return same;
}

}  // namespace

void max_all(OpCall& call) {
  call.ret(extreme_values(call, call.tensor(0), {}, false, true, "max"));
}
void min_all(OpCall& call) {
  call.ret(extreme_values(call, call.tensor(0), {}, false, false, "min"));
}
void max_dim(OpCall& call) { extreme_dim(call, true, "max"); }
void min_dim(OpCall& call) { extreme_dim(call, false, "min"); }
void amax(OpCall& call) {
  call.ret(extreme_values(call, call.tensor(0), call.ints(1), call.boolean(2), true, "amax"));
}
void amin(OpCall& call) {
  call.ret(extreme_values(call, call.tensor(0), call.ints(1), call.boolean(2), false, "amin"));
}

void aminmax(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Dims dims = call.is_none(1) ? Dims{} : Dims{call.integer(1)};
  Tensor low = extreme_values(call, self, dims, call.boolean(2), false, "aminmax");
  Tensor high = extreme_values(call, self, dims, call.boolean(2), true, "aminmax");
  if (self.dim() == 0 && !call.is_none(1) && call.boolean(2)) {  // as the oracle does
    low = low.unsqueeze(0);
    high = high.unsqueeze(0);
  }
  call.ret(0, low);
  call.ret(1, high);
}

void argmax(OpCall& call) { extreme_argument(call, true, "argmax"); }
void argmin(OpCall& call) { extreme_argument(call, false, "argmin"); }
void any(OpCall& call) { truth(call, false); }
void all(OpCall& call) { truth(call, true); }

void equal_tensors(OpCall& call) {
  const Tensor a = call.tensor(0), b = call.tensor(1);
  if (a.sizes() != b.sizes()) return call.ret(IValue(false));
  const DType dtype = promote(a.dtype(), b.dtype());
  const Tensor x = to_dtype(a, dtype).contiguous(), y = to_dtype(b, dtype).contiguous();
  call.ret(IValue(same_elements(x, y)));
}

}  // namespace temper
