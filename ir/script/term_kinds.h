#pragma once
// Terms that are no values: namespaces, functions, methods, types and compile-time forms.

#include <functional>

#include "ir/script/names.h"
#include "ir/script/term.h"

namespace temper::ir {

// The result of an operator without results; becomes None when somebody reads it.
class NothingTerm final : public Term {
 public:
  std::string describe() const override { return "nothing"; }
  Value* value(Emitter& emitter) const override;
};

// torch, ops, CONSTANTS and their parts: "" -> "jit" -> "jit.annotate".
class NamespaceTerm final : public Term {
 public:
  enum Kind : uint8_t { kTorch, kOps, kConstants, kMath };
  NamespaceTerm(Kind kind, std::string path) : kind_(kind), path_(std::move(path)) {}
  std::string describe() const override { return "a namespace"; }
  TermPtr attribute(Emitter& emitter, const std::string& name) const override;

 private:
  TermPtr torch_attribute(Emitter& emitter, const std::string& name) const;
  TermPtr constant(Emitter& emitter, const std::string& name) const;
  Kind kind_;
  std::string path_;
};

// "__torch__.a" on the way to a type or a function.
class PathTerm final : public Term {
 public:
  explicit PathTerm(std::string path) : path_(std::move(path)) {}
  std::string describe() const override { return "namespace " + path_; }
  TermPtr attribute(Emitter& emitter, const std::string& name) const override;

 private:
  std::string path_;
};
// What a qualified name means; null when nothing.
TermPtr resolve_path(Emitter& emitter, const std::string& path);

class FunctionTerm final : public Term {
 public:
  explicit FunctionTerm(Ref<Function> function) : function_(std::move(function)) {}
  std::string describe() const override { return "function " + function_->qualified_name(); }
  Value* value(Emitter& emitter) const override;
  TermPtr apply(Emitter& emitter, const Actuals& actuals, const TypePtr& hint) const override;

 private:
  Ref<Function> function_;
};

// len, bool, str...
class GlobalFunctionTerm final : public Term {
 public:
  explicit GlobalFunctionTerm(const GlobalFunction& function) : function_(function) {}
  std::string describe() const override { return "function " + std::string(function_.name); }
  TermPtr apply(Emitter& emitter, const Actuals& actuals, const TypePtr& hint) const override;

 private:
  const GlobalFunction& function_;
};

class MethodTerm final : public Term {
 public:
  MethodTerm(Value* self, std::string name) : self_(self), name_(std::move(name)) {}
  std::string describe() const override { return "method " + name_; }
  TermPtr apply(Emitter& emitter, const Actuals& actuals, const TypePtr& hint) const override;
  Value* self() const { return self_; }
  const std::string& name() const { return name_; }

 private:
  Value* self_;
  std::string name_;
};

// A class, NamedTuple, enum or interface by its name.
class TypeTerm final : public Term {
 public:
  explicit TypeTerm(TypePtr type) : type_(std::move(type)) {}
  std::string describe() const override { return "type " + type_->annotation(); }
  TermPtr attribute(Emitter& emitter, const std::string& name) const override;
  TermPtr apply(Emitter& emitter, const Actuals& actuals, const TypePtr& hint) const override;
  IterablePtr iterate(Emitter& emitter) const override;
  const TypePtr& type() const { return type_; }

 private:
  TypePtr type_;
};

// A.__new__
class AllocatorTerm final : public Term {
 public:
  explicit AllocatorTerm(TypePtr type) : type_(std::move(type)) {}
  std::string describe() const override { return "__new__"; }
  TermPtr call(Emitter& emitter, const Expr& call, const TypePtr& hint) const override;

 private:
  TypePtr type_;
};

class FormTerm final : public Term {
 public:
  explicit FormTerm(SpecialForm form) : form_(form) {}
  std::string describe() const override { return "a built-in form"; }
  TermPtr call(Emitter& emitter, const Expr& call, const TypePtr& hint) const override;
  SpecialForm form() const { return form_; }

 private:
  SpecialForm form_;
};

class ToListTerm final : public Term {
 public:
  explicit ToListTerm(Value* tensor) : tensor_(tensor) {}
  std::string describe() const override { return "method tolist"; }
  TermPtr call(Emitter& emitter, const Expr& call, const TypePtr& hint) const override;

 private:
  Value* tensor_;
};

// x.float(): an operator with a fixed second argument.
class TensorCastTerm final : public Term {
 public:
  TensorCastTerm(Value* tensor, int dtype) : tensor_(tensor), dtype_(dtype) {}
  std::string describe() const override { return "a cast of a tensor"; }
  TermPtr apply(Emitter& emitter, const Actuals& actuals, const TypePtr& hint) const override;

 private:
  Value* tensor_;
  int dtype_;
};

// A nested function, ready to be forked.
class ClosureTerm final : public Term {
 public:
  ClosureTerm(std::shared_ptr<Graph> graph, std::vector<Value*> captures, TypePtr result)
      : graph_(std::move(graph)), captures_(std::move(captures)), result_(std::move(result)) {}
  std::string describe() const override { return "a nested function"; }
  const std::shared_ptr<Graph>& graph() const { return graph_; }
  const std::vector<Value*>& captures() const { return captures_; }
  const TypePtr& result() const { return result_; }

 private:
  std::shared_ptr<Graph> graph_;
  std::vector<Value*> captures_;
  TypePtr result_;
};

// range, zip, enumerate
class IterableTerm final : public Term {
 public:
  using Make = std::function<IterablePtr(Emitter&)>;
  IterableTerm(std::string what, Make make) : what_(std::move(what)), make_(std::move(make)) {}
  std::string describe() const override { return what_; }
  IterablePtr iterate(Emitter& emitter) const override { return make_(emitter); }

 private:
  std::string what_;
  Make make_;
};
TermPtr make_range(Emitter& emitter, const Actuals& actuals);
TermPtr make_zip(std::vector<TermPtr> parts);
TermPtr make_enumerate(TermPtr part, Value* start);
IterablePtr iterate_value(Emitter& emitter, Value* value);
IterablePtr iterate_terms(std::vector<TermPtr> items);

}  // namespace temper::ir
