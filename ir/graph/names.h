#pragma once
// Debug names of one graph: who owns a name, and the next suffix of each base.

#include <string>
#include <unordered_map>

#include "ir/graph/graph.h"

namespace temper::ir {

struct Graph::Names {
  std::unordered_map<std::string, Value*> owners;
  std::unordered_map<std::string, uint64_t> next_suffix;
};

}  // namespace temper::ir
