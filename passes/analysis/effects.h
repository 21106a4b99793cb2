#pragma once
// What running a node does besides giving outputs, by its kind and its operator's properties.

#include "absl/functional/function_ref.h"
#include "ir/graph/graph.h"

namespace temper {

// Observable by somebody else than users of its outputs and of the memory it writes: prints,
// raises, calls, forks and waits. Looks into blocks.
bool has_side_effects(const ir::Node& node);

// Calls code that the graph does not show: it may read and write everything that it can reach.
bool is_opaque(const ir::Node& node);

// Gives other results when it runs again on the same inputs. Looks into blocks.
bool is_nondeterministic(const ir::Node& node);

// Some node of the block may give a tensor object that exists another shape.
bool reshapes_in_place(const ir::Block& block);

// Equal inputs give equal outputs and nothing else happens: an operator, or a kind without blocks,
// that may be evaluated ahead of time. Reading memory that others write is not looked at.
bool is_pure(const ir::Node& node);

// A norm that may be training: it writes the statistics that it is given.
bool updates_statistics(const ir::Node& node);

// Whether `found` holds for the type or one that it consists of. Each is asked once: types that
// name others twice, a hundred levels deep, unfold to more than time allows.
bool any_within(const TypePtr& type, absl::FunctionRef<bool(const Type&)> found);

// Whether values of this type can be written in place, or hold what can.
bool is_mutable(const TypePtr& type);

}  // namespace temper
