// What is known of each opcode.

#include "core/base/error.h"
#include "ir/interp/code.h"

namespace temper::ir {

bool is_jump(Opcode opcode) {
  switch (opcode) {
    case Opcode::kJump:
    case Opcode::kJumpIfFalse:
    case Opcode::kJumpUnless:
    case Opcode::kLoopEnter:
    case Opcode::kLoopNext: return true;
    default: return false;
  }
}

// Scalar steps have no kill list; a return clears all registers.
bool can_kill(Opcode opcode) {
  return !is_jump(opcode) && opcode != Opcode::kScalar && opcode != Opcode::kScalarCopy &&
         opcode != Opcode::kReturn;
}

Opcode opcode_of(Kind kind) {
  switch (kind) {
    case Kind::kListConstruct: return Opcode::kList;
    case Kind::kDictConstruct: return Opcode::kDict;
    case Kind::kTupleConstruct: return Opcode::kTuple;
    case Kind::kListUnpack: return Opcode::kListUnpack;
    case Kind::kTupleUnpack: return Opcode::kTupleUnpack;
    case Kind::kTupleIndex: return Opcode::kTupleIndex;
    case Kind::kTupleSlice: return Opcode::kTupleSlice;
    case Kind::kGetAttr: return Opcode::kGetAttr;
    case Kind::kSetAttr: return Opcode::kSetAttr;
    case Kind::kCreateObject: return Opcode::kCreateObject;
    case Kind::kIsInstance: return Opcode::kIsInstance;
    case Kind::kUncheckedCast: return Opcode::kCopy;
    case Kind::kUninitialized: return Opcode::kUninitialized;
    case Kind::kRaiseException: return Opcode::kRaise;
    case Kind::kPrint: return Opcode::kPrint;
    case Kind::kToList: return Opcode::kToList;
    case Kind::kEnumName: return Opcode::kEnumName;
    case Kind::kEnumValue: return Opcode::kEnumValue;
    case Kind::kModuleContainerIndex: return Opcode::kContainerIndex;
    case Kind::kWarn: return Opcode::kWarn;
    case Kind::kFork: return Opcode::kFork;
    default: break;
  }
  unimplemented("the interpreter has no instruction for ", kind_name(kind));
}

}  // namespace temper::ir
