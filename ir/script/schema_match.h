#pragma once
// Overload resolution: which candidate fits the arguments of a call, and the conversions that make
// them fit.

#include <optional>

#include "ir/graph/type_fit.h"
#include "ir/script/builder.h"

namespace temper::ir {

// One argument as written; `name` is empty for a positional one.
struct Actual {
  Value* value;
  std::string name;
};

struct Actuals {
  Value* self = nullptr;  // the receiver of a method call: binds the argument named self
  std::vector<Actual> positional;
  std::vector<Actual> named;
};

struct Match {
  std::vector<Value*> inputs;    // one per argument of the schema, then those of a vararg
  std::vector<TypePtr> returns;  // with type variables replaced
};

// Binds the type variables of `formal` against `actual`; null when they do not fit.
TypePtr bind_type(const TypePtr& formal, const TypePtr& actual, TypeBindings& bound);

// `value` as a `target` if the language converts it: tuples to lists, empty lists to any list and,
// with `implicit`, 0-dim tensors to numbers, numbers to int or float, strings to devices. The
// result may still not be a subtype of `target`.
Value* convert(Builder& builder, const TypePtr& target, Value* value, bool implicit);

// Matches one schema. Null: `why` (optional) says what does not fit, and the graph is unchanged.
std::optional<Match> match_schema(Builder& builder, const Schema& schema, const Actuals& actuals,
                                  bool implicit, std::string* why);

struct Resolution {
  Candidate candidate;
  Match match;
};
// The first candidate that fits, first without and then with implicit conversions. Throws with
// every candidate and the reason against it.
Resolution resolve_overload(Builder& builder, std::string_view name,
                            absl::Span<const Candidate> candidates, const Actuals& actuals);

}  // namespace temper::ir
