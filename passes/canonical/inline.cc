#include <algorithm>
#include <unordered_map>

#include "core/value/class_type.h"
#include "ir/module/compilation_unit.h"
#include "passes/pass.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::ScriptFunction;
using ir::Value;

namespace {

// Chains of calls longer than this stay calls in part.
constexpr size_t kMaxChain = 100;

size_t count_nodes(const Block& block) {
  size_t count = 0;
  for (const Node* node : block) {
    ++count;
    for (const Block* inner : node->blocks()) count += count_nodes(*inner);
  }
  return count;
}

// The function that a call always reaches; null when only running tells, or it is not a script.
ScriptFunction* static_target(const Node& node) {
  if (node.is(Kind::kCallFunction)) {
    const Node* constant = node.input(0)->node();
    if (!constant->is(Kind::kConstant) || constant->value().tag() != Tag::kFunction) {
      return nullptr;
    }
    return dynamic_cast<ScriptFunction*>(&constant->value().to_function());
  }
  const auto* type = node.input(0)->type()->as<ClassType>();
  if (!type) return nullptr;
  Function* method = type->find_method(node.name());
  if (!method) method = type->find_hook(node.name());
  return dynamic_cast<ScriptFunction*>(method);
}

class Inliner {
 public:
  explicit Inliner(PassContext& context) : context_(context) {}

  bool run(Graph& graph) {
    size_ = count_nodes(*graph.block());
    return visit(graph, *graph.block());
  }

 private:
  bool visit(Graph& graph, Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(graph, *inner);
      if (node->is(Kind::kFork)) {
        changed |= visit_fork(*node);
      } else if (node->is(Kind::kCallFunction) || node->is(Kind::kCallMethod)) {
        changed |= visit_call(graph, *node);
      }
    }
    return changed;
  }

  bool visit_fork(const Node& node) {
    Graph& body = *std::get<std::shared_ptr<Graph>>(node.attribute("Subgraph"));
    return visit(body, *body.block());
  }

  bool visit_call(Graph& graph, Node& node) {
    ScriptFunction* target = static_target(node);
    if (!target || active(target) || stack_.size() >= kMaxChain) return false;
    const auto inputs = node.inputs().subspan(node.is(Kind::kCallFunction) ? 1 : 0);
    const Graph& body = inlined(*target);
    const size_t added = count_nodes(*body.block());
    if (body.inputs().size() != inputs.size() || body.outputs().size() != node.outputs().size() ||
        size_ + added > context_.max_nodes || !spend(added)) {
      return false;
    }
    size_ += added;
    replace(graph, node, body, std::vector<Value*>(inputs.begin(), inputs.end()));
    return true;
  }

  static void replace(Graph& graph, Node& node, const Graph& body,
                      const std::vector<Value*>& arguments) {
    ir::InsertScope scope(&graph, &node);
    const std::vector<Value*> results = graph.inline_graph(body, arguments);
    for (size_t i = 0; i < results.size(); ++i) {
      Value* old = node.output(i);
      const std::string name = old->name();
      old->set_name("");
      // An argument that is handed back keeps the name that it came with.
      const bool own = std::find(arguments.begin(), arguments.end(), results[i]) == arguments.end();
      if (own && !name.empty()) results[i]->set_name(name);
      old->replace_all_uses_with(results[i]);
    }
    node.destroy();
  }

  bool spend(size_t nodes) const {
    const auto count = static_cast<int64_t>(nodes);
    if (context_.inline_budget) return context_.inline_budget->fetch_sub(count) >= count;
    return true;
  }

  bool active(const ScriptFunction* function) const {
    return std::find(stack_.begin(), stack_.end(), function) != stack_.end();
  }

  // The function's graph with its own calls inlined; made once.
  const Graph& inlined(ScriptFunction& function) {
    const auto known = done_.find(&function);
    if (known != done_.end()) return *known->second;
    std::shared_ptr<Graph> copy = function.graph()->clone();
    const size_t outer = size_;
    size_ = count_nodes(*copy->block());
    stack_.push_back(&function);
    visit(*copy, *copy->block());
    stack_.pop_back();
    size_ = outer;
    return *done_.emplace(&function, std::move(copy)).first->second;
  }

  PassContext& context_;
  size_t size_ = 0;
  std::vector<const ScriptFunction*> stack_;
  std::unordered_map<const ScriptFunction*, std::shared_ptr<Graph>> done_;
};

}  // namespace

bool inline_calls(PassContext& context, Graph& graph) { return Inliner(context).run(graph); }

}  // namespace temper
