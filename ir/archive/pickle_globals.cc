#include <algorithm>

#include "core/base/error.h"
#include "ir/archive/pickle_reader.h"

namespace temper::ir {
namespace {

struct NamedGlobal {
  std::string_view module;
  std::string_view name;
  PickleGlobal kind;
};

// The closed set: whatever is not here, a torch name below, or a class of the archive is an error.
constexpr NamedGlobal kGlobals[] = {
    {"torch._utils", "_rebuild_tensor", PickleGlobal::kRebuildTensor},
    {"torch._utils", "_rebuild_tensor_v2", PickleGlobal::kRebuildTensor},
    {"torch._utils", "_rebuild_tensor_v3", PickleGlobal::kRebuildUntyped},
    {"torch._utils", "_rebuild_qtensor", PickleGlobal::kRebuildQTensor},
    {"torch._utils", "_rebuild_sparse_tensor", PickleGlobal::kRebuildSparse},
    {"torch._utils", "_rebuild_parameter", PickleGlobal::kRebuildParameter},
    {"torch._utils", "_rebuild_parameter_with_state", PickleGlobal::kRebuildParameter},
    {"torch._tensor", "_rebuild_from_type_v2", PickleGlobal::kRebuildFromType},
    {"torch._tensor", "Tensor", PickleGlobal::kTypeName},
    {"torch.nn.parameter", "Parameter", PickleGlobal::kTypeName},
    {"torch", "Tensor", PickleGlobal::kTypeName},
    {"collections", "OrderedDict", PickleGlobal::kOrderedDict},
    {"torch", "device", PickleGlobal::kDevice},
    {"torch", "Size", PickleGlobal::kSize},
    {"builtins", "complex", PickleGlobal::kComplex},
    {"__builtin__", "complex", PickleGlobal::kComplex},
    {"torch.serialization", "_get_layout", PickleGlobal::kLayout},
    {"torch.jit._pickle", "build_intlist", PickleGlobal::kIntList},
    {"torch.jit._pickle", "build_doublelist", PickleGlobal::kDoubleList},
    {"torch.jit._pickle", "build_boollist", PickleGlobal::kBoolList},
    {"torch.jit._pickle", "build_tensorlist", PickleGlobal::kTensorList},
    {"torch.jit._pickle", "restore_type_tag", PickleGlobal::kRestoreTypeTag},
    {"torch.jit._pickle", "build_tensor_from_id", PickleGlobal::kTensorFromId},
    {"__main__", "TensorID", PickleGlobal::kOldTensorId},
    {"__main__", "IntList", PickleGlobal::kIntList},
};

// Names of module torch that are plain integers.
struct NamedCode {
  std::string_view name;
  int64_t code;
};
constexpr NamedCode kCodes[] = {
    {"per_tensor_affine", 0},
    {"per_channel_affine", 1},
    {"per_tensor_symmetric", 2},
    {"per_channel_symmetric", 3},
    {"per_channel_affine_float_qparams", 4},
    {"strided", 0},
    {"sparse_coo", 1},
    {"contiguous_format", 0},
    {"preserve_format", 1},
    {"channels_last", 2},
    {"channels_last_3d", 3},
};

bool has_plain_characters(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  });
}

}  // namespace

const PickleMarker* PickleReader::marker(const IValue& value) const {
  return value.tag() == Tag::kCapsule ? static_cast<PickleMarker*>(value.to_reference()) : nullptr;
}

void PickleReader::push_marker(PickleGlobal kind) {
  push(Item{IValue::opaque(Tag::kCapsule, make_ref<PickleMarker>(kind)), 1, true});
}

void PickleReader::push_storage_type(DType dtype) {
  auto item = make_ref<PickleMarker>(PickleGlobal::kStorageType);
  item->dtype = dtype;
  push(Item{IValue::opaque(Tag::kCapsule, std::move(item)), 1, true});
}

