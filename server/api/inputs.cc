#include "server/api/inputs.h"

#include <algorithm>
#include <charconv>

#include "core/base/error.h"
#include "core/value/containers.h"
#include "server/api/tensor_in.h"

namespace temper {
namespace {

// An input whose name continues behind the argument's: "states.0" is `rest` "0" of "states".
struct Part {
  std::string_view rest;
  const TensorIn* tensor;
};

std::string_view head_of(std::string_view path) { return path.substr(0, path.find('.')); }
std::string_view tail_of(std::string_view path) {
  const size_t dot = path.find('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
}

// Builds values of containers from the parts that name their items.
class Builder {
 public:
  IValue build(const TypePtr& declared, const std::vector<Part>& parts, const std::string& where) {
    const TypePtr type = may_be_none(declared) ? without_none(declared) : declared;
    if (parts.size() == 1 && parts[0].rest.empty()) return leaf(type, *parts[0].tensor);
    for (const Part& part : parts) {
      if (part.rest.empty()) fail("'", where, "' is given as a whole and in parts");
    }
    switch (type->kind()) {
      case TypeKind::kList: return list(type, parts, where);
      case TypeKind::kTuple: return tuple(type->expect<TupleType>(), parts, where);
      case TypeKind::kDict: return dict(type->expect<DictType>(), parts, where);
      default:
        fail("input '", parts[0].tensor->name(), "' names a part of '", where, "', which is ",
             type->annotation(), " and has no parts");
    }
  }

 private:
  using Groups = std::vector<std::pair<std::string_view, std::vector<Part>>>;

  static Groups group(const std::vector<Part>& parts, bool whole_names) {
    Groups groups;
    for (const Part& part : parts) {
      const std::string_view head = whole_names ? part.rest : head_of(part.rest);
      const std::string_view tail = whole_names ? std::string_view() : tail_of(part.rest);
      auto found = std::find_if(groups.begin(), groups.end(),
                                [&](const auto& each) { return each.first == head; });
      if (found == groups.end()) found = groups.insert(groups.end(), {head, {}});
      if (whole_names && !found->second.empty()) {
        fail("input '", part.tensor->name(), "' is given twice");
      }
      found->second.push_back({tail, part.tensor});
    }
    return groups;
  }

  IValue leaf(const TypePtr& type, const TensorIn& tensor) {
    if (const auto* choices = type->as<UnionType>()) return choose(*choices, tensor);
    if (type->kind() == TypeKind::kDict && tensor.count() == 0) return IValue(empty_dict(type));
    const bool container = type->kind() == TypeKind::kTuple || type->kind() == TypeKind::kDict ||
                           (type->kind() == TypeKind::kList && tensor.count() > 0 &&
                            !holds_scalars(type->contained()[0]));
    if (container) {
      fail(tensor.text(), " stands for ", type->annotation(), "; send each of its tensors as '",
           tensor.name(), type->kind() == TypeKind::kDict ? ".<key>'" : ".<index>'");
    }
    if (type->kind() == TypeKind::kClass || type->kind() == TypeKind::kInterface) {
      unimplemented("argument '", tensor.name(), "' is an object of ", type->annotation(),
                    ", which requests cannot carry");
    }
    return tensor.value(type);
  }

  static bool holds_scalars(const TypePtr& type) {
    if (type->kind() == TypeKind::kList) return holds_scalars(type->contained()[0]);
    return type->kind() != TypeKind::kTensor && type->kind() != TypeKind::kTuple &&
           type->kind() != TypeKind::kDict;
  }

  // The first member that the tensor can stand for.
  IValue choose(const UnionType& type, const TensorIn& tensor) {
    for (const TypePtr& member : type.members()) {
      try {
        return leaf(member, tensor);
      } catch (const Error&) {
        continue;
      }
    }
    fail(tensor.text(), " cannot stand for ", type.annotation());
  }

  static Ref<DictValue> empty_dict(const TypePtr& type) {
    const auto& dict = type->expect<DictType>();
    return make_ref<DictValue>(dict.key(), dict.value());
  }

  static size_t parse_index(std::string_view text, std::string_view where) {
    size_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail("'", where, ".", text, "': expected an index like '", where, ".0'");
    }
    return index;
  }

  IValue list(const TypePtr& type, const std::vector<Part>& parts, const std::string& where) {
    const TypePtr& element = type->contained()[0];
    const Groups groups = group(parts, false);
    std::vector<IValue> items(groups.size());
    std::vector<bool> seen(groups.size());
    for (const auto& [head, rest] : groups) {
      const size_t index = parse_index(head, where);
      if (index >= items.size() || seen[index]) {
        fail("'", where, "' has ", items.size(), " items; their indices must be 0 to ",
             items.size() - 1, ", each once, but '", where, ".", head, "' came");
      }
      seen[index] = true;
      items[index] = build(element, rest, str_cat(where, ".", head));
    }
    return make_list(element, std::move(items));
  }

  IValue tuple(const TupleType& type, const std::vector<Part>& parts, const std::string& where) {
    const size_t size = type.elements().size();
    std::vector<IValue> items(size);
    std::vector<bool> seen(size);
    for (const auto& [head, rest] : group(parts, false)) {
      const int field = type.field_index(head);
      const size_t index = field >= 0 ? static_cast<size_t>(field) : parse_index(head, where);
      if (index >= size || seen[index]) {
        fail("'", where, ".", head, "': '", where, "' has ", size, " items, each given once");
      }
      seen[index] = true;
      items[index] = build(type.elements()[index], rest, str_cat(where, ".", head));
    }
    for (size_t i = 0; i < size; ++i) {
      if (!seen[i] && !may_be_none(type.elements()[i])) {
        fail("'", where, "' is ", type.annotation(), ", but '", where, ".",
             type.named() ? type.fields()[i] : str_cat(i), "' is missing");
      }
    }
    if (!type.named()) return make_tuple(std::move(items));
    return IValue(make_ref<TupleValue>(std::move(items), TypePtr(&type)));
  }

  IValue dict(const DictType& type, const std::vector<Part>& parts, const std::string& where) {
    // Keys may hold dots where the items cannot have parts.
    const TypeKind kind = type.value()->kind();
    const bool plain = kind == TypeKind::kTensor || holds_scalars(type.value());
    auto dict = make_ref<DictValue>(type.key(), type.value());
    for (const auto& [head, rest] : group(parts, plain)) {
      IValue key;
      if (type.key()->kind() == TypeKind::kString) {
        key = IValue(head);
      } else if (type.key()->kind() == TypeKind::kInt) {
        key = IValue(static_cast<int64_t>(parse_index(head, where)));
      } else {
        unimplemented("'", where, "' is ", type.annotation(), ": only dicts with keys of type str ",
                      "or int can be sent");
      }
      dict->set(key, build(type.value(), rest, str_cat(where, ".", head)));
    }
    return IValue(std::move(dict));
  }
};

class Reader {
 public:
  Reader(const Signature& signature, const inference::ModelInferRequest& request,
         const Ref<RefCounted>& owner)
      : signature_(signature), request_(request), owner_(owner) {
    result_.values.resize(signature.inputs.size());
    given_.resize(signature.inputs.size());
  }

