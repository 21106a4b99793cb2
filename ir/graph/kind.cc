#include "ir/graph/graph.h"

namespace temper::ir {

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kOp: return "";
    case Kind::kConstant: return "prim::Constant";
    case Kind::kParam: return "prim::Param";
    case Kind::kReturn: return "prim::Return";
    case Kind::kIf: return "prim::If";
    case Kind::kLoop: return "prim::Loop";
    case Kind::kFork: return "prim::fork";
    case Kind::kPointwiseGroup: return "prim::PointwiseGroup";
    case Kind::kListConstruct: return "prim::ListConstruct";
    case Kind::kDictConstruct: return "prim::DictConstruct";
    case Kind::kTupleConstruct: return "prim::TupleConstruct";
    case Kind::kListUnpack: return "prim::ListUnpack";
    case Kind::kTupleUnpack: return "prim::TupleUnpack";
    case Kind::kTupleIndex: return "prim::TupleIndex";
    case Kind::kTupleSlice: return "prim::TupleSlice";
    case Kind::kGetAttr: return "prim::GetAttr";
    case Kind::kSetAttr: return "prim::SetAttr";
    case Kind::kCreateObject: return "prim::CreateObject";
    case Kind::kCallMethod: return "prim::CallMethod";
    case Kind::kCallFunction: return "prim::CallFunction";
    case Kind::kIsInstance: return "prim::isinstance";
    case Kind::kUncheckedCast: return "prim::unchecked_cast";
    case Kind::kUninitialized: return "prim::Uninitialized";
    case Kind::kRaiseException: return "prim::RaiseException";
    case Kind::kPrint: return "prim::Print";
    case Kind::kFormat: return "aten::format";
    case Kind::kToList: return "prim::tolist";
    case Kind::kEnter: return "prim::Enter";
    case Kind::kExit: return "prim::Exit";
    case Kind::kEnumName: return "prim::EnumName";
    case Kind::kEnumValue: return "prim::EnumValue";
    case Kind::kModuleContainerIndex: return "prim::ModuleContainerIndex";
    case Kind::kWarn: return "aten::warn";
  }
  return "";
}

std::string Node::kind_text() const { return op_ ? op_->name() : std::string(kind_name(kind_)); }

}  // namespace temper::ir
