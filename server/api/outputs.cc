#include "server/api/outputs.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/value/containers.h"
#include "server/api/datatype.h"
#include "server/engine/snapshot.h"

namespace temper {
namespace {

using Flat = std::vector<std::pair<std::string, IValue>>;
constexpr size_t kMaxOutputs = 100'000;
constexpr size_t kMaxResponse = (size_t{1} << 31) - (1 << 20);  // a message's limit, less its frame

bool is_scalar_kind(const TypePtr& type) {
  const TypeKind kind = type->kind();
  return kind == TypeKind::kInt || kind == TypeKind::kFloat || kind == TypeKind::kBool ||
         kind == TypeKind::kString;
}

class Flattener {
 public:
  explicit Flattener(Flat* out) : out_(out) {}

  void top(const IValue& result) {
    if (!visit_items(result, "", true)) leaf("OUTPUT__0", result);
  }

 private:
  void visit(const std::string& name, const IValue& value) {
    if (!visit_items(value, name, false)) leaf(name, value);
  }

  // False when the value has no items of its own.
  bool visit_items(const IValue& value, const std::string& prefix, bool top) {
    if (value.is_tuple()) {
      const TupleValue& tuple = value.to_tuple();
      const auto* type = tuple.type ? tuple.type->as<TupleType>() : nullptr;
      for (size_t i = 0; i < tuple.items.size(); ++i) {
        const bool named = type && type->named();
        visit(named ? join(prefix, type->fields()[i], top) : indexed(prefix, i, top),
              tuple.items[i]);
      }
      return true;
    }
    if (value.is_dict()) {
      value.to_dict().each([&](const IValue& key, const IValue& item) {
        visit(join(prefix, key.is_string() ? key.to_string() : to_text(key), top), item);
      });
      return true;
    }
    if (value.is_list() && !is_scalar_kind(value.to_list().element_type)) {
      const auto& items = value.to_list().items;
      for (size_t i = 0; i < items.size(); ++i) visit(indexed(prefix, i, top), items[i]);
      return true;
    }
    return false;
  }

  static std::string join(const std::string& prefix, const std::string& part, bool top) {
    return top ? part : str_cat(prefix, ".", part);
  }
  static std::string indexed(const std::string& prefix, size_t index, bool top) {
    return top ? str_cat("OUTPUT__", index) : str_cat(prefix, ".", index);
  }

  void leaf(std::string name, const IValue& value) {
    if (value.is_none()) return;
    if (value.tag() == Tag::kEnum) return leaf(std::move(name), value.to_enum().value);
    const bool fits = value.is_tensor() || value.is_int() || value.is_double() || value.is_bool() ||
                      value.is_string() || value.is_list();
    if (!fits) {
      unimplemented("output '", name, "' is of type ", tag_name(value.tag()),
                    ", which a response cannot carry");
    }
    if (out_->size() >= kMaxOutputs) fail("the result has more than ", kMaxOutputs, " tensors");
    out_->emplace_back(std::move(name), value);
  }

  Flat* out_;
};

// The names that a configuration gives: each stands for an output by name, index suffix or place.
void rename(const std::vector<std::string>& names, Flat* flat) {
  const auto find = [&](const std::string& name) {
    return std::find_if(flat->begin(), flat->end(), [&](const auto& o) { return o.first == name; });
  };
  const bool by_name = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return find(name) != flat->end();
  });
  const bool by_index = std::all_of(
      names.begin(), names.end(), [](const std::string& name) { return index_suffix(name) >= 0; });
  Flat renamed;
  for (size_t i = 0; i < names.size(); ++i) {
    size_t place = by_index ? static_cast<size_t>(index_suffix(names[i])) : i;
    if (by_name) place = static_cast<size_t>(find(names[i]) - flat->begin());
    if (place >= flat->size()) {
      throw_error(ErrorKind::kInternal,
                  str_cat("the model's configuration names the output '", names[i],
                          "', but the method returned ", flat->size(), " outputs"));
    }
    renamed.emplace_back(names[i], (*flat)[place].second);
  }
  *flat = std::move(renamed);
}

class Writer {
 public:
  Writer(inference::ModelInferResponse* response, std::vector<OutputBytes>* bytes)
      : response_(response), bytes_(bytes) {}

  void write(const std::string& name, IValue value) {
    output_ = response_->add_outputs();
    output_->set_name(name);
    if (value.is_tensor()) {
      tensor(name, value.take_tensor());
    } else {
      values(value);
      bytes_->emplace_back(std::exchange(text_, {}));
    }
    total_ += bytes_->back().view().size();
    if (total_ > kMaxResponse)
      fail("the response would have more than 2 GiB; ask for fewer outputs");
  }

