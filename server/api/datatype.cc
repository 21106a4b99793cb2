#include "server/api/datatype.h"

#include <cstring>

#include "core/base/error.h"

namespace temper {
namespace {

// The usual ones first: they are looked up by scanning.
constexpr Datatype kDatatypes[] = {
    {"FP32", DType::kFloat32, 4}, {"INT64", DType::kInt64, 8},  {"BYTES", std::nullopt, 0},
    {"INT32", DType::kInt32, 4},  {"FP64", DType::kFloat64, 8}, {"BOOL", DType::kBool, 1},
    {"UINT8", DType::kUInt8, 1},  {"FP16", DType::kFloat16, 2}, {"BF16", DType::kBFloat16, 2},
    {"INT8", DType::kInt8, 1},    {"INT16", DType::kInt16, 2},  {"UINT16", std::nullopt, 2},
    {"UINT32", std::nullopt, 4},  {"UINT64", std::nullopt, 8},
};

}  // namespace

const Datatype* find_datatype(std::string_view name) {
  for (const Datatype& datatype : kDatatypes) {
    if (datatype.name == name) return &datatype;
  }
  return nullptr;
}

const Datatype* datatype_of(DType dtype) {
  for (const Datatype& datatype : kDatatypes) {
    if (datatype.dtype == dtype) return &datatype;
  }
  return nullptr;
}

std::string all_datatypes() {
  std::string names;
  for (const Datatype& datatype : kDatatypes) {
    names += str_cat(names.empty() ? "" : ", ", datatype.name);
  }
  return names;
}

std::vector<std::string_view> split_bytes(std::string_view raw, std::string_view what) {
  std::vector<std::string_view> elements;
  while (!raw.empty()) {
    uint32_t length = 0;
    if (raw.size() < sizeof length) {
      fail(what, " has ", raw.size(), " bytes left after ", elements.size(),
           " elements, too few for another element's 4-byte length");
    }
    std::memcpy(&length, raw.data(), sizeof length);
    raw.remove_prefix(sizeof length);
    if (length > raw.size()) {
      fail(what, ": element ", elements.size(), " says it has ", length, " bytes, but ", raw.size(),
           " are left");
    }
    elements.push_back(raw.substr(0, length));
    raw.remove_prefix(length);
  }
  return elements;
}

void append_bytes(std::string_view element, std::string* raw) {
  const auto length = static_cast<uint32_t>(element.size());
  raw->append(reinterpret_cast<const char*>(&length), sizeof length);
  raw->append(element);
}

}  // namespace temper
