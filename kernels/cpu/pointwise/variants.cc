#include "kernels/cpu/pointwise/variants.h"

#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/pointwise/pointwise.h"

namespace temper {
namespace {

Tensor evaluate_as(OpCall& call, const char* expression, DTypeRule rule) {
  return evaluate_pointwise(call, PointwiseRule(call.op().schema(), expression, rule));
}

struct Range {
  double low, high;
};
Range finite_range(DType dtype) {
  switch (dtype) {
    case DType::kFloat16: return {-65504, 65504};
    case DType::kBFloat16: return {-3.3895313892515355e38, 3.3895313892515355e38};
    case DType::kFloat64:
    case DType::kComplex128:
      return {std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()};
    default: return {std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max()};
  }
}

}  // namespace

void clamp_variant(OpCall& call) {
  const bool low = !call.is_none(1), high = !call.is_none(2);
  if (!low && !high) fail("torch.clamp: At least one of 'min' or 'max' must not be None");
  if (is_complex(call.tensor(0).dtype())) fail("clamp is not supported for complex types");
  const IValue& only = call.in(low ? 1 : 2);
  const char* expression = low ? "max(self, min)" : "min(self, max)";
  if (low && high) {
    // Bounds of tensors that are no numbers spread, where the quick form would pass them over.
    expression = only.is_tensor() ? "min(max(self, min), max)" : "clamp(self, min, max)";
  } else if (only.is_double() && std::isnan(only.to_double())) {
    expression = low ? "select(isnan(min), self, min)" : "select(isnan(max), self, max)";
  }
  call.ret(evaluate_as(call, expression, DTypeRule::kPromote));
}

void div_mode_variant(OpCall& call) {
  if (call.is_none(2)) return call.ret(evaluate_as(call, "self / other", DTypeRule::kPromoteFloat));
  const std::string& mode = call.string(2);
  if (mode == "floor") {
    return call.ret(evaluate_as(call, "floor_div(self, other)", DTypeRule::kPromote));
  }
  if (mode == "trunc") {
    return call.ret(evaluate_as(call, "trunc_div(self, other)", DTypeRule::kPromote));
  }
  fail("div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '", mode, "'");
}

void bitwise_not_variant(OpCall& call) {
  const bool logical = call.tensor(0).dtype() == DType::kBool;
  call.ret(evaluate_as(call, logical ? "not(self)" : "bit_not(self)", DTypeRule::kPromote));
}

// From the nearer end, so that both ends are met; complex numbers have no such order here.
void lerp_variant(OpCall& call) {
  constexpr const char* kFromSelf = "self + weight * (end - self)";
  constexpr const char* kFromEnd = "(self - end) * (1 - weight) + end";
  const char* expression =
      "select(abs(weight) < 0.5, self + weight * (end - self), end - (end - self) * (1 - weight))";
  const IValue& weight = call.in(2);
  if (is_complex(call.tensor(0).dtype())) {
    expression = kFromSelf;
  } else if (weight.is_double() || weight.is_int() || weight.is_bool()) {
    expression = std::fabs(weight.scalar_as_double()) < 0.5 ? kFromSelf : kFromEnd;
  }
  call.ret(evaluate_as(call, expression, DTypeRule::kFirst));
}

void frexp_parts(OpCall& call) {
  const Tensor self = call.tensor(0).contiguous();
  const Tensor mantissa = empty(self.sizes(), self.dtype());
  const Tensor exponent = empty(self.sizes(), DType::kInt32);
  visit(self.dtype(), "frexp", AllFloatTypes{}, [&]<class T>() {
    using C = Compute<T>;
    for (int64_t i = 0; i < self.numel(); ++i) {
      int power = 0;
      mantissa.data<T>()[i] = T(std::frexp(static_cast<C>(self.data<T>()[i]), &power));
      exponent.data<int32_t>()[i] = power;
    }
  });
  call.ret(0, mantissa);
  call.ret(1, exponent);
}

void where_scalars(OpCall& call) {
  const Tensor condition = call.tensor(0);
  const IValue &a = call.in(1), &b = call.in(2);
  const bool complex = a.is_complex() || b.is_complex();
  const bool floating = a.is_double() || b.is_double();
  const DType dtype = complex                      ? DType::kComplex64
                      : floating                   ? DType::kFloat32
                      : a.is_bool() && b.is_bool() ? DType::kBool
                                                   : DType::kInt64;
  const Tensor out = empty_like(condition, dtype);
  const Tensor mask = to_dtype(condition, DType::kBool);
  const Tensor values = empty({2}, DType::kComplex128);
  values.data<Complex128>()[0] = a.scalar_as_complex();
  values.data<Complex128>()[1] = b.scalar_as_complex();
  copy_into(out, values.select(0, 1));
  const Tensor chosen = to_dtype(values.select(0, 0), dtype);
  visit_size(dtype, [&]<class T>() {
    const T value = *reinterpret_cast<const T*>(chosen.raw());
    const Tensor flat_mask = mask.contiguous();
    Tensor flat = out.contiguous();
    T* to = reinterpret_cast<T*>(flat.raw());
    for (int64_t i = 0; i < flat.numel(); ++i) {
      if (flat_mask.data<Bool8>()[i]) to[i] = value;
    }
    if (flat.ref() != out.ref()) copy_into(out, flat);
  });
  call.ret(out);
}

void gelu_variant(OpCall& call) {
  const std::string& approximate = call.string(1);
  if (approximate == "none") {
    return call.ret(evaluate_as(call, kGeluByErf, DTypeRule::kFirst));
  }
  if (approximate == "tanh") {
    return call.ret(evaluate_as(call, kGeluByTanh, DTypeRule::kFirst));
  }
  fail("approximate argument must be either none or tanh.");
}

void round_variant(OpCall& call) {
  const int64_t decimals = call.integer(1);
  const Tensor self = call.tensor(0);
  if (!is_floating(self.dtype()))
    return call.ret(evaluate_as(call, "round(self)", DTypeRule::kPromote));
  const double scale = std::pow(10.0, std::fabs(static_cast<double>(decimals)));
  const std::string factor = absl::StrCat(scale);
  const std::string text = decimals >= 0 ? absl::StrCat("round(self * ", factor, ") / ", factor)
                                         : absl::StrCat("round(self / ", factor, ") * ", factor);
  call.ret(evaluate_as(call, text.c_str(), DTypeRule::kFirst));
}

void logit_variant(OpCall& call) {
  if (call.is_none(1)) {
    return call.ret(evaluate_as(call, "log(self / (1 - self))", DTypeRule::kPromoteFloat));
  }
  call.ret(evaluate_as(call, "log(clamp(self, eps, 1 - eps) / (1 - clamp(self, eps, 1 - eps)))",
                       DTypeRule::kPromoteFloat));
}

void nan_to_num_variant(OpCall& call) {
  const Tensor self = call.tensor(0);
  if (!is_floating(self.dtype())) return call.ret(self.clone());
  const Range range = finite_range(self.dtype());
  // Missing replacements become numbers of the dtype's range; the call's registers are the
  // program's, so the values go into a call of our own.
  IValue values[] = {self, call.number_or(1, 0), call.number_or(2, range.high),
                     call.number_or(3, range.low)};
  const Register registers[] = {0, 1, 2, 3};
  OpCall inner(call.op(), call.context(), values, registers, 4, registers, 1);
  call.ret(evaluate_as(inner,
                       "select(isnan(self), nan, select(isinf(self), select(self > 0, "
                       "posinf, neginf), self))",
                       DTypeRule::kFirst));
}

}  // namespace temper
