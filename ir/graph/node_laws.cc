#include "ir/graph/node_laws.h"

#include "core/value/class_type.h"
#include "core/value/containers.h"

namespace temper::ir {
namespace {

bool is_tensor(const TypePtr& type) { return type->kind() == TypeKind::kTensor; }

const TypePtr* element_of(const TypePtr& type, TypeKind kind) {
  if (type->kind() != kind) return nullptr;
  return &type->expect<WrapperType>().element();
}

Breach breach(int law, std::string reason) { return {law, std::move(reason)}; }

Breach expect_counts(const Node& node, size_t inputs, size_t outputs) {
  if (node.inputs().size() == inputs && node.outputs().size() == outputs) return {};
  return breach(11, str_cat("has ", node.inputs().size(), " inputs and ", node.outputs().size(),
                            " outputs, should have ", inputs, " and ", outputs));
}

bool has_ivalue(const Node& node, std::string_view name, Tag tag) {
  if (!node.has_attribute(name)) return false;
  const IValue* value = std::get_if<IValue>(&node.attribute(name));
  return value && value->tag() == tag;
}

Breach check_constant(const Node& node) {
  if (Breach b = expect_counts(node, 0, 1)) return b;
  if (!node.attributes().empty() &&
      (!node.has_attribute("value") || !std::get_if<IValue>(&node.attribute("value")))) {
    return breach(12, "needs a value attribute or none at all");
  }
  const TypePtr& type = node.output()->type();
  const IValue& value = node.value();
  switch (value.tag()) {
    case Tag::kFuture:
    case Tag::kRRef:
    case Tag::kGenerator:
    case Tag::kCapsule:
    case Tag::kUninitialized:
      return breach(12, str_cat("holds a ", tag_name(value.tag()), ", which is no data"));
    default: break;
  }
  const bool fits = value.is_none()     ? may_be_none(type)
                    : value.is_tensor() ? is_tensor(type) || matches_type(value, type)
                                        : matches_type(value, type);
  if (!fits) {
    return breach(12,
                  str_cat("holds a ", tag_name(value.tag()), " but its type is ", type->ir_text()));
  }
  return {};
}

Breach check_construct(const Node& node) {
  if (node.outputs().size() != 1) return breach(11, "needs one output");
  const TypePtr& type = node.output()->type();
  if (node.is(Kind::kTupleConstruct)) {
    const auto* tuple = type->as<TupleType>();
    if (!tuple || tuple->elements().size() != node.inputs().size()) {
      return breach(13, str_cat("has ", node.inputs().size(), " inputs for ", type->ir_text()));
    }
    for (size_t i = 0; i < node.inputs().size(); ++i) {
      if (!type_fits(node.input(i)->type(), tuple->elements()[i])) {
        return breach(13, str_cat("element ", i, " is a ", node.input(i)->type()->ir_text()));
      }
    }
    return {};
  }
  if (node.is(Kind::kListConstruct)) {
    const TypePtr* element = element_of(type, TypeKind::kList);
    if (!element) return breach(13, "makes no list");
    for (const Value* input : node.inputs()) {
      if (!type_fits(input->type(), *element)) {
        return breach(13, str_cat(input->type()->ir_text(), " put into ", type->ir_text()));
      }
    }
    return {};
  }
  const auto* dict = type->as<DictType>();
  if (!dict || node.inputs().size() % 2) return breach(13, "makes no dict of pairs");
  for (size_t i = 0; i < node.inputs().size(); ++i) {
    if (!type_fits(node.input(i)->type(), i % 2 ? dict->value() : dict->key())) {
      return breach(13, str_cat(node.input(i)->type()->ir_text(), " put into ", type->ir_text()));
    }
  }
  return {};
}

Breach check_element(const TypePtr& element, const Value* output) {
  if (type_fits(element, output->type())) return {};
  return breach(13, str_cat("takes a ", element->ir_text(), " for a ", output->type()->ir_text()));
}

Breach check_unpack(const Node& node) {
  if (node.inputs().size() != 1) return breach(11, "needs one input");
  const TypePtr& type = node.input(0)->type();
  const auto* tuple = type->as<TupleType>();
  const TypePtr* element = element_of(type, TypeKind::kList);
  if (node.is(Kind::kListUnpack) ? !element
                                 : !tuple || tuple->elements().size() != node.outputs().size()) {
    return breach(13, str_cat("gives ", node.outputs().size(), " values of ", type->ir_text()));
  }
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    if (Breach b = check_element(tuple ? tuple->elements()[i] : *element, node.output(i))) return b;
  }
  return {};
}

// Which element it is only running tells: one of them must fit.
Breach check_tuple_index(const Node& node) {
  if (Breach b = expect_counts(node, 2, 1)) return b;
  const auto* tuple = node.input(0)->type()->as<TupleType>();
  if (!tuple) return breach(13, "indexes what is no tuple");
  for (const TypePtr& element : tuple->elements()) {
    if (type_fits(element, node.output()->type())) return {};
  }
  return breach(13, str_cat("finds no ", node.output()->type()->ir_text()));
}

Breach check_tuple_slice(const Node& node) {
  if (Breach b = expect_counts(node, 1, 1)) return b;
  if (!has_ivalue(node, "beg", Tag::kInt) || !has_ivalue(node, "end", Tag::kInt)) {
    return breach(12, "needs beg and end attributes");
  }
  const auto* from = node.input(0)->type()->as<TupleType>();
  const auto* to = node.output()->type()->as<TupleType>();
  const int64_t begin = node.int_attribute("beg"), end = node.int_attribute("end");
  if (!from || !to || begin < 0 || end < begin ||
      end > static_cast<int64_t>(from->elements().size()) ||
      end - begin != static_cast<int64_t>(to->elements().size())) {
    return breach(13, "slices no tuple, or takes more than it has");
  }
  for (size_t i = 0; i < to->elements().size(); ++i) {
    if (!type_fits(from->elements()[static_cast<size_t>(begin) + i], to->elements()[i])) {
      return breach(13, str_cat("gives another type at ", i));
    }
  }
  return {};
}

Breach check_attribute_access(const Node& node, size_t inputs, size_t outputs) {
  if (Breach b = expect_counts(node, inputs, outputs)) return b;
  if (!has_ivalue(node, "name", Tag::kString)) return breach(12, "needs a name attribute");
  const auto* type = node.input(0)->type()->as<ClassType>();
  if (!type) return breach(14, "accesses what is no object");
  const int slot = type->find_attribute(node.name());
  if (slot < 0) return breach(14, str_cat(type->name(), " has no attribute ", node.name()));
  const TypePtr& declared = type->attributes()[static_cast<size_t>(slot)].type;
  const bool fits = outputs ? type_fits(declared, node.output()->type())
                            : type_fits(node.input(1)->type(), declared);
  if (!fits) return breach(14, str_cat("attribute ", node.name(), " is ", declared->ir_text()));
  return {};
}

Breach check_types_attribute(const Node& node) {
  if (Breach b = expect_counts(node, 1, 1)) return b;
  if (!node.has_attribute("types") ||
      !std::get_if<std::vector<TypePtr>>(&node.attribute("types"))) {
    return breach(12, "needs a list of types");
  }
  return {};
}

}  // namespace

