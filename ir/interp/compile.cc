#include <algorithm>
#include <unordered_set>

#include "core/op/pointwise_group.h"
#include "core/value/class_type.h"
#include "core/value/function.h"
#include "ir/interp/code.h"
#include "ir/interp/homes.h"
#include "ir/interp/registers.h"
#include "ir/module/compilation_unit.h"

namespace temper::ir {
namespace {

struct Move {
  Register from;
  Register to;
  bool last_use;
};

class Compiler {
 public:
  explicit Compiler(const Graph& graph) : graph_(graph), last_uses_(graph), homes_(graph) {}

  std::shared_ptr<const Code> compile() {
    for (const Value* input : graph_.inputs()) registers_.assign_new(input);
    code_->num_params = static_cast<uint32_t>(graph_.inputs().size());
    kill_unused(graph_.inputs());
    emit_body(*graph_.block());
    emit(graph_.block()->ret(), Opcode::kReturn, inputs_of(graph_.block()->ret()), {});
    code_->num_registers = registers_.size();
    shorten_jumps();
    add_scalar_steps(*code_);
    return code_;
  }

 private:
  using Regs = absl::InlinedVector<Register, 8>;

  Regs inputs_of(const Node* node) const {
    Regs regs;
    for (const Value* input : node->inputs()) regs.push_back(registers_.of(input));
    return regs;
  }

  Instruction& emit(const Node* node, Opcode opcode, const Regs& in, const Regs& out) {
    TEMPER_CHECK(in.size() < 0x10000 && out.size() < 0x10000);
    Instruction& instruction = code_->instructions.emplace_back();
    instruction.opcode = opcode;
    instruction.num_in = static_cast<uint16_t>(in.size());
    instruction.num_out = static_cast<uint16_t>(out.size());
    instruction.operands = static_cast<uint32_t>(code_->operands.size());
    code_->operands.insert(code_->operands.end(), in.begin(), in.end());
    code_->operands.insert(code_->operands.end(), out.begin(), out.end());
    code_->nodes.push_back(node);
    return instruction;
  }
  size_t here() const { return code_->instructions.size(); }
  void land(size_t jump) { code_->instructions[jump].target = static_cast<uint32_t>(here()); }

  // Clears `dead` after the last emitted instruction.
  void kill(const Regs& dead) {
    if (dead.empty()) return;
    Instruction& last = code_->instructions.back();
    const bool fits =
        last.operands + last.num_in + last.num_out + last.num_kill == code_->operands.size() &&
        can_kill(last.opcode) && last.num_kill + dead.size() < 0x10000;
    Instruction& target = fits ? last : emit(nullptr, Opcode::kKill, {}, {});
    target.num_kill = static_cast<uint16_t>(target.num_kill + dead.size());
    code_->operands.insert(code_->operands.end(), dead.begin(), dead.end());
  }
  // The register of a value that is made here.
  Register assign(const Value* value) {
    const Value* home = homes_.of(value);
    if (!home) return registers_.assign_new(value);
    registers_.assign(value, registers_.of(home));
    borrowed_.insert(value);
    return registers_.of(home);
  }

  void emit_copy(const Node* node, Register from, Register to, bool last_use) {
    const bool scalars = registers_.is_scalar(from) && registers_.is_scalar(to);
    emit(node,
         scalars    ? Opcode::kScalarCopy
         : last_use ? Opcode::kMove
                    : Opcode::kCopy,
         {from}, {to});
  }

  // Jumps when the condition is false; a comparison made just now is part of the jump.
  size_t emit_jump_if_false(const Node* node, const Value* condition) {
    if (!code_->instructions.empty()) {
      Instruction& last = code_->instructions.back();
      if (last.opcode == Opcode::kScalar && code_->nodes.back() == condition->node() &&
          condition->uses().size() == 1 && is_comparison(static_cast<ScalarCode>(last.sub))) {
        last.opcode = Opcode::kJumpUnless;
        last.num_out = 0;
        return here() - 1;
      }
    }
    emit(node, Opcode::kJumpIfFalse, {registers_.of(condition)}, {});
    return here() - 1;
  }

  static bool is_true(const Value* value) {
    return value->node()->is(Kind::kConstant) && value->node()->value().is_bool() &&
           value->node()->value().to_bool();
  }

  void shorten_jumps() {
    for (Instruction& instruction : code_->instructions) {
      if (!is_jump(instruction.opcode)) continue;
      while (code_->instructions[instruction.target].opcode == Opcode::kJump) {
        instruction.target = code_->instructions[instruction.target].target;
      }
    }
  }

