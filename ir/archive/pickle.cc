#include "ir/archive/pickle.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/base/error.h"
#include "ir/archive/pickle_ops.h"
#include "ir/archive/pickle_reader.h"

namespace temper::ir {
namespace {

// Memo ids may skip this many numbers beyond those in use, so that one id cannot allocate a lot.
constexpr size_t kMemoSlack = 65536;
// Memo slots that were never written.
constexpr uint32_t kAbsent = 0xffffffff;

bool is_hashable(const IValue& key) {
  return key.is_string() || key.is_scalar() || key.is_tensor();
}

}  // namespace

IValue unpickle(std::string_view bytes, std::string_view where, const UnpickleHooks& hooks,
                const PickleLimits& limits) {
  return PickleReader(bytes, where, hooks, limits).run();
}

IValue PickleReader::run() {
  if (bytes_.size() < 2 || bytes_[0] != '\x80') bad("not a pickle: the protocol header is missing");
  if (bytes_[1] != 2) {
    bad("pickle protocol ", static_cast<int>(static_cast<uint8_t>(bytes_[1])),
        " is not read; only protocol 2 is");
  }
  position_ = 2;
  try {
    while (step(take_number<uint8_t>())) {
    }
  } catch (const Error& error) {
    name_place(error);
  }
  if (stack_.size() != 1 || !marks_.empty()) {
    bad("the pickle leaves ", stack_.size(), " values instead of one");
  }
  Item result = pop();
  if (result.marked) bad("the pickle holds a global instead of a value");
  return std::move(result.value);
}

// What tensors, types and programs complain of while they are read is told with its place.
void PickleReader::name_place(const Error& error) const {
  if (error.message().starts_with("pickle '")) throw;
  Error placed(error.kind(),
               str_cat("pickle '", where_, "' at byte ", position_, ": ", error.message()));
  placed.set_traceback(error.traceback());
  throw placed;
}

std::string_view PickleReader::take(size_t count) {
  if (count > bytes_.size() - position_) {
    bad("cut off: ", count, " bytes wanted, ", bytes_.size() - position_, " left");
  }
  const std::string_view taken = bytes_.substr(position_, count);
  position_ += count;
  return taken;
}

std::string_view PickleReader::take_line() {
  const size_t end = bytes_.find('\n', position_);
  if (end == std::string_view::npos) bad("a global's name has no end");
  const std::string_view line = bytes_.substr(position_, end - position_);
  position_ = end + 1;
  return line;
}

template <class T>
T PickleReader::take_number() {
  T value;
  std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
  return value;
}

int64_t PickleReader::take_long(size_t count) {
  if (count > 8) bad("an integer of ", count, " bytes does not fit 64 bits");
  const std::string_view bytes = take(count);
  uint64_t value = count > 0 && (bytes[count - 1] & 0x80) ? ~uint64_t{0} : 0;
  for (size_t i = count; i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return static_cast<int64_t>(value);
}

void PickleReader::push(Item item) {
  if (stack_.size() >= limits_.max_stack)
    bad("more than ", limits_.max_stack, " values on the stack");
  if (item.depth > limits_.max_depth) bad("values nest deeper than ", limits_.max_depth, " levels");
  stack_.push_back(std::move(item));
}

PickleReader::Item PickleReader::pop() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) bad("the stack is empty");
  Item item = std::move(stack_.back());
  stack_.pop_back();
  return item;
}

PickleReader::Item& PickleReader::top() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) bad("the stack is empty");
  return stack_.back();
}

std::vector<PickleReader::Item> PickleReader::pop_to_mark() {
  if (marks_.empty()) bad("there is no mark");
  const ptrdiff_t base = static_cast<ptrdiff_t>(marks_.back());
  marks_.pop_back();
  std::vector<Item> items(std::make_move_iterator(stack_.begin() + base),
                          std::make_move_iterator(stack_.end()));
  stack_.resize(static_cast<size_t>(base));
  return items;
}

