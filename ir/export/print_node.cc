// Expressions of the serialized dialect: one node each.

#include <functional>

#include "core/base/error.h"
#include "ir/export/function_printer.h"
#include "ir/graph/type_fit.h"

namespace temper::ir {
namespace {

// Operators of this namespace are ours: no other runtime knows them.
constexpr std::string_view kOwnOperators = "temper::";

// Where an operator's name is looked up: "aten::add" is torch.add, others are ops.ns.name.
std::string operator_path(std::string_view name) {
  if (name.starts_with(kOwnOperators)) {
    unimplemented("saving a program that was optimized for temper alone: it uses ", name);
  }
  const size_t colons = name.find("::");
  const std::string_view space = name.substr(0, colons), rest = name.substr(colons + 2);
  return space == "aten" ? str_cat("torch.", rest) : str_cat("ops.", space, ".", rest);
}

// An argument that a reader fills in by itself.
bool is_default(const Value* value, const Argument& argument) {
  if (!argument.default_value || argument.is_write()) return false;
  const Node* node = value->node();
  if (!node->is(Kind::kConstant)) return false;
  const IValue &given = node->value(), &wanted = *argument.default_value;
  if (given.tag() != wanted.tag()) return false;
  return given.is_none() || (!given.is_tensor() && equal(given, wanted));
}

std::string uninitialized(const Node& node) {
  return str_cat("uninitialized(", annotation_of(node.output()->type()), ")");
}

bool accepts(const Argument& argument, const Value* value, TypeBindings* bound) {
  const bool constant = value->node()->is(Kind::kConstant);
  const TypePtr type = constant ? type_of(value->node()->value()) : value->type();
  if (match_schema_type(argument.type, type, bound)) return true;
  // A lone number stands for a list of a fixed size.
  if (!argument.fixed_size) return false;
  return match_schema_type(without_none(argument.type)->contained()[0], type, bound);
}

// Whether a call with the `given` inputs of the node fits the schema, without conversions.
bool accepts(const Schema& schema, const Node& node, const std::function<bool(size_t)>& given) {
  const std::vector<Argument>& declared = node.op()->schema().arguments;
  std::vector<bool> filled(schema.arguments.size(), false);
  TypeBindings bound;
  for (size_t i = 0; i < node.inputs().size() && i < declared.size(); ++i) {
    if (!given(i)) continue;
    const bool named = declared[i].keyword_only;
    const int at = named ? schema.find_argument(declared[i].name) : static_cast<int>(i);
    if (at < 0 || static_cast<size_t>(at) >= schema.arguments.size()) return false;
    const Argument& argument = schema.arguments[static_cast<size_t>(at)];
    if ((!named && argument.keyword_only) || !accepts(argument, node.input(i), &bound)) {
      return false;
    }
    filled[static_cast<size_t>(at)] = true;
  }
  for (size_t i = 0; i < filled.size(); ++i) {
    if (!filled[i] && !schema.arguments[i].default_value) return false;
  }
  return true;
}

bool takes_earlier_overload(const OpRegistry& ops, const Node& node,
                            const std::function<bool(size_t)>& given) {
  for (const OpDef* overload : ops.overloads(node.op()->name())) {
    if (overload == node.op()) return false;
    if (accepts(overload->schema(), node, given)) return true;
  }
  return false;
}

// Elements whose type a reader cannot tell apart from the declared one.
bool tells_type(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kTensor:
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kBool:
    case TypeKind::kString: return true;
    default: return false;
  }
}

}  // namespace

