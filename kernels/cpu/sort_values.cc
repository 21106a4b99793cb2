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
      if (a[i].is_tensor() ? (*this)(b[i], a[i]) : !equal(a[i], b[i])) return false;
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

// A sort that stays within the items whatever a program's comparison answers. Up to 16 elements it
// compares as the C++ library's does, which tells where NaN comes to lie.
template <class Before>
void sort_by(std::vector<IValue>& items, size_t first, size_t last, const Before& before) {
  constexpr size_t kInserted = 16;
  const auto at = [&](size_t i) { return items.begin() + static_cast<std::ptrdiff_t>(i); };
  if (last - first <= kInserted) {
    for (size_t i = first + 1; i < last; ++i) {
      size_t place = i;
      if (before(items[i], items[first])) {
        place = first;
      } else {
        while (place > first && before(items[i], items[place - 1])) --place;
      }
      std::rotate(at(place), at(i), at(i + 1));
    }
    return;
  }
  const size_t middle = first + (last - first) / 2;
  sort_by(items, first, middle, before);
  sort_by(items, middle, last, before);
  std::vector<IValue> merged;
  size_t left = first, right = middle;
  while (left < middle && right < last) {
    merged.push_back(before(items[right], items[left]) ? items[right++] : items[left++]);
  }
  merged.insert(merged.end(), at(left), at(middle));
  merged.insert(merged.end(), at(right), at(last));
  std::move(merged.begin(), merged.end(), at(first));
}

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
  const TypeKind kind = element->kind();
  sort_by(sorted, 0, sorted.size(), [&](const IValue& a, const IValue& b) {
    if (!reverse) return less(a, b);
    // Numbers in reverse are those that are neither less nor equal, as NaN always is; tensors equal
    // only themselves.
    if (kind == TypeKind::kFloat) return !(a.to_double() <= b.to_double());
    if (kind == TypeKind::kTensor) return a.raw_tensor() != b.raw_tensor() && !less(a, b);
    return less(b, a);
  });
  items = std::move(sorted);
}

bool elements_equal(const IValue& a, const IValue& b) {
  if (!a.is_tensor() || !b.is_tensor()) return equal(a, b);
  const auto [x, y] = tensor_items(a.to_tensor(), b.to_tensor());
  return x.scalar_as_complex() == y.scalar_as_complex();
}

}  // namespace temper
