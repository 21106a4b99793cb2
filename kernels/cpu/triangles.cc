// Triangles and diagonals of matrices, and one-hot rows.
#include <algorithm>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/fill.h"
#include "kernels/cpu/indexing.h"
#include "kernels/cpu/view_math.h"
#include "kernels/cpu/walk.h"

namespace temper::indexing {
namespace {

void keep_triangle(OpCall& call, bool lower) {
  const Tensor self = call.tensor(0);
  const int64_t diagonal = call.integer(1);
  wrap_dim(-2, self.dim());
  const Tensor out = empty(self.sizes(), self.dtype());
  copy_into(out, self);
  const int64_t rows = self.size(-2), cols = self.size(-1);
  // Diagonals beyond a corner are all alike.
  const int64_t first = std::clamp(diagonal, -rows - 1, cols + 1);
  const int64_t matrices = rows * cols == 0 ? 0 : out.numel() / (rows * cols);
  visit_size(self.dtype(), [&]<class T>() {
    T* row = reinterpret_cast<T*>(out.raw());
    for (int64_t m = 0; m < matrices; ++m) {
      for (int64_t r = 0; r < rows; ++r, row += cols) {
        // First element above the kept lower part, or first of the kept upper part.
        const int64_t split = std::clamp<int64_t>(r + first + (lower ? 1 : 0), 0, cols);
        if (lower) {
          std::fill(row + split, row + cols, T{});
        } else {
          std::fill(row, row + split, T{});
        }
      }
    }
  });
  call.ret(out);
}

constexpr int64_t kMaxOffset = int64_t{1} << 40;

Tensor embed_diagonal(const Tensor& self, int64_t offset, int64_t dim1, int64_t dim2) {
  const int64_t rank = self.dim() + 1;
  const int64_t a = wrap_dim(dim1, rank), b = wrap_dim(dim2, rank);
  if (a == b) fail("diagonal dimensions cannot be identical ", dim1, ", ", dim2);
  if (offset < -kMaxOffset || offset > kMaxOffset) fail("diagonal offset ", offset);
  const int64_t size = self.size(-1) + std::abs(offset);
  Dims sizes(self.sizes().begin(), self.sizes().end() - 1);
  sizes.insert(sizes.begin() + std::min(a, b), size);
  sizes.insert(sizes.begin() + std::max(a, b), size);
  const Tensor out = zeros(sizes, self.dtype());
  copy_into(views::diagonal_of(out, offset, a, b), self);
  return out;
}

Tensor diag_of(const Tensor& self, int64_t offset) {
  if (self.dim() == 1) return embed_diagonal(self, offset, 0, 1);
  if (self.dim() != 2) fail("matrix or a vector expected");
  const Tensor diagonal = views::diagonal_of(self, offset, 0, 1);
  const Tensor out = empty(diagonal.sizes(), self.dtype());
  copy_into(out, diagonal);
  return out;
}

}  // namespace

void tril(OpCall& call) { keep_triangle(call, true); }
void triu(OpCall& call) { keep_triangle(call, false); }
void diag(OpCall& call) { call.ret(diag_of(call.tensor(0), call.integer(1))); }
void diagflat(OpCall& call) {
  call.ret(diag_of(call.tensor(0).contiguous().view_as_shape({-1}), call.integer(1)));
}

void diag_embed(OpCall& call) {
  if (call.tensor(0).dim() == 0) fail("diag_embed needs a tensor of at least 1 dim");
  call.ret(embed_diagonal(call.tensor(0), call.integer(1), call.integer(2), call.integer(3)));
}

void trace(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dim() != 2) fail("trace: expected a matrix, but got tensor with dim ", self.dim());
  const bool whole = is_integral_or_bool(self.dtype());
  const Tensor out = empty({}, whole ? DType::kInt64 : self.dtype());
  const int64_t count = std::min(self.sizes()[0], self.sizes()[1]);
  const int64_t step = self.strides()[0] + self.strides()[1];
  visit(self.dtype(), "trace", AllTypes{}, [&]<class T>() {
    const T* data = self.data<T>();
    if constexpr (std::is_integral_v<Compute<T>>) {
      uint64_t sum = 0;  // wraps around
      for (int64_t i = 0; i < count; ++i) {
        sum += static_cast<uint64_t>(static_cast<Compute<T>>(data[i * step]));
      }
      *out.data<int64_t>() = static_cast<int64_t>(sum);
    } else {
      using Sum =
          std::conditional_t<std::is_floating_point_v<Compute<T>>, double, std::complex<double>>;
      Sum sum = 0;
      for (int64_t i = 0; i < count; ++i) sum += Sum(static_cast<Compute<T>>(data[i * step]));
      *out.data<T>() = T(static_cast<Compute<T>>(sum));
    }
  });
  call.ret(out);
}

void fill_diagonal(OpCall& call, const Tensor& self) {
  if (self.dim() < 2) fail("dimensions must larger than 1");
  int64_t smallest = self.sizes()[0], step = 0;
  for (int64_t d = 0; d < self.dim(); ++d) {
    if (self.dim() > 2 && self.sizes()[d] != self.sizes()[0]) {
      fail("all dimensions of input must be of equal length");
    }
    smallest = std::min(smallest, self.sizes()[d]);
    step += self.strides()[d];
  }
  const IValue value = call.in(1);
  fill_scalar(self.as_strided({smallest}, {step}, self.offset()), value);
  const int64_t rows = self.sizes()[0], cols = self.sizes()[1];
  if (!call.boolean(2) || self.dim() != 2 || rows <= cols + 1) return;
  // The diagonal goes on below, one empty row after each full one.
  const int64_t skipped = cols + 1;
  for (int64_t top = skipped; top < rows; top += skipped) {
    const int64_t count = std::min(cols, rows - top);
    fill_scalar(self.as_strided({count}, {step}, self.offset() + top * self.strides()[0]), value);
  }
}

void one_hot(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (self.dtype() != DType::kInt64) fail("one_hot is only applicable to index tensor.");
  int64_t classes = call.integer(1);
  const Tensor indices = self.contiguous();
  const int64_t* data = indices.data<int64_t>();
  int64_t largest = -1;
  for (int64_t i = 0; i < indices.numel(); ++i) {
    if (data[i] < 0) fail("Class values must be non-negative.");
    largest = std::max(largest, data[i]);
  }
  if (largest == INT64_MAX) fail("Class values must be smaller than ", largest, ".");
  if (self.numel() == 0 && classes <= 0) {
    fail("Can not infer total number of classes from empty tensor.");
  }
  if (classes == -1) classes = largest + 1;
  if (classes < 1) fail("num_classes should be positive");
  if (classes <= largest) fail("Class values must be smaller than num_classes.");
  Dims sizes(self.sizes().begin(), self.sizes().end());
  sizes.push_back(classes);
  const Tensor out = zeros(sizes, DType::kInt64);
  for (int64_t i = 0; i < indices.numel(); ++i) out.data<int64_t>()[i * classes + data[i]] = 1;
  call.ret(out);
}

}  // namespace temper::indexing
