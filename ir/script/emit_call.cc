// Calls of operators, functions, methods, and construction of objects.

#include <algorithm>

#include "core/value/containers.h"
#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {
namespace {

// Operators that the IR keeps as kinds of their own.
std::optional<Kind> kind_of_operator(std::string_view name) {
  for (const Kind kind : {Kind::kRaiseException, Kind::kPrint, Kind::kWarn, Kind::kEnumName,
                          Kind::kEnumValue, Kind::kModuleContainerIndex}) {
    if (kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

bool same_signature(const Schema& a, const Schema& b) {
  const auto same = [](const std::vector<Argument>& x, const std::vector<Argument>& y) {
    return x.size() == y.size() &&
           std::equal(x.begin(), x.end(), y.begin(),
                      [](const Argument& p, const Argument& q) { return equal(p.type, q.type); });
  };
  return same(a.arguments, b.arguments) && same(a.returns, b.returns);
}

// The overload that an alias stands for, so that later stages see one name.
const OpDef* canonical_overload(const OpRegistry& ops, const OpDef* op) {
  const std::string name = canonical_op_name(op->name());
  if (name == op->name()) return op;
  for (const OpDef* candidate : ops.overloads(name)) {
    if (same_signature(candidate->schema(), op->schema())) return candidate;
  }
  return op;
}

// rsub(a, b) -> sub(b, a), when both are tensors.
const OpDef* swapped_overload(const OpRegistry& ops, const OpDef* op, std::vector<Value*>* inputs) {
  const std::string_view name = swapped_op_name(op->name());
  if (name.empty() || (*inputs)[1]->type()->kind() != TypeKind::kTensor) return op;
  for (const OpDef* candidate : ops.overloads(name)) {
    if (!same_signature(candidate->schema(), op->schema())) continue;
    std::swap((*inputs)[0], (*inputs)[1]);
    return candidate;
  }
  return op;
}

TermPtr results_term(absl::Span<Value* const> values, const Schema& schema) {
  if (values.empty()) return std::make_shared<NothingTerm>();
  if (values.size() == 1) return make_value_term(values[0]);
  std::vector<TermPtr> items;
  std::vector<TypePtr> types;
  for (Value* value : values) {
    items.push_back(make_value_term(value));
    types.push_back(value->type());
  }
  TypePtr type;
  if (schema.returns_named()) {
    std::vector<std::string> fields;
    for (const Argument& result : schema.returns) fields.push_back(result.name);
    type = TupleType::make_named("", std::move(fields), std::move(types));
  }
  return std::make_shared<TupleTerm>(std::move(items), std::move(type));
}

}  // namespace

TermPtr Emitter::call_operator(std::string_view name, const Actuals& actuals) {
  const std::vector<Candidate> candidates = scope().candidates(name);
  if (candidates.empty()) {
    throw_at(ErrorKind::kUnimplemented, builder_.range(), str_cat("unknown operator ", name));
  }
  Resolution found = resolve_overload(builder_, name, candidates, actuals);
  std::vector<Value*>& inputs = found.match.inputs;
  if (found.candidate.function) {
    const Graph& body = scope().graph_of(*found.candidate.function);
    return results_term(builder_.graph().inline_graph(body, inputs), found.candidate.schema());
  }
  const OpDef* op = canonical_overload(scope().ops(), found.candidate.op);
  op = swapped_overload(scope().ops(), op, &inputs);
  if (const auto kind = kind_of_operator(op->name())) {
    Node* node = builder_.node(*kind, inputs);
    for (TypePtr& type : found.match.returns) node->add_output(std::move(type));
    if (*kind == Kind::kRaiseException) set_exit({Exit::kThrow, nullptr, {}});
    return results_term(node->outputs(), op->schema());
  }
  return results_term(builder_.op(op, inputs, found.match.returns)->outputs(), op->schema());
}

Value* Emitter::operate(std::string_view name, std::vector<Value*> arguments) {
  Actuals actuals;
  for (Value* argument : arguments) actuals.positional.push_back({argument, ""});
  return call_operator(name, actuals)->value(*this);
}

TermPtr Emitter::call_function(Function& function, const Actuals& actuals) {
  const Schema& schema = scope().complete_schema(function);
  const Candidate candidate{nullptr, &function};
  Resolution found = resolve_overload(builder_, schema.name, {&candidate, 1}, actuals);
  std::vector<Value*> inputs{
      builder_.constant(IValue(Ref<Function>(&function)), Type::simple(TypeKind::kFunction))};
  inputs.insert(inputs.end(), found.match.inputs.begin(), found.match.inputs.end());
  return make_value_term(
      builder_.node(Kind::kCallFunction, inputs, found.match.returns.at(0))->output());
}

TermPtr Emitter::call_method(Value* self, const std::string& name, const Actuals& actuals) {
  const Schema* schema = nullptr;
  if (const auto* interface = self->type()->as<InterfaceType>()) {
    const MethodSignature* method = interface->find_method(name);
    schema = method ? &method->schema : nullptr;
  } else if (const auto* type = self->type()->as<ClassType>()) {
    Function* function = type->find_method(name);
    if (!function) function = type->find_hook(name);
    schema = function ? &scope().complete_schema(*function) : nullptr;
  }
  if (!schema) fail(self->type()->annotation(), " has no method '", name, "'");
  Actuals bound = actuals;
  bound.positional.insert(bound.positional.begin(), Actual{self, ""});
  std::string why;
  const auto match = match_schema(builder_, *schema, bound, true, &why);
  if (!match) fail("method '", name, "': ", why, "\nThe signature is: ", schema->text());
  Node* node = builder_.node(Kind::kCallMethod, match->inputs, match->returns.at(0));
  node->set_attribute("name", IValue(name));
  return make_value_term(node->output());
}

bool Emitter::has_method(const Value* value, std::string_view name) {
  if (const auto* type = value->type()->as<ClassType>()) return type->find_method(name) != nullptr;
  const auto* interface = value->type()->as<InterfaceType>();
  return interface && interface->find_method(name) != nullptr;
}

// obj(...): forward with the hooks around it, or __call__.
TermPtr Emitter::call_object(Value* self, const Actuals& actuals) {
  const auto* type = self->type()->as<ClassType>();
  if (!has_method(self, "forward")) return call_method(self, "__call__", actuals);
  if (!type || (type->forward_pre_hooks.empty() && type->forward_hooks.empty())) {
    return call_method(self, "forward", actuals);
  }
  std::vector<Value*> inputs;
  for (const Actual& actual : actuals.positional) inputs.push_back(actual.value);
  for (const std::string& name : type->forward_pre_hooks) {
    Value* given = builder_.tuple(inputs);
    Value* result = call_method(self, name, {nullptr, {{given, ""}}, {}})->value(*this);
    if (result->type()->kind() == TypeKind::kNone) continue;
    inputs = {result};
    if (!result->type()->as<TupleType>()) continue;
    inputs.clear();
    for (const TermPtr& item : ValueTerm(result).unpack(*this, std::nullopt)) {
      inputs.push_back(item->value(*this));
    }
  }
  Actuals forwarded{nullptr, {}, actuals.named};
  for (Value* input : inputs) forwarded.positional.push_back({input, ""});
  Value* output = call_method(self, "forward", forwarded)->value(*this);
  for (const std::string& name : type->forward_hooks) {
    Value* given = builder_.tuple(inputs);
    Value* result =
        call_method(self, name, {nullptr, {{given, ""}, {output, ""}}, {}})->value(*this);
    if (result->type()->kind() != TypeKind::kNone) output = result;
  }
  return make_value_term(output);
}

TermPtr Emitter::construct(const TypePtr& type, const Actuals& actuals) {
  if (type->as<ClassType>()) {
    Value* object = builder_.value(Kind::kCreateObject, {}, type);
    Value* self = object;
    if (has_method(self, "__init__")) {
      call_method(self, "__init__", actuals);
    } else if (!actuals.positional.empty() || !actuals.named.empty()) {
      fail(type->annotation(), " has no __init__ and takes no arguments");
    }
    return make_value_term(object);
  }
  const auto* tuple = type->as<TupleType>();
  if (!tuple) fail("a ", type->annotation(), " cannot be made by calling its type");
  const Schema* schema = scope().constructor_schema(type);
  TEMPER_CHECK(schema);
  std::string why;
  const auto match = match_schema(builder_, *schema, actuals, true, &why);
  if (!match) fail(type->annotation(), ": ", why);
  return make_value_term(builder_.node(Kind::kTupleConstruct, match->inputs, type)->output());
}

Value* Emitter::tuple_item(Value* tuple, size_t index) {
  const TypePtr& type = tuple->type()->expect<TupleType>().elements().at(index);
  if (tuple->node()->is(Kind::kTupleConstruct)) return tuple->node()->input(index);
  Value* position = builder_.constant(static_cast<int64_t>(index));
  return builder_.value(Kind::kTupleIndex, {tuple, position}, type);
}

}  // namespace temper::ir
