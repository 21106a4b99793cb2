#pragma once
// What the reference tags of IValue point to. Shared by reference, not synchronised.
// Every class here derives from RefCounted first, so that IValue can hold it by that base.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "core/value/class_type.h"
#include "core/value/ivalue.h"
#include "core/value/nesting.h"
#include "core/value/type.h"

namespace temper {

class ListValue final : public RefCounted {
 public:
  explicit ListValue(TypePtr element, std::vector<IValue> items = {})
      : element_type(std::move(element)), items(std::move(items)) {}
  ~ListValue() override { release_items(std::move(items)); }
  TypePtr element_type;
  std::vector<IValue> items;
};

// Insertion-ordered; overwriting a key keeps its place. Tensor keys compare by identity.
class DictValue final : public RefCounted {
 public:
  DictValue(TypePtr key, TypePtr value) : key_type(std::move(key)), value_type(std::move(value)) {}
  ~DictValue() override;
  struct Entry {
    IValue key;
    IValue value;
  };
  size_t size() const { return index_.size(); }
  const IValue* find(const IValue& key) const;
  void set(const IValue& key, IValue value);
  bool erase(const IValue& key);
  void clear();
  // Calls body(key, value) in order; body must not change the dict.
  template <class Body>
  void each(Body&& body) const {
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (live_[i]) body(slots_[i].key, slots_[i].value);
    }
  }
  TypePtr key_type;
  TypePtr value_type;

 private:
  struct KeyHash {
    size_t operator()(const IValue& v) const { return hash(v); }
  };
  struct KeyEqual {
    bool operator()(const IValue& a, const IValue& b) const { return equal(a, b); }
  };
  void compact();
  std::vector<Entry> slots_;
  std::vector<bool> live_;
  std::unordered_map<IValue, size_t, KeyHash, KeyEqual> index_;
};

class TupleValue final : public RefCounted {
 public:
  explicit TupleValue(std::vector<IValue> items, TypePtr named_type = nullptr)
      : items(std::move(items)), type(std::move(named_type)) {}
  ~TupleValue() override { release_items(std::move(const_cast<std::vector<IValue>&>(items))); }
  const std::vector<IValue> items;
  const TypePtr type;  // set for NamedTuples, else null
};

class ObjectValue final : public RefCounted {
 public:
  explicit ObjectValue(Ref<const ClassType> type)
      : type(std::move(type)), slots(this->type->attributes().size(), IValue::uninitialized()) {}
  ~ObjectValue() override { release_items(std::move(slots)); }
  Ref<const ClassType> type;
  std::vector<IValue> slots;
};

class EnumValue final : public RefCounted {
 public:
  EnumValue(Ref<const EnumType> type, std::string name, IValue value)
      : type(std::move(type)), name(std::move(name)), value(std::move(value)) {}
  const Ref<const EnumType> type;
  const std::string name;
  const IValue value;
};

// Set once, by value or error; wait() blocks. Thread-safe.
class FutureValue final : public RefCounted {
 public:
  explicit FutureValue(TypePtr element) : element_type(std::move(element)) {}
  ~FutureValue() override { release_items({std::move(value_)}); }
  void set(IValue value);
  void set_error(std::exception_ptr error);
  bool ready() const;
  // Blocks until set, running the task here if nobody has started it; rethrows the error.
  IValue wait();
  // Work that sets this future. Whoever calls run_task() or wait() first runs it.
  void set_task(std::function<void()> task);
  void run_task();
  // Runs now if ready, else on the thread that completes the future.
  void then(std::function<void()> callback);
  const TypePtr element_type;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;
  IValue value_;
  std::exception_ptr error_;
  std::function<void()> task_;
  std::vector<std::function<void()>> callbacks_;
};

inline IValue::IValue(Ref<ListValue> v) : IValue(Tag::kList, v.leak()) {}
inline IValue::IValue(Ref<DictValue> v) : IValue(Tag::kDict, v.leak()) {}
inline IValue::IValue(Ref<TupleValue> v) : IValue(Tag::kTuple, v.leak()) {}
inline IValue::IValue(Ref<ObjectValue> v) : IValue(Tag::kObject, v.leak()) {}
inline IValue::IValue(Ref<EnumValue> v) : IValue(Tag::kEnum, v.leak()) {}
inline IValue::IValue(Ref<FutureValue> v) : IValue(Tag::kFuture, v.leak()) {}

// The dynamic type of a value; containers answer with their element types.
TypePtr type_of(const IValue& value);
// Whether `value` may be stored where `type` is declared. Deep: walks tuples and None in Optionals,
// trusts the element types of lists and dicts.
bool matches_type(const IValue& value, const TypePtr& type);

IValue make_list(TypePtr element, std::vector<IValue> items);
IValue make_int_list(DimsView values);
IValue make_tensor_list(const std::vector<Tensor>& tensors);
IValue make_tuple(std::vector<IValue> items);

// Text as the language's str() and print() show it (tensors in PyTorch's C++ style).
std::string to_text(const IValue& value);

}  // namespace temper
