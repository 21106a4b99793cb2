// List and dict comprehensions, and list(x).

#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {

// A loop that only has side effects; `body` runs with the loop variable bound.
void Emitter::loop_over(Iterable& iterable, const Expr* target,
                        const std::function<void(const TermPtr&)>& body) {
  Value* size = iterable.size(*this);
  if (!size) fail("this loop has no end");
  Value* proceed = builder_.constant(IValue(true));
  Node* node = builder_.node(Kind::kLoop, {size, proceed});
  Block* block = node->add_block();
  Value* index = block->add_input(Type::integer());
  BlockScope scope(*this, block);
  const TermPtr item = iterable.item(*this, index);
  if (target) bind_target(*target, item);
  body(item);
  block->add_output(builder_.constant(IValue(true)));
}

Value* Emitter::emit_list_comprehension(const Expr& expr, const TypePtr& hint) {
  const Expr& element = *expr.children[0];
  const Expr& target = *expr.children[1];
  const IterablePtr iterable = emit(*expr.children[2])->iterate(*this);
  const bool typed = hint && hint->kind() == TypeKind::kList;
  const TypePtr wanted = typed ? hint->expect<WrapperType>().element() : nullptr;
  const auto emit_element = [&] {
    Value* value = emit_value(element, wanted);
    return wanted ? require(value, wanted, "an element of the list") : value;
  };
  if (const auto count = iterable->static_size()) {
    std::vector<Value*> items;
    for (size_t i = 0; i < *count; ++i) {
      BlockScope scope(*this, frame_->block);
      bind_target(target, iterable->static_item(*this, i));
      items.push_back(emit_element());
    }
    if (items.empty() && !wanted) return builder_.list(Type::tensor(), items);
    return builder_.list(wanted ? wanted : common_type(items, "the elements of a list"), items);
  }
  Value* list = builder_.list(wanted ? wanted : Type::tensor(), {});
  loop_over(*iterable, &target, [&](const TermPtr&) {
    Value* value = emit_element();
    if (!wanted) list->set_type(list_of(value->type()));
    operate(op::kAppend, {list, value});
  });
  return list;
}

Value* Emitter::emit_dict_comprehension(const Expr& expr, const TypePtr& hint) {
  const Expr& target = *expr.children[2];
  const IterablePtr iterable = emit(*expr.children[3])->iterate(*this);
  const DictType* wanted = hint ? hint->as<DictType>() : nullptr;
  const TypePtr start = wanted ? hint : DictType::make(Type::string(), Type::tensor());
  Value* dict = builder_.value(Kind::kDictConstruct, {}, start);
  const auto add_entry = [&] {
    Value* key = emit_value(*expr.children[0]);
    Value* value = emit_value(*expr.children[1], wanted ? wanted->value() : nullptr);
    if (!wanted) dict->set_type(DictType::make(key->type(), value->type()));
    operate(op::kSetItem, {dict, key, value});
  };
  if (const auto count = iterable->static_size()) {
    for (size_t i = 0; i < *count; ++i) {
      BlockScope scope(*this, frame_->block);
      bind_target(target, iterable->static_item(*this, i));
      add_entry();
    }
    return dict;
  }
  loop_over(*iterable, &target, [&](const TermPtr&) { add_entry(); });
  return dict;
}

Value* Emitter::list_of_items(const TermPtr& term, const TypePtr& hint) {
  if (Value* value = term->plain_value()) {
    const TypeKind kind = value->type()->kind();
    if (kind == TypeKind::kList || kind == TypeKind::kString) {
      if (builder_.is_untyped(value) && hint) return convert(builder_, hint, value, false);
      return operate(op::kList, {value});
    }
    if (kind == TypeKind::kDict) return operate(op::kKeys, {value});
  }
  const IterablePtr iterable = term->iterate(*this);
  const bool typed = hint && hint->kind() == TypeKind::kList;
  const TypePtr wanted = typed ? hint->expect<WrapperType>().element() : nullptr;
  if (const auto count = iterable->static_size()) {
    std::vector<Value*> items;
    for (size_t i = 0; i < *count; ++i) {
      items.push_back(iterable->static_item(*this, i)->value(*this));
      if (wanted) items.back() = require(items.back(), wanted, "an element of the list");
    }
    const bool empty = items.empty() && !wanted;
    return builder_.list(empty    ? Type::tensor()
                         : wanted ? wanted
                                  : common_type(items, "the elements of a list"),
                         items);
  }
  Value* list = builder_.list(wanted ? wanted : Type::tensor(), {});
  loop_over(*iterable, nullptr, [&](const TermPtr& item) {
    Value* value = item->value(*this);
    if (!wanted) list->set_type(list_of(value->type()));
    operate(op::kAppend, {list, value});
  });
  return list;
}

}  // namespace temper::ir
