#pragma once
// Constants that passes compare and make.

#include "absl/functional/function_ref.h"
#include "ir/graph/graph.h"

namespace temper {

// The value of a constant's output; null when another node makes it.
const IValue* constant_of(const ir::Value* value);

// The type to declare for a constant: what is known of a tensor, else `declared`.
TypePtr constant_type(const IValue& value, const TypePtr& declared);

// Equal in every way that a program can see without writing: type, value, tensor bytes and layout.
bool same_constant(const IValue& a, const IValue& b);
size_t constant_hash(const IValue& value);

// The value and all that its lists, tuples and dicts hold: each container once, however often it is
// held. Values that are small in an archive may unfold to more than time allows.
void each_part(const IValue& value, absl::FunctionRef<void(const IValue&)> visit);

// Data that a constant may hold: no objects, dicts or futures, and not too much when unfolded.
bool is_data(const IValue& value);

// Tells the storages of the value's tensors that nobody writes them.
void mark_constant(const IValue& value);

// Bytes that the value keeps alive in tensors that own their memory.
int64_t constant_bytes(const IValue& value);

}  // namespace temper
