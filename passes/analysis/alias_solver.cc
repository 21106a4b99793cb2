#include "passes/analysis/alias_solver.h"

#include <algorithm>

#include "passes/analysis/effects.h"

namespace temper {

using ir::Block;
using ir::Graph;
using ir::Kind;
using ir::Node;
using ir::Value;

namespace {

// Holds, or may hold, what can be written: a list of ints holds nothing of interest.
bool is_container(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kTensor: return false;
    case TypeKind::kOptional: return is_container(type->expect<WrapperType>().element());
    case TypeKind::kList:
    case TypeKind::kDict:
    case TypeKind::kTuple: {
      const auto parts = type->contained();
      return std::any_of(parts.begin(), parts.end(), is_mutable);
    }
    default: return true;
  }
}

bool names_wildcard(const std::vector<std::string>& sets) {
  return std::find(sets.begin(), sets.end(), "*") != sets.end();
}

}  // namespace

void AliasAnalysis::Solver::add(const Value* value, const Places& places) {
  if (!is_mutable(value->type())) return;
  if (value->id() >= state_.values.size()) state_.values.resize(value->id() + 1);
  changed_ |= unite(&state_.values[value->id()], places);
}

void AliasAnalysis::Solver::hold(uint32_t place, const Places& contents) {
  changed_ |= unite(&state_.places[place].contents, contents);
  if (state_.places[place].outside()) give_away(contents);
}

void AliasAnalysis::Solver::give_away(const Places& places) {
  for (const uint32_t id : places) {
    if (state_.places[id].outside()) continue;
    state_.places[id].given = true;
    changed_ = true;
    give_away(Places(state_.places[id].contents));
  }
}

Places AliasAnalysis::Solver::world(const TypePtr& type) { return {state_.world(bucket_of(type))}; }

Places AliasAnalysis::Solver::of_type(const Places& places, const TypePtr& type) const {
  const Bucket bucket = bucket_of(type);
  Places result;
  for (const uint32_t id : places) {
    if (compatible(state_.places[id].bucket, bucket)) result.push_back(id);
  }
  return result;
}

Places AliasAnalysis::Solver::read(const Places& containers, const TypePtr& type) {
  Places result;
  bool outside = false;
  for (const uint32_t id : containers) {
    unite(&result, state_.places[id].contents);
    outside |= state_.places[id].outside();
  }
  result = of_type(result, type);
  if (outside) unite(&result, world(type));
  return result;
}

uint32_t AliasAnalysis::Solver::fresh(const Node& node, size_t which, Bucket bucket) {
  std::vector<uint32_t>& made = fresh_[&node];
  while (made.size() <= which) made.push_back(UINT32_MAX);
  if (made[which] == UINT32_MAX) {
    made[which] = state_.add_place(bucket);
    changed_ = true;
  }
  return made[which];
}

Places AliasAnalysis::Solver::inputs_closure(const Node& node) const {
  Places all;
  for (const Value* input : node.inputs()) unite(&all, state_.points_to(input));
  return state_.closure(all);
}

Places AliasAnalysis::Solver::members(const Node& node,
                                      const std::vector<std::string>& sets) const {
  Places result;
  const auto& arguments = node.op()->schema().arguments;
  const auto shares = [&](const AliasInfo& info) {
    return std::any_of(info.before.begin(), info.before.end(), [&](const std::string& set) {
      return std::find(sets.begin(), sets.end(), set) != sets.end();
    });
  };
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].alias) continue;
    const Places& places = state_.points_to(node.input(i));
    if (shares(*arguments[i].alias)) unite(&result, places);
    for (const AliasInfo& inner : arguments[i].alias->contained) {
      if (shares(inner)) unite(&result, state_.closure(places));
    }
  }
  return result;
}

void AliasAnalysis::Solver::visit_result(const Node& node, size_t i, const Argument& result) {
  const Value* output = node.output(i);
  if (!is_mutable(output->type())) return;
  const TypePtr& type = output->type();
  const auto& alias = result.alias;
  if (alias && names_wildcard(alias->before)) {
    add(output, of_type(inputs_closure(node), type));
    // An element read from a container of the outside is of the outside too.
    add(output, read(inputs_closure(node), type));
    if (type->kind() == TypeKind::kTensor) return;
    // A list may as well be a new one of elements.
    const uint32_t place = fresh(node, 2 * i, bucket_of(type));
    add(output, {place});
    if (is_container(type)) hold(place, inputs_closure(node));
    return;
  }
  if (alias && !alias->before.empty()) {
    return add(output, of_type(members(node, alias->before), type));
  }
  if (has_type_vars(result.type) || node.op()->composite() || node.op()->has(kMayReturnInput) ||
      node.op()->has(kViewOp)) {
    add(output, of_type(inputs_closure(node), type));
  }
  const uint32_t place = fresh(node, 2 * i, bucket_of(type));
  add(output, {place});
  if (is_container(type)) {
    const bool told = alias && !alias->contained.empty() &&
                      !names_wildcard(alias->contained[0].before) &&
                      !alias->contained[0].before.empty();
    if (told) {
      hold(place, members(node, alias->contained[0].before));
      return;
    }
    // Elements may be new, or anything that the inputs hold, or hold such things themselves.
    const uint32_t element = fresh(node, 2 * i + 1, nullptr);
    Places contents = inputs_closure(node);
    unite(&contents, {element});
    hold(place, contents);
    hold(element, contents);
  }
}

// Containers that an operator writes may hold whatever it was given.
void AliasAnalysis::Solver::store_into_written(const Node& node) {
  const auto& arguments = node.op()->schema().arguments;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].is_write() || !is_container(node.input(i)->type())) continue;
    Places stored;
    for (size_t j = 0; j < node.inputs().size(); ++j) {
      if (j != i) unite(&stored, state_.closure(state_.points_to(node.input(j))));
    }
    for (const uint32_t place : Places(state_.points_to(node.input(i)))) hold(place, stored);
  }
}

