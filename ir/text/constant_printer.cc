#include "ir/text/constant_printer.h"

#include <map>
#include <set>

#include "core/value/containers.h"
#include "core/value/function.h"
#include "ir/text/literal.h"

namespace temper::ir {
namespace {

constexpr int kMaxDepth = 150;  // below the depth that the parser takes

// TorchScript annotates lists and dicts whose members do not tell the type.
bool members_tell_type(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kUnion:
    case TypeKind::kOptional:
    case TypeKind::kInterface:
    case TypeKind::kAny: return false;
    default: return true;
  }
}

class ConstantPrinter {
 public:
  explicit ConstantPrinter(const PrintOptions& options) : options_(options) {}

  std::string print(const IValue& value, const TypePtr& declared) {
    if (++depth_ > kMaxDepth) unimplemented("a constant that nests deeper than ", kMaxDepth);
    const TypePtr type =
        may_be_none(declared) && !value.is_none() ? without_none(declared) : declared;
    std::string text = print_known(value, type);
    --depth_;
    return text;
  }

 private:
  std::string annotated(const TypePtr& type, const std::string& text) const {
    return options_.lossless ? str_cat("annotate(", type->ir_text(), ", ", text, ")") : text;
  }

  std::string print_known(const IValue& value, const TypePtr& type) {
    switch (value.tag()) {
      case Tag::kNone: return "None";
      case Tag::kBool: return value.to_bool() ? "True" : "False";
      case Tag::kInt: return str_cat(value.to_int());
      case Tag::kDouble: return print_float(value.to_double(), type);
      case Tag::kComplex: return complex_text(value.to_complex());
      case Tag::kString: return quote(value.to_string());
      case Tag::kDevice: return str_cat("torch.device(", quote(to_string(value.to_device())), ")");
      case Tag::kTensor: return tensor_text(value.to_tensor(), type, options_);
      case Tag::kList: return print_list(value.to_list(), type);
      case Tag::kDict: return print_dict(value.to_dict(), type);
      case Tag::kTuple: return print_tuple(value.to_tuple(), type);
      case Tag::kEnum: return print_enum(value.to_enum(), type);
      case Tag::kObject: return print_object(value.to_object());
      case Tag::kFunction: return str_cat("<Function ", value.to_function().qualified_name(), ">");
      default: unimplemented("a constant that is a ", tag_name(value.tag()));
    }
  }

  std::string print_float(double value, const TypePtr& type) const {
    std::string text = float_text(value);
    const bool told = type->kind() == TypeKind::kFloat || is_float_text(text);
    return told ? text : annotated(Type::floating(), text);
  }

  std::string print_list(const ListValue& list, const TypePtr& type) {
    std::string text = "[";
    for (const IValue& item : list.items) {
      if (text.size() > 1) text += ", ";
      text += print(item, list.element_type);
    }
    text += "]";
    if (!options_.lossless && !list.items.empty() && list.items[0].is_tensor()) {
      text = "[<Tensors>]";
    }
    if (list.items.empty() || !members_tell_type(list.element_type)) {
      return str_cat("annotate(List[", list.element_type->annotation(), "], ", text, ")");
    }
    const auto* known = type->as<WrapperType>();
    const bool told =
        known && known->kind() == TypeKind::kList && equal(known->element(), list.element_type);
    return told ? text : annotated(list_of(list.element_type), text);
  }

  std::string print_dict(const DictValue& dict, const TypePtr& type) {
    std::string text = "{";
    dict.each([&](const IValue& key, const IValue& value) {
      if (text.size() > 1) text += ", ";
      text += print(key, dict.key_type) + ": " + print(value, dict.value_type);
    });
    text += "}";
    if (dict.size() == 0 || !members_tell_type(dict.value_type)) {
      return str_cat("annotate(Dict[", dict.key_type->annotation(), ", ",
                     dict.value_type->annotation(), "],", text, ")");
    }
    const auto* known = type->as<DictType>();
    const bool told =
        known && equal(known->key(), dict.key_type) && equal(known->value(), dict.value_type);
    return told ? text : annotated(DictType::make(dict.key_type, dict.value_type), text);
  }

  std::string print_tuple(const TupleValue& tuple, const TypePtr& type) {
    const auto* declared = type->as<TupleType>();
    if (!tuple.type && declared && declared->named()) {
      const TypePtr plain = TupleType::make(std::vector<TypePtr>(tuple.items.size(), Type::any()));
      return annotated(plain, print_items(tuple, plain));
    }
    if (!tuple.type || equal(tuple.type, type)) return print_items(tuple, type);
    return annotated(tuple.type, print_items(tuple, tuple.type));
  }

  std::string print_items(const TupleValue& tuple, const TypePtr& type) {
    const auto* known = type->as<TupleType>();
    if (known && known->elements().size() != tuple.items.size()) known = nullptr;
    std::string text = "(";
    for (size_t i = 0; i < tuple.items.size(); ++i) {
      if (i) text += ", ";
      text += print(tuple.items[i], known ? known->elements()[i] : Type::any());
    }
    return text + (tuple.items.size() == 1 ? ",)" : ")");
  }

  std::string print_enum(const EnumValue& member, const TypePtr& type) const {
    const std::string text = str_cat(member.type->name(), ".", member.name);
    return type.get() == member.type.get() ? text : annotated(member.type, text);
  }

  // "<Object#1 __torch__.C(a=1)>"; a repeated object is "<Object#1>".
  std::string print_object(const ObjectValue& object) {
    const auto [it, fresh] = objects_.emplace(&object, objects_.size() + 1);
    std::string text = str_cat("<Object#", it->second);
    if (!fresh) {
      if (options_.lossless && open_.count(&object)) {
        unimplemented("the text of an object constant that holds itself");
      }
      return text + ">";
    }
    open_.insert(&object);
    text += str_cat(" ", object.type->name(), "(");
    bool first = true;
    for (size_t i = 0; i < object.slots.size(); ++i) {
      if (object.slots[i].tag() == Tag::kUninitialized) continue;
      const ClassType::Attribute& attribute = object.type->attributes()[i];
      if (!first) text += ", ";
      first = false;
      text += str_cat(attribute.name, "=", print(object.slots[i], attribute.type));
    }
    open_.erase(&object);
    return text + ")>";
  }

  const PrintOptions& options_;
  std::map<const ObjectValue*, size_t> objects_;
  std::set<const ObjectValue*> open_;
  int depth_ = 0;
};

}  // namespace

std::string constant_text(const IValue& value, const TypePtr& type, const PrintOptions& options) {
  return ConstantPrinter(options).print(value, type);
}

}  // namespace temper::ir
