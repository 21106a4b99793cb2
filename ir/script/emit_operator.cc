// Unary and binary operators of the syntax.

#include "core/value/containers.h"
#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {
namespace {

const IValue* constant_of(const Value* value) {
  return value->node()->is(Kind::kConstant) ? &value->node()->value() : nullptr;
}

// The negative of a constant, as part of the literal.
std::optional<IValue> negated(const IValue& value) {
  if (value.is_int())
    return IValue(static_cast<int64_t>(0 - static_cast<uint64_t>(value.to_int())));
  if (value.is_double()) return IValue(-value.to_double());
  if (value.is_complex()) return IValue(-value.to_complex());
  return std::nullopt;
}

bool is_object(const Value* value) {
  const TypeKind kind = value->type()->kind();
  return kind == TypeKind::kClass || kind == TypeKind::kInterface;
}

bool is_condition(const std::string& op) {
  return op == "and" || op == "or" || op == "is" || op == "is not" || op == "not";
}

}  // namespace

TermPtr Emitter::emit_unary(const Expr& expr) {
  const Expr& operand = *expr.children[0];
  if (expr.text == "not") return make_value_term(condition_value(emit_condition(expr)));
  if (expr.text == "-" && operand.kind == ExprKind::kNumber) {
    return make_value_term(emit_number(operand, true));
  }
  Value* value = emit_value(operand);
  const bool minus = expr.text == "-";
  if (is_object(value)) return call_method(value, minus ? "__neg__" : "__invert__", {});
  if (const IValue* constant = minus ? constant_of(value) : nullptr) {
    if (auto result = negated(*constant)) return make_value_term(builder_.constant(*result));
  }
  return make_value_term(operate(minus ? op::kNeg : op::kBitwiseNot, {value}));
}

TermPtr Emitter::emit_binary(const Expr& expr, const TypePtr& hint) {
  if (is_condition(expr.text)) return make_value_term(condition_value(emit_condition(expr)));
  if (expr.text == "in" || expr.text == "not in") {
    Value* item = emit_value(*expr.children[0]);
    Value* container = emit_value(*expr.children[1]);
    Actuals actuals;
    actuals.positional.push_back({item, ""});
    Value* found = has_method(container, "__contains__")
                       ? call_method(container, "__contains__", actuals)->value(*this)
                       : operate(op::kContains, {container, item});
    return make_value_term(expr.text == "in" ? found : operate(op::kNot, {found}));
  }
  Value* left = emit_value(*expr.children[0], hint);
  // "[] + x" and "x + []": the literal takes the type of the other side.
  const TypePtr right_hint = left->type()->kind() == TypeKind::kList && !builder_.is_untyped(left)
                                 ? left->type()
                                 : nullptr;
  Value* right = emit_value(*expr.children[1], right_hint);
  return binary_values(expr.text, left, right);
}

TermPtr Emitter::binary_values(std::string_view syntax, Value* left, Value* right) {
  const BinarySyntax* row = find_binary_syntax(syntax);
  if (!row) fail("unknown operator '", syntax, "'");
  if (is_object(left) && !row->method.empty()) {
    Actuals actuals;
    actuals.positional.push_back({right, ""});
    return call_method(left, std::string(row->method), actuals);
  }
  const auto* left_tuple = left->type()->as<TupleType>();
  const auto* right_tuple = right->type()->as<TupleType>();
  if (left_tuple && right_tuple && syntax == "+") {
    std::vector<TermPtr> items = ValueTerm(left).unpack(*this, std::nullopt);
    for (TermPtr& item : ValueTerm(right).unpack(*this, std::nullopt)) items.push_back(item);
    return std::make_shared<TupleTerm>(std::move(items));
  }
  if (left->type()->kind() == TypeKind::kString && syntax == "%") {
    return make_value_term(operate(op::kPercentFormat, {left, right}));
  }
  if (Value* folded = fold_complex(syntax, left, right)) return make_value_term(folded);
  return make_value_term(operate(row->op, {left, right}));
}

// "1.+2.j" is how a complex constant is written.
Value* Emitter::fold_complex(std::string_view syntax, Value* left, Value* right) {
  const IValue* a = constant_of(left);
  const IValue* b = constant_of(right);
  if (!a || !b || (syntax != "+" && syntax != "-")) return nullptr;
  if (!(a->is_double() || a->is_int()) || !b->is_complex()) return nullptr;
  const double real = a->is_int() ? static_cast<double>(a->to_int()) : a->to_double();
  const std::complex<double> imaginary = b->to_complex();
  // Written out so that infinities and NaN stay in their part.
  const double sign = syntax == "+" ? 1.0 : -1.0;
  return builder_.constant(
      IValue(std::complex<double>(real + sign * imaginary.real(), sign * imaginary.imag())));
}

}  // namespace temper::ir