void AliasAnalysis::Solver::visit_operator(const Node& node) {
  const Schema& schema = node.op()->schema();
  store_into_written(node);
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    if (i < schema.returns.size()) {
      visit_result(node, i, schema.returns[i]);
    } else {
      add(node.output(i), of_type(inputs_closure(node), node.output(i)->type()));
      add(node.output(i), {fresh(node, 2 * i, nullptr)});
    }
  }
}

void AliasAnalysis::Solver::visit_call(const Node& node) {
  for (const Value* input : node.inputs()) give_away(Places(state_.points_to(input)));
  for (const Value* output : node.outputs()) add(output, world(output->type()));
}

Places AliasAnalysis::Solver::constant(const IValue& value, Bucket bucket) {
  if (value.is_tensor()) {
    const Tensor tensor = value.to_tensor();
    if (!tensor.defined()) return {};
    return {state_.constant(tensor.storage().get(), bucket_of(Type::tensor()))};
  }
  if (!value.to_reference() || value.is_string()) return {};
  const bool known = state_.constants.count(value.to_reference()) != 0;
  const uint32_t place = state_.constant(value.to_reference(), bucket);
  if (known) return {place};  // looked into once: parts may be shared many times over
  const auto hold_item = [&](const IValue& item) { hold(place, constant(item, nullptr)); };
  if (value.is_list()) {
    for (const IValue& item : value.to_list().items) hold_item(item);
  } else if (value.is_tuple()) {
    for (const IValue& item : value.to_tuple().items) hold_item(item);
  } else if (value.is_dict()) {
    value.to_dict().each([&](const IValue& key, const IValue& item) {
      hold_item(key);
      hold_item(item);
    });
  } else {
    hold(place, {place});
  }
  return {place};
}

// Values that come from nowhere, or are copies.
void AliasAnalysis::Solver::visit_made(const Node& node) {
  const TypePtr& type = node.output()->type();
  if (!is_mutable(type)) return;
  if (node.is(Kind::kConstant)) return add(node.output(), constant(node.value(), bucket_of(type)));
  const uint32_t place = fresh(node, 0, bucket_of(type));
  const uint32_t element = fresh(node, 1, nullptr);
  add(node.output(), {place});
  if (is_container(type)) hold(place, {element});
  hold(element, {element});
}

void AliasAnalysis::Solver::visit_construct(const Node& node) {
  if (!is_mutable(node.output()->type())) return;
  const uint32_t place = fresh(node, 0, bucket_of(node.output()->type()));
  add(node.output(), {place});
  for (const Value* input : node.inputs()) hold(place, Places(state_.points_to(input)));
}

void AliasAnalysis::Solver::visit_control(const Node& node) {
  for (const Block* block : node.blocks()) visit_block(*block);
  if (node.is(Kind::kIf)) {
    for (const Block* block : node.blocks()) {
      for (size_t i = 0; i < node.outputs().size(); ++i) {
        add(node.output(i), Places(state_.points_to(block->outputs()[i])));
      }
    }
    return;
  }
  const Block& body = *node.block_at(0);
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    Places carried = state_.points_to(node.input(i + 2));
    unite(&carried, state_.points_to(body.outputs()[i + 1]));
    add(body.inputs()[i + 1], carried);
    add(node.output(i), carried);
  }
}

void AliasAnalysis::Solver::visit(const Node& node) {
  if (is_opaque(node)) return visit_call(node);
  switch (node.kind()) {
    case Kind::kOp: return visit_operator(node);
    case Kind::kIf:
    case Kind::kLoop: return visit_control(node);
    case Kind::kListConstruct:
    case Kind::kDictConstruct:
    case Kind::kTupleConstruct:
    case Kind::kCreateObject: return visit_construct(node);
    case Kind::kTupleSlice:
      if (is_mutable(node.output()->type())) {
        const uint32_t place = fresh(node, 0, bucket_of(node.output()->type()));
        add(node.output(), {place});
        hold(place, inputs_closure(node));
      }
      return;
    case Kind::kSetAttr:
      for (const uint32_t place : Places(state_.points_to(node.input(0)))) {
        hold(place, Places(state_.points_to(node.input(1))));
      }
      return;
    case Kind::kUncheckedCast: {
      Places cast = state_.points_to(node.input(0));
      // A cast from Any finds the outside's places under their own names.
      if (state_.any_outside(cast)) unite(&cast, world(node.output()->type()));
      return add(node.output(), cast);
    }
    case Kind::kPointwiseGroup:
      return add(node.output(), {fresh(node, 0, bucket_of(node.output()->type()))});
    case Kind::kConstant:
    case Kind::kToList: return visit_made(node);
    default:
      for (const Value* output : node.outputs()) {
        if (!is_mutable(output->type())) continue;
        Places from;
        for (const Value* input : node.inputs()) unite(&from, state_.points_to(input));
        add(output, read(from, output->type()));
      }
  }
}

void AliasAnalysis::Solver::visit_block(const Block& block) {
  for (const Node* node : block) visit(*node);
}

void AliasAnalysis::Solver::solve(const Graph& graph) {
  for (const Value* input : graph.inputs()) add(input, world(input->type()));
  do {
    changed_ = false;
    visit_block(*graph.block());
  } while (changed_);
  for (const Value* output : graph.outputs()) {
    for (const uint32_t id : state_.closure(state_.points_to(output))) {
      state_.places[id].returned = true;
    }
  }
}

}  // namespace temper
