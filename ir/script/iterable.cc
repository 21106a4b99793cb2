// What for loops and comprehensions run over.

#include "ir/script/emitter.h"
#include "ir/script/term_kinds.h"

namespace temper::ir {
namespace {

// Lists, strings and tensors: items by position.
class IndexedIterable final : public Iterable {
 public:
  explicit IndexedIterable(Value* value) : value_(value) {}
  Value* size(Emitter& emitter) override { return emitter.operate(op::kLen, {value_}); }
  TermPtr item(Emitter& emitter, Value* index) override {
    if (value_->type()->kind() == TypeKind::kTensor) {
      Value* dim = emitter.builder().constant(0);
      return make_value_term(emitter.operate(op::kSelect, {value_, dim, index}));
    }
    return make_value_term(emitter.operate(op::kGetItem, {value_, index}));
  }

 private:
  Value* value_;
};

class TermsIterable final : public Iterable {
 public:
  explicit TermsIterable(std::vector<TermPtr> items) : items_(std::move(items)) {}
  std::optional<size_t> static_size() const override { return items_.size(); }
  Value* size(Emitter& emitter) override {
    return emitter.builder().constant(static_cast<int64_t>(items_.size()));
  }
  TermPtr item(Emitter& emitter, Value*) override {
    emitter.fail("items of a tuple need a position that is known when compiling");
  }
  TermPtr static_item(Emitter&, size_t index) override { return items_.at(index); }

 private:
  std::vector<TermPtr> items_;
};

// range(stop): the index itself.
class CountIterable final : public Iterable {
 public:
  explicit CountIterable(Value* stop) : stop_(stop) {}
  Value* size(Emitter&) override { return stop_; }
  TermPtr item(Emitter&, Value* index) override { return make_value_term(index); }

 private:
  Value* stop_;
};

class RangeIterable final : public Iterable {
 public:
  RangeIterable(Value* start, Value* stop, Value* step) : start_(start), stop_(stop), step_(step) {}
  Value* size(Emitter& emitter) override {
    return emitter.operate(op::kRangeLength, {start_, stop_, step_});
  }
  TermPtr item(Emitter& emitter, Value* index) override {
    return make_value_term(emitter.operate(op::kDeriveIndex, {index, start_, step_}));
  }

 private:
  Value* start_;
  Value* stop_;
  Value* step_;
};

class ZipIterable final : public Iterable {
 public:
  explicit ZipIterable(std::vector<IterablePtr> parts) : parts_(std::move(parts)) {}

  std::optional<size_t> static_size() const override {
    std::optional<size_t> smallest;
    for (const IterablePtr& part : parts_) {
      const auto size = part->static_size();
      if (size) smallest = smallest ? std::min(*smallest, *size) : *size;
    }
    return smallest;
  }
  Value* size(Emitter& emitter) override {
    std::vector<Value*> sizes;
    for (const IterablePtr& part : parts_) {
      if (Value* size = part->size(emitter)) sizes.push_back(size);
    }
    if (sizes.size() < 2) return sizes.empty() ? nullptr : sizes[0];
    return emitter.operate(op::kMin, {emitter.builder().list(Type::integer(), sizes)});
  }
  TermPtr item(Emitter& emitter, Value* index) override {
    std::vector<TermPtr> items;
    for (const IterablePtr& part : parts_) items.push_back(part->item(emitter, index));
    return std::make_shared<TupleTerm>(std::move(items));
  }
  TermPtr static_item(Emitter& emitter, size_t index) override {
    std::vector<TermPtr> items;
    for (const IterablePtr& part : parts_) items.push_back(part->static_item(emitter, index));
    return std::make_shared<TupleTerm>(std::move(items));
  }

 private:
  std::vector<IterablePtr> parts_;
};

// The count of enumerate: without an end.
class CounterIterable final : public Iterable {
 public:
  explicit CounterIterable(Value* start) : start_(start) {}
  Value* size(Emitter&) override { return nullptr; }
  TermPtr item(Emitter& emitter, Value* index) override {
    return make_value_term(start_ ? emitter.operate(op::kAdd, {index, start_}) : index);
  }

 private:
  Value* start_;  // null: 0
};

}  // namespace

TermPtr make_range(Emitter& emitter, const Actuals& actuals) {
  std::vector<Value*> bounds;
  for (const Actual& actual : actuals.positional) {
    bounds.push_back(emitter.require(actual.value, Type::integer(), "an argument of range()"));
  }
  if (bounds.empty() || bounds.size() > 3 || !actuals.named.empty()) {
    emitter.fail("range() takes one to three positional integers");
  }
  return std::make_shared<IterableTerm>("range()", [bounds](Emitter& inner) -> IterablePtr {
    if (bounds.size() == 1) return std::make_unique<CountIterable>(bounds[0]);
    Value* step = bounds.size() == 3 ? bounds[2] : inner.builder().constant(1);
    return std::make_unique<RangeIterable>(bounds[0], bounds[1], step);
  });
}

TermPtr make_zip(std::vector<TermPtr> parts) {
  return std::make_shared<IterableTerm>("zip()", [parts](Emitter& emitter) -> IterablePtr {
    std::vector<IterablePtr> iterables;
    for (const TermPtr& part : parts) iterables.push_back(part->iterate(emitter));
    return std::make_unique<ZipIterable>(std::move(iterables));
  });
}

TermPtr make_enumerate(TermPtr part, Value* start) {
  return std::make_shared<IterableTerm>("enumerate()", [=](Emitter& emitter) -> IterablePtr {
    std::vector<IterablePtr> iterables;
    iterables.push_back(std::make_unique<CounterIterable>(start));
    iterables.push_back(part->iterate(emitter));
    return std::make_unique<ZipIterable>(std::move(iterables));
  });
}

IterablePtr iterate_terms(std::vector<TermPtr> items) {
  return std::make_unique<TermsIterable>(std::move(items));
}

IterablePtr iterate_value(Emitter& emitter, Value* value) {
  switch (value->type()->kind()) {
    case TypeKind::kList:
    case TypeKind::kString:
    case TypeKind::kTensor: return std::make_unique<IndexedIterable>(value);
    case TypeKind::kDict:
      return std::make_unique<IndexedIterable>(emitter.operate(op::kKeys, {value}));
    case TypeKind::kTuple: {
      std::vector<TermPtr> items;
      const size_t size = value->type()->expect<TupleType>().elements().size();
      for (size_t i = 0; i < size; ++i)
        items.push_back(make_value_term(emitter.tuple_item(value, i)));
      return iterate_terms(std::move(items));
    }
    default: return nullptr;
  }
}

}  // namespace temper::ir
