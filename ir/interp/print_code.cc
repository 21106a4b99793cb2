#include <algorithm>

#include "ir/interp/frame.h"
#include "ir/interp/interpreter.h"

namespace temper::ir {
namespace {

constexpr const char* kNames[] = {"kernel",        "scalar",       "scalar_copy",
                                  "call",          "call_virtual", "return",
                                  "copy",          "move",         "jump",
                                  "jump_if_false", "jump_unless",  "loop_enter",
                                  "loop_next",     "kill",         "uninitialized",
                                  "list",          "dict",         "tuple",
                                  "list_unpack",   "tuple_unpack", "tuple_index",
                                  "tuple_slice",   "get_attr",     "set_attr",
                                  "create_object", "isinstance",   "raise",
                                  "print",         "warn",         "to_list",
                                  "enum_name",     "enum_value",   "container_index",
                                  "fork",          "with_push",    "with_pop",
                                  "missing"};
static_assert(std::size(kNames) == static_cast<size_t>(Opcode::kMissing) + 1);

std::string operand_text(const Code& code, const Instruction& instruction) {
  std::string text;
  const Register* reg = code.operands.data() + instruction.operands;
  const auto append = [&](const char* lead, size_t count) {
    for (size_t i = 0; i < count; ++i) text += str_cat(i == 0 ? lead : " ", "r", *reg++);
  };
  append(" ", instruction.num_in);
  append(" -> ", instruction.num_out);
  append(" kill ", instruction.num_kill);
  return text;
}

// "add.Tensor mul.Tensor": what a group runs.
std::string parts_text(const OpDef& op) {
  std::string text;
  for (const GroupPart& part : op.parts()) {
    text += str_cat(text.empty() ? "[" : " ", part.op->key());
  }
  return text.empty() ? text : text + "]";
}

bool holds_tensor(const IValue& value) {
  if (value.is_tensor()) return true;
  return value.is_list() && std::ranges::any_of(value.to_list().items, holds_tensor);
}

std::string constant_text(const IValue& value) {
  if (!holds_tensor(value)) return to_text(value);
  return value.is_tensor() ? "<Tensor>" : str_cat("<list of ", value.to_list().items.size(), ">");
}

std::string payload_text(const Code& code, size_t index) {
  const Instruction& instruction = code.instructions[index];
  switch (instruction.opcode) {
    case Opcode::kKernel:
    case Opcode::kMissing: {
      const auto& op = *static_cast<const OpDef*>(instruction.payload);
      return str_cat(" ", op.key(), parts_text(op));
    }
    case Opcode::kScalar: return str_cat(" ", code.nodes[index]->kind_text());
    case Opcode::kCall:
      return str_cat(" ",
                     static_cast<const ScriptFunction*>(instruction.payload)->qualified_name());
    case Opcode::kJumpUnless:
      return str_cat(" ", code.nodes[index]->kind_text(), " @", instruction.target);
    default: return is_jump(instruction.opcode) ? str_cat(" @", instruction.target) : "";
  }
}

}  // namespace

std::string print_code(ScriptFunction& function) {
  const Code& code = code_of(function);
  std::string text = str_cat("registers ", code.num_registers, "\n");
  for (const auto& [reg, value] : code.constants) {
    text += str_cat("r", reg, " = ", constant_text(value), "\n");
  }
  for (size_t i = 0; i < code.instructions.size(); ++i) {
    const Instruction& instruction = code.instructions[i];
    text += str_cat(i, ": ", kNames[static_cast<int>(instruction.opcode)], payload_text(code, i),
                    operand_text(code, instruction), "\n");
  }
  return text;
}

}  // namespace temper::ir
