#pragma once
// The flat form of a graph: instructions over the registers of one frame. Immutable after
// compile(); shared by every thread that runs the function. Points into the graph it was made of.

#include <memory>
#include <vector>

#include "core/op/op_def.h"
#include "ir/graph/graph.h"

namespace temper::ir {

enum class Opcode : uint8_t {
  kKernel,       // payload: OpDef with a kernel; sub: bit i: nobody reads input i afterwards
  kScalar,       // sub: ScalarCode; operands a, b, out
  kScalarCopy,   // input -> output, both scalar registers
  kCall,         // payload: ScriptFunction (functions, methods of classes, composites)
  kCallVirtual,  // payload: Node with "name"; input 0 is the receiver
  kReturn,
  kCopy,
  kMove,  // input -> output; kMove leaves None behind
  kJump,
  kJumpIfFalse,
  kJumpUnless,  // sub: ScalarCode of a comparison of the inputs
  kLoopEnter,   // inputs iter, max: iter = 0, leaves to target unless 0 < max
  kLoopNext,    // inputs iter, max: ++iter, back to target while iter < max
  kKill,        // only the kill list
  kUninitialized,
  kList,
  kDict,
  kTuple,
  kListUnpack,
  kTupleUnpack,
  kTupleIndex,
  kTupleSlice,
  kGetAttr,
  kSetAttr,  // target: slot
  kCreateObject,
  kIsInstance,
  kRaise,
  kPrint,
  kWarn,
  kToList,
  kEnumName,
  kEnumValue,
  kContainerIndex,
  kFork,  // kFork: target indexes Code::forks
  kWithPush,
  kWithPop,  // the object that must be exited when an error passes
  kMissing,  // payload: OpDef without a body; raises when reached
};

bool is_jump(Opcode opcode);   // uses Instruction::target to go on elsewhere
bool can_kill(Opcode opcode);  // may have a kill list
Opcode opcode_of(Kind kind);   // of nodes that only touch their operands

struct Instruction {
  Opcode opcode;
  uint8_t sub = 0;
  uint16_t num_in = 0;
  uint16_t num_out = 0;
  uint16_t num_kill = 0;
  uint32_t operands = 0;  // index into Code::operands: inputs, outputs, then registers to clear
  uint32_t target = 0;
  const void* payload = nullptr;
};

// An instruction on scalar registers with its operands inside; see scalar.cc.
struct ScalarStep {
  uint8_t op;
  uint16_t exit;  // of the end of an iteration: how many steps further a loop ends
  Register a, b;
  Register c;  // the output, or the target
};

struct ConstantDivisor {
  int64_t value;        // in [2, 2^32)
  uint64_t reciprocal;  // 2^64 / value, rounded up
};

struct Code {
  std::vector<Instruction> instructions;
  std::vector<ScalarStep> steps;          // one for each instruction
  std::vector<ConstantDivisor> divisors;  // which steps point to
  std::vector<Register> operands;
  std::vector<const Node*> nodes;  // per instruction, for messages; may hold null
  // Registers that hold constants, filled when a frame starts.
  std::vector<std::pair<Register, IValue>> constants;
  std::vector<std::shared_ptr<const Code>> forks;
  std::vector<std::unique_ptr<const OpDef>> groups;  // point-wise groups, which payloads point to
  uint32_t num_registers = 0;
  uint32_t num_params = 0;
  uint32_t warn_sites = 0;
};

// With internal checks on, the code is verified.
std::shared_ptr<const Code> compile(const Graph& graph);

// Throws kInternal and names the law of verify_code.cc that is broken.
void verify_code(const Code& code);

// The steps of the instructions.
void add_scalar_steps(Code& code);
bool is_comparison(ScalarCode code);

}  // namespace temper::ir
