#include <map>

#include "core/base/error.h"
#include "ir/import/archive_sources.h"
#include "ir/import/import.h"
#include "ir/script/ast.h"
#include "ir/script/source.h"

namespace temper::ir {
namespace {

// Forms of the language that have no schema: "prim::RaiseException" and the like.
bool is_language_form(std::string_view name) {
  for (int kind = 0; kind <= static_cast<int>(Kind::kWarn); ++kind) {
    if (kind_name(static_cast<Kind>(kind)) == name) return true;
  }
  return false;
}

class Scanner {
 public:
  explicit Scanner(const OpRegistry& ops) : ops_(ops) {}

  void scan(const SourceFile& file) {
    for (const Definition& definition : file.definitions) {
      if (definition.function) body(definition.function->body);
      if (definition.klass) body(definition.klass->body);
    }
  }
  std::vector<OperatorUse> result() {
    std::vector<OperatorUse> uses;
    for (auto& [name, use] : uses_) uses.push_back(std::move(use));
    return uses;
  }

 private:
  void body(const std::vector<StmtPtr>& statements) {
    for (const StmtPtr& statement : statements) {
      for (const ExprPtr& target : statement->targets) expression(target.get());
      expression(statement->value.get());
      expression(statement->message.get());
      for (const WithItem& item : statement->items) expression(item.value.get());
      body(statement->body);
      body(statement->orelse);
      if (statement->function) body(statement->function->body);
    }
  }

  void expression(const Expr* expr) {
    if (!expr) return;
    if (expr->kind == ExprKind::kCall && !expr->children.empty()) callee(*expr->children[0]);
    for (const ExprPtr& child : expr->children) expression(child.get());
    for (const Keyword& keyword : expr->keywords) expression(keyword.value.get());
  }

  // torch.X and torch.autograd.X are aten::X; ops.ns.X is ns::X.
  void callee(const Expr& expr) {
    if (expr.kind != ExprKind::kAttribute) return;
    const Expr& object = *expr.children[0];
    if (object.kind == ExprKind::kName && object.text == "torch") {
      if (expr.text != "device") add(str_cat("aten::", expr.text), expr);
    } else if (object.kind == ExprKind::kAttribute && object.children[0]->kind == ExprKind::kName) {
      const std::string& root = object.children[0]->text;
      if (root == "ops") add(str_cat(object.text, "::", expr.text), expr);
      if (root == "torch" && object.text == "autograd") add(str_cat("aten::", expr.text), expr);
    }
  }

  void add(std::string name, const Expr& place) {
    OperatorUse& use = uses_[name];
    if (use.count++ > 0) return;
    use.name = name;
    const auto overloads = ops_.overloads(name);
    const bool form = is_language_form(name);
    use.known = form || !overloads.empty();
    use.implemented = form;
    for (const OpDef* op : overloads) use.implemented |= op->implemented();
    const auto [line, column] = place.range.text->position(place.range.begin);
    use.first_place = str_cat(place.range.text->file_name(), ":", line);
  }

  const OpRegistry& ops_;
  std::map<std::string, OperatorUse> uses_;
};

}  // namespace

std::vector<OperatorUse> list_operators(const ZipReader& zip, const OpRegistry& ops) {
  Scanner scanner(ops);
  for (const ZipReader::Entry& entry : zip.entries()) {
    const size_t code = entry.name.find("/code/");
    if (code == std::string::npos || !entry.name.ends_with(".py")) continue;
    scanner.scan(parse_source(
        std::make_shared<SourceText>(read_source(zip, entry), entry.name.substr(code + 1))));
  }
  return scanner.result();
}

}  // namespace temper::ir
