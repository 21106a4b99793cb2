#include "ir/export/function_printer.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/value/function.h"

namespace temper::ir {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "x.1" and "x.12" are both called x by whoever reads the program.
std::string base_name(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot != std::string_view::npos && is_digits(name.substr(dot + 1))) name = name.substr(0, dot);
  std::string base;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    base += plain ? c : '_';
  }
  // Names like _3 are those of values that have none.
  if (!base.empty() && base[0] == '_' && is_digits(std::string_view(base).substr(1))) return "";
  if (!base.empty() && base[0] >= '0' && base[0] <= '9') base = "v" + base;
  return base;
}

std::string parameter_text(const Argument& argument, ConstantTable& table) {
  std::string type = annotation_of(argument.type);
  if (argument.fixed_size && argument.type->kind() == TypeKind::kList) {
    type = str_cat("BroadcastingList", *argument.fixed_size, "[",
                   annotation_of(argument.type->contained()[0]), "]");
  }
  std::string text = str_cat(argument.name, ": ", type);
  if (argument.default_value) text += "=" + literal(*argument.default_value, table);
  return text;
}

}  // namespace

std::string FunctionPrinter::print(std::string_view name, const Schema& schema, const Graph& graph,
                                   int level) {
  TEMPER_CHECK(graph.inputs().size() == schema.arguments.size());
  level_ = level;
  std::string parameters;
  for (size_t i = 0; i < schema.arguments.size(); ++i) {
    const Argument& argument = schema.arguments[i];
    if (!is_identifier(argument.name) || is_reserved(argument.name)) {
      unimplemented("saving '", schema.name, "', whose parameter is called '", argument.name, "'");
    }
    parameters += (i ? ",\n    " : "") + parameter_text(argument, table_);
    alias(graph.inputs()[i], unique(argument.name));
  }
  if (graph.outputs().size() != 1) unimplemented("saving a function with several results");
  const TypePtr result =
      schema.returns.empty() ? graph.outputs()[0]->type() : schema.returns[0].type;
  line("def ", name, "(", parameters, ") -> ", annotation_of(result), ":");
  ++level_;
  block(*graph.block());
  line("return ", ref(graph.outputs()[0]));
  return std::move(out_);
}

std::string FunctionPrinter::unique(std::string base) {
  if (base.empty()) base = str_cat("_", temporaries_++);
  std::string name = base;
  for (size_t i = 0; is_reserved(name) || used_.count(name); ++i) {
    name = base[0] == '_' && is_digits(base.substr(1)) ? str_cat("_", temporaries_++)
                                                       : str_cat(base, i);
  }
  used_.insert(name);
  return name;
}

const std::string& FunctionPrinter::define(const Value* value) {
  std::string& name = names_[value];
  if (name.empty()) name = unique(base_name(value->name()));
  return name;
}

std::string FunctionPrinter::definitions(absl::Span<Value* const> values) {
  std::string text;
  for (const Value* value : values) text += (text.empty() ? "" : ", ") + define(value);
  return text;
}

std::string FunctionPrinter::ref(const Value* value) {
  if (const auto known = names_.find(value); known != names_.end()) return known->second;
  TEMPER_CHECK(value->node()->is(Kind::kConstant));
  return literal(value->node()->value(), table_);
}

std::string FunctionPrinter::refs(absl::Span<Value* const> values) {
  std::string text;
  for (const Value* value : values) text += (text.empty() ? "" : ", ") + ref(value);
  return text;
}

void FunctionPrinter::assign(const Node& node, const std::string& expression) {
  if (node.outputs().empty()) {
    line(expression);
  } else {
    line(definitions(node.outputs()), " = ", expression);
  }
}

void FunctionPrinter::block(const Block& block) {
  for (const Node* each : block) node(*each);
}

void FunctionPrinter::node(const Node& node) {
  if (node.is(Kind::kConstant) || structure(node)) return;
  assign(node, expression(node));
}

// Statements that are more than an assignment.
bool FunctionPrinter::structure(const Node& node) {
  switch (node.kind()) {
    case Kind::kIf: branch(node); return true;
    case Kind::kLoop: loop(node); return true;
    case Kind::kFork: fork(node); return true;
    case Kind::kTupleUnpack:
    case Kind::kListUnpack: unpack(node); return true;
    case Kind::kSetAttr:
      if (!is_identifier(node.name())) unimplemented("saving a store to '", node.name(), "'");
      line(ref(node.input(0)), ".", node.name(), " = ", ref(node.input(1)));
      return true;
    case Kind::kModuleContainerIndex:
      line(define(node.output()), " : ", annotation_of(node.output()->type()), " = ",
           receiver(node.input(0)), "[", ref(node.input(1)), "]");
      return true;
    case Kind::kEnter:
      line("with ", ref(node.input(0)),
           node.output()->uses().empty() ? "" : " as " + define(node.output()), ":");
      ++level_;
      return true;
    case Kind::kExit:
      if (node.prev()->is(Kind::kEnter)) line("pass");
      --level_;
      return true;
    default: return false;
  }
}

void FunctionPrinter::unpack(const Node& node) {
  if (node.outputs().empty()) {
    if (node.is(Kind::kListUnpack)) unimplemented("saving a check that a list is empty");
    return;
  }
  if (node.input(0)->node()->is(Kind::kUninitialized)) {
    // Nobody reads the parts either, but a reader would look for them.
    for (const Value* part : node.outputs()) {
      line(define(part), " = uninitialized(", annotation_of(part->type()), ")");
    }
    return;
  }
  line(definitions(node.outputs()), ", = ", ref(node.input(0)));
}

// `target = source` where blocks end, with the type that the result has.
void FunctionPrinter::settle(const Value* target, const Value* source) {
  // A literal has the type that its text has, whatever is declared.
  const bool constant = source->node()->is(Kind::kConstant);
  const std::string wanted = annotation_of(target->type());
  const TypePtr given = constant ? type_of(source->node()->value()) : source->type();
  if (wanted == annotation_of(given)) {
    line(define(target), " = ", ref(source));
  } else {
    line(define(target), " : ", wanted, " = ", ref(source));
  }
}

void FunctionPrinter::branch(const Node& node) {
  for (const Value* result : node.outputs()) define(result);
  line("if ", ref(node.input(0)), ":");
  branch_block(*node.block_at(0), node.outputs());
  line("else:");
  branch_block(*node.block_at(1), node.outputs());
}

void FunctionPrinter::branch_block(const Block& block, absl::Span<Value* const> results) {
  ++level_;
  const size_t before = out_.size();
  this->block(block);
  for (size_t i = 0; i < results.size(); ++i) settle(results[i], block.outputs()[i]);
  if (out_.size() == before) line("pass");
  --level_;
}

void FunctionPrinter::fork(const Node& node) {
  const Graph& body = *std::get<std::shared_ptr<Graph>>(node.attribute("Subgraph"));
  const std::string name = unique(str_cat("__forked_function", closures_++));
  line("def ", name, "():");
  for (size_t i = 0; i < body.inputs().size(); ++i) alias(body.inputs()[i], ref(node.input(i)));
  ++level_;
  block(*body.block());
  line("return ", ref(body.outputs()[0]));
  --level_;
  line(define(node.output()), " = fork(", name, ")");
}

}  // namespace temper::ir
