#include "ir/script/type_annotations.h"

#include <cstdlib>

#include "ir/script/diagnostics.h"

namespace temper::ir {
namespace {

struct SimpleName {
  std::string_view name;
  TypeKind kind;
};
constexpr SimpleName kSimple[] = {
    {"Tensor", TypeKind::kTensor},
    {"LongTensor", TypeKind::kTensor},
    {"FloatTensor", TypeKind::kTensor},
    {"DoubleTensor", TypeKind::kTensor},
    {"IntTensor", TypeKind::kTensor},
    {"ShortTensor", TypeKind::kTensor},
    {"HalfTensor", TypeKind::kTensor},
    {"CharTensor", TypeKind::kTensor},
    {"ByteTensor", TypeKind::kTensor},
    {"BoolTensor", TypeKind::kTensor},
    {"int", TypeKind::kInt},
    {"float", TypeKind::kFloat},
    {"bool", TypeKind::kBool},
    {"complex", TypeKind::kComplex},
    {"str", TypeKind::kString},
    {"number", TypeKind::kNumber},
    {"Device", TypeKind::kDevice},
    {"Stream", TypeKind::kStream},
    {"Any", TypeKind::kAny},
    {"Capsule", TypeKind::kCapsule},
    {"None", TypeKind::kNone},
    {"NoneType", TypeKind::kNone},
    {"list", TypeKind::kAnyList},
    {"tuple", TypeKind::kAnyTuple},
    {"List", TypeKind::kAnyList},
    {"Tuple", TypeKind::kAnyTuple},
    {"Generator", TypeKind::kGenerator},
    {"AnyClassType", TypeKind::kAnyClass},
    {"AnyEnumType", TypeKind::kAnyEnum},
    {"QScheme", TypeKind::kQScheme},
    {"Storage", TypeKind::kStorage},
};

// Spellings of Python programs that mean a simple type.
constexpr SimpleName kPaths[] = {
    {"torch.Tensor", TypeKind::kTensor},
    {"torch.device", TypeKind::kDevice},
    {"torch.dtype", TypeKind::kInt},
    {"torch.Generator", TypeKind::kGenerator},
};

class Resolver {
 public:
  explicit Resolver(const TypeFinder& find) : find_(find) {}

  TypePtr resolve(const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kNone: return Type::none();
      case ExprKind::kName:
      case ExprKind::kAttribute: return named(expr);
      case ExprKind::kString: return quoted(expr);
      case ExprKind::kSubscript: return generic(expr);
      default: fail_at(expr.range, "this is not a type");
    }
  }

 private:
  TypePtr named(const Expr& expr) {
    const std::string path = dotted_path(expr);
    if (expr.kind == ExprKind::kName) {
      for (const SimpleName& row : kSimple) {
        if (row.name == path) return Type::simple(row.kind);
      }
    }
    for (const SimpleName& row : kPaths) {
      if (row.name == path) return Type::simple(row.kind);
    }
    if (TypePtr type = path.empty() ? nullptr : find_(path)) return type;
    fail_at(expr.range, "unknown type '", path, "'");
  }

  // A forward reference written as a string.
  TypePtr quoted(const Expr& expr) {
    const auto text = std::make_shared<const SourceText>(expr.text, "<type string>");
    const ExprPtr inner = parse_expression(text);
    if (inner->kind == ExprKind::kString) fail_at(expr.range, "this is not a type");
    return resolve(*inner);
  }

  std::vector<TypePtr> parameters(const Expr& expr, size_t count) {
    std::vector<TypePtr> types;
    for (size_t i = 1; i < expr.children.size(); ++i) types.push_back(resolve(*expr.children[i]));
    if (count != 0 && types.size() != count) {
      fail_at(expr.range, "'", dotted_path(*expr.children[0]), "' takes ", count,
              count == 1 ? " parameter" : " parameters", " but got ", types.size());
    }
    return types;
  }

  TypePtr generic(const Expr& expr) {
    std::string name = dotted_path(*expr.children[0]);
    if (const size_t dot = name.rfind('.'); dot != std::string::npos) name.erase(0, dot + 1);
    if (name == "Optional") return optional_of(parameters(expr, 1)[0]);
    if (name == "List" || name == "list") return list_of(parameters(expr, 1)[0]);
    if (name == "Future" || name == "Await") return future_of(parameters(expr, 1)[0]);
    if (name == "RRef") return rref_of(parameters(expr, 1)[0]);
    if (name == "Dict" || name == "dict") return dict(expr);
    if (name == "Tuple" || name == "tuple") return tuple(expr);
    if (name == "Union") return union_of(parameters(expr, 0));
    if (name == "Final") fail_at(expr.range, "Final[] belongs to class constants only");
    fail_at(expr.range, "unknown generic type '", name, "'");
  }

  TypePtr dict(const Expr& expr) {
    std::vector<TypePtr> types = parameters(expr, 2);
    switch (types[0]->kind()) {
      case TypeKind::kString:
      case TypeKind::kInt:
      case TypeKind::kFloat:
      case TypeKind::kBool:
      case TypeKind::kComplex:
      case TypeKind::kTensor: return DictType::make(types[0], types[1]);
      default:
        fail_at(expr.range, "keys of a Dict must be str, int, float, bool, complex or Tensor, not ",
                types[0]->annotation());
    }
  }

  TypePtr tuple(const Expr& expr) {
    const bool empty = expr.children.size() == 2 && expr.children[1]->kind == ExprKind::kTuple &&
                       expr.children[1]->children.empty();
    return TupleType::make(empty ? std::vector<TypePtr>() : parameters(expr, 0));
  }

  const TypeFinder& find_;
};

// BroadcastingListN -> N, with the element type as a parameter; _size_N_t -> N of ints.
std::optional<int> broadcast_size(std::string_view name, std::string_view prefix,
                                  std::string_view suffix) {
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  name.remove_suffix(suffix.size());
  if (name.size() != 1 || name[0] < '1' || name[0] > '9') return std::nullopt;
  return name[0] - '0';
}

}  // namespace

std::string dotted_path(const Expr& expr) {
  if (expr.kind == ExprKind::kName) return expr.text;
  if (expr.kind != ExprKind::kAttribute) return "";
  std::string base = dotted_path(*expr.children[0]);
  return base.empty() ? base : str_cat(base, ".", expr.text);
}

const Expr* final_annotation(const Expr& annotation) {
  if (annotation.kind != ExprKind::kSubscript || annotation.children.size() != 2) return nullptr;
  const std::string path = dotted_path(*annotation.children[0]);
  const bool final = path == "Final" || path.ends_with(".Final");
  return final ? annotation.children[1].get() : nullptr;
}

TypePtr resolve_annotation(const Expr& annotation, const TypeFinder& find) {
  return Resolver(find).resolve(annotation);
}

TypePtr resolve_parameter_annotation(const Expr& annotation, const TypeFinder& find,
                                     std::optional<int>* fixed_size) {
  if (annotation.kind == ExprKind::kSubscript && annotation.children.size() == 2) {
    *fixed_size = broadcast_size(dotted_path(*annotation.children[0]), "BroadcastingList", "");
    if (*fixed_size) return list_of(resolve_annotation(*annotation.children[1], find));
    if (dotted_path(*annotation.children[0]) == "Optional") {
      return optional_of(resolve_parameter_annotation(*annotation.children[1], find, fixed_size));
    }
  }
  if (annotation.kind == ExprKind::kName) {
    *fixed_size = broadcast_size(annotation.text, "_size_", "_t");
    if (*fixed_size) return list_of(Type::integer());
  }
  return resolve_annotation(annotation, find);
}

}  // namespace temper::ir