uint32_t PickleReader::use(const Item& item) {
  if (!item.value.is_list() && !item.value.is_dict()) return item.depth;
  const auto found = containers_.find(item.value.to_reference());
  if (found == containers_.end()) return item.depth;
  found->second.closed = true;
  return found->second.depth;
}

void PickleReader::use_plain(const Item& item, uint32_t* depth) {
  if (item.marked) bad("a global or storage stands where a value must");
  *depth = std::max(*depth, use(item) + 1);
  if (*depth > limits_.max_depth) bad("values nest deeper than ", limits_.max_depth, " levels");
}

void PickleReader::put(size_t id) {
  if (id > puts_ + kMemoSlack) bad("memo id ", id, " is out of order");
  if (puts_ >= limits_.max_stack) bad("more than ", limits_.max_stack, " memo entries");
  const Item& item = top();
  if (id >= memo_.size()) memo_.resize(id + 1, Item{IValue(), kAbsent});
  memo_[id] = item;
  ++puts_;
}

void PickleReader::get(size_t id) {
  if (id >= memo_.size() || memo_[id].depth == kAbsent) bad("memo id ", id, " was never written");
  push(memo_[id]);
}

PickleReader::Item PickleReader::make_tuple_item(std::vector<Item> items) {
  Item tuple;
  std::vector<IValue> values;
  values.reserve(items.size());
  tuple.depth = 1;
  for (Item& item : items) {
    tuple.depth = std::max(tuple.depth, use(item) + 1);
    tuple.marked |= item.marked;
    values.push_back(std::move(item.value));
  }
  tuple.value = make_ref<TupleValue>(std::move(values));
  return tuple;
}

void PickleReader::push_container(IValue value) {
  containers_[value.to_reference()] = Container{1, false};
  push(Item{std::move(value), 1});
}

PickleReader::Container& PickleReader::open_container(Item& item) {
  const auto found = containers_.find(item.value.to_reference());
  if (found == containers_.end() || found->second.closed) {
    bad("a container changes after it became part of another value");
  }
  return found->second;
}

void PickleReader::tuple(size_t count) {
  std::vector<Item> items(count);
  for (size_t i = count; i-- > 0;) items[i] = pop();
  push(make_tuple_item(std::move(items)));
}

void PickleReader::append(std::vector<Item> items) {
  Item& target = top();
  if (!target.value.is_list()) bad("items are appended to something that is not a list");
  Container& container = open_container(target);
  std::vector<IValue>& list = target.value.to_list().items;
  for (Item& item : items) {
    use_plain(item, &container.depth);
    if (container.closed) bad("a list contains itself");
    list.push_back(std::move(item.value));
  }
}

void PickleReader::set_items(std::vector<Item> items) {
  Item& target = top();
  if (!target.value.is_dict()) bad("items are set on something that is not a dict");
  if (items.size() % 2 != 0) bad("a dict has a key without a value");
  Container& container = open_container(target);
  for (size_t i = 0; i < items.size(); i += 2) {
    if (!is_hashable(items[i].value)) {
      bad("a value of kind ", tag_name(items[i].value.tag()), " cannot be a dict's key");
    }
    use_plain(items[i + 1], &container.depth);
    if (container.closed) bad("a dict contains itself");
    target.value.to_dict().set(items[i].value, std::move(items[i + 1].value));
  }
}

bool PickleReader::step_scalar(uint8_t opcode) {
  switch (opcode) {
    case pickle::kNone: push(IValue()); return true;
    case pickle::kTrue: push(IValue(true)); return true;
    case pickle::kFalse: push(IValue(false)); return true;
    case pickle::kInt8: push(IValue(int64_t{take_number<uint8_t>()})); return true;
    case pickle::kInt16: push(IValue(int64_t{take_number<uint16_t>()})); return true;
    case pickle::kInt32: push(IValue(int64_t{take_number<int32_t>()})); return true;
    case pickle::kLong1: push(IValue(take_long(take_number<uint8_t>()))); return true;
    case pickle::kFloat:
      push(IValue(std::bit_cast<double>(__builtin_bswap64(take_number<uint64_t>()))));
      return true;
    case pickle::kUnicode: push(IValue(take(take_number<uint32_t>()))); return true;
    default: return false;
  }
}

