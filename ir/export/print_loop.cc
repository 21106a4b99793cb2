// Loops of the serialized dialect: variables are carried by assigning them at the end of the body.

#include "core/base/error.h"
#include "ir/export/function_printer.h"

namespace temper::ir {
namespace {

bool is_true(const Value* value) {
  const Node* node = value->node();
  return node->is(Kind::kConstant) && node->value().is_bool() && node->value().to_bool();
}

// The result that is the condition anyway, as in code that was printed before; null: none.
const Value* carried_condition(const Node& node) {
  const auto next = node.block_at(0)->outputs();
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    if (node.input(i + 2) == node.input(1) && next[i + 1] == next[0]) return node.output(i);
  }
  return nullptr;
}

bool has_no_count(const Node& node) {
  const Node* count = node.input(0)->node();
  return count->is(Kind::kConstant) && count->value().is_int() &&
         count->value().to_int() == INT64_MAX && node.block_at(0)->inputs()[0]->uses().empty();
}

}  // namespace

void FunctionPrinter::loop(const Node& node) {
  carry(node);
  if (is_true(node.input(1)) && is_true(node.block_at(0)->outputs()[0])) {
    counted_loop(node);
  } else {
    condition_loop(node, !has_no_count(node));
  }
}

// One variable is the result, the parameter of the body and what the body hands on.
void FunctionPrinter::carry(const Node& node) {
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    settle(node.output(i), node.input(i + 2));
    alias(node.block_at(0)->inputs()[i + 1], names_.at(node.output(i)));
  }
}

// What the body hands on, all at once: sources may be variables that are targets too.
void FunctionPrinter::hand_on(const Node& node, std::string targets, std::string sources) {
  const auto results = node.block_at(0)->outputs().subspan(1);
  for (size_t i = 0; i < results.size(); ++i) {
    const std::string& target = names_.at(node.output(i));
    const std::string source = ref(results[i]);
    if (source == target) continue;
    targets += (targets.empty() ? "" : ", ") + target;
    sources += (sources.empty() ? "" : ", ") + source;
  }
  if (!targets.empty()) line(targets, " = ", sources);
}

void FunctionPrinter::counted_loop(const Node& node) {
  const Block& body = *node.block_at(0);
  line("for ", define(body.inputs()[0]), " in range(", ref(node.input(0)), "):");
  ++level_;
  const size_t before = out_.size();
  block(body);
  hand_on(node, "", "");
  if (out_.size() == before) line("pass");
  --level_;
}

void FunctionPrinter::condition_loop(const Node& node, bool counted) {
  const Block& body = *node.block_at(0);
  if (const Value* carried = counted ? nullptr : carried_condition(node)) {
    line("while ", names_.at(carried), ":");
    ++level_;
    block(body);
    hand_on(node, "", "");
    --level_;
    return;
  }
  const std::string proceed = unique("");
  if (!counted) {
    line(proceed, " = ", ref(node.input(1)));
    line("while ", proceed, ":");
    ++level_;
    block(body);
    hand_on(node, proceed, ref(body.outputs()[0]));
    --level_;
    return;
  }
  const std::string index = define(body.inputs()[0]), limit = ref(node.input(0));
  line(index, " = 0");
  line(proceed, " = torch.__and__(torch.lt(0, ", limit, "), ", ref(node.input(1)), ")");
  line("while ", proceed, ":");
  ++level_;
  block(body);
  const std::string next = unique("");
  line(next, " = torch.add(", index, ", 1)");
  hand_on(node, str_cat(proceed, ", ", index),
          str_cat("torch.__and__(torch.lt(", next, ", ", limit, "), ", ref(body.outputs()[0]),
                  "), ", next));
  --level_;
}

}  // namespace temper::ir
