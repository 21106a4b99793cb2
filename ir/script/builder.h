#pragma once
// Puts nodes of one function into its graph, each with the source range that is being compiled.

#include <unordered_set>

#include "ir/script/diagnostics.h"
#include "ir/script/program_scope.h"

namespace temper::ir {

class Builder {
 public:
  Builder(Graph& graph, ProgramScope& scope) : graph_(graph), scope_(scope) {}

  Graph& graph() { return graph_; }
  ProgramScope& scope() { return scope_; }
  const SourceRange& range() const { return range_; }

  // The type defaults to the dynamic type of the value.
  Value* constant(IValue value, TypePtr type = nullptr);
  Value* none(TypePtr type = Type::none()) { return constant(IValue(), std::move(type)); }
  Value* uninitialized(TypePtr type) { return value(Kind::kUninitialized, {}, std::move(type)); }
  Value* cast(Value* value, TypePtr type) {
    return this->value(Kind::kUncheckedCast, {value}, std::move(type));
  }
  // A node with one output, or none for a null type.
  Node* node(Kind kind, absl::Span<Value* const> inputs, TypePtr type = nullptr);
  Value* value(Kind kind, std::vector<Value*> inputs, TypePtr type) {
    return node(kind, inputs, std::move(type))->output();
  }
  Node* op(const OpDef* op, absl::Span<Value* const> inputs, absl::Span<const TypePtr> outputs);
  Value* list(TypePtr element, absl::Span<Value* const> items);
  Value* tuple(absl::Span<Value* const> items);

  // "[]" without an annotation takes the type that its first use wants. It stops doing so when it
  // gets a name.
  void mark_untyped(Value* empty_list) { untyped_.insert(empty_list); }
  void fix_type(const Value* value) { untyped_.erase(value); }
  bool is_untyped(const Value* value) const { return untyped_.count(value) != 0; }

  // Ranges of what is compiled inside the scope's lifetime.
  class At {
   public:
    At(Builder& builder, const SourceRange& range) : builder_(builder), saved_(builder.range_) {
      builder.range_ = range;
    }
    ~At() { builder_.range_ = std::move(saved_); }

   private:
    Builder& builder_;
    SourceRange saved_;
  };

 private:
  Graph& graph_;
  ProgramScope& scope_;
  SourceRange range_;
  std::unordered_set<const Value*> untyped_;
};

}  // namespace temper::ir
