#include "core/value/class_type.h"
#include "passes/constants.h"
#include "passes/freeze/attributes.h"
#include "passes/pass.h"

namespace temper {

using ir::Graph;
using ir::Node;
using ir::Value;

bool freeze(PassContext& context, Graph& graph) {
  if (!context.self || !context.attributes || graph.inputs().empty()) return false;
  if (graph.inputs()[0]->type()->as<ClassType>() != context.self->type.get()) return false;
  const auto constant = [&](const ObjectValue& object, int slot) {
    return context.attributes->is_constant(object, slot);
  };
  bool changed = false;
  for (const AttributeRead& read : known_reads(graph, *context.self, constant)) {
    const IValue& value = read.object->slots[static_cast<size_t>(read.slot)];
    if (!is_data(value) || !constant(*read.object, read.slot)) continue;
    Graph& owner = *read.node->graph();
    ir::InsertScope scope(&owner, read.node);
    Value* old = read.node->output();
    Value* frozen = owner.insert_constant(value, constant_type(value, old->type()));
    frozen->node()->set_range(read.node->range());
    mark_constant(value);
    old->replace_all_uses_with(frozen);
    read.node->destroy();
    changed = true;
  }
  return changed;
}

}  // namespace temper
