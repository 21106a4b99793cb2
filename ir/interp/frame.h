#pragma once
// The state of one call chain: frames over one register stack. Internal to the interpreter.

#include <vector>

#include "core/op/run_context.h"
#include "ir/interp/code.h"
#include "ir/interp/fork.h"
#include "ir/module/compilation_unit.h"

namespace temper::ir {

struct Frame {
  const Code* code;
  ScriptFunction* function;  // null for forked closures
  uint32_t base;             // first register in the stack
  uint32_t pc = 0;
  uint32_t entered = 0;  // objects in Machine::entered that belong to this frame
};

class Machine {
 public:
  // `budget` is that of the request when this runs one of its forks.
  explicit Machine(RunContext& context, std::shared_ptr<StepBudget> budget = nullptr);
  ~Machine();
  IValue run(const Code& code, ScriptFunction* function, absl::Span<IValue> args);

 private:
  void push_frame(const Code& code, ScriptFunction* function);
  // Copies the inputs of a call instruction into a new frame.
  void call(const Instruction& instruction, ScriptFunction& callee);
  void call_virtual(const Instruction& instruction);
  // Pops a frame; true when it was the last one, whose result is left in result_.
  bool leave(const Instruction& instruction);
  void loop();
  void execute_call(const Instruction& instruction);
  void execute_fork(const Instruction& instruction);
  void clear(const Instruction& instruction);
  // Runs from frame.pc to the next instruction that is not in Code::steps.
  void run_scalars(Frame& frame);
  int64_t check_scalar_steps(int64_t done);
  int64_t unchecked_steps(int64_t wanted) const;
  void check_step();
  void check_interrupts();
  void spend_steps();
  void keep_fork(Ref<FutureValue> fork);
  void unwind(const Error& error);
  [[noreturn]] void fail_with(Error& error);
  std::string traceback() const;

  static constexpr int64_t kCheckEvery = 16;  // steps between looks at the clock

  RunContext& context_;
  std::vector<IValue> registers_;
  std::vector<Frame> frames_;
  std::vector<IValue> entered_;
  std::vector<Ref<FutureValue>> forks_;  // those that may be unfinished, to be waited for
  size_t many_forks_ = 64;               // when to look for finished ones
  std::shared_ptr<StepBudget> budget_;   // null before the first fork
  int64_t spent_ = 0;                    // steps that the budget knows of
  IValue result_;
};

const Code& code_of(ScriptFunction& function);

// Instructions that only touch their operands; see structural.cc.
struct Operands {
  IValue* registers;
  const Register* in;
  const Register* out;
  IValue& input(size_t i) const { return registers[in[i]]; }
  IValue& output(size_t i = 0) const { return registers[out[i]]; }
};
void execute_structural(const Instruction& instruction, const Operands& operands,
                        RunContext& context);
IValue tensor_to_list(const Tensor& tensor, int64_t dim, int64_t element);

}  // namespace temper::ir