  void kill_unused(absl::Span<Value* const> values) {
    Regs dead;
    for (const Value* value : values) {
      if (last_uses_.of(value)) continue;
      const Register reg = registers_.of(value);
      if (!registers_.is_scalar(reg)) dead.push_back(reg);
      registers_.free(reg);
    }
    if (!dead.empty() && code_->instructions.empty()) emit(nullptr, Opcode::kKill, {}, {});
    kill(dead);
  }

  // Whether the register holds a result of the node.
  bool gives(const Node* node, Register reg) const {
    return std::ranges::any_of(node->outputs(), [&](const Value* output) {
      return registers_.has(output) && registers_.of(output) == reg;
    });
  }

  // Frees what `node` used last. Values of enclosing blocks end at the enclosing node.
  void end_uses(const Node* node) {
    Regs dead;
    for (const Value* value : last_uses_.ending_at(node)) {
      if (value->node()->is(Kind::kConstant)) continue;  // frames fill these once
      const Register reg = registers_.of(value);
      const bool borrowed = borrowed_.count(value) != 0;
      const bool kept = moved_.count(value) || gives(node, reg);
      if (!registers_.is_scalar(reg) && !kept) dead.push_back(reg);
      if (!borrowed) registers_.free(reg);
    }
    kill(dead);
  }

  // The value's only remaining use is here, so its content may be taken.
  bool takes(const Value* value, const Node* user, size_t index) const {
    if (last_uses_.of(value) != user || value->node()->is(Kind::kConstant)) return false;
    if (registers_.is_scalar(registers_.of(value))) return false;
    for (size_t i = index + 1; i < user->inputs().size(); ++i) {
      if (user->input(i) == value) return false;
    }
    return true;
  }

  uint8_t dying_inputs(const Node* node) const {
    uint8_t mask = 0;
    for (size_t i = 0; i < std::min<size_t>(node->inputs().size(), 8); ++i) {
      if (takes(node->input(i), node, i)) mask = static_cast<uint8_t>(mask | 1u << i);
    }
    return mask;
  }

  void emit_moves(const Node* node, std::vector<Move> moves) {
    std::erase_if(moves, [](const Move& m) { return m.from == m.to; });
    bool clash = false;
    for (size_t i = 0; i < moves.size(); ++i) {
      for (size_t j = 0; j < i; ++j) clash |= moves[j].to == moves[i].from;
    }
    if (clash) {
      for (Move& move : moves) {
        const Register temp = registers_.allocate(registers_.is_scalar(move.from));
        emit_copy(node, move.from, temp, move.last_use);
        move.from = temp;
        move.last_use = true;
      }
    }
    for (const Move& move : moves) {
      emit_copy(node, move.from, move.to, move.last_use);
      if (clash) registers_.free(move.from);
    }
  }

  void emit_body(const Block& block) {
    for (const Node* node : block) emit_node(node);
  }

  // Ends a nested block: its outputs (from `first` on) go to `targets`.
  void emit_block_end(const Block& block, size_t first, const Regs& targets) {
    std::vector<Move> moves;
    for (size_t i = 0; i < targets.size(); ++i) {
      const Value* value = block.outputs()[first + i];
      const bool own = value->node()->block() == &block && !borrowed_.count(value);
      const bool take = own && takes(value, block.ret(), first + i);
      if (take) moved_.insert(value);
      moves.push_back({registers_.of(value), targets[i], take});
    }
    emit_moves(block.ret(), std::move(moves));
    Regs dead;
    for (const Value* value : last_uses_.ending_at(block.ret())) {
      if (value->node()->is(Kind::kConstant) || borrowed_.count(value)) continue;
      const Register reg = registers_.of(value);
      if (!registers_.is_scalar(reg) && !moved_.count(value)) dead.push_back(reg);
      registers_.free(reg);
    }
    if (!dead.empty()) {
      emit(nullptr, Opcode::kKill, {}, {});
      kill(dead);
    }
  }

  void emit_if(const Node* node) {
    Regs outs;
    for (const Value* output : node->outputs()) outs.push_back(assign(output));
    const size_t branch = emit_jump_if_false(node, node->input(0));
    emit_body(*node->block_at(0));
    emit_block_end(*node->block_at(0), 0, outs);
    const size_t skip = here();
    emit(node, Opcode::kJump, {}, {});
    land(branch);
    emit_body(*node->block_at(1));
    emit_block_end(*node->block_at(1), 0, outs);
    land(skip);
    finish(node);
  }

