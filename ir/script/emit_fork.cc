// Nested functions and the forks that run them.

#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"
#include "ir/script/type_annotations.h"

namespace temper::ir {

// The body sees the variables of now: it is compiled here, whenever it is forked.
void Emitter::emit_closure(const FunctionDef& def) {
  if (!def.params.empty()) fail("a nested function cannot have parameters");
  auto graph = std::make_shared<Graph>();
  Emitter inner(*graph, scope(), this);
  Schema schema;
  schema.name = def.name;
  if (def.return_annotation) {
    schema.returns.emplace_back().type = resolve_type(*def.return_annotation);
  }
  TypePtr result = inner.emit_function(def, schema);
  std::vector<Value*> captured;
  for (const Capture& capture : inner.captures()) captured.push_back(capture.outer);
  frame_->variables[def.name] =
      std::make_shared<ClosureTerm>(std::move(graph), std::move(captured), std::move(result));
  frame_->assigned.insert(def.name);
}

Value* Emitter::emit_fork(const Expr& call) {
  if (call.children.size() < 2) fail("fork() takes a function and its arguments");
  const TermPtr callee = emit(*call.children[1]);
  std::shared_ptr<Graph> graph;
  std::vector<Value*> inputs;
  TypePtr result;
  if (const auto* closure = dynamic_cast<const ClosureTerm*>(callee.get())) {
    graph = closure->graph();
    inputs = closure->captures();
    result = closure->result();
  } else {
    // A subgraph that does nothing but call.
    graph = std::make_shared<Graph>();
    Emitter inner(*graph, scope());
    const Builder::At at(inner.builder(), builder_.range());
    const auto pass = [&](Value* value) {
      inputs.push_back(value);
      return graph->add_input(value->type());
    };
    TermPtr target = callee;
    if (const auto* method = dynamic_cast<const MethodTerm*>(callee.get())) {
      target = std::make_shared<MethodTerm>(pass(method->self()), method->name());
    } else if (Value* object = callee->plain_value()) {
      target = make_value_term(pass(object));
    }
    Actuals actuals;
    for (size_t i = 2; i < call.children.size(); ++i) {
      actuals.positional.push_back({pass(emit_value(*call.children[i])), ""});
    }
    for (const Keyword& keyword : call.keywords) {
      actuals.named.push_back({pass(emit_value(*keyword.value)), keyword.name});
    }
    result = inner.emit_body([&] { return target->apply(inner, actuals, nullptr)->value(inner); });
  }
  Node* node = builder_.node(Kind::kFork, inputs, future_of(std::move(result)));
  node->set_attribute("Subgraph", std::move(graph));
  return node->output();
}

}  // namespace temper::ir
