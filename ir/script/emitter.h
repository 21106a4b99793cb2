#pragma once
// One function: syntax tree -> SSA graph. Variables become values as they are assigned; If and Loop
// get the variables that their blocks change as outputs, sorted by name.

#include <functional>

#include "ir/script/frame.h"
#include "ir/script/lower_exits.h"
#include "ir/script/names.h"

namespace temper::ir {

// Types that hold on the two sides of a condition, by variable.
using TypeMap = std::map<std::string, TypePtr, std::less<>>;
struct Condition {
  Value* value = nullptr;     // a bool; null when `known`
  std::optional<bool> known;  // decided by types: only one branch is compiled
  TypeMap when_true;
  TypeMap when_false;
};

struct Capture {
  Value* outer;
  Value* inner;
};

class Emitter {
 public:
  // `outer`: the function whose names a closure sees; captures become inputs of `graph`.
  Emitter(Graph& graph, ProgramScope& scope, Emitter* outer = nullptr)
      : builder_(graph, scope), outer_(outer) {}

  // Fills the graph; returns the type of the result (the declared one, if any).
  TypePtr emit_function(const FunctionDef& def, const Schema& schema);
  // Fills the graph with one expression, whose value becomes the output.
  void emit_lone_expression(const Expr& expr, const TypePtr& type);
  // Fills the graph with what `body` inserts; its result becomes the output.
  TypePtr emit_body(const std::function<Value*()>& body);
  const std::vector<Capture>& captures() const { return captures_; }

  Builder& builder() { return builder_; }
  ProgramScope& scope() { return builder_.scope(); }
  template <class... Parts>
  [[noreturn]] void fail(const Parts&... parts) {
    fail_at(builder_.range(), parts...);
  }

  // Expressions (emit_expr.cc, emit_literal.cc, emit_operator.cc).
  TermPtr emit(const Expr& expr, const TypePtr& hint = nullptr);
  Value* emit_value(const Expr& expr, const TypePtr& hint = nullptr);
  Value* to_bool(Value* value);
  TypePtr resolve_type(const Expr& annotation);
  Actuals emit_arguments(const Expr& call);
  TermPtr lookup(const std::string& name);  // null when unknown
  // `value` as `type`; throws when it is neither that nor converts to it.
  Value* require(Value* value, const TypePtr& type, std::string_view what);

  // Calls (emit_call.cc).
  TermPtr call_operator(std::string_view name, const Actuals& actuals);
  Value* operate(std::string_view name, std::vector<Value*> arguments);
  TermPtr call_function(Function& function, const Actuals& actuals);
  TermPtr call_method(Value* self, const std::string& name, const Actuals& actuals);
  TermPtr call_object(Value* self, const Actuals& actuals);
  TermPtr construct(const TypePtr& type, const Actuals& actuals);
  static bool has_method(const Value* value, std::string_view name);
  Value* tuple_item(Value* tuple, size_t index);

  // Conditions (emit_condition.cc).
  Condition emit_condition(const Expr& expr);
  Condition test_isinstance(const Expr& call);
  Condition test_hasattr(const Expr& call);
  Value* condition_value(const Condition& condition);

  // Loops over one iterable (emit_comprehension.cc).
  Value* list_of_items(const TermPtr& term, const TypePtr& hint);
  Value* emit_list_comprehension(const Expr& expr, const TypePtr& hint);
  Value* emit_dict_comprehension(const Expr& expr, const TypePtr& hint);

  // Closures (emit_fork.cc).
  Value* emit_fork(const Expr& call);

 private:
  struct LoopScope {
    Block* body;                       // null: unrolled, no break or continue
    std::vector<std::string> carried;  // variables, in the order of the block's outputs
    const Expr* condition;             // of a while loop, else null
  };
  struct LoopParts {
    const Expr* condition = nullptr;  // of a while loop
    Value* trip_count = nullptr;      // of a for loop
    std::function<void(Value* index)> begin_iteration;
    std::set<std::string> assigned;
  };
  // A block that is being filled: its own frame and insert point.
  class BlockScope {
   public:
    BlockScope(Emitter& emitter, Block* block);
    ~BlockScope();
    Frame& frame() { return frame_; }

   private:
    Emitter& emitter_;
    Frame frame_;
    InsertScope insert_;
  };

  // Expressions.
  TermPtr emit_name(const Expr& expr);
  TermPtr emit_unary(const Expr& expr);
  TermPtr emit_binary(const Expr& expr, const TypePtr& hint);
  TermPtr emit_ternary(const Expr& expr, const TypePtr& hint);
  Value* emit_number(const Expr& expr, bool negative);
  Value* emit_list(const Expr& expr, const TypePtr& hint);
  Value* emit_dict(const Expr& expr, const TypePtr& hint);
  TermPtr emit_tuple(const Expr& expr, const TypePtr& hint);
  TypePtr common_type(absl::Span<Value* const> values, std::string_view what);
  TermPtr binary_values(std::string_view syntax, Value* left, Value* right);
  Value* fold_complex(std::string_view syntax, Value* left, Value* right);

