#include "ir/text/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/value/containers.h"
#include "core/value/function.h"
#include "ir/graph/verifier.h"

namespace temper::ir {
namespace {

const OpRegistry& ops() {
  static const OpRegistry* const registry = [] {
    auto* r = new OpRegistry;
    r->add_schemas(
        "aten::relu(Tensor self) -> Tensor\n"
        "aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor\n"
        "aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor\n"
        "aten::add.int(int a, int b) -> int\n"
        "aten::add.t(t[] a, t[] b) -> t[]\n"
        "aten::max.other(Tensor self, Tensor other) -> Tensor\n"
        "aten::max.unary_out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)\n"
        "aten::max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor "
        "indices)\n"
        "aten::wait(Future(t) self) -> t\n"
        "aten::__getitem__.t(t[](a) list, int idx) -> t(*)\n"
        "aten::gt.int(int a, int b) -> bool\n"
        "aten::append.t(t[](a!) self, t(c -> *) el) -> t[](a!)\n");
    return r;
  }();
  return *registry;
}

std::string again(const std::string& text) {
  const auto graph = parse_graph(text, ops());
  verify(*graph);
  PrintOptions options;
  options.ops = &ops();
  return print(*graph, options);
}

void expect_same(const std::string& text) { EXPECT_EQ(again(text), text); }

// A graph that returns one constant; the text must give an equal value back.
IValue round_trip(const IValue& value, const TypePtr& type) {
  Graph g;
  g.block()->add_output(g.insert_constant(value, type));
  const std::string text = print(g);
  SCOPED_TRACE(text);
  const auto parsed = parse_graph(text, ops());
  verify(*parsed);
  EXPECT_EQ(print(*parsed), text);
  return parsed->outputs()[0]->node()->value();
}

std::string constant_line(const IValue& value, const TypePtr& type, bool lossless = true) {
  Graph g;
  g.block()->add_output(g.insert_constant(value, type));
  PrintOptions options;
  options.lossless = lossless;
  const std::string text = print(g, options);
  const size_t open = text.find('[', text.find("prim::Constant"));
  return text.substr(open, text.find("]()\n") + 1 - open);
}

TEST(Text, ControlFlowAsTorchScriptPrintsIt) {
  expect_same(R"(graph(%x.1 : Tensor,
      %nt.1 : NamedTuple(a : Tensor, b : int),
      %u : Union(int, str),
      %oi : int[]?):
  %4 : bool = prim::Constant[value=1]()
  %18 : int = prim::Constant[value=1]()
  %20 : int = prim::Constant[value=2]()
  %x : Tensor = prim::Loop(%20, %4, %x.1)
    block0(%k.1 : int, %x.33 : Tensor):
      %x.5 : Tensor = aten::add(%x.33, %k.1, %18)
      %35 : bool = aten::gt(%k.1, %18)
      %x.31 : Tensor = prim::If(%35)
        block0():
          %x.13 : Tensor = aten::relu(%x.5)
          -> (%x.13)
        block1():
          -> (%x.5)
      -> (%4, %x.31)
   = prim::Print(%x, %u)
  %38 : (Tensor, NamedTuple(a : Tensor, b : int)) = prim::TupleConstruct(%x, %nt.1)
  return (%38)
)");
}

TEST(Text, NestedForks) {
  expect_same(R"(graph(%x.1 : Tensor):
  %y : Future[Tensor] = prim::fork_0(%x.1)
  %z : Future[Tensor] = prim::fork_1(%x.1)
  %7 : Tensor = aten::wait(%y)
  return (%7, %z)
with prim::fork_0 = graph(%x.1 : Tensor):
  %y : Future[Tensor] = prim::fork_0(%x.1)
  %2 : Tensor = aten::wait(%y)
  return (%2)
with prim::fork_0 = graph(%x.1 : Tensor):
  return (%x.1)
with prim::fork_1 = graph(%x.1 : Tensor):
  %1 : Tensor = aten::relu(%x.1)
  return (%1)
)");
}

TEST(Text, TypesOfEveryKind) {
  const char* types[] = {
      "Tensor",
      "FloatTensor",
      "Float(2, 3, strides=[3, 1], requires_grad=0, device=cpu)",
      "Float(2, *, requires_grad=1, device=cuda:0)",
      "Long(requires_grad=0, device=cpu)",
      "FloatTensor(requires_grad=0, device=cpu)",
      "Tensor(requires_grad=0)",
      "Tensor[Undefined]",
      "Half(SS(-2), 3)",
      "ComplexFloat(1)",
      "QInt8(2, strides=[1])",
      "Bool()",
      "Tensor(2, 3)",
      "int",
      "float",
      "complex",
      "bool",
      "str",
      "Scalar",
      "NoneType",
      "Device",
      "Generator",
      "Any",
      "Function",
      "Stream",
      "Storage",
      "Capsule",
      "AnyClassType",
      "AnyEnumType",
      "list",
      "tuple",
      "int[]",
      "Tensor?[]",
      "int[]?",
      "int[][]",
      "Dict(str, Tensor[])",
      "(int, (Tensor, str))",
      "(int)",
      "()",
      "Future[Tensor]",
      "RRef[int[]]",
      "Union(int, str)",
      "Union(int, NoneType, str)",
      "Enum<__torch__.Color>",
      "__torch__.torch.nn.modules.linear.___torch_mangle_3.Linear",
      "NamedTuple(x : int, y : Dict(str, (int, int)))",
      "Future[(Tensor, int)]?",
      "Float(2, 3)[]",
      "Dict(int, Float(2, 3))?",
  };
  for (const char* type : types) {
    expect_same(str_cat("graph(%x : ", type, "):\n  return (%x)\n"));
  }
  // Annotations and other spellings read as the same types.
  EXPECT_EQ(again("graph(%x : Optional[List[Dict[str, Tuple[int, Tensor]]]], %y : Future(int)):\n"
                  "  return (%x)\n"),
            "graph(%x : Dict(str, (int, Tensor))[]?,\n      %y : Future[int]):\n  return (%x)\n");
}

TEST(Text, ClassesTakeTheAttributesThatAreUsed) {
  expect_same(R"(graph(%self : __torch__.M,
      %x : Tensor):
  %w : Tensor = prim::GetAttr[name="w"](%self)
  %sub : __torch__.N = prim::GetAttr[name="sub"](%self)
   = prim::SetAttr[name="w"](%self, %x)
  %r : Tensor = prim::CallMethod[name="forward"](%sub, %w)
  %ok : bool = prim::isinstance[types=[int, Tensor[], __torch__.N]](%r)
  %f : Function = prim::Constant[name="__torch__.helper"]()
  %s : Tensor = prim::CallFunction(%f, %r)
  %t : (Tensor, Tensor) = prim::TupleConstruct(%r, %s)
  %u : (Tensor) = prim::TupleSlice[beg=0, end=1](%t)
  %e : Enum<__torch__.E> = prim::Constant[value=__torch__.E.RED]()
  return (%u, %ok, %e)
)");
}

