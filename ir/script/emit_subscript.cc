// x[...] on lists, strings, dicts, tuples, objects and module containers.

#include "core/value/containers.h"
#include "ir/script/emitter.h"
#include "ir/script/literals.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {
namespace {

// Bounds of a Python slice over `size` elements.
struct SliceBounds {
  int64_t begin, end, step;
};

SliceBounds slice_bounds(std::optional<int64_t> start, std::optional<int64_t> stop, int64_t step,
                         int64_t size) {
  const auto clamp = [&](int64_t i) {
    if (i < 0) i += size;
    const int64_t low = step > 0 ? 0 : -1;
    const int64_t high = step > 0 ? size : size - 1;
    return std::min(std::max(i, low), high);
  };
  const int64_t first = start ? clamp(*start) : step > 0 ? 0 : size - 1;
  const int64_t last = stop ? clamp(*stop) : step > 0 ? size : -1;
  return {first, last, step};
}

}  // namespace

std::optional<int64_t> Emitter::constant_int(const Expr& expr) {
  const Value* value = emit_value(expr);
  const Node* node = value->node();
  if (!node->is(Kind::kConstant) || !node->value().is_int()) return std::nullopt;
  return node->value().to_int();
}

TermPtr Emitter::emit_subscript(const Expr& expr, const TypePtr& hint) {
  const TermPtr base = emit(*expr.children[0]);
  const Builder::At at(builder_, expr.range);
  if (dynamic_cast<const TupleTerm*>(base.get())) return subscript_tuple(expr, base);
  Value* value = base->value(*this);
  if (value->type()->kind() == TypeKind::kTuple) return subscript_tuple(expr, base);
  return make_value_term(subscript_value(value, expr, hint));
}

TermPtr Emitter::subscript_tuple(const Expr& expr, const TermPtr& base) {
  if (expr.children.size() != 2) fail("a tuple takes one subscript");
  const Expr& subscript = *expr.children[1];
  Value* tuple = base->value(*this);
  if (subscript.kind == ExprKind::kSlice) return slice_tuple(subscript, tuple);
  const auto& elements = tuple->type()->expect<TupleType>().elements();
  const int64_t size = static_cast<int64_t>(elements.size());
  Value* index = require(emit_value(subscript), Type::integer(), "the subscript of a tuple");
  if (index->node()->is(Kind::kConstant)) {
    int64_t i = index->node()->value().to_int();
    if (i < 0) i += size;
    if (i < 0 || i >= size) fail("the subscript is out of range: the tuple has ", size, " items");
    return make_value_term(tuple_item(tuple, static_cast<size_t>(i)));
  }
  for (const TypePtr& element : elements) {
    if (!equal(element, elements[0])) {
      fail("a tuple of different types needs a subscript that is known when compiling");
    }
  }
  if (elements.empty()) fail("the tuple is empty");
  return make_value_term(builder_.value(Kind::kTupleIndex, {tuple, index}, elements[0]));
}

TermPtr Emitter::slice_tuple(const Expr& slice, Value* tuple) {
  std::optional<int64_t> parts[3];
  for (size_t i = 0; i < 3; ++i) {
    if (!slice.children[i] || slice.children[i]->kind == ExprKind::kNone) continue;
    parts[i] = constant_int(*slice.children[i]);
    if (!parts[i]) fail("slices of tuples need bounds that are known when compiling");
  }
  const int64_t step = parts[2].value_or(1);
  if (step == 0) fail("the step of a slice cannot be zero");
  const auto& elements = tuple->type()->expect<TupleType>().elements();
  const SliceBounds bounds =
      slice_bounds(parts[0], parts[1], step, static_cast<int64_t>(elements.size()));
  if (step == 1) {
    const int64_t end = std::max(bounds.begin, bounds.end);
    TypePtr type = TupleType::make({elements.begin() + bounds.begin, elements.begin() + end});
    Node* node = builder_.node(Kind::kTupleSlice, {tuple}, std::move(type));
    node->set_attribute("beg", IValue(bounds.begin));
    node->set_attribute("end", IValue(end));
    return make_value_term(node->output());
  }
  std::vector<TermPtr> items;
  for (int64_t i = bounds.begin; step > 0 ? i < bounds.end : i > bounds.end; i += step) {
    items.push_back(make_value_term(tuple_item(tuple, static_cast<size_t>(i))));
  }
  return std::make_shared<TupleTerm>(std::move(items));
}