bool PickleReader::step_container(uint8_t opcode) {
  switch (opcode) {
    case pickle::kEmptyTuple: tuple(0); return true;
    case pickle::kTuple1: tuple(1); return true;
    case pickle::kTuple2: tuple(2); return true;
    case pickle::kTuple3: tuple(3); return true;
    case pickle::kTuple: push(make_tuple_item(pop_to_mark())); return true;
    case pickle::kEmptyList: push_container(make_ref<ListValue>(Type::any())); return true;
    case pickle::kEmptyDict:
      push_container(make_ref<DictValue>(Type::any(), Type::any()));
      return true;
    case pickle::kAppends: append(pop_to_mark()); return true;
    case pickle::kSetItems: set_items(pop_to_mark()); return true;
    case pickle::kAppend: {
      std::vector<Item> items(1);
      items[0] = pop();
      append(std::move(items));
      return true;
    }
    case pickle::kSetItem: {
      std::vector<Item> items(2);
      items[1] = pop();
      items[0] = pop();
      set_items(std::move(items));
      return true;
    }
    case pickle::kList: {
      std::vector<Item> items = pop_to_mark();
      push_container(make_ref<ListValue>(Type::any()));
      append(std::move(items));
      return true;
    }
    case pickle::kDict: {
      std::vector<Item> items = pop_to_mark();
      push_container(make_ref<DictValue>(Type::any(), Type::any()));
      set_items(std::move(items));
      return true;
    }
    default: return false;
  }
}

bool PickleReader::step(uint8_t opcode) {
  if (step_scalar(opcode) || step_container(opcode)) return true;
  switch (opcode) {
    case pickle::kStop: return false;
    case pickle::kMark: {
      if (marks_.size() >= limits_.max_stack) bad("too many marks");
      marks_.push_back(stack_.size());
      return true;
    }
    case pickle::kPut: put(take_number<uint8_t>()); return true;
    case pickle::kLongPut: put(take_number<uint32_t>()); return true;
    case pickle::kGet: get(take_number<uint8_t>()); return true;
    case pickle::kLongGet: get(take_number<uint32_t>()); return true;
    case pickle::kGlobal: {
      const std::string_view module = take_line(), name = take_line();
      global(module, name);
      return true;
    }
    case pickle::kPersistentId: persistent_id(); return true;
    case pickle::kNewObject: new_object(); return true;
    case pickle::kReduce: reduce(); return true;
    case pickle::kBuild: build(); return true;
    default: bad("unknown opcode ", static_cast<int>(opcode));
  }
}

void PickleReader::new_object() {
  const Item args = pop();
  const PickleMarker* type = marker(top().value);
  if (!type || type->kind != PickleGlobal::kClass) bad("NEWOBJ without a class");
  if (!args.value.is_tuple() || !args.value.to_tuple().items.empty()) {
    bad("NEWOBJ with constructor arguments");
  }
}

void PickleReader::reduce() {
  Item argument = pop();
  const Item function = pop();
  const PickleMarker* global = marker(function.value);
  if (!global) bad("REDUCE of something that is not a global");
  push(apply(*global, std::move(argument)));
}

void PickleReader::build() {
  Item state = pop();
  const Item target = pop();
  // The attributes that Python keeps beside an OrderedDict ("_metadata") say nothing about values.
  if (target.value.is_dict()) return push(target);
  const PickleMarker* global = marker(target.value);
  if (!global) bad("BUILD of something that is not a global");
  push(apply(*global, std::move(state)));
}

}  // namespace temper::ir
