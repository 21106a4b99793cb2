#include "kernels/cpu/matmul.h"

#include <cstring>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/cpp_names.h"
#include "kernels/cpu/nn/loops.h"
#include "kernels/cpu/onednn/constants.h"
#include "kernels/cpu/onednn/matmul.h"
#include "kernels/cpu/product_checks.h"
#include "kernels/cpu/row_panels.h"
#include "kernels/cpu/store.h"
#include "kernels/cpu/wrapping.h"

namespace temper {
namespace {

// Below this many multiply-adds a call into the library costs more than the product.
constexpr int64_t kTinyProduct = 8192;

bool unit_inner(const Tensor& t) {
  const int64_t rank = t.dim();
  for (int64_t d = 0; d < rank; ++d) {
    if (t.sizes()[d] > 1 && t.strides()[d] == 0) return false;
  }
  const bool rows = t.stride(-1) == 1 && t.stride(-2) >= std::max<int64_t>(1, t.size(-1));
  const bool columns = t.stride(-2) == 1 && t.stride(-1) >= std::max<int64_t>(1, t.size(-2));
  return rows || columns;
}

Tensor usable(const Tensor& t) { return unit_inner(t) ? t : t.contiguous(); }

// out[M, N] = a[M, K] b[K, N] with any strides; out contiguous. Rows of b stream through the cache.
template <class T>
void product(const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row, int64_t b_col,
             T* out, int64_t m, int64_t n, int64_t k) {
  using C = Ring<Compute<T>>;
  std::vector<C> sums(static_cast<size_t>(n));
  for (int64_t i = 0; i < m; ++i) {
    std::fill(sums.begin(), sums.end(), C(0));
    for (int64_t p = 0; p < k; ++p) {
      const C factor = static_cast<C>(a[i * a_row + p * a_col]);
      const T* row = b + p * b_row;
      if (b_col == 1) {
        for (int64_t j = 0; j < n; ++j)
          sums[static_cast<size_t>(j)] += factor * static_cast<C>(row[j]);
      } else {
        for (int64_t j = 0; j < n; ++j) {
          sums[static_cast<size_t>(j)] += factor * static_cast<C>(row[j * b_col]);
        }
      }
    }
    for (int64_t j = 0; j < n; ++j) out[i * n + j] = static_cast<T>(sums[static_cast<size_t>(j)]);
  }
}

template <class T>
void batched_product(const RunContext& context, const Tensor& a, const Tensor& b,
                     const Tensor& out) {
  const int64_t m = a.size(1), k = a.size(2), n = b.size(2);
  const int64_t grain = std::max<int64_t>(1, 65536 / std::max<int64_t>(1, m * n * k));
  context.workers->parallel_for(0, a.size(0), grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      product<T>(a.data<T>() + i * a.strides()[0], a.strides()[1], a.strides()[2],
                 b.data<T>() + i * b.strides()[0], b.strides()[1], b.strides()[2],
                 out.data<T>() + i * m * n, m, n, k);
    }
  });
}

// a [B, M, K], b [B, K, N] -> [B, M, N].
Tensor product3(const RunContext& context, const Tensor& a, const Tensor& b) {
  check_same_dtype(a, b);
  const DType dtype = a.dtype();
  if (dtype == DType::kFloat16 || dtype == DType::kBFloat16) {
    return to_dtype(product3(context, to_dtype(a, DType::kFloat32), to_dtype(b, DType::kFloat32)),
                    dtype);
  }
  const Tensor out = empty({a.size(0), a.size(1), b.size(2)}, dtype);
  if (out.numel() == 0) return out;
  if (a.size(2) == 0) {
    fill_zero(out);
    return out;
  }
  const bool tiny = out.numel() * a.size(2) <= kTinyProduct;
  if (dtype == DType::kFloat32 && !tiny) {
    onednn::matmul(context, usable(a), usable(b), Tensor(), Epilogue(), out);
    return out;
  }
  visit(dtype, kMatrixRoutine,
        TypeSet<float, double, uint8_t, int8_t, int16_t, int32_t, int64_t, Complex64, Complex128>{},
        [&]<class T>() { batched_product<T>(context, a, b, out); });
  return out;
}

Tensor product2(const RunContext& context, const Tensor& a, const Tensor& b) {
  if (a.size(1) != b.size(0)) {
    fail("mat1 and mat2 shapes cannot be multiplied (", a.size(0), "x", a.size(1), " and ",
         b.size(0), "x", b.size(1), ")");
  }
  check_operands(kMatrixRoutine, a, b);
  return product3(context, a.unsqueeze(0), b.unsqueeze(0)).squeeze(0);
}

