#include "core/tensor/dtype.h"

#include "core/base/error.h"
#include "core/tensor/dispatch.h"

namespace temper {
namespace {

struct Facts {
  const char* name;
  const char* short_name;
};
constexpr Facts kFacts[kNumDTypes] = {
    {"Byte", "uint8"},
    {"Char", "int8"},
    {"Short", "int16"},
    {"Int", "int32"},
    {"Long", "int64"},
    {"Half", "float16"},
    {"Float", "float32"},
    {"Double", "float64"},
    {"ComplexHalf", "complex32"},
    {"ComplexFloat", "complex64"},
    {"ComplexDouble", "complex128"},
    {"Bool", "bool"},
    {"QInt8", "qint8"},
    {"QUInt8", "quint8"},
    {"QInt32", "qint32"},
    {"BFloat16", "bfloat16"},
    {"QUInt4x2", "quint4x2"},
    {"QUInt2x4", "quint2x4"},
    {"Bits1x8", "bits1x8"},
    {"Bits2x4", "bits2x4"},
    {"Bits4x2", "bits4x2"},
    {"Bits8", "bits8"},
    {"Bits16", "bits16"},
    {"Float8_e5m2", "float8_e5m2"},
    {"Float8_e4m3fn", "float8_e4m3fn"},
    {"Float8_e5m2fnuz", "float8_e5m2fnuz"},
    {"Float8_e4m3fnuz", "float8_e4m3fnuz"},
    {"UInt16", "uint16"},
    {"UInt32", "uint32"},
    {"UInt64", "uint64"},
};
const Facts& facts(DType dtype) { return kFacts[static_cast<int>(dtype)]; }

// Rank within bool < ints < floats < complex; floats of two bytes do not contain each other.
int float_rank(DType d) {
  switch (to_real(d)) {
    case DType::kFloat16:
    case DType::kBFloat16: return 1;
    case DType::kFloat32: return 2;
    default: return 3;
  }
}

DType promote_integers(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::kBool) return b;
  if (b == DType::kBool) return a;
  // uint8 with a signed type of its own size needs the next larger one.
  if (a == DType::kUInt8) return b == DType::kInt8 ? DType::kInt16 : b;
  if (b == DType::kUInt8) return a == DType::kInt8 ? DType::kInt16 : a;
  return item_size(a) >= item_size(b) ? a : b;
}

DType promote_floats(DType a, DType b) {
  if (a == b) return a;
  const int rank_a = float_rank(a), rank_b = float_rank(b);
  if (rank_a != rank_b) return rank_a > rank_b ? a : b;
  return DType::kFloat32;  // float16 with bfloat16
}

bool is_bits(DType d) { return d >= DType::kBits1x8 && d <= DType::kBits16; }
bool is_wide_unsigned(DType d) { return d >= DType::kUInt16 && d <= DType::kUInt64; }

// The types of PyTorch 2 that have no common type with others.
void check_promotes(DType a, DType b) {
  std::string_view kind;
  if (is_float8(a) || is_float8(b)) kind = "Float8";
  if (is_bits(a) || is_bits(b)) kind = "bits";
  if ((is_wide_unsigned(a) && !is_floating(b)) || (is_wide_unsigned(b) && !is_floating(a))) {
    kind = "uint16, uint32, uint64";
  }
  if (kind.empty()) return;
  fail("Promotion for ", kind, " types is not supported, attempted to promote ", dtype_name(a),
       " and ", dtype_name(b));
}

int category(DType d) {
  if (d == DType::kBool) return 0;
  if (is_integral(d)) return 1;
  return is_complex(d) ? 3 : 2;
}

}  // namespace

std::string_view dtype_name(DType dtype) { return facts(dtype).name; }
std::string_view dtype_short_name(DType dtype) { return facts(dtype).short_name; }

std::optional<DType> dtype_from_storage_name(std::string_view name) {
  for (int i = 0; i < kNumDTypes; ++i) {
    if (name == kFacts[i].name) return static_cast<DType>(i);
  }
  return std::nullopt;
}

std::optional<DType> dtype_from_code(int64_t code) {
  if (code < 0 || code >= kNumDTypes) return std::nullopt;
  return static_cast<DType>(code);
}

bool is_floating(DType d) {
  return d == DType::kFloat32 || d == DType::kFloat64 || d == DType::kFloat16 ||
         d == DType::kBFloat16 || is_float8(d);
}
bool is_float8(DType d) { return d >= DType::kFloat8E5M2 && d <= DType::kFloat8E4M3FNUZ; }
bool is_complex(DType d) {
  return d == DType::kComplex32 || d == DType::kComplex64 || d == DType::kComplex128;
}
bool is_integral(DType d) {
  return (d >= DType::kUInt8 && d <= DType::kInt64) || is_wide_unsigned(d);
}
bool is_quantized(DType d) {
  return (d >= DType::kQInt8 && d <= DType::kQInt32) || d == DType::kQUInt4x2 ||
         d == DType::kQUInt2x4;
}
bool is_signed(DType d) {
  return d != DType::kUInt8 && d != DType::kBool && d != DType::kQUInt8 && !is_wide_unsigned(d);
}

DType to_complex(DType d) {
  switch (d) {
    case DType::kFloat16: return DType::kComplex32;
    case DType::kFloat32:
    case DType::kBFloat16: return DType::kComplex64;
    case DType::kFloat64: return DType::kComplex128;
    default: return is_complex(d) ? d : DType::kComplex64;
  }
}

DType to_real(DType d) {
  switch (d) {
    case DType::kComplex32: return DType::kFloat16;
    case DType::kComplex64: return DType::kFloat32;
    case DType::kComplex128: return DType::kFloat64;
    default: return d;
  }
}

DType promote(DType a, DType b) {
  if (a == b) return a;
  if (is_quantized(a) || is_quantized(b)) {
    fail("cannot combine ", dtype_name(a), " and ", dtype_name(b),
         ": dequantize the quantized tensor first");
  }
  check_promotes(a, b);
  const int ca = category(a), cb = category(b);
  if (ca <= 1 && cb <= 1) return promote_integers(a, b);
  if (ca == 3 || cb == 3) {
    if (ca < 2) return b;
    if (cb < 2) return a;
    return to_complex(promote_floats(to_real(a), to_real(b)));
  }
  if (ca < 2) return b;
  if (cb < 2) return a;
  return promote_floats(a, b);
}

bool can_cast(DType from, DType to) {
  if (is_complex(from) && !is_complex(to)) return false;
  if (is_floating(from) && is_integral_or_bool(to)) return false;
  return !(is_integral(from) && to == DType::kBool);
}

void dtype_not_supported(const char* op, DType dtype) {
  throw_error(ErrorKind::kInvalidArgument,
              str_cat("\"", op, "\" not implemented for '", dtype_name(dtype), "'"));
}

}  // namespace temper
