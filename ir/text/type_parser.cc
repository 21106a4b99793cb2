#include "ir/text/type_parser.h"

#include <charconv>

#include "core/value/containers.h"
#include "core/value/function.h"
#include "ir/text/literal.h"

namespace temper::ir {
namespace {

constexpr TypeKind kSimpleKinds[] = {
    TypeKind::kAny,       TypeKind::kAnyEnum,  TypeKind::kStorage,      TypeKind::kAnyTuple,
    TypeKind::kAnyList,   TypeKind::kNumber,   TypeKind::kFloat,        TypeKind::kComplex,
    TypeKind::kInt,       TypeKind::kNone,     TypeKind::kString,       TypeKind::kGenerator,
    TypeKind::kQuantizer, TypeKind::kBool,     TypeKind::kCapsule,      TypeKind::kDevice,
    TypeKind::kStream,    TypeKind::kFunction, TypeKind::kAnyClass,     TypeKind::kScalarType,
    TypeKind::kLayout,    TypeKind::kQScheme,  TypeKind::kMemoryFormat,
};

// By the text that the IR prints and by the annotation.
const std::map<std::string, TypePtr, std::less<>>& simple_types() {
  static const auto* const types = [] {
    auto* map = new std::map<std::string, TypePtr, std::less<>>;
    for (const TypeKind kind : kSimpleKinds) {
      const TypePtr type = Type::simple(kind);
      map->emplace(type->ir_text(), type);
      map->emplace(type->annotation(), type);
    }
    return map;
  }();
  return *types;
}

int find_dtype(std::string_view name) {
  for (int code = 0; code < kNumDTypes; ++code) {
    if (dtype_name(static_cast<DType>(code)) == name) return code;
  }
  return -1;
}

// Stands for a function that only its name is known of.
class UnknownFunction final : public Function {
 public:
  explicit UnknownFunction(std::string name) : name_(std::move(name)) {}
  const std::string& qualified_name() const override { return name_; }
  const Schema& schema() const override {
    throw_error(ErrorKind::kNotFound, str_cat("function ", name_, " is only named by an IR text"));
  }

