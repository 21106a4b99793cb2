#include <cctype>
#include <cstdlib>

#include "core/base/error.h"
#include "core/value/containers.h"
#include "core/value/schema.h"

namespace temper {
namespace {

constexpr int kMaxDepth = 32;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

TypePtr named_type(std::string_view name) {
  struct Entry {
    std::string_view name;
    TypeKind kind;
  };
  static constexpr Entry kTypes[] = {
      {"Tensor", TypeKind::kTensor},
      {"int", TypeKind::kInt},
      {"SymInt", TypeKind::kInt},
      {"ScalarType", TypeKind::kInt},
      {"Layout", TypeKind::kInt},
      {"MemoryFormat", TypeKind::kInt},
      {"SymFloat", TypeKind::kFloat},
      {"SymBool", TypeKind::kBool},
      {"DeviceIndex", TypeKind::kInt},
      {"QScheme", TypeKind::kQScheme},
      {"float", TypeKind::kFloat},
      {"complex", TypeKind::kComplex},
      {"bool", TypeKind::kBool},
      {"str", TypeKind::kString},
      {"Dimname", TypeKind::kString},
      {"Scalar", TypeKind::kNumber},
      {"number", TypeKind::kNumber},
      {"Device", TypeKind::kDevice},
      {"Stream", TypeKind::kStream},
      {"Generator", TypeKind::kGenerator},
      {"Storage", TypeKind::kStorage},
      {"Quantizer", TypeKind::kQuantizer},
      {"ConstQuantizerPtr", TypeKind::kInt},
      {"None", TypeKind::kNone},
      {"NoneType", TypeKind::kNone},
      {"Any", TypeKind::kAny},
      {"Capsule", TypeKind::kCapsule},
      {"AnyClassType", TypeKind::kAnyClass},
      {"AnyEnumType", TypeKind::kAnyEnum},
      {"AnyListType", TypeKind::kAnyList},
      {"list", TypeKind::kAnyList},
      {"tuple", TypeKind::kAnyTuple},
      {"Function", TypeKind::kFunction},
  };
  for (const Entry& entry : kTypes) {
    if (entry.name == name) return Type::simple(entry.kind);
  }
  return nullptr;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Schema schema() {
    Schema schema;
    schema.name = qualified_name();
    if (eat(".")) schema.overload = word();
    expect("(");
    arguments(schema);
    expect("->");
    returns(schema);
    if (!done()) error("unexpected text after the schema");
    return schema;
  }

  TypePtr lone_type() {
    Argument argument;
    TypePtr result = type(argument);
    if (!done()) error("unexpected text after the type");
    return result;
  }

 private:
  [[noreturn]] void error(std::string_view what) {
    fail("schema '", text_, "': ", what, " at position ", at_);
  }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool done() {
    skip();
    return at_ == text_.size();
  }
  bool peek(std::string_view token) {
    skip();
    return text_.substr(at_, token.size()) == token;
  }
  bool eat(std::string_view token) {
    if (!peek(token)) return false;
    at_ += token.size();
    return true;
  }
  void expect(std::string_view token) {
    if (!eat(token)) error(str_cat("expected '", token, "'"));
  }
  std::string word() {
    skip();
    const size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    if (start == at_) error("expected a name");
    return std::string(text_.substr(start, at_ - start));
  }
  std::string qualified_name() {
    std::string name = word();
    if (eat("::")) name += "::" + word();
    return name;
  }

  void arguments(Schema& schema) {
    bool keyword_only = false;
    while (!eat(")")) {
      if (schema.vararg) error("'...' must be last");
      if (eat("...")) {
        schema.vararg = true;
      } else if (eat("*")) {
        keyword_only = true;
      } else {
        Argument argument;
        argument.type = type(argument);
        argument.name = word();
        argument.keyword_only = keyword_only;
        if (eat("=")) argument.default_value = default_value(argument);
        schema.arguments.push_back(std::move(argument));
      }
      if (!eat(",") && !peek(")")) error("expected ',' or ')'");
    }
  }

  void returns(Schema& schema) {
    if (eat("...")) {
      schema.varret = true;
      return;
    }
    // A parenthesis opens either the list of returns or a lone tuple type, "(A, B)[]".
    if (peek("(") && !parenthesis_is_type()) {
      expect("(");
      while (!eat(")")) {
        schema.returns.push_back(one_return());
        if (!eat(",") && !peek(")")) error("expected ',' or ')'");
      }
      return;
    }
    schema.returns.push_back(one_return());
  }

  bool parenthesis_is_type() {
    int depth = 0;
    for (size_t i = at_; i < text_.size(); ++i) {
      depth += text_[i] == '(' ? 1 : text_[i] == ')' ? -1 : 0;
      if (depth == 0) return i + 1 < text_.size();
    }
    error("unbalanced parenthesis");
  }

  Argument one_return() {
    Argument result;
    result.type = type(result);
    skip();
    if (at_ < text_.size() && is_word(text_[at_])) result.name = word();
    return result;
  }

  AliasInfo alias() {
    AliasInfo info;
    if (eat("!")) {  // a fresh set that is written
      info.is_write = true;
      info.before = info.after = {str_cat("$", fresh_++)};
      return info;
    }
    expect("(");
    sets(info.before);
    if (eat("!")) info.is_write = true;
    if (eat("->")) {
      sets(info.after);
    } else {
      info.after = info.before;
    }
    expect(")");
    return info;
  }
  void sets(std::vector<std::string>& out) {
    do {
      out.push_back(eat("*") ? "*" : word());
    } while (eat("|"));
  }

  // The parenthesis of an alias annotation: "(a", "(a!", "(*", always lower case and short.
  bool at_alias() {
    skip();
    if (peek("!")) return true;
    if (!peek("(")) return false;
    const size_t close = text_.find(')', at_);
    if (close == std::string_view::npos) return false;
    const std::string_view inside = text_.substr(at_ + 1, close - at_ - 1);
    return !inside.empty() && inside.find(',') == std::string_view::npos;
  }

  TypePtr base_type(std::string* written) {
    if (eat("(")) {
      std::vector<TypePtr> elements;
      while (!eat(")")) {
        Argument ignored;
        elements.push_back(type(ignored));
        if (!eat(",") && !peek(")")) error("expected ',' or ')'");
      }
      return TupleType::make(std::move(elements));
    }
    std::string name = word();
    if (name == "__torch__") {
      while (eat(".")) name += "." + word();
      return Type::simple(TypeKind::kAnyClass);
    }
    // An Await is a Future whose work starts when somebody waits.
    if (name == "Await") name = "Future";
    if (name == "Dict" || name == "Future" || name == "RRef" || name == "Union") {
      return generic(name);
    }
    if (TypePtr known = named_type(name)) {
      if (name == "ScalarType" || name == "Layout" || name == "MemoryFormat" || name == "SymInt") {
        *written = name;
      }
      return known;
    }
    if (std::islower(static_cast<unsigned char>(name[0]))) return TypeVarType::make(name);
    error(str_cat("unknown type '", name, "'"));
  }

  // Schemas write Future(T), printed IR writes Future[T].
  TypePtr generic(const std::string& name) {
    const bool square = eat("[");
    if (!square) expect("(");
    const std::string_view close = square ? "]" : ")";
    std::vector<TypePtr> parameters;
    while (!eat(close)) {
      Argument ignored;
      parameters.push_back(type(ignored));
      if (!eat(",") && !peek(close)) error("expected ',' between types");
    }
    if (name == "Union") return union_of(std::move(parameters));
    const size_t wanted = name == "Dict" ? 2 : 1;
    if (parameters.size() != wanted) error(str_cat(name, " takes ", wanted, " types"));
    if (name == "Dict") return DictType::make(parameters[0], parameters[1]);
    return name == "Future" ? future_of(parameters[0]) : rref_of(parameters[0]);
  }

  // Defaults are repeated as often.
  int list_size() {
    const std::string digits = word();
    const bool number = digits.find_first_not_of("0123456789") == std::string::npos;
    if (!number || digits.size() > 3) error(str_cat("expected a list's size, got ", digits));
    return std::stoi(digits);
  }

  TypePtr type(Argument& argument) {
    if (++depth_ > kMaxDepth) error("types nest too deeply");
    std::string written;
    TypePtr result = base_type(&written);
    while (true) {
      if (at_alias()) {
        argument.alias = alias();
      } else if (eat("[")) {
        skip();
        if (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
          argument.fixed_size = list_size();
        }
        expect("]");
        // An annotation seen so far belongs to the elements.
        if (argument.alias) {
          AliasInfo outer;
          outer.contained.push_back(std::move(*argument.alias));
          argument.alias = std::move(outer);
        }
        result = list_of(result);
        if (!written.empty()) written += "[]";
      } else if (eat("?")) {
        result = optional_of(result);
        if (!written.empty()) written += "?";
      } else {
        break;
      }
    }
    argument.written_type = std::move(written);
    --depth_;
    return result;
  }

  IValue number(const TypePtr& wanted) {
    skip();
    const std::string rest(text_.substr(at_, 64));
    char* end = nullptr;
    const double value = std::strtod(rest.c_str(), &end);
    const size_t used = static_cast<size_t>(end - rest.c_str());
    if (used == 0) error("expected a number");
    const std::string token = rest.substr(0, used);
    at_ += used;
    const bool is_int = token.find_first_of(".eEnN") == std::string::npos;
    if (wanted->kind() == TypeKind::kFloat) return value;
    return is_int ? IValue(static_cast<int64_t>(std::strtoll(token.c_str(), nullptr, 10)))
                  : IValue(value);
  }

  IValue identifier_default() {
    const std::string name = word();
    if (name == "True") return true;
    if (name == "False") return false;
    if (name == "None") return IValue();
    if (name == "float") return static_cast<int64_t>(DType::kFloat32);
    if (name == "complex") return static_cast<int64_t>(DType::kComplex64);
    if (name == "long") return static_cast<int64_t>(DType::kInt64);
    if (name == "strided" || name == "contiguous_format") return 0;
    if (name == "Mean") return 1;
    if (name == "inf" || name == "nan") return std::strtod(name.c_str(), nullptr);
    error(str_cat("unknown default '", name, "'"));
  }

  static char unescape(char c) {
    switch (c) {
      case 'n': return '\n';
      case 't': return '\t';
      case 'r': return '\r';
      case 'f': return '\f';
      case 'v': return '\v';
      default: return c;
    }
  }

  std::string quoted() {
    const char quote = text_[at_++];
    std::string out;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      const bool escaped = text_[at_] == '\\' && at_ + 1 < text_.size();
      out += escaped ? unescape(text_[++at_]) : text_[at_];
    }
    if (at_ == text_.size()) error("unterminated string");
    ++at_;
    return out;
  }

