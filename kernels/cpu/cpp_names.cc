#include "kernels/cpu/cpp_names.h"

namespace temper {

std::string_view name_in_cpp(DType dtype) {
  switch (dtype) {
    case DType::kFloat32: return "float";
    case DType::kFloat64: return "double";
    case DType::kInt64: return "long int";
    case DType::kInt32: return "int";
    case DType::kInt16: return "short int";
    case DType::kInt8: return "signed char";
    case DType::kUInt8: return "unsigned char";
    case DType::kBool: return "bool";
    case DType::kFloat16: return "c10::Half";
    case DType::kBFloat16: return "c10::BFloat16";
    case DType::kComplex64: return "c10::complex<float>";
    case DType::kComplex128: return "c10::complex<double>";
    default: return dtype_name(dtype);
  }
}

}  // namespace temper