void PickleReader::global(std::string_view module, std::string_view name) {
  if (module.size() + name.size() > 4096 || !has_plain_characters(module) ||
      !has_plain_characters(name)) {
    bad("a global's name is malformed");
  }
  for (const NamedGlobal& known : kGlobals) {
    if (known.module == module && known.name == name) return push_marker(known.kind);
  }
  if (module == "torch" && torch_global(name)) return;
  // Bytes: the tensors made of them bring their dtype.
  if (module == "torch.storage" && name == "UntypedStorage") {
    return push_storage_type(DType::kUInt8);
  }
  const std::string full = str_cat(module, ".", name);
  if (full == "torch.distributed.rpc.rref") unimplemented("pickle '", where_, "': RRef values");
  if (!full.starts_with("__torch__.") || !hooks_.find_type) {
    bad("the global '", full, "' is not allowed in an archive");
  }
  const TypePtr type = hooks_.find_type(full);
  if (!type) bad("the archive has no class '", full, "'");
  if (type->kind() != TypeKind::kClass && type->kind() != TypeKind::kEnum) {
    bad("the type '", full, "' is neither a class nor an enum");
  }
  auto item = make_ref<PickleMarker>(type->kind() == TypeKind::kClass ? PickleGlobal::kClass
                                                                      : PickleGlobal::kEnum);
  item->type = type;
  push(Item{IValue::opaque(Tag::kCapsule, std::move(item)), 1, true});
}

bool PickleReader::torch_global(std::string_view name) {
  constexpr std::string_view kStorage = "Storage";
  if (name.ends_with(kStorage)) {
    const std::string_view element = name.substr(0, name.size() - kStorage.size());
    const std::optional<DType> dtype = dtype_from_storage_name(element);
    if (!dtype) unimplemented("pickle '", where_, "': tensors of type torch.", name);
    push_storage_type(*dtype);
    return true;
  }
  for (int code = 0; code < kNumDTypes; ++code) {
    if (name == dtype_short_name(static_cast<DType>(code))) {
      push(IValue(int64_t{code}));
      return true;
    }
  }
  for (const NamedCode& known : kCodes) {
    if (known.name == name) {
      push(IValue(known.code));
      return true;
    }
  }
  return false;
}

const IValue& PickleReader::arg(const std::vector<IValue>& args, size_t i, Tag tag) const {
  if (i >= args.size()) bad("a call has only ", args.size(), " arguments");
  if (args[i].tag() != tag) {
    bad("argument ", i, " of a call is of kind ", tag_name(args[i].tag()), ", not ", tag_name(tag));
  }
  return args[i];
}

Dims PickleReader::dims(const IValue& value) const {
  const std::vector<IValue>* items = value.is_tuple()  ? &value.to_tuple().items
                                     : value.is_list() ? &value.to_list().items
                                                       : nullptr;
  if (!items) bad("a tensor's sizes or strides are not a tuple");
  if (items->size() > 64) bad("a tensor of ", items->size(), " dims; the limit is 64");
  Dims out;
  for (const IValue& item : *items) {
    if (!item.is_int()) bad("a tensor's size or stride is not an integer");
    if (item.to_int() < 0) bad("a tensor has a negative size or stride: ", item.to_int());
    out.push_back(item.to_int());
  }
  return out;
}

void PickleReader::persistent_id() {
  const Item item = pop();
  if (!item.value.is_tuple()) bad("a persistent id is not a tuple");
  const std::vector<IValue>& id = item.value.to_tuple().items;
  if (arg(id, 0, Tag::kString).to_string() != "storage") bad("a persistent id is not a storage");
  const PickleMarker* type = marker(arg(id, 1, Tag::kCapsule));
  if (type->kind != PickleGlobal::kStorageType) bad("a storage has no storage type");
  const std::string& key = arg(id, 2, Tag::kString).to_string();
  const std::string& location = arg(id, 3, Tag::kString).to_string();
  const int64_t count = arg(id, 4, Tag::kInt).to_int();
  int64_t bytes = 0;
  if (count < 0 || __builtin_mul_overflow(count, item_size(type->dtype), &bytes)) {
    bad("storage '", key, "' claims ", count, " elements");
  }
  auto storage = make_ref<PickleMarker>(PickleGlobal::kStorage);
  storage->dtype = type->dtype;
  if (location == "meta") unimplemented("pickle '", where_, "': tensors on device meta");
  if (bytes == 0) {
    storage->storage = Storage::allocate(0);
  } else {
    if (!hooks_.storage) bad("tensors are not expected here");
    storage->storage = hooks_.storage(key, bytes);
  }
  push(Item{IValue::opaque(Tag::kCapsule, std::move(storage)), 1, true});
}

