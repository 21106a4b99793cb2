#include <algorithm>
#include <new>
#include <stdexcept>

#include "core/value/class_type.h"
#include "core/value/containers.h"
#include "core/value/function.h"
#include "ir/interp/fork.h"
#include "ir/interp/frame.h"
#include "ir/interp/interpreter.h"
#include "ir/script/source.h"

namespace temper::ir {

const Code& code_of(ScriptFunction& function) {
  const auto make = [](const Graph& graph) -> std::shared_ptr<const void> {
    return compile(graph);
  };
  return *static_cast<const Code*>(function.code(make));
}

Machine::Machine(RunContext& context, std::shared_ptr<StepBudget> budget)
    : context_(context), budget_(std::move(budget)) {
  registers_.reserve(64);
}

Machine::~Machine() {
  for (const auto& fork : forks_) finish_fork(*fork);
}

void Machine::push_frame(const Code& code, ScriptFunction* function) {
  if (frames_.size() >= static_cast<size_t>(context_.max_depth)) {
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("more than ", context_.max_depth, " nested script calls"));
  }
  const uint32_t base =
      frames_.empty() ? 0 : frames_.back().base + frames_.back().code->num_registers;
  if (registers_.size() < base + code.num_registers) registers_.resize(base + code.num_registers);
  for (const auto& [reg, value] : code.constants) registers_[base + reg] = value;
  frames_.push_back({&code, function, base});
}

IValue Machine::run(const Code& code, ScriptFunction* function, absl::Span<IValue> args) {
  TEMPER_CHECK(args.size() == code.num_params);
  push_frame(code, function);
  for (size_t i = 0; i < args.size(); ++i) registers_[i] = std::move(args[i]);
  try {
    loop();
  } catch (Error& error) {
    fail_with(error);
  } catch (const std::bad_alloc&) {
    Error error(ErrorKind::kResourceExhausted, "out of memory");
    fail_with(error);
  } catch (const std::length_error&) {
    Error error(ErrorKind::kResourceExhausted, "a value is larger than memory can be");
    fail_with(error);
  }
  return std::move(result_);
}

void Machine::fail_with(Error& error) {
  if (error.traceback().empty()) error.set_traceback(traceback());
  unwind(error);
  throw error;
}

void Machine::call(const Instruction& instruction, ScriptFunction& callee) {
  const Code& code = code_of(callee);
  TEMPER_CHECK(instruction.num_in == code.num_params);
  const Frame caller = frames_.back();
  push_frame(code, &callee);
  const Register* in = caller.code->operands.data() + instruction.operands;
  IValue* from = registers_.data() + caller.base;
  IValue* to = registers_.data() + frames_.back().base;
  for (size_t i = 0; i < instruction.num_in; ++i) to[i] = from[in[i]];
}

void Machine::call_virtual(const Instruction& instruction) {
  const Frame& frame = frames_.back();
  const Register receiver = frame.code->operands[instruction.operands];
  const auto& name = static_cast<const Node*>(instruction.payload)->name();
  const ObjectValue& object = registers_[frame.base + receiver].to_object();
  auto* method = dynamic_cast<ScriptFunction*>(object.type->find_method(name));
  if (!method) fail("class ", object.type->name(), " has no method '", name, "'");
  call(instruction, *method);
}

void Machine::clear(const Instruction& instruction) {
  const Frame& frame = frames_.back();
  const Register* kill =
      frame.code->operands.data() + instruction.operands + instruction.num_in + instruction.num_out;
  for (size_t i = 0; i < instruction.num_kill; ++i) registers_[frame.base + kill[i]] = IValue();
}

bool Machine::leave(const Instruction& instruction) {
  const Frame frame = frames_.back();
  const Register* in = frame.code->operands.data() + instruction.operands;
  IValue* registers = registers_.data() + frame.base;
  IValue result;
  if (instruction.num_in == 1) {
    result = registers[in[0]];
  } else if (instruction.num_in > 1) {
    std::vector<IValue> items;
    for (size_t i = 0; i < instruction.num_in; ++i) items.push_back(registers[in[i]]);
    result = make_tuple(std::move(items));
  }
  for (uint32_t i = 0; i < frame.code->num_registers; ++i) registers[i] = IValue();
  frames_.pop_back();
  if (frames_.empty()) {
    result_ = std::move(result);
    return true;
  }
  Frame& caller = frames_.back();
  const Instruction& call = caller.code->instructions[caller.pc];
  const Register* out = caller.code->operands.data() + call.operands + call.num_in;
  if (call.num_out == 1) {
    registers_[caller.base + out[0]] = std::move(result);
  } else if (call.num_out > 1) {
    const auto& items = result.to_tuple().items;
    TEMPER_CHECK(items.size() == call.num_out);
    for (size_t i = 0; i < items.size(); ++i) registers_[caller.base + out[i]] = items[i];
  }
  clear(call);
  ++caller.pc;
  return false;
}

void Machine::check_step() {
  // Reading the clock costs as much as a small kernel, so not every step does.
  if (context_.steps % kCheckEvery == 0 || context_.steps > context_.max_steps) check_interrupts();
}

void Machine::check_interrupts() {
  context_.check_interrupts();
  if (budget_) spend_steps();
}

