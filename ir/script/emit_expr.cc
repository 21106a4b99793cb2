// Expressions other than literals and subscripts.

#include <limits>

#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"
#include "ir/script/type_annotations.h"

namespace temper::ir {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Names that every file may use besides the global functions.
TermPtr find_environment_name(Builder& builder, const std::string& name) {
  if (name == "torch") return std::make_shared<NamespaceTerm>(NamespaceTerm::kTorch, "");
  if (name == "ops") return std::make_shared<NamespaceTerm>(NamespaceTerm::kOps, "");
  if (name == "CONSTANTS") return std::make_shared<NamespaceTerm>(NamespaceTerm::kConstants, "");
  if (name == "math") return std::make_shared<NamespaceTerm>(NamespaceTerm::kMath, "");
  if (name == "__torch__") return std::make_shared<PathTerm>(name);
  const auto constant = [&](IValue value) { return make_value_term(builder.constant(value)); };
  if (name == "inf") return constant(kInfinity);
  if (name == "nan") return constant(kNan);
  if (name == "infj") return constant(std::complex<double>(0, kInfinity));
  if (name == "nanj") return constant(std::complex<double>(0, kNan));
  return nullptr;
}

}  // namespace

TermPtr Emitter::lookup(const std::string& name) {
  if (TermPtr term = frame_ ? frame_->find(name) : nullptr) return term;
  if (!outer_) return nullptr;
  TermPtr term = outer_->lookup(name);
  Value* value = term ? term->plain_value() : nullptr;
  if (!value) return term;
  for (const Capture& capture : captures_) {
    if (capture.outer == value) return make_value_term(capture.inner);
  }
  Value* inner = builder_.graph().add_input(value->type());
  name_value(inner, name);
  captures_.push_back({value, inner});
  return make_value_term(inner);
}

TermPtr Emitter::emit(const Expr& expr, const TypePtr& hint) {
  const Builder::At at(builder_, expr.range);
  switch (expr.kind) {
    case ExprKind::kName: return emit_name(expr);
    case ExprKind::kNumber: return make_value_term(emit_number(expr, false));
    case ExprKind::kString: return make_value_term(builder_.constant(IValue(expr.text)));
    case ExprKind::kNone: return make_value_term(builder_.none());
    case ExprKind::kTrue: return make_value_term(builder_.constant(IValue(true)));
    case ExprKind::kFalse: return make_value_term(builder_.constant(IValue(false)));
    case ExprKind::kDots: fail("'...' is only meaningful in a subscript");
    case ExprKind::kAttribute: return emit(*expr.children[0])->attribute(*this, expr.text);
    case ExprKind::kCall: return emit(*expr.children[0])->call(*this, expr, hint);
    case ExprKind::kSubscript: return emit_subscript(expr, hint);
    case ExprKind::kSlice: fail("a slice is only meaningful in a subscript");
    case ExprKind::kUnary: return emit_unary(expr);
    case ExprKind::kBinary: return emit_binary(expr, hint);
    case ExprKind::kTernary: return emit_ternary(expr, hint);
    case ExprKind::kList: return make_value_term(emit_list(expr, hint));
    case ExprKind::kTuple: return emit_tuple(expr, hint);
    case ExprKind::kDict: return make_value_term(emit_dict(expr, hint));
    case ExprKind::kListComp: return make_value_term(emit_list_comprehension(expr, hint));
    case ExprKind::kDictComp: return make_value_term(emit_dict_comprehension(expr, hint));
    case ExprKind::kStarred: fail("a starred expression is only meaningful in a call or a target");
  }
  fail("unknown expression");
}

Value* Emitter::emit_value(const Expr& expr, const TypePtr& hint) {
  const TermPtr term = emit(expr, hint);
  const Builder::At at(builder_, expr.range);
  return term->value(*this);
}

TermPtr Emitter::emit_name(const Expr& expr) {
  if (TermPtr term = lookup(expr.text)) return term;
  if (frame_) {
    const std::string* why = frame_->find_lost(expr.text);
    if (why) fail("'", expr.text, "' is not defined here: ", *why);
  }
  if (const auto form = find_special_form(expr.text)) return std::make_shared<FormTerm>(*form);
  if (const GlobalFunction* global = find_global_function(expr.text)) {
    return std::make_shared<GlobalFunctionTerm>(*global);
  }
  if (TermPtr term = find_environment_name(builder_, expr.text)) return term;
  if (TermPtr term = resolve_path(*this, expr.text)) return term;
  fail("unknown name '", expr.text, "'");
}

TypePtr Emitter::resolve_type(const Expr& annotation) {
  return resolve_annotation(annotation,
                            [this](std::string_view name) { return scope().find_type(name); });
}

Actuals Emitter::emit_arguments(const Expr& call) {
  Actuals actuals;
  for (size_t i = 1; i < call.children.size(); ++i) {
    const Expr& argument = *call.children[i];
    if (argument.kind == ExprKind::kStarred) {
      for (const TermPtr& item : emit(*argument.children[0])->unpack(*this, std::nullopt)) {
        actuals.positional.push_back({item->value(*this), ""});
      }
    } else {
      actuals.positional.push_back({emit_value(argument), ""});
    }
  }
  for (const Keyword& keyword : call.keywords) {
    actuals.named.push_back({emit_value(*keyword.value), keyword.name});
  }
  return actuals;
}

Value* Emitter::require(Value* value, const TypePtr& type, std::string_view what) {
  Value* converted = convert(builder_, type, value, true);
  std::string why;
  if (is_subtype(converted->type(), type, &why)) return converted;
  fail("expected ", type->annotation(), " for ", what, " but got ", value->type()->annotation(),
       why.empty() ? "" : ": ", why);
}

Value* Emitter::to_bool(Value* value) {
  if (value->type()->kind() == TypeKind::kBool) return value;
  if (has_method(value, "__bool__")) return call_method(value, "__bool__", {})->value(*this);
  const TypeKind kind = value->type()->kind();
  if (kind != TypeKind::kTensor && kind != TypeKind::kInt && kind != TypeKind::kFloat &&
      kind != TypeKind::kNumber) {
    fail("a condition must be a bool, int, float or Tensor, not ", value->type()->annotation());
  }
  return operate(op::kBool, {value});
}

TermPtr Emitter::emit_ternary(const Expr& expr, const TypePtr& hint) {
  const Condition condition = emit_condition(*expr.children[0]);
  if (condition.known) {
    refine(*condition.known ? condition.when_true : condition.when_false);
    return emit(*expr.children[*condition.known ? 1 : 2], hint);
  }
  Node* node = builder_.node(Kind::kIf, {condition.value});
  Value* results[2];
  for (size_t i = 0; i < 2; ++i) {
    BlockScope scope(*this, node->add_block());
    refine(i == 0 ? condition.when_true : condition.when_false);
    results[i] = emit_value(*expr.children[i + 1], hint);
    if (hint) results[i] = convert(builder_, hint, results[i], true);
    node->block_at(i)->add_output(results[i]);
  }
  const bool to_union =
      hint && (hint->kind() == TypeKind::kUnion || hint->kind() == TypeKind::kOptional ||
               hint->kind() == TypeKind::kNumber);
  TypePtr type = unify(results[0]->type(), results[1]->type(), to_union);
  if (!type) {
    fail("the branches of the conditional have types ", results[0]->type()->annotation(), " and ",
         results[1]->type()->annotation(), ", which do not fit together");
  }
  return make_value_term(node->add_output(std::move(type)));
}

}  // namespace temper::ir
