// Numbers and control flow: the instructions that touch nothing but scalar registers run in a loop
// of their own, on a form with the operands inside.

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "core/base/error.h"
#include "core/base/truncate.h"
#include "ir/interp/frame.h"
#include "ir/interp/scalar_ops.h"

namespace temper::ir {
namespace {

int64_t wrap_add(int64_t a, int64_t b) { return static_cast<int64_t>(uint64_t(a) + uint64_t(b)); }
int64_t wrap_sub(int64_t a, int64_t b) { return static_cast<int64_t>(uint64_t(a) - uint64_t(b)); }
int64_t wrap_mul(int64_t a, int64_t b) { return static_cast<int64_t>(uint64_t(a) * uint64_t(b)); }

// Most numbers of programs are small and positive, and dividing those takes half the time.
bool both_small(int64_t a, int64_t b) { return (uint64_t(a) | uint64_t(b)) >> 32 == 0; }

int64_t floor_divide(int64_t a, int64_t b) {
  if (both_small(a, b)) return static_cast<uint32_t>(a) / static_cast<uint32_t>(b);
  if (b == -1) return wrap_sub(0, a);
  const int64_t quotient = a / b;
  return quotient - ((a % b != 0) && ((a < 0) != (b < 0)));
}

int64_t floor_remainder(int64_t a, int64_t b) {
  if (both_small(a, b)) return static_cast<uint32_t>(a) % static_cast<uint32_t>(b);
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && ((rest < 0) != (b < 0)) ? rest + b : rest;
}

// By a constant: numerators below 2^32 are multiplied by its reciprocal, which is exact for
// divisors below 2^32 (Lemire, Kaser, Kurz 2019, "Faster remainder by direct computation").
using Wide = unsigned __int128;

[[gnu::always_inline]] inline int64_t divide_by(int64_t a, const ConstantDivisor& by) {
  if (uint64_t(a) >> 32 != 0) [[unlikely]]
    return floor_divide(a, by.value);
  return static_cast<int64_t>((Wide{by.reciprocal} * uint64_t(a)) >> 64);
}

[[gnu::always_inline]] inline int64_t remainder_by(int64_t a, const ConstantDivisor& by) {
  if (uint64_t(a) >> 32 != 0) [[unlikely]]
    return floor_remainder(a, by.value);
  return static_cast<int64_t>((Wide{by.reciprocal * uint64_t(a)} * uint64_t(by.value)) >> 64);
}

// Whether the fraction of a / by is zero: the same source.
[[gnu::always_inline]] inline bool divisible_by(int64_t a, const ConstantDivisor& by) {
  if (uint64_t(a) >> 32 != 0) [[unlikely]]
    return a % by.value == 0;
  return by.reciprocal * uint64_t(a) < by.reciprocal;
}

template <class T>
T& at_offset(T* first, uint32_t offset) {
  using Byte = std::conditional_t<std::is_const_v<T>, const char, char>;
  return *reinterpret_cast<T*>(reinterpret_cast<Byte*>(first) + offset);
}

void copy_scalar(IValue& to, const IValue& from) {
  std::memcpy(static_cast<void*>(&to), static_cast<const void*>(&from), sizeof(IValue));
}

}  // namespace

int64_t Machine::unchecked_steps(int64_t wanted) const {
  return std::min(wanted - 1, context_.max_steps - context_.steps) + 1;
}

int64_t Machine::check_scalar_steps(int64_t done) {
  context_.steps += done;
  check_interrupts();
  // Loops of a few numbers take nanoseconds: looking at the clock should not double that.
  return unchecked_steps(16 * kCheckEvery);
}

#define TEMPER_A at_offset(registers, step->a)
#define TEMPER_B at_offset(registers, step->b)
#define TEMPER_OUT at_offset(registers, step->c)
#define TEMPER_COMPUTE(in, out, formula)               \
  const auto a = TEMPER_A.raw_##in();                  \
  [[maybe_unused]] const auto b = TEMPER_B.raw_##in(); \
  TEMPER_OUT.set_##out##_scalar(formula)
// Every step ends in a jump of its own, which processors learn to foresee.
#define TEMPER_NEXT(following) \
  step = (following);          \
  goto* labels[step->op]

#define TEMPER_DIVISION_STEPS(code, function, function_by, message)                  \
  code##_step : {                                                                    \
    const int64_t a = TEMPER_A.raw_int(), b = TEMPER_B.raw_int();                    \
    if (b == 0) [[unlikely]] {                                                       \
      frame.pc = static_cast<uint32_t>(step - steps);                                \
      fail(message);                                                                 \
    }                                                                                \
    TEMPER_OUT.set_int_scalar(function(a, b));                                       \
    TEMPER_NEXT(step + 1);                                                           \
  }                                                                                  \
  code##_by : {                                                                      \
    const int64_t a = TEMPER_A.raw_int();                                            \
    TEMPER_OUT.set_int_scalar(function_by(a, at_offset(divisors, step->b)));         \
    TEMPER_NEXT(step + 1);                                                           \
  }                                                                                  \
  code##_by_eq_unless : {                                                            \
    const int64_t a = function_by(TEMPER_A.raw_int(), at_offset(divisors, step->b)); \
    TEMPER_OUT.set_int_scalar(a);                                                    \
    ++step;                                                                          \
    TEMPER_NEXT(a == TEMPER_B.raw_int() ? step + 1 : &at_offset(steps, step->c));    \
  }