  IValue scalar_default(const TypePtr& wanted) {
    skip();
    if (at_ == text_.size()) error("expected a default value");
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      if (wanted->kind() != TypeKind::kString && wanted->kind() != TypeKind::kAny) {
        error(str_cat("a string is no default of type ", wanted->annotation()));
      }
      return quoted();
    }
    if (std::isalpha(static_cast<unsigned char>(c))) return identifier_default();
    return number(wanted);
  }

  IValue default_value(const Argument& argument) {
    TypePtr wanted = without_none(argument.type);
    const bool list = wanted->kind() == TypeKind::kList;
    const TypePtr element = list ? wanted->expect<WrapperType>().element() : wanted;
    if (eat("[")) {
      std::vector<IValue> items;
      while (!eat("]")) {
        items.push_back(scalar_default(element));
        if (!eat(",") && !peek("]")) error("expected ',' or ']'");
      }
      return make_list(element, std::move(items));
    }
    IValue value = scalar_default(element);
    if (!list || value.is_none()) return value;
    const size_t count = static_cast<size_t>(argument.fixed_size.value_or(1));
    return make_list(element, std::vector<IValue>(count, value));
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  int fresh_ = 0;
};

}  // namespace

Schema parse_schema(std::string_view text) { return Parser(text).schema(); }
TypePtr parse_schema_type(std::string_view text) { return Parser(text).lone_type(); }

}  // namespace temper
