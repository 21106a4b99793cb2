#include "ir/script/builder.h"

#include "core/value/containers.h"

namespace temper::ir {

Value* Builder::constant(IValue value, TypePtr type) {
  if (!type) type = type_of(value);
  Node* node = graph_.create_constant(std::move(value), std::move(type));
  node->set_range(range_);
  return graph_.insert(node)->output();
}

Node* Builder::node(Kind kind, absl::Span<Value* const> inputs, TypePtr type) {
  Node* node = graph_.create(kind, inputs);
  if (type) node->add_output(std::move(type));
  node->set_range(range_);
  return graph_.insert(node);
}

Node* Builder::op(const OpDef* op, absl::Span<Value* const> inputs,
                  absl::Span<const TypePtr> outputs) {
  Node* node = graph_.create_op(op, inputs, outputs);
  node->set_range(range_);
  return graph_.insert(node);
}

Value* Builder::list(TypePtr element, absl::Span<Value* const> items) {
  return node(Kind::kListConstruct, items, list_of(std::move(element)))->output();
}

Value* Builder::tuple(absl::Span<Value* const> items) {
  std::vector<TypePtr> types;
  for (const Value* item : items) types.push_back(item->type());
  return node(Kind::kTupleConstruct, items, TupleType::make(std::move(types)))->output();
}

}  // namespace temper::ir