TEST(Text, OverloadsThatInputsDoNotTellAreNamed) {
  const std::string text =
      "graph(%x : Tensor,\n      %y : Tensor):\n"
      "  %a : Tensor = aten::max(%x, %y)\n"
      "  %b : Tensor = aten::max.unary_out(%x, %y)\n"
      "  return (%a, %b)\n";
  expect_same(text);
  const auto graph = parse_graph(text, ops());
  EXPECT_EQ(graph->outputs()[0]->node()->op(), ops().find("aten::max.other"));
  EXPECT_EQ(graph->outputs()[1]->node()->op(), ops().find("aten::max.unary_out"));
  EXPECT_EQ(print(*graph).find("unary_out"), std::string::npos);
}

TEST(Text, OutputTypesComeFromTheSchema) {
  EXPECT_EQ(again("graph(%l : int[], %i : int):\n  %x = aten::__getitem__(%l, %i)\n"
                  "  return (%x)"),
            "graph(%l : int[],\n      %i : int):\n  %x : int = aten::__getitem__(%l, %i)\n"
            "  return (%x)\n");
}

TEST(Text, ScalarsAsTorchScriptPrintsThem) {
  EXPECT_EQ(constant_line(IValue(1e10), Type::floating()), "[value=10000000000]");
  EXPECT_EQ(constant_line(IValue(0.1), Type::floating()), "[value=0.10000000000000001]");
  EXPECT_EQ(constant_line(IValue(-0.0), Type::floating()), "[value=-0.]");
  EXPECT_EQ(constant_line(IValue(1e-7), Type::floating()), "[value=9.9999999999999995e-08]");
  EXPECT_EQ(constant_line(IValue(true), Type::boolean()), "[value=1]");
  EXPECT_EQ(constant_line(IValue(std::complex<double>(2, -3)), Type::complex()), "[value=2.-3.j]");
  EXPECT_EQ(constant_line(IValue("it's a\"b\\c\n\t\xc3\xa9\x01\x7f\r\a\b\f\v"), Type::string()),
            R"([value="it\'s a\"b\\c\n\t\0)+\/.)\001\177\r\a\b\f\v"])");
  EXPECT_EQ(constant_line(IValue(parse_device("cuda:0")), Type::device()), "[value=\"cuda:0\"]");
}

TEST(Text, ContainersAsTorchScriptPrintsThem) {
  const TypePtr ints = list_of(Type::integer());
  EXPECT_EQ(constant_line(make_int_list({1, 2}), ints), "[value=[1, 2]]");
  EXPECT_EQ(constant_line(make_int_list({}), ints), "[value=annotate(List[int], [])]");
  const TypePtr optional = optional_of(Type::integer());
  EXPECT_EQ(constant_line(make_list(optional, {IValue(), IValue(1)}), list_of(optional)),
            "[value=annotate(List[Optional[int]], [None, 1])]");
  const TypePtr dict = DictType::make(Type::string(), Type::integer());
  const auto value = make_ref<DictValue>(Type::string(), Type::integer());
  EXPECT_EQ(constant_line(IValue(value), dict), "[value=annotate(Dict[str, int],{})]");
  value->set(IValue("a"), IValue(1));
  EXPECT_EQ(constant_line(IValue(value), dict), "[value={\"a\": 1}]");
  const IValue tuple =
      make_tuple({IValue(), IValue(true), IValue(parse_device("cpu")), IValue(1.)});
  EXPECT_EQ(constant_line(tuple, type_of(tuple)),
            "[value=(None, True, torch.device(\"cpu\"), 1.)]");
  const IValue one = make_tuple({IValue(1)});
  EXPECT_EQ(constant_line(one, type_of(one)), "[value=(1,)]");
}

TEST(Text, FloatsComeBackExactly) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (std::isnan(value)) continue;
    const double back = round_trip(IValue(value), Type::floating()).to_double();
    EXPECT_EQ(std::bit_cast<uint64_t>(back), std::bit_cast<uint64_t>(value));
  }
  for (double value :
       {0.0, -0.0, 1e10, 1e15, 1e17, 123456789012.5, 5e-324,
        std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(round_trip(IValue(value), Type::floating()).to_double(), value);
    EXPECT_EQ(round_trip(IValue(value), Type::any()).to_double(), value);
    EXPECT_EQ(round_trip(IValue(value), Type::number()).to_double(), value);
    const std::complex<double> both(value, -value);
    EXPECT_EQ(round_trip(IValue(both), Type::complex()).to_complex(), both);
  }
  EXPECT_TRUE(std::isnan(round_trip(IValue(std::nan("")), Type::floating()).to_double()));
}

