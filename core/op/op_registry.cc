#include <algorithm>

#include "core/base/error.h"
#include "core/op/op_def.h"
#include "core/value/function.h"

namespace temper {
namespace {

std::string_view name_of(std::string_view key) {
  const size_t dot = key.find('.', key.find("::"));
  return key.substr(0, dot);
}

bool returns_alias(const Argument& result) {
  return result.alias && (!result.alias->before.empty() || !result.alias->contained.empty());
}

bool is_tensor_option(std::string_view name) {
  return name == "dtype" || name == "layout" || name == "device" || name == "pin_memory";
}

// The first `count` arguments of `a` are those of `b` in name and type, ignoring alias annotations.
// Where `a` fills a tensor that exists, `b` may also take what a new one is made with.
bool same_arguments(const Schema& a, size_t count, const Schema& b, bool fills) {
  size_t i = 0;
  for (const Argument& argument : b.arguments) {
    const bool same = i < count && equal(a.arguments[i].type, argument.type) &&
                      (i == 0 || a.arguments[i].name == argument.name);
    if (same) {
      ++i;
    } else if (!fills || !is_tensor_option(argument.name)) {
      return false;
    }
  }
  return i == count;
}

// ns::name of ns::name_ and ns::__name__ of ns::__iname__; empty when there is no mark.
std::string without_in_place_mark(std::string name) {
  const size_t at = name.find("::__i");
  if (at != std::string::npos && name.ends_with("__")) return name.erase(at + 4, 1);
  if (!name.ends_with('_')) return "";
  name.pop_back();
  return name;
}

// A tensor, or a list of tensors, that is written.
bool is_filled(const Argument& argument) {
  if (!argument.alias) return false;
  const auto& elements = argument.alias->contained;
  return argument.is_write() || (!elements.empty() && elements[0].is_write);
}

// Trailing keyword-only arguments that are written: the results of an out= form.
size_t count_outs(const Schema& schema) {
  size_t outs = 0;
  while (outs < schema.arguments.size()) {
    const Argument& argument = schema.arguments[schema.arguments.size() - 1 - outs];
    if (!argument.keyword_only || !is_filled(argument)) break;
    ++outs;
  }
  return outs;
}

std::vector<std::string> argument_names(const Schema& schema) {
  std::vector<std::string> names;
  for (const Argument& argument : schema.arguments) names.push_back(argument.name);
  return names;
}

}  // namespace

PointwiseRule::PointwiseRule(const Schema& schema, std::string_view text, DTypeRule rule)
    : expression(parse_scalar_expr(text, argument_names(schema))), dtypes(rule) {
  for (const std::string& input : expression.inputs) {
    const bool modifier =
        input == "alpha" || input == "beta" || input == "value" || input == "condition";
    inputs.push_back({schema.find_argument(input), !modifier && rule != DTypeRule::kFirst});
  }
}

OpDef& OpRegistry::append(Schema schema) {
  OpDef& op = ops_.emplace_back();
  op.schema_ = std::move(schema);
  op.writes_ = op.schema_.has_writes();
  op.may_alias_ = std::any_of(op.schema_.returns.begin(), op.schema_.returns.end(), returns_alias);
  if (!by_key_.emplace(op.key(), &op).second) {
    throw_error(ErrorKind::kInternal, str_cat("operator ", op.key(), " is declared twice"));
  }
  by_name_[op.name()].push_back(&op);
  return op;
}

void OpRegistry::add_schemas(std::string_view lines) {
  by_key_.reserve(8192);
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    if (line.empty() || line[0] == '#') continue;
    append(parse_schema(line));
  }
}

OpDef& OpRegistry::must_find(std::string_view key) {
  const auto it = by_key_.find(std::string(key));
  if (it == by_key_.end()) {
    throw_error(ErrorKind::kInternal, str_cat("a row names the unknown operator ", key));
  }
  return *it->second;
}

