#pragma once
// What a name or an expression means while a function is compiled: often a value of the graph, but
// also an operator's name, a namespace, a class, a method, a range... Terms are immutable.

#include <memory>
#include <optional>

#include "ir/script/ast.h"
#include "ir/script/schema_match.h"

namespace temper::ir {

class Emitter;
class Term;
using TermPtr = std::shared_ptr<const Term>;

// Something a for loop runs over: items by index, or a number of items known now.
class Iterable {
 public:
  virtual ~Iterable() = default;
  virtual std::optional<size_t> static_size() const { return std::nullopt; }
  // The number of items, computed once before the loop; null: unbounded.
  virtual Value* size(Emitter& emitter) = 0;
  virtual TermPtr item(Emitter& emitter, Value* index) = 0;
  virtual TermPtr static_item(Emitter& emitter, size_t index);
};
using IterablePtr = std::unique_ptr<Iterable>;

class Term {
 public:
  virtual ~Term() = default;
  virtual std::string describe() const = 0;  // for messages: "a namespace"
  // Ranges of errors come from emitter.builder().range().
  virtual Value* value(Emitter& emitter) const;
  // The value when this term is one already; null otherwise.
  virtual Value* plain_value() const { return nullptr; }
  virtual TermPtr attribute(Emitter& emitter, const std::string& name) const;
  // The default evaluates the arguments and calls apply().
  virtual TermPtr call(Emitter& emitter, const Expr& call, const TypePtr& hint) const;
  virtual TermPtr apply(Emitter& emitter, const Actuals& actuals, const TypePtr& hint) const;
  // `count` is what the targets of an assignment ask for; absent with a starred target.
  virtual std::vector<TermPtr> unpack(Emitter& emitter, std::optional<size_t> count) const;
  virtual IterablePtr iterate(Emitter& emitter) const;
};

class ValueTerm final : public Term {
 public:
  explicit ValueTerm(Value* value) : value_(value) {}
  std::string describe() const override;
  Value* value(Emitter&) const override { return value_; }
  Value* plain_value() const override { return value_; }
  TermPtr attribute(Emitter& emitter, const std::string& name) const override;
  TermPtr apply(Emitter& emitter, const Actuals& actuals, const TypePtr& hint) const override;
  std::vector<TermPtr> unpack(Emitter& emitter, std::optional<size_t> count) const override;
  IterablePtr iterate(Emitter& emitter) const override;

 private:
  TermPtr find_object_attribute(Emitter& emitter, const std::string& name) const;
  TermPtr find_operator_method(Emitter& emitter, const std::string& name) const;
  Value* value_;
};

// Several terms that stand for a tuple which need not exist: results of an operator, "a, b".
class TupleTerm final : public Term {
 public:
  // `type`: of the tuple when it is made, null for a plain one.
  explicit TupleTerm(std::vector<TermPtr> items, TypePtr type = nullptr)
      : items_(std::move(items)), type_(std::move(type)) {}
  std::string describe() const override { return "a tuple"; }
  Value* value(Emitter& emitter) const override;
  TermPtr attribute(Emitter& emitter, const std::string& name) const override;
  std::vector<TermPtr> unpack(Emitter& emitter, std::optional<size_t> count) const override;
  IterablePtr iterate(Emitter& emitter) const override;
  const std::vector<TermPtr>& items() const { return items_; }

 private:
  std::vector<TermPtr> items_;
  TypePtr type_;
};

// "aten::relu", optionally bound to a receiver: the argument named self, or just the first one.
class OperatorTerm final : public Term {
 public:
  explicit OperatorTerm(std::string name, Value* self = nullptr)
      : name_(std::move(name)), self_(self) {}
  static TermPtr with_first(std::string name, Value* first) {
    auto term = std::make_shared<OperatorTerm>(std::move(name));
    term->first_ = first;
    return term;
  }
  std::string describe() const override { return "operator " + name_; }
  TermPtr apply(Emitter& emitter, const Actuals& actuals, const TypePtr& hint) const override;

 private:
  std::string name_;
  Value* self_;
  Value* first_ = nullptr;
};

inline TermPtr make_value_term(Value* value) { return std::make_shared<ValueTerm>(value); }

}  // namespace temper::ir
