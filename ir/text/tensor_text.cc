#include "ir/text/tensor_text.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "absl/strings/escaping.h"
#include "core/value/containers.h"
#include "ir/text/constant_printer.h"
#include "ir/text/literal.h"

namespace temper::ir {
namespace {

constexpr int64_t kMaxShown = 10;  // elements that TorchScript's format shows

// The tensor that "{...}" of this type stands for; undefined when the type does not tell it.
Tensor single_of_type(const TypePtr& type) {
  const auto* tensor = type->as<TensorType>();
  if (!tensor || !tensor->known().has_rank || tensor->known().dtype < 0) return {};
  const auto dtype = dtype_from_code(tensor->known().dtype);
  if (!dtype || is_quantized(*dtype) || is_complex(*dtype)) return {};
  for (const int64_t size : tensor->known().sizes) {
    if (size != 1) return {};
  }
  return empty(tensor->known().sizes, *dtype);
}

bool read_single(std::string_view text, const Tensor& into) {
  char* end = nullptr;
  const std::string copy(text);
  const double number = std::strtod(copy.c_str(), &end);
  if (end != copy.c_str() + copy.size()) return false;
  int64_t integer = 0;
  const auto [last, bad] = std::from_chars(copy.data(), copy.data() + copy.size(), integer);
  const bool whole = bad == std::errc() && last == copy.data() + copy.size();
  if (is_integral_or_bool(into.dtype()) && !whole) return false;
  const Tensor wide = empty(into.sizes(), whole ? DType::kInt64 : DType::kFloat64);
  if (whole) {
    *wide.data<int64_t>() = integer;
  } else {
    *wide.data<double>() = number;
  }
  copy_into(into, wide);
  return true;
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  return std::memcmp(a.raw(), b.raw(), static_cast<size_t>(a.item_size())) == 0;
}

std::string number_text(const Tensor& tensor, int digits) {
  char buffer[40];
  const double value = *to_dtype(tensor, DType::kFloat64).contiguous().data<double>();
  std::snprintf(buffer, sizeof(buffer), "%.*g", digits, value);
  return buffer;
}

// What stands between the braces; "" when no number tells the tensor.
std::string exact_single(const Tensor& tensor, const TypePtr& type) {
  const Tensor read = single_of_type(type);
  if (!read.defined() || read.dtype() != tensor.dtype() || tensor.impl()->requires_grad) return "";
  if (read.sizes() != tensor.sizes() || read.strides() != tensor.strides()) return "";
  if (is_integral_or_bool(tensor.dtype())) {
    return str_cat(*to_dtype(tensor, DType::kInt64).data<int64_t>());
  }
  for (const int digits : {6, 9, 17}) {
    const std::string text = number_text(tensor, digits);
    if (read_single(text, read) && same_bytes(read, tensor)) return text;
  }
  return "";
}

std::string torchscript_text(const Tensor& tensor) {
  if (tensor.defined() && tensor.numel() > kMaxShown) return "<Tensor>";
  if (!tensor.defined() || tensor.numel() != 1 || is_quantized(tensor.dtype())) {
    std::string text = to_text(IValue(tensor));
    for (char& c : text) {
      if (c == '\n') c = ' ';
    }
    return text;
  }
  if (is_complex(tensor.dtype())) {
    const Tensor wide = to_dtype(tensor, DType::kComplex128);
    const Complex128 value = *wide.data<Complex128>();
    char buffer[80];
    std::snprintf(buffer, sizeof(buffer), "{(%g,%g)}", value.real(), value.imag());
    return buffer;
  }
  if (is_integral_or_bool(tensor.dtype())) {
    return str_cat("{", *to_dtype(tensor, DType::kInt64).data<int64_t>(), "}");
  }
  return str_cat("{", number_text(tensor, 6), "}");
}

// Whether a tensor with these strides is worth the memory that it spans.
bool strides_are_sane(DimsView sizes, DimsView strides, int64_t numel) {
  __int128 extent = 1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (strides[i] < 0) return false;
    if (sizes[i] > 0) extent += static_cast<__int128>(sizes[i] - 1) * strides[i];
  }
  return extent <= static_cast<__int128>(numel) * 16 + 1024;
}

std::string list_text(const std::vector<double>& values) {
  std::string text = "[";
  for (const double v : values) text += (text.size() > 1 ? ", " : "") + float_text(v);
  return text + "]";
}

std::string quant_text(const QuantParams& quant) {
  const Dims zero_points(quant.zero_points.begin(), quant.zero_points.end());
  std::string text =
      str_cat(" scales=", list_text(quant.scales), " zero_points=", to_string(zero_points));
  if (!quant.float_zero_points.empty()) {
    text += str_cat(" float_zero_points=",
                    list_text({quant.float_zero_points.begin(), quant.float_zero_points.end()}));
  }
  return str_cat(text, " axis=", quant.axis);
}

std::string full_text(const Tensor& tensor) {
  if (!tensor.defined()) return "<Tensor undefined>";
  if (tensor.device().kind != DeviceKind::kCpu) {
    unimplemented("the text of a tensor constant on ", to_string(tensor.device()));
  }
  std::string text =
      str_cat("<Tensor dtype=", dtype_name(tensor.dtype()), " sizes=", to_string(tensor.sizes()));
  const bool plain = tensor.strides() == DimsView(contiguous_strides(tensor.sizes()));
  if (!plain && strides_are_sane(tensor.sizes(), tensor.strides(), tensor.numel())) {
    text += str_cat(" strides=", to_string(tensor.strides()));
  }
  if (tensor.impl()->requires_grad) text += " requires_grad=1";
  if (tensor.impl()->quant) text += quant_text(*tensor.impl()->quant);
  const Tensor packed = tensor.contiguous();
  const absl::string_view bytes(reinterpret_cast<const char*>(packed.raw()),
                                static_cast<size_t>(packed.nbytes()));
  return str_cat(text, " data=", absl::Base64Escape(bytes), ">");
}

int64_t read_int(Cursor* cursor) {
  const std::string_view text = cursor->number();
  int64_t value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc() || end != text.data() + text.size()) cursor->error("expected an int");
  return value;
}