TEST(Text, StringsOfAnyBytesComeBack) {
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    std::string text(random() % 20, ' ');
    for (char& c : text) c = static_cast<char>(random());
    EXPECT_EQ(round_trip(IValue(text), Type::string()).to_string(), text);
  }
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(round_trip(IValue(all), Type::string()).to_string(), all);
}

Tensor sequence(DimsView sizes, DType dtype) {
  const Tensor t = empty(sizes, DType::kFloat64);
  for (int64_t i = 0; i < t.numel(); ++i) t.data<double>()[i] = 0.1 + static_cast<double>(i) / 3;
  return to_dtype(t, dtype);
}

TEST(Text, TensorsComeBackExactly) {
  for (const DType dtype : {DType::kUInt8, DType::kInt64, DType::kFloat16, DType::kBFloat16,
                            DType::kFloat32, DType::kFloat64, DType::kComplex64, DType::kBool}) {
    for (const Dims& sizes : {Dims{}, Dims{1}, Dims{0}, Dims{2, 3}, Dims{4, 5, 6}}) {
      const Tensor t = sequence(sizes, dtype);
      TensorType::Known known;
      known.dtype = static_cast<int>(dtype);
      known.has_rank = true;
      known.sizes.assign(sizes.begin(), sizes.end());
      for (const TypePtr& type : {Type::tensor(), TensorType::make(known)}) {
        const Tensor back = round_trip(IValue(t), type).to_tensor();
        ASSERT_EQ(back.dtype(), dtype);
        ASSERT_EQ(back.sizes(), t.sizes());
        EXPECT_EQ(std::memcmp(back.raw(), t.raw(), static_cast<size_t>(t.nbytes())), 0);
      }
    }
  }
}