 private:
  std::string name_;
};

}  // namespace

TypePtr TextNames::find_type(const std::string& name) {
  if (source_) return source_->find_type(name);
  Ref<ClassType>& type = classes_[name];
  if (!type) type = ClassType::make(name, false);
  return type;
}

TypePtr TextNames::find_enum(const std::string& name) {
  if (source_) return source_->find_type(name);
  TypePtr& type = enums_[name];
  if (!type) type = EnumType::make(name, Type::string());
  return type;
}

IValue TextNames::enum_member(const EnumType& type, const std::string& member) {
  if (source_) {
    const IValue* found = type.find_member(member);
    return found ? *found : IValue();
  }
  // Not added to the type: type and member would keep each other alive.
  IValue& value = members_[type.name() + "." + member];
  if (value.is_none()) {
    value = IValue(make_ref<EnumValue>(Ref<const EnumType>(&type), member, IValue(member)));
  }
  return value;
}

IValue TextNames::find_function(const std::string& name) {
  if (source_) {
    Ref<Function> found = source_->find_function(name);
    return found ? IValue(std::move(found)) : IValue();
  }
  IValue& value = functions_[name];
  if (value.is_none()) value = IValue(Ref<Function>(make_ref<UnknownFunction>(name)));
  return value;
}

void TextNames::note_attribute(const TypePtr& type, const std::string& name,
                               const TypePtr& attribute) {
  const auto* klass = type->as<ClassType>();
  if (!klass || source_) return;
  const auto found = classes_.find(klass->name());
  if (found == classes_.end() || klass->find_attribute(name) >= 0) return;
  found->second->add_attribute({name, attribute});
}

TypePtr TypeParser::parse() {
  DepthGuard guard(cursor_, &depth_);
  TypePtr type = parse_base();
  for (int suffixes = 0;; ++suffixes) {
    if (suffixes > DepthGuard::kMaxDepth) cursor_.error("nests too deeply");
    if (cursor_.eat("[]")) {
      type = list_of(type);
    } else if (cursor_.eat("?")) {
      type = optional_of(type);
    } else {
      return type;
    }
  }
}

TypePtr TypeParser::parse_base() {
  if (cursor_.eat("(")) return TupleType::make(parse_list(")"));
  const std::string_view word = cursor_.expect_word("a type");
  if (word == "Tensor") return parse_tensor(-1, false);
  if (const int dtype = find_dtype(word); dtype >= 0) return parse_tensor(dtype, false);
  constexpr std::string_view kSuffix = "Tensor";
  if (word.size() > kSuffix.size() && word.substr(word.size() - kSuffix.size()) == kSuffix) {
    const int dtype = find_dtype(word.substr(0, word.size() - kSuffix.size()));
    if (dtype >= 0) return parse_tensor(dtype, true);
  }
  if (TypePtr type = parse_parameters(word)) return type;
  const auto simple = simple_types().find(word);
  if (simple != simple_types().end()) return simple->second;
  return parse_named(word);
}

TypePtr TypeParser::parse_named(std::string_view word) {
  TypePtr type = names_.find_type(std::string(word));
  if (!type) cursor_.error(str_cat("unknown type ", word));
  return type;
}

// Types with parameters; null when `word` does not begin one.
TypePtr TypeParser::parse_parameters(std::string_view word) {
  if (word == "NamedTuple" && cursor_.eat("(")) return parse_named_tuple();
  if (word == "Enum" && cursor_.eat("<")) {
    const std::string name(cursor_.expect_word("an enum"));
    cursor_.expect(">");
    TypePtr type = names_.find_enum(name);
    if (!type || !type->as<EnumType>()) cursor_.error(str_cat("unknown enum ", name));
    return type;
  }
  const bool known = word == "Dict" || word == "List" || word == "Optional" || word == "Tuple" ||
                     word == "Union" || word == "Future" || word == "RRef";
  if (!known) return nullptr;
  const std::string_view open = cursor_.peek("(") ? "(" : "[";
  if (cursor_.peek("[]") || !cursor_.eat(open)) return nullptr;
  std::vector<TypePtr> parts;
  if (word == "Tuple" && cursor_.eat("(")) {  // Tuple[()]
    cursor_.expect(")");
    cursor_.expect("]");
  } else {
    parts = parse_list(open == "(" ? ")" : "]");
  }
  if (word == "Tuple") return TupleType::make(std::move(parts));
  if (word == "Union" && !parts.empty()) return union_of(std::move(parts));
  if (parts.size() != (word == "Dict" ? 2u : 1u)) {
    cursor_.error(str_cat("wrong number of parameters of ", word));
  }
  if (word == "Dict") return DictType::make(parts[0], parts[1]);
  if (word == "List") return list_of(parts[0]);
  if (word == "Optional") return optional_of(parts[0]);
  return word == "Future" ? future_of(parts[0]) : rref_of(parts[0]);
}

std::vector<TypePtr> TypeParser::parse_list(std::string_view close) {
  std::vector<TypePtr> types;
  if (cursor_.eat(close)) return types;
  do {
    types.push_back(parse());
  } while (cursor_.eat(","));
  cursor_.expect(close);
  return types;
}

TypePtr TypeParser::parse_named_tuple() {
  std::vector<std::string> fields;
  std::vector<TypePtr> types;
  do {
    fields.emplace_back(cursor_.expect_word("a field"));
    cursor_.expect(":");
    types.push_back(parse());
    if (cursor_.eat("=")) skip_default();
  } while (cursor_.eat(","));
  cursor_.expect(")");
  return TupleType::make_named("", std::move(fields), std::move(types));
}

// Defaults of fields are not part of a value's type here.
void TypeParser::skip_default() {
  int open = 0;
  while (!cursor_.at_end()) {
    const char c = cursor_.rest()[0];
    if (c == '"') {
      size_t end = 0;
      if (!unquote(cursor_.rest(), &end)) cursor_.error("a string does not end");
      cursor_.advance(end);
      continue;
    }
    if (open == 0 && (c == ',' || c == ')')) return;
    if (c == '(' || c == '[' || c == '{') ++open;
    if (c == ')' || c == ']' || c == '}') --open;
    cursor_.advance(1);
  }
}

TypePtr TypeParser::parse_tensor(int dtype, bool unranked) {
  TensorType::Known known;
  known.dtype = dtype;
  if (cursor_.eat("(")) {
    known.has_rank = !unranked;
    const bool empty = cursor_.peek(")");
    parse_tensor_fields(&known);
    // "Tensor(requires_grad=0)" says nothing of the rank.
    if (dtype < 0 && known.sizes.empty() && !empty) known.has_rank = false;
  }
  if (cursor_.eat("[Undefined]")) known.undefined = true;
  return TensorType::make(std::move(known));
}

void TypeParser::parse_tensor_fields(TensorType::Known* known) {
  if (cursor_.eat(")")) return;
  do {
    if (cursor_.eat("strides=[")) {
      known->strides = parse_dims();
      if (known->strides.size() != known->sizes.size()) cursor_.error("wrong number of strides");
    } else if (cursor_.eat("requires_grad=")) {
      const std::string_view value = cursor_.number();
      if (value != "0" && value != "1") cursor_.error("expected 0 or 1");
      known->requires_grad = value == "1";
    } else if (cursor_.eat("device=")) {
      std::string device(cursor_.expect_word("a device"));
      if (cursor_.eat(":")) device += str_cat(":", cursor_.number());
      known->device = to_string(parse_device(device));
    } else if (cursor_.eat("*")) {
      known->sizes.push_back(-1);
    } else if (cursor_.eat("SS(")) {
      int64_t symbol = 0;
      const std::string_view text = cursor_.number();
      std::from_chars(text.data(), text.data() + text.size(), symbol);
      if (symbol >= -1) cursor_.error("a symbol is below -1");
      known->sizes.push_back(symbol);
      cursor_.expect(")");
    } else {
      int64_t size = 0;
      const std::string_view text = cursor_.number();
      const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), size);
      if (bad != std::errc() || end != text.data() + text.size() || size < 0) {
        cursor_.error("expected a size");
      }
      known->sizes.push_back(size);
    }
  } while (cursor_.eat(","));
  cursor_.expect(")");
}

std::vector<int64_t> TypeParser::parse_dims() {
  std::vector<int64_t> dims;
  if (cursor_.eat("]")) return dims;
  do {
    const std::string_view text = cursor_.number();
    int64_t value = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (bad != std::errc() || end != text.data() + text.size()) cursor_.error("expected an int");
    dims.push_back(value);
  } while (cursor_.eat(","));
  cursor_.expect("]");
  return dims;
}

}  // namespace temper::ir
