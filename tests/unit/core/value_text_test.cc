// Expected texts were printed by the reference.
#include <gtest/gtest.h>

#include <cmath>

#include "core/value/containers.h"

namespace temper {
namespace {

Tensor filled(DimsView sizes, std::initializer_list<double> values, DType dtype) {
  const Tensor t = empty(sizes, DType::kFloat64);
  std::copy(values.begin(), values.end(), t.data<double>());
  return to_dtype(t, dtype);
}

TEST(ValueTextTest, Scalars) {
  EXPECT_EQ(to_text(1e10), "10000000000.");
  EXPECT_EQ(to_text(-0.0), "0.");
  EXPECT_EQ(to_text(0.1), "0.10000000000000001");
  EXPECT_EQ(to_text(1e19), "1e+19");
  EXPECT_EQ(to_text(HUGE_VAL), "inf");
  EXPECT_EQ(to_text(std::complex<double>(1, -2)), "1.-2.j");
  EXPECT_EQ(to_text(true), "True");
  EXPECT_EQ(to_text(IValue()), "None");
  EXPECT_EQ(to_text(Device{DeviceKind::kCuda, 1}), "cuda:1");
}

TEST(ValueTextTest, Containers) {
  DictValue* dict = new DictValue(Type::string(), Type::any());
  const IValue owner{Ref<DictValue>(dict)};
  dict->set("a", make_list(Type::any(), {make_tuple({1, 2.0}), make_tuple({3})}));
  EXPECT_EQ(to_text(owner), "{a: [(1, 2.), (3,)]}");
}

TEST(ValueTextTest, Tensors) {
  EXPECT_EQ(to_text(filled({}, {1.5}, DType::kFloat32)), "1.5\n[ CPUFloatType{} ]");
  EXPECT_EQ(to_text(filled({2}, {1, 2}, DType::kInt64)), " 1\n 2\n[ CPULongType{2} ]");
  EXPECT_EQ(to_text(filled({2, 2}, {1, 2, 3, 4.5}, DType::kFloat32)),
            " 1.0000  2.0000\n 3.0000  4.5000\n[ CPUFloatType{2,2} ]");
  EXPECT_EQ(to_text(filled({2}, {453290.5, 291160}, DType::kFloat64)),
            "1e+05 *\n 4.5329\n 2.9116\n[ CPUDoubleType{2} ]");
  EXPECT_EQ(to_text(filled({2, 1, 1}, {1, 2}, DType::kBool)),
            "(1,.,.) = \n  1\n\n(2,.,.) = \n  1\n[ CPUBoolType{2,1,1} ]");
  EXPECT_EQ(to_text(filled({0}, {}, DType::kFloat32)), "[ CPUFloatType{0} ]");
}

TEST(ValueTextTest, WideMatricesBreakIntoColumns) {
  const std::string text = to_text(zeros({1, 41}, DType::kInt64));
  EXPECT_EQ(text.substr(0, 20), "Columns 1 to 26 0  0");
  EXPECT_NE(text.find("\nColumns 27 to 41 0"), std::string::npos);
}

}  // namespace
}  // namespace temper