PickleReader::Item PickleReader::apply(const PickleMarker& function, Item argument) {
  Item result;
  if (function.kind == PickleGlobal::kClass) {
    if (!hooks_.make_object) bad("objects are not expected here");
    use_plain(argument, &result.depth);
    result.value = hooks_.make_object(Ref<const ClassType>(&function.type->expect<ClassType>()),
                                      std::move(argument.value));
    return result;
  }
  if (function.kind == PickleGlobal::kEnum) {
    result.value = enum_member(function, argument.value);
    return result;
  }
  if (function.kind == PickleGlobal::kOrderedDict) {
    if (!argument.value.is_tuple() || !argument.value.to_tuple().items.empty()) {
      bad("OrderedDict with arguments");
    }
    result.value = make_ref<DictValue>(Type::any(), Type::any());
    result.depth = 1;
    containers_[result.value.to_reference()] = Container{1, false};
    return result;
  }
  // The old IntList and TensorID get their value itself, everything else a tuple.
  result.value = argument.value.is_tuple() ? call(function, argument.value.to_tuple().items)
                                           : call(function, {argument.value});
  result.marked = marker(result.value) != nullptr;
  result.depth = std::max<uint32_t>(use(argument), 1);
  return result;
}

IValue PickleReader::call(const PickleMarker& function, const std::vector<IValue>& args) {
  switch (function.kind) {
    case PickleGlobal::kRebuildTensor: return rebuild_tensor(args);
    case PickleGlobal::kRebuildUntyped: return rebuild_untyped(args);
    case PickleGlobal::kRebuildQTensor: return rebuild_quantized(args);
    case PickleGlobal::kRebuildSparse: unimplemented("pickle '", where_, "': sparse tensors");
    case PickleGlobal::kRebuildParameter: {
      const IValue& value = arg(args, 0, Tag::kTensor);
      value.raw_tensor()->requires_grad = arg(args, 1, Tag::kBool).to_bool();
      return value;
    }
    case PickleGlobal::kRebuildFromType: {
      const PickleMarker* rebuild = marker(arg(args, 0, Tag::kCapsule));
      if (rebuild->kind == PickleGlobal::kRebuildFromType) bad("nested _rebuild_from_type_v2");
      return call(*rebuild, arg(args, 2, Tag::kTuple).to_tuple().items);
    }
    case PickleGlobal::kDevice: {
      std::string device = arg(args, 0, Tag::kString).to_string();
      if (args.size() > 1) device += str_cat(":", arg(args, 1, Tag::kInt).to_int());
      return parse_device(device);
    }
    case PickleGlobal::kSize: return arg(args, 0, Tag::kTuple);
    case PickleGlobal::kComplex:
      return std::complex<double>(arg(args, 0, Tag::kDouble).to_double(),
                                  arg(args, 1, Tag::kDouble).to_double());
    case PickleGlobal::kLayout:
      if (arg(args, 0, Tag::kString).to_string() != "torch.strided") {
        unimplemented("pickle '", where_, "': layout ", args[0].to_string());
      }
      return int64_t{0};
    case PickleGlobal::kIntList: return typed_list(arg(args, 0, Tag::kList), Type::integer());
    case PickleGlobal::kDoubleList: return typed_list(arg(args, 0, Tag::kList), Type::floating());
    case PickleGlobal::kBoolList: return typed_list(arg(args, 0, Tag::kList), Type::boolean());
    case PickleGlobal::kTensorList: return typed_list(arg(args, 0, Tag::kList), Type::tensor());
    case PickleGlobal::kRestoreTypeTag:
      if (args.empty()) bad("restore_type_tag without arguments");
      return restore_tag(args[0], arg(args, 1, Tag::kString).to_string());
    case PickleGlobal::kTensorFromId:
    case PickleGlobal::kOldTensorId:
      unimplemented("pickle '", where_, "': tensors in a side table (PyTorch 1.0 to 1.2)");
    default: bad("a global that is not a function is called");
  }
}

IValue PickleReader::enum_member(const PickleMarker& global, const IValue& value) {
  const EnumType& type = global.type->expect<EnumType>();
  // Python writes the value in a tuple, the archive writer bare.
  const IValue& raw =
      value.is_tuple() && value.to_tuple().items.size() == 1 ? value.to_tuple().items[0] : value;
  const IValue* member = type.find_by_value(raw);
  if (!member) bad("the enum '", type.name(), "' has no member with value ", to_text(raw));
  return *member;
}

IValue PickleReader::typed_list(IValue list, const TypePtr& element) {
  ListValue& items = list.to_list();
  for (const IValue& item : items.items) {
    if (!matches_type(item, element)) {
      bad("a list of ", element->annotation(), " holds a value of kind ", tag_name(item.tag()));
    }
  }
  items.element_type = element;
  return list;
}

