// Forms that look like calls: annotate, isinstance, getattr, range, list...

#include "core/value/containers.h"
#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"
#include "ir/script/type_annotations.h"

namespace temper::ir {
namespace {

void expect_arguments(Emitter& emitter, const Expr& call, size_t least, size_t most,
                      std::string_view what) {
  const size_t count = call.children.size() - 1;
  if (count < least || count > most || !call.keywords.empty()) {
    emitter.fail(what, " takes ", least, most > least ? " or more" : "", " arguments but got ",
                 count + call.keywords.size());
  }
}

TermPtr annotate(Emitter& emitter, const Expr& call) {
  expect_arguments(emitter, call, 2, 2, "annotate()");
  const TypePtr type = emitter.resolve_type(*call.children[1]);
  Value* value =
      emitter.require(emitter.emit_value(*call.children[2], type), type, "the annotated value");
  if (equal(value->type(), type)) return make_value_term(value);
  if (value->type()->kind() == TypeKind::kNone)
    return make_value_term(emitter.builder().none(type));
  return make_value_term(emitter.builder().cast(value, type));
}

TermPtr unchecked_cast(Emitter& emitter, const Expr& call) {
  expect_arguments(emitter, call, 2, 2, "unchecked_cast()");
  const TypePtr type = emitter.resolve_type(*call.children[1]);
  return make_value_term(emitter.builder().cast(emitter.emit_value(*call.children[2]), type));
}

TermPtr uninitialized(Emitter& emitter, const Expr& call) {
  expect_arguments(emitter, call, 1, 1, "uninitialized()");
  return make_value_term(emitter.builder().uninitialized(emitter.resolve_type(*call.children[1])));
}

const std::string& literal_name(Emitter& emitter, const Expr& call) {
  if (call.children[2]->kind != ExprKind::kString) {
    emitter.fail("the name of an attribute must be a string literal here");
  }
  return call.children[2]->text;
}

TermPtr get_attribute(Emitter& emitter, const Expr& call, const TypePtr& hint) {
  expect_arguments(emitter, call, 2, 3, "getattr()");
  const std::string& name = literal_name(emitter, call);
  if (call.children.size() == 4) {
    const Condition has = emitter.test_hasattr(call);
    if (!has.known.value_or(true)) return emitter.emit(*call.children[3], hint);
  }
  return emitter.emit(*call.children[1])->attribute(emitter, name);
}

TermPtr condition_term(Emitter& emitter, const Condition& condition) {
  return make_value_term(emitter.condition_value(condition));
}

std::vector<TermPtr> emit_terms(Emitter& emitter, const Expr& call) {
  std::vector<TermPtr> terms;
  for (size_t i = 1; i < call.children.size(); ++i)
    terms.push_back(emitter.emit(*call.children[i]));
  return terms;
}

TermPtr zip(Emitter& emitter, const Expr& call) {
  if (call.children.size() < 2 || !call.keywords.empty()) {
    emitter.fail("zip() takes one or more positional arguments");
  }
  return make_zip(emit_terms(emitter, call));
}

TermPtr enumerate(Emitter& emitter, const Expr& call) {
  const Expr* start = call.children.size() > 2 ? call.children[2].get() : nullptr;
  if (call.keywords.size() == 1 && call.keywords[0].name == "start") {
    start = call.keywords[0].value.get();
  }
  if (call.children.size() < 2 || call.children.size() + call.keywords.size() > 3) {
    emitter.fail("enumerate() takes something to iterate over and a start");
  }
  Value* first =
      start ? emitter.require(emitter.emit_value(*start), Type::integer(), "the start") : nullptr;
  return make_enumerate(emitter.emit(*call.children[1]), first);
}

TermPtr make_list_of(Emitter& emitter, const Expr& call, const TypePtr& hint) {
  expect_arguments(emitter, call, 0, 1, "list()");
  if (call.children.size() == 1) {
    const bool typed = hint && hint->kind() == TypeKind::kList;
    Value* list =
        emitter.builder().list(typed ? hint->expect<WrapperType>().element() : Type::tensor(), {});
    if (!typed) emitter.builder().mark_untyped(list);
    return make_value_term(list);
  }
  return make_value_term(emitter.list_of_items(emitter.emit(*call.children[1]), hint));
}

TermPtr make_dict_of(Emitter& emitter, const Expr& call, const TypePtr& hint) {
  expect_arguments(emitter, call, 0, 1, "dict()");
  if (call.children.size() == 1) {
    const bool typed = hint && hint->kind() == TypeKind::kDict;
    const TypePtr type = typed ? hint : DictType::make(Type::string(), Type::tensor());
    return make_value_term(emitter.builder().value(Kind::kDictConstruct, {}, type));
  }
  const Expr& source = *call.children[1];
  if (source.kind == ExprKind::kDict || source.kind == ExprKind::kDictComp) {
    return emitter.emit(source, hint);
  }
  const TermPtr term = emitter.emit(source);
  Value* value = term->plain_value() ? term->plain_value() : emitter.list_of_items(term, nullptr);
  return make_value_term(emitter.operate(op::kDict, {value}));
}

TermPtr make_tuple_of(Emitter& emitter, const Expr& call) {
  expect_arguments(emitter, call, 0, 1, "tuple()");
  if (call.children.size() == 1) return std::make_shared<TupleTerm>(std::vector<TermPtr>());
  const IterablePtr iterable = emitter.emit(*call.children[1])->iterate(emitter);
  const auto size = iterable->static_size();
  if (!size) emitter.fail("tuple() needs a number of items that is known when compiling");
  std::vector<TermPtr> items;
  for (size_t i = 0; i < *size; ++i) items.push_back(iterable->static_item(emitter, i));
  return std::make_shared<TupleTerm>(std::move(items));
}

}  // namespace

TermPtr FormTerm::call(Emitter& emitter, const Expr& call, const TypePtr& hint) const {
  switch (form_) {
    case SpecialForm::kAnnotate: return annotate(emitter, call);
    case SpecialForm::kUncheckedCast: return unchecked_cast(emitter, call);
    case SpecialForm::kUninitialized: return uninitialized(emitter, call);
    case SpecialForm::kFork: return make_value_term(emitter.emit_fork(call));
    case SpecialForm::kIsInstance: return condition_term(emitter, emitter.test_isinstance(call));
    case SpecialForm::kHasAttr: return condition_term(emitter, emitter.test_hasattr(call));
    case SpecialForm::kGetAttr: return get_attribute(emitter, call, hint);
    case SpecialForm::kRange: return make_range(emitter, emitter.emit_arguments(call));
    case SpecialForm::kZip: return zip(emitter, call);
    case SpecialForm::kEnumerate: return enumerate(emitter, call);
    case SpecialForm::kList: return make_list_of(emitter, call, hint);
    case SpecialForm::kDict: return make_dict_of(emitter, call, hint);
    case SpecialForm::kTuple: return make_tuple_of(emitter, call);
    case SpecialForm::kIsScripting:
      return make_value_term(emitter.builder().constant(IValue(true)));
  }
  return nullptr;
}

}  // namespace temper::ir
