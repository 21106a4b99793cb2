#pragma once
// IValue -> the pickle subset of archives.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/value/containers.h"

namespace temper::ir {

enum class PickleStyle : uint8_t {
  kPython,   // for torch.load: plain lists, dicts and tuples; enums as values, objects as dicts
  kArchive,  // for torch.jit.load: type tags, enums and objects by name
};

class PickleWriter {
 public:
  explicit PickleWriter(PickleStyle style) : style_(style) {}
  // State of an object that is not its attributes by name (kArchive); unset or empty: it is.
  std::function<std::optional<IValue>(const IValue& object)> get_state;
  // Which attributes are part of such a state; unset: all.
  std::function<bool(const ClassType& type, const std::string& attribute)> keeps;

  // The pickle of one value; once. Throws on values that have no encoding and on nesting deeper
  // than 256 levels.
  std::string pickle(const IValue& value);

  // Storages that the pickle refers to, by their key "0", "1", ...
  struct Record {
    Ref<Storage> storage;
    int64_t bytes;
  };
  const std::vector<Record>& records() const { return records_; }

 private:
  void op(uint8_t code) { out_ += static_cast<char>(code); }
  template <class T>
  void number(T value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void write(const IValue& value);
  void write_body(const IValue& value);
  void integer(int64_t value);
  void floating(double value);
  void string(std::string_view text);
  void global(std::string_view module, std::string_view name);
  void class_global(const std::string& qualified_name);
  void list(const ListValue& list);
  void items(const ListValue& list);
  void dict(const DictValue& dict);
  void tag(const std::string& annotation);
  void tuple(const std::vector<IValue>& items);
  void object(const IValue& value);
  void attributes(const ObjectValue& object);
  void tensor(const Tensor& tensor);
  void quantizer(const QuantParams& params);
  void storage(const Tensor& tensor);
  bool is_untyped(DType dtype) const;
  void dims(DimsView dims);
  bool get(const std::map<std::string, uint32_t, std::less<>>& memo, std::string_view key);
  void get(uint32_t id);
  uint32_t put();

  const PickleStyle style_;
  std::string out_;
  std::vector<Record> records_;
  int depth_ = 0;
  uint32_t next_memo_ = 0;
  std::map<std::string, uint32_t, std::less<>> strings_;
  std::map<std::string, uint32_t, std::less<>> globals_;
  std::map<std::pair<const Storage*, DType>, uint32_t> storages_;
  std::unordered_map<const RefCounted*, uint32_t> shared_;
  std::vector<IValue> kept_;  // what shared_ points to, so that no address is used again
};

}  // namespace temper::ir
