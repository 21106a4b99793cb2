#include "ir/graph/graph.h"

#include "ir/graph/names.h"

namespace temper::ir {

Node* Block::first() const { return param_->next(); }
absl::Span<Value* const> Block::inputs() const { return param_->outputs(); }
absl::Span<Value* const> Block::outputs() const { return return_->inputs(); }

Value* Block::add_input(TypePtr type, std::string_view name) {
  Value* value = param_->add_output(std::move(type));
  value->set_name(name);
  return value;
}

size_t Block::add_output(Value* value) {
  return_->add_input(value);
  return return_->inputs().size() - 1;
}

void Block::append(Node* node) { node->insert_before(return_); }
void Block::prepend(Node* node) { node->insert_after(param_); }
Block::Iterator Block::begin() const { return Iterator(first()); }
Block::Iterator Block::end() const { return Iterator(return_); }

Graph::Graph() : names_(std::make_unique<Names>()) {
  top_ = new_block(nullptr);
  insert_before_ = top_->ret();
}

Graph::~Graph() = default;

Block* Graph::new_block(Node* owner) {
  blocks_.push_back(std::make_unique<Block>());
  Block* block = blocks_.back().get();
  block->graph_ = this;
  block->owner_ = owner;
  block->param_ = create(Kind::kParam);
  block->return_ = create(Kind::kReturn);
  block->param_->block_ = block->return_->block_ = block;
  block->param_->next_ = block->return_;
  block->return_->prev_ = block->param_;
  return block;
}

Value* Graph::new_value(Node* node, uint32_t index, TypePtr type) {
  values_.push_back(std::make_unique<Value>());
  Value* value = values_.back().get();
  value->node_ = node;
  value->index_ = index;
  value->id_ = next_id_++;
  value->type_ = std::move(type);
  return value;
}

Node* Graph::create(Kind kind, absl::Span<Value* const> inputs) {
  nodes_.push_back(std::make_unique<Node>());
  Node* node = nodes_.back().get();
  node->kind_ = kind;
  node->graph_ = this;
  for (Value* input : inputs) node->add_input(input);
  return node;
}

Node* Graph::create_op(const OpDef* op, absl::Span<Value* const> inputs,
                       absl::Span<const TypePtr> outputs) {
  TEMPER_CHECK(op != nullptr);
  TEMPER_CHECK(op->schema().varret || outputs.size() == op->schema().returns.size());
  Node* node = create(Kind::kOp, inputs);
  node->op_ = op;
  for (const TypePtr& type : outputs) node->add_output(type);
  return node;
}

Node* Graph::create_constant(IValue value, TypePtr type) {
  Node* node = create(Kind::kConstant);
  if (!value.is_none()) node->set_attribute("value", std::move(value));
  node->add_output(std::move(type));
  return node;
}

Node* Graph::insert(Node* node) {
  node->insert_before(insert_before_);
  return node;
}

Value* Graph::insert_constant(IValue value, TypePtr type) {
  return insert(create_constant(std::move(value), std::move(type)))->output();
}

}  // namespace temper::ir
