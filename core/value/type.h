#pragma once
// Static types of programs. Types are immutable and shared; two types are the same when equal(),
// classes and enums when they are the same object. ClassType is the exception: its members are
// added while its source is compiled, and it is frozen afterwards.

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/base/ref.h"
#include "core/tensor/dtype.h"

namespace temper {

class Type;
[[noreturn]] void throw_wrong_type_kind(const Type& type);
using TypePtr = Ref<const Type>;

enum class TypeKind : uint8_t {
  // The order of the kinds is the order in which the members of a Union are listed.
  kAny,
  kEnum,
  kAnyEnum,
  kTensor,
  kStorage,
  kTuple,
  kAnyTuple,
  kList,
  kAnyList,
  kDict,
  kNumber,
  kFloat,
  kComplex,
  kFuture,
  kRRef,
  kInt,
  kNone,
  kString,
  kGenerator,
  kQuantizer,
  kBool,
  kOptional,
  kCapsule,
  kDevice,
  kStream,
  kFunction,
  kClass,
  kAnyClass,
  kInterface,
  kScalarType,
  kLayout,
  kMemoryFormat,
  kQScheme,
  kUnion,
  kTypeVar,
};

class Type : public RefCounted {
 public:
  TypeKind kind() const { return kind_; }
  // Annotation syntax of the source dialect: "Optional[List[int]]".
  virtual std::string annotation() const;
  // IR text syntax: "int[]?".
  virtual std::string ir_text() const;
  virtual absl::Span<const TypePtr> contained() const { return {}; }

  template <class T>
  const T* as() const {
    return T::classof(kind_) ? static_cast<const T*>(this) : nullptr;
  }
  // as() that checks.
  template <class T>
  const T& expect() const;

  // A simple type (no parameters), one shared object per kind.
  static TypePtr simple(TypeKind kind);
  static TypePtr any();
  static TypePtr tensor();
  static TypePtr number();
  static TypePtr floating();
  static TypePtr complex();
  static TypePtr integer();
  static TypePtr boolean();
  static TypePtr string();
  static TypePtr none();
  static TypePtr device();

 protected:
  explicit Type(TypeKind kind) : kind_(kind) {}

 private:
  friend TypePtr make_simple_type(TypeKind);
  TypeKind kind_;
};

// What is statically known of a tensor; unknown parts are absent. Plain Tensor has none.
class TensorType final : public Type {
 public:
  static bool classof(TypeKind k) { return k == TypeKind::kTensor; }
  struct Known {
    int dtype = -1;          // a DType code, -1 unknown
    std::string device;      // "" unknown
    int requires_grad = -1;  // 0, 1, -1 unknown
    bool has_rank = false;
    std::vector<int64_t> sizes;    // -1 unknown, < -1 a symbol
    std::vector<int64_t> strides;  // empty: unknown
    bool undefined = false;
    bool operator==(const Known&) const = default;
  };
  static TypePtr make(Known known);
  const Known& known() const { return known_; }
  std::string ir_text() const override;

 private:
  explicit TensorType(Known known) : Type(TypeKind::kTensor), known_(std::move(known)) {}
  friend TypePtr make_simple_type(TypeKind);
  Known known_;
};

// List, Optional, Future, RRef: one parameter.
class WrapperType final : public Type {
 public:
  static bool classof(TypeKind k) {
    return k == TypeKind::kList || k == TypeKind::kOptional || k == TypeKind::kFuture ||
           k == TypeKind::kRRef;
  }
  const TypePtr& element() const { return element_; }
  absl::Span<const TypePtr> contained() const override { return {&element_, 1}; }
  std::string annotation() const override;
  std::string ir_text() const override;

