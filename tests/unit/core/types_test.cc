#include <gmock/gmock.h>

#include "core/base/error.h"
#include "core/value/class_type.h"
#include "core/value/containers.h"

namespace temper {
namespace {

TypePtr parse(std::string_view text) { return parse_schema_type(text); }
bool fits(std::string_view a, std::string_view b) { return is_subtype(parse(a), parse(b)); }
std::string unified(std::string_view a, std::string_view b, bool to_union = false) {
  const TypePtr type = unify(parse(a), parse(b), to_union);
  return type ? type->annotation() : "none";
}

TEST(TypesTest, PrintsBothSyntaxes) {
  const TypePtr type = parse("Dict(str, (Tensor?[], int))");
  EXPECT_EQ(type->annotation(), "Dict[str, Tuple[List[Optional[Tensor]], int]]");
  EXPECT_EQ(type->ir_text(), "Dict(str, (Tensor?[], int))");
  EXPECT_EQ(TupleType::make({})->annotation(), "Tuple[()]");
  TensorType::Known known;
  known.dtype = static_cast<int>(DType::kFloat32);
  EXPECT_EQ(TensorType::make(known)->ir_text(), "FloatTensor");
  known.has_rank = true;
  known.sizes = {2, -1};
  known.requires_grad = 0;
  known.device = "cpu";
  EXPECT_EQ(TensorType::make(known)->ir_text(), "Float(2, *, requires_grad=0, device=cpu)");
}

TEST(TypesTest, Subtypes) {
  EXPECT_TRUE(fits("int", "Any"));
  EXPECT_TRUE(fits("int", "Scalar"));
  EXPECT_TRUE(fits("complex", "Scalar"));
  EXPECT_FALSE(fits("bool", "Scalar"));
  EXPECT_FALSE(fits("int", "float"));
  EXPECT_TRUE(fits("None", "int?"));
  EXPECT_TRUE(fits("int?", "Scalar?"));
  EXPECT_FALSE(fits("int?", "int"));
  EXPECT_FALSE(fits("int[]", "Scalar[]"));
  EXPECT_TRUE(fits("int[]", "AnyListType"));
  EXPECT_TRUE(fits("(int, str)", "(Scalar, str?)"));
  EXPECT_FALSE(fits("(int, str)", "(int)"));
  EXPECT_TRUE(fits("Future(int)", "Future(int?)"));
  EXPECT_TRUE(fits("int", "Union(int, str)"));
  EXPECT_TRUE(fits("Union(int, float)", "Scalar"));
  EXPECT_FALSE(fits("Union(int, str)", "int"));
  EXPECT_FALSE(fits("Dict(str, int)", "Dict(str, Scalar)"));
}

TEST(TypesTest, NamedTuplesAreTuplesButNotTheReverse) {
  const TypePtr named = TupleType::make_named("N", {"a"}, {Type::integer()});
  const TypePtr plain = TupleType::make({Type::integer()});
  EXPECT_TRUE(is_subtype(named, plain));
  EXPECT_FALSE(is_subtype(plain, named));
  EXPECT_EQ(named->ir_text(), "NamedTuple(a : int)");
}

TEST(TypesTest, Unify) {
  EXPECT_EQ(unified("int", "Scalar"), "number");
  EXPECT_EQ(unified("None", "int"), "Optional[int]");
  EXPECT_EQ(unified("(int, None)", "(None, int)"), "Tuple[Optional[int], Optional[int]]");
  EXPECT_EQ(unified("int", "str"), "none");
  EXPECT_EQ(unified("str", "int", true), "Union[int, str]");
}

TEST(TypesTest, UnionsAreFlatSortedAndWithoutRepeats) {
  EXPECT_EQ(parse("Union(str, Union(int, str), Tensor)")->annotation(), "Union[Tensor, int, str]");
  EXPECT_EQ(parse("Union(int, None)")->annotation(), "Optional[int]");
  EXPECT_EQ(parse("Union(int, float, complex)")->annotation(), "number");
  const TypePtr one = TupleType::make_named("", {"a"}, {parse("int")});
  const TypePtr other = TupleType::make_named("", {"b"}, {parse("int")});
  EXPECT_EQ(union_of({one, other})->ir_text(), union_of({other, one})->ir_text());
  EXPECT_EQ(without_none(parse("Union(int, str, None)"))->annotation(), "Union[int, str]");
  EXPECT_TRUE(may_be_none(parse("Union(int, str, None)")));
}

TEST(TypesTest, ValuesMatchTheirTypes) {
  const IValue list = make_list(Type::integer(), {1, 2});
  EXPECT_EQ(type_of(list)->annotation(), "List[int]");
  EXPECT_TRUE(matches_type(list, parse("int[]?")));
  EXPECT_FALSE(matches_type(list, parse("float[]")));
  const IValue tuple = make_tuple({1, IValue()});
  EXPECT_TRUE(matches_type(tuple, parse("(Scalar, str?)")));
  EXPECT_FALSE(matches_type(tuple, parse("(Scalar, str)")));
  EXPECT_TRUE(matches_type(IValue(2.0), parse("Union(str, float)")));
}

TEST(TypesTest, DictsKeepOrderAndSurviveNanKeys) {
  DictValue dict(Type::floating(), Type::integer());
  for (int i = 0; i < 40; ++i) dict.set(i == 5 ? std::nan("") : i * 1.0, i);
  for (int i = 0; i < 36; ++i) dict.erase(i * 1.0);
  std::vector<int64_t> left;
  dict.each([&](const IValue&, const IValue& v) { left.push_back(v.to_int()); });
  EXPECT_EQ(left, (std::vector<int64_t>{5, 36, 37, 38, 39}));
  EXPECT_EQ(dict.find(38.0)->to_int(), 38);
  EXPECT_EQ(dict.find(std::nan("")), nullptr);
  dict.set(36.0, 7);
  EXPECT_EQ(dict.size(), 5u);
}

TEST(TypesTest, DeepValuesAreRefusedByWalksAndFreedWithoutRecursion) {
  IValue deep = 1;
  for (int i = 0; i < 300000; ++i) deep = make_tuple({std::move(deep)});
  EXPECT_THROW(to_text(deep), Error);
  EXPECT_THROW(type_of(deep), Error);
  EXPECT_THROW(hash(deep), Error);
  EXPECT_THROW(equal(deep, make_tuple({deep.to_tuple().items[0]})), Error);
  deep = 2;
  EXPECT_EQ(to_text(make_tuple({1})), "(1,)");
}

TEST(TypesTest, EnumsFindTheirMembers) {
  const Ref<EnumType> color = EnumType::make("__torch__.Color", Type::integer());
  color->add_member("RED", 1);
  EXPECT_EQ(color->find_by_value(1), color->find_member("RED"));
  EXPECT_EQ(color->find_member("BLUE"), nullptr);
  EXPECT_EQ(to_text(*color->find_member("RED")), "Enum<Color.RED>");
  color->clear_members();
}

TEST(Values, RefusesToUnfoldSharedParts) {
  IValue value = make_tuple({});
  for (int i = 0; i < 100; ++i) value = make_tuple({value, value});
  EXPECT_THROW(type_of(value), Error);
  EXPECT_THROW(to_text(value), Error);
  EXPECT_EQ(to_text(make_tuple({1, 2})), "(1, 2)");
}

}  // namespace
}  // namespace temper
