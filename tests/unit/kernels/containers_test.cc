// Expected results are those of the reference.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/unit/kernels/call.h"

namespace temper {
namespace {

IValue ints(std::vector<IValue> items) { return make_list(Type::integer(), std::move(items)); }

class ContainersTest : public testing::Test {
 protected:
  std::string text(const char* key, std::vector<IValue> values) {
    return to_text(caller_.run(key, std::move(values))[0]);
  }
  std::string error(const char* key, std::vector<IValue> values) {
    try {
      caller_.run(key, std::move(values));
    } catch (const Error& e) {
      return e.message();
    }
    return "no error";
  }
  KernelCaller caller_;
};

TEST_F(ContainersTest, ListsIndexSliceAndChange) {
  const IValue list = ints({1, 2, 3, 4});
  EXPECT_EQ(text("aten::__getitem__.t", {list, -1}), "4");
  EXPECT_EQ(error("aten::__getitem__.t", {list, 4}), "list index out of range");
  EXPECT_EQ(text("aten::slice.t", {list, 3, 0, -1}), "[4, 3, 2]");
  EXPECT_EQ(error("aten::slice.t", {list, 0, 4, 0}), "List slice should have non-zero step");
  caller_.run("aten::insert.t", {list, 9, 5});
  caller_.run("aten::extend.t", {list, list});
  EXPECT_EQ(to_text(list), "[1, 2, 3, 4, 5, 1, 2, 3, 4, 5]");
  EXPECT_EQ(text("aten::pop.t", {list, 0}), "1");
  EXPECT_EQ(error("aten::pop.t", {ints({}), 0}), "pop from empty list");
  EXPECT_EQ(error("aten::remove.int", {list, 7}), "list.remove(x): x not in list");
  EXPECT_EQ(error("aten::index.list_int", {list, 7}), "'7' is not in list");
  EXPECT_EQ(text("aten::mul.left_t", {ints({1}), -2}), "[]");
  EXPECT_NE(error("aten::mul.left_t", {ints({1}), INT64_MAX}), "no error");
}

TEST_F(ContainersTest, ListsKeepIdentityInPlaceAndCopyElsewhere) {
  const IValue list = ints({1});
  EXPECT_TRUE(caller_.run("aten::append.t", {list, 2})[0].is_same(list));
  EXPECT_TRUE(caller_.run("aten::add_.t", {list, ints({3})})[0].is_same(list));
  EXPECT_FALSE(caller_.run("aten::copy.t", {list})[0].is_same(list));
  EXPECT_EQ(to_text(list), "[1, 2, 3]");
}

TEST_F(ContainersTest, SortsAndSurvivesNan) {
  const double nan = std::nan("");
  std::vector<IValue> many;
  for (int i = 0; i < 100; ++i) many.push_back(i % 3 == 0 ? nan : (i * 37 % 11) * 1.0);
  for (bool reverse : {false, true}) {
    const IValue list = make_list(Type::floating(), many);
    caller_.run("aten::sort.float", {list, reverse});
    EXPECT_EQ(list.to_list().items.size(), 100u);
  }
  EXPECT_EQ(text("aten::sorted.int", {ints({3, 1, 2})}), "[1, 2, 3]");
  const IValue pairs =
      make_list(TupleType::make({Type::integer(), Type::string()}),
                {make_tuple({2, "a"}), make_tuple({1, "b"}), make_tuple({1, "a"})});
  EXPECT_EQ(text("aten::sorted.any", {pairs}), "[(1, a), (1, b), (2, a)]");
  EXPECT_THAT(error("aten::sorted.any", {make_list(list_of(Type::integer()), {ints({1})})}),
              testing::HasSubstr("got list of List[int] instead"));
}

TEST_F(ContainersTest, ListSumsAndTests) {
  EXPECT_EQ(text("aten::sum.int", {ints({int64_t{1} << 31, 1})}), "-2147483647");
  EXPECT_EQ(text("aten::any.str", {make_list(Type::string(), {"", "a"})}), "True");
  EXPECT_EQ(text("aten::all.int", {ints({})}), "True");
  EXPECT_EQ(text("prim::min.int_list", {ints({1, 2}), ints({1})}), "[1]");
}

TEST_F(ContainersTest, TensorListsCompareByValue) {
  const IValue a = make_tensor_list({vector_of<float>({1})});
  const IValue b = make_tensor_list({vector_of<float>({1})});
  const IValue wide = make_tensor_list({vector_of<float>({1, 2})});
  EXPECT_EQ(text("aten::eq.Tensor_list", {a, b}), "True");
  EXPECT_EQ(error("aten::eq.Tensor_list", {wide, wide}),
            "Boolean value of Tensor with more than one value is ambiguous");
}

TEST_F(ContainersTest, GrowthHasALimit) {
  EXPECT_THAT(error("aten::mul.left_t", {ints({1, 2}), int64_t{1} << 26}),
              testing::HasSubstr("longer than the limit"));
  EXPECT_THAT(error("prim::rangelist", {int64_t{1} << 40}), testing::HasSubstr("longer"));
  EXPECT_THAT(error("aten::ljust", {"a", INT64_MAX, " "}), testing::HasSubstr("longer"));
  EXPECT_THAT(error("aten::expandtabs", {"\t\t", int64_t{1} << 60}), testing::HasSubstr("longer"));
}

TEST_F(ContainersTest, Dicts) {
  const IValue dict{make_ref<DictValue>(Type::string(), Type::integer())};
  for (const char* key : {"b", "a", "c"}) caller_.run("aten::_set_item.str", {dict, key, 1});
  caller_.run("aten::_set_item.str", {dict, "a", 2});
  EXPECT_EQ(to_text(dict), "{b: 1, a: 2, c: 1}");
  EXPECT_EQ(error("aten::__getitem__.Dict_str", {dict, "x"}), "KeyError: x");
  EXPECT_EQ(text("aten::get.str", {dict, "x"}), "None");
  EXPECT_EQ(text("aten::get.default_str", {dict, "x", 5}), "5");
  EXPECT_EQ(text("aten::setdefault.str", {dict, "a", 5}), "2");
  EXPECT_EQ(text("aten::popitem.str", {dict}), "(b, 1)");
  EXPECT_EQ(text("aten::pop.Dict_default_str", {dict, "x", 9}), "9");
  const IValue items = caller_.run("aten::items.str", {dict})[0];
  EXPECT_EQ(to_text(items), "[(a, 2), (c, 1)]");
  EXPECT_EQ(type_of(items)->annotation(), "List[Tuple[str, int]]");
  EXPECT_EQ(text("aten::dict.str", {items}), "{a: 2, c: 1}");
  caller_.run("aten::clear.str", {dict});
  EXPECT_EQ(error("aten::popitem.str", {dict}), "popitem(): dictionary is empty");
}

TEST_F(ContainersTest, NanKeysAreNeverFoundAgain) {
  const IValue dict{make_ref<DictValue>(Type::floating(), Type::integer())};
  EXPECT_EQ(text("aten::setdefault.float", {dict, std::nan(""), 3}), "3");
  EXPECT_EQ(error("aten::popitem.float", {dict}), "Expected to erase 1 item, found 0");
}

TEST_F(ContainersTest, TensorFacts) {
  const Tensor t = zeros({2, 3}, DType::kFloat32).transpose(0, 1);
  EXPECT_EQ(text("aten::size", {t}), "[3, 2]");
  EXPECT_EQ(text("aten::stride.int", {t, -1}), "3");
  EXPECT_EQ(text("aten::is_contiguous", {t}), "False");
  EXPECT_EQ(text("prim::dtype", {t}), "6");
  EXPECT_EQ(text("prim::device", {t}), "cpu");
  EXPECT_EQ(text("aten::get_device", {t}), "-1");
  EXPECT_EQ(error("aten::size.int", {zeros({}, DType::kFloat32), 0}),
            "Dimension specified as 0 but tensor has no dimensions");
  EXPECT_EQ(text("prim::infer_unsqueeze_size", {ints({1, 2}), -1}), "[1, 2, 1]");
}

}  // namespace
}  // namespace temper
