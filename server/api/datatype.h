#pragma once
// The protocol's names of element types.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor/dtype.h"

namespace temper {

struct Datatype {
  std::string_view name;
  std::optional<DType> dtype;  // none: no TorchScript tensor has it
  int64_t size = 0;            // bytes of an element; 0 for BYTES
  bool is_bytes() const { return size == 0; }
};

const Datatype* find_datatype(std::string_view name);  // null when unknown
const Datatype* datatype_of(DType dtype);              // null when the protocol has none
std::string all_datatypes();                           // "BOOL, UINT8, ..."

// The elements of a BYTES tensor: each a 32-bit little-endian length and that many bytes. Throws
// Error naming `what` when the lengths do not fit.
std::vector<std::string_view> split_bytes(std::string_view raw, std::string_view what);
void append_bytes(std::string_view element, std::string* raw);

}  // namespace temper