std::string FunctionPrinter::expression(const Node& node) {
  switch (node.kind()) {
    case Kind::kOp: return operator_call(node);
    case Kind::kListConstruct: return list(node);
    case Kind::kDictConstruct: return dict(node);
    case Kind::kTupleConstruct: return tuple(node);
    case Kind::kTupleIndex:
      if (node.input(0)->node()->is(Kind::kUninitialized)) return uninitialized(node);
      return str_cat(receiver(node.input(0)), "[", ref(node.input(1)), "]");
    case Kind::kTupleSlice:
      return str_cat(receiver(node.input(0)), "[", node.int_attribute("beg"), ":",
                     node.int_attribute("end"), "]");
    case Kind::kGetAttr: return attribute(node);
    case Kind::kCreateObject: {
      const std::string name = annotation_of(node.output()->type());
      return str_cat(name, ".__new__(", name, ")");
    }
    case Kind::kCallMethod:
      return str_cat(receiver(node.input(0)), ".", node.name(), "(", refs(node.inputs().subspan(1)),
                     ")");
    case Kind::kCallFunction:
      return str_cat(ref(node.input(0)), "(", refs(node.inputs().subspan(1)), ")");
    case Kind::kIsInstance: return type_test(node);
    case Kind::kUncheckedCast:
      return str_cat("unchecked_cast(", annotation_of(node.output()->type()), ", ",
                     ref(node.input(0)), ")");
    case Kind::kUninitialized: return uninitialized(node);
    case Kind::kToList:
      return str_cat("annotate(", annotation_of(node.output()->type()), ", ",
                     receiver(node.input(0)), ".tolist())");
    case Kind::kEnumName: return receiver(node.input(0)) + ".name";
    case Kind::kEnumValue: return receiver(node.input(0)) + ".value";
    case Kind::kPrint: return str_cat("print(", refs(node.inputs()), ")");
    case Kind::kFormat:
    case Kind::kWarn:
    case Kind::kRaiseException:
      return str_cat(operator_path(node.kind_text()), "(", refs(node.inputs()), ")");
    default: unimplemented("saving a node of kind ", node.kind_text());
  }
}

// Trailing arguments that equal their defaults are left to the reader, as PyTorch does: earlier
// versions may not have them. Not where the reader would then take another overload.
std::string FunctionPrinter::operator_call(const Node& node) {
  const std::vector<Argument>& declared = node.op()->schema().arguments;
  const auto is_out = [&](size_t i) {
    return i < declared.size() && declared[i].keyword_only && declared[i].is_write();
  };
  size_t needed = node.inputs().size();
  while (needed > 0 && needed <= declared.size() &&
         (is_out(needed - 1) || is_default(node.input(needed - 1), declared[needed - 1]))) {
    --needed;
  }
  const auto given = [&](size_t i) { return i < needed || is_out(i); };
  if (takes_earlier_overload(ops_, node, given)) needed = node.inputs().size();
  std::string arguments;
  for (size_t i = 0; i < node.inputs().size(); ++i) {
    if (!given(i)) continue;
    if (!arguments.empty()) arguments += ", ";
    if (i < declared.size() && declared[i].keyword_only) arguments += declared[i].name + "=";
    arguments += ref(node.input(i));
  }
  return str_cat(operator_path(node.op()->name()), "(", arguments, ")");
}

std::string FunctionPrinter::list(const Node& node) {
  const TypePtr& type = node.output()->type();
  const TypePtr& element = type->expect<WrapperType>().element();
  bool told = !node.inputs().empty() && tells_type(element);
  for (const Value* item : node.inputs()) {
    told = told && item->type()->kind() == element->kind();
  }
  const std::string text = str_cat("[", refs(node.inputs()), "]");
  return told ? text : str_cat("annotate(", annotation_of(type), ", ", text, ")");
}

std::string FunctionPrinter::dict(const Node& node) {
  std::string items;
  for (size_t i = 0; i + 1 < node.inputs().size(); i += 2) {
    items += str_cat(i ? ", " : "", ref(node.input(i)), ": ", ref(node.input(i + 1)));
  }
  return str_cat("annotate(", annotation_of(node.output()->type()), ", {", items, "})");
}

std::string FunctionPrinter::tuple(const Node& node) {
  const auto& type = node.output()->type()->expect<TupleType>();
  const std::string items = refs(node.inputs());
  if (!type.name().empty()) return str_cat(type.name(), "(", items, ")");
  return str_cat("(", items, node.inputs().size() == 1 ? ",)" : ")");
}

std::string FunctionPrinter::attribute(const Node& node) {
  if (is_identifier(node.name())) return str_cat(ref(node.input(0)), ".", node.name());
  return str_cat("getattr(", ref(node.input(0)), ", ", quoted(node.name()), ")");
}

std::string FunctionPrinter::type_test(const Node& node) {
  const auto& types = std::get<std::vector<TypePtr>>(node.attribute("types"));
  std::string names;
  for (const TypePtr& type : types) names += (names.empty() ? "" : ", ") + annotation_of(type);
  if (types.size() != 1) names = str_cat("(", names, ")");
  return str_cat("isinstance(", ref(node.input(0)), ", ", names, ")");
}

}  // namespace temper::ir
