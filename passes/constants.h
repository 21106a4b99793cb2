#pragma once
// Constants that passes compare and make.

#include "ir/graph/graph.h"

namespace temper {

// The value of a constant's output; null when another node makes it.
const IValue* constant_of(const ir::Value* value);

// The type to declare for a constant: what is known of a tensor, else `declared`.
TypePtr constant_type(const IValue& value, const TypePtr& declared);

// Equal in every way that a program can see without writing: type, value, tensor bytes and layout.
bool same_constant(const IValue& a, const IValue& b);
size_t constant_hash(const IValue& value);

// Data that a constant may hold: no objects, dicts or futures.
bool is_data(const IValue& value);

// Tells the storages of the value's tensors that nobody writes them.
void mark_constant(const IValue& value);

// Bytes that the value keeps alive in tensors that own their memory.
int64_t constant_bytes(const IValue& value);

}  // namespace temper
