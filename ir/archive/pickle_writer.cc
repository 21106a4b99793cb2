#include "ir/archive/pickle_writer.h"

#include <bit>

#include "core/base/error.h"
#include "ir/archive/pickle_ops.h"

namespace temper::ir {
namespace {

constexpr int kMaxDepth = 256;

// The function of torch.jit._pickle that rebuilds a list of this type without a text tag.
const char* list_builder(const TypePtr& element) {
  switch (element->kind()) {
    case TypeKind::kInt: return "build_intlist";
    case TypeKind::kFloat: return "build_doublelist";
    case TypeKind::kBool: return "build_boollist";
    case TypeKind::kTensor: return "build_tensorlist";
    default: return nullptr;
  }
}

bool memoized_by_identity(const IValue& value) {
  return value.is_tensor() || value.is_list() || value.is_dict() || value.is_tuple() ||
         value.is_object();
}

}  // namespace

std::string PickleWriter::pickle(const IValue& value) {
  op(pickle::kProto);
  op(2);
  write(value);
  op(pickle::kStop);
  return std::move(out_);
}

void PickleWriter::write(const IValue& value) {
  if (!memoized_by_identity(value)) return write_body(value);
  const RefCounted* identity = value.to_reference();
  if (const auto found = shared_.find(identity); found != shared_.end()) return get(found->second);
  if (++depth_ > kMaxDepth)
    fail("a value nests deeper than ", kMaxDepth, " levels or contains itself");
  write_body(value);
  --depth_;
  // Whether it comes again is not known: counts of references tell of other owners too, and equal
  // values must give equal pickles.
  shared_[identity] = put();
  kept_.push_back(value);
}

void PickleWriter::write_body(const IValue& value) {
  switch (value.tag()) {
    case Tag::kNone: return op(pickle::kNone);
    case Tag::kBool: return op(value.to_bool() ? pickle::kTrue : pickle::kFalse);
    case Tag::kInt: return integer(value.to_int());
    case Tag::kDouble: return floating(value.to_double());
    case Tag::kString: return string(value.to_string());
    case Tag::kComplex:
      global("builtins", "complex");
      floating(value.to_complex().real());
      floating(value.to_complex().imag());
      op(pickle::kTuple2);
      return op(pickle::kReduce);
    case Tag::kDevice:
      global("torch", "device");
      string(temper::to_string(value.to_device()));
      op(pickle::kTuple1);
      return op(pickle::kReduce);
    case Tag::kTensor: return tensor(value.to_tensor());
    case Tag::kList: return list(value.to_list());
    case Tag::kDict: return dict(value.to_dict());
    case Tag::kTuple: return tuple(value.to_tuple().items);
    case Tag::kObject: return object(value);
    case Tag::kEnum:
      if (style_ == PickleStyle::kPython) return write(value.to_enum().value);
      class_global(value.to_enum().type->name());
      write(value.to_enum().value);
      return op(pickle::kReduce);
    default: fail("a value of kind ", tag_name(value.tag()), " cannot be saved");
  }
}

void PickleWriter::integer(int64_t value) {
  if (value >= 0 && value <= 0xff) {
    op(pickle::kInt8);
    number(static_cast<uint8_t>(value));
  } else if (value >= 0 && value <= 0xffff) {
    op(pickle::kInt16);
    number(static_cast<uint16_t>(value));
  } else if (value >= INT32_MIN && value <= INT32_MAX) {
    op(pickle::kInt32);
    number(static_cast<int32_t>(value));
  } else {
    op(pickle::kLong1);
    op(8);
    number(value);
  }
}

void PickleWriter::floating(double value) {
  op(pickle::kFloat);
  number(__builtin_bswap64(std::bit_cast<uint64_t>(value)));
}

void PickleWriter::string(std::string_view text) {
  if (get(strings_, text)) return;
  if (text.size() > UINT32_MAX) fail("a string of ", text.size(), " bytes cannot be saved");
  op(pickle::kUnicode);
  number(static_cast<uint32_t>(text.size()));
  out_ += text;
  strings_.emplace(text, put());
}

void PickleWriter::global(std::string_view module, std::string_view name) {
  std::string text = str_cat(module, "\n", name, "\n");
  if (get(globals_, text)) return;
  op(pickle::kGlobal);
  out_ += text;
  globals_.emplace(std::move(text), put());
}

void PickleWriter::class_global(const std::string& qualified_name) {
  const size_t dot = qualified_name.rfind('.');
  if (dot == std::string::npos) fail("the class ", qualified_name, " has no qualified name");
  const std::string_view name = qualified_name;
  global(name.substr(0, dot), name.substr(dot + 1));
}

void PickleWriter::items(const ListValue& list) {
  op(pickle::kEmptyList);
  op(pickle::kMark);
  for (const IValue& item : list.items) write(item);
  op(pickle::kAppends);
}

void PickleWriter::tag(const std::string& annotation) {
  string(annotation);
  op(pickle::kTuple2);
  op(pickle::kReduce);
}

void PickleWriter::list(const ListValue& list) {
  if (style_ == PickleStyle::kPython) return items(list);
  if (const char* builder = list_builder(list.element_type)) {
    global("torch.jit._pickle", builder);
    op(pickle::kMark);
    items(list);
    op(pickle::kTuple);
    return op(pickle::kReduce);
  }
  global("torch.jit._pickle", "restore_type_tag");
  items(list);
  tag(list_of(list.element_type)->annotation());
}

void PickleWriter::dict(const DictValue& dict) {
  if (style_ == PickleStyle::kArchive) global("torch.jit._pickle", "restore_type_tag");
  op(pickle::kEmptyDict);
  op(pickle::kMark);
  dict.each([&](const IValue& key, const IValue& value) {
    write(key);
    write(value);
  });
  op(pickle::kSetItems);
  if (style_ == PickleStyle::kArchive) {
    tag(DictType::make(dict.key_type, dict.value_type)->annotation());
  }
}

void PickleWriter::tuple(const std::vector<IValue>& items) {
  if (items.size() > 3) op(pickle::kMark);
  for (const IValue& item : items) write(item);
  switch (items.size()) {
    case 0: return op(pickle::kEmptyTuple);
    case 1: return op(pickle::kTuple1);
    case 2: return op(pickle::kTuple2);
    case 3: return op(pickle::kTuple3);
    default: return op(pickle::kTuple);
  }
}

void PickleWriter::object(const IValue& value) {
  const ObjectValue& object = value.to_object();
  if (style_ == PickleStyle::kPython) return attributes(object);
  class_global(object.type->name());
  op(pickle::kEmptyTuple);
  op(pickle::kNewObject);
  const std::optional<IValue> state = get_state ? get_state(value) : std::nullopt;
  state ? write(*state) : attributes(object);
  op(pickle::kBuild);
}

void PickleWriter::attributes(const ObjectValue& object) {
  op(pickle::kEmptyDict);
  op(pickle::kMark);
  for (size_t i = 0; i < object.slots.size(); ++i) {
    const std::string& name = object.type->attributes()[i].name;
    if (keeps && !keeps(*object.type, name)) continue;
    string(name);
    try {
      write(object.slots[i]);
    } catch (const Error& error) {
      throw_error(error.kind(), str_cat("attribute '", name, "' of a '", object.type->name(),
                                        "': ", error.message()));
    }
  }
  op(pickle::kSetItems);
}

void PickleWriter::dims(DimsView dims) {
  op(pickle::kMark);
  for (int64_t dim : dims) integer(dim);
  op(pickle::kTuple);
}

void PickleWriter::quantizer(const QuantParams& params) {
  op(pickle::kMark);
  if (params.axis < 0) {
    global("torch", "per_tensor_affine");
    floating(params.scales.at(0));
    integer(params.zero_points.at(0));
    return op(pickle::kTuple);
  }
  const int64_t channels = static_cast<int64_t>(params.scales.size());
  const bool floats = !params.float_zero_points.empty();
  Tensor scales = empty({channels}, floats ? DType::kFloat32 : DType::kFloat64);
  Tensor zeros = empty({channels}, floats ? DType::kFloat32 : DType::kInt64);
  for (int64_t i = 0; i < channels; ++i) {
    if (floats) {
      scales.data<float>()[i] = static_cast<float>(params.scales[i]);
      zeros.data<float>()[i] = params.float_zero_points.at(i);
    } else {
      scales.data<double>()[i] = params.scales[i];
      zeros.data<int64_t>()[i] = params.zero_points.at(i);
    }
  }
  global("torch", floats ? "per_channel_affine_float_qparams" : "per_channel_affine");
  write(scales);
  write(zeros);
  integer(params.axis);
  op(pickle::kTuple);
}

void PickleWriter::tensor(const Tensor& tensor) {
  if (!tensor.defined()) return op(pickle::kNone);
  const bool quantized = is_quantized(tensor.dtype()), untyped = is_untyped(tensor.dtype());
  global("torch._utils", quantized ? "_rebuild_qtensor"
                         : untyped ? "_rebuild_tensor_v3"
                                   : "_rebuild_tensor_v2");
  op(pickle::kMark);
  storage(tensor);
  integer(tensor.offset());
  dims(tensor.sizes());
  dims(tensor.strides());
  if (quantized) {
    TEMPER_CHECK(tensor.impl()->quant);
    quantizer(*tensor.impl()->quant);
  }
  op(tensor.impl()->requires_grad ? pickle::kTrue : pickle::kFalse);
  global("collections", "OrderedDict");
  op(pickle::kEmptyTuple);
  op(pickle::kReduce);
  if (untyped) global("torch", dtype_short_name(tensor.dtype()));
  op(pickle::kTuple);
  op(pickle::kReduce);
}

// Python has no storages of the newest dtypes: they are bytes, and tensors bring the dtype.
bool PickleWriter::is_untyped(DType dtype) const {
  return style_ == PickleStyle::kPython && dtype >= DType::kBits1x8;
}

void PickleWriter::storage(const Tensor& tensor) {
  const auto key =
      std::make_pair(static_cast<const Storage*>(tensor.storage().get()), tensor.dtype());
  if (const auto found = storages_.find(key); found != storages_.end()) return get(found->second);
  if (tensor.device().kind != DeviceKind::kCpu) {
    unimplemented("saving a tensor on device ", temper::to_string(tensor.device()));
  }
  const bool untyped = is_untyped(tensor.dtype());
  const int64_t width = untyped ? 1 : tensor.item_size();
  const int64_t count = tensor.storage()->size() / width;
  op(pickle::kMark);
  string("storage");
  if (untyped) {
    global("torch.storage", "UntypedStorage");
  } else {
    global("torch", str_cat(dtype_name(tensor.dtype()), "Storage"));
  }
  string(str_cat(records_.size()));
  string("cpu");
  integer(count);
  op(pickle::kTuple);
  op(pickle::kPersistentId);
  storages_.emplace(key, put());
  records_.push_back({tensor.storage(), count * width});
}

bool PickleWriter::get(const std::map<std::string, uint32_t, std::less<>>& memo,
                       std::string_view key) {
  const auto found = memo.find(key);
  if (found == memo.end()) return false;
  get(found->second);
  return true;
}

void PickleWriter::get(uint32_t id) {
  if (id <= 0xff) {
    op(pickle::kGet);
    number(static_cast<uint8_t>(id));
  } else {
    op(pickle::kLongGet);
    number(id);
  }
}

uint32_t PickleWriter::put() {
  const uint32_t id = next_memo_++;
  if (id <= 0xff) {
    op(pickle::kPut);
    number(static_cast<uint8_t>(id));
  } else {
    op(pickle::kLongPut);
    number(id);
  }
  return id;
}

}  // namespace temper::ir