double read_float(Cursor* cursor) {
  return std::strtod(std::string(cursor->number()).c_str(), nullptr);
}

template <class List, class Read>
List read_list(Cursor* cursor, Read&& read) {
  List list;
  cursor->expect("[");
  if (cursor->eat("]")) return list;
  do {
    list.push_back(static_cast<typename List::value_type>(read(cursor)));
  } while (cursor->eat(","));
  cursor->expect("]");
  return list;
}

std::string read_data(Cursor* cursor) {
  const std::string_view rest = cursor->rest();
  const size_t length = rest.find('>');
  std::string bytes;
  if (length == std::string_view::npos ||
      !absl::Base64Unescape(as_absl(rest.substr(0, length)), &bytes)) {
    cursor->error("tensor data is not base64");
  }
  cursor->advance(length);
  return bytes;
}

struct TensorFields {
  DType dtype = DType::kFloat32;
  Dims sizes;
  Dims strides;
  bool has_strides = false;
  bool requires_grad = false;
  Ref<QuantParams> quant;
  std::string data;
};

QuantParams& quant_of(TensorFields* fields) {
  if (!fields->quant) fields->quant = make_ref<QuantParams>();
  return *fields->quant;
}

void read_field(Cursor* cursor, std::string_view name, TensorFields* fields) {
  if (name == "sizes") {
    fields->sizes = read_list<Dims>(cursor, read_int);
  } else if (name == "strides") {
    fields->strides = read_list<Dims>(cursor, read_int);
    fields->has_strides = true;
  } else if (name == "requires_grad") {
    fields->requires_grad = read_int(cursor) == 1;
  } else if (name == "scales") {
    quant_of(fields).scales = read_list<std::vector<double>>(cursor, read_float);
  } else if (name == "zero_points") {
    quant_of(fields).zero_points = read_list<std::vector<int64_t>>(cursor, read_int);
  } else if (name == "float_zero_points") {
    quant_of(fields).float_zero_points = read_list<std::vector<float>>(cursor, read_float);
  } else if (name == "axis") {
    quant_of(fields).axis = read_int(cursor);
  } else if (name == "data") {
    fields->data = read_data(cursor);
  } else {
    cursor->error(str_cat("unknown field ", name, " of a tensor"));
  }
}