  // Subscripts.
  TermPtr emit_subscript(const Expr& expr, const TypePtr& hint);
  TermPtr subscript_tuple(const Expr& expr, const TermPtr& base);
  TermPtr slice_tuple(const Expr& slice, Value* tuple);
  Value* subscript_value(Value* base, const Expr& expr, const TypePtr& hint);
  Value* emit_slice(Value* base, Value* dim, const Expr& slice);
  Value* emit_index_value(const Expr& expr);
  std::optional<int64_t> constant_int(const Expr& expr);
  struct TensorIndex {
    Value* base;                  // after selects, slices and unsqueezes
    std::vector<Value*> indices;  // tensors by dimension, null: all of it; empty: none
  };
  TensorIndex emit_tensor_index(Value* tensor, const Expr& expr);
  // Applies one subscript at `dim`; returns how many dimensions it leaves there.
  int apply_tensor_subscript(TensorIndex* state, const Expr& subscript, int64_t dim, bool reversed);
  Value* index_list(const TensorIndex& index);
  Value* read_tensor(const TensorIndex& index);
  void write_tensor(const TensorIndex& index, Value* value);
  void assign_subscript(const Expr& target, Value* value);
  void augment_subscript(const Stmt& stmt, const Expr& target);
  void delete_subscript(const Expr& target);

  // Conditions.
  Condition test_none(const Expr& expr, bool negated);
  Condition test_short_circuit(const Expr& expr);
  Condition known_condition(bool value);
  std::string refinable_name(const Expr& expr);
  // Narrows variables in the current frame.
  void refine(const TypeMap& types);

  // Statements (emit_stmt.cc, emit_assign.cc).
  void emit_statements(const std::vector<StmtPtr>& body);
  void emit_statement(const Stmt& stmt);
  void emit_assignment(const Stmt& stmt);
  void emit_declaration(const Stmt& stmt);
  void emit_augmented(const Stmt& stmt);
  Value* augmented_value(const Stmt& stmt, Value* target, Value* operand, bool changes = true);
  void assign_target(const Expr& target, const TermPtr& term);
  void assign_tuple(const Expr& target, const TermPtr& term);
  void assign_attribute(const Expr& target, Value* value);
  void assign_name(const std::string& name, TermPtr term, const TypePtr& annotation = nullptr);
  void emit_return(const Stmt& stmt);
  void emit_raise(const Stmt& stmt);
  void raise(std::string_view class_name, Value* message);
  void emit_assert(const Stmt& stmt);
  void emit_delete(const Stmt& stmt);
  void emit_with(const Stmt& stmt);
  void emit_closure(const FunctionDef& def);
  void finish_returns(const FunctionDef& def);

  // Control flow (emit_if.cc, emit_loop.cc).
  using Body = std::function<void()>;
  void emit_if(const Stmt& stmt);
  Node* emit_branches(const Condition& condition, const Body& then, const Body& otherwise);
  void join_branches(Node* node, Frame& then, Frame& otherwise);
  void join_variable(Node* node, const std::string& name, Frame& then, Frame& otherwise);
  void join_term(const std::string& name, TermPtr term);
  void join_refinements(Frame& then, Frame& otherwise);
  Value* branch_value(Frame& frame, const std::string& name);
  void emit_while(const Stmt& stmt);
  void emit_for(const Stmt& stmt);
  void emit_unrolled(const Stmt& stmt, Iterable& iterable, size_t count);
  void emit_loop(const LoopParts& parts, const Body& body);
  std::set<std::string> fill_loop_body(const LoopScope& loop, const LoopParts& parts,
                                       absl::Span<Value* const> inputs, const Body& body);
  void end_iteration(Exit::Kind kind, bool proceed);
  std::vector<Value*> loop_outputs(const LoopScope& loop, bool proceed);
  void loop_over(Iterable& iterable, const Expr* target,
                 const std::function<void(const TermPtr&)>& body);
  // Defines the names of `target` in the current frame, whatever they mean outside.
  void bind_target(const Expr& target, const TermPtr& term);

  bool exits(const Block* block) const { return exits_.exits.count(block) != 0; }
  // Every way through it ends with a return or a raise.
  bool returns(const Block* block) const;
  void set_exit(Exit exit) { exits_.exits[frame_->block] = std::move(exit); }
  void name_value(Value* value, const std::string& name);

  Builder builder_;
  Emitter* outer_;
  std::vector<Capture> captures_;
  Frame* frame_ = nullptr;
  LoopScope* loop_ = nullptr;
  ExitTable exits_;
  TypePtr return_type_;  // declared; null: inferred from `returned_`
  std::vector<TypePtr> returned_;
};

}  // namespace temper::ir