TEST(Text, TensorsKeepStridesAndQuantization) {
  const Tensor t = sequence({2, 3}, DType::kFloat32).transpose(0, 1);
  const Tensor back = round_trip(IValue(t), Type::tensor()).to_tensor();
  EXPECT_EQ(back.strides(), t.strides());
  EXPECT_EQ(back.data<float>()[1], t.data<float>()[1]);
  const Tensor wide = sequence({1}, DType::kFloat32).expand({5});
  EXPECT_EQ(round_trip(IValue(wide), Type::tensor()).to_tensor().stride(0), 0);
  Tensor q = empty({2}, DType::kQInt8);
  q.data<int8_t>()[0] = -3;
  q.data<int8_t>()[1] = 9;
  q.impl()->quant = make_ref<QuantParams>();
  q.impl()->quant->scales = {0.1, 0.25};
  q.impl()->quant->zero_points = {0, -5};
  q.impl()->quant->axis = 0;
  const Tensor q2 = round_trip(IValue(q), Type::tensor()).to_tensor();
  EXPECT_EQ(q2.impl()->quant->scales, q.impl()->quant->scales);
  EXPECT_EQ(q2.impl()->quant->zero_points, q.impl()->quant->zero_points);
  EXPECT_EQ(q2.data<int8_t>()[1], 9);
  EXPECT_FALSE(round_trip(IValue(Tensor()), Type::tensor()).to_tensor().defined());
}

TEST(Text, SmallTensorsReadAsNumbers) {
  TensorType::Known known;
  known.dtype = static_cast<int>(DType::kFloat32);
  known.has_rank = true;
  EXPECT_EQ(constant_line(IValue(full({}, 1.5, DType::kFloat32)), TensorType::make(known)),
            "[value={1.5}]");
  EXPECT_EQ(constant_line(IValue(full({}, 0.1, DType::kFloat32)), TensorType::make(known)),
            "[value={0.1}]");
  EXPECT_EQ(constant_line(IValue(full({20}, 1, DType::kFloat32)), Type::tensor(), false),
            "[value=<Tensor>]");
  EXPECT_THROW(parse_graph("graph():\n  %1 : Tensor = prim::Constant[value=<Tensor>]()\n"
                           "  return (%1)",
                           ops()),
               Error);
}

TEST(Text, NestedConstantsKeepTheirTypes) {
  const TypePtr any = Type::any();
  const IValue values[] = {
      make_list(Type::floating(), {IValue(1e10), IValue(2.)}),
      make_list(Type::boolean(), {IValue(true)}),
      make_list(list_of(Type::integer()), {make_int_list({}), make_int_list({4})}),
      make_tensor_list({full({2}, 3, DType::kInt32)}),
      make_tuple({make_tuple({IValue(1)}), IValue("x"), IValue(), IValue(1e12)}),
      make_tuple({}),
  };
  for (const IValue& value : values) {
    for (const TypePtr& type : {any, type_of(value), optional_of(type_of(value))}) {
      EXPECT_TRUE(equal(type_of(round_trip(value, type)), type_of(value))) << to_text(value);
    }
  }
}

