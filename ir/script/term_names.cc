// What dotted names mean: torch.x, ops.ns.x, CONSTANTS.cN, __torch__.a.B.

#include <charconv>
#include <cmath>
#include <limits>

#include "core/value/containers.h"
#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {
namespace {

TermPtr constant_term(Emitter& emitter, IValue value) {
  return make_value_term(emitter.builder().constant(std::move(value)));
}

// torch.inf, math.pi...
TermPtr find_number(Emitter& emitter, std::string_view name) {
  if (name == "inf") return constant_term(emitter, std::numeric_limits<double>::infinity());
  if (name == "nan") return constant_term(emitter, std::numeric_limits<double>::quiet_NaN());
  if (name == "pi") return constant_term(emitter, M_PI);
  if (name == "e") return constant_term(emitter, M_E);
  return nullptr;
}

}  // namespace

TermPtr NamespaceTerm::constant(Emitter& emitter, const std::string& name) const {
  const std::vector<IValue>& constants = emitter.scope().constants();
  size_t index = 0;
  const char* end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data() + 1, end, index);
  if (name.size() < 2 || name[0] != 'c' || error != std::errc() || rest != end) {
    emitter.fail("CONSTANTS has entries c0, c1... but no '", name, "'");
  }
  if (index >= constants.size()) {
    emitter.fail("CONSTANTS.", name, " is out of range: the archive has ", constants.size());
  }
  return constant_term(emitter, constants[index]);
}

TermPtr NamespaceTerm::torch_attribute(Emitter& emitter, const std::string& name) const {
  const std::string path = path_.empty() ? name : str_cat(path_, ".", name);
  if (const auto form = find_torch_form(path)) return std::make_shared<FormTerm>(*form);
  if (path_.empty()) {
    if (name == "ops") return std::make_shared<NamespaceTerm>(kOps, "");
    if (name == "jit" || name == "autograd") return std::make_shared<NamespaceTerm>(kTorch, name);
    if (const auto code = find_torch_constant(name)) return constant_term(emitter, *code);
    const bool known = !emitter.scope().candidates("aten::" + name).empty();
    if (TermPtr number = known ? nullptr : find_number(emitter, name)) return number;
  }
  return std::make_shared<OperatorTerm>("aten::" + name);
}

TermPtr NamespaceTerm::attribute(Emitter& emitter, const std::string& name) const {
  switch (kind_) {
    case kTorch: return torch_attribute(emitter, name);
    case kConstants: return constant(emitter, name);
    case kMath:
      if (TermPtr number = find_number(emitter, name)) return number;
      return std::make_shared<OperatorTerm>("aten::" + name);
    case kOps:
      if (path_.empty()) return std::make_shared<NamespaceTerm>(kOps, name);
      return std::make_shared<OperatorTerm>(str_cat(path_, "::", name));
  }
  return Term::attribute(emitter, name);
}

TermPtr resolve_path(Emitter& emitter, const std::string& path) {
  if (TypePtr type = emitter.scope().find_type(path)) return std::make_shared<TypeTerm>(type);
  if (Ref<Function> function = emitter.scope().find_function(path)) {
    return std::make_shared<FunctionTerm>(function);
  }
  return nullptr;
}

TermPtr PathTerm::attribute(Emitter& emitter, const std::string& name) const {
  std::string path = str_cat(path_, ".", name);
  if (TermPtr found = resolve_path(emitter, path)) return found;
  return std::make_shared<PathTerm>(std::move(path));
}

Value* FunctionTerm::value(Emitter& emitter) const {
  return emitter.builder().constant(IValue(function_), Type::simple(TypeKind::kFunction));
}

TermPtr FunctionTerm::apply(Emitter& emitter, const Actuals& actuals, const TypePtr&) const {
  return emitter.call_function(*function_, actuals);
}

TermPtr GlobalFunctionTerm::apply(Emitter& emitter, const Actuals& actuals, const TypePtr&) const {
  if (actuals.positional.size() == 1 && actuals.named.empty()) {
    Value* value = actuals.positional[0].value;
    if (!function_.method.empty() && Emitter::has_method(value, std::string(function_.method))) {
      return emitter.call_method(value, std::string(function_.method), {});
    }
    if (value->type()->annotation() == function_.keeps) return make_value_term(value);
  }
  return emitter.call_operator(std::string(function_.op), actuals);
}

TermPtr MethodTerm::apply(Emitter& emitter, const Actuals& actuals, const TypePtr&) const {
  return emitter.call_method(self_, name_, actuals);
}

TermPtr TypeTerm::attribute(Emitter& emitter, const std::string& name) const {
  if (name == "__new__") return std::make_shared<AllocatorTerm>(type_);
  if (const auto* klass = type_->as<ClassType>()) {
    Function* function = klass->find_hook(name);
    if (!function) function = klass->find_method(name);
    if (function) return std::make_shared<FunctionTerm>(Ref<Function>(function));
    if (const IValue* value = klass->find_constant(name)) return constant_term(emitter, *value);
  }
  if (const auto* enumeration = type_->as<EnumType>()) {
    const IValue* member = enumeration->find_member(name);
    if (member) return make_value_term(emitter.builder().constant(*member, type_));
  }
  // A file may be named after a class: it holds the class's hooks.
  if (TermPtr found = resolve_path(emitter, str_cat(type_->annotation(), ".", name))) return found;
  if (const auto* klass = type_->as<ClassType>(); klass || type_->as<TupleType>()) {
    return std::make_shared<PathTerm>(str_cat(type_->annotation(), ".", name));
  }
  return Term::attribute(emitter, name);
}

TermPtr TypeTerm::apply(Emitter& emitter, const Actuals& actuals, const TypePtr&) const {
  return emitter.construct(type_, actuals);
}

IterablePtr TypeTerm::iterate(Emitter& emitter) const {
  const auto* enumeration = type_->as<EnumType>();
  if (!enumeration) return Term::iterate(emitter);
  Value* list = emitter.builder().constant(make_list(type_, enumeration->members()));
  return iterate_value(emitter, list);
}

TermPtr AllocatorTerm::call(Emitter& emitter, const Expr& call, const TypePtr&) const {
  if (call.children.size() != 2 || !type_->as<ClassType>()) {
    emitter.fail("__new__ makes objects of classes and takes the class");
  }
  return make_value_term(emitter.builder().value(Kind::kCreateObject, {}, type_));
}

}  // namespace temper::ir
