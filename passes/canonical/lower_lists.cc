// A list that is built by appending, in sight of all its readers, becomes a list of its own for
// each reader: nobody writes to those.

#include <algorithm>
#include <vector>

#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

class ListLowering {
 public:
  explicit ListLowering(const OpRegistry& ops)
      : append_(ops.find("aten::append.t")), extend_(ops.find("aten::extend.t")) {}

  bool run(Graph& graph, Block& block) {
    bool changed = false;
    std::vector<Node*> lists;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= run(graph, *inner);
      if (node->is(Kind::kListConstruct)) lists.push_back(node);
    }
    for (Node* list : lists) changed |= lower(graph, block, *list);
    return changed;
  }

 private:
  bool lower(Graph& graph, Block& block, Node& list) {
    Value* const value = list.output();
    if (value->type()->kind() != TypeKind::kList) return false;
    bool grows = false;
    for (const ir::Use& use : value->uses()) {
      if (use.node->block() != &block) return false;
      if (added_by(use)) {
        grows = true;
      } else if (!reads(use)) {
        return false;
      }
    }
    return grows && rebuild(graph, block, list);
  }

  // The node adds elements in sight to the list, and nobody looks at what it returns.
  bool added_by(const ir::Use& use) const {
    if (use.index != 0 || !use.node->op()) return false;
    for (const Value* output : use.node->outputs()) {
      if (!output->uses().empty()) return false;
    }
    if (use.node->op() == append_) return true;
    if (use.node->op() != extend_) return false;
    const Value* other = use.node->input(1);
    return other != use.node->input(0) && other->node()->is(Kind::kListConstruct) &&
           other->uses().size() == 1;
  }

  // The node neither changes the list nor keeps it: what it returns is no list that might be it.
  static bool reads(const ir::Use& use) {
    const Node& node = *use.node;
    if (node.is(Kind::kListUnpack)) return true;
    const OpDef* op = node.op();
    if (!op || use.index >= op->schema().arguments.size()) return false;
    const Argument& argument = op->schema().arguments[use.index];
    if (argument.is_write()) return false;
    return !argument.alias ||
           std::all_of(node.outputs().begin(), node.outputs().end(), [](const Value* output) {
             return output->type()->kind() == TypeKind::kTensor;
           });
  }

  bool rebuild(Graph& graph, Block& block, Node& list) {
    const TypePtr type = list.output()->type();
    std::vector<Value*> elements(list.inputs().begin(), list.inputs().end());
    std::vector<Node*> users;  // in the order of the block
    for (Node* node : block) {
      const auto inputs = node->inputs();
      if (std::find(inputs.begin(), inputs.end(), list.output()) != inputs.end()) {
        users.push_back(node);
      }
    }
    for (Node* user : users) {
      if (user->op() == append_ && user->input(0) == list.output()) {
        elements.push_back(user->input(1));
        user->destroy();
      } else if (user->op() == extend_ && user->input(0) == list.output()) {
        const auto more = user->input(1)->node()->inputs();
        elements.insert(elements.end(), more.begin(), more.end());
        user->destroy();
      } else {
        read_own(graph, *user, list.output(), elements, type);
      }
    }
    list.destroy();
    return true;
  }

  static void read_own(Graph& graph, Node& user, const Value* list,
                       absl::Span<Value* const> elements, const TypePtr& type) {
    ir::InsertScope scope(&graph, &user);
    Node* own = graph.create(Kind::kListConstruct, elements);
    own->add_output(type);
    own->set_range(user.range());
    graph.insert(own);
    for (size_t i = 0; i < user.inputs().size(); ++i) {
      if (user.input(i) == list) user.set_input(i, own->output());
    }
  }

  const OpDef* append_;
  const OpDef* extend_;
};

}  // namespace

bool lower_lists(PassContext& context, Graph& graph) {
  ListLowering lowering(context.ops);
  bool changed = visit_subgraphs(*graph.block(),
                                 [&](Graph& body) { return lowering.run(body, *body.block()); });
  return lowering.run(graph, *graph.block()) || changed;
}

}  // namespace temper
