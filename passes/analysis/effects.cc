#include "passes/analysis/effects.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <vector>

#include "ir/module/compilation_unit.h"

namespace temper {

using ir::Block;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

template <class Predicate>
bool any_nested(const Node& node, Predicate predicate) {
  for (const Block* block : node.blocks()) {
    for (const Node* inner : *block) {
      if (predicate(*inner)) return true;
    }
  }
  return false;
}

// What a flag is known to be: constants, and what is made of them.
std::optional<bool> known_flag(const Value* value, int depth) {
  const Node& node = *value->node();
  if (depth == 0) return std::nullopt;
  if (node.is(Kind::kConstant)) {
    if (!node.value().is_bool()) return std::nullopt;
    return node.value().to_bool();
  }
  if (node.is(Kind::kIf)) {
    const std::optional<bool> condition = known_flag(node.input(0), depth - 1);
    if (!condition) return std::nullopt;
    return known_flag(node.block_at(*condition ? 0 : 1)->outputs()[value->index()], depth - 1);
  }
  if (node.op() && node.op()->scalar() == ScalarCode::kNotB) {
    const std::optional<bool> negated = known_flag(node.input(0), depth - 1);
    if (negated) return !*negated;
  }
  return std::nullopt;
}

bool is_mutable_itself(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kEnum:
    case TypeKind::kAnyEnum:
    case TypeKind::kNumber:
    case TypeKind::kFloat:
    case TypeKind::kComplex:
    case TypeKind::kInt:
    case TypeKind::kNone:
    case TypeKind::kString:
    case TypeKind::kBool:
    case TypeKind::kDevice:
    case TypeKind::kFunction:
    case TypeKind::kScalarType:
    case TypeKind::kLayout:
    case TypeKind::kMemoryFormat:
    case TypeKind::kQScheme:
    // These are what they hold.
    case TypeKind::kTuple:
    case TypeKind::kOptional:
    case TypeKind::kUnion: return false;
    default: return true;
  }
}

}  // namespace

bool is_opaque(const Node& node) {
  switch (node.kind()) {
    case Kind::kCallMethod:
    case Kind::kCallFunction:
    case Kind::kFork:
    case Kind::kEnter:
    case Kind::kExit: return true;
    case Kind::kOp:
      // Waiting lets the other task's effects happen.
      return std::any_of(node.inputs().begin(), node.inputs().end(), [](const Value* input) {
        return input->type()->kind() == TypeKind::kFuture ||
               input->type()->kind() == TypeKind::kRRef;
      });
    default: return false;
  }
}

bool has_side_effects(const Node& node) {
  if (is_opaque(node)) return true;
  switch (node.kind()) {
    case Kind::kPrint:
    case Kind::kWarn:
    case Kind::kRaiseException: return true;
    case Kind::kOp: return node.op()->has(kSideEffect);
    default: return any_nested(node, has_side_effects);
  }
}

namespace {

bool body_is_nondeterministic(Function* function) {
  auto* script = dynamic_cast<ir::ScriptFunction*>(function);
  if (!script) return false;
  for (const Node* inner : *script->graph()->block()) {
    if (is_nondeterministic(*inner)) return true;
  }
  return false;
}

// Recurrent layers: whether numbers are drawn between them hangs on two arguments.
bool may_drop_out(const Node& node) {
  constexpr size_t kArguments = 9;
  constexpr int kDepth = 16;
  const Schema& schema = node.op()->schema();
  if (schema.arguments.size() != kArguments) return false;
  const int dropout = schema.find_argument("dropout"), train = schema.find_argument("train");
  if (dropout < 0 || train < 0) return false;
  const ir::Value& p = *node.input(static_cast<size_t>(dropout));
  const bool never = p.node()->is(Kind::kConstant) && p.node()->value().is_double() &&
                     p.node()->value().to_double() == 0;
  return !never && known_flag(node.input(static_cast<size_t>(train)), kDepth).value_or(true);
}

}  // namespace

// Composites and functions do what their bodies do.
bool is_nondeterministic(const Node& node) {
  if (node.is(Kind::kCallFunction)) {
    const Node& function = *node.input(0)->node();
    return !function.is(Kind::kConstant) ||
           body_is_nondeterministic(&function.value().to_function());
  }
  if (!node.op()) return any_nested(node, is_nondeterministic);
  if (node.op()->has(kNondeterministic) || may_drop_out(node)) return true;
  return !node.op()->kernel() && body_is_nondeterministic(node.op()->composite());
}

bool updates_statistics(const Node& node) {
  constexpr int kDepth = 16;
  if (!node.op() || !node.op()->has(kUpdatesStatistics)) return false;
  const Schema& schema = node.op()->schema();
  for (const char* flag : {"training", "use_input_stats"}) {
    const int index = schema.find_argument(flag);
    if (index >= 0)
      return known_flag(node.input(static_cast<size_t>(index)), kDepth).value_or(true);
  }
  return true;
}

bool is_pure(const Node& node) {
  switch (node.kind()) {
    case Kind::kOp:
      return node.op()->pure() && !is_opaque(node) && !updates_statistics(node) &&
             !is_nondeterministic(node);
    case Kind::kConstant:
    case Kind::kListConstruct:
    case Kind::kDictConstruct:
    case Kind::kTupleConstruct:
    case Kind::kListUnpack:
    case Kind::kTupleUnpack:
    case Kind::kTupleIndex:
    case Kind::kTupleSlice:
    case Kind::kGetAttr:
    case Kind::kIsInstance:
    case Kind::kUncheckedCast:
    case Kind::kFormat:
    case Kind::kToList:
    case Kind::kEnumName:
    case Kind::kEnumValue:
    case Kind::kModuleContainerIndex: return true;
    default: return false;
  }
}

bool any_within(const TypePtr& type, absl::FunctionRef<bool(const Type&)> found) {
  std::unordered_set<const Type*> seen;
  std::vector<const Type*> waiting = {type.get()};
  while (!waiting.empty()) {
    const Type* part = waiting.back();
    waiting.pop_back();
    if (found(*part)) return true;
    for (const TypePtr& inner : part->contained()) {
      if (inner->contained().empty() || seen.insert(inner.get()).second) {
        waiting.push_back(inner.get());
      }
    }
  }
  return false;
}

bool is_mutable(const TypePtr& type) {
  if (type->contained().empty()) return is_mutable_itself(*type);
  return any_within(type, is_mutable_itself);
}

bool reshapes_in_place(const Block& block) {
  for (const Node* node : block) {
    for (const Block* inner : node->blocks()) {
      if (reshapes_in_place(*inner)) return true;
    }
    if (node->is(Kind::kFork) || node->is(Kind::kCallMethod) || node->is(Kind::kCallFunction)) {
      return true;
    }
    const OpDef* op = node->op();
    if (!op || !op->writes() || op->in_place()) continue;
    if (op->functional()) return true;  // an out= form, of a list of tensors as well
    const auto& arguments = op->schema().arguments;
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i].is_write() && node->input(i)->type()->kind() == TypeKind::kTensor)
        return true;
    }
  }
  return false;
}

}  // namespace temper
