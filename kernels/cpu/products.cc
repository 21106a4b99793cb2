#include "kernels/cpu/products.h"

#include <numeric>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/cpp_names.h"
#include "kernels/cpu/matmul.h"
#include "kernels/cpu/pointwise/iterate.h"
#include "kernels/cpu/pointwise/promote.h"
#include "kernels/cpu/product_checks.h"

namespace temper {
namespace {

void check_vector(const char* op, const char* name, const Tensor& t) {
  if (t.dim() != 1) fail(op, ": Expected 1-D argument ", name, ", but got ", t.dim(), "-D");
}

// Both operands in their common dtype.
void promote_pair(Tensor& a, Tensor& b) {
  const DType dtype = promote(a.dtype(), b.dtype());
  a = to_dtype(a, dtype);
  b = to_dtype(b, dtype);
}

Tensor outer_of(const RunContext& context, const Tensor& a, const Tensor& b) {
  return multiply_as(context, a.unsqueeze(1), b.unsqueeze(0), promote(a.dtype(), b.dtype()));
}

}  // namespace

// Whether both are true is a product of bytes.
Tensor multiply_as(const RunContext& context, const Tensor& a, const Tensor& b, DType dtype) {
  const DType compute = dtype == DType::kBool ? DType::kUInt8 : dtype;
  return to_dtype(matmul_of(context, to_dtype(a, compute), to_dtype(b, compute)), dtype);
}

Tensor contract_dims(const RunContext& context, Tensor a, Tensor b, Dims dims_a, Dims dims_b) {
  if (dims_a.size() != dims_b.size()) {
    fail("both dimension lists should have same length");
  }
  dims_a = wrap_dims(dims_a, a.dim());
  dims_b = wrap_dims(dims_b, b.dim());
  int64_t inner = 1;
  for (size_t i = 0; i < dims_a.size(); ++i) {
    const int64_t sa = a.size(dims_a[i]), sb = b.size(dims_b[i]);
    if (sa != sb && sa != 1 && sb != 1) {
      fail("contracted dimensions need to match, but first has size ", sa, " in dim ", dims_a[i],
           " and second has size ", sb, " in dim ", dims_b[i]);
    }
    Dims wide_a(a.sizes().begin(), a.sizes().end()), wide_b(b.sizes().begin(), b.sizes().end());
    wide_a[static_cast<size_t>(dims_a[i])] = wide_b[static_cast<size_t>(dims_b[i])] =
        sa == 1 ? sb : sa;
    a = a.expand(wide_a);
    b = b.expand(wide_b);
    inner *= wide_a[static_cast<size_t>(dims_a[i])];
  }
  const auto kept = [](const Tensor& t, const Dims& gone) {
    Dims dims;
    for (int64_t d = 0; d < t.dim(); ++d) {
      if (std::find(gone.begin(), gone.end(), d) == gone.end()) dims.push_back(d);
    }
    return dims;
  };
  const Dims free_a = kept(a, dims_a), free_b = kept(b, dims_b);
  Dims order_a = free_a, order_b = dims_b, sizes;
  order_a.insert(order_a.end(), dims_a.begin(), dims_a.end());
  order_b.insert(order_b.end(), free_b.begin(), free_b.end());
  int64_t rows = 1, columns = 1;
  for (int64_t d : free_a) {
    sizes.push_back(a.size(d));
    rows *= a.size(d);
  }
  for (int64_t d : free_b) {
    sizes.push_back(b.size(d));
    columns *= b.size(d);
  }
  const Tensor left = a.permute(order_a).reshape({rows, inner});
  const Tensor right = b.permute(order_b).reshape({inner, columns});
  return matmul_of(context, left, right).view_as_shape(sizes);
}

void outer(OpCall& call) {
  const Tensor a = call.tensor(0), b = call.tensor(1);
  check_vector("outer", "self", a);
  check_vector("outer", "vec2", b);
  call.ret(outer_of(call.context(), a, b));
}

namespace {

void check_factor(const char* name, const IValue& factor, DType dtype) {
  if (factor.is_double() && is_integral_or_bool(dtype)) {
    fail("For integral input tensors, argument ", name, " must not be a floating point number.");
  }
}

}  // namespace

void addr(OpCall& call) {
  const Tensor a = call.tensor(1), b = call.tensor(2);
  check_vector("addr", "vec1", a);
  check_vector("addr", "vec2", b);
  Tensor self = call.tensor(0), product = outer_of(call.context(), a, b);
  promote_pair(self, product);
  check_factor("beta", call.in(3), self.dtype());
  check_factor("alpha", call.in(4), self.dtype());
  const Tensor sum = scaled_sum(self, product, call.in(3), call.in(4));
  const Tensor operands[] = {self, product};
  const Dims strides = result_strides(sum.sizes(), operands);
  if (sum.strides() == DimsView(strides)) return call.ret(sum);
  const Tensor out = empty_strided(sum.sizes(), strides, sum.dtype());
  copy_into(out, sum);
  call.ret(out);
}

void inner(OpCall& call) {
  const Tensor a = call.tensor(0), b = call.tensor(1);
  if (a.dim() == 0 || b.dim() == 0) {
    // A number times a tensor: contract over a dim of one element.
    const Tensor left = a.reshape({a.numel(), 1}), right = b.reshape({1, b.numel()});
    ResultType type;
    type.add(call.in(0));
    type.add(call.in(1));
    return call.ret(multiply_as(call.context(), left, right, type.get())
                        .view_as_shape(a.dim() == 0 ? b.sizes() : a.sizes()));
  }
  if (a.size(-1) != b.size(-1)) {
    fail("inner() the last dimension must match on both input tensors but got shapes ",
         to_string(a.sizes()), " and ", to_string(b.sizes()));
  }
  call.ret(contract_dims(call.context(), a, b, {-1}, {-1}));
}

void tensordot(OpCall& call) {
  call.ret(
      contract_dims(call.context(), call.tensor(0), call.tensor(1), call.ints(2), call.ints(3)));
}

void addbmm(OpCall& call) {
  const Tensor self = call.tensor(0), a = call.tensor(1), b = call.tensor(2);
  if (a.dim() != 3) fail("batch1 must be a 3D tensor");
  if (b.dim() != 3) fail("batch2 must be a 3D tensor");
  if (a.size(0) != b.size(0)) {
    fail("batch1 and batch2 must have same number of batches, got ", a.size(0), " and ", b.size(0));
  }
  check_sum_dtypes(self, a, b);
  if (a.size(2) != b.size(1)) {
    fail("Incompatible matrix sizes for bmm (", a.size(1), "x", a.size(2), " and ", b.size(1), "x",
         b.size(2), ")");
  }
  // The sum over the batch is one product with the batch inside.
  call.ret(scaled_sum(self, contract_dims(call.context(), a, b, {0, 2}, {0, 1}), call.in(3),
                      call.in(4)));
}

namespace {

// The cheapest order of a chain of matrix products, by dynamic programming.
Tensor multiply_chain(const RunContext& context, const std::vector<Tensor>& factors) {
  const size_t n = factors.size();
  std::vector<std::vector<double>> cost(n, std::vector<double>(n, 0));
  std::vector<std::vector<size_t>> split(n, std::vector<size_t>(n, 0));
  const auto rows = [&](size_t i) { return static_cast<double>(factors[i].size(0)); };
  const auto columns = [&](size_t i) { return static_cast<double>(factors[i].size(1)); };
  for (size_t length = 2; length <= n; ++length) {
    for (size_t i = 0; i + length <= n; ++i) {
      const size_t j = i + length - 1;
      cost[i][j] = 1e300;
      for (size_t k = i; k < j; ++k) {
        const double total = cost[i][k] + cost[k + 1][j] + rows(i) * columns(k) * columns(j);
        if (total < cost[i][j]) {
          cost[i][j] = total;
          split[i][j] = k;
        }
      }
    }
  }
  const auto multiply = [&](auto&& self, size_t i, size_t j) -> Tensor {
    if (i == j) return factors[i];
    const size_t k = split[i][j];
    return matmul_of(context, self(self, i, k), self(self, k + 1, j));
  };
  return multiply(multiply, 0, n - 1);
}

void check_chain_dtypes(const std::vector<Tensor>& factors) {
  for (size_t i = 1; i < factors.size(); ++i) {
    if (factors[i].dtype() == factors[0].dtype()) continue;
    fail("multi_dot(): all tensors must have be the same dtype but tensor 0 is ",
         name_in_cpp(factors[0].dtype()), " and tensor ", i, " ", name_in_cpp(factors[i].dtype()));
  }
}

}  // namespace

void chain_matmul(OpCall& call) {
  const std::vector<Tensor> factors = call.tensors(0);
  if (factors.empty()) fail("chain_matmul(): Expected one or more matrices");
  for (const Tensor& t : factors) {
    if (t.dim() != 2) fail("Tensor dimension is ", t.dim(), ", expected 2 instead.");
  }
  if (factors.size() == 1) return call.ret(factors[0]);
  check_chain_dtypes(factors);
  call.ret(multiply_chain(call.context(), factors));
}

void multi_dot(OpCall& call) {
  std::vector<Tensor> factors = call.tensors(0);
  if (factors.size() < 2) fail("multi_dot(): expected at least 2 tensors but got ", factors.size());
  const bool row = factors.front().dim() == 1, column = factors.back().dim() == 1;
  if (row) factors.front() = factors.front().unsqueeze(0);
  if (column) factors.back() = factors.back().unsqueeze(1);
  check_chain_dtypes(factors);
  for (size_t i = 0; i < factors.size(); ++i) {
    if (factors[i].dim() != 2) {
      fail("multi_dot(): tensor ", i, " must be 2D but got ", factors[i].dim(), "D");
    }
    if (i > 0 && factors[i - 1].size(1) != factors[i].size(0)) {
      fail("multi_dot(): tensors ", i - 1, " and ", i, " with shapes ",
           to_string(factors[i - 1].sizes()), " and ", to_string(factors[i].sizes()),
           " cannot be multiplied");
    }
  }
  Tensor out = multiply_chain(call.context(), factors);
  if (column) out = out.squeeze(-1);
  if (row) out = out.squeeze(0);
  call.ret(out);
}

// out[..., o] = x1 W[o] x2 + bias[o]
void bilinear(OpCall& call) {
  const Tensor x1 = call.tensor(0), x2 = call.tensor(1), weight = call.tensor(2),
               bias = call.opt_tensor(3);
  if (x1.dim() != x2.dim()) {
    fail("bilinear(): input dimensions do not match: got ", x1.dim(), " and ", x2.dim());
  }
  if (x1.size(-1) != weight.size(1) || x2.size(-1) != weight.size(2)) {
    fail("bilinear(): input sizes ", x1.size(-1), " and ", x2.size(-1),
         " do not match those of the weight ", to_string(weight.sizes()));
  }
  const int64_t o = weight.size(0), i1 = weight.size(1), i2 = weight.size(2);
  const int64_t rows = numel_of(x1.sizes().subspan(0, x1.sizes().size() - 1));
  const Tensor a = x1.reshape({rows, i1}), b = x2.reshape({rows, i2});
  check_operands("bmm", a, weight);
  const Tensor partial =
      matmul_of(call.context(), a, weight.permute({1, 0, 2}).reshape({i1, o * i2}));
  Tensor out = matmul_of(call.context(), partial.view_as_shape({rows, o, i2}), b.unsqueeze(2))
                   .view_as_shape({rows, o});
  if (bias.defined()) out = scaled_sum(bias, out, 1, 1);
  Dims sizes(x1.sizes().begin(), x1.sizes().end());
  sizes.back() = o;
  call.ret(out.view_as_shape(sizes));
}

// Sum over dim of conj(x) * y with broadcasting.
void vecdot(OpCall& call) {
  Tensor x = call.tensor(0), y = call.tensor(1);
  if (x.dtype() != y.dtype()) fail("linalg.vecdot: Expected x and y to have the same dtype");
  const Dims sizes = broadcast(x.sizes(), y.sizes());
  x = x.expand(sizes);
  y = y.expand(sizes);
  if (is_complex(x.dtype())) {
    x = x.contiguous().clone();
    visit(x.dtype(), "vecdot", ComplexTypes{}, [&]<class T>() {
      for (int64_t i = 0; i < x.numel(); ++i) x.data<T>()[i] = std::conj(x.data<T>()[i]);
    });
  }
  const int64_t dim = wrap_dim(call.integer(2), x.dim());
  const int64_t last = x.dim() - 1;
  const Tensor a = x.transpose(dim, last).unsqueeze(-2), b = y.transpose(dim, last).unsqueeze(-1);
  Tensor out = matmul_of(call.context(), a, b).squeeze(-1).squeeze(-1);
  // What stood last now stands where the contracted dim was.
  if (dim != last && out.dim() > 0) {
    Dims order;
    for (int64_t d = 0; d < out.dim(); ++d) order.push_back(d);
    order.erase(order.begin() + dim);
    order.push_back(dim);
    out = out.permute(order);
  }
  call.ret(out.contiguous());
}

}  // namespace temper
