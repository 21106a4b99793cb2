#pragma once
// The solved form of an alias analysis; private to it.

#include <unordered_map>

#include "passes/analysis/alias.h"

namespace temper {

// Adds `from` to the sorted set; answers whether it grew.
bool unite(Places* into, const Places& from);

// Places of different buckets are never the same object: tensors, lists, objects of a class...
using Bucket = const void*;
Bucket bucket_of(const TypePtr& type);  // null: any
inline bool compatible(Bucket a, Bucket b) { return a == b || !a || !b; }

struct AliasAnalysis::State {
  struct Place {
    Bucket bucket = nullptr;
    bool world = false;     // stands for all that came from outside
    bool given = false;     // code outside may use it while the graph runs
    bool returned = false;  // reachable from the graph's outputs
    bool constant = false;  // of a constant: later runs see what is written
    Places contents;        // what it holds
    bool outside() const { return world || given; }
  };

  uint32_t add_place(Bucket bucket);
  // The place of a storage or container that constants hold, whichever of them.
  uint32_t constant(const void* object, Bucket bucket);
  // The place of everything outside of a bucket.
  uint32_t world(Bucket bucket);

  const Places& points_to(const ir::Value* value) const;
  // `places` and everything that they hold.
  Places closure(const Places& places) const;
  bool overlap(const Places& a, const Places& b) const;
  bool any_outside(const Places& places) const;

  std::vector<Place> places;
  std::unordered_map<Bucket, uint32_t> worlds;
  std::unordered_map<const void*, uint32_t> constants;
  std::vector<Places> values;  // by id of the value
  std::unordered_map<const ir::Node*, Effects> effects;
  Places all_writes;
  Places all_compared;
  bool any_opaque = false;
};

}  // namespace temper
