#include "ir/script/schema_match.h"

#include <algorithm>

#include "ir/script/names.h"

namespace temper::ir {
namespace {

// Removes the nodes that a failed attempt inserted.
class Attempt {
 public:
  explicit Attempt(Graph& graph) : graph_(graph), last_(graph.insert_point()->prev()) {}
  void undo() {
    while (graph_.insert_point()->prev() != last_) graph_.insert_point()->prev()->destroy();
  }

 private:
  Graph& graph_;
  Node* last_;
};

const TypePtr& unwrap_optional(const TypePtr& type) {
  return type->kind() == TypeKind::kOptional ? type->expect<WrapperType>().element() : type;
}

class SchemaMatcher {
 public:
  SchemaMatcher(Builder& builder, const Schema& schema, const Actuals& actuals, bool implicit,
                std::string* why)
      : builder_(builder), schema_(schema), actuals_(actuals), implicit_(implicit), why_(why) {
    used_names_.resize(actuals.named.size());
  }

  std::optional<Match> run() {
    Attempt attempt(builder_.graph());
    if (!bind_all()) {
      attempt.undo();
      return std::nullopt;
    }
    Match match;
    for (size_t i = 0; i < inputs_.size(); ++i) match.inputs.push_back(input_or_default(i));
    for (const Argument& result : schema_.returns) {
      TypePtr type = substitute(result.type, bound_);
      if (has_type_vars(type)) {
        attempt.undo();
        return no("a type variable of the result is not bound by any argument"), std::nullopt;
      }
      match.returns.push_back(std::move(type));
    }
    return match;
  }

 private:
  template <class... Parts>
  bool no(const Parts&... parts) {
    if (why_) *why_ = str_cat(parts...);
    return false;
  }

  bool bind_all() {
    for (size_t i = 0; i < schema_.arguments.size(); ++i) {
      if (!bind_argument(i)) return false;
    }
    if (self_free_ && actuals_.self) return no("it has no argument named self");
    if (schema_.vararg) {
      for (; next_ < actuals_.positional.size(); ++next_) {
        inputs_.push_back(actuals_.positional[next_].value);
      }
    }
    if (next_ < actuals_.positional.size()) {
      return no("expected at most ", next_, " positional arguments but got ",
                actuals_.positional.size());
    }
    for (size_t i = 0; i < used_names_.size(); ++i) {
      if (!used_names_[i]) return no("it has no argument '", actuals_.named[i].name, "'");
    }
    return true;
  }

  bool bind_argument(size_t i) {
    const Argument& argument = schema_.arguments[i];
    Value* value = nullptr;
    if (argument.name == "self" && actuals_.self && self_free_) {
      self_free_ = false;
      value = actuals_.self;
    } else if (!argument.keyword_only && next_ < actuals_.positional.size()) {
      if (takes_rest_as_list(i)) return bind_rest(argument);
      value = actuals_.positional[next_++].value;
    } else if (const int named = find_named(argument.name); named >= 0) {
      used_names_[static_cast<size_t>(named)] = true;
      value = actuals_.named[static_cast<size_t>(named)].value;
    } else if (argument.default_value) {
      inputs_.push_back(nullptr);
      return true;
    } else {
      return no("missing value for argument '", argument.name, "'");
    }
    Value* bound = bind_value(argument, value);
    if (!bound) return false;
    inputs_.push_back(bound);
    return true;
  }

  int find_named(std::string_view name) const {
    for (size_t i = 0; i < actuals_.named.size(); ++i) {
      if (used_names_[i]) continue;
      const std::string& given = actuals_.named[i].name;
      // Python calls the first tensor of many functions "input".
      if (given == name) return static_cast<int>(i);
      if (name == "self" && given == "input" && schema_.name.starts_with("aten::")) {
        return static_cast<int>(i);
      }
    }
    return -1;
  }

  // x.view(2, 3): the last positional parameter is a list and gets a value that is none.
  bool takes_rest_as_list(size_t i) const {
    const Argument& argument = schema_.arguments[i];
    const bool last = i + 1 == schema_.arguments.size() || schema_.arguments[i + 1].keyword_only;
    const TypePtr& type = argument.type;
    if (!implicit_ || !last || type->kind() != TypeKind::kList || argument.fixed_size) return false;
    const TypePtr& element = type->expect<WrapperType>().element();
    if (element->kind() == TypeKind::kTypeVar) return false;
    const TypePtr& given = actuals_.positional[next_].value->type();
    if (given->kind() == TypeKind::kList) return false;
    const auto* tuple = given->as<TupleType>();
    return !tuple || !std::all_of(tuple->elements().begin(), tuple->elements().end(),
                                  [&](const TypePtr& t) { return is_subtype(t, element); });
  }

