#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "ir/graph/type_fit.h"
#include "ir/text/text.h"
#include "ir/text/value_parser.h"

namespace temper::ir {
namespace {

constexpr uint32_t kMaxId = 1u << 30;

// Every kind that a text may name.
const std::unordered_map<std::string_view, Kind>& kinds_by_name() {
  static const auto* const kinds = [] {
    auto* map = new std::unordered_map<std::string_view, Kind>;
    for (int k = static_cast<int>(Kind::kConstant); k <= static_cast<int>(Kind::kWarn); ++k) {
      const Kind kind = static_cast<Kind>(k);
      if (kind != Kind::kParam && kind != Kind::kReturn) map->emplace(kind_name(kind), kind);
    }
    return map;
  }();
  return *kinds;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

class GraphParser {
 public:
  GraphParser(Cursor* cursor, const OpRegistry& ops, TextNames* names, int* depth)
      : cursor_(*cursor),
        ops_(ops),
        names_(*names),
        types_(cursor, names),
        values_(cursor, names),
        depth_(*depth),
        graph_(std::make_shared<Graph>()) {}

  std::shared_ptr<Graph> parse() {
    DepthGuard guard(cursor_, &depth_);
    cursor_.expect("graph");
    cursor_.expect("(");
    for (const Named& input : parse_typed_values(")")) {
      define(input, graph_->add_input(input.type));
    }
    cursor_.expect(":");
    parse_nodes(graph_->block());
    cursor_.expect("return");
    for (Value* output : parse_uses()) graph_->block()->add_output(output);
    renumber();
    for (size_t i = 0; i < owners_.size(); ++i) {
      cursor_.expect("with");
      cursor_.expect(str_cat(kind_name(owners_[i]->kind()), "_", i));
      cursor_.expect("=");
      GraphParser inner(&cursor_, ops_, &names_, &depth_);
      owners_[i]->set_attribute("Subgraph", inner.parse());
    }
    return graph_;
  }

 private:
  struct Named {
    std::string name;
    TypePtr type;
  };

  std::string parse_name() {
    cursor_.expect("%");
    const std::string_view name = cursor_.word_here();
    if (name.empty() || name.find(':') != name.npos) cursor_.error("expected a value's name");
    return std::string(name);
  }

  // "%a : T, %b : T" up to `close`, which is taken. A missing type stays null.
  std::vector<Named> parse_typed_values(std::string_view close) {
    std::vector<Named> values;
    if (cursor_.eat(close)) return values;
    do {
      Named named{parse_name(), nullptr};
      if (cursor_.eat(":")) named.type = types_.parse();
      if (!named.type && close != "=") cursor_.error("expected a type");
      values.push_back(std::move(named));
    } while (cursor_.eat(","));
    cursor_.expect(close);
    return values;
  }

  std::vector<Value*> parse_uses() {
    cursor_.expect("(");
    std::vector<Value*> values;
    if (cursor_.eat(")")) return values;
    do {
      const std::string name = parse_name();
      const auto found = scope_.find(name);
      if (found == scope_.end()) cursor_.error(str_cat("%", name, " is not defined here"));
      values.push_back(found->second);
    } while (cursor_.eat(","));
    cursor_.expect(")");
    return values;
  }

  void define(const Named& named, Value* value) {
    if (!taken_.insert(named.name).second) {
      cursor_.error(str_cat("%", named.name, " is defined twice"));
    }
    scope_.emplace(named.name, value);
    order_.push_back(named.name);
    created_.push_back(value);
    if (named.name.find_first_not_of("0123456789") != std::string::npos) {
      value->set_name(named.name);
      return;
    }
    uint32_t id = 0;
    const auto [end, bad] =
        std::from_chars(named.name.data(), named.name.data() + named.name.size(), id);
    if (bad != std::errc() || id > kMaxId || (named.name.size() > 1 && named.name[0] == '0')) {
      cursor_.error("bad number of a value");
    }
    numbers_.emplace(value, id);
  }

  // Unnamed values keep the numbers of the text, the others get free ones.
  void renumber() {
    uint32_t next = 0;
    for (const auto& [value, id] : numbers_) next = std::max(next, id + 1);
    graph_->reserve_ids(next);
    for (Value* value : created_) {
      const auto number = numbers_.find(value);
      value->set_id(number != numbers_.end() ? number->second : next++);
    }
    graph_->reserve_ids(next);
  }

  void parse_nodes(Block* block) {
    while (!cursor_.peek("->") && !cursor_.peek("return")) {
      if (cursor_.at_end()) cursor_.error("the graph does not end");
      if (!cursor_.peek("%") && !cursor_.peek("=")) cursor_.error("expected a node");
      parse_node(block);
    }
  }

  void parse_node(Block* block) {
    const std::vector<Named> outputs = parse_typed_values("=");
    const std::string kind(cursor_.expect_word("an operator"));
    Attributes attributes = parse_attributes(kind, outputs);
    const std::vector<Value*> inputs = parse_uses();
    Node* node = make_node(kind, inputs, outputs);
    for (auto& [name, value] : attributes) node->set_attribute(name, std::move(value));
    block->append(node);
    const bool has_blocks = node->is(Kind::kIf) || node->is(Kind::kLoop);
    for (size_t i = 0; has_blocks && cursor_.eat(str_cat("block", i, "(")); ++i) {
      parse_block(node->add_block());
    }
    if (node->is(Kind::kGetAttr) || node->is(Kind::kSetAttr)) note_attribute(*node);
    for (size_t i = 0; i < outputs.size(); ++i) define(outputs[i], node->output(i));
  }

  void note_attribute(const Node& node) {
    const bool get = node.is(Kind::kGetAttr);
    if (node.inputs().empty() || !node.has_attribute("name") || (get && node.outputs().empty()) ||
        (!get && node.inputs().size() < 2)) {
      return;
    }
    names_.note_attribute(node.input(0)->type(), node.name(),
                          get ? node.output()->type() : node.input(1)->type());
  }

  void parse_block(Block* block) {
    DepthGuard guard(cursor_, &depth_);
    const size_t mark = order_.size();
    for (const Named& input : parse_typed_values(")")) define(input, block->add_input(input.type));
    cursor_.expect(":");
    parse_nodes(block);
    cursor_.expect("->");
    for (Value* output : parse_uses()) block->add_output(output);
    for (; order_.size() > mark; order_.pop_back()) scope_.erase(order_.back());
  }

  using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

  Attributes parse_attributes(std::string_view kind, const std::vector<Named>& outputs) {
    Attributes attributes;
    if (!cursor_.eat("[")) return attributes;
    const bool constant = kind == kind_name(Kind::kConstant);
    const TypePtr declared =
        constant && outputs.size() == 1 && outputs[0].type ? outputs[0].type : Type::any();
    do {
      std::string name(cursor_.expect_word("an attribute"));
      cursor_.expect("=");
      if (constant && name == "name") {
        attributes.emplace_back("value", parse_function());
      } else {
        AttributeValue value = parse_attribute(name, constant ? declared : Type::any());
        attributes.emplace_back(std::move(name), std::move(value));
      }
    } while (cursor_.eat(","));
    cursor_.expect("]");
    return attributes;
  }

  IValue parse_function() {
    const std::string name = values_.parse_string();
    IValue function = names_.find_function(name);
    if (function.is_none()) cursor_.error(str_cat("unknown function ", name));
    return function;
  }

  AttributeValue parse_attribute(std::string_view name, const TypePtr& declared) {
    if (name == "type" || ends_with(name, "_type")) return types_.parse();
    if (name != "types" && !ends_with(name, "_types")) {
      if (name == "name") return IValue(values_.parse_string());
      return values_.parse(declared);
    }
    std::vector<TypePtr> types;
    cursor_.expect("[");
    if (cursor_.eat("]")) return types;
    do {
      types.push_back(types_.parse());
    } while (cursor_.eat(","));
    cursor_.expect("]");
    return types;
  }

  Node* make_node(const std::string& name, const std::vector<Value*>& inputs,
                  const std::vector<Named>& outputs) {
    const auto known = kinds_by_name().find(name);
    const std::optional<Kind> owner = owner_kind(name);
    if (known == kinds_by_name().end() && !owner) return make_op(name, inputs, outputs);
    Node* node = graph_->create(owner ? *owner : known->second, inputs);
    if (owner) owners_.push_back(node);
    for (const Named& output : outputs) {
      if (!output.type) cursor_.error(str_cat("%", output.name, " needs a type"));
      node->add_output(output.type);
    }
    return node;
  }

  // Nodes with a subgraph have its number behind their name.
  std::optional<Kind> owner_kind(const std::string& name) const {
    for (const Kind kind : {Kind::kFork, Kind::kPointwiseGroup}) {
      if (name == str_cat(kind_name(kind), "_", owners_.size())) return kind;
    }
    return std::nullopt;
  }

  Node* make_op(const std::string& name, const std::vector<Value*>& inputs,
                const std::vector<Named>& outputs) {
    std::vector<TypePtr> types;
    for (const Named& output : outputs) {
      if (output.type) types.push_back(output.type);
    }
    if (types.size() != outputs.size()) types.clear();
    const bool has_overload = name.find('.') != std::string::npos;
    const OpDef* op = has_overload ? ops_.find(name) : find_overload(ops_, name, inputs, types);
    if (!op) cursor_.error(no_overload(name, inputs));
    if (!op->schema().varret && outputs.size() != op->schema().returns.size()) {
      cursor_.error(str_cat(name, " has ", op->schema().returns.size(), " results"));
    }
    if (types.size() != outputs.size()) types = types_from_schema(*op, inputs, outputs);
    return graph_->create_op(op, inputs, types);
  }

  std::string no_overload(const std::string& name, const std::vector<Value*>& inputs) const {
    if (ops_.overloads(name).empty()) return str_cat("unknown operator ", name);
    std::string types;
    for (const Value* input : inputs) {
      types += (types.empty() ? "" : ", ") + input->type()->ir_text();
    }
    return str_cat("no overload of ", name, " takes (", types, ")");
  }

  std::vector<TypePtr> types_from_schema(const OpDef& op, const std::vector<Value*>& inputs,
                                         const std::vector<Named>& outputs) {
    TypeBindings bound;
    for (size_t i = 0; i < op.schema().arguments.size() && i < inputs.size(); ++i) {
      match_schema_type(op.schema().arguments[i].type, inputs[i]->type(), &bound);
    }
    std::vector<TypePtr> types;
    for (size_t i = 0; i < outputs.size(); ++i) {
      TypePtr type = outputs[i].type;
      if (!type && i < op.schema().returns.size()) {
        type = substitute(op.schema().returns[i].type, bound);
      }
      types.push_back(type ? type : Type::tensor());
    }
    return types;
  }

  Cursor& cursor_;
  const OpRegistry& ops_;
  TextNames& names_;
  TypeParser types_;
  ValueParser values_;
  int& depth_;
  std::shared_ptr<Graph> graph_;
  std::unordered_map<std::string, Value*> scope_;
  std::unordered_set<std::string> taken_;
  std::vector<std::string> order_;  // names of scope_, oldest first
  std::vector<Value*> created_;
  std::unordered_map<const Value*, uint32_t> numbers_;
  std::vector<Node*> owners_;  // of subgraphs, in the order of their numbers
};

}  // namespace

std::shared_ptr<Graph> parse_graph(std::string_view text, const OpRegistry& ops,
                                   const NameSource* names) {
  Cursor cursor(text);
  TextNames known(names);
  int depth = 0;
  std::shared_ptr<Graph> graph = GraphParser(&cursor, ops, &known, &depth).parse();
  if (!cursor.at_end()) cursor.error("expected the end");
  return graph;
}

}  // namespace temper::ir
