// Methods and operators of lists.
#include "core/op/run_context.h"
#include "kernels/cpu/limits.h"
#include "kernels/cpu/slice_range.h"
#include "kernels/cpu/sort_values.h"
#include "kernels/ops/families.h"
#include "kernels/ops/overloads.h"

namespace temper {
namespace {

using Items = std::vector<IValue>;

Items& items(const OpCall& call, size_t i) { return call.in(i).to_list().items; }
const TypePtr& element_type(const OpCall& call, size_t i) {
  return call.in(i).to_list().element_type;
}
IValue list_like(const OpCall& call, size_t i, Items values) {
  return make_list(element_type(call, i), std::move(values));
}
int64_t size_of(const Items& values) { return static_cast<int64_t>(values.size()); }
auto place(Items& values, size_t i) { return values.begin() + static_cast<ptrdiff_t>(i); }

void length(OpCall& call) { call.ret(size_of(items(call, 0))); }

void get(OpCall& call) {
  const Items& self = items(call, 0);
  // A copy first: the result's register may hold the list itself.
  IValue value = self[list_index(call.integer(1), self.size())];
  call.ret(std::move(value));
}

void set(OpCall& call) {
  Items& self = items(call, 0);
  self[list_index(call.integer(1), self.size())] = call.in(2);
  if (call.num_outputs() > 0) call.ret(call.in(0));
}

void erase(OpCall& call) {
  Items& self = items(call, 0);
  if (self.empty()) fail("pop index out of range");
  self.erase(place(self, list_index(call.integer(1), self.size())));
}

void append(OpCall& call) {
  items(call, 0).push_back(call.in(1));
  if (call.num_outputs() > 0) call.ret(call.in(0));
}

void extend(OpCall& call) {
  const Items added = items(call, 1);
  Items& self = items(call, 0);
  check_list_size(self.size() + added.size());
  self.insert(self.end(), added.begin(), added.end());
  if (call.num_outputs() > 0) call.ret(call.in(0));
}

void insert(OpCall& call) {
  Items& self = items(call, 0);
  const int64_t size = size_of(self);
  const int64_t at = std::clamp<int64_t>(wrap_index(call.integer(1), size), 0, size);
  self.insert(place(self, static_cast<size_t>(at)), call.in(2));
}

void pop(OpCall& call) {
  Items& self = items(call, 0);
  if (self.empty()) fail("pop from empty list");
  const size_t at = list_index(call.integer(1), self.size());
  IValue value = std::move(self[at]);
  self.erase(place(self, at));
  call.ret(std::move(value));
}

void clear(OpCall& call) { items(call, 0).clear(); }
void copy(OpCall& call) { call.ret(list_like(call, 0, items(call, 0))); }
void reverse(OpCall& call) { std::ranges::reverse(items(call, 0)); }

void slice(OpCall& call) {
  const Items& self = items(call, 0);
  const SliceRange range = slice_range(call.in(1), call.in(2), call.integer(3), size_of(self));
  Items out;
  out.reserve(static_cast<size_t>(range.count));
  for (int64_t i = 0; i < range.count; ++i) {
    out.push_back(self[static_cast<size_t>(range.start + i * range.step)]);
  }
  call.ret(list_like(call, 0, std::move(out)));
}

void add(OpCall& call) {
  Items out = items(call, 0);
  const Items& right = items(call, 1);
  check_list_size(out.size() + right.size());
  out.insert(out.end(), right.begin(), right.end());
  call.ret(list_like(call, 0, std::move(out)));
}

Items repeated(const Items& values, int64_t times) {
  if (times < 0) times = 0;
  times = std::min(times, kMaxListItems + 1);  // keeps the product small
  check_list_size(values.size() * static_cast<size_t>(times));
  Items out;
  out.reserve(values.size() * static_cast<size_t>(times));
  for (int64_t i = 0; i < times && !values.empty(); ++i) {
    out.insert(out.end(), values.begin(), values.end());
  }
  return out;
}
template <size_t kList>
void multiply(OpCall& call) {
  call.ret(list_like(call, kList, repeated(items(call, kList), call.integer(1 - kList))));
}
void multiply_in_place(OpCall& call) {
  Items& self = items(call, 0);
  self = repeated(self, call.integer(1));
  call.ret(call.in(0));
}

// Position of the second argument in the list, or -1.
int64_t position(const OpCall& call) {
  const Items& self = items(call, 0);
  for (size_t i = 0; i < self.size(); ++i) {
    if (elements_equal(call.in(1), self[i])) return static_cast<int64_t>(i);
  }
  return -1;
}

void contains(OpCall& call) { call.ret(position(call) >= 0); }

void index(OpCall& call) {
  const int64_t at = position(call);
  if (at >= 0) return call.ret(at);
  const IValue& wanted = call.in(1);
  fail("'",
       wanted.is_bool()     ? str_cat(wanted.raw_int())
       : wanted.is_double() ? str_cat(wanted.to_double())
                            : to_text(wanted),
       "' is not in list");
}

void remove(OpCall& call) {
  const int64_t at = position(call);
  if (at < 0) fail("list.remove(x): x not in list");
  Items& self = items(call, 0);
  self.erase(place(self, static_cast<size_t>(at)));
}

void count(OpCall& call) {
  call.ret(static_cast<int64_t>(std::ranges::count_if(
      items(call, 0), [&](const IValue& item) { return elements_equal(call.in(1), item); })));
}

template <bool kEqual>
void compare(OpCall& call) {
  const Items &a = items(call, 0), &b = items(call, 1);
  // A list equals itself, whatever is in it; tensors are asked all the same.
  if (&a == &b && element_type(call, 0)->kind() != TypeKind::kTensor) return call.ret(kEqual);
  call.ret(std::equal(a.begin(), a.end(), b.begin(), b.end(), elements_equal) == kEqual);
}

void sort(OpCall& call) {
  sort_values(items(call, 0), call.boolean(1), element_type(call, 0), call.context());
}
void sorted(OpCall& call) {
  Items out = items(call, 0);
  sort_values(out, false, element_type(call, 0), call.context());
  call.ret(list_like(call, 0, std::move(out)));
}

bool truth(const IValue& item) {
  if (item.is_string()) return !item.to_string().empty();
  return item.is_double() ? item.to_double() != 0 : item.raw_int() != 0;
}
void any(OpCall& call) { call.ret(std::ranges::any_of(items(call, 0), truth)); }
void all(OpCall& call) { call.ret(std::ranges::all_of(items(call, 0), truth)); }

void sum_integers(OpCall& call) {
  // The reference accumulates in 32 bits, which programs can observe.
  int32_t sum = 0;
  for (const IValue& item : items(call, 0)) {
    sum = static_cast<int32_t>(static_cast<uint64_t>(sum) + static_cast<uint64_t>(item.raw_int()));
  }
  call.ret(static_cast<int64_t>(sum));
}
void sum_floats(OpCall& call) {
  double sum = 0;
  for (const IValue& item : items(call, 0)) sum += item.to_double();
  call.ret(sum);
}
void sum_complex(OpCall& call) {
  std::complex<double> sum = 0;
  for (const IValue& item : items(call, 0)) sum += item.to_complex();
  call.ret(sum);
}

bool less(const IValue& a, const IValue& b) {
  return a.is_double() ? a.to_double() < b.to_double() : a.raw_int() < b.raw_int();
}

template <bool kMin>
void extreme(OpCall& call) {
  const Items& self = items(call, 0);
  if (self.empty()) fail(kMin ? "min" : "max", "() arg is an empty sequence");
  IValue best = self[0];
  for (const IValue& item : self) {
    if (kMin ? less(item, best) : less(best, item)) best = item;
  }
  call.ret(std::move(best));
}

// The smaller or larger of two lists: the first difference decides, then the length.
template <bool kMin>
void extreme_list(OpCall& call) {
  const Items &a = items(call, 0), &b = items(call, 1);
  const auto [x, y] = std::ranges::mismatch(a, b, elements_equal);
  const bool differ = x != a.end() && y != b.end();
  const bool a_smaller = differ ? !less(*y, *x) : a.size() < b.size();
  const bool a_larger = differ ? !less(*x, *y) : a.size() > b.size();
  call.ret(IValue((kMin ? a_smaller : a_larger) ? call.in(0) : call.in(1)));
}

void range_list(OpCall& call) {
  const int64_t count = call.integer(0);
  if (count < 0) fail("a range of ", count, " items cannot be a list");
  check_list_size(static_cast<uint64_t>(count));
  Items out;
  for (int64_t i = 0; i < count; ++i) out.push_back(i);
  call.ret(make_list(Type::integer(), std::move(out)));
}

void add_generic(OpRegistry& registry) {
  static constexpr OpRow kRows[] = {
      {"aten::len.t", length, kCheap},
      {"aten::len.any", length, kCheap},
      {"aten::__getitem__.t", get, kCheap},
      {"aten::select.t", get, kCheap},
      {"aten::_set_item.t", set},
      {"aten::Delete.t", erase},
      {"aten::append.t", append},
      {"aten::extend.t", extend},
      {"aten::insert.t", insert},
      {"aten::pop.t", pop},
      {"aten::clear.t", clear},
      {"aten::copy.t", copy},
      {"aten::list.t", copy},
      {"aten::reverse.t", reverse},
      {"aten::slice.t", slice},
      {"aten::add.t", add},
      {"aten::add_.t", extend},
      {"aten::mul.left_t", multiply<0>},
      {"aten::mul.right_", multiply<1>},
      {"aten::mul_.t", multiply_in_place},
      {"aten::Size", copy},
      {"aten::sum.int", sum_integers},
      {"aten::sum.bool", sum_integers},
      {"aten::sum.float", sum_floats},
      {"aten::sum.complex", sum_complex},
      {"prim::rangelist", range_list},
  };
  registry.add(kRows);
}

}  // namespace

void add_lists(OpRegistry& registry) {
  add_generic(registry);
  add_overloads(registry, "aten::count", {"int", "float", "bool", "str", "Tensor"}, count, 0);
  add_overloads(registry, "aten::remove", {"int", "float", "bool", "str", "Tensor"}, remove, 0);
  add_overloads(registry, "aten::index",
                {"list_int", "list_float", "list_bool", "list_str", "list_Tensor"}, index, 0);
  add_overloads(registry, "aten::__contains__", {"int_list", "str_list", "float_list"}, contains,
                0);
  add_overloads(registry, "aten::eq",
                {"int_list", "float_list", "bool_list", "str_list", "Tensor_list"}, compare<true>);
  add_overloads(registry, "aten::ne",
                {"int_list", "float_list", "bool_list", "str_list", "Tensor_list"}, compare<false>);
  add_overloads(registry, "aten::sort", {"int", "float", "bool", "str", "any", "Tensor"}, sort, 0);
  add_overloads(registry, "aten::sorted", {"int", "float", "bool", "str", "any", "Tensor"}, sorted,
                0);
  add_overloads(registry, "aten::any", {"str", "int", "float", "bool"}, any);
  add_overloads(registry, "aten::all", {"int", "float", "bool"}, all);
  add_overloads(registry, "prim::min", {"self_int", "self_float", "self_bool"}, extreme<true>);
  add_overloads(registry, "prim::max", {"self_int", "self_float", "self_bool"}, extreme<false>);
  add_overloads(registry, "prim::min", {"int_list", "float_list", "bool_list"}, extreme_list<true>,
                0);
  add_overloads(registry, "prim::max", {"int_list", "float_list", "bool_list"}, extreme_list<false>,
                0);
}

}  // namespace temper