  Arguments read() {
    check_contents();
    tensors_.reserve(static_cast<size_t>(request_.inputs_size()));
    for (int i = 0; i < request_.inputs_size(); ++i) read_input(i);
    if (signature_.max_batch > 0) check_batches();
    for (auto& [slot, parts] : parts_) {
      const InputSlot& input = signature_.inputs[slot];
      result_.values[slot] = Builder().build(input.type, parts, input.shown_name());
    }
    for (size_t i = 0; i < given_.size(); ++i) {
      if (!given_[i]) fill_in(i);
    }
    return std::move(result_);
  }

 private:
  void check_contents() const {
    const int raw = request_.raw_input_contents_size();
    if (raw == 0) return;
    if (raw != request_.inputs_size()) {
      fail("the request has ", request_.inputs_size(), " inputs and ", raw,
           " raw_input_contents; each input needs one entry");
    }
    for (const WireInput& input : request_.inputs()) {
      if (input.has_contents()) {
        fail("input '", input.name(),
             "' has contents, but the request uses raw_input_contents; "
             "use one of the two");
      }
    }
  }

  void read_input(int index) {
    const WireInput& wire = request_.inputs(index);
    if (wire.parameters_size() > 0 && wire.parameters().count("shared_memory_region") > 0) {
      unimplemented("input '", wire.name(), "' is in shared memory; send its data in the request");
    }
    const bool raw = request_.raw_input_contents_size() > 0;
    const TensorIn& tensor =
        tensors_.emplace_back(wire, raw ? &request_.raw_input_contents(index) : nullptr, owner_);
    std::string_view rest;
    const size_t slot = slot_of(wire.name(), &rest);
    const InputSlot& input = signature_.inputs[slot];
    if (!rest.empty()) {
      given_[slot] = true;
      return part_of(slot, {rest, &tensor});
    }
    if (given_[slot]) fail("input '", wire.name(), "' is given twice");
    given_[slot] = true;
    if (input.limits) check_limits(tensor, *input.limits);
    if (input.type->kind() == TypeKind::kTensor) {
      result_.values[slot] = tensor.tensor();
    } else {
      part_of(slot, {rest, &tensor});
    }
  }