 private:
  friend TypePtr list_of(TypePtr);
  friend TypePtr optional_of(TypePtr);
  friend TypePtr future_of(TypePtr);
  friend TypePtr rref_of(TypePtr);
  WrapperType(TypeKind kind, TypePtr element) : Type(kind), element_(std::move(element)) {}
  TypePtr element_;
};

TypePtr list_of(TypePtr element);
TypePtr optional_of(TypePtr element);  // Optional[Optional[T]] = Optional[T]; of Any/None: itself
TypePtr future_of(TypePtr element);
TypePtr rref_of(TypePtr element);

class DictType final : public Type {
 public:
  static bool classof(TypeKind k) { return k == TypeKind::kDict; }
  static TypePtr make(TypePtr key, TypePtr value);
  const TypePtr& key() const { return types_[0]; }
  const TypePtr& value() const { return types_[1]; }
  absl::Span<const TypePtr> contained() const override { return types_; }
  std::string annotation() const override;
  std::string ir_text() const override;

 private:
  DictType(TypePtr k, TypePtr v) : Type(TypeKind::kDict), types_{std::move(k), std::move(v)} {}
  TypePtr types_[2];
};

// Tuple or NamedTuple. A NamedTuple has a qualified name and field names (the name may be empty for
// the anonymous result of an operator with named returns).
class TupleType final : public Type {
 public:
  static bool classof(TypeKind k) { return k == TypeKind::kTuple; }
  static TypePtr make(std::vector<TypePtr> elements);
  static TypePtr make_named(std::string name, std::vector<std::string> fields,
                            std::vector<TypePtr> elements);
  absl::Span<const TypePtr> contained() const override { return elements_; }
  const std::vector<TypePtr>& elements() const { return elements_; }
  bool named() const { return !fields_.empty(); }
  const std::string& name() const { return name_; }
  const std::vector<std::string>& fields() const { return fields_; }
  int field_index(std::string_view field) const;  // -1 when absent
  std::string annotation() const override;
  std::string ir_text() const override;

 private:
  TupleType() : Type(TypeKind::kTuple) {}
  std::string name_;
  std::vector<std::string> fields_;
  std::vector<TypePtr> elements_;
};

class UnionType final : public Type {
 public:
  static bool classof(TypeKind k) { return k == TypeKind::kUnion; }
  const std::vector<TypePtr>& members() const { return members_; }
  absl::Span<const TypePtr> contained() const override { return members_; }
  std::string annotation() const override;
  std::string ir_text() const override;

 private:
  friend TypePtr union_of(std::vector<TypePtr>);
  explicit UnionType(std::vector<TypePtr> members)
      : Type(TypeKind::kUnion), members_(std::move(members)) {}
  std::vector<TypePtr> members_;
};

// Flattened, without repeats, in kind order. {T, None} gives Optional[T]; one member gives itself;
// {int, float, complex} gives number.
TypePtr union_of(std::vector<TypePtr> members);

// A variable of a schema ("t"); bound during matching.
class TypeVarType final : public Type {
 public:
  static bool classof(TypeKind k) { return k == TypeKind::kTypeVar; }
  static TypePtr make(std::string name);
  const std::string& name() const { return name_; }
  std::string annotation() const override { return name_; }

 private:
  explicit TypeVarType(std::string name) : Type(TypeKind::kTypeVar), name_(std::move(name)) {}
  std::string name_;
};

bool equal(const Type& a, const Type& b);
inline bool equal(const TypePtr& a, const TypePtr& b) { return a == b || equal(*a, *b); }
// Rules of subtyping: see the language reference; `why` (optional) receives the reason of a no.
bool is_subtype(const TypePtr& a, const TypePtr& b, std::string* why = nullptr);
// The least common supertype that the language infers, or null. With `to_union` a Union is made.
TypePtr unify(const TypePtr& a, const TypePtr& b, bool to_union = false);
// A type whose values can be None: Optional, None, Any, a Union with None.
bool may_be_none(const TypePtr& type);
// The type without None: Optional[T] -> T, Union[A, B, None] -> Union[A, B].
TypePtr without_none(const TypePtr& type);
bool has_type_vars(const TypePtr& type);

template <class T>
const T& Type::expect() const {
  const T* typed = as<T>();
  if (!typed) [[unlikely]]
    throw_wrong_type_kind(*this);
  return *typed;
}

}  // namespace temper