void OpRegistry::add(absl::Span<const OpRow> rows) {
  for (const OpRow& row : rows) {
    OpDef& op = must_find(row.key);
    if (op.kernel_) {
      throw_error(ErrorKind::kInternal, str_cat("operator ", row.key, " has two rows"));
    }
    op.kernel_ = row.kernel;
    op.properties_ = row.properties;
    op.scalar_ = row.scalar;
  }
}

void OpRegistry::add_pointwise(absl::Span<const PointwiseRow> rows, Kernel kernel, Kernel group) {
  for (const PointwiseRow& row : rows) {
    OpDef& op = must_find(row.key);
    if (op.kernel_) {
      throw_error(ErrorKind::kInternal, str_cat("operator ", row.key, " has two rows"));
    }
    op.kernel_ = kernel;
    op.group_kernel_ = group;
    op.pointwise_ = std::make_unique<PointwiseRule>(op.schema_, row.expression, row.dtypes);
    op.pointwise_->refusals = row.refusals;
  }
}

void OpRegistry::add_composite(const std::string& key, Ref<Function> body) {
  TEMPER_CHECK(body);
  const auto it = by_key_.find(key);
  if (it != by_key_.end()) {
    it->second->composite_ = std::move(body);
    return;
  }
  Schema schema = body->schema();
  schema.name = std::string(name_of(key));
  schema.overload = key.size() > schema.name.size() ? key.substr(schema.name.size() + 1) : "";
  append(std::move(schema)).composite_ = std::move(body);
}

const OpDef* OpRegistry::find_functional(const Schema& schema, std::string_view name,
                                         size_t outs) const {
  const size_t count = schema.arguments.size() - outs;
  for (const OpDef* sibling : overloads(name)) {
    const Schema& other = sibling->schema_;
    if (sibling->implemented() && !sibling->writes_ &&
        same_arguments(schema, count, other, outs == 1) &&
        (outs == 0 || other.returns.size() == outs)) {
      return sibling;
    }
  }
  return nullptr;
}

void OpRegistry::derive(OpDef& op, const OpDef* functional, Kernel store) {
  if (!functional) return;
  op.functional_ = functional;
  op.kernel_ = store;
  op.properties_ = functional->properties_ & kNondeterministic;
}

void OpRegistry::seal(Kernel store_in_place, Kernel store_out, Kernel store_copy) {
  constexpr std::string_view kCopy = "_copy";
  for (OpDef& op : ops_) {
    const std::string& name = op.schema_.name;
    if (op.implemented() || op.writes_ || !name.ends_with(kCopy)) continue;
    const std::string view = name.substr(0, name.size() - kCopy.size());
    const OpDef* functional = find_functional(op.schema_, view, 0);
    if (functional && functional->may_alias_) derive(op, functional, store_copy);
  }
  for (OpDef& op : ops_) {
    if (op.implemented() || !op.writes_) continue;
    const Schema& schema = op.schema_;
    const size_t outs = count_outs(schema);
    if (outs > 0) {
      derive(op, find_functional(schema, schema.name, outs), store_out);
    } else if (!schema.arguments.empty() && schema.arguments[0].is_write()) {
      const std::string name = without_in_place_mark(schema.name);
      derive(op, find_functional(schema, name, 0), store_in_place);
    }
  }
  for (OpDef& op : ops_) {
    // Called for an effect: removing it would hide that it is missing (backward, save).
    if (!op.implemented() && op.schema_.returns.empty()) op.properties_ |= kSideEffect;
  }
}

void OpRegistry::clear_composites() {
  for (OpDef& op : ops_) op.composite_ = nullptr;
}

const OpDef* OpRegistry::find(std::string_view key) const {
  const auto it = by_key_.find(std::string(key));
  return it == by_key_.end() ? nullptr : it->second;
}

absl::Span<const OpDef* const> OpRegistry::overloads(std::string_view name) const {
  const auto it = by_name_.find(std::string(name));
  if (it == by_name_.end()) return {};
  return it->second;
}

std::vector<const OpDef*> OpRegistry::all() const {
  std::vector<const OpDef*> out;
  for (const OpDef& op : ops_) out.push_back(&op);
  return out;
}

}  // namespace temper
