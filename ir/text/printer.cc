#include <functional>

#include "core/value/function.h"
#include "ir/graph/type_fit.h"
#include "ir/script/source.h"
#include "ir/text/constant_printer.h"
#include "ir/text/literal.h"

namespace temper::ir {
namespace {

std::string name_of(const Value& value) {
  return value.name().empty() ? str_cat("%", value.id()) : "%" + value.name();
}

std::string typed(const Value& value) {
  return str_cat(name_of(value), " : ", value.type()->ir_text());
}

template <class Text>
std::string join(absl::Span<Value* const> values, std::string_view separator, Text&& text) {
  std::string result;
  for (const Value* value : values) {
    if (!result.empty()) result += separator;
    result += text(*value);
  }
  return result;
}

class Printer {
 public:
  explicit Printer(const PrintOptions& options) : options_(options) {}

  void print(const Graph& graph) {
    out_ += str_cat("graph(", join(graph.inputs(), ",\n      ", typed), "):\n");
    std::vector<const Node*> owners;
    print_nodes(*graph.block(), 1, &owners);
    out_ += str_cat("  return (", join(graph.outputs(), ", ", name_of), ")\n");
    // Each is followed by its own subgraphs before the next of ours.
    for (size_t i = 0; i < owners.size(); ++i) {
      out_ += str_cat("with ", kind_name(owners[i]->kind()), "_", i, " = ");
      print(*std::get<std::shared_ptr<Graph>>(owners[i]->attribute("Subgraph")));
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void print_nodes(const Block& block, int level, std::vector<const Node*>* owners) {
    for (const Node* node : block) print_node(*node, level, owners);
  }

  void print_node(const Node& node, int level, std::vector<const Node*>* owners) {
    out_.append(static_cast<size_t>(level) * 2, ' ');
    out_ += str_cat(join(node.outputs(), ", ", typed), " = ", kind_text(node));
    std::string attributes;
    for (const auto& [name, value] : node.attributes()) {
      if (std::holds_alternative<std::shared_ptr<Graph>>(value)) {
        out_ += str_cat("_", owners->size());
        owners->push_back(&node);
        continue;
      }
      if (!attributes.empty()) attributes += ", ";
      attributes += attribute_text(node, name, value);
    }
    if (!attributes.empty()) out_ += str_cat("[", attributes, "]");
    out_ += str_cat("(", join(node.inputs(), ", ", name_of), ")");
    if (options_.ranges && node.range().text) {
      const std::string place = describe(node.range());
      if (!place.empty()) out_ += " # " + place;
    }
    out_ += "\n";
    for (size_t i = 0; i < node.blocks().size(); ++i) {
      print_block(*node.block_at(i), i, level + 1, owners);
    }
  }

  void print_block(const Block& block, size_t index, int level, std::vector<const Node*>* owners) {
    out_.append(static_cast<size_t>(level) * 2, ' ');
    out_ += str_cat("block", index, "(", join(block.inputs(), ", ", typed), "):\n");
    print_nodes(block, level + 1, owners);
    out_.append(static_cast<size_t>(level + 1) * 2, ' ');
    out_ += str_cat("-> (", join(block.outputs(), ", ", name_of), ")\n");
  }

  std::string kind_text(const Node& node) const {
    if (!node.op() || !options_.ops) return node.kind_text();
    std::vector<TypePtr> types;
    for (const Value* output : node.outputs()) types.push_back(output->type());
    const OpDef* found = find_overload(*options_.ops, node.op()->name(), node.inputs(), types);
    return found == node.op() ? node.kind_text() : node.op()->key();
  }

  std::string attribute_text(const Node& node, const std::string& name,
                             const AttributeValue& value) const {
    if (const auto* type = std::get_if<TypePtr>(&value)) {
      return str_cat(name, "=", (*type)->ir_text());
    }
    if (const auto* types = std::get_if<std::vector<TypePtr>>(&value)) {
      std::string text;
      for (const TypePtr& type : *types) text += (text.empty() ? "" : ", ") + type->ir_text();
      return str_cat(name, "=[", text, "]");
    }
    const IValue& constant = std::get<IValue>(value);
    const bool declared = node.is(Kind::kConstant) && name == "value" && node.outputs().size() == 1;
    const TypePtr type = declared ? node.output()->type() : Type::any();
    if (declared && constant.tag() == Tag::kFunction) {
      const Function& function = constant.to_function();
      return str_cat("name=", quote(options_.lossless ? std::string_view(function.qualified_name())
                                                      : function.name()));
    }
    return str_cat(
        name, "=",
        declared ? declared_text(constant, type) : constant_text(constant, type, options_));
  }

  // At the top of a constant, bools and devices are attributes of another kind in TorchScript.
  std::string declared_text(const IValue& value, const TypePtr& type) const {
    const TypePtr plain = may_be_none(type) ? without_none(type) : type;
    if (value.is_bool() && plain->kind() == TypeKind::kBool) return value.to_bool() ? "1" : "0";
    if (value.tag() == Tag::kDevice && plain->kind() == TypeKind::kDevice) {
      return quote(to_string(value.to_device()));
    }
    return constant_text(value, type, options_);
  }

  const PrintOptions& options_;
  std::string out_;
};

}  // namespace

std::string print(const Graph& graph, const PrintOptions& options) {
  Printer printer(options);
  printer.print(graph);
  return printer.take();
}

}  // namespace temper::ir