Tensor batched(const RunContext& context, const Tensor& a, const Tensor& b) {
  const Dims batch = broadcast(a.sizes().subspan(0, a.sizes().size() - 2),
                               b.sizes().subspan(0, b.sizes().size() - 2));
  if (a.size(-1) != b.size(-2)) {
    const int64_t matrices = numel_of(batch);
    fail("Expected size for first two dimensions of batch2 tensor to be: [", matrices, ", ",
         a.size(-1), "] but got: [", matrices, ", ", b.size(-2), "].");
  }
  const auto flatten = [&](const Tensor& t) {
    Dims sizes = batch;
    sizes.push_back(t.size(-2));
    sizes.push_back(t.size(-1));
    return t.expand(sizes).reshape({numel_of(batch), t.size(-2), t.size(-1)});
  };
  Dims sizes = batch;
  sizes.push_back(a.size(-2));
  sizes.push_back(b.size(-1));
  return product3(context, flatten(a), flatten(b)).view_as_shape(sizes);
}

bool is_one(const IValue& v) { return !v.is_complex() && v.scalar_as_double() == 1; }

}  // namespace

Tensor scaled_sum(const Tensor& self, const Tensor& product, const IValue& beta,
                  const IValue& alpha) {
  const DType dtype = product.dtype();
  if (dtype == DType::kBool) {
    return to_dtype(
        scaled_sum(to_dtype(self, DType::kInt64), to_dtype(product, DType::kInt64), beta, alpha),
        DType::kBool);
  }
  const Tensor out = empty(product.sizes(), dtype);
  const Tensor base = self.expand(product.sizes()).contiguous();
  check_same_dtype(self, product);
  visit(
      dtype, "addmm",
      TypeSet<float, double, Half, BFloat16, uint8_t, int8_t, int16_t, int32_t, int64_t, Complex64,
              Complex128>{},
      [&]<class T>() {
        using C = Compute<T>;
        const auto number = [](const IValue& v) -> C {
          if constexpr (requires(C c) { c.real(); }) {
            return C(v.scalar_as_complex());
          } else if constexpr (std::is_integral_v<C>) {
            return static_cast<C>(v.scalar_as_int());
          } else {
            return static_cast<C>(v.scalar_as_double());
          }
        };
        const C b = number(beta), a = number(alpha);
        const T* x = base.data<T>();
        const T* p = product.data<T>();
        T* to = out.data<T>();
        for (int64_t i = 0; i < out.numel(); ++i) {
          const C scaled = wrapping_product(a, static_cast<C>(p[i]));
          to[i] = static_cast<T>(
              b == C(0) ? scaled : wrapping_sum(scaled, wrapping_product(b, static_cast<C>(x[i]))));
        }
      });
  return out;
}

Tensor matmul_of(const RunContext& context, const Tensor& a, const Tensor& b) {
  const int64_t ra = a.dim(), rb = b.dim();
  if (ra == 0 || rb == 0) {
    fail("both arguments to matmul need to be at least 1D, but they are ", ra, "D and ", rb, "D");
  }
  if (ra == 1 && rb == 1) {
    check_vectors(a, b);
    if (a.size(0) != b.size(0)) {
      fail("inconsistent tensor size, expected tensor [", a.size(0), "] and src [", b.size(0),
           "] to have the same number of elements, but got ", a.size(0), " and ", b.size(0),
           " elements respectively");
    }
    return product2(context, a.unsqueeze(0), b.unsqueeze(1)).view_as_shape({});
  }
  check_matmul(a, b);
  if (ra == 1) return matmul_of(context, a.unsqueeze(0), b).squeeze(-2);
  if (rb == 1) {
    return matmul_of(context, a, b.unsqueeze(1)).squeeze(-1);
  }
  if (ra == 2 && rb == 2) return product2(context, a, b);
  if (rb == 2 && (a.is_contiguous() || unit_inner(a))) {
    // One large product instead of many small ones.
    Dims sizes(a.sizes().begin(), a.sizes().end());
    sizes.back() = b.size(1);
    const int64_t rows = numel_of(a.sizes().subspan(0, a.sizes().size() - 1));
    return product2(context, a.reshape({rows, a.size(-1)}), b).view_as_shape(sizes);
  }
  return batched(context, a, b);
}

namespace {

void check_bias_dtype(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (!bias.defined() || (bias.dtype() == weight.dtype() && x.dtype() == weight.dtype())) return;
  fail(bias.dtype() == weight.dtype() ? "mat1" : "self", " and mat2 must have the same dtype");
}

}  // namespace