  void emit_loop(const Node* node) {
    const Block& body = *node->block_at(0);
    const Register iter = registers_.allocate(true);
    registers_.assign(body.inputs()[0], iter);
    borrowed_.insert(body.inputs()[0]);
    Regs carried;
    std::vector<Move> initial;
    for (size_t i = 0; i < node->outputs().size(); ++i) {
      const Register reg = assign(node->output(i));
      registers_.assign(body.inputs()[i + 1], reg);
      borrowed_.insert(body.inputs()[i + 1]);
      carried.push_back(reg);
      const Value* value = node->input(i + 2);
      const bool own = value->node()->block() == node->block() && !borrowed_.count(value);
      const bool take = own && takes(value, node, i + 2) && !used_inside(value, body);
      if (take) moved_.insert(value);
      initial.push_back({registers_.of(value), reg, take});
    }
    emit_moves(node, std::move(initial));
    const Register max = registers_.of(node->input(0));
    std::vector<size_t> exits;
    if (!is_true(node->input(1))) exits.push_back(emit_jump_if_false(node, node->input(1)));
    exits.push_back(here());
    emit(node, Opcode::kLoopEnter, {iter, max}, {});
    const size_t start = here();
    emit_body(body);
    emit_loop_end(node, carried, &exits);
    emit(node, Opcode::kLoopNext, {iter, max}, {}).target = static_cast<uint32_t>(start);
    for (const size_t exit : exits) land(exit);
    registers_.free(iter);
    finish(node);
  }

  // Sets the loop variables and leaves unless the loop goes on.
  void emit_loop_end(const Node* node, const Regs& carried, std::vector<size_t>* exits) {
    const Block& body = *node->block_at(0);
    const Value* condition = body.outputs()[0];
    const bool variable = condition->node() == body.param();
    Register copy = 0;
    if (variable) {
      copy = registers_.allocate(true);
      emit_copy(body.ret(), registers_.of(condition), copy, false);
    }
    emit_block_end(body, 1, carried);
    if (variable) {
      exits->push_back(here());
      emit(node, Opcode::kJumpIfFalse, {copy}, {});
      registers_.free(copy);
    } else if (!is_true(condition)) {
      exits->push_back(emit_jump_if_false(node, condition));
    }
  }

  static bool used_inside(const Value* value, const Block& block) {
    for (const Use& use : value->uses()) {
      for (const Block* b = use.node->block(); b; b = b->owner() ? b->owner()->block() : nullptr) {
        if (b == &block) return true;
      }
    }
    return false;
  }

  // After a node with nested blocks: end its uses, then drop outputs that nobody reads.
  void finish(const Node* node) {
    emit(nullptr, Opcode::kKill, {}, {});
    const size_t index = here() - 1;
    end_uses(node);
    kill_unused(node->outputs());
    if (index + 1 == here() && code_->instructions.back().num_kill == 0) {
      code_->instructions.pop_back();  // jumps to it reach the next instruction
      code_->nodes.pop_back();
    }
  }

  void emit_node(const Node* node);
  void emit_simple(const Node* node);
  void emit_constant(const Node* node);
  void emit_call(const Node* node, Function& callee, const Regs& in);
  void emit_method_call(const Node* node);
  void emit_with(const Node* node);
  void emit_op(const Node* node);
  void emit_group(const Node* node);
  Regs assign_outputs(const Node* node) {
    Regs regs;
    for (const Value* output : node->outputs()) regs.push_back(assign(output));
    return regs;
  }

