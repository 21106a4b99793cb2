#include "core/value/containers.h"
#include "ir/graph/type_fit.h"
#include "passes/pass.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

const TupleType* tuple_type(const Value* value) { return value->type()->as<TupleType>(); }

bool is_construct(const Value* value) { return value->node()->is(Kind::kTupleConstruct); }

Node* make_unpack(Graph& graph, Value* tuple) {
  Node* node = graph.create(Kind::kTupleUnpack, {tuple});
  for (const TypePtr& type : tuple_type(tuple)->elements()) node->add_output(type);
  return node;
}

Node* make_construct(Graph& graph, absl::Span<Value* const> elements, const TypePtr& type) {
  Node* node = graph.create(Kind::kTupleConstruct, elements);
  node->add_output(type);
  return node;
}

// Unpacking, indexing and slicing of a tuple that is made in sight.
bool forward_elements(Graph& graph, Node& node) {
  if (node.inputs().empty() || !is_construct(node.input(0))) return false;
  const auto elements = node.input(0)->node()->inputs();
  switch (node.kind()) {
    case Kind::kTupleUnpack:
      for (size_t i = 0; i < elements.size(); ++i) {
        node.output(i)->replace_all_uses_with(elements[i]);
      }
      break;
    case Kind::kTupleIndex: {
      const Node* index = node.input(1)->node();
      if (!index->is(Kind::kConstant) || !index->value().is_int()) return false;
      const auto size = static_cast<int64_t>(elements.size());
      int64_t i = index->value().to_int();
      if (i < 0) i += size;
      if (i < 0 || i >= size) return false;  // raises when it runs
      if (!ir::type_fits(elements[static_cast<size_t>(i)]->type(), node.output()->type())) {
        return false;
      }
      node.output()->replace_all_uses_with(elements[static_cast<size_t>(i)]);
      break;
    }
    case Kind::kTupleSlice: {
      const int64_t begin = node.int_attribute("beg");
      const int64_t end = node.int_attribute("end");
      if (begin < 0 || end < begin || end > static_cast<int64_t>(elements.size())) return false;
      Node* slice = make_construct(
          graph, elements.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)),
          node.output()->type());
      slice->insert_before(&node);
      node.output()->replace_all_uses_with(slice->output());
      break;
    }
    default: return false;
  }
  node.destroy();
  return true;
}

// Ends `block` with the elements of its output `i` instead of the tuple.
void flatten_block_output(Graph& graph, Block& block, size_t i) {
  Value* tuple = block.outputs()[i];
  Node* unpack = make_unpack(graph, tuple);
  block.append(unpack);
  block.ret()->remove_input(i);
  for (size_t k = 0; k < unpack->outputs().size(); ++k) {
    block.ret()->insert_input(i + k, unpack->output(k));
  }
}

// Gives `node` the elements of its output `i` as further outputs, at the end, and makes the tuple
// of them behind it. Control flow keeps its outputs in the order of its blocks' outputs, so the
// caller moves the flattened one to the end first.
void flatten_last_output(Graph& graph, Node& node) {
  Value* old = node.outputs().back();
  const TypePtr type = old->type();
  std::vector<Value*> elements;
  for (const TypePtr& element : tuple_type(old)->elements()) {
    elements.push_back(node.add_output(element));
  }
  Node* construct = make_construct(graph, elements, type);
  construct->insert_after(&node);
  old->replace_all_uses_with(construct->output());
  const std::string name = old->name();
  old->set_name("");
  construct->output()->set_name(name);
}

// Moves the values at `i` behind the others: output of a node and inputs of its blocks' returns.
void rotate_inputs(Node& node, size_t i) {
  Value* value = node.input(i);
  node.remove_input(i);
  node.add_input(value);
}

void rotate_output(Node& node, size_t i) {
  Value* old = node.output(i);
  Value* last = node.add_output(old->type());
  old->replace_all_uses_with(last);
  const std::string name = old->name();
  old->set_name("");
  last->set_name(name);
  node.remove_output(i);
}

bool flatten_if(Graph& graph, Node& node) {
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    if (!tuple_type(node.output(i))) continue;
    bool same = true;  // both sides give tuples of this length
    bool made = false;
    for (const Block* block : node.blocks()) {
      const Value* value = block->outputs()[i];
      const TupleType* type = tuple_type(value);
      same &= type && type->elements().size() == tuple_type(node.output(i))->elements().size();
      made |= is_construct(value);
    }
    if (!same || !made) continue;
    const size_t before = node.outputs().size();
    rotate_output(node, i);
    flatten_last_output(graph, node);
    node.remove_output(before - 1);
    for (Block* block : node.blocks()) {
      rotate_inputs(*block->ret(), i);
      flatten_block_output(graph, *block, before - 1);
    }
    return true;
  }
  return false;
}

bool flatten_loop(Graph& graph, Node& node) {
  Block& body = *node.block_at(0);
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    const TupleType* type = tuple_type(node.output(i));
    const TupleType* next = tuple_type(body.outputs()[i + 1]);
    const TupleType* first = tuple_type(node.input(i + 2));
    if (!type || !next || !first || next->elements().size() != type->elements().size() ||
        first->elements().size() != type->elements().size() ||
        !(is_construct(node.input(i + 2)) || is_construct(body.outputs()[i + 1]))) {
      continue;
    }
    const size_t before = node.outputs().size();
    rotate_output(node, i);
    flatten_last_output(graph, node);
    node.remove_output(before - 1);
    rotate_inputs(node, i + 2);
    Node* unpack = make_unpack(graph, node.inputs().back());
    unpack->insert_before(&node);
    node.remove_input(node.inputs().size() - 1);
    for (Value* element : unpack->outputs()) node.add_input(element);
    rotate_inputs(*body.ret(), i + 1);
    flatten_block_output(graph, body, before);
    rotate_output(*body.param(), i + 1);
    Value* carried = body.inputs().back();
    std::vector<Value*> elements;
    for (const TypePtr& element : tuple_type(carried)->elements()) {
      elements.push_back(body.add_input(element));
    }
    Node* construct = make_construct(graph, elements, carried->type());
    body.prepend(construct);
    carried->replace_all_uses_with(construct->output());
    body.param()->remove_output(before);
    return true;
  }
  return false;
}

bool lower_block(Graph& graph, Block& block) {
  bool changed = false;
  for (Node* node : block) {
    for (Block* inner : node->blocks()) changed |= lower_block(graph, *inner);
    if (node->is(Kind::kFork)) {
      Graph& body = *std::get<std::shared_ptr<Graph>>(node->attribute("Subgraph"));
      changed |= lower_block(body, *body.block());
    }
    while (node->is(Kind::kIf) && flatten_if(graph, *node)) changed = true;
    while (node->is(Kind::kLoop) && flatten_loop(graph, *node)) changed = true;
    changed |= forward_elements(graph, *node);
  }
  return changed;
}

}  // namespace

bool lower_tuples(PassContext&, Graph& graph) {
  bool changed = false;
  while (lower_block(graph, *graph.block())) changed = true;
  return changed;
}

}  // namespace temper
