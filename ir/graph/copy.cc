#include <unordered_map>

#include "ir/graph/names.h"

namespace temper::ir {
namespace {

// Copies nodes of one block list into a graph, following nested blocks.
class Copier {
 public:
  Copier(Graph* to, bool keep_ids) : to_(to), keep_ids_(keep_ids) {}

  void map(const Value* from, Value* to) { values_[from] = to; }

  // Values from outside of what is copied stand for themselves when they live in the same graph.
  Value* lookup(Value* from) const {
    const auto it = values_.find(from);
    if (it != values_.end()) return it->second;
    TEMPER_CHECK(from->node()->graph() == to_);
    return from;
  }

  void copy_value(const Value* from, Value* to) {
    to->set_name(from->name());
    if (keep_ids_) to->set_id(from->id());
    map(from, to);
  }

  void copy_inputs(const Block& from, Block* to) {
    for (const Value* input : from.inputs()) copy_value(input, to->add_input(input->type()));
  }

  void copy_nodes(const Block& from, Node* before) {
    for (Node* node : from) copy_node(*node)->insert_before(before);
  }

  void copy_body(const Block& from, Block* to) {
    copy_inputs(from, to);
    copy_nodes(from, to->ret());
    for (Value* output : from.outputs()) to->add_output(lookup(output));
  }

 private:
  Node* copy_node(const Node& from) {
    std::vector<Value*> inputs;
    inputs.reserve(from.inputs().size());
    for (Value* input : from.inputs()) inputs.push_back(lookup(input));
    std::vector<TypePtr> types;
    for (const Value* output : from.outputs()) types.push_back(output->type());
    Node* node;
    if (from.op()) {
      node = to_->create_op(from.op(), inputs, types);
    } else {
      node = to_->create(from.kind(), inputs);
      for (TypePtr& type : types) node->add_output(std::move(type));
    }
    for (size_t i = 0; i < from.outputs().size(); ++i) copy_value(from.output(i), node->output(i));
    for (const auto& [name, value] : from.attributes()) {
      if (const auto* graph = std::get_if<std::shared_ptr<Graph>>(&value)) {
        node->set_attribute(name, (*graph)->clone());
      } else {
        node->set_attribute(name, value);
      }
    }
    node->set_range(from.range());
    for (const Block* block : from.blocks()) copy_body(*block, node->add_block());
    return node;
  }

  Graph* to_;
  bool keep_ids_;
  std::unordered_map<const Value*, Value*> values_;
};

}  // namespace

std::shared_ptr<Graph> Graph::clone() const {
  auto copy = std::make_shared<Graph>();
  Copier copier(copy.get(), true);
  copier.copy_body(*top_, copy->top_);
  copy->next_id_ = next_id_;
  copy->names_->next_suffix = names_->next_suffix;
  return copy;
}

std::vector<Value*> Graph::inline_graph(const Graph& source, absl::Span<Value* const> arguments) {
  return inline_block(*source.block(), arguments);
}

std::vector<Value*> Graph::inline_block(const Block& source, absl::Span<Value* const> arguments) {
  TEMPER_CHECK(arguments.size() == source.inputs().size());
  Copier copier(this, false);
  for (size_t i = 0; i < arguments.size(); ++i) copier.map(source.inputs()[i], arguments[i]);
  copier.copy_nodes(source, insert_before_);
  std::vector<Value*> outputs;
  for (Value* output : source.outputs()) outputs.push_back(copier.lookup(output));
  return outputs;
}

}  // namespace temper::ir