bool streams_weight(const RunContext& context, const Tensor& x, int64_t rows, const Tensor& weight,
                    const Tensor& bias) {
  return rows <= RowPanels::kFewRows && context.packed && x.dtype() == DType::kFloat32 &&
         weight.dtype() == DType::kFloat32 && onednn::is_constant(weight) &&
         (!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0)));
}

void stream_weight(const RunContext& context, const Tensor& x, int64_t rows, const Tensor& weight,
                   const Tensor& bias, Epilogue* epilogue, const Tensor& out) {
  const int64_t inputs = weight.size(1), outputs = weight.size(0);
  const Tensor dense = x.contiguous();
  const Tensor addend = bias.defined() ? bias.contiguous() : bias;
  RowPanels(context, weight)
      .multiply(context, dense.data<float>(), inputs,
                addend.defined() ? addend.data<float>() : nullptr, 0, out.data<float>(), outputs,
                rows, false);
  if (epilogue && epilogue->activation == Activation::kRelu && !epilogue->residual.defined()) {
    nn_loops().relu_each(out.data<float>(), out.data<float>(), out.numel());
    *epilogue = Epilogue();
  }
}

Tensor linear_of(const RunContext& context, const Tensor& x, const Tensor& weight,
                 const Tensor& bias, Epilogue* epilogue) {
  if (weight.dim() == 1) {
    Tensor out = matmul_of(context, x, weight);
    return bias.defined() ? scaled_sum(bias, out, 1, 1) : out;
  }
  if (weight.dim() != 2 || x.dim() == 0) {
    fail("linear: both arguments need to be at least 1D and the weight at most 2D, but they are ",
         x.dim(), "D and ", weight.dim(), "D");
  }
  if (x.size(-1) != weight.size(1)) {
    const int64_t inner = x.dim() > 0 ? x.size(-1) : 1;
    fail("mat1 and mat2 shapes cannot be multiplied (", inner > 0 ? x.numel() / inner : 0, "x",
         inner, " and ", weight.size(1), "x", weight.size(0), ")");
  }
  check_bias_dtype(x, weight, bias);
  const int64_t rows = numel_of(x.sizes().subspan(0, x.sizes().size() - 1));
  Dims sizes(x.sizes().begin(), x.sizes().end());
  sizes.back() = weight.size(0);
  if (streams_weight(context, x, rows, weight, bias)) {
    const Tensor out = empty(sizes, DType::kFloat32);
    stream_weight(context, x, rows, weight, bias, epilogue, out);
    return out;
  }
  const Tensor flat = x.reshape({rows, x.size(-1)});
  const int64_t work = flat.numel() * weight.size(0);
  // A bias of another shape is broadcast.
  const bool plain_bias = !bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0));
  const bool single =
      x.dtype() == DType::kFloat32 && weight.dtype() == DType::kFloat32 && plain_bias;
  if (single && work > kTinyProduct && flat.size(1) > 0) {
    const Tensor out = empty({flat.size(0), weight.size(0)}, DType::kFloat32);
    const Tensor dense_bias = bias.defined() ? bias.contiguous() : bias;
    const bool fused = epilogue && fuses(*epilogue, sizes);
    Epilogue flat_epilogue = fused ? *epilogue : Epilogue();
    if (flat_epilogue.residual.defined()) {
      flat_epilogue.residual = flat_epilogue.residual.reshape(out.sizes());
    }
    onednn::matmul(context, usable(flat), weight.transpose(0, 1), dense_bias, flat_epilogue, out);
    if (fused) *epilogue = Epilogue();
    return out.view_as_shape(sizes);
  }
  const Tensor out = product2(context, flat, weight.transpose(0, 1));
  return (bias.defined() ? scaled_sum(bias, out, 1, 1) : out).view_as_shape(sizes);
}

void mm(OpCall& call) {
  const Tensor a = call.tensor(0), b = call.tensor(1);
  if (a.dim() != 2) fail("self must be a matrix");
  if (b.dim() != 2) fail("mat2 must be a matrix");
  call.ret(product2(call.context(), a, b));
}

void bmm(OpCall& call) {
  const Tensor a = call.tensor(0), b = call.tensor(1);
  if (a.dim() != 3) fail("batch1 must be a 3D tensor");
  if (b.dim() != 3) fail("batch2 must be a 3D tensor");
  if (a.size(0) != b.size(0) || a.size(2) != b.size(1)) {
    fail("Expected size for first two dimensions of batch2 tensor to be: [", a.size(0), ", ",
         a.size(2), "] but got: [", b.size(0), ", ", b.size(1), "].");
  }
  check_operands("bmm", a, b);
  call.ret(product3(call.context(), a, b));
}