 private:
  template <class T>
  void append(T value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  void values(const IValue& value) {
    if (value.is_list()) return list(value.to_list());
    scalar(value);
    output_->add_shape(1);
  }

  void scalar(const IValue& value) {
    if (value.is_int()) {
      output_->set_datatype("INT64");
      append(value.to_int());
    } else if (value.is_double()) {
      output_->set_datatype("FP64");
      append(value.to_double());
    } else if (value.is_bool()) {
      output_->set_datatype("BOOL");
      append(value.to_bool());
    } else {
      output_->set_datatype("BYTES");
      append_bytes(value.to_string(), &text_);
    }
  }

  void list(const ListValue& list) {
    output_->add_shape(static_cast<int64_t>(list.items.size()));
    const TypeKind kind = list.element_type->kind();
    output_->set_datatype(kind == TypeKind::kInt     ? "INT64"
                          : kind == TypeKind::kFloat ? "FP64"
                          : kind == TypeKind::kBool  ? "BOOL"
                                                     : "BYTES");
    for (const IValue& item : list.items) scalar(item);
  }

  void tensor(const std::string& name, Tensor value) {
    if (!value.defined()) fail("output '", name, "' is an undefined tensor");
    if (is_quantized(value.dtype())) {
      unimplemented("output '", name, "' is quantized; return its dequantize()");
    }
    const Datatype* datatype = datatype_of(value.dtype());
    if (!datatype) {
      unimplemented("output '", name, "' has the dtype ", dtype_short_name(value.dtype()),
                    ", which the protocol cannot carry; return torch.view_as_real() of it");
    }
    output_->set_datatype(datatype->name.data(), datatype->name.size());
    output_->mutable_shape()->Add(value.sizes().begin(), value.sizes().end());
    const auto bytes = static_cast<size_t>(value.nbytes());
    if (bytes > kMaxResponse) fail("output '", name, "' has ", bytes, " bytes, more than 2 GiB");
    bytes_->emplace_back(std::move(value));
  }

  inference::ModelInferResponse* response_;
  inference::ModelInferResponse::InferOutputTensor* output_ = nullptr;
  std::vector<OutputBytes>* bytes_;
  std::string text_;  // of the output being written
  size_t total_ = 0;
};

std::string names_of(const Flat& flat) {
  std::string names;
  for (const auto& [name, value] : flat) {
    if (names.size() > 500) return names + "...";
    names += str_cat(names.empty() ? "" : ", ", "'", name, "'");
  }
  return names.empty() ? "none" : names;
}

void check_requested(const inference::ModelInferRequest& request, int index) {
  const auto& output = request.outputs(index);
  for (int i = 0; i < index; ++i) {
    if (request.outputs(i).name() == output.name()) {
      fail("output '", output.name(), "' is requested twice");
    }
  }
  for (const char* key : {"shared_memory_region", "classification"}) {
    if (output.parameters_size() > 0 && output.parameters().count(key) > 0) {
      unimplemented("the output parameter '", key, "' of '", output.name(), "'");
    }
  }
}

}  // namespace

OutputBytes::OutputBytes(Tensor tensor) {
  if (!tensor.is_contiguous()) {
    tensor_ = tensor.contiguous();
  } else if (is_alone(*tensor.impl())) {
    tensor_ = std::move(tensor);
  } else {
    text_.assign(reinterpret_cast<const char*>(tensor.raw()), static_cast<size_t>(tensor.nbytes()));
  }
}

std::string_view OutputBytes::view() const {
  if (!tensor_.defined()) return text_;
  return {reinterpret_cast<const char*>(tensor_.raw()), static_cast<size_t>(tensor_.nbytes())};
}

void add_contents(const std::vector<OutputBytes>& bytes, inference::ModelInferResponse* response) {
  for (const OutputBytes& each : bytes) {
    response->add_raw_output_contents(each.view().data(), each.view().size());
  }
}

Flat flatten_result(const IValue& result) {
  Flat flat;
  Flattener(&flat).top(result);
  return flat;
}

void write_outputs(const Signature& signature, IValue result,
                   const inference::ModelInferRequest& request,
                   inference::ModelInferResponse* response, std::vector<OutputBytes>* bytes) {
  Writer writer(response, bytes);
  // The usual case: one tensor, without a name given to it.
  if (result.is_tensor() && signature.output_names.empty() && request.outputs_size() == 0) {
    return writer.write("OUTPUT__0", std::move(result));
  }
  Flat flat = flatten_result(result);
  result = IValue();  // so that its tensors are alone
  if (!signature.output_names.empty()) rename(signature.output_names, &flat);
  if (request.outputs_size() == 0) {
    for (auto& [name, value] : flat) writer.write(name, std::move(value));
    return;
  }
  for (int i = 0; i < request.outputs_size(); ++i) {
    check_requested(request, i);
    const std::string& wanted = request.outputs(i).name();
    const auto found = std::find_if(flat.begin(), flat.end(),
                                    [&](const auto& output) { return output.first == wanted; });
    if (found == flat.end()) {
      fail("unexpected output '", wanted, "'; the method gives ", names_of(flat));
    }
    writer.write(wanted, std::move(found->second));
  }
}

}  // namespace temper
