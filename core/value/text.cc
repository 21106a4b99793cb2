#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/error.h"
#include "core/value/containers.h"

namespace temper {
namespace {

constexpr int64_t kLineWidth = 80;

template <class... Args>
std::string printf_text(const char* format, Args... args) {
  char buffer[400];
  const int size = std::snprintf(buffer, sizeof buffer, format, args...);
  return std::string(buffer, std::min<size_t>(size, sizeof buffer - 1));
}

// How the numbers of one matrix are laid out.
struct NumberLayout {
  enum Style { kGeneral, kFixed, kScientific } style = kGeneral;
  int width = 0;
  double scale = 1;
  int precision = 4;

  std::string text(double v) const {
    const char* format = style == kFixed ? "%*.*f" : style == kScientific ? "%*.*e" : "%*.*g";
    return printf_text(format, width, precision, v / scale);
  }
};

double digits_before_point(double magnitude) {
  return magnitude == 0 ? 1 : std::floor(std::log10(magnitude)) + 1;
}

NumberLayout choose_layout(const double* values, int64_t count) {
  bool integers = true;
  bool any = false;
  double low = 0, high = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double v = values[i], magnitude = std::fabs(v);
    if (!std::isfinite(v)) continue;
    integers = integers && v == std::ceil(v);
    if (!any) low = high = magnitude;
    any = true;
    low = std::min(low, magnitude);
    // The signed value is compared on purpose: programs see this in printed widths.
    if (v > high) high = magnitude;
  }
  const double min_digits = any ? digits_before_point(low) : 1;
  const double max_digits = any ? digits_before_point(high) : 1;
  if (integers) {
    if (max_digits > 9) return {NumberLayout::kScientific, 11, 1};
    return {NumberLayout::kGeneral, static_cast<int>(max_digits) + 1, 1};
  }
  if (max_digits - min_digits > 4) {
    const bool three_digits = std::fabs(max_digits) > 99 || std::fabs(min_digits) > 99;
    return {NumberLayout::kScientific, three_digits ? 12 : 11, 1};
  }
  if (max_digits > 5 || max_digits < 0) {
    return {NumberLayout::kFixed, 7, std::pow(10.0, max_digits - 1)};
  }
  return {NumberLayout::kFixed, max_digits == 0 ? 7 : static_cast<int>(max_digits) + 6, 1};
}

std::string scale_text(double scale) { return printf_text("%.4g *\n", scale); }

// Whole numbers use six digits until a matrix with fractions was printed before them.
NumberLayout next_layout(const double* values, int64_t count, int& precision) {
  NumberLayout layout = choose_layout(values, count);
  if (layout.style != NumberLayout::kGeneral) precision = 4;
  layout.precision = precision;
  return layout;
}

void print_matrix(const double* values, int64_t rows, int64_t columns, int indent, int& precision,
                  std::string& out) {
  const NumberLayout layout = next_layout(values, rows * columns, precision);
  const std::string margin(static_cast<size_t>(indent), ' ');
  const int64_t per_line = (kLineWidth - indent) / (layout.width + 1);
  out += margin;
  for (int64_t first = 0; first < columns; first += per_line) {
    const int64_t last = std::min(first + per_line, columns) - 1;
    if (per_line < columns) {
      if (first != 0) out += '\n';
      out += str_cat("Columns ", first + 1, " to ", last + 1, margin);
    }
    if (layout.scale != 1) out += scale_text(layout.scale) + margin;
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = first; c <= last; ++c) {
        out += layout.text(values[r * columns + c]);
        out += c == last ? '\n' : ' ';
      }
      if (r + 1 < rows) out += layout.scale != 1 ? margin + " " : margin;
    }
  }
}

// Matrices of the last two dimensions; the first dimension counts fastest.
void print_matrices(const double* values, DimsView sizes, int& precision, std::string& out) {
  const size_t outer = sizes.size() - 2;
  const int64_t rows = sizes[outer], columns = sizes[outer + 1];
  Dims counter(outer, 0);
  for (bool first = true;; first = false) {
    int64_t index = 0;
    std::string place;
    for (size_t i = 0; i < outer; ++i) {
      index = index * sizes[i] + counter[i];
      place += str_cat(counter[i] + 1, ",");
    }
    out += str_cat(first ? "" : "\n", "(", place, ".,.) = \n");
    print_matrix(values + index * rows * columns, rows, columns, 1, precision, out);
    size_t i = 0;
    while (i < outer && ++counter[i] == sizes[i]) counter[i++] = 0;
    if (i == outer) return;
  }
}

std::string quantizer_text(const Tensor& tensor);

Tensor dequantized(const Tensor& tensor) {
  const QuantParams& quant = *tensor.impl()->quant;
  const Tensor values = tensor.contiguous();
  const Tensor out = empty(tensor.sizes(), DType::kFloat64);
  int64_t inner = 1;
  if (quant.axis >= 0) {
    for (int64_t d = quant.axis + 1; d < tensor.dim(); ++d) inner *= tensor.size(d);
  }
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    const int64_t channel = quant.axis < 0 ? 0 : i / inner % tensor.size(quant.axis);
    int64_t raw = 0;
    switch (tensor.dtype()) {
      case DType::kQInt8: raw = values.data<int8_t>()[i]; break;
      case DType::kQUInt8: raw = values.data<uint8_t>()[i]; break;
      case DType::kQInt32: raw = values.data<int32_t>()[i]; break;
      default: unimplemented("printing tensors of type ", dtype_name(tensor.dtype()));
    }
    const double zero = quant.float_zero_points.empty()
                            ? static_cast<double>(quant.zero_points[channel])
                            : quant.float_zero_points[channel];
    out.data<double>()[i] =
        static_cast<float>((static_cast<double>(raw) - zero) * quant.scales[channel]);
  }
  return out;
}

