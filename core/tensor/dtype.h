#pragma once
// Element types. The numbers are those that archives and programs use for dtype arguments.

#include <cstdint>
#include <optional>
#include <string_view>

namespace temper {

enum class DType : int8_t {
  kUInt8 = 0,
  kInt8 = 1,
  kInt16 = 2,
  kInt32 = 3,
  kInt64 = 4,
  kFloat16 = 5,
  kFloat32 = 6,
  kFloat64 = 7,
  kComplex32 = 8,
  kComplex64 = 9,
  kComplex128 = 10,
  kBool = 11,
  kQInt8 = 12,
  kQUInt8 = 13,
  kQInt32 = 14,
  kBFloat16 = 15,
  kQUInt4x2 = 16,
  kQUInt2x4 = 17,
};
inline constexpr int kNumDTypes = 18;

// Bytes of one element (of one packed byte for the sub-byte quantized types).
int64_t item_size(DType dtype);
// PyTorch's C++ scalar type name ("Float", "Long"); used in messages and storage class names.
std::string_view dtype_name(DType dtype);
// "float32", "int64"...
std::string_view dtype_short_name(DType dtype);
std::optional<DType> dtype_from_storage_name(std::string_view name);  // "Float" -> kFloat32
std::optional<DType> dtype_from_code(int64_t code);

bool is_floating(DType dtype);  // f16, bf16, f32, f64
bool is_complex(DType dtype);
bool is_integral(DType dtype);  // signed and unsigned integers, not bool
inline bool is_integral_or_bool(DType d) { return is_integral(d) || d == DType::kBool; }
bool is_quantized(DType dtype);
bool is_signed(DType dtype);

// f32 -> c64, f64 -> c128, f16 -> c32; and back.
DType to_complex(DType dtype);
DType to_real(DType dtype);

// PyTorch's promotion lattice of two dtypes of the same category rank rules (bool < int < float <
// complex); throws for quantized types that differ.
DType promote(DType a, DType b);
// Whether a value of `from` may be stored into `to` in an in-place operation (category rule).
bool can_cast(DType from, DType to);

}  // namespace temper
