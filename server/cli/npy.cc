#include <cstring>
#include <fstream>
#include <iterator>

#include "core/base/error.h"
#include "core/tensor/tensor.h"
#include "server/api/datatype.h"
#include "server/cli/tensor_source.h"

namespace temper::cli {
namespace {

// The value behind "'key':" in the header's dict.
std::string_view entry_of(std::string_view header, std::string_view key) {
  const std::string quoted = str_cat("'", key, "'");
  const size_t place = header.find(quoted);
  if (place == std::string_view::npos) fail("the .npy header has no ", quoted);
  std::string_view rest = header.substr(place + quoted.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(": "), rest.size()));
  return rest;
}

std::string datatype_of_descr(std::string_view descr) {
  struct Row {
    std::string_view descr;
    const char* datatype;
  };
  constexpr Row kRows[] = {{"|b1", "BOOL"},   {"|u1", "UINT8"},  {"|i1", "INT8"},
                           {"<i2", "INT16"},  {"<i4", "INT32"},  {"<i8", "INT64"},
                           {"<f2", "FP16"},   {"<f4", "FP32"},   {"<f8", "FP64"},
                           {"<u2", "UINT16"}, {"<u4", "UINT32"}, {"<u8", "UINT64"}};
  for (const Row& row : kRows) {
    if (row.descr == descr) return row.datatype;
  }
  fail("arrays of type ", descr, " cannot be sent");
}

std::vector<int64_t> shape_of(std::string_view text) {
  std::vector<int64_t> shape;
  if (text.empty() || text[0] != '(') fail("the .npy header's shape is no tuple");
  int64_t number = -1;
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      number = (number < 0 ? 0 : number) * 10 + (c - '0');
      if (number > (int64_t{1} << 40)) fail("the .npy header's shape is too large");
      continue;
    }
    if (number >= 0) shape.push_back(number);
    number = -1;
    if (c == ')') return shape;
  }
  fail("the .npy header's shape has no end");
}

// Fortran order holds the transpose row by row.
std::string to_row_major(const std::string& raw, const Datatype& datatype,
                         const std::vector<int64_t>& shape) {
  if (!datatype.dtype) fail("arrays in Fortran order of type ", datatype.name, " cannot be sent");
  Dims strides(shape.size());
  int64_t step = 1;
  for (size_t i = 0; i < shape.size(); ++i) strides[i] = step, step *= shape[i];
  auto storage = Storage::allocate(static_cast<int64_t>(raw.size()));
  std::memcpy(storage->data(), raw.data(), raw.size());
  const Tensor dense = from_storage(storage, *datatype.dtype, shape, strides, 0).contiguous();
  return {reinterpret_cast<const char*>(dense.raw()), static_cast<size_t>(dense.nbytes())};
}

}  // namespace

WireTensor read_npy(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw_error(ErrorKind::kNotFound, str_cat("cannot read the file ", path));
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (bytes.size() < 12 || bytes.compare(0, 6, "\x93NUMPY") != 0) fail(path, " is no .npy file");
  const bool wide = bytes[6] >= 2;
  uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 8, wide ? 4 : 2);
  const size_t start = wide ? 12 : 10;
  if (length > bytes.size() - start) fail(path, ": the .npy header is longer than the file");
  const std::string_view header = std::string_view(bytes).substr(start, length);
  WireTensor tensor;
  std::string_view descr = entry_of(header, "descr");
  if (descr.empty() || descr[0] != '\'') fail(path, ": arrays of records cannot be sent");
  descr = descr.substr(1, descr.find('\'', 1) - 1);
  tensor.datatype = datatype_of_descr(descr);
  tensor.shape = shape_of(entry_of(header, "shape"));
  tensor.raw = bytes.substr(start + length);
  const Datatype& datatype = *find_datatype(tensor.datatype);
  if (static_cast<int64_t>(tensor.raw.size()) != numel_of(tensor.shape) * datatype.size) {
    fail(path, ": the .npy file is cut short");
  }
  if (entry_of(header, "fortran_order").starts_with("True")) {
    tensor.raw = to_row_major(tensor.raw, datatype, tensor.shape);
  }
  return tensor;
}

}  // namespace temper::cli
