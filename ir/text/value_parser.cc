#include "ir/text/value_parser.h"

#include <charconv>

#include "core/value/function.h"
#include "ir/text/literal.h"
#include "ir/text/tensor_text.h"

namespace temper::ir {
namespace {

bool is_kind(const TypePtr& type, TypeKind kind) { return type->kind() == kind; }

bool hashable(const IValue& value) {
  return value.is_scalar() || value.is_string() || value.is_tensor();
}

}  // namespace

std::string ValueParser::parse_string() {
  size_t end = 0;
  std::optional<std::string> text = unquote(cursor_.rest(), &end);
  if (!text) cursor_.error("expected a quoted string");
  cursor_.advance(end);
  return std::move(*text);
}

IValue ValueParser::parse(const TypePtr& declared) {
  DepthGuard guard(cursor_, &depth_);
  const std::string_view rest = cursor_.rest();
  if (rest.empty()) cursor_.error("expected a value");
  const bool strip = may_be_none(declared) && !is_kind(declared, TypeKind::kNone) &&
                     !is_kind(declared, TypeKind::kAny);
  const TypePtr type = strip ? without_none(declared) : declared;
  switch (rest[0]) {
    case '"': {
      std::string text = parse_string();
      if (is_kind(type, TypeKind::kDevice)) return IValue(parse_device(text));
      return IValue(std::move(text));
    }
    case '[': return parse_list(type);
    case '(': return parse_tuple(type);
    case '<': return parse_angle(type);
    case '{':
      return is_kind(type, TypeKind::kTensor) ? IValue(parse_tensor(&cursor_, type))
                                              : parse_dict(type);
    default: break;
  }
  // A name may begin with "inf" or "nan" and still be an enum's.
  const size_t start = cursor_.position();
  const std::string_view word = cursor_.word();
  cursor_.set_position(start);
  const bool number = cursor_.at_number() && (word.empty() || word.find("::") == word.npos) &&
                      (word.size() <= 3 || (word[0] >= '0' && word[0] <= '9') || word[0] == '.' ||
                       word == "infj" || word == "nanj");
  return number ? parse_number(type) : parse_word(type);
}

IValue ValueParser::parse_number(const TypePtr& type) {
  const std::string real(cursor_.number());
  const std::string_view rest = cursor_.rest();
  const bool complex = !rest.empty() && (rest[0] == '+' || rest[0] == '-' || rest[0] == 'j');
  if (complex) {
    if (cursor_.eat("j"))
      return IValue(std::complex<double>(0, std::strtod(real.c_str(), nullptr)));
    const std::string imag(cursor_.number());
    cursor_.expect("j");
    return IValue(std::complex<double>(std::strtod(real.c_str(), nullptr),
                                       std::strtod(imag.c_str(), nullptr)));
  }
  if (is_kind(type, TypeKind::kFloat) || is_float_text(real)) {
    return IValue(std::strtod(real.c_str(), nullptr));
  }
  int64_t value = 0;
  const char* const last = real.data() + real.size();
  const auto [end, bad] = std::from_chars(real.data(), last, value);
  if (bad != std::errc() || end != last) cursor_.error(str_cat("bad number ", real));
  if (is_kind(type, TypeKind::kBool)) return IValue(value != 0);
  return IValue(value);
}

IValue ValueParser::parse_annotated(const TypePtr& declared) {
  cursor_.expect("(");
  TypePtr type = types_.parse();
  cursor_.expect(",");
  // The declared type tells more than an annotation with the same text: names of NamedTuples.
  if (declared->annotation() == type->annotation()) type = declared;
  IValue value = parse(type);
  cursor_.expect(")");
  return value;
}

IValue ValueParser::parse_list(const TypePtr& type) {
  cursor_.expect("[");
  TypePtr element;
  if (is_kind(type, TypeKind::kList)) element = type->expect<WrapperType>().element();
  std::vector<IValue> items;
  if (!cursor_.eat("]")) {
    do {
      items.push_back(parse(element ? element : Type::any()));
    } while (cursor_.eat(","));
    cursor_.expect("]");
  }
  if (!element) element = items.empty() ? Type::any() : type_of(items[0]);
  return make_list(element, std::move(items));
}

IValue ValueParser::parse_dict(const TypePtr& type) {
  cursor_.expect("{");
  const auto* declared = type->as<DictType>();
  auto dict = make_ref<DictValue>(declared ? declared->key() : Type::any(),
                                  declared ? declared->value() : Type::any());
  if (!cursor_.eat("}")) {
    do {
      const IValue key = parse(dict->key_type);
      if (!hashable(key)) cursor_.error("this cannot be a key");
      cursor_.expect(":");
      IValue value = parse(dict->value_type);
      if (!declared && dict->size() == 0) {
        dict->key_type = type_of(key);
        dict->value_type = type_of(value);
      }
      dict->set(key, std::move(value));
    } while (cursor_.eat(","));
    cursor_.expect("}");
  }
  return IValue(dict);
}

IValue ValueParser::parse_tuple(const TypePtr& type) {
  cursor_.expect("(");
  const auto* declared = type->as<TupleType>();
  std::vector<IValue> items;
  while (!cursor_.eat(")")) {
    const bool known = declared && items.size() < declared->elements().size();
    items.push_back(parse(known ? declared->elements()[items.size()] : Type::any()));
    if (!cursor_.eat(",") && !cursor_.peek(")")) cursor_.error("expected ',' or ')'");
  }
  if (declared && declared->elements().size() != items.size()) {
    cursor_.error(str_cat("expected ", declared->elements().size(), " elements"));
  }
  const TypePtr named = declared && declared->named() ? type : nullptr;
  return IValue(make_ref<TupleValue>(std::move(items), named));
}

// None, True, annotate(...), torch.device("..."), or a member of an enum.
IValue ValueParser::parse_word(const TypePtr& type) {
  const std::string word(cursor_.expect_word("a value"));
  if (word == "None") return IValue();
  if (word == "True" || word == "False") return IValue(word == "True");
  if (word == "annotate") return parse_annotated(type);
  if (word == "torch.device") {
    cursor_.expect("(");
    const Device device = parse_device(parse_string());
    cursor_.expect(")");
    return IValue(device);
  }
  const auto* declared = type->as<EnumType>();
  const size_t dot = word.rfind('.');
  if (!declared || dot == std::string::npos) cursor_.error(str_cat("unknown value ", word));
  if (word.substr(0, dot) != declared->name()) {
    cursor_.error(str_cat("expected a member of ", declared->name()));
  }
  IValue member = names_.enum_member(*declared, word.substr(dot + 1));
  if (member.is_none())
    cursor_.error(str_cat(declared->name(), " has no member ", word.substr(dot + 1)));
  return member;
}

IValue ValueParser::parse_angle(const TypePtr& type) {
  if (cursor_.eat("<Object#")) return parse_object();
  if (cursor_.eat("<Function")) {
    const std::string name(cursor_.expect_word("a function"));
    cursor_.expect(">");
    IValue function = names_.find_function(name);
    if (function.is_none()) cursor_.error(str_cat("unknown function ", name));
    return function;
  }
  return IValue(parse_tensor(&cursor_, type));
}

IValue ValueParser::parse_object() {
  const std::string number(cursor_.number());
  if (cursor_.eat(">")) {
    const auto known = objects_.find(number);
    if (known == objects_.end()) cursor_.error(str_cat("unknown object ", number));
    return known->second;
  }
  const TypePtr type = types_.parse();
  const auto* klass = type->as<ClassType>();
  if (!klass) cursor_.error("expected a class");
  auto object = make_ref<ObjectValue>(Ref<const ClassType>(klass));
  cursor_.expect("(");
  while (!cursor_.eat(")")) {
    const std::string name(cursor_.expect_word("an attribute"));
    cursor_.expect("=");
    const int known = klass->find_attribute(name);
    IValue value =
        parse(known >= 0 ? klass->attributes()[static_cast<size_t>(known)].type : Type::any());
    names_.note_attribute(type, name, type_of(value));
    const int slot = klass->find_attribute(name);
    if (slot < 0) cursor_.error(str_cat(klass->name(), " has no attribute ", name));
    object->slots.resize(klass->attributes().size(), IValue::uninitialized());
    object->slots[static_cast<size_t>(slot)] = std::move(value);
    if (!cursor_.eat(",") && !cursor_.peek(")")) cursor_.error("expected ',' or ')'");
  }
  cursor_.expect(">");
  // Known only now: an object cannot hold itself.
  objects_[number] = IValue(object);
  return IValue(object);
}

}  // namespace temper::ir