std::string tensor_text(const Tensor& tensor) {
  if (!tensor.defined()) return "[ Tensor (undefined) ]";
  const Tensor values =
      tensor.impl()->quant ? dequantized(tensor) : to_dtype(tensor, DType::kFloat64).contiguous();
  const double* data = values.data<double>();
  std::string out;
  int precision = 6;
  if (tensor.dim() == 0) {
    out = printf_text("%.6g\n", data[0]);
  } else if (tensor.numel() > 0 && tensor.dim() == 1) {
    const NumberLayout layout = next_layout(data, tensor.numel(), precision);
    if (layout.scale != 1) out += scale_text(layout.scale);
    for (int64_t i = 0; i < tensor.numel(); ++i) out += layout.text(data[i]) + "\n";
  } else if (tensor.numel() > 0 && tensor.dim() == 2) {
    print_matrix(data, tensor.size(0), tensor.size(1), 0, precision, out);
  } else if (tensor.numel() > 0) {
    print_matrices(data, tensor.sizes(), precision, out);
  }
  const std::string_view backend = tensor.device().kind == DeviceKind::kCuda ? "CUDA" : "CPU";
  const std::string_view prefix = tensor.impl()->quant ? "Quantized" : "";
  out += str_cat("[ ", prefix, backend, dtype_name(tensor.dtype()), "Type{");
  for (int64_t i = 0; i < tensor.dim(); ++i) out += str_cat(i ? "," : "", tensor.size(i));
  return str_cat(out, "}", quantizer_text(tensor), " ]");
}

std::string quantizer_text(const Tensor& tensor) {
  if (!tensor.impl()->quant) return "";
  const QuantParams& quant = *tensor.impl()->quant;
  if (quant.axis < 0) {
    return str_cat(", qscheme: per_tensor_affine, scale: ", printf_text("%.6g", quant.scales[0]),
                   ", zero_point: ", quant.zero_points[0]);
  }
  const int64_t channels = static_cast<int64_t>(quant.scales.size());
  const Tensor scales = empty({channels}, DType::kFloat64);
  const bool float_zeros = !quant.float_zero_points.empty();
  const Tensor zeros = empty({channels}, float_zeros ? DType::kFloat32 : DType::kInt64);
  for (int64_t i = 0; i < channels; ++i) {
    scales.data<double>()[i] = quant.scales[i];
    if (float_zeros) {
      zeros.data<float>()[i] = quant.float_zero_points[i];
    } else {
      zeros.data<int64_t>()[i] = quant.zero_points[i];
    }
  }
  return str_cat(", qscheme: per_channel_affine", float_zeros ? "_float_qparams" : "",
                 ", scales: ", tensor_text(scales), ", zero_points: ", tensor_text(zeros),
                 ", axis: ", quant.axis);
}

std::string double_text(double v) {
  if (v >= -0x1p63 && v < 0x1p63 && v == std::trunc(v)) {
    return str_cat(static_cast<int64_t>(v), ".");
  }
  return printf_text("%.17g", v);
}

std::string complex_text(std::complex<double> v) {
  const std::string imaginary = double_text(std::fabs(v.imag()));
  return str_cat(double_text(v.real()), v.imag() >= 0 ? "+" : "-", imaginary, "j");
}

void check_text_length(const std::string& text) {
  constexpr size_t kLongest = size_t{1} << 28;
  if (text.size() <= kLongest) return;
  throw_error(ErrorKind::kResourceExhausted,
              str_cat("the text of a value is longer than the limit of ", kLongest, " bytes"));
}

std::string items_text(const std::vector<IValue>& items) {
  const NestingGuard guard;
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    out += to_text(items[i]);
    check_text_length(out);
  }
  return out;
}

std::string dict_text(const DictValue& dict) {
  const NestingGuard guard;
  std::string out;
  dict.each([&](const IValue& key, const IValue& value) {
    out += str_cat(out.empty() ? "" : ", ", to_text(key), ": ", to_text(value));
    check_text_length(out);
  });
  return str_cat("{", out, "}");
}

// Without the module path of the class.
std::string enum_text(const EnumValue& member) {
  const std::string& type = member.type->name();
  return str_cat("Enum<", type.substr(type.rfind('.') + 1), ".", member.name, ">");
}

}  // namespace

std::string to_text(const IValue& value) {
  switch (value.tag()) {
    case Tag::kNone: return "None";
    case Tag::kBool: return value.to_bool() ? "True" : "False";
    case Tag::kInt: return str_cat(value.to_int());
    case Tag::kDouble: return double_text(value.to_double());
    case Tag::kComplex: return complex_text(value.to_complex());
    case Tag::kDevice: return to_string(value.to_device());
    case Tag::kUninitialized: return "Uninitialized";
    case Tag::kTensor: return tensor_text(value.to_tensor());
    case Tag::kString: return value.to_string();
    case Tag::kList: return str_cat("[", items_text(value.to_list().items), "]");
    case Tag::kDict: return dict_text(value.to_dict());
    case Tag::kTuple: {
      const auto& items = value.to_tuple().items;
      return str_cat("(", items_text(items), items.size() == 1 ? ",)" : ")");
    }
    case Tag::kObject:
      return str_cat("<", value.to_object().type->name(), " object at ",
                     printf_text("%p", static_cast<const void*>(&value.to_object())), ">");
    case Tag::kEnum: return enum_text(value.to_enum());
    case Tag::kFunction: return str_cat("Function ", value.to_function().qualified_name());
    default: return std::string(tag_name(value.tag()));
  }
}

}  // namespace temper
