// Operators that give their input back: dropout that does not train, and detaching where nobody
// could tell the two tensors apart.

#include <algorithm>

#include "passes/analysis/alias.h"
#include "passes/analysis/effects.h"
#include "passes/constants.h"
#include "passes/pass.h"
#include "passes/subgraphs.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

// (input, p, train): these return the input itself unless they train and p is more than zero.
constexpr const char* kDropouts[] = {"aten::dropout",        "aten::feature_dropout",
                                     "aten::alpha_dropout",  "aten::feature_alpha_dropout",
                                     "aten::dropout_",       "aten::feature_dropout_",
                                     "aten::alpha_dropout_", "aten::feature_alpha_dropout_"};

// (input): another tensor with the same memory.
constexpr const char* kAliases[] = {"aten::detach", "aten::alias"};

class NoOps {
 public:
  NoOps(const OpRegistry& ops, Graph& graph) : alias_(graph) {
    for (const char* name : kDropouts) dropouts_.push_back(ops.find(name));
    for (const char* name : kAliases) aliases_.push_back(ops.find(name));
  }

  bool visit(Block& block) {
    bool changed = false;
    for (Node* node : block) {
      for (Block* inner : node->blocks()) changed |= visit(*inner);
      if (!idle(*node)) continue;
      node->output()->replace_all_uses_with(node->input(0));
      node->destroy();
      changed = true;
    }
    return changed;
  }

 private:
  static bool contains(const std::vector<const OpDef*>& ops, const OpDef* op) {
    return op && std::find(ops.begin(), ops.end(), op) != ops.end();
  }

  bool idle(const Node& node) {
    if (contains(dropouts_, node.op())) return drops_nothing(node);
    return contains(aliases_, node.op()) && nobody_compares(*node.output()) &&
           !alias_->has_writers(node.output());
  }

  static bool drops_nothing(const Node& node) {
    const IValue* p = constant_of(node.input(1));
    const IValue* train = constant_of(node.input(2));
    if (!p || !p->is_double()) return false;
    if (p->to_double() == 0) return true;
    return p->to_double() > 0 && p->to_double() <= 1 && train && train->is_bool() &&
           !train->to_bool();
  }

  // All users are operators that ask for values, not for the tensor object.
  static bool nobody_compares(const Value& value) {
    return std::all_of(value.uses().begin(), value.uses().end(), [](const ir::Use& use) {
      return use.node->op() && is_pure(*use.node) && !use.node->op()->may_alias() &&
             !use.node->op()->has(kMayReturnInput) && !use.node->op()->has(kSeesIdentity);
    });
  }

  std::vector<const OpDef*> dropouts_, aliases_;
  LazyAlias alias_;
};

}  // namespace

bool remove_no_ops(PassContext& context, Graph& graph) {
  const bool inner =
      visit_subgraphs(*graph.block(), [&](Graph& body) { return remove_no_ops(context, body); });
  bool changed = inner;
  while (NoOps(context.ops, graph).visit(*graph.block())) changed = true;
  return changed;
}

}  // namespace temper
