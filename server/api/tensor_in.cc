#include "server/api/tensor_in.h"

#include <algorithm>
#include <cstring>

#include "core/base/error.h"
#include "core/tensor/bool8.h"
#include "core/value/containers.h"

namespace temper {
namespace {

constexpr int64_t kMaxEmptyLists = 100'000;

// The one typed field that a datatype uses: its number of elements; -1 for datatypes without one.
int64_t contents_count(const Datatype& datatype, const inference::InferTensorContents& contents) {
  if (datatype.is_bytes()) return contents.bytes_contents_size();
  if (!datatype.dtype) {
    return datatype.name == "UINT64" ? contents.uint64_contents_size()
                                     : contents.uint_contents_size();
  }
  switch (*datatype.dtype) {
    case DType::kBool: return contents.bool_contents_size();
    case DType::kUInt8: return contents.uint_contents_size();
    case DType::kInt8:
    case DType::kInt16:
    case DType::kInt32: return contents.int_contents_size();
    case DType::kInt64: return contents.int64_contents_size();
    case DType::kFloat32: return contents.fp32_contents_size();
    case DType::kFloat64: return contents.fp64_contents_size();
    default: return -1;
  }
}

int64_t all_contents_count(const inference::InferTensorContents& contents) {
  return int64_t{contents.bool_contents_size()} + contents.int_contents_size() +
         contents.int64_contents_size() + contents.uint_contents_size() +
         contents.uint64_contents_size() + contents.fp32_contents_size() +
         contents.fp64_contents_size() + contents.bytes_contents_size();
}

template <class To, class From>
void convert(const google::protobuf::RepeatedField<From>& from, const Tensor& to) {
  std::transform(from.begin(), from.end(), to.data<To>(),
                 [](From value) { return static_cast<To>(value); });
}

bool is_scalar_type(TypeKind kind) {
  return kind == TypeKind::kInt || kind == TypeKind::kFloat || kind == TypeKind::kBool ||
         kind == TypeKind::kString || kind == TypeKind::kNumber;
}

}  // namespace

TensorIn::TensorIn(const WireInput& wire, const std::string* raw, const Ref<RefCounted>& owner)
    : wire_(&wire), raw_(raw), owner_(&owner), datatype_(find_datatype(wire.datatype())) {
  if (!datatype_) {
    fail("input '", name(), "' has the unknown datatype '", wire.datatype(), "'; known are ",
         all_datatypes());
  }
  count_ = 1;
  for (const int64_t dim : wire.shape()) {
    if (dim < 0)
      fail("input '", name(), "' has the shape ", to_string(shape()), " with a negative dim");
  }
  if (std::find(wire.shape().begin(), wire.shape().end(), 0) != wire.shape().end()) count_ = 0;
  for (int i = 0; i < wire.shape_size() && count_ > 0; ++i) {
    if (__builtin_mul_overflow(count_, wire.shape(i), &count_) || count_ > (int64_t{1} << 40)) {
      fail("input '", name(), "' has the shape ", to_string(shape()),
           ", which has more elements than a request can hold");
    }
  }
  raw_ ? check_size() : check_contents();
}

std::string TensorIn::text() const {
  return str_cat("input '", name(), "' (", datatype_->name, " ", to_string(shape()), ")");
}

void TensorIn::check_size() const {
  if (datatype_->is_bytes()) {
    elements();
    return;
  }
  const int64_t expected = count_ * datatype_->size;
  if (static_cast<int64_t>(raw_->size()) != expected) {
    fail(text(), " needs ", expected, " bytes, but its raw content has ", raw_->size());
  }
}

void TensorIn::check_contents() const {
  if (!wire_->has_contents()) {
    if (count_ == 0) return;
    fail(text(),
         " has no data: put it into raw_input_contents, one entry per input, or into the "
         "input's contents");
  }
  const int64_t given = contents_count(*datatype_, wire_->contents());
  if (given < 0)
    fail(text(), ": typed contents cannot hold this datatype; send raw_input_contents");
  if (given != all_contents_count(wire_->contents())) {
    fail(text(), " has data in a field of another datatype");
  }
  if (given != count_) {
    fail(text(), " needs ", count_, " elements, but its contents have ", given);
  }
}

std::vector<std::string_view> TensorIn::elements() const {
  std::vector<std::string_view> elements;
  if (raw_) {
    elements = split_bytes(*raw_, text());
  } else {
    const auto& contents = wire_->contents().bytes_contents();
    elements.assign(contents.begin(), contents.end());
  }
  if (static_cast<int64_t>(elements.size()) != count_) {
    fail(text(), " needs ", count_, " elements, but its content has ", elements.size());
  }
  return elements;
}

Tensor TensorIn::tensor() const {
  if (datatype_->is_bytes()) fail(text(), " is text, but the method wants a tensor of numbers");
  if (!datatype_->dtype) {
    fail(text(), ": TorchScript has no tensors of this datatype; send INT32 or INT64");
  }
  if (!raw_) return typed_tensor();
  const DType dtype = *datatype_->dtype;
  const auto* data = reinterpret_cast<const std::byte*>(raw_->data());
  if (dtype == DType::kBool &&
      std::any_of(raw_->begin(), raw_->end(), [](char c) { return c != 0 && c != 1; })) {
    fail(text(), " has bytes that are neither 0 nor 1");
  }
  if (reinterpret_cast<uintptr_t>(data) % static_cast<uintptr_t>(datatype_->size) != 0 ||
      raw_->empty()) {
    Tensor copy = empty(shape(), dtype);
    if (!raw_->empty()) std::memcpy(copy.raw(), data, raw_->size());
    return copy;
  }
  // Programs may write to their inputs in place: the bytes are the request's own.
  auto storage =
      Storage::borrow(const_cast<std::byte*>(data), static_cast<int64_t>(raw_->size()), *owner_);
  return from_storage(std::move(storage), dtype, shape(), contiguous_strides(shape()), 0);
}

Tensor TensorIn::typed_tensor() const {
  Tensor tensor = empty(shape(), *datatype_->dtype);
  if (count_ == 0) return tensor;
  const auto& contents = wire_->contents();
  switch (*datatype_->dtype) {
    case DType::kBool: convert<Bool8>(contents.bool_contents(), tensor); break;
    case DType::kUInt8: convert<uint8_t>(contents.uint_contents(), tensor); break;
    case DType::kInt8: convert<int8_t>(contents.int_contents(), tensor); break;
    case DType::kInt16: convert<int16_t>(contents.int_contents(), tensor); break;
    case DType::kInt32: convert<int32_t>(contents.int_contents(), tensor); break;
    case DType::kInt64: convert<int64_t>(contents.int64_contents(), tensor); break;
    case DType::kFloat32: convert<float>(contents.fp32_contents(), tensor); break;
    default: convert<double>(contents.fp64_contents(), tensor); break;
  }
  return tensor;
}

void TensorIn::refuse(const TypePtr& type) const {
  std::string wanted = "one element";
  switch (type->kind()) {
    case TypeKind::kInt: wanted = "one integer (INT64, shape [1])"; break;
    case TypeKind::kFloat:
    case TypeKind::kNumber: wanted = "one number (FP64, shape [1])"; break;
    case TypeKind::kBool: wanted = "one BOOL (shape [1])"; break;
    case TypeKind::kString: wanted = "one BYTES element (shape [1])"; break;
    case TypeKind::kList: wanted = "one dim per list, with elements of its type"; break;
    default: break;
  }
  fail(text(), " cannot stand for ", type->annotation(), ": expected ", wanted);
}

IValue TensorIn::value(const TypePtr& type) const {
  if (type->kind() == TypeKind::kTensor) return tensor();
  if (is_scalar_type(type->kind())) return scalar(type);
  if (type->kind() == TypeKind::kList) return list(type);
  if (type->kind() == TypeKind::kAny) {
    if (!datatype_->is_bytes()) return tensor();
    return count_ == 1 ? scalar(Type::string()) : list(list_of(Type::string()));
  }
  refuse(type);
}

IValue TensorIn::scalar(const TypePtr& type) const {
  if (count_ != 1) refuse(type);
  if (type->kind() == TypeKind::kString) {
    if (!datatype_->is_bytes()) refuse(type);
    return std::string(elements()[0]);
  }
  if (!datatype_->dtype) refuse(type);
  return scalar_at(tensor().reshape({1}), 0, type);
}

IValue TensorIn::scalar_at(const Tensor& flat, int64_t index, const TypePtr& type) const {
  const DType dtype = flat.dtype();
  const Tensor one = flat.narrow(0, index, 1);
  switch (type->kind()) {
    case TypeKind::kBool:
      if (dtype != DType::kBool) refuse(type);
      return bool{*one.data<Bool8>()};
    case TypeKind::kInt:
      if (!is_integral(dtype)) refuse(type);
      return *to_dtype(one, DType::kInt64).data<int64_t>();
    case TypeKind::kFloat:
      if (dtype == DType::kBool) refuse(type);
      return *to_dtype(one, DType::kFloat64).data<double>();
    case TypeKind::kNumber:
      if (dtype == DType::kBool) refuse(type);
      if (is_integral(dtype)) return *to_dtype(one, DType::kInt64).data<int64_t>();
      return *to_dtype(one, DType::kFloat64).data<double>();
    default: refuse(type);
  }
}

// Lists of nothing cost the sender nothing, whatever their number.
void TensorIn::check_lists(const TypePtr& type) const {
  int64_t lists = 1;
  for (const int64_t dim : shape().first(shape().size() - 1)) {
    if (dim == 0) return;
    if (dim > kMaxEmptyLists / lists && count_ == 0) {
      fail(text(), " stands for more than ", kMaxEmptyLists, " empty lists of ",
           type->annotation());
    }
    lists *= dim;
  }
}

IValue TensorIn::list(const TypePtr& type) const {
  TypePtr leaf = type;
  size_t depth = 0;
  for (; leaf->kind() == TypeKind::kList; leaf = leaf->contained()[0]) ++depth;
  if (count_ == 0 && shape().size() <= 1) return make_list(type->contained()[0], {});
  if (!is_scalar_type(leaf->kind()) || shape().size() != depth) refuse(type);
  check_lists(type);
  std::vector<std::string_view> texts;
  Tensor flat;
  if (leaf->kind() == TypeKind::kString) {
    if (!datatype_->is_bytes()) refuse(type);
    texts = elements();
  } else {
    if (!datatype_->dtype) refuse(type);
    flat = tensor().reshape({count_});
  }
  return nested(type, 0, 0, count_, flat, texts);
}

// Elements [from, from + length) as the list at nesting level `dim`.
IValue TensorIn::nested(const TypePtr& type, size_t dim, int64_t from, int64_t length,
                        const Tensor& flat, const std::vector<std::string_view>& texts) const {
  const TypePtr& element = type->contained()[0];
  std::vector<IValue> items;
  const int64_t size = shape()[dim];
  for (int64_t i = 0; i < size; ++i) {
    if (element->kind() == TypeKind::kList) {
      const int64_t part = length / size;
      items.push_back(nested(element, dim + 1, from + i * part, part, flat, texts));
    } else if (element->kind() == TypeKind::kString) {
      items.emplace_back(std::string(texts[static_cast<size_t>(from + i)]));
    } else {
      items.push_back(scalar_at(flat, from + i, element));
    }
  }
  return make_list(element, std::move(items));
}

}  // namespace temper
