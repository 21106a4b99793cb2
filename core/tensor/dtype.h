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
  // From PyTorch 2: held, moved and converted; arithmetic on them is an error that names them.
  kBits1x8 = 18,
  kBits2x4 = 19,
  kBits4x2 = 20,
  kBits8 = 21,
  kBits16 = 22,
  kFloat8E5M2 = 23,
  kFloat8E4M3FN = 24,
  kFloat8E5M2FNUZ = 25,
  kFloat8E4M3FNUZ = 26,
  kUInt16 = 27,
  kUInt32 = 28,
  kUInt64 = 29,
};
inline constexpr int kNumDTypes = 30;

inline constexpr int8_t kItemSizes[kNumDTypes] = {1, 1, 2, 4, 8, 2, 4, 8, 4, 8, 16, 1, 1, 1, 4,
                                                  2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1,  1, 2, 4, 8};
// Bytes of one element (of one packed byte for the sub-byte quantized types).
inline int64_t item_size(DType dtype) { return kItemSizes[static_cast<int>(dtype)]; }
// PyTorch's C++ scalar type name ("Float", "Long"); used in messages and storage class names.
std::string_view dtype_name(DType dtype);
// "float32", "int64"...
std::string_view dtype_short_name(DType dtype);
std::optional<DType> dtype_from_storage_name(std::string_view name);  // "Float" -> kFloat32
std::optional<DType> dtype_from_code(int64_t code);

bool is_floating(DType dtype);  // f8, f16, bf16, f32, f64
bool is_float8(DType dtype);
bool is_complex(DType dtype);
bool is_integral(DType dtype);  // signed and unsigned integers, not bool
inline bool is_integral_or_bool(DType d) { return is_integral(d) || d == DType::kBool; }
bool is_quantized(DType dtype);
bool is_signed(DType dtype);

// f32 -> c64, f64 -> c128, f16 -> c32; and back.
DType to_complex(DType dtype);
DType to_real(DType dtype);

// PyTorch's promotion lattice of two dtypes of the same category rank rules (bool < int < float <
// complex); throws for types that differ where one is quantized, float8, bits, or an unsigned
// integer of more than a byte beside another integer.
DType promote(DType a, DType b);
// Whether a value of `from` may be stored into `to` in an in-place operation (category rule).
bool can_cast(DType from, DType to);

}  // namespace temper
