// What the steps on scalar registers do: one row each.

#pragma once

#include <cstdint>

namespace temper::ir {

// EACH(code, kind of the inputs, kind of the result, formula of a and b).
#define TEMPER_ARITHMETIC(EACH)                                             \
  EACH(kAddI, int, int, wrap_add(a, b))                                     \
  EACH(kSubI, int, int, wrap_sub(a, b))                                     \
  EACH(kMulI, int, int, wrap_mul(a, b))                                     \
  EACH(kNegI, int, int, wrap_sub(0, a))                                     \
  EACH(kDivI, int, double, static_cast<double>(a) / static_cast<double>(b)) \
  EACH(kAndI, int, int, (a & b))                                            \
  EACH(kOrI, int, int, (a | b))                                             \
  EACH(kXorI, int, int, (a ^ b))                                            \
  EACH(kShlI, int, int, static_cast<int64_t>(uint64_t(a) << (b & 63)))      \
  EACH(kShrI, int, int, (a >> (b & 63)))                                    \
  EACH(kMinI, int, int, std::min(a, b))                                     \
  EACH(kMaxI, int, int, std::max(a, b))                                     \
  EACH(kAbsI, int, int, a < 0 ? wrap_sub(0, a) : a)                         \
  EACH(kAddF, double, double, a + b)                                        \
  EACH(kSubF, double, double, a - b)                                        \
  EACH(kMulF, double, double, a* b)                                         \
  EACH(kDivF, double, double, a / b)                                        \
  EACH(kNegF, double, double, -a)                                           \
  EACH(kNotB, int, bool, !a)                                                \
  EACH(kAndB, int, bool, (a & b) != 0)                                      \
  EACH(kOrB, int, bool, (a | b) != 0)                                       \
  EACH(kIntToFloat, int, double, static_cast<double>(a))                    \
  EACH(kFloatToInt, double, int, truncate_to_int64(a))                      \
  EACH(kBoolToInt, int, int, a)                                             \
  EACH(kIntToBool, int, bool, a != 0)                                       \
  EACH(kFloatToBool, double, bool, a != 0)

// EACH(code, kind of the inputs, comparison).
#define TEMPER_COMPARISONS(EACH) \
  EACH(kEqI, int, a == b)        \
  EACH(kNeI, int, a != b)        \
  EACH(kLtI, int, a < b)         \
  EACH(kLeI, int, a <= b)        \
  EACH(kGtI, int, a > b)         \
  EACH(kGeI, int, a >= b)        \
  EACH(kEqF, double, a == b)     \
  EACH(kNeF, double, a != b)     \
  EACH(kLtF, double, a < b)      \
  EACH(kLeF, double, a <= b)     \
  EACH(kGtF, double, a > b)      \
  EACH(kGeF, double, a >= b)     \
  EACH(kEqB, int, a == b)        \
  EACH(kNeB, int, a != b)

// EACH(code, function, function of a constant divisor, what is wrong with zero).
#define TEMPER_DIVISIONS(EACH)                               \
  EACH(kFloorDivI, floor_divide, divide_by, "division by 0") \
  EACH(kRemainderI, floor_remainder, remainder_by, "integer division or modulo by zero")

// What ScalarStep::op says: kLeave for instructions that are none of these.
enum ScalarOp : uint8_t {
  kLeave,
  kCopyScalar,
  kGoto,
  kGotoIfFalse,
  kCountFromZero,
  kCountOn,
#define EACH(code, ...) code,
  TEMPER_ARITHMETIC(EACH) TEMPER_COMPARISONS(EACH) TEMPER_DIVISIONS(EACH)
#undef EACH
#define EACH(code, ...) code##Unless,
      TEMPER_COMPARISONS(EACH)
#undef EACH
#define EACH(code, ...) code##By, code##ByEqUnless,
          TEMPER_DIVISIONS(EACH)
#undef EACH
#define EACH(code, ...) code##AndOn,
              TEMPER_ARITHMETIC(EACH)
#undef EACH
                  kDivisibleUnless,
};

}  // namespace temper::ir