void matmul(OpCall& call) { call.ret(matmul_of(call.context(), call.tensor(0), call.tensor(1))); }

void linear(OpCall& call) {
  call.ret(linear_of(call.context(), call.tensor(0), call.tensor(1), call.opt_tensor(2)));
}

void as_matrix(OpCall& call) {
  const int64_t rank = call.tensor(0).dim();
  if (rank != 2) fail("mat1 must be a matrix, got ", rank, "-D tensor");
  call.ret(0, call.in(0));
}

void fused_linear(OpCall& call) {
  Epilogue epilogue = epilogue_of(call, 3);
  const Tensor out =
      linear_of(call.context(), call.tensor(0), call.tensor(1), call.opt_tensor(2), &epilogue);
  call.ret(epilogue.empty() ? out : finish(call, out, epilogue));
}

void mv(OpCall& call) {
  const Tensor a = call.tensor(0), v = call.tensor(1);
  check_matrix_vector(a, v, 1, a.dim() == 2 ? a.size(0) : 1);
  call.ret(matmul_of(call.context(), a, v));
}

void dot(OpCall& call) {
  const Tensor a = call.tensor(0), b = call.tensor(1);
  check_vectors(a, b);
  call.ret(matmul_of(call.context(), a, b));
}

void vdot(OpCall& call) {
  check_vectors(call.tensor(0), call.tensor(1));
  const Tensor a = call.tensor(0).clone();
  if (is_complex(a.dtype())) {
    visit(a.dtype(), "vdot", ComplexTypes{}, [&]<class T>() {
      for (int64_t i = 0; i < a.numel(); ++i) a.data<T>()[i] = std::conj(a.data<T>()[i]);
    });
  }
  call.ret(matmul_of(call.context(), a.contiguous(), call.tensor(1)));
}

void addmm(OpCall& call) {
  const Tensor self = call.tensor(0), a = call.tensor(1), b = call.tensor(2);
  check_matrix("mat1", a);
  check_matrix("mat2", b);
  const IValue beta = call.in(3), alpha = call.in(4);
  const bool plain = is_one(beta) && is_one(alpha);
  if (plain && a.dtype() == DType::kFloat32 && b.dtype() == DType::kFloat32 &&
      self.dtype() == DType::kFloat32 && self.dim() == 1 && self.size(0) == b.size(1) &&
      a.size(1) == b.size(0)) {
    return call.ret(linear_of(call.context(), a, b.transpose(0, 1), self));
  }
  if (a.size(1) == b.size(0)) check_sum_dtypes(self, a, b);
  call.ret(scaled_sum(self, product2(call.context(), a, b), beta, alpha));
}

namespace {

Tensor baddbmm_of(OpCall& call) {
  const Tensor self = call.tensor(0), a = call.tensor(1), b = call.tensor(2);
  if (a.dim() != 3) fail("batch1 must be a 3D tensor");
  if (b.dim() != 3) fail("batch2 must be a 3D tensor");
  if (a.size(0) != b.size(0) || a.size(2) != b.size(1)) {
    fail("Expected size for first two dimensions of batch2 tensor to be: [", a.size(0), ", ",
         a.size(2), "] but got: [", b.size(0), ", ", b.size(1), "].");
  }
  check_operands("baddbmm", a, b);
  const Tensor base = to_dtype(self, a.dtype());
  return scaled_sum(base, product3(call.context(), a, b), call.in(3), call.in(4));
}

Tensor addmv_of(OpCall& call) {
  const Tensor self = call.tensor(0), a = call.tensor(1), v = call.tensor(2);
  check_matrix_vector(a, v, self.dim(), self.numel());
  const Tensor product = matmul_of(call.context(), a, v);
  return scaled_sum(to_dtype(self, a.dtype()), product, call.in(3), call.in(4));
}

// The result has the factors' dtype, whatever they are added to.
void store_sum(OpCall& call, Tensor (*sum)(OpCall&)) {
  const IValue self = call.in(0);
  const DType own = call.tensor(0).dtype(), result = call.tensor(2).dtype();
  if (own != result) {
    fail("Bad in-place call: input tensor dtype ", name_in_cpp(own), " and output tensor dtype ",
         name_in_cpp(result), " should match");
  }
  store_into(call.tensor(0), sum(call));
  call.ret(self);
}

}  // namespace

void baddbmm(OpCall& call) { call.ret(baddbmm_of(call)); }
void baddbmm_in_place(OpCall& call) { store_sum(call, baddbmm_of); }
void addmv(OpCall& call) { call.ret(addmv_of(call)); }
void addmv_in_place(OpCall& call) { store_sum(call, addmv_of); }

}  // namespace temper
