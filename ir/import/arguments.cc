// What a caller hands over becomes what the program declares, by the rules of PyTorch's Python
// interface: ints are floats where floats are wanted, tensors of one element are numbers, any
// sequence is a list, tuples get names.

#include <complex>

#include "core/base/error.h"
#include "core/tensor/device.h"
#include "core/value/containers.h"
#include "core/value/function.h"
#include "core/value/nesting.h"
#include "ir/archive/pickle.h"
#include "ir/import/import.h"

namespace temper::ir {
namespace {

const std::vector<IValue>* sequence(const IValue& value) {
  if (value.is_list()) return &value.to_list().items;
  return value.is_tuple() ? &value.to_tuple().items : nullptr;
}

IValue as_list(IValue value, const TypePtr& element) {
  const std::vector<IValue>* items = sequence(value);
  if (!items) return value;
  const NestingGuard guard;
  std::vector<IValue> converted;
  for (const IValue& item : *items) converted.push_back(as_declared(item, element));
  return make_list(element, std::move(converted));
}

IValue as_tuple(IValue value, const TypePtr& type) {
  const auto& wanted = type->expect<TupleType>();
  const std::vector<IValue>* items = sequence(value);
  if (!items || items->size() != wanted.elements().size()) return value;
  const NestingGuard guard;
  std::vector<IValue> converted;
  for (size_t i = 0; i < items->size(); ++i) {
    converted.push_back(as_declared((*items)[i], wanted.elements()[i]));
  }
  return make_ref<TupleValue>(std::move(converted), wanted.named() ? type : nullptr);
}

IValue as_dict(IValue value, const DictType& type) {
  if (!value.is_dict()) return value;
  const NestingGuard guard;
  auto converted = make_ref<DictValue>(type.key(), type.value());
  value.to_dict().each([&](const IValue& key, const IValue& item) {
    converted->set(as_declared(key, type.key()), as_declared(item, type.value()));
  });
  return converted;
}

IValue only_element(const Tensor& tensor, TypeKind wanted) {
  switch (wanted) {
    case TypeKind::kFloat: return *to_dtype(tensor, DType::kFloat64).data<double>();
    case TypeKind::kBool: return *to_dtype(tensor, DType::kBool).data<bool>();
    case TypeKind::kComplex:
      return std::complex<double>(
          *to_dtype(tensor, DType::kComplex128).data<std::complex<double>>());
    default: return *to_dtype(tensor, DType::kInt64).data<int64_t>();
  }
}

// Bools and ints are numbers of every wider kind; a tensor of one element is that number, and
// everything has a truth.
IValue as_number(IValue value, TypeKind wanted) {
  if (value.is_tensor() && value.to_tensor().defined() && value.to_tensor().numel() == 1) {
    return only_element(value.to_tensor(), wanted);
  }
  if (wanted == TypeKind::kBool && value.is_none()) return false;
  if (wanted == TypeKind::kBool && value.is_complex()) return value.to_complex() != 0.0;
  if (!value.is_int() && !value.is_bool() && !value.is_double()) return value;
  const double real = value.is_double() ? value.to_double() : static_cast<double>(value.raw_int());
  switch (wanted) {
    case TypeKind::kFloat: return real;
    case TypeKind::kComplex: return std::complex<double>(real, 0);
    case TypeKind::kBool: return real != 0;
    default: return value.is_bool() ? IValue(value.raw_int()) : value;
  }
}

// What in the value is not of its declared type; null if all is. Containers that were made for a
// type say that they are of it, whatever they were given.
const IValue* misfit(const IValue& value, const TypePtr& type) {
  const auto first = [](const std::vector<IValue>& items, auto type_at) -> const IValue* {
    for (size_t i = 0; i < items.size(); ++i) {
      if (const IValue* found = misfit(items[i], type_at(i))) return found;
    }
    return nullptr;
  };
  if (!matches_type(value, type)) return &value;
  const NestingGuard guard;
  switch (type->kind()) {
    case TypeKind::kOptional:
      return value.is_none() ? nullptr : misfit(value, type->contained()[0]);
    case TypeKind::kList:
      return first(value.to_list().items, [&](size_t) { return type->contained()[0]; });
    case TypeKind::kTuple:
      return first(value.to_tuple().items, [&](size_t i) { return type->contained()[i]; });
    case TypeKind::kDict: {
      const IValue* found = nullptr;
      value.to_dict().each([&](const IValue& key, const IValue& item) {
        if (!found) found = misfit(key, type->contained()[0]);
        if (!found) found = misfit(item, type->contained()[1]);
      });
      return found;
    }
    default: return nullptr;
  }
}

}  // namespace

IValue as_declared(IValue value, const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kOptional:
      return value.is_none() ? value : as_declared(std::move(value), type->contained()[0]);
    case TypeKind::kFloat:
    case TypeKind::kComplex:
    case TypeKind::kBool:
    case TypeKind::kInt: return as_number(std::move(value), type->kind());
    case TypeKind::kNumber: return value.is_bool() ? IValue(value.raw_int()) : value;
    case TypeKind::kDevice: return value.is_string() ? parse_device(value.to_string()) : value;
    case TypeKind::kList: return as_list(std::move(value), type->contained()[0]);
    case TypeKind::kDict: return as_dict(std::move(value), type->expect<DictType>());
    case TypeKind::kTuple: return as_tuple(std::move(value), type);
    default: return restore_types(std::move(value), type);
  }
}

std::vector<IValue> bind_arguments(const Function& method, std::vector<IValue> args) {
  const Schema& schema = method.schema();
  for (size_t i = 0; i < args.size() && i + 1 < schema.arguments.size(); ++i) {
    const Argument& declared = schema.arguments[i + 1];
    args[i] = as_declared(std::move(args[i]), declared.type);
    const IValue* found = misfit(args[i], declared.type);
    if (!found) continue;
    fail(method.name(), "() Expected a value of type '", declared.type->annotation(),
         "' for argument '", declared.name, "' but instead found ",
         found == &args[i] ? "" : "in it a value of ", "type '", type_of(*found)->annotation(),
         "'");
  }
  return args;
}

}  // namespace temper::ir