  bool bind_rest(const Argument& argument) {
    const TypePtr element = argument.type->expect<WrapperType>().element();
    std::vector<Value*> items;
    for (; next_ < actuals_.positional.size(); ++next_) {
      Value* item = fit(argument.name, element, actuals_.positional[next_].value);
      if (!item) return false;
      items.push_back(item);
    }
    inputs_.push_back(builder_.list(element, items));
    return true;
  }

  Value* bind_value(const Argument& argument, Value* value) {
    if (argument.fixed_size && *argument.fixed_size > 0) {
      const TypePtr& list = unwrap_optional(argument.type);
      const TypeKind kind = value->type()->kind();
      if ((kind == TypeKind::kInt || kind == TypeKind::kFloat) && list->kind() == TypeKind::kList &&
          equal(list->expect<WrapperType>().element(), value->type())) {
        const std::vector<Value*> copies(static_cast<size_t>(*argument.fixed_size), value);
        return builder_.list(value->type(), copies);
      }
    }
    return fit(argument.name, argument.type, value);
  }

  Value* fit(std::string_view name, const TypePtr& formal, Value* value) {
    // "[]" tells nothing of a variable that is bound already.
    const TypePtr known = builder_.is_untyped(value) ? substitute(formal, bound_) : nullptr;
    const TypePtr concrete =
        known && !has_type_vars(known) ? known : bind_type(formal, value->type(), bound_);
    if (!concrete) {
      // None for Optional[t] says nothing about t.
      if (formal->kind() == TypeKind::kOptional && value->type()->kind() == TypeKind::kNone) {
        return value;
      }
      return mismatch(name, formal, value), nullptr;
    }
    Value* converted = convert(builder_, concrete, value, implicit_);
    if (!is_subtype(converted->type(), concrete))
      return mismatch(name, concrete, converted), nullptr;
    return converted;
  }

  void mismatch(std::string_view name, const TypePtr& wanted, const Value* value) {
    if (!why_) return;
    no("expected ", wanted->annotation(), " for argument '", name, "' but got ",
       value->type()->annotation());
  }

  // Defaults become constants only once everything fits.
  Value* input_or_default(size_t i) {
    if (inputs_[i]) return inputs_[i];
    const Argument& argument = schema_.arguments[i];
    const IValue& value = *argument.default_value;
    if (value.is_none())
      return builder_.none(may_be_none(argument.type) ? argument.type : Type::none());
    if (has_type_vars(argument.type)) return builder_.constant(value);
    const bool container = value.is_list() || value.is_dict() || value.is_tuple();
    return builder_.constant(value, container ? unwrap_optional(argument.type) : nullptr);
  }

  Builder& builder_;
  const Schema& schema_;
  const Actuals& actuals_;
  const bool implicit_;
  std::string* why_;
  TypeBindings bound_;
  std::vector<Value*> inputs_;  // null: the default
  std::vector<bool> used_names_;
  size_t next_ = 0;  // positional arguments used so far
  bool self_free_ = true;
};

[[noreturn]] void fail_resolution(Builder& builder, std::string_view name,
                                  absl::Span<const Candidate> candidates, const Actuals& actuals) {
  std::string text;
  if (candidates.size() == 1) {
    std::string why;
    match_schema(builder, candidates[0].schema(), actuals, true, &why);
    text = str_cat(why, "\nThe signature is: ", candidates[0].schema().text());
  } else {
    text = str_cat("the arguments fit none of the overloads of ", name, ":");
    for (const Candidate& candidate : candidates) {
      std::string why;
      match_schema(builder, candidate.schema(), actuals, true, &why);
      text += str_cat("\n  ", candidate.schema().text(), "\n    ", why);
    }
  }
  fail_at(builder.range(), text);
}

}  // namespace

std::optional<Match> match_schema(Builder& builder, const Schema& schema, const Actuals& actuals,
                                  bool implicit, std::string* why) {
  return SchemaMatcher(builder, schema, actuals, implicit, why).run();
}

Resolution resolve_overload(Builder& builder, std::string_view name,
                            absl::Span<const Candidate> candidates, const Actuals& actuals) {
  for (int pass = candidates.size() == 1 ? 1 : 0; pass < 2; ++pass) {
    for (const Candidate& candidate : candidates) {
      auto match = match_schema(builder, candidate.schema(), actuals, pass == 1, nullptr);
      if (match) return {candidate, std::move(*match)};
    }
  }
  fail_resolution(builder, name, candidates, actuals);
}

}  // namespace temper::ir
