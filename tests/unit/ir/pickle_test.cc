#include "ir/archive/pickle.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "core/base/error.h"
#include "core/value/class_type.h"
#include "ir/archive/pickle_writer.h"

namespace temper::ir {
namespace {

const Ref<ClassType>& net_type() {
  static const Ref<ClassType> type = [] {
    Ref<ClassType> made = ClassType::make("__torch__.m.Net", true);
    made->add_attribute({"scale", Type::floating()});
    return made;
  }();
  return type;
}

const Ref<EnumType>& color_type() {
  static const Ref<EnumType> type = [] {
    Ref<EnumType> made = EnumType::make("__torch__.m.Color", Type::integer());
    made->add_member("RED", 1);
    made->add_member("BLUE", 2);
    return made;
  }();
  return type;
}

struct Store {
  std::vector<PickleWriter::Record> records;
  UnpickleHooks hooks() {
    UnpickleHooks hooks;
    hooks.find_type = [](std::string_view name) -> TypePtr {
      if (name == "__torch__.m.Net") return net_type();
      if (name == "__torch__.m.Color") return color_type();
      return nullptr;
    };
    hooks.parse_type = [](std::string_view text) -> TypePtr {
      if (text == "List[str]") return list_of(Type::string());
      if (text == "Dict[str, int]") return DictType::make(Type::string(), Type::integer());
      return nullptr;
    };
    hooks.make_object = [](Ref<const ClassType> type, IValue state) -> IValue {
      auto object = make_ref<ObjectValue>(type);
      const IValue* scale = state.to_dict().find("scale");
      if (!scale) fail("no attribute scale");
      object->slots[0] = *scale;
      return object;
    };
    hooks.storage = [this](std::string_view key, int64_t bytes) {
      const size_t index = static_cast<size_t>(std::atoi(std::string(key).c_str()));
      if (index >= records.size() || records[index].bytes != bytes) fail("no storage ", key);
      return records[index].storage;
    };
    return hooks;
  }
};

IValue round_trip(const IValue& value, PickleStyle style) {
  PickleWriter writer(style);
  const std::string bytes = writer.pickle(value);
  Store store{writer.records()};
  return unpickle(bytes, "test.pkl", store.hooks());
}

std::string error_of(std::string_view body) {
  Store store;
  try {
    unpickle(str_cat(std::string_view("\x80\x02"), body), "bad.pkl", store.hooks());
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

IValue read(std::string_view body) {
  Store store;
  return unpickle(str_cat(std::string_view("\x80\x02"), body), "test.pkl", store.hooks());
}

TEST(Pickle, ScalarsRoundTrip) {
  for (const PickleStyle style : {PickleStyle::kPython, PickleStyle::kArchive}) {
    for (int64_t v : {int64_t{0}, int64_t{255}, int64_t{256}, int64_t{65535}, int64_t{65536},
                      int64_t{-1}, int64_t{INT32_MIN}, int64_t{INT64_MIN}, int64_t{INT64_MAX}}) {
      EXPECT_EQ(round_trip(v, style).to_int(), v);
    }
    EXPECT_EQ(round_trip(-2.5, style).to_double(), -2.5);
    EXPECT_TRUE(std::isnan(round_trip(std::nan(""), style).to_double()));
    EXPECT_TRUE(round_trip(true, style).to_bool());
    EXPECT_TRUE(round_trip(IValue(), style).is_none());
    EXPECT_EQ(round_trip("h\xc3\xa9\n", style).to_string(), "h\xc3\xa9\n");
    EXPECT_EQ(round_trip(std::complex<double>(1, -2), style).to_complex(),
              std::complex<double>(1, -2));
    EXPECT_EQ(round_trip(Device{DeviceKind::kCuda, 1}, style).to_device(),
              (Device{DeviceKind::kCuda, 1}));
  }
}

TEST(Pickle, ArchiveListsKeepTheirTypes) {
  EXPECT_EQ(round_trip(make_int_list({1, 2}), PickleStyle::kArchive).to_list().element_type->kind(),
            TypeKind::kInt);
  const IValue text = round_trip(make_list(Type::string(), {"a", "b"}), PickleStyle::kArchive);
  EXPECT_EQ(text.to_list().element_type->kind(), TypeKind::kString);
  auto dict = make_ref<DictValue>(Type::string(), Type::integer());
  dict->set("z", 1);
  dict->set("a", 2);
  const IValue loaded = round_trip(dict, PickleStyle::kArchive);
  EXPECT_EQ(loaded.to_dict().value_type->kind(), TypeKind::kInt);
  EXPECT_EQ(to_text(loaded), to_text(dict));
}

TEST(Pickle, PythonListsAreInferred) {
  const IValue loaded = round_trip(
      make_tuple({make_int_list({1, 2}), make_list(Type::any(), {1, "a"})}), PickleStyle::kPython);
  EXPECT_EQ(loaded.to_tuple().items[0].to_list().element_type->kind(), TypeKind::kAny);
  infer_types(loaded);
  EXPECT_EQ(loaded.to_tuple().items[0].to_list().element_type->kind(), TypeKind::kInt);
  EXPECT_EQ(loaded.to_tuple().items[1].to_list().element_type->kind(), TypeKind::kAny);
}

TEST(Pickle, ObjectsAndEnums) {
  auto object = make_ref<ObjectValue>(net_type());
  object->slots[0] = 0.5;
  const IValue loaded = round_trip(object, PickleStyle::kArchive);
  EXPECT_EQ(loaded.to_object().type, net_type());
  EXPECT_EQ(loaded.to_object().slots[0].to_double(), 0.5);
  const IValue blue = *color_type()->find_member("BLUE");
  EXPECT_TRUE(round_trip(blue, PickleStyle::kArchive).is_same(blue));
  EXPECT_EQ(round_trip(blue, PickleStyle::kPython).to_int(), 2);
  EXPECT_EQ(round_trip(object, PickleStyle::kPython).to_dict().find("scale")->to_double(), 0.5);
}

TEST(Pickle, TensorsKeepViewsAndSharing) {
  Tensor base = full({4, 6}, 1.5, DType::kFloat32);
  base.data<float>()[7] = 9;
  base.impl()->requires_grad = true;
  const Tensor view = base.transpose(0, 1).slice(0, 1, 5, 2);
  const IValue loaded = round_trip(make_tuple({base, view, base}), PickleStyle::kArchive);
  const std::vector<IValue>& items = loaded.to_tuple().items;
  EXPECT_TRUE(items[0].to_tensor().impl()->requires_grad);
  EXPECT_EQ(items[0].to_tensor().data<float>()[7], 9);
  EXPECT_EQ(items[1].to_tensor().sizes(), view.sizes());
  EXPECT_EQ(items[1].to_tensor().strides(), view.strides());
  EXPECT_EQ(items[1].to_tensor().storage(), items[0].to_tensor().storage());
  EXPECT_TRUE(items[2].is_same(items[0]));
  for (int code = 0; code < kNumDTypes; ++code) {
    const DType dtype = static_cast<DType>(code);
    if (is_quantized(dtype)) continue;
    EXPECT_EQ(round_trip(empty({3}, dtype), PickleStyle::kPython).to_tensor().dtype(), dtype);
  }
}

TEST(Pickle, QuantizedTensors) {
  Tensor tensor = empty({2, 3}, DType::kQInt8);
  tensor.impl()->quant = make_ref<QuantParams>();
  tensor.impl()->quant->scales = {0.25};
  tensor.impl()->quant->zero_points = {-3};
  Ref<QuantParams> loaded = round_trip(tensor, PickleStyle::kArchive).to_tensor().impl()->quant;
  EXPECT_EQ(loaded->scales, (std::vector<double>{0.25}));
  EXPECT_EQ(loaded->zero_points, (std::vector<int64_t>{-3}));
  auto channels = make_ref<QuantParams>();
  channels->axis = 1;
  channels->scales = {0.5, 1, 2};
  channels->zero_points = {1, 2, 3};
  tensor.impl()->quant = channels;
  loaded = round_trip(tensor, PickleStyle::kPython).to_tensor().impl()->quant;
  EXPECT_EQ(loaded->axis, 1);
  EXPECT_EQ(loaded->scales, channels->scales);
  EXPECT_EQ(loaded->zero_points, channels->zero_points);
  channels->axis = 0;
  EXPECT_THROW(round_trip(tensor, PickleStyle::kArchive), Error);
}

TEST(Pickle, ReadsPythonForms) {
  EXPECT_EQ(read("K\x05.").to_int(), 5);
  EXPECT_EQ(read(std::string_view("\x8a\x00.", 3)).to_int(), 0);
  EXPECT_EQ(read("\x8a\x01\xff.").to_int(), -1);
  EXPECT_EQ(read("]q\x01K\x07"
                 "a.")
                .to_list()
                .items[0]
                .to_int(),
            7);
  EXPECT_EQ(read("}K\x01K\x02s.").to_dict().find(1)->to_int(), 2);
  EXPECT_EQ(read("(K\x01K\x02l.").to_list().items.size(), 2u);
  EXPECT_EQ(read("(K\x01K\x02"
                 "d.")
                .to_dict()
                .size(),
            1u);
  EXPECT_EQ(read("ctorch\nfloat64\n.").to_int(), 7);
  EXPECT_EQ(read("ctorch\nSize\nK\x02\x85\x85R.").to_tuple().items[0].to_int(), 2);
  EXPECT_EQ(read("ccollections\nOrderedDict\n)RK\x01K\x02s}b.").to_dict().size(), 1u);
}

TEST(Pickle, RejectsBadStreams) {
  const std::pair<std::string_view, const char*> cases[] = {
      {"", "cut off"},
      {"K", "cut off"},
      {"X\xff\xff\xff\x7f"
       "a",
       "cut off"},
      {".", "instead of one"},
      {"NN.", "instead of one"},
      {"\x85.", "stack is empty"},
      {"(\x85.", "stack is empty"},
      {"t.", "no mark"},
      {"(N.", "instead of one"},
      {"h\x05.", "never written"},
      {"Nr\xff\xff\xff\xff.", "out of order"},
      {"]Na", ""},
      {"N]a.", "not a list"},
      {"}(K\x01u.", "without a value"},
      {"}]Ns.", "dict's key"},
      {"\x8a\x09"
       "123456789.",
       "9 bytes"},
      {"cos\nsystem\n.", "os.system' is not allowed"},
      {"c__torch__.m\nNothing\n.", "no class"},
      {"c__torch__.m\nNet\n.", "instead of a value"},
      {"c__torch__.m\nNet\n)\x81K\x01"
       "b.",
       ""},
      {"c__torch__.m\nNet\nN\x85\x81.", "constructor"},
      {"c__torch__.m\nColor\nK\x07R.", "no member"},
      {"NNR.", "not a global"},
      {"N)b.", "not a global"},
      {"ctorch\ndevice\nK\x01\x85R.", "argument 0"},
      {"ctorch\nfloaty\n.", "not allowed"},
      {"ctorch._utils\n_rebuild_sparse_tensor\n)R.", "sparse"},
      {"ctorch.jit._pickle\nbuild_intlist\n(](Neto.", ""},
      {"ctorch.jit._pickle\nbuild_intlist\n(](NetR.", "list of int"},
      {"]q\x01h\x01"
       "a.",
       "contains itself"},
      {"]q\x01h\x01\x85"
       "a.",
       "after it became part"},
      {"]q\x01\x85h\x01Na.", "after it became part"},
      {"0.", "unknown opcode"},
  };
  for (const auto& [body, message] : cases) {
    const std::string error = error_of(body);
    EXPECT_NE(error, "") << body;
    EXPECT_NE(error.find(message), std::string::npos) << error << " should say " << message;
  }
  EXPECT_THROW(unpickle("\x80\x04N.", "x", {}), Error);
  EXPECT_NE(error_of("K").find("bad.pkl"), std::string::npos);
}

TEST(Pickle, BoundsNesting) {
  std::string deep = "N";
  deep.append(100000, '\x85');
  EXPECT_NE(error_of(deep + ".").find("deeper"), std::string::npos);
  std::string lists;
  for (int i = 0; i < 300; ++i) lists += ']';
  for (int i = 0; i < 299; ++i) lists += 'a';
  EXPECT_NE(error_of(lists + ".").find("deeper"), std::string::npos);
  EXPECT_EQ(error_of(std::string(100, ']') + std::string(99, 'a') + "."), "");
  IValue nested = 1;
  for (int i = 0; i < 300; ++i) nested = make_tuple({nested});
  PickleWriter writer(PickleStyle::kPython);
  EXPECT_THROW(writer.pickle(nested), Error);
}

TEST(Pickle, RejectsTensorsOutsideTheirStorage) {
  PickleWriter writer(PickleStyle::kArchive);
  const std::string bytes = writer.pickle(full({4}, 1, DType::kFloat32));
  Store store{writer.records()};
  std::string damaged = bytes;
  const size_t size = bytes.find(std::string("(K\x04t", 4));
  ASSERT_NE(size, std::string::npos);
  damaged[size + 2] = 5;
  EXPECT_THROW(unpickle(damaged, "x", store.hooks()), Error);
  // Sizes and strides of different rank.
  damaged = bytes;
  damaged.insert(size + 1, "K\x01");
  EXPECT_THROW(unpickle(damaged, "x", store.hooks()), Error);
  store.records[0].bytes = 12;
  EXPECT_THROW(unpickle(bytes, "x", store.hooks()), Error);
}

TEST(Pickle, RestoresDeclaredTypes) {
  const IValue plain = round_trip(make_tuple({make_int_list({1}), make_list(Type::any(), {"a"})}),
                                  PickleStyle::kPython);
  const TypePtr type = TupleType::make_named(
      "__torch__.NT", {"a", "b"}, {list_of(Type::integer()), optional_of(list_of(Type::string()))});
  const IValue typed = restore_types(plain, type);
  EXPECT_EQ(typed.to_tuple().type, type);
  EXPECT_TRUE(matches_type(typed, type));
  const IValue wrong = round_trip(make_int_list({1}), PickleStyle::kPython);
  EXPECT_THROW(restore_types(wrong, list_of(Type::string())), Error);
}

TEST(Pickle, SurvivesDamage) {
  auto object = make_ref<ObjectValue>(net_type());
  object->slots[0] = 0.5;
  auto dict = make_ref<DictValue>(Type::string(), Type::integer());
  for (int i = 0; i < 5; ++i) dict->set(str_cat("key", i), i * 1000);
  const IValue value = make_tuple({object, dict, full({4, 2}, 2, DType::kFloat64), 1, "text",
                                   make_int_list({1, 2, 3}), *color_type()->find_member("RED")});
  PickleWriter writer(PickleStyle::kArchive);
  const std::string good = writer.pickle(value);
  Store store{writer.records()};
  std::srand(11);
  int errors = 0;
  for (int i = 0; i < 500; ++i) {
    std::string bytes = good;
    const size_t where = static_cast<size_t>(std::rand()) % bytes.size();
    if (i % 5 == 0) {
      bytes.resize(where);
    } else {
      bytes[where] = static_cast<char>(bytes[where] ^ (1 << (std::rand() % 8)));
    }
    try {
      unpickle(bytes, "x", store.hooks());
    } catch (const Error&) {
      ++errors;
    }
  }
  EXPECT_GT(errors, 250);
}

}  // namespace
}  // namespace temper::ir
