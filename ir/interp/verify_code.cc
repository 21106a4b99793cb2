// The laws of flat code, checked where internal checks are on.
//   1  operands lie in the table, registers in the frame
//   2  jumps end inside of the code, and nothing runs off its end
//   3  a register that is read holds a value, on whatever way one came
//   4  nothing writes or clears registers of constants

#include <optional>
#include <unordered_map>

#include "core/base/error.h"
#include "ir/interp/code.h"

namespace temper::ir {
namespace {

using Defined = std::vector<bool>;

class Verifier {
 public:
  explicit Verifier(const Code& code) : code_(code), constant_(code.num_registers, false) {}

  void run() {
    for (size_t i = 0; i < code_.instructions.size(); ++i) check_places(i);
    for (const auto& [reg, value] : code_.constants) {
      if (reg >= code_.num_registers) broken(1, 0, "a constant lies outside of the frame");
      constant_[reg] = true;
    }
    // What holds at the targets of jumps only shrinks, so this ends.
    do {
      changed_ = false;
      walk(false);
    } while (changed_);
    walk(true);
  }

 private:
  [[noreturn]] static void broken(int law, size_t index, std::string_view what) {
    throw_error(ErrorKind::kInternal,
                str_cat("code law ", law, " is broken by instruction ", index, ": ", what));
  }

  absl::Span<const Register> operands(const Instruction& instruction, size_t skip,
                                      size_t count) const {
    return {code_.operands.data() + instruction.operands + skip, count};
  }

  void check_places(size_t index) const {
    const Instruction& instruction = code_.instructions[index];
    const size_t count = size_t{instruction.num_in} + instruction.num_out + instruction.num_kill;
    if (instruction.operands + count > code_.operands.size()) {
      broken(1, index, "operands beyond the table");
    }
    for (const Register reg : operands(instruction, 0, count)) {
      if (reg >= code_.num_registers) broken(1, index, "a register beyond the frame");
    }
    if (is_jump(instruction.opcode) && instruction.target >= code_.instructions.size()) {
      broken(2, index, "jumps out of the code");
    }
  }

  // Intersects what holds at a jump's target.
  void meet(size_t target, const Defined& defined) {
    const auto [at, added] = targets_.emplace(target, defined);
    changed_ |= added;
    for (size_t i = 0; !added && i < defined.size(); ++i) {
      if (!at->second[i] || defined[i]) continue;
      at->second[i] = false;
      changed_ = true;
    }
  }

  void walk(bool check) {
    Defined start(code_.num_registers, false);
    for (uint32_t i = 0; i < code_.num_params; ++i) start[i] = true;
    for (const auto& [reg, value] : code_.constants) start[reg] = true;
    std::optional<Defined> now = std::move(start);
    for (size_t i = 0; i < code_.instructions.size(); ++i) {
      if (const auto target = targets_.find(i); target != targets_.end()) {
        if (now) meet(i, *now);
        now = target->second;
      }
      if (now) step(i, check, &now);
    }
    if (now) broken(2, code_.instructions.size(), "runs off the end");
  }

  void write(size_t index, Register reg, bool value, Defined* defined) const {
    if (constant_[reg]) broken(4, index, "changes a constant");
    (*defined)[reg] = value;
  }

  void step(size_t index, bool check, std::optional<Defined>* now) {
    const Instruction& instruction = code_.instructions[index];
    Defined& defined = **now;
    const auto inputs = operands(instruction, 0, instruction.num_in);
    const bool enters = instruction.opcode == Opcode::kLoopEnter;
    for (size_t i = enters ? 1 : 0; check && i < inputs.size(); ++i) {
      if (!defined[inputs[i]]) broken(3, index, str_cat("reads r", inputs[i], " too early"));
    }
    if (enters || instruction.opcode == Opcode::kLoopNext) write(index, inputs[0], true, &defined);
    if (instruction.opcode == Opcode::kMove) write(index, inputs[0], false, &defined);
    for (const Register reg : operands(instruction, inputs.size(), instruction.num_out)) {
      write(index, reg, true, &defined);
    }
    const size_t skip = size_t{instruction.num_in} + instruction.num_out;
    for (const Register reg : operands(instruction, skip, instruction.num_kill)) {
      write(index, reg, false, &defined);
    }
    if (is_jump(instruction.opcode)) meet(instruction.target, defined);
    switch (instruction.opcode) {
      case Opcode::kJump:
      case Opcode::kReturn:
      case Opcode::kRaise:
      case Opcode::kMissing: now->reset(); break;
      default: break;
    }
  }

  const Code& code_;
  std::vector<bool> constant_;
  std::unordered_map<size_t, Defined> targets_;
  bool changed_ = false;
};

}  // namespace

void verify_code(const Code& code) { Verifier(code).run(); }

}  // namespace temper::ir
