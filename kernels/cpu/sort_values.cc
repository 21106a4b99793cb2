#include "kernels/cpu/sort_values.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/op/run_context.h"
#include "kernels/cpu/item.h"

namespace temper {
namespace {

// The one element that comparing two tensors is about.
std::pair<IValue, IValue> tensor_items(const Tensor& a, const Tensor& b) {
  const int64_t count = numel_of(broadcast(a.sizes(), b.sizes()));
  if (count == 0) fail("Boolean value of Tensor with no values is ambiguous");
  if (count > 1) fail("Boolean value of Tensor with more than one value is ambiguous");
  return {item_of(a), item_of(b)};
}

bool number_less(const IValue& a, const IValue& b) {
  if (a.is_double() || b.is_double()) return a.scalar_as_double() < b.scalar_as_double();
  return a.scalar_as_int() < b.scalar_as_int();
}

class Less {
 public:
  explicit Less(RunContext& context) : context_(context) {}

  bool operator()(const IValue& a, const IValue& b) const {
    switch (a.tag()) {
      case Tag::kInt:
      case Tag::kBool:
      case Tag::kDouble: return number_less(a, b);
      case Tag::kString: return a.to_string() < b.to_string();
      case Tag::kTensor: return tensor_less(a, b);
      case Tag::kTuple: return tuple_less(a.to_tuple().items, b.to_tuple().items);
      default: return object_less(a, b);
    }
  }

 private:
  bool tensor_less(const IValue& a, const IValue& b) const {
    if (a.raw_tensor() == b.raw_tensor()) return false;
    const auto [x, y] = tensor_items(a.to_tensor(), b.to_tensor());
    if (x.is_complex() || y.is_complex()) fail("complex tensors have no order");
    return number_less(x, y);
  }

  bool tuple_less(const std::vector<IValue>& a, const std::vector<IValue>& b) const {
    const NestingGuard guard;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      if ((*this)(a[i], b[i])) return true;
      if ((*this)(b[i], a[i])) return false;
    }
    return a.size() < b.size();
  }

  bool object_less(const IValue& a, const IValue& b) const {
    Function* method = a.to_object().type->find_method("__lt__");
    if (!method || !context_.caller) fail("'<' is not defined for these list elements");
    return context_.caller->call(*method, {a, b}, context_).to_bool();
  }

  RunContext& context_;
};

bool is_ordered(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kInt:
    case TypeKind::kFloat:
    case TypeKind::kBool:
    case TypeKind::kString:
    case TypeKind::kTensor: return true;
    case TypeKind::kTuple: return std::ranges::all_of(type->contained(), is_ordered);
    case TypeKind::kClass: return type->expect<ClassType>().find_method("__lt__") != nullptr;
    default: return false;
  }
}

}  // namespace

void sort_values(std::vector<IValue>& items, bool reverse, const TypePtr& element,
                 RunContext& context) {
  if (!is_ordered(element)) {
    fail(
        "Only list of Tensors, ints, floats, bools, strs, a User Defined Class that defines the "
        "__lt__ compare method or Tuples of aforementioned types can be sorted, got list of ",
        element->annotation(), " instead");
  }
  const Less less(context);
  // A copy: comparing may run program code that changes the list, or throw.
  std::vector<IValue> sorted = items;
  const bool plain = element->kind() == TypeKind::kInt || element->kind() == TypeKind::kFloat ||
                     element->kind() == TypeKind::kBool || element->kind() == TypeKind::kString;
  if (reverse && plain) {
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](const IValue& a, const IValue& b) { return less(b, a); });
  } else {
    std::stable_sort(sorted.begin(), sorted.end(), less);
    if (reverse) std::reverse(sorted.begin(), sorted.end());
  }
  items = std::move(sorted);
}

bool elements_equal(const IValue& a, const IValue& b) {
  if (!a.is_tensor() || !b.is_tensor()) return equal(a, b);
  const auto [x, y] = tensor_items(a.to_tensor(), b.to_tensor());
  return x.scalar_as_complex() == y.scalar_as_complex();
}

}  // namespace temper
