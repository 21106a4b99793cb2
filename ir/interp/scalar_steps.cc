// Translates instructions on scalar registers to steps, and joins steps that follow each other.

#include <algorithm>
#include <unordered_set>

#include "core/base/error.h"
#include "ir/interp/code.h"
#include "ir/interp/scalar_ops.h"

namespace temper::ir {
namespace {

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

bool joins_comparison(const ScalarStep& step) { return step.op == kRemainderIByEqUnless; }

// The registers that are read, but for remainders by the comparison joined to them. A comparison
// that something jumps to reads what others left there.
std::unordered_set<Register> registers_read(const Code& code) {
  std::unordered_set<uint32_t> targets;
  for (const Instruction& each : code.instructions) {
    if (is_jump(each.opcode)) targets.insert(each.target);
  }
  std::unordered_set<Register> read;
  for (uint32_t i = 0; i < code.instructions.size(); ++i) {
    const Instruction& each = code.instructions[i];
    const bool joined = i > 0 && joins_comparison(code.steps[i - 1]) && !targets.contains(i);
    for (size_t k = joined ? 1 : 0; k < each.num_in; ++k) {
      read.insert(code.operands[each.operands + k]);
    }
  }
  return read;
}

// Of a remainder that nobody else reads only counts whether it is zero, which takes half the time.
void test_divisibility(Code& code) {
  if (std::none_of(code.steps.begin(), code.steps.end(), joins_comparison)) return;
  const std::unordered_set<Register> read = registers_read(code);
  for (size_t i = 0; i + 1 < code.steps.size(); ++i) {
    ScalarStep& step = code.steps[i];
    if (!joins_comparison(step) || read.contains(step.c / sizeof(IValue))) continue;
    const IValue* with = constant_at(code, code.steps[i + 1].b);
    if (with && with->is_int() && with->to_int() == 0) {
      step.op = kDivisibleUnless;
      step.c = code.steps[i + 1].c;
    }
  }
}

ScalarOp ending_iteration(ScalarOp op) {
  switch (op) {
#define EACH(code, ...) \
  case code: return code##AndOn;
    TEMPER_ARITHMETIC(EACH)
#undef EACH
    default: return op;
  }
}

// Jumps to the end of an iteration become that end, and the arithmetic before one does both: where
// a step goes is known only after a load from the one before, and loops of few steps wait for it.
void join_ends_of_iterations(Code& code) {
  for (size_t i = 0; i < code.steps.size(); ++i) {
    ScalarStep& step = code.steps[i];
    const size_t end = step.op == kGoto ? step.c / sizeof(ScalarStep) : i;
    if (code.steps[end].op != kCountOn || end < i || end - i >= UINT16_MAX) continue;
    step = code.steps[end];
    step.exit = static_cast<uint16_t>(end - i + 1);
  }
  for (size_t i = 0; i + 1 < code.steps.size(); ++i) {
    ScalarStep& step = code.steps[i];
    if (code.steps[i + 1].op == kCountOn) step.op = ending_iteration(ScalarOp{step.op});
  }
}

}  // namespace

bool is_comparison(ScalarCode code) { return unless(code) != kLeave; }

void add_scalar_steps(Code& code) {
  code.steps.reserve(code.instructions.size());
  for (const Instruction& instruction : code.instructions) {
    ScalarStep& step = code.steps.emplace_back(ScalarStep{op_of(instruction), 0, 0, 0, 0});
    if (step.op == kLeave) continue;
    TEMPER_CHECK(instruction.num_kill == 0);
    const Register* operands = code.operands.data() + instruction.operands;
    if (instruction.num_in > 0) step.a = offset_of<IValue>(operands[0]);
    step.b = instruction.num_in > 1 ? offset_of<IValue>(operands[1]) : step.a;
    step.c = instruction.num_out > 0 ? offset_of<IValue>(operands[instruction.num_in])
                                     : offset_of<ScalarStep>(instruction.target);
  }
  specialize_divisions(code);
  test_divisibility(code);
  join_ends_of_iterations(code);
}

}  // namespace temper::ir
