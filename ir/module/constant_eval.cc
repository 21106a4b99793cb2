#include "ir/module/constant_eval.h"

#include <unordered_map>

#include "core/op/op_call.h"
#include "core/op/run_context.h"
#include "core/value/containers.h"
#include "ir/script/diagnostics.h"
#include "ir/script/emitter.h"

namespace temper::ir {
namespace {

class Evaluator {
 public:
  explicit Evaluator(const Expr& expr) : expr_(expr) {}

  IValue run(const Graph& graph) {
    for (const Node* node : *graph.block()) execute(*node);
    return values_.at(graph.outputs()[0]);
  }

 private:
  std::vector<IValue> inputs_of(const Node& node) const {
    std::vector<IValue> inputs;
    for (const Value* input : node.inputs()) inputs.push_back(values_.at(input));
    return inputs;
  }

  void execute(const Node& node) {
    switch (node.kind()) {
      case Kind::kConstant: return set(node, node.value());
      case Kind::kUncheckedCast: return set(node, values_.at(node.input(0)));
      case Kind::kListConstruct: {
        const auto& type = node.output()->type()->expect<WrapperType>();
        return set(node, make_list(type.element(), inputs_of(node)));
      }
      case Kind::kTupleConstruct: {
        const TypePtr& type = node.output()->type();
        const bool named = type->expect<TupleType>().named();
        return set(node, make_ref<TupleValue>(inputs_of(node), named ? type : nullptr));
      }
      case Kind::kDictConstruct: {
        const auto& type = node.output()->type()->expect<DictType>();
        auto dict = make_ref<DictValue>(type.key(), type.value());
        const std::vector<IValue> items = inputs_of(node);
        for (size_t i = 0; i + 1 < items.size(); i += 2) dict->set(items[i], items[i + 1]);
        return set(node, dict);
      }
      case Kind::kOp: return execute_op(node);
      default: fail_at(expr_.range, "this is not a constant expression");
    }
  }

  void execute_op(const Node& node) {
    const OpDef& op = *node.op();
    if (!op.kernel()) {
      throw_at(ErrorKind::kUnimplemented, expr_.range,
               str_cat("operator ", op.key(), " cannot be evaluated in a constant"));
    }
    std::vector<IValue> registers = inputs_of(node);
    std::vector<Register> in;
    std::vector<Register> out;
    for (size_t i = 0; i < registers.size(); ++i) in.push_back(static_cast<Register>(i));
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      out.push_back(static_cast<Register>(registers.size()));
      registers.emplace_back();
    }
    RunContext context;
    OpCall call(op, context, registers.data(), in.data(), in.size(), out.data(), out.size());
    op.kernel()(call);
    for (size_t i = 0; i < out.size(); ++i) values_[node.output(i)] = registers[out[i]];
  }

  void set(const Node& node, IValue value) { values_[node.output()] = std::move(value); }

  const Expr& expr_;
  std::unordered_map<const Value*, IValue> values_;
};

}  // namespace

IValue evaluate_constant(const Expr& expr, const TypePtr& type, ProgramScope& scope) {
  Graph graph;
  Emitter(graph, scope).emit_lone_expression(expr, type);
  return Evaluator(expr).run(graph);
}

}  // namespace temper::ir