Breach check_operator(const Node& node) {
  if (!node.op()) return breach(9, "has no operator");
  const Schema& schema = node.op()->schema();
  const size_t count = node.inputs().size();
  if (count < schema.arguments.size() || (count > schema.arguments.size() && !schema.vararg)) {
    return breach(9, str_cat("has ", count, " inputs for ", schema.text()));
  }
  if (!schema.varret && node.outputs().size() != schema.returns.size()) {
    return breach(9, str_cat("has ", node.outputs().size(), " outputs for ", schema.text()));
  }
  TypeBindings bound;
  for (size_t i = 0; i < schema.arguments.size(); ++i) {
    const TypePtr& actual = node.input(i)->type();
    if (!match_schema_type(schema.arguments[i].type, actual, &bound)) {
      return breach(10, str_cat("input ", i, " is a ", actual->ir_text(), ", the schema says ",
                                schema.arguments[i].type->ir_text()));
    }
  }
  for (size_t i = 0; i < node.outputs().size() && i < schema.returns.size(); ++i) {
    const TypePtr& actual = node.output(i)->type();
    const TypePtr& formal = schema.returns[i].type;
    // A result may be declared narrower (a checked cast) or wider than the schema says.
    if (!match_schema_type(formal, actual, &bound) &&
        !(!has_type_vars(formal) && type_fits(formal, actual))) {
      return breach(10, str_cat("output ", i, " is a ", actual->ir_text(), ", the schema says ",
                                formal->ir_text()));
    }
  }
  return {};
}

Breach check_core_node(const Node& node) {
  switch (node.kind()) {
    case Kind::kConstant: return check_constant(node);
    case Kind::kListConstruct:
    case Kind::kDictConstruct:
    case Kind::kTupleConstruct: return check_construct(node);
    case Kind::kListUnpack:
    case Kind::kTupleUnpack: return check_unpack(node);
    case Kind::kGetAttr: return check_attribute_access(node, 1, 1);
    case Kind::kSetAttr: return check_attribute_access(node, 2, 0);
    case Kind::kIsInstance: return check_types_attribute(node);
    case Kind::kCallMethod:
      if (!has_ivalue(node, "name", Tag::kString)) return breach(12, "needs a name attribute");
      if (node.inputs().empty()) return breach(11, "needs a receiver");
      return {};
    case Kind::kTupleSlice: return check_tuple_slice(node);
    case Kind::kTupleIndex: return check_tuple_index(node);
    case Kind::kModuleContainerIndex: return expect_counts(node, 2, 1);
    case Kind::kUncheckedCast:
    case Kind::kEnumName:
    case Kind::kEnumValue: return expect_counts(node, 1, 1);
    case Kind::kCreateObject:
    case Kind::kUninitialized: return expect_counts(node, 0, 1);
    case Kind::kToList: return expect_counts(node, 3, 1);
    case Kind::kCallFunction:
      return node.inputs().empty() ? breach(11, "needs a function") : Breach{};
    default: return {};
  }
}

}  // namespace temper::ir