TEST(Text, NamedTuplesAndPlainOnesStayApart) {
  const TypePtr named = TupleType::make_named("", {"a", "b"}, {Type::integer(), Type::floating()});
  const IValue value(make_ref<TupleValue>(std::vector<IValue>{IValue(1), IValue(2.)}, named));
  EXPECT_TRUE(round_trip(value, named).to_tuple().type);
  EXPECT_TRUE(round_trip(value, Type::any()).to_tuple().type);
  const IValue plain = make_tuple({IValue(1), IValue(2.)});
  EXPECT_FALSE(round_trip(plain, Type::any()).to_tuple().type);
}

TEST(Text, ObjectsComeBackWithSharing) {
  const auto type = ClassType::make("__torch__.P", false);
  type->add_attribute({"a", Type::integer()});
  const auto object = make_ref<ObjectValue>(Ref<const ClassType>(type));
  object->slots[0] = IValue(5);
  const IValue pair = make_tuple({IValue(object), IValue(object)});
  const IValue back = round_trip(pair, Type::any());
  EXPECT_TRUE(back.to_tuple().items[0].is_same(back.to_tuple().items[1]));
  EXPECT_EQ(back.to_tuple().items[0].to_object().slots[0].to_int(), 5);
}

// Mutations of good texts must be read or refused, never crash.
TEST(Text, DamagedTextsAreRefusedOrRead) {
  const std::string good = R"(graph(%x.1 : Float(2, 3, strides=[3, 1]),
      %nt.1 : NamedTuple(a : Tensor, b : int)):
  %4 : bool = prim::Constant[value=1]()
  %5 : str = prim::Constant[value="a\001\0)+"]()
  %18 : (int, float[]) = prim::Constant[value=(1, annotate(List[float], [1., inf]))]()
  %19 : Tensor = prim::Constant[value=<Tensor dtype=Float sizes=[2] strides=[1] data=AAAAAAAAAAA=>]()
  %20 : int = prim::Constant[value=2]()
  %x : Tensor = prim::Loop(%20, %4, %x.1)
    block0(%k.1 : int, %x.33 : Tensor):
      %x.5 : Tensor = aten::add(%x.33, %k.1, %20)
      -> (%4, %x.5)
  %y : Future[Tensor] = prim::fork_0(%x)
  return (%y)
with prim::fork_0 = graph(%x.1 : Tensor):
  return (%x.1)
)";
  ASSERT_EQ(again(again(good)), again(good));
  std::mt19937 random(11);
  int refused = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string text = good;
    for (uint32_t edits = 1 + random() % 3; edits > 0; --edits) {
      const size_t at = random() % text.size();
      switch (random() % 3) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text.erase(at, random() % 8); break;
        default: text.insert(at, good.substr(random() % good.size(), random() % 8)); break;
      }
    }
    try {
      const auto graph = parse_graph(text, ops());
      const std::string printed = print(*graph);
      EXPECT_EQ(print(*parse_graph(printed, ops())), printed);
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(Text, DeepTextsAreRefused) {
  const auto deep = [](std::string_view open) {
    std::string text = "graph(%x : ";
    for (int i = 0; i < 100000; ++i) text += open;
    return text;
  };
  EXPECT_THROW(parse_graph(deep("("), ops()), Error);
  EXPECT_THROW(parse_graph(deep("List["), ops()), Error);
  EXPECT_THROW(parse_graph(deep("int") + "):", ops()), Error);
  std::string value = "graph():\n  %1 : Any = prim::Constant[value=";
  for (int i = 0; i < 100000; ++i) value += "[";
  EXPECT_THROW(parse_graph(value, ops()), Error);
}

TEST(Text, ErrorsNameThePlace) {
  try {
    parse_graph("graph(%x : Tensor):\n  %y : Tensor = aten::missing(%x)\n  return (%y)", ops());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidArgument);
    EXPECT_THAT(error.message(), testing::HasSubstr("line 2"));
    EXPECT_THAT(error.message(), testing::HasSubstr("unknown operator aten::missing"));
  }
  EXPECT_THROW(parse_graph("graph():\n  return (%x)", ops()), Error);
  EXPECT_THROW(parse_graph("graph(%x : int, %x : int):\n  return (%x)", ops()), Error);
  EXPECT_THROW(parse_graph("graph(%x : int):\n  return (%x) more", ops()), Error);
}

}  // namespace
}  // namespace temper::ir