// The labels of a row's steps, in the order of ScalarOp.
#define TEMPER_STEP(code, ...) &&code##_step,
#define TEMPER_UNLESS(code, ...) &&code##_unless,
#define TEMPER_BY(code, ...) &&code##_by, &&code##_by_eq_unless,
#define TEMPER_AND_ON(code, ...) &&code##_and_on,

void Machine::run_scalars(Frame& frame) {
  static const void* const labels[] = {
      &&leave,
      &&copy,
      &&jump,
      &&jump_if_false,
      &&count_from_zero,
      &&count_on,
      TEMPER_ARITHMETIC(TEMPER_STEP) TEMPER_COMPARISONS(TEMPER_STEP) TEMPER_DIVISIONS(TEMPER_STEP)
              TEMPER_COMPARISONS(TEMPER_UNLESS) TEMPER_DIVISIONS(TEMPER_BY)
                  TEMPER_ARITHMETIC(TEMPER_AND_ON) &&
          divisible_unless,
  };
  const ScalarStep* const steps = frame.code->steps.data();
  const ConstantDivisor* const divisors = frame.code->divisors.data();
  IValue* const registers = registers_.data() + frame.base;
  // Iterations that were run here and are not yet counted: what was granted less what is left.
  int64_t granted = unchecked_steps(kCheckEvery - context_.steps % kCheckEvery);
  int64_t left = granted;
  const ScalarStep* step;
  TEMPER_NEXT(steps + frame.pc);

#define EACH(code, in, out, formula)  \
  code##_step : {                     \
    TEMPER_COMPUTE(in, out, formula); \
    TEMPER_NEXT(step + 1);            \
  }                                   \
  code##_and_on : {                   \
    TEMPER_COMPUTE(in, out, formula); \
    ++step;                           \
    goto count_on;                    \
  }
  TEMPER_ARITHMETIC(EACH)
#undef EACH
#define EACH(code, in, comparison)                                     \
  code##_step : {                                                      \
    const auto a = TEMPER_A.raw_##in(), b = TEMPER_B.raw_##in();       \
    TEMPER_OUT.set_bool_scalar(comparison);                            \
    TEMPER_NEXT(step + 1);                                             \
  }                                                                    \
  code##_unless : {                                                    \
    const auto a = TEMPER_A.raw_##in(), b = TEMPER_B.raw_##in();       \
    TEMPER_NEXT((comparison) ? step + 1 : &at_offset(steps, step->c)); \
  }
  TEMPER_COMPARISONS(EACH)
#undef EACH
  TEMPER_DIVISIONS(TEMPER_DIVISION_STEPS)
divisible_unless:
  TEMPER_NEXT(divisible_by(TEMPER_A.raw_int(), at_offset(divisors, step->b))
                  ? step + 2
                  : &at_offset(steps, step->c));
copy:
  copy_scalar(TEMPER_OUT, TEMPER_A);
  TEMPER_NEXT(step + 1);
jump:
  TEMPER_NEXT(&at_offset(steps, step->c));
jump_if_false:
  TEMPER_NEXT(TEMPER_A.raw_int() ? step + 1 : &at_offset(steps, step->c));
count_from_zero:
  TEMPER_A.set_int_scalar(0);
  TEMPER_NEXT(TEMPER_B.raw_int() > 0 ? step + 1 : &at_offset(steps, step->c));
count_on:
  if (--left == 0) {
    frame.pc = static_cast<uint32_t>(step - steps);
    granted = left = check_scalar_steps(granted);
  }
  TEMPER_A.set_int_scalar(TEMPER_A.raw_int() + 1);
  TEMPER_NEXT(TEMPER_A.raw_int() < TEMPER_B.raw_int() ? &at_offset(steps, step->c)
                                                      : step + step->exit);
leave:
  context_.steps += granted - left;
  frame.pc = static_cast<uint32_t>(step - steps);
}

}  // namespace temper::ir
