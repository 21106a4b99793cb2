// Expected results are those of the reference.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/unit/kernels/call.h"

namespace temper {
namespace {

using Complex = std::complex<double>;

class ScalarsTest : public testing::Test {
 protected:
  IValue run(const char* key, std::vector<IValue> values) {
    return caller_.run(key, std::move(values))[0];
  }
  std::string text(const char* key, std::vector<IValue> values) {
    return to_text(run(key, std::move(values)));
  }
  std::string error(const char* key, std::vector<IValue> values) {
    try {
      run(key, std::move(values));
    } catch (const Error& e) {
      return e.message();
    }
    return "no error";
  }
  KernelCaller caller_;
};

TEST_F(ScalarsTest, IntegersWrapAndDivideLikePython) {
  EXPECT_EQ(run("aten::add.int", {INT64_MAX, 1}).to_int(), INT64_MIN);
  EXPECT_EQ(run("aten::floordiv.int", {-7, 2}).to_int(), -4);
  EXPECT_EQ(run("aten::remainder.int", {-7, 2}).to_int(), 1);
  EXPECT_EQ(run("aten::remainder.int", {INT64_MIN, -1}).to_int(), 0);
  EXPECT_EQ(run("aten::floordiv.int", {INT64_MIN, -1}).to_int(), INT64_MIN);
  EXPECT_EQ(error("aten::floordiv.int", {7, 0}), "division by 0");
  EXPECT_NE(error("aten::remainder.int", {7, 0}), "no error");
  EXPECT_EQ(run("aten::__lshift__.int", {1, 65}).to_int(), 2);
  EXPECT_EQ(run("aten::div.int", {1, 0}).to_double(), HUGE_VAL);
}

TEST_F(ScalarsTest, MixedOperandsPromote) {
  EXPECT_EQ(run("aten::add.int_float", {1, 2.5}).to_double(), 3.5);
  EXPECT_EQ(run("aten::add", {1, 2}).to_int(), 3);
  EXPECT_EQ(run("aten::mul.complex_int", {Complex(1, 2), 3}).to_complex(), Complex(3, 6));
  EXPECT_EQ(run("aten::pow.int", {2, 3}).to_double(), 8.0);
  EXPECT_EQ(error("aten::pow.float", {0.0, -1.0}), "0.0 cannot be raised to a negative power");
  EXPECT_TRUE(run("aten::eq.float_complex", {1.0, Complex(1, 0)}).to_bool());
  EXPECT_NE(error("aten::lt", {Complex(1, 0), 2}), "no error");
}

TEST_F(ScalarsTest, MinAndMaxTakeTheSecondOperandForNan) {
  EXPECT_TRUE(std::isnan(run("prim::min.float", {1.0, std::nan("")}).to_double()));
  EXPECT_EQ(run("prim::min.float", {std::nan(""), 1.0}).to_double(), 1.0);
  EXPECT_EQ(error("prim::max.self_int", {make_list(Type::integer(), {})}),
            "max() arg is an empty sequence");
}

TEST_F(ScalarsTest, Divmod) {
  const auto both = caller_.run("aten::divmod.int", {-7, 2});
  EXPECT_EQ(both[0].to_int(), -4);
  EXPECT_EQ(both[1].to_int(), 1);
  EXPECT_EQ(error("aten::divmod.float", {7.0, 0.0}), "ZeroDivisionError: float divmod()");
}

TEST_F(ScalarsTest, MathFunctions) {
  EXPECT_EQ(error("aten::floor.float", {HUGE_VAL}), "Cannot convert float inf to integer");
  EXPECT_EQ(run("aten::ceil.float", {1.2}).to_int(), 2);
  EXPECT_EQ(run("aten::round.float", {2.5}).to_double(), 2.0);
  EXPECT_EQ(run("aten::factorial.int", {25}).to_int(), 7034535277573963776);
  EXPECT_EQ(error("aten::factorial.int", {-1}), "factorial() not defined for negative values");
  EXPECT_EQ(run("aten::gcd.int", {-4, 6}).to_int(), 2);
  EXPECT_EQ(run("aten::log.int_int", {8, 2}).to_double(), 3.0);
  EXPECT_EQ(run("aten::log.Scalar", {2}).to_double(), 0.6931471824645996);
  EXPECT_EQ(text("aten::sqrt.complex", {Complex(0, 2)}), "1.+1.j");
}

TEST_F(ScalarsTest, Ranges) {
  EXPECT_EQ(run("aten::__range_length", {5, 0, -2}).to_int(), 3);
  EXPECT_EQ(run("aten::__range_length", {0, 5, -1}).to_int(), 0);
  EXPECT_EQ(error("aten::__range_length", {0, 5, 0}), "range() arg 3 must not be zero");
  EXPECT_EQ(run("aten::__derive_index", {2, 10, -3}).to_int(), 4);
}

TEST_F(ScalarsTest, Conversions) {
  EXPECT_EQ(run("aten::Int.float", {std::nan("")}).to_int(), INT64_MIN);
  EXPECT_EQ(run("aten::Int.str", {" 12"}).to_int(), 12);
  EXPECT_EQ(error("aten::Int.str", {"12x"}), "invalid literal for int() with base 10: '12x'");
  EXPECT_EQ(run("aten::Float.str", {"1.5e3"}).to_double(), 1500.0);
  EXPECT_EQ(run("aten::hash.generic", {make_tuple({1, 2})}).to_int(), 175247769363);
  EXPECT_EQ(error("aten::device", {"cuda:x"}), "Invalid device string: 'cuda:x'");
  EXPECT_EQ(error("aten::_unwrap_optional", {IValue()}), "Unwrapping null optional");
}

TEST_F(ScalarsTest, TensorsBecomeScalars) {
  const Tensor two = vector_of<int64_t>({1, 2}), one = vector_of<float>({2.7f});
  EXPECT_EQ(error("aten::Int.Tensor", {two}),
            "a Tensor with 2 elements cannot be converted to Scalar");
  EXPECT_EQ(run("aten::Int.Tensor", {one}).to_int(), 2);
  EXPECT_EQ(error("aten::Bool.Tensor", {two}),
            "Boolean value of Tensor with more than one value is ambiguous");
  EXPECT_EQ(error("aten::IntImplicit", {one}),
            "Cannot input a tensor of dimension other than 0 as a scalar argument");
  EXPECT_EQ(error("aten::IntImplicit", {full({}, 1, DType::kBool)}),
            "Cannot input a tensor of type Bool as an integral argument");
}

TEST_F(ScalarsTest, TensorsComeFromLists) {
  const TypePtr row = list_of(Type::integer());
  const IValue good = make_list(row, {make_int_list({1, 2}), make_int_list({3, 4})});
  const IValue bad = make_list(row, {make_int_list({1, 2}), make_int_list({3})});
  const Tensor made = caller_.tensor("aten::tensor", {good, IValue(), IValue(), false});
  EXPECT_EQ(values_of<int64_t>(made), (std::vector<int64_t>{1, 2, 3, 4}));
  EXPECT_EQ(error("aten::tensor", {bad, IValue(), IValue(), false}),
            "Expected sequence of length 2 at dim 1 (got 1)");
  EXPECT_EQ(error("aten::tensor", {good, IValue(), IValue(), true}),
            "Only Tensors of floating point and complex dtype can require gradients");
  // Floats pass through the default dtype first.
  EXPECT_EQ(*caller_.tensor("aten::tensor.float", {0.1, 7, IValue(), false}).data<double>(),
            static_cast<double>(0.1f));
}

TEST_F(ScalarsTest, GradModeBelongsToTheRun) {
  EXPECT_FALSE(run("aten::is_grad_enabled", {}).to_bool());
  caller_.run("aten::set_grad_enabled", {true});
  EXPECT_TRUE(run("aten::is_grad_enabled", {}).to_bool());
}

TEST_F(ScalarsTest, StringMethods) {
  EXPECT_EQ(text("aten::center", {"ab", 7, "*"}), "***ab**");
  EXPECT_EQ(text("aten::splitlines", {"a\nb\r\nc", false}), "[a, b, , c]");
  EXPECT_EQ(text("aten::rsplit", {"a b  c", " ", 1}), "[a b , c]");
  EXPECT_EQ(text("aten::strip", {"  a\r\n "}), "a\r");
  EXPECT_EQ(text("aten::slice.str", {"abcdef", 5, 1, -1}), "fedc");
  EXPECT_EQ(text("aten::replace", {"aaa", "a", "b", 2}), "bba");
  EXPECT_NE(error("aten::replace", {"aaa", "", "b", -1}), "no error");
  EXPECT_EQ(text("aten::title", {"they're a1b"}), "They'Re A1B");
  EXPECT_EQ(run("aten::find", {"abc", "", 5, -1}).to_int(), 5);
  EXPECT_EQ(error("aten::index.str", {"abc", "d", 0, -1}), "ValueError: substring not found");
  EXPECT_EQ(text("aten::hex", {-255}), "-0xff");
  EXPECT_EQ(text("aten::chr", {300}), ",");
}

TEST_F(ScalarsTest, Formatting) {
  EXPECT_EQ(text("aten::format", {"{:.2f}{}{", 1.5, 3}), "{:.2f}1.5{");
  EXPECT_EQ(error("aten::format", {"{} {}", 1}), "Too few arguments for format string: {} {}");
  EXPECT_EQ(text("aten::percentFormat", {"%d %s%% %f", make_tuple({3.7, "a", 1.0 / 3})}),
            "3 a% 0.333333");
  EXPECT_EQ(error("aten::percentFormat", {"%%", 3}), "Too many arguments for format string");
  EXPECT_EQ(error("aten::percentFormat", {"%x", 3}),
            "The specifier %x is not supported in TorchScript format strings");
}

}  // namespace
}  // namespace temper
