#include "kernels/cpu/fft/kernels.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/fft/transform.h"

namespace temper {
namespace {

// Calls body(offset) for the first element of every line of `t` along `dim`.
template <class Body>
void for_lines(const Tensor& t, int64_t dim, const Body& body) {
  const int64_t lines = t.size(dim) == 0 ? 0 : t.numel() / t.size(dim);
  for (int64_t line = 0; line < lines; ++line) {
    int64_t rest = line, offset = 0;
    for (int64_t d = t.dim() - 1; d >= 0; --d) {
      if (d == dim) continue;
      offset += rest % t.sizes()[d] * t.strides()[d];
      rest /= t.sizes()[d];
    }
    body(offset);
  }
}

template <class T>
void transform_dim(const Tensor& t, int64_t dim, bool forward) {
  using C = std::complex<T>;
  const int64_t n = t.size(dim), stride = t.stride(dim);
  std::vector<C> line(static_cast<size_t>(n));
  Transform<T> transform;
  C* data = t.data<C>();
  for_lines(t, dim, [&](int64_t offset) {
    for (int64_t i = 0; i < n; ++i) line[static_cast<size_t>(i)] = data[offset + i * stride];
    transform.run(line.data(), n, forward);
    for (int64_t i = 0; i < n; ++i) data[offset + i * stride] = line[static_cast<size_t>(i)];
  });
}

template <class T>
void scale(const Tensor& t, int64_t normalization, double signal) {
  if (normalization == 0) return;
  const T factor = static_cast<T>(normalization == 1 ? 1.0 / std::sqrt(signal) : 1.0 / signal);
  std::complex<T>* data = t.data<std::complex<T>>();
  for (int64_t i = 0; i < t.numel(); ++i) data[i] *= factor;
}

// Transforms a contiguous complex copy of `self` over all dims and scales it.
Tensor transform(const Tensor& self, DimsView dims, int64_t normalization, bool forward,
                 double signal) {
  if (self.dtype() == DType::kComplex32) {
    unimplemented("FFT of ComplexHalf tensors; convert to complex64 first");
  }
  Tensor out = empty(self.sizes(), self.dtype());
  copy_into(out, self);
  if (out.numel() == 0) return out;  // whatever its other sizes
  visit(out.dtype(), "fft", ComplexTypes{}, [&]<class C>() {
    using T = typename C::value_type;
    for (int64_t dim : dims) transform_dim<T>(out, dim, forward);
    scale<T>(out, normalization, signal);
  });
  return out;
}

double signal_size(const Tensor& t, DimsView dims) {
  double product = 1;
  for (int64_t dim : dims) product *= static_cast<double>(t.size(dim));
  return product;
}

// Fills the second half of `dim` with conjugates: full[k] = conj(half[-k]) in every listed dim.
template <class C>
void mirror(const Tensor& half, const Tensor& full, DimsView dims, int64_t last) {
  const int64_t rank = full.dim();
  Dims index(static_cast<size_t>(rank), 0);
  for (int64_t n = 0; n < full.numel(); ++n) {
    int64_t rest = n;
    for (int64_t d = rank - 1; d >= 0; --d) {
      index[d] = rest % full.sizes()[d];
      rest /= full.sizes()[d];
    }
    const bool conjugate = index[last] >= half.size(last);
    int64_t from = 0;
    for (int64_t d = 0; d < rank; ++d) {
      const bool mirrored =
          conjugate && std::find(dims.begin(), dims.end(), d) != dims.end() && index[d] != 0;
      from += (mirrored ? full.sizes()[d] - index[d] : index[d]) * half.strides()[d];
    }
    const C value = half.data<C>()[from];
    full.data<C>()[n] = conjugate ? std::conj(value) : value;
  }
}

Dims dims_of(const OpCall& call, const Tensor& self) {
  const Dims given = call.ints(1);
  for (int64_t dim : given) existing_dim(dim, self.dim());
  return wrap_dims(given, self.dim());
}

}  // namespace

void fft_c2c(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Dims dims = dims_of(call, self);
  call.ret(transform(self, dims, call.integer(2), call.boolean(3), signal_size(self, dims)));
}

void fft_r2c(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Dims dims = dims_of(call, self);
  if (dims.empty()) fail("fft_r2c: expected at least one dim");
  const Tensor full = transform(to_dtype(self, to_complex(self.dtype())), dims, call.integer(2),
                                true, signal_size(self, dims));
  if (!call.boolean(3)) return call.ret(full);
  const int64_t last = dims.back();
  call.ret(full.narrow(last, 0, self.size(last) / 2 + 1).contiguous());
}

void fft_c2r(OpCall& call) {
  const Tensor self = call.tensor(0);
  const Dims dims = dims_of(call, self);
  if (dims.empty()) fail("fft_c2r: expected at least one dim");
  const int64_t last = dims.back(), length = call.integer(3);
  if (length < 1) fail("Invalid number of data points (", length, ") specified");
  Dims sizes(self.sizes().begin(), self.sizes().end());
  sizes[last] = length;
  const int64_t needed = length / 2 + 1;
  if (self.size(last) < needed) fail("fft_c2r: the input has fewer than ", needed, " bins");
  const Tensor full = empty(sizes, self.dtype());
  visit(self.dtype(), "fft", ComplexTypes{},
        [&]<class C>() { mirror<C>(self.narrow(last, 0, needed), full, dims, last); });
  const Tensor out = transform(full, dims, call.integer(2), false, signal_size(full, dims));
  call.ret(to_dtype(out, to_real(out.dtype())).contiguous());
}

}  // namespace temper