void Machine::spend_steps() {
  const int64_t steps = context_.steps - spent_;
  spent_ = context_.steps;
  const int64_t used = budget_->used.fetch_add(steps, std::memory_order_relaxed) + steps;
  if (used <= context_.max_steps) return;
  throw_error(ErrorKind::kResourceExhausted,
              str_cat("the program and its forks ran more than ", context_.max_steps,
                      " steps; raise the step limit if they are meant to"));
}

void Machine::keep_fork(Ref<FutureValue> fork) {
  if (forks_.size() >= many_forks_) {
    std::erase_if(forks_, [](const Ref<FutureValue>& each) { return each->ready(); });
    many_forks_ = std::max<size_t>(64, 2 * forks_.size());
  }
  forks_.push_back(std::move(fork));
}

void Machine::execute_fork(const Instruction& instruction) {
  const Frame& frame = frames_.back();
  const Register* in = frame.code->operands.data() + instruction.operands;
  std::vector<IValue> captures;
  for (size_t i = 0; i < instruction.num_in; ++i)
    captures.push_back(registers_[frame.base + in[i]]);
  const auto* node = static_cast<const Node*>(instruction.payload);
  const auto& type = node->output()->type()->expect<WrapperType>();
  if (!budget_) {
    budget_ = std::make_shared<StepBudget>(context_.steps);
    spent_ = context_.steps;
  }
  auto future = start_fork(frame.code->forks[instruction.target], std::move(captures),
                           type.element(), context_, frames_.size(), budget_);
  keep_fork(future);
  registers_[frame.base + in[instruction.num_in]] = future;
}

void Machine::execute_call(const Instruction& instruction) {
  ++context_.steps;
  check_step();
  if (instruction.opcode == Opcode::kCallVirtual) return call_virtual(instruction);
  call(instruction,
       *const_cast<ScriptFunction*>(static_cast<const ScriptFunction*>(instruction.payload)));
}

void Machine::loop() {
  while (true) {
    Frame& frame = frames_.back();
    const Instruction& instruction = frame.code->instructions[frame.pc];
    const Register* in = frame.code->operands.data() + instruction.operands;
    IValue* registers = registers_.data() + frame.base;
    const Operands operands{registers, in, in + instruction.num_in};
    switch (instruction.opcode) {
      case Opcode::kKernel: {
        ++context_.steps;
        check_step();
        const OpDef& op = *static_cast<const OpDef*>(instruction.payload);
        OpCall call(op, context_, registers, in, instruction.num_in, in + instruction.num_in,
                    instruction.num_out, instruction.sub);
        op.kernel()(call);
        break;
      }
      case Opcode::kScalar:
      case Opcode::kScalarCopy:
      case Opcode::kJump:
      case Opcode::kJumpIfFalse:
      case Opcode::kJumpUnless:
      case Opcode::kLoopEnter:
      case Opcode::kLoopNext: run_scalars(frame); continue;
      case Opcode::kCall:
      case Opcode::kCallVirtual: execute_call(instruction); continue;
      case Opcode::kReturn:
        if (leave(instruction)) return;
        continue;
      case Opcode::kCopy: operands.output() = operands.input(0); break;
      case Opcode::kMove: operands.output() = std::move(operands.input(0)); break;
      case Opcode::kKill: break;
      case Opcode::kWarn:
        if (context_.print) context_.print(str_cat("warning: ", to_text(operands.input(0)), "\n"));
        break;
      case Opcode::kFork: execute_fork(instruction); break;
      case Opcode::kWithPush:
        entered_.push_back(operands.input(0));
        ++frame.entered;
        break;
      case Opcode::kWithPop:
        entered_.pop_back();
        --frame.entered;
        break;
      case Opcode::kMissing:
        unimplemented("operator ", static_cast<const OpDef*>(instruction.payload)->key(),
                      " is not implemented");
      default: execute_structural(instruction, operands, context_); break;
    }
    if (instruction.num_kill) clear(instruction);
    ++frames_.back().pc;
  }
}

// Leaves every `with` that was entered, innermost first; errors on the way are dropped, as the
// language says.
void Machine::unwind(const Error&) {
  frames_.clear();
  while (!entered_.empty()) {
    const IValue object = std::move(entered_.back());
    entered_.pop_back();
    Function* exit = object.to_object().type->find_method("__exit__");
    if (!exit) continue;
    try {
      ir::run(*exit, {object, IValue(), IValue(), IValue()}, context_);
    } catch (const Error&) {
    }
  }
  registers_.clear();
}

std::string Machine::traceback() const {
  // Of a chain of calls that went too deep, both ends tell enough.
  constexpr size_t kShown = 20;
  std::string text;
  for (size_t i = 0; i < frames_.size(); ++i) {
    if (frames_.size() > 2 * kShown && i == kShown) {
      i = frames_.size() - kShown;
      text += str_cat("  ... ", i - kShown, " more calls ...\n");
    }
    const Frame& frame = frames_[i];
    const Node* node = frame.pc < frame.code->nodes.size() ? frame.code->nodes[frame.pc] : nullptr;
    if (!node || !node->range().text) continue;
    text += str_cat("  File \"", describe(node->range()), "\", in ",
                    frame.function ? frame.function->qualified_name() : "forked function", "\n",
                    highlight(node->range()));
    if (!text.ends_with('\n')) text += '\n';
  }
  return text;
}

}  // namespace temper::ir