  void part_of(size_t slot, Part part) {
    for (auto& [known, parts] : parts_) {
      if (known == slot) return parts.push_back(part);
    }
    parts_.push_back({slot, {part}});
  }

  size_t slot_of(std::string_view name, std::string_view* rest) const {
    const int whole = signature_.find_input(name);
    if (whole >= 0) return static_cast<size_t>(whole);
    const size_t dot = name.find('.');
    const int part =
        dot == std::string_view::npos ? -1 : signature_.find_input(name.substr(0, dot));
    if (part >= 0) {
      *rest = name.substr(dot + 1);
      if (rest->empty()) fail("input '", name, "' has no name behind the dot");
      return static_cast<size_t>(part);
    }
    // A method that takes one dict may be called with the dict's keys.
    if (signature_.inputs.size() == 1 && signature_.inputs[0].type->kind() == TypeKind::kDict) {
      *rest = name;
      return 0;
    }
    fail("unexpected input '", name, "'; the method takes ", signature_.input_names());
  }

  void check_limits(const TensorIn& tensor, const TensorLimits& limits) const {
    const auto expected = [&] {
      return str_cat("expected ", limits.datatype, " ",
                     signature_.max_batch > 0 ? "with a batch dim before " : "",
                     to_string(limits.dims));
    };
    if (!limits.datatype.empty() && limits.datatype != tensor.datatype().name) {
      fail(tensor.text(), " has the wrong datatype: ", expected());
    }
    DimsView shape = tensor.shape();
    if (signature_.max_batch > 0) {
      if (shape.empty()) fail(tensor.text(), " has no batch dim: ", expected());
      shape.remove_prefix(1);
    }
    const bool fits =
        shape.size() == limits.dims.size() &&
        std::equal(shape.begin(), shape.end(), limits.dims.begin(),
                   [](int64_t got, int64_t wanted) { return wanted == -1 || got == wanted; });
    if (!fits) fail(tensor.text(), " has the wrong shape: ", expected());
  }

  void check_batches() {
    for (size_t i = 0; i < tensors_.size(); ++i) {
      const TensorIn& tensor = tensors_[i];
      if (tensor.shape().empty()) fail(tensor.text(), " has no batch dim");
      const int64_t batch = tensor.shape()[0];
      if (i == 0) result_.batch = batch;
      if (batch != result_.batch) {
        fail(tensor.text(), " has another batch than ", tensors_[0].text());
      }
      if (batch < 1 || batch > signature_.max_batch) {
        fail(tensor.text(), " has a batch of ", batch, "; the model takes 1 to ",
             signature_.max_batch);
      }
    }
  }

  void fill_in(size_t slot) {
    const InputSlot& input = signature_.inputs[slot];
    if (input.default_value) {
      result_.values[slot] = *input.default_value;
    } else if (!may_be_none(input.type)) {
      fail("input '", input.shown_name(), "' is missing; the method takes ",
           signature_.input_names());
    }
  }

  const Signature& signature_;
  const inference::ModelInferRequest& request_;
  const Ref<RefCounted>& owner_;
  Arguments result_;
  std::vector<bool> given_;
  std::vector<TensorIn> tensors_;
  std::vector<std::pair<size_t, std::vector<Part>>> parts_;  // of arguments that are no tensors
};

}  // namespace

Arguments read_inputs(const Signature& signature, const inference::ModelInferRequest& request,
                      const Ref<RefCounted>& owner) {
  return Reader(signature, request, owner).read();
}

}  // namespace temper
