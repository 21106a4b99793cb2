#pragma once
// IValue: the interpreter value of a program. 16 bytes: a tag and a scalar or a counted reference.
// Tensors, containers and objects are references (copying an IValue aliases them); the rest are
// values. Not synchronised.

#include <complex>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ref.h"
#include "core/tensor/device.h"
#include "core/tensor/tensor.h"

namespace temper {

class Type;
using TypePtr = Ref<const Type>;
class ListValue;
class DictValue;
class TupleValue;
class ObjectValue;
class EnumValue;
class FutureValue;
class GeneratorValue;
class Function;

enum class Tag : uint8_t {
  kNone,
  kBool,
  kInt,
  kDouble,
  kDevice,
  kUninitialized,  // scalars: no reference
  kTensor,
  kString,
  kComplex,
  kList,
  kDict,
  kTuple,
  kObject,
  kEnum,
  kFuture,
  kRRef,
  kGenerator,
  kFunction,
  kCapsule,
};
inline bool tag_is_reference(Tag tag) { return tag >= Tag::kTensor; }
std::string_view tag_name(Tag tag);

struct StringValue final : RefCounted {
  explicit StringValue(std::string t) : text(std::move(t)) {}
  const std::string text;
};
struct ComplexValue final : RefCounted {
  explicit ComplexValue(std::complex<double> v) : value(v) {}
  const std::complex<double> value;
};

class IValue {
 public:
  IValue() : tag_(Tag::kNone) { payload_.i = 0; }
  IValue(const IValue& other) : payload_(other.payload_), tag_(other.tag_) {
    if (tag_is_reference(tag_) && payload_.p) payload_.p->retain();
  }
  IValue(IValue&& other) noexcept : payload_(other.payload_), tag_(other.tag_) {
    other.tag_ = Tag::kNone;
  }
  IValue& operator=(const IValue& other) {
    IValue copy(other);
    swap(copy);
    return *this;
  }
  IValue& operator=(IValue&& other) noexcept {
    if (this != &other) {
      drop();
      payload_ = other.payload_;
      tag_ = other.tag_;
      other.tag_ = Tag::kNone;
    }
    return *this;
  }
  ~IValue() { drop(); }
  void swap(IValue& other) noexcept {
    std::swap(payload_, other.payload_);
    std::swap(tag_, other.tag_);
  }

  IValue(int64_t v) : tag_(Tag::kInt) { payload_.i = v; }
  IValue(int v) : IValue(static_cast<int64_t>(v)) {}
  IValue(double v) : tag_(Tag::kDouble) { payload_.d = v; }
  IValue(bool v) : tag_(Tag::kBool) { payload_.i = v; }
  IValue(std::complex<double> v) : IValue(Tag::kComplex, make_ref<ComplexValue>(v).leak()) {}
  IValue(std::string v) : IValue(Tag::kString, make_ref<StringValue>(std::move(v)).leak()) {}
  IValue(std::string_view v) : IValue(std::string(v)) {}
  IValue(const char* v) : IValue(std::string(v)) {}
  IValue(Tensor v) : tag_(Tag::kTensor) { payload_.p = std::move(v).take().leak(); }
  IValue(Device v) : tag_(Tag::kDevice) {
    payload_.i = static_cast<int64_t>(v.kind) << 8 | static_cast<uint8_t>(v.index);
  }
  IValue(Ref<ListValue> v);
  IValue(Ref<DictValue> v);
  IValue(Ref<TupleValue> v);
  IValue(Ref<ObjectValue> v);
  IValue(Ref<EnumValue> v);
  IValue(Ref<FutureValue> v);
  IValue(Ref<GeneratorValue> v);
  IValue(Ref<Function> v);
  IValue(const void*) = delete;
  static IValue uninitialized() {
    IValue v;
    v.tag_ = Tag::kUninitialized;
    return v;
  }
  // References of kinds that core does not know (RRef, Capsule).
  static IValue opaque(Tag tag, Ref<RefCounted> v) { return IValue(tag, v.leak()); }

