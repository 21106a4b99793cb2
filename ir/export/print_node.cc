// Expressions of the serialized dialect: one node each.

#include "core/base/error.h"
#include "ir/export/function_printer.h"

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

// Trailing arguments that equal their defaults are left to the reader, as PyTorch does: later
// versions may have more of them.
std::string FunctionPrinter::operator_call(const Node& node) {
  const std::vector<Argument>& declared = node.op()->schema().arguments;
  const auto is_positional = [&](size_t i) {
    return i >= declared.size() || !declared[i].keyword_only;
  };
  size_t positional = 0;
  for (size_t i = 0; i < node.inputs().size(); ++i) {
    if (!is_positional(i)) continue;
    if (i >= declared.size() || !is_default(node.input(i), declared[i])) positional = i + 1;
  }
  std::string arguments;
  for (size_t i = 0; i < node.inputs().size(); ++i) {
    const bool named = !is_positional(i);
    if (named ? is_default(node.input(i), declared[i]) : i >= positional) continue;
    if (!arguments.empty()) arguments += ", ";
    if (named) arguments += declared[i].name + "=";
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
