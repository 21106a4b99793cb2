// Point-wise operators that feed each other become one node with a subgraph: one loop over memory
// in place of one for each, and one dispatch where tensors are small.

#include <map>
#include <unordered_map>
#include <unordered_set>

#include "core/op/pointwise_group.h"
#include "passes/analysis/alias.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

class Grouper {
 public:
  explicit Grouper(Graph& graph) : graph_(graph), alias_(graph) {}

  bool run(Block& block) {
    bool changed = false;
    std::vector<Node*> nodes;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= run(*inner);
      nodes.push_back(node);
    }
    std::unordered_map<const Node*, size_t> places;
    for (size_t i = 0; i < nodes.size(); ++i) places[nodes[i]] = i;
    // From the end, so that a group is as long as it can be.
    for (size_t i = nodes.size(); i-- > 0;) {
      if (gone_.count(nodes[i]) || !is_candidate(*nodes[i])) continue;
      const std::map<size_t, Node*> members = grow(nodes[i], places);
      if (members.size() < 2) continue;
      replace(members);
      changed = true;
    }
    return changed;
  }

 private:
  static bool is_candidate(const Node& node) {
    return node.op() && PointwiseGroup::takes(*node.op());
  }
  static size_t cost(const Node& node) { return node.op()->pointwise()->expression.nodes.size(); }

  // Members by place, `last` and what feeds only them. Producers come up latest first, when all of
  // their users have been decided.
  std::map<size_t, Node*> grow(Node* last, const std::unordered_map<const Node*, size_t>& places) {
    std::map<size_t, Node*> members = {{places.at(last), last}}, waiting;
    size_t size = cost(*last);
    const auto offer_inputs = [&](const Node& node) {
      for (const Value* input : node.inputs()) {
        Node* producer = input->node();
        if (producer->block() == last->block() && is_candidate(*producer)) {
          waiting.emplace(places.at(producer), producer);
        }
      }
    };
    offer_inputs(*last);
    while (!waiting.empty()) {
      const auto [place, node] = *waiting.rbegin();
      waiting.erase(place);
      if (size + cost(*node) > kMaxPointwiseNodes || !feeds_only(*node, members, places)) continue;
      size += cost(*node);
      members.emplace(place, node);
      offer_inputs(*node);
    }
    return members;
  }

  // It moves to where the last member is, so nobody may write what it reads.
  bool feeds_only(const Node& node, const std::map<size_t, Node*>& members,
                  const std::unordered_map<const Node*, size_t>& places) {
    for (const ir::Use& use : node.output()->uses()) {
      const auto place = places.find(use.node);
      if (place == places.end() || !members.count(place->second) ||
          !PointwiseGroup::joins(*node.op(), *use.node->op(), use.index)) {
        return false;
      }
    }
    return !alias_->has_written_inputs(&node);
  }

  void replace(const std::map<size_t, Node*>& members) {
    Node* last = members.rbegin()->second;
    auto body = std::make_shared<Graph>();
    std::vector<Value*> inputs;
    std::unordered_map<const Value*, Value*> copies;
    for (const auto& [place, node] : members) {
      std::vector<Value*> arguments;
      for (Value* input : node->inputs()) {
        Value*& copy = copies[input];
        if (!copy) {
          inputs.push_back(input);
          copy = body->add_input(input->type(), input->name());
        }
        arguments.push_back(copy);
      }
      Node* part = body->create_op(node->op(), arguments, {node->output()->type()});
      part->set_range(node->range());
      body->block()->append(part);
      part->output()->set_name(node->output()->name());
      copies[node->output()] = part->output();
    }
    body->block()->add_output(copies.at(last->output()));
    Node* group = graph_.create(Kind::kPointwiseGroup, inputs);
    group->set_attribute("Subgraph", std::move(body));
    group->set_range(last->range());
    group->insert_before(last);
    last->output()->replace_all_uses_with(group->add_output(last->output()->type()));
    for (auto member = members.rbegin(); member != members.rend(); ++member) {
      gone_.insert(member->second);
      member->second->destroy();
    }
  }

  Graph& graph_;
  LazyAlias alias_;  // stays right: groups write nothing, and new values are not asked about
  std::unordered_set<const Node*> gone_;
};

}  // namespace

bool group_pointwise(PassContext& context, Graph& graph) {
  const bool inner =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return group_pointwise(context, body); });
  return Grouper(graph).run(*graph.block()) || inner;
}

}  // namespace temper