  const Graph& graph_;
  LastUses last_uses_;
  Homes homes_;
  RegisterFile registers_;
  std::shared_ptr<Code> code_ = std::make_shared<Code>();
  std::unordered_set<const Value*> borrowed_;  // in a register that another value frees
  std::unordered_set<const Value*> moved_;     // content was taken by a move
};

void Compiler::emit_constant(const Node* node) {
  const Register reg = registers_.allocate_fresh(is_scalar_type(node->output()->type()));
  registers_.assign(node->output(), reg);
  code_->constants.emplace_back(reg, node->value());
}

void Compiler::emit_call(const Node* node, Function& callee, const Regs& in) {
  const Regs out = assign_outputs(node);
  emit(node, Opcode::kCall, in, out).payload = dynamic_cast<ScriptFunction*>(&callee);
  TEMPER_CHECK(code_->instructions.back().payload);
}

void Compiler::emit_method_call(const Node* node) {
  const Regs in = inputs_of(node);
  if (const auto* type = node->input(0)->type()->as<ClassType>()) {
    Function* method = type->find_method(node->name());
    if (!method) method = type->find_hook(node->name());
    if (!method) fail("class ", type->name(), " has no method '", node->name(), "'");
    return emit_call(node, *method, in);
  }
  emit(node, Opcode::kCallVirtual, in, assign_outputs(node)).payload = node;
}

// Enter calls __enter__ and then arms the exit; Exit disarms and calls __exit__(None, None, None).
void Compiler::emit_with(const Node* node) {
  const auto& type = node->input(0)->type()->expect<ClassType>();
  const Register object = registers_.of(node->input(0));
  if (node->is(Kind::kEnter)) {
    Function* enter = type.find_method("__enter__");
    if (!enter) fail("class ", type.name(), " has no method '__enter__'");
    emit_call(node, *enter, {object});
    emit(node, Opcode::kWithPush, {object}, {});
    return;
  }
  Function* exit = type.find_method("__exit__");
  if (!exit) fail("class ", type.name(), " has no method '__exit__'");
  emit(node, Opcode::kWithPop, {object}, {});
  const Register none = registers_.allocate_fresh(true);
  code_->constants.emplace_back(none, IValue());
  emit_call(node, *exit, {object, none, none, none});
}

void Compiler::emit_op(const Node* node) {
  const OpDef& op = *node->op();
  const Regs in = inputs_of(node);
  if (op.composite() && !op.kernel()) return emit_call(node, *op.composite(), in);
  const Regs out = assign_outputs(node);
  if (op.scalar() != ScalarCode::kNone && out.size() == 1) {
    emit(node, Opcode::kScalar, in, out).sub = static_cast<uint8_t>(op.scalar());
  } else if (op.kernel()) {
    Instruction& instruction = emit(node, Opcode::kKernel, in, out);
    instruction.payload = &op;
    instruction.sub = dying_inputs(node);
  } else {
    emit(node, Opcode::kMissing, in, out).payload = &op;
  }
}

// Where the arguments of the subgraph's nodes come from, in the numbers of GroupPart.
std::vector<GroupPart> parts_of(const Graph& graph) {
  std::unordered_map<const Value*, int> numbers;
  for (const Value* input : graph.inputs()) numbers.emplace(input, numbers.size());
  std::vector<GroupPart> parts;
  for (const Node* node : *graph.block()) {
    GroupPart& part = parts.emplace_back(GroupPart{node->op(), {}});
    for (const Value* input : node->inputs()) part.arguments.push_back(numbers.at(input));
    numbers.emplace(node->output(), numbers.size());
  }
  return parts;
}

void Compiler::emit_group(const Node* node) {
  const auto& graph = *std::get<std::shared_ptr<Graph>>(node->attribute("Subgraph"));
  std::vector<std::optional<IValue>> constants;
  for (const Value* input : node->inputs()) {
    const bool constant = input->node()->is(Kind::kConstant);
    constants.push_back(constant ? std::optional(input->node()->value()) : std::nullopt);
  }
  code_->groups.push_back(PointwiseGroup::make(constants, parts_of(graph)));
  const Regs in = inputs_of(node);
  Instruction& instruction = emit(node, Opcode::kKernel, in, assign_outputs(node));
  instruction.payload = code_->groups.back().get();
  instruction.sub = dying_inputs(node);
}

void Compiler::emit_simple(const Node* node) {
  const Opcode opcode = opcode_of(node->kind());
  const Regs in = inputs_of(node);
  if (opcode == Opcode::kCopy) return emit_copy(node, in[0], assign(node->output()), false);
  Instruction& instruction = emit(node, opcode, in, assign_outputs(node));
  instruction.payload = node;
  if (opcode == Opcode::kGetAttr || opcode == Opcode::kSetAttr) {
    const auto& type = node->input(0)->type()->expect<ClassType>();
    const int slot = type.find_attribute(node->name());
    if (slot < 0) fail("class ", type.name(), " has no attribute '", node->name(), "'");
    instruction.target = static_cast<uint32_t>(slot);
  } else if (opcode == Opcode::kWarn) {
    instruction.target = code_->warn_sites++;
  } else if (opcode == Opcode::kFork) {
    const auto& graph = std::get<std::shared_ptr<Graph>>(node->attribute("Subgraph"));
    instruction.target = static_cast<uint32_t>(code_->forks.size());
    code_->forks.push_back(ir::compile(*graph));
  }
}

void Compiler::emit_node(const Node* node) {
  switch (node->kind()) {
    case Kind::kConstant: return emit_constant(node);
    case Kind::kIf: return emit_if(node);
    case Kind::kLoop: return emit_loop(node);
    case Kind::kOp: emit_op(node); break;
    case Kind::kPointwiseGroup: emit_group(node); break;
    case Kind::kCallMethod: emit_method_call(node); break;
    case Kind::kCallFunction: {
      Regs in = inputs_of(node);
      in.erase(in.begin());
      emit_call(node, node->input(0)->node()->value().to_function(), in);
      break;
    }
    case Kind::kEnter:
    case Kind::kExit: emit_with(node); break;
    default: emit_simple(node); break;
  }
  end_uses(node);
  kill_unused(node->outputs());
}

}  // namespace

std::shared_ptr<const Code> compile(const Graph& graph) {
  std::shared_ptr<const Code> code = Compiler(graph).compile();
#ifdef TEMPER_CHECKS
  verify_code(*code);
#endif
  return code;
}

}  // namespace temper::ir
