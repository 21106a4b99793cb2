#include "passes/analysis/alias.h"

#include <algorithm>

#include "core/value/class_type.h"
#include "passes/analysis/alias_solver.h"
#include "passes/analysis/effects.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

bool unite(Places* into, const Places& from) {
  if (from.empty()) return false;
  if (into->empty()) return *into = from, true;
  if (std::includes(into->begin(), into->end(), from.begin(), from.end())) return false;
  Places merged;
  merged.reserve(into->size() + from.size());
  std::set_union(into->begin(), into->end(), from.begin(), from.end(), std::back_inserter(merged));
  *into = std::move(merged);
  return true;
}

Bucket bucket_of(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kTensor: return Type::tensor().get();
    case TypeKind::kClass: return type.get();
    case TypeKind::kList:
    case TypeKind::kAnyList: return Type::simple(TypeKind::kAnyList).get();
    case TypeKind::kTuple:
    case TypeKind::kAnyTuple: return Type::simple(TypeKind::kAnyTuple).get();
    case TypeKind::kOptional: return bucket_of(type->expect<WrapperType>().element());
    case TypeKind::kDict: {
      static const char kDict = 0;
      return &kDict;
    }
    default: return nullptr;
  }
}

uint32_t AliasAnalysis::State::add_place(Bucket bucket) {
  places.emplace_back();
  places.back().bucket = bucket;
  return static_cast<uint32_t>(places.size() - 1);
}

uint32_t AliasAnalysis::State::constant(const void* object, Bucket bucket) {
  const auto [it, made] = constants.emplace(object, 0);
  if (made) {
    it->second = add_place(bucket);
    places.back().constant = true;
  }
  return it->second;
}

uint32_t AliasAnalysis::State::world(Bucket bucket) {
  const auto [it, made] = worlds.emplace(bucket, 0);
  if (made) {
    it->second = add_place(bucket);
    places.back().world = true;
  }
  return it->second;
}

const Places& AliasAnalysis::State::points_to(const Value* value) const {
  static const Places none;
  return value->id() < values.size() ? values[value->id()] : none;
}

Places AliasAnalysis::State::closure(const Places& from) const {
  Places all = from;
  std::vector<uint32_t> work(from.begin(), from.end());
  const Bucket tensors = bucket_of(Type::tensor());
  const auto any = worlds.find(nullptr);
  while (!work.empty()) {
    const Place& place = places[work.back()];
    work.pop_back();
    Places next = place.contents;
    // Containers of the outside hold anything of the outside.
    if (place.outside() && place.bucket != tensors && any != worlds.end()) {
      unite(&next, {any->second});
    }
    for (const uint32_t id : next) {
      if (unite(&all, {id})) work.push_back(id);
    }
  }
  return all;
}

bool AliasAnalysis::State::any_outside(const Places& set) const {
  return std::any_of(set.begin(), set.end(), [&](uint32_t id) { return places[id].outside(); });
}

bool AliasAnalysis::State::overlap(const Places& a, const Places& b) const {
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) return true;
    a[i] < b[j] ? ++i : ++j;
  }
  for (const uint32_t x : a) {
    if (!places[x].outside()) continue;
    for (const uint32_t y : b) {
      if (places[y].outside() && compatible(places[x].bucket, places[y].bucket)) return true;
    }
  }
  return false;
}

namespace {

constexpr uint32_t kRandomState = 0;  // the place that random numbers come from

// Whether `user`, or a node in its blocks, takes an output of `producer`.
bool feeds(const Node& producer, const Node& user) {
  for (const Value* output : producer.outputs()) {
    for (const ir::Use& use : output->uses()) {
      for (const Node* n = use.node; n; n = n->block() ? n->block()->owner() : nullptr) {
        if (n == &user) return true;
      }
    }
  }
  return false;
}

bool reads_contents(const Node& node) {
  switch (node.kind()) {
    case Kind::kPrint:
    case Kind::kFormat:
    case Kind::kToList:
    case Kind::kWarn:
    case Kind::kRaiseException:
    case Kind::kOp: return true;
    default: return false;
  }
}

bool reads_inputs(const Node& node) {
  switch (node.kind()) {
    case Kind::kListUnpack:
    case Kind::kGetAttr:
    case Kind::kModuleContainerIndex: return true;
    default: return reads_contents(node);
  }
}

// Tensors are keys as objects, whatever they hold.
bool has_tensor_keys(const Value* dict) {
  const TypePtr& type = dict->type();
  return type->kind() == TypeKind::kDict &&
         type->expect<DictType>().key()->kind() == TypeKind::kTensor;
}

bool asks_for_keys(const Node& node) {
  if (!node.op() && !node.is(Kind::kDictConstruct)) return false;
  return std::any_of(node.inputs().begin(), node.inputs().end(), has_tensor_keys) ||
         std::any_of(node.outputs().begin(), node.outputs().end(), has_tensor_keys);
}

bool has_none(const Node& node) {
  return std::any_of(node.inputs().begin(), node.inputs().end(),
                     [](const Value* v) { return v->type()->kind() == TypeKind::kNone; });
}

bool sees_identity(const Node& node) {
  if (node.op() && node.op()->has(kSeesIdentity)) return !has_none(node);
  return asks_for_keys(node);
}

}  // namespace

