#include "ir/script/term.h"

#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {

TermPtr Iterable::static_item(Emitter& emitter, size_t index) {
  return item(emitter, emitter.builder().constant(static_cast<int64_t>(index)));
}

Value* Term::value(Emitter& emitter) const {
  emitter.fail(describe(), " cannot be used as a value");
}

TermPtr Term::attribute(Emitter& emitter, const std::string& name) const {
  emitter.fail(describe(), " has no attribute '", name, "'");
}

TermPtr Term::call(Emitter& emitter, const Expr& call, const TypePtr& hint) const {
  return apply(emitter, emitter.emit_arguments(call), hint);
}

TermPtr Term::apply(Emitter& emitter, const Actuals&, const TypePtr&) const {
  emitter.fail(describe(), " cannot be called");
}

std::vector<TermPtr> Term::unpack(Emitter& emitter, std::optional<size_t>) const {
  emitter.fail(describe(), " cannot be unpacked");
}

IterablePtr Term::iterate(Emitter& emitter) const {
  emitter.fail(describe(), " cannot be iterated over");
}

Value* NothingTerm::value(Emitter& emitter) const { return emitter.builder().none(); }

Value* TupleTerm::value(Emitter& emitter) const {
  std::vector<Value*> values;
  std::vector<TypePtr> types;
  for (const TermPtr& item : items_) {
    values.push_back(item->value(emitter));
    types.push_back(values.back()->type());
  }
  TypePtr type = type_ ? type_ : TupleType::make(std::move(types));
  return emitter.builder().node(Kind::kTupleConstruct, values, std::move(type))->output();
}

TermPtr TupleTerm::attribute(Emitter& emitter, const std::string& name) const {
  if (type_) {
    const int field = type_->expect<TupleType>().field_index(name);
    if (field >= 0) return items_[static_cast<size_t>(field)];
  }
  return Term::attribute(emitter, name);
}

std::vector<TermPtr> TupleTerm::unpack(Emitter&, std::optional<size_t>) const { return items_; }

IterablePtr TupleTerm::iterate(Emitter&) const { return iterate_terms(items_); }

TermPtr OperatorTerm::apply(Emitter& emitter, const Actuals& actuals, const TypePtr&) const {
  if (!self_ && !first_) return emitter.call_operator(name_, actuals);
  Actuals bound = actuals;
  bound.self = self_;
  if (first_) bound.positional.insert(bound.positional.begin(), Actual{first_, ""});
  return emitter.call_operator(name_, bound);
}

}  // namespace temper::ir