IValue PickleReader::restore_tag(const IValue& value, const std::string& annotation) {
  if (!value.is_list() && !value.is_dict()) bad("a type tag on something that is not a container");
  if (!hooks_.parse_type) bad("type tags are not expected here");
  const TypePtr type = hooks_.parse_type(annotation);
  if (!type) bad("the type tag '", annotation, "' names no type");
  const TypeKind wanted = value.is_list() ? TypeKind::kList : TypeKind::kDict;
  if (type->kind() != wanted) bad("the type tag '", annotation, "' does not fit its value");
  return restore_types(value, type);
}

Tensor PickleReader::view_of_storage(const std::vector<IValue>& args, size_t requires_grad,
                                     std::optional<DType> dtype) {
  const PickleMarker* storage = marker(arg(args, 0, Tag::kCapsule));
  if (storage->kind != PickleGlobal::kStorage) bad("a tensor without a storage");
  const Dims sizes = dims(arg(args, 2, Tag::kTuple)), strides = dims(arg(args, 3, Tag::kTuple));
  if (sizes.size() != strides.size()) {
    bad("a tensor of ", sizes.size(), " dims has ", strides.size(), " strides");
  }
  Tensor tensor = from_storage(storage->storage, dtype.value_or(storage->dtype), sizes, strides,
                               arg(args, 1, Tag::kInt).to_int());
  if (args.size() > requires_grad) {
    tensor.impl()->requires_grad = arg(args, requires_grad, Tag::kBool).to_bool();
  }
  return tensor;
}

void PickleReader::check_math_bits(const std::vector<IValue>& args) const {
  if (args.size() < 7 || !args[6].is_dict()) return;
  args[6].to_dict().each([&](const IValue& key, const IValue& value) {
    if (value.is_bool() && value.to_bool()) {
      unimplemented("pickle '", where_,
                    "': lazily conjugated or negated tensors; call "
                    "resolve_conj() or resolve_neg() before saving");
    }
  });
}

IValue PickleReader::rebuild_tensor(const std::vector<IValue>& args) {
  Tensor tensor = view_of_storage(args, 4);
  if (is_quantized(tensor.dtype())) bad("a quantized storage without quantization parameters");
  check_math_bits(args);
  return tensor;
}

IValue PickleReader::rebuild_untyped(const std::vector<IValue>& args) {
  const std::optional<DType> dtype = dtype_from_code(arg(args, 6, Tag::kInt).to_int());
  if (!dtype || is_quantized(*dtype)) bad("a tensor of unknown dtype ", args[6].to_int());
  return view_of_storage(args, 4, dtype);
}

IValue PickleReader::rebuild_quantized(const std::vector<IValue>& args) {
  Tensor tensor = view_of_storage(args, 5);
  if (!is_quantized(tensor.dtype())) bad("quantization parameters on a plain tensor");
  const std::vector<IValue>& given = arg(args, 4, Tag::kTuple).to_tuple().items;
  const int64_t scheme = arg(given, 0, Tag::kInt).to_int();
  auto params = make_ref<QuantParams>();
  if (scheme == 0) {
    params->scales = {arg(given, 1, Tag::kDouble).to_double()};
    params->zero_points = {arg(given, 2, Tag::kInt).to_int()};
  } else if (scheme == 1 || scheme == 4) {
    const Tensor scales =
        to_dtype(arg(given, 1, Tag::kTensor).to_tensor(), DType::kFloat64).contiguous();
    const Tensor zeros = arg(given, 2, Tag::kTensor).to_tensor();
    params->axis = arg(given, 3, Tag::kInt).to_int();
    if (params->axis < 0 || params->axis >= tensor.dim()) bad("quantization axis out of range");
    const int64_t channels = tensor.sizes()[params->axis];
    if (scales.numel() != channels || zeros.numel() != channels) {
      bad("a quantized tensor of ", channels, " channels has ", scales.numel(), " scales and ",
          zeros.numel(), " zero points");
    }
    params->scales.assign(scales.data<double>(), scales.data<double>() + channels);
    if (scheme == 4) {
      const Tensor floats = to_dtype(zeros, DType::kFloat32).contiguous();
      params->zero_points.clear();
      params->float_zero_points.assign(floats.data<float>(), floats.data<float>() + channels);
    } else {
      const Tensor whole = to_dtype(zeros, DType::kInt64).contiguous();
      params->zero_points.assign(whole.data<int64_t>(), whole.data<int64_t>() + channels);
    }
  } else {
    bad("quantization scheme ", scheme, " cannot be stored");
  }
  tensor.impl()->quant = std::move(params);
  return tensor;
}

}  // namespace temper::ir
