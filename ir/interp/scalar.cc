#include <cmath>

#include "core/base/error.h"
#include "ir/interp/frame.h"

namespace temper::ir {
namespace {

int64_t wrap_add(int64_t a, int64_t b) { return static_cast<int64_t>(uint64_t(a) + uint64_t(b)); }
int64_t wrap_sub(int64_t a, int64_t b) { return static_cast<int64_t>(uint64_t(a) - uint64_t(b)); }
int64_t wrap_mul(int64_t a, int64_t b) { return static_cast<int64_t>(uint64_t(a) * uint64_t(b)); }

int64_t floor_divide(int64_t a, int64_t b) {
  if (b == 0) fail("division by 0");
  if (b == -1) return wrap_sub(0, a);
  const int64_t quotient = a / b;
  return quotient - ((a % b != 0) && ((a < 0) != (b < 0)));
}

int64_t floor_remainder(int64_t a, int64_t b) {
  if (b == 0) fail("integer division or modulo by zero");
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && ((rest < 0) != (b < 0)) ? rest + b : rest;
}

int64_t float_to_int(double v) {
  return v >= -0x1p63 && v < 0x1p63 ? static_cast<int64_t>(v) : INT64_MIN;
}

void integer_arithmetic(ScalarCode code, int64_t a, int64_t b, IValue& out) {
  switch (code) {
    case ScalarCode::kAddI: return out.set_int_scalar(wrap_add(a, b));
    case ScalarCode::kSubI: return out.set_int_scalar(wrap_sub(a, b));
    case ScalarCode::kMulI: return out.set_int_scalar(wrap_mul(a, b));
    case ScalarCode::kFloorDivI: return out.set_int_scalar(floor_divide(a, b));
    case ScalarCode::kRemainderI: return out.set_int_scalar(floor_remainder(a, b));
    case ScalarCode::kDivI:
      return out.set_double_scalar(static_cast<double>(a) / static_cast<double>(b));
    case ScalarCode::kAndI: return out.set_int_scalar(a & b);
    case ScalarCode::kOrI: return out.set_int_scalar(a | b);
    case ScalarCode::kXorI: return out.set_int_scalar(a ^ b);
    case ScalarCode::kShlI:
      return out.set_int_scalar(static_cast<int64_t>(uint64_t(a) << (b & 63)));
    case ScalarCode::kShrI: return out.set_int_scalar(a >> (b & 63));
    case ScalarCode::kMinI: return out.set_int_scalar(a < b ? a : b);
    case ScalarCode::kMaxI: return out.set_int_scalar(a > b ? a : b);
    case ScalarCode::kEqI: return out.set_bool_scalar(a == b);
    case ScalarCode::kNeI: return out.set_bool_scalar(a != b);
    case ScalarCode::kLtI: return out.set_bool_scalar(a < b);
    case ScalarCode::kLeI: return out.set_bool_scalar(a <= b);
    case ScalarCode::kGtI: return out.set_bool_scalar(a > b);
    case ScalarCode::kGeI: return out.set_bool_scalar(a >= b);
    default: TEMPER_CHECK(false);
  }
}

void float_arithmetic(ScalarCode code, double a, double b, IValue& out) {
  switch (code) {
    case ScalarCode::kAddF: return out.set_double_scalar(a + b);
    case ScalarCode::kSubF: return out.set_double_scalar(a - b);
    case ScalarCode::kMulF: return out.set_double_scalar(a * b);
    case ScalarCode::kDivF: return out.set_double_scalar(a / b);
    case ScalarCode::kEqF: return out.set_bool_scalar(a == b);
    case ScalarCode::kNeF: return out.set_bool_scalar(a != b);
    case ScalarCode::kLtF: return out.set_bool_scalar(a < b);
    case ScalarCode::kLeF: return out.set_bool_scalar(a <= b);
    case ScalarCode::kGtF: return out.set_bool_scalar(a > b);
    case ScalarCode::kGeF: return out.set_bool_scalar(a >= b);
    default: TEMPER_CHECK(false);
  }
}

}  // namespace

void execute_scalar(ScalarCode code, const Operands& operands) {
  IValue& out = operands.output();
  const IValue& a = operands.input(0);
  switch (code) {
    case ScalarCode::kNegI: return out.set_int_scalar(wrap_sub(0, a.raw_int()));
    case ScalarCode::kAbsI:
      return out.set_int_scalar(a.raw_int() < 0 ? wrap_sub(0, a.raw_int()) : a.raw_int());
    case ScalarCode::kNegF: return out.set_double_scalar(-a.raw_double());
    case ScalarCode::kNotB: return out.set_bool_scalar(!a.raw_int());
    case ScalarCode::kIntToFloat: return out.set_double_scalar(static_cast<double>(a.raw_int()));
    case ScalarCode::kFloatToInt: return out.set_int_scalar(float_to_int(a.raw_double()));
    case ScalarCode::kBoolToInt: return out.set_int_scalar(a.raw_int());
    case ScalarCode::kIntToBool: return out.set_bool_scalar(a.raw_int() != 0);
    case ScalarCode::kFloatToBool: return out.set_bool_scalar(a.raw_double() != 0);
    case ScalarCode::kAndB: return out.set_bool_scalar(a.raw_int() & operands.input(1).raw_int());
    case ScalarCode::kOrB: return out.set_bool_scalar(a.raw_int() | operands.input(1).raw_int());
    case ScalarCode::kEqB: return out.set_bool_scalar(a.raw_int() == operands.input(1).raw_int());
    case ScalarCode::kNeB: return out.set_bool_scalar(a.raw_int() != operands.input(1).raw_int());
    default: break;
  }
  const bool is_float = code >= ScalarCode::kAddF && code <= ScalarCode::kGeF;
  if (is_float) return float_arithmetic(code, a.raw_double(), operands.input(1).raw_double(), out);
  integer_arithmetic(code, a.raw_int(), operands.input(1).raw_int(), out);
}

}  // namespace temper::ir