AliasAnalysis::AliasAnalysis(const Graph& graph) : state_(std::make_unique<State>()) {
  state_->add_place(nullptr);  // kRandomState
  state_->world(nullptr);
  Solver(state_.get()).solve(graph);
  collect_effects(*graph.block());
}

AliasAnalysis::~AliasAnalysis() = default;

void AliasAnalysis::collect_effects(const Block& block) {
  for (const Node* node : block) {
    for (const Block* inner : node->blocks()) collect_effects(*inner);
    Effects effects = own_effects(*node);
    for (const Block* inner : node->blocks()) {
      for (const Node* n : *inner) {
        const Effects& nested = state_->effects[n];
        unite(&effects.reads, nested.reads);
        unite(&effects.writes, nested.writes);
        effects.opaque |= nested.opaque;
      }
    }
    unite(&state_->all_writes, effects.writes);
    if (sees_identity(*node)) {
      for (const Value* input : node->inputs()) unite(&state_->all_compared, reach(input));
    }
    state_->any_opaque |= effects.opaque;
    state_->effects[node] = std::move(effects);
  }
}

AliasAnalysis::Effects AliasAnalysis::own_effects(const Node& node) const {
  Effects effects;
  effects.opaque = is_opaque(node);
  effects.side_effects = has_side_effects(node);
  if (reads_inputs(node)) {
    for (const Value* input : node.inputs()) {
      const Places& places = state_->points_to(input);
      unite(&effects.reads, reads_contents(node) ? state_->closure(places) : places);
    }
  }
  if (node.is(Kind::kSetAttr)) unite(&effects.writes, state_->points_to(node.input(0)));
  if (!node.op()) return effects;
  if (is_nondeterministic(node)) unite(&effects.writes, {kRandomState});
  const auto& arguments = node.op()->schema().arguments;
  if (updates_statistics(node)) {
    for (const char* name : {"running_mean", "running_var"}) {
      const int index = node.op()->schema().find_argument(name);
      if (index < 0) continue;
      unite(&effects.writes, state_->points_to(node.input(static_cast<size_t>(index))));
    }
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].alias) continue;
    const Places& places = state_->points_to(node.input(i));
    if (arguments[i].is_write()) unite(&effects.writes, places);
    for (const AliasInfo& inner : arguments[i].alias->contained) {
      if (inner.is_write) unite(&effects.writes, state_->closure(places));
    }
  }
  return effects;
}

const AliasAnalysis::Effects& AliasAnalysis::effects(const Node* node) const {
  static const Effects none;
  const auto it = state_->effects.find(node);
  return it == state_->effects.end() ? none : it->second;
}

bool AliasAnalysis::may_alias(const Value* a, const Value* b) const {
  return state_->overlap(state_->points_to(a), state_->points_to(b));
}

bool AliasAnalysis::may_share(const Value* a, const Value* b) const {
  return state_->overlap(reach(a), reach(b));
}

bool AliasAnalysis::has_writers(const Value* value) const {
  const Places places = reach(value);
  return (state_->any_opaque && state_->any_outside(places)) ||
         state_->overlap(places, state_->all_writes);
}

bool AliasAnalysis::has_written_inputs(const Node* node) const {
  const Places& reads = effects(node).reads;
  return (state_->any_opaque && state_->any_outside(reads)) ||
         state_->overlap(reads, state_->all_writes);
}

bool AliasAnalysis::escapes(const Value* value) const {
  const Places places = reach(value);
  return std::any_of(places.begin(), places.end(), [&](uint32_t id) {
    return state_->places[id].outside() || state_->places[id].returned;
  });
}

bool AliasAnalysis::compared(const Value* value) const {
  return state_->overlap(reach(value), state_->all_compared);
}

bool AliasAnalysis::writes(const Node* node) const {
  return effects(node).opaque || !effects(node).writes.empty();
}

bool AliasAnalysis::may_write_to(const Node* node, const Value* value) const {
  return writes_into(node, reach(value));
}

bool AliasAnalysis::can_swap(const Node* a, const Node* b) const {
  if (feeds(*a, *b) || feeds(*b, *a)) return false;
  const Effects& x = effects(a);
  const Effects& y = effects(b);
  if (x.side_effects && y.side_effects) return false;
  if ((x.side_effects && writes(b)) || (y.side_effects && writes(a))) return false;
  const auto clash = [&](const Effects& writer, const Effects& other) {
    if (writer.opaque && (state_->any_outside(other.reads) || state_->any_outside(other.writes))) {
      return true;
    }
    return state_->overlap(writer.writes, other.reads) ||
           state_->overlap(writer.writes, other.writes);
  };
  return !clash(x, y) && !clash(y, x);
}

Places AliasAnalysis::reach(const Value* value) const {
  return state_->closure(state_->points_to(value));
}

bool AliasAnalysis::writes_outside(const Node* node) const {
  const Effects& e = effects(node);
  return e.opaque || std::any_of(e.writes.begin(), e.writes.end(), [&](uint32_t id) {
           return state_->places[id].outside() || state_->places[id].constant;
         });
}

bool AliasAnalysis::writes_into(const Node* node, const Places& places) const {
  const Effects& e = effects(node);
  return (e.opaque && state_->any_outside(places)) || state_->overlap(e.writes, places);
}

}  // namespace temper