void check_quant(const Cursor& cursor, const TensorFields& f) {
  if (is_quantized(f.dtype) != static_cast<bool>(f.quant)) {
    cursor.error("quantized tensors, and no others, have scales");
  }
  if (!f.quant) return;
  const int64_t axis = f.quant->axis;
  if (axis >= static_cast<int64_t>(f.sizes.size())) cursor.error("axis out of range");
  const size_t count = axis < 0 ? 1 : static_cast<size_t>(f.sizes[static_cast<size_t>(axis)]);
  const bool floats = !f.quant->float_zero_points.empty();
  if (f.quant->scales.size() != count || (floats && f.quant->float_zero_points.size() != count) ||
      (!floats && f.quant->zero_points.size() != count)) {
    cursor.error("wrong number of scales or zero points");
  }
}

Tensor build(const Cursor& cursor, const TensorFields& f) {
  for (const int64_t size : f.sizes) {
    if (size < 0) cursor.error("a size is negative");
  }
  const int64_t numel = numel_of(f.sizes);
  if (numel < 0 ||
      static_cast<__int128>(numel) * item_size(f.dtype) != static_cast<__int128>(f.data.size())) {
    cursor.error("tensor data does not fit its sizes");
  }
  check_quant(cursor, f);
  Tensor tensor = empty(f.sizes, f.dtype);
  if (!f.data.empty()) std::memcpy(tensor.raw(), f.data.data(), f.data.size());
  if (f.has_strides) {
    if (f.strides.size() != f.sizes.size() || !strides_are_sane(f.sizes, f.strides, numel)) {
      cursor.error("unusable strides");
    }
    const Tensor strided = empty_strided(f.sizes, f.strides, f.dtype);
    if (numel > 0) copy_into(strided, tensor);
    tensor = strided;
  }
  tensor.impl()->requires_grad = f.requires_grad;
  tensor.impl()->quant = f.quant;
  return tensor;
}

}  // namespace

std::string tensor_text(const Tensor& tensor, const TypePtr& type, const PrintOptions& options) {
  if (!options.lossless) return torchscript_text(tensor);
  if (tensor.defined() && tensor.numel() == 1 && tensor.device().kind == DeviceKind::kCpu) {
    const std::string single = exact_single(tensor, type);
    if (!single.empty()) return str_cat("{", single, "}");
  }
  return full_text(tensor);
}

Tensor parse_tensor(Cursor* cursor, const TypePtr& type) {
  if (cursor->eat("{")) {
    const Tensor tensor = single_of_type(type);
    if (!tensor.defined()) cursor->error("the type does not tell dtype and shape of '{...}'");
    if (!read_single(cursor->number(), tensor)) cursor->error("expected a number");
    cursor->expect("}");
    return tensor;
  }
  cursor->expect("<Tensor");
  if (cursor->eat("undefined>")) return {};
  if (cursor->peek(">")) cursor->error("the data of this tensor was left out of the text");
  cursor->expect("dtype=");
  TensorFields fields;
  const std::string_view name = cursor->expect_word("a dtype");
  bool known = false;
  for (int code = 0; code < kNumDTypes && !known; ++code) {
    fields.dtype = static_cast<DType>(code);
    known = dtype_name(fields.dtype) == name;
  }
  if (!known) cursor->error(str_cat("unknown dtype ", name));
  while (!cursor->eat(">")) {
    const std::string_view field = cursor->expect_word("a field");
    cursor->expect("=");
    read_field(cursor, field, &fields);
  }
  return build(*cursor, fields);
}

}  // namespace temper::ir
