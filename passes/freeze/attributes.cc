#include "passes/freeze/attributes.h"

#include <algorithm>
#include <unordered_map>

#include "core/value/class_type.h"
#include "passes/analysis/alias.h"
#include "passes/analysis/effects.h"
#include "passes/constants.h"
#include "passes/pass.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

class ReadFinder {
 public:
  ReadFinder(const std::function<bool(const ObjectValue&, int)>& steps_into,
             std::vector<AttributeRead>* reads)
      : steps_into_(steps_into), reads_(reads) {}

  void know(const Value* value, const ObjectValue* object) { objects_[value] = object; }

  void visit(const Block& block) {
    for (Node* node : block) {
      for (const Block* inner : node->blocks()) visit(*inner);
      if (node->is(Kind::kGetAttr)) visit_read(*node);
      if (node->is(Kind::kFork)) visit_fork(*node);
      if (node->is(Kind::kUncheckedCast)) {
        if (const ObjectValue* object = find(node->input(0))) know(node->output(), object);
      }
    }
  }

 private:
  const ObjectValue* find(const Value* value) const {
    const auto it = objects_.find(value);
    return it == objects_.end() ? nullptr : it->second;
  }

  void visit_read(Node& node) {
    const ObjectValue* object = find(node.input(0));
    if (!object) return;
    const int slot = object->type->find_attribute(node.name());
    if (slot < 0) return;
    const IValue& value = object->slots[static_cast<size_t>(slot)];
    if (value.is_object() && steps_into_(*object, slot)) know(node.output(), &value.to_object());
    reads_->push_back({&node, object, slot});
  }

  void visit_fork(const Node& node) {
    const Graph& body = *std::get<std::shared_ptr<Graph>>(node.attribute("Subgraph"));
    for (size_t i = 0; i < body.inputs().size(); ++i) {
      if (const ObjectValue* object = find(node.input(i))) know(body.inputs()[i], object);
    }
    visit(*body.block());
  }

  const std::function<bool(const ObjectValue&, int)>& steps_into_;
  std::vector<AttributeRead>* reads_;
  std::unordered_map<const Value*, const ObjectValue*> objects_;
};

void collect_storages(const IValue& value, std::unordered_set<const Storage*>* storages) {
  each_part(value, [storages](const IValue& part) {
    if (part.is_tensor() && part.to_tensor().defined()) {
      storages->insert(part.to_tensor().storage().get());
    }
  });
}

// Values of these types let code reach the attributes of objects.
bool reaches_objects(const TypePtr& type) {
  return any_within(type, [](const Type& part) {
    return part.kind() == TypeKind::kClass || part.kind() == TypeKind::kInterface ||
           part.kind() == TypeKind::kAny;
  });
}

}  // namespace

std::vector<AttributeRead> known_reads(
    const Graph& graph, const ObjectValue& self,
    const std::function<bool(const ObjectValue&, int)>& steps_into) {
  std::vector<AttributeRead> reads;
  if (graph.inputs().empty()) return reads;
  ReadFinder finder(steps_into, &reads);
  finder.know(graph.inputs()[0], &self);
  finder.visit(*graph.block());
  return reads;
}

AttributeFacts::AttributeFacts(const ObjectValue& self,
                               absl::Span<const std::shared_ptr<Graph>> methods) {
  for (const auto& graph : methods) collect_stores(*graph->block());
  for (const auto& graph : methods) {
    if (unknown_code_) return;
    const std::shared_ptr<Graph> copy = graph->clone();
    collect_writes(*copy, self);
  }
}

void AttributeFacts::collect_stores(const Block& block) {
  for (const Node* node : block) {
    for (const Block* inner : node->blocks()) collect_stores(*inner);
    if (node->is(Kind::kSetAttr)) {
      if (const auto* type = node->input(0)->type()->as<ClassType>()) {
        stored_.insert({type, node->name()});
      } else {
        unknown_code_ = true;
      }
    } else if (node->is(Kind::kFork)) {
      collect_stores(*std::get<std::shared_ptr<Graph>>(node->attribute("Subgraph"))->block());
    } else if (is_opaque(*node)) {
      for (const Value* input : node->inputs()) unknown_code_ |= reaches_objects(input->type());
    }
  }
}

// With each attribute as a constant of its own, alias analysis tells which of them are written.
void AttributeFacts::collect_writes(Graph& graph, const ObjectValue& self) {
  struct Candidate {
    const Node* constant;
    AttributeRead read;
  };
  std::vector<Candidate> candidates;
  std::vector<const Graph*> graphs = {&graph};
  const auto known = [this](const ObjectValue& object, int slot) { return !stored(object, slot); };
  for (const AttributeRead& read : known_reads(graph, self, known)) {
    const IValue& value = read.object->slots[static_cast<size_t>(read.slot)];
    if (value.is_object() || stored(*read.object, read.slot)) continue;
    Graph& owner = *read.node->graph();
    if (std::find(graphs.begin(), graphs.end(), &owner) == graphs.end()) graphs.push_back(&owner);
    ir::InsertScope scope(&owner, read.node);
    Value* constant = owner.insert_constant(value, read.node->output()->type());
    read.node->output()->replace_all_uses_with(constant);
    candidates.push_back({constant->node(), read});
  }
  for (const Graph* each : graphs) {
    const AliasAnalysis aliases(*each);
    for (const Candidate& candidate : candidates) {
      if (candidate.constant->graph() != each) continue;
      if (!aliases.has_writers(candidate.constant->output())) continue;
      written_.insert({candidate.read.object, candidate.read.slot});
      collect_storages(candidate.constant->value(), &written_storages_);
    }
  }
}

bool AttributeFacts::stored(const ObjectValue& object, int slot) const {
  const auto& name = object.type->attributes()[static_cast<size_t>(slot)].name;
  return stored_.count({object.type.get(), name}) != 0;
}

bool AttributeFacts::is_constant(const ObjectValue& object, int slot) const {
  if (unknown_code_ || stored(object, slot) || written_.count({&object, slot})) return false;
  std::unordered_set<const Storage*> storages;
  collect_storages(object.slots[static_cast<size_t>(slot)], &storages);
  return std::none_of(storages.begin(), storages.end(), [this](const Storage* storage) {
    return written_storages_.count(storage) != 0;
  });
}

std::unique_ptr<const AttributeFacts> find_constant_attributes(
    const ir::Module& module, absl::Span<ir::ScriptFunction* const> methods, PassContext& context) {
  std::vector<std::shared_ptr<Graph>> graphs;
  for (ir::ScriptFunction* method : methods) {
    std::shared_ptr<Graph> graph = method->graph()->clone();
    run_pass(*find_pass("inline"), context, *graph);
    graphs.push_back(std::move(graph));
  }
  return std::make_unique<AttributeFacts>(*module.root(), graphs);
}

std::unique_ptr<const AttributeFacts> find_constant_attributes(const ir::Module& module,
                                                               const OpRegistry& ops) {
  PassContext context(ops);
  return find_constant_attributes(module, module.methods(), context);
}

}  // namespace temper
