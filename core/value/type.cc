#include "core/value/type.h"

#include <algorithm>
#include <array>

#include "core/base/error.h"
#include "core/tensor/shape.h"

namespace temper {
namespace {

struct SimpleName {
  TypeKind kind;
  const char* annotation;
  const char* ir;
};
constexpr SimpleName kSimpleNames[] = {
    {TypeKind::kAny, "Any", "Any"},
    {TypeKind::kAnyEnum, "AnyEnumType", "AnyEnumType"},
    {TypeKind::kTensor, "Tensor", "Tensor"},
    {TypeKind::kStorage, "Storage", "Storage"},
    {TypeKind::kAnyTuple, "tuple", "tuple"},
    {TypeKind::kAnyList, "list", "list"},
    {TypeKind::kNumber, "number", "Scalar"},
    {TypeKind::kFloat, "float", "float"},
    {TypeKind::kComplex, "complex", "complex"},
    {TypeKind::kInt, "int", "int"},
    {TypeKind::kNone, "NoneType", "NoneType"},
    {TypeKind::kString, "str", "str"},
    {TypeKind::kGenerator, "Generator", "Generator"},
    {TypeKind::kQuantizer, "Quantizer", "Quantizer"},
    {TypeKind::kBool, "bool", "bool"},
    {TypeKind::kCapsule, "Capsule", "Capsule"},
    {TypeKind::kDevice, "Device", "Device"},
    {TypeKind::kStream, "Stream", "Stream"},
    {TypeKind::kFunction, "Function", "Function"},
    {TypeKind::kAnyClass, "AnyClassType", "AnyClassType"},
    {TypeKind::kScalarType, "int", "ScalarType"},
    {TypeKind::kLayout, "int", "Layout"},
    {TypeKind::kMemoryFormat, "int", "MemoryFormat"},
    {TypeKind::kQScheme, "QScheme", "QScheme"},
};

const SimpleName* simple_name(TypeKind kind) {
  for (const SimpleName& entry : kSimpleNames) {
    if (entry.kind == kind) return &entry;
  }
  return nullptr;
}

std::string join(absl::Span<const TypePtr> types, bool ir) {
  std::string text;
  for (const TypePtr& type : types) {
    if (!text.empty()) text += ", ";
    text += ir ? type->ir_text() : type->annotation();
  }
  return text;
}

class SimpleType final : public Type {
 public:
  explicit SimpleType(TypeKind kind) : Type(kind) {}
};

}  // namespace

TypePtr make_simple_type(TypeKind kind) {
  if (kind == TypeKind::kTensor) return TypePtr(new TensorType({}));
  TEMPER_CHECK(simple_name(kind));
  return TypePtr(new SimpleType(kind));
}

std::string Type::annotation() const {
  const SimpleName* entry = simple_name(kind_);
  TEMPER_CHECK(entry);
  return entry->annotation;
}

std::string Type::ir_text() const {
  const SimpleName* entry = simple_name(kind_);
  return entry ? entry->ir : annotation();
}

TypePtr Type::simple(TypeKind kind) {
  // Immutable, one object per kind, never destroyed before its users.
  static const auto* const kTypes = [] {
    auto* types = new std::array<TypePtr, static_cast<size_t>(TypeKind::kTypeVar) + 1>();
    for (const SimpleName& entry : kSimpleNames) {
      (*types)[static_cast<size_t>(entry.kind)] = make_simple_type(entry.kind);
    }
    return types;
  }();
  const TypePtr& type = (*kTypes)[static_cast<size_t>(kind)];
  TEMPER_CHECK(type);
  return type;
}

TypePtr Type::any() { return simple(TypeKind::kAny); }
TypePtr Type::tensor() { return simple(TypeKind::kTensor); }
TypePtr Type::number() { return simple(TypeKind::kNumber); }
TypePtr Type::floating() { return simple(TypeKind::kFloat); }
TypePtr Type::complex() { return simple(TypeKind::kComplex); }
TypePtr Type::integer() { return simple(TypeKind::kInt); }
TypePtr Type::boolean() { return simple(TypeKind::kBool); }
TypePtr Type::string() { return simple(TypeKind::kString); }
TypePtr Type::none() { return simple(TypeKind::kNone); }
TypePtr Type::device() { return simple(TypeKind::kDevice); }

void throw_wrong_type_kind(const Type& type) {
  throw_error(ErrorKind::kInternal, str_cat("a value of type ", type.annotation(),
                                            " stands where another kind of type is needed"));
}

TypePtr TensorType::make(Known known) {
  if (known == Known{}) return Type::tensor();
  return TypePtr(new TensorType(std::move(known)));
}

std::string TensorType::ir_text() const {
  const Known& k = known_;
  if (k.undefined) return "Tensor[Undefined]";
  const auto dtype = k.dtype >= 0 ? dtype_from_code(k.dtype) : std::nullopt;
  std::string text = dtype ? std::string(dtype_name(*dtype)) : "Tensor";
  std::vector<std::string> parts;
  if (k.has_rank) {
    for (int64_t size : k.sizes) {
      parts.push_back(size >= 0 ? str_cat(size) : size == -1 ? "*" : str_cat("SS(", size, ")"));
    }
    if (!k.strides.empty() && k.strides.size() == k.sizes.size()) {
      parts.push_back("strides=" + to_string(DimsView(k.strides)));
    }
  } else if (dtype) {
    text += "Tensor";  // "Float(...)" would be a scalar tensor
  }
  if (k.requires_grad >= 0) parts.push_back(str_cat("requires_grad=", k.requires_grad));
  if (!k.device.empty()) parts.push_back("device=" + k.device);
  if (parts.empty() && !k.has_rank) return text;
  text += "(";
  for (size_t i = 0; i < parts.size(); ++i) text += (i ? ", " : "") + parts[i];
  return text + ")";
}

TypePtr list_of(TypePtr element) {
  return TypePtr(new WrapperType(TypeKind::kList, std::move(element)));
}

TypePtr optional_of(TypePtr element) {
  switch (element->kind()) {
    case TypeKind::kOptional:
    case TypeKind::kAny:
    case TypeKind::kNone: return element;
    case TypeKind::kUnion: return union_of({element, Type::none()});
    default: return TypePtr(new WrapperType(TypeKind::kOptional, std::move(element)));
  }
}

TypePtr future_of(TypePtr element) {
  return TypePtr(new WrapperType(TypeKind::kFuture, std::move(element)));
}

TypePtr rref_of(TypePtr element) {
  return TypePtr(new WrapperType(TypeKind::kRRef, std::move(element)));
}

std::string WrapperType::annotation() const {
  const char* name = kind() == TypeKind::kList       ? "List"
                     : kind() == TypeKind::kOptional ? "Optional"
                     : kind() == TypeKind::kFuture   ? "Future"
                                                     : "RRef";
  return str_cat(name, "[", element_->annotation(), "]");
}

std::string WrapperType::ir_text() const {
  switch (kind()) {
    case TypeKind::kList: return element_->ir_text() + "[]";
    case TypeKind::kOptional: return element_->ir_text() + "?";
    case TypeKind::kFuture: return str_cat("Future[", element_->ir_text(), "]");
    default: return str_cat("RRef[", element_->ir_text(), "]");
  }
}

TypePtr DictType::make(TypePtr key, TypePtr value) {
  return TypePtr(new DictType(std::move(key), std::move(value)));
}
std::string DictType::annotation() const {
  return str_cat("Dict[", key()->annotation(), ", ", value()->annotation(), "]");
}
std::string DictType::ir_text() const {
  return str_cat("Dict(", key()->ir_text(), ", ", value()->ir_text(), ")");
}

TypePtr TupleType::make(std::vector<TypePtr> elements) {
  Ref<TupleType> type(new TupleType());
  type->elements_ = std::move(elements);
  return type;
}

TypePtr TupleType::make_named(std::string name, std::vector<std::string> fields,
                              std::vector<TypePtr> elements) {
  TEMPER_CHECK(fields.size() == elements.size());
  Ref<TupleType> type(new TupleType());
  type->name_ = std::move(name);
  type->fields_ = std::move(fields);
  type->elements_ = std::move(elements);
  return type;
}

int TupleType::field_index(std::string_view field) const {
  const auto it = std::find(fields_.begin(), fields_.end(), field);
  return it == fields_.end() ? -1 : static_cast<int>(it - fields_.begin());
}

std::string TupleType::annotation() const {
  if (!name_.empty()) return name_;
  if (elements_.empty()) return "Tuple[()]";
  return str_cat("Tuple[", join(elements_, false), "]");
}

std::string TupleType::ir_text() const {
  if (!named()) return str_cat("(", join(elements_, true), ")");
  std::string text;
  for (size_t i = 0; i < elements_.size(); ++i) {
    text += str_cat(i ? ", " : "", fields_[i], " : ", elements_[i]->ir_text());
  }
  return str_cat("NamedTuple(", text, ")");
}

std::string UnionType::annotation() const { return str_cat("Union[", join(members_, false), "]"); }
std::string UnionType::ir_text() const { return str_cat("Union(", join(members_, true), ")"); }

TypePtr TypeVarType::make(std::string name) { return TypePtr(new TypeVarType(std::move(name))); }

}  // namespace temper