Value* Emitter::subscript_value(Value* base, const Expr& expr, const TypePtr& hint) {
  const Expr& first = *expr.children[1];
  if (base->type()->kind() == TypeKind::kTensor) return read_tensor(emit_tensor_index(base, expr));
  if (expr.children.size() != 2) fail("only tensors take several subscripts");
  if (has_method(base, "__getitem__")) {
    Value* key = emit_value(first);
    return call_method(base, "__getitem__", {nullptr, {{key, ""}}, {}})->value(*this);
  }
  if (first.kind == ExprKind::kSlice) return emit_slice(base, nullptr, first);
  Value* key = emit_value(first);
  const auto* type = base->type()->as<ClassType>();
  if (type && type->is_module()) {
    if (!hint) fail("the result of this subscript needs an annotation: m : Interface = list[i]");
    return builder_.value(Kind::kModuleContainerIndex, {base, key}, hint);
  }
  if (may_be_none(base->type())) {
    fail("a value of type ", base->type()->annotation(),
         " takes no subscript; test it with 'is not None' first");
  }
  return operate(op::kGetItem, {base, key});
}

// `dim` is null except for tensors.
Value* Emitter::emit_slice(Value* base, Value* dim, const Expr& slice) {
  std::vector<Value*> arguments{base};
  if (dim) arguments.push_back(dim);
  for (size_t i = 0; i < 2; ++i) {
    arguments.push_back(slice.children[i] ? emit_value(*slice.children[i]) : builder_.none());
  }
  arguments.push_back(slice.children[2] ? emit_value(*slice.children[2]) : builder_.constant(1));
  return operate(op::kSlice, std::move(arguments));
}

void Emitter::assign_subscript(const Expr& target, Value* value) {
  Value* base = emit_value(*target.children[0]);
  const Expr& first = *target.children[1];
  if (base->type()->kind() == TypeKind::kTensor) {
    return write_tensor(emit_tensor_index(base, target), value);
  }
  if (target.children.size() != 2) fail("only tensors take several subscripts");
  if (first.kind == ExprKind::kSlice) fail("slices of lists cannot be assigned to");
  Value* key = emit_value(first);
  if (has_method(base, "__setitem__")) {
    call_method(base, "__setitem__", {nullptr, {{key, ""}, {value, ""}}, {}});
    return;
  }
  if (base->type()->kind() == TypeKind::kList) {
    value = require(value, base->type()->expect<WrapperType>().element(), "an element of the list");
  } else if (const auto* dict = base->type()->as<DictType>()) {
    value = require(value, dict->value(), "a value of the dict");
  }
  operate(op::kSetItem, {base, key, value});
}

void Emitter::augment_subscript(const Stmt& stmt, const Expr& target) {
  Value* base = emit_value(*target.children[0]);
  if (base->type()->kind() == TypeKind::kTensor) {
    const TensorIndex index = emit_tensor_index(base, target);
    Value* operand = emit_value(*stmt.value);
    Value* after = augmented_value(stmt, read_tensor(index), operand);
    const OpDef* op = after->node()->op();
    if (!index.indices.empty() || !op || !op->writes()) write_tensor(index, after);
    return;
  }
  if (target.children.size() != 2 || target.children[1]->kind == ExprKind::kSlice) {
    fail("only tensors take slices or several subscripts here");
  }
  Value* key = emit_value(*target.children[1]);
  const bool object = has_method(base, "__getitem__");
  Value* before = object
                      ? call_method(base, "__getitem__", {nullptr, {{key, ""}}, {}})->value(*this)
                      : operate(op::kGetItem, {base, key});
  // Tensors and lists in dicts are replaced, those in lists change.
  const bool changes = base->type()->kind() != TypeKind::kDict;
  Value* after = augmented_value(stmt, before, emit_value(*stmt.value), changes);
  if (object) {
    call_method(base, "__setitem__", {nullptr, {{key, ""}, {after, ""}}, {}});
  } else {
    operate(op::kSetItem, {base, key, after});
  }
}

void Emitter::delete_subscript(const Expr& target) {
  if (target.children.size() != 2 || target.children[1]->kind == ExprKind::kSlice) {
    fail("del removes one element");
  }
  Value* base = emit_value(*target.children[0]);
  Value* key = emit_value(*target.children[1]);
  if (has_method(base, "__delitem__")) {
    call_method(base, "__delitem__", {nullptr, {{key, ""}}, {}});
    return;
  }
  operate(op::kDelete, {base, key});
}

}  // namespace temper::ir
