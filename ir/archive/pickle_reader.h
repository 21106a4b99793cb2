#pragma once
// The machine behind unpickle(): opcodes in pickle.cc, globals and what they build in
// pickle_globals.cc. One use per object, one thread.

#include <unordered_map>
#include <vector>

#include "ir/archive/pickle.h"

namespace temper::ir {

// What a GLOBAL stands for.
enum class PickleGlobal : uint8_t {
  kStorageType,
  kStorage,
  kClass,
  kEnum,
  kRebuildTensor,
  kRebuildUntyped,
  kRebuildQTensor,
  kRebuildSparse,
  kRebuildParameter,
  kRebuildFromType,
  kOrderedDict,
  kDevice,
  kSize,
  kComplex,
  kLayout,
  kIntList,
  kDoubleList,
  kBoolList,
  kTensorList,
  kRestoreTypeTag,
  kTensorFromId,
  kOldTensorId,
  kTypeName,
};

// A global or storage on the stack; never part of a result.
struct PickleMarker final : RefCounted {
  explicit PickleMarker(PickleGlobal k) : kind(k) {}
  const PickleGlobal kind;
  DType dtype = DType::kFloat32;  // of storages and their types
  Ref<Storage> storage;
  TypePtr type;  // of classes and enums
};

class PickleReader {
 public:
  PickleReader(std::string_view bytes, std::string_view where, const UnpickleHooks& hooks,
               const PickleLimits& limits)
      : bytes_(bytes), where_(where), hooks_(hooks), limits_(limits) {}
  IValue run();

 private:
  struct Item {
    IValue value;
    uint32_t depth = 0;   // nesting below it; for lists and dicts see containers_
    bool marked = false;  // holds a PickleMarker somewhere
  };
  // Lists and dicts may grow until they become part of something: so there are no cycles, and the
  // depth of every value is known when it is used.
  struct Container {
    uint32_t depth;
    bool closed;
  };

  template <class... Parts>
  [[noreturn]] void bad(const Parts&... parts) const {
    fail("pickle '", where_, "' at byte ", position_, ": ", parts...);
  }

  [[noreturn]] void name_place(const Error& error) const;

  // Input.
  std::string_view take(size_t count);
  std::string_view take_line();
  template <class T>
  T take_number();
  int64_t take_long(size_t count);

  // Stack.
  void push(Item item);
  void push(IValue value) { push(Item{std::move(value)}); }
  Item pop();
  Item& top();
  std::vector<Item> pop_to_mark();
  uint32_t use(const Item& item);  // depth of a value that becomes part of another
  void use_plain(const Item& item, uint32_t* depth);
  void put(size_t id);
  void get(size_t id);
  Item make_tuple_item(std::vector<Item> items);
  void push_container(IValue value);
  Container& open_container(Item& item);

  // Opcodes.
  bool step(uint8_t opcode);  // false at STOP
  bool step_scalar(uint8_t opcode);
  bool step_container(uint8_t opcode);
  void tuple(size_t count);
  void append(std::vector<Item> items);
  void set_items(std::vector<Item> items);
  void new_object();
  void reduce();
  void build();

  // Globals.
  void global(std::string_view module, std::string_view name);
  bool torch_global(std::string_view name);
  void persistent_id();
  Item apply(const PickleMarker& function, Item argument);
  IValue call(const PickleMarker& function, const std::vector<IValue>& args);
  IValue rebuild_tensor(const std::vector<IValue>& args);
  IValue rebuild_untyped(const std::vector<IValue>& args);
  IValue rebuild_quantized(const std::vector<IValue>& args);
  void check_math_bits(const std::vector<IValue>& args) const;
  Tensor view_of_storage(const std::vector<IValue>& args, size_t requires_grad,
                         std::optional<DType> dtype = std::nullopt);
  IValue typed_list(IValue list, const TypePtr& element);
  IValue restore_tag(const IValue& value, const std::string& annotation);
  IValue enum_member(const PickleMarker& marker, const IValue& value);

  const IValue& arg(const std::vector<IValue>& args, size_t i, Tag tag) const;
  Dims dims(const IValue& value) const;
  const PickleMarker* marker(const IValue& value) const;  // null for plain values
  void push_marker(PickleGlobal kind);
  void push_storage_type(DType dtype);

  std::string_view bytes_;
  size_t position_ = 0;
  std::string_view where_;
  const UnpickleHooks& hooks_;
  const PickleLimits& limits_;
  std::vector<Item> stack_;
  std::vector<size_t> marks_;
  std::vector<Item> memo_;
  size_t puts_ = 0;
  std::unordered_map<const RefCounted*, Container> containers_;
};

}  // namespace temper::ir
