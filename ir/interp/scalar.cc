// Numbers and control flow: the instructions that touch nothing but scalar registers run in a loop
// of their own, on a form with the operands inside.

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "core/base/error.h"
#include "core/base/truncate.h"
#include "ir/interp/frame.h"

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
};

ScalarOp op_of(ScalarCode code) {
  switch (code) {
#define EACH(code, ...) \
  case ScalarCode::code: return code;
    TEMPER_ARITHMETIC(EACH)
    TEMPER_COMPARISONS(EACH)
    TEMPER_DIVISIONS(EACH)
#undef EACH
    case ScalarCode::kNone: break;
  }
  return kLeave;
}

ScalarOp unless(ScalarCode code) {
  switch (code) {
#define EACH(code, ...) \
  case ScalarCode::code: return code##Unless;
    TEMPER_COMPARISONS(EACH)
#undef EACH
    default: return kLeave;
  }
}

ScalarOp op_of(const Instruction& instruction) {
  switch (instruction.opcode) {
    case Opcode::kScalar: return op_of(static_cast<ScalarCode>(instruction.sub));
    case Opcode::kJumpUnless: return unless(static_cast<ScalarCode>(instruction.sub));
    case Opcode::kScalarCopy: return kCopyScalar;
    case Opcode::kJump: return kGoto;
    case Opcode::kJumpIfFalse: return kGotoIfFalse;
    case Opcode::kLoopEnter: return kCountFromZero;
    case Opcode::kLoopNext: return kCountOn;
    default: return kLeave;
  }
}

template <class T>
uint32_t offset_of(uint32_t index) {
  TEMPER_CHECK(index <= UINT32_MAX / sizeof(T));
  return index * static_cast<uint32_t>(sizeof(T));
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

namespace {

// Divisions by a constant, and those that only find out where to go on. The step behind stays what
// it is: others may jump to it.
ScalarOp specialized(ScalarOp op, bool decides) {
  switch (op) {
#define EACH(code, ...) \
  case code: return decides ? code##ByEqUnless : code##By;
    TEMPER_DIVISIONS(EACH)
#undef EACH
    default: return op;
  }
}

const IValue* constant_at(const Code& code, uint32_t offset) {
  for (const auto& [index, value] : code.constants) {
    if (offset_of<IValue>(index) == offset) return &value;
  }
  return nullptr;
}

uint32_t divisor_place(std::vector<ConstantDivisor>& divisors, int64_t value) {
  size_t place = 0;
  while (place < divisors.size() && divisors[place].value != value) ++place;
  if (place == divisors.size()) divisors.push_back({value, UINT64_MAX / uint64_t(value) + 1});
  return offset_of<ConstantDivisor>(static_cast<uint32_t>(place));
}

void specialize_divisions(Code& code) {
  for (size_t i = 0; i < code.steps.size(); ++i) {
    ScalarStep& step = code.steps[i];
    const auto op = static_cast<ScalarOp>(step.op);
    if (specialized(op, false) == op) continue;
    const IValue* by = constant_at(code, step.b);
    if (!by || !by->is_int() || by->to_int() < 2 || by->to_int() >> 32 != 0) continue;
    const ScalarStep* next = i + 1 < code.steps.size() ? &code.steps[i + 1] : nullptr;
    const bool decides = next && next->op == kEqIUnless && next->a == step.c;
    step.b = divisor_place(code.divisors, by->to_int());
    step.op = specialized(op, decides);
  }
}

}  // namespace

bool is_comparison(ScalarCode code) { return unless(code) != kLeave; }

void add_scalar_steps(Code& code) {
  code.steps.reserve(code.instructions.size());
  for (const Instruction& instruction : code.instructions) {
    ScalarStep& step = code.steps.emplace_back(ScalarStep{op_of(instruction), 0, 0, 0});
    if (step.op == kLeave) continue;
    TEMPER_CHECK(instruction.num_kill == 0);
    const Register* operands = code.operands.data() + instruction.operands;
    if (instruction.num_in > 0) step.a = offset_of<IValue>(operands[0]);
    step.b = instruction.num_in > 1 ? offset_of<IValue>(operands[1]) : step.a;
    step.c = instruction.num_out > 0 ? offset_of<IValue>(operands[instruction.num_in])
                                     : offset_of<ScalarStep>(instruction.target);
  }
  specialize_divisions(code);
}

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

void Machine::run_scalars(Frame& frame) {
  static const void* const labels[] = {
      &&leave,
      &&copy,
      &&jump,
      &&jump_if_false,
      &&count_from_zero,
      &&count_on,
#define EACH(code, ...) &&code##_step,
      TEMPER_ARITHMETIC(EACH) TEMPER_COMPARISONS(EACH) TEMPER_DIVISIONS(EACH)
#undef EACH
#define EACH(code, ...) &&code##_unless,
          TEMPER_COMPARISONS(EACH)
#undef EACH
#define EACH(code, ...) &&code##_by, &&code##_by_eq_unless,
              TEMPER_DIVISIONS(EACH)
#undef EACH
  };
  const ScalarStep* const steps = frame.code->steps.data();
  const ConstantDivisor* const divisors = frame.code->divisors.data();
  IValue* const registers = registers_.data() + frame.base;
  // Iterations that were run here and are not yet counted: what was granted less what is left.
  int64_t granted = unchecked_steps(kCheckEvery - context_.steps % kCheckEvery);
  int64_t left = granted;
  const ScalarStep* step;
  TEMPER_NEXT(steps + frame.pc);

#define EACH(code, in, out, formula)                     \
  code##_step : {                                        \
    const auto a = TEMPER_A.raw_##in();                  \
    [[maybe_unused]] const auto b = TEMPER_B.raw_##in(); \
    TEMPER_OUT.set_##out##_scalar(formula);              \
    TEMPER_NEXT(step + 1);                               \
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
  TEMPER_NEXT(TEMPER_A.raw_int() < TEMPER_B.raw_int() ? &at_offset(steps, step->c) : step + 1);
leave:
  context_.steps += granted - left;
  frame.pc = static_cast<uint32_t>(step - steps);
}

}  // namespace temper::ir