  Tag tag() const { return tag_; }
  bool is_none() const { return tag_ == Tag::kNone; }
  bool is_tensor() const { return tag_ == Tag::kTensor; }
  bool is_int() const { return tag_ == Tag::kInt; }
  bool is_double() const { return tag_ == Tag::kDouble; }
  bool is_bool() const { return tag_ == Tag::kBool; }
  bool is_string() const { return tag_ == Tag::kString; }
  bool is_list() const { return tag_ == Tag::kList; }
  bool is_dict() const { return tag_ == Tag::kDict; }
  bool is_tuple() const { return tag_ == Tag::kTuple; }
  bool is_object() const { return tag_ == Tag::kObject; }
  bool is_complex() const { return tag_ == Tag::kComplex; }
  // int, float, complex: what the language calls number (bool is not one; kernels accept it too).
  bool is_scalar() const { return is_int() || is_double() || is_complex() || is_bool(); }

  // Checked access: a wrong tag is our bug or an unverified archive, and throws kInternal.
  int64_t to_int() const { return expect(Tag::kInt), payload_.i; }
  double to_double() const { return expect(Tag::kDouble), payload_.d; }
  bool to_bool() const { return expect(Tag::kBool), payload_.i != 0; }
  std::complex<double> to_complex() const {
    return expect(Tag::kComplex), static_cast<ComplexValue*>(payload_.p)->value;
  }
  const std::string& to_string() const {
    return expect(Tag::kString), static_cast<StringValue*>(payload_.p)->text;
  }
  Tensor to_tensor() const {
    expect(Tag::kTensor);
    return Tensor(Ref<TensorImpl>(static_cast<TensorImpl*>(payload_.p)));
  }
  // Moves the tensor out; None stays.
  Tensor take_tensor() {
    expect(Tag::kTensor);
    tag_ = Tag::kNone;
    return Tensor(Ref<TensorImpl>::adopt(static_cast<TensorImpl*>(payload_.p)));
  }
  Device to_device() const {
    expect(Tag::kDevice);
    return {static_cast<DeviceKind>(payload_.i >> 8), static_cast<int8_t>(payload_.i & 0xff)};
  }
  ListValue& to_list() const { return *reference<ListValue>(Tag::kList); }
  DictValue& to_dict() const { return *reference<DictValue>(Tag::kDict); }
  TupleValue& to_tuple() const { return *reference<TupleValue>(Tag::kTuple); }
  ObjectValue& to_object() const { return *reference<ObjectValue>(Tag::kObject); }
  EnumValue& to_enum() const { return *reference<EnumValue>(Tag::kEnum); }
  FutureValue& to_future() const { return *reference<FutureValue>(Tag::kFuture); }
  GeneratorValue& to_generator() const { return *reference<GeneratorValue>(Tag::kGenerator); }
  Function& to_function() const { return *reference<Function>(Tag::kFunction); }
  RefCounted* to_reference() const { return tag_is_reference(tag_) ? payload_.p : nullptr; }
  // int, float or bool as double / int (Scalar arguments).
  double scalar_as_double() const;
  int64_t scalar_as_int() const;
  std::complex<double> scalar_as_complex() const;

  // Unchecked writes for interpreter registers that only ever hold scalars of this tag.
  void set_int_scalar(int64_t v) { payload_.i = v, tag_ = Tag::kInt; }
  void set_double_scalar(double v) { payload_.d = v, tag_ = Tag::kDouble; }
  void set_bool_scalar(bool v) { payload_.i = v, tag_ = Tag::kBool; }
  int64_t raw_int() const { return payload_.i; }
  double raw_double() const { return payload_.d; }
  TensorImpl* raw_tensor() const { return static_cast<TensorImpl*>(payload_.p); }

  // Identity as `is` sees it: references by address, scalars and strings by value.
  bool is_same(const IValue& other) const;

 private:
  IValue(Tag tag, RefCounted* p) : tag_(tag) { payload_.p = p; }
  void drop() {
    if (tag_is_reference(tag_) && payload_.p) payload_.p->release();
  }
  void expect(Tag tag) const {
    if (tag_ != tag) [[unlikely]]
      wrong_tag(tag);
  }
  [[noreturn]] void wrong_tag(Tag wanted) const;
  template <class T>
  T* reference(Tag tag) const {
    expect(tag);
    return reinterpret_cast<T*>(payload_.p);
  }

  union Payload {
    int64_t i;
    double d;
    RefCounted* p;
  } payload_;
  Tag tag_;
};
static_assert(sizeof(IValue) == 16);

// Value equality as `==` and list membership see it. Tensors compare by identity here.
bool equal(const IValue& a, const IValue& b);
size_t hash(const IValue& value);  // only for hashable tags; throws otherwise

}  // namespace temper
