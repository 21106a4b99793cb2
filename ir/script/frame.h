#pragma once
// Variables of one block while it is compiled.

#include <map>
#include <set>
#include <string>

#include "ir/script/term.h"

namespace temper::ir {

struct Frame {
  Frame(Frame* parent, Block* block) : parent(parent), block(block) {}

  TermPtr find_here(std::string_view name) const {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second;
  }
  TermPtr find(std::string_view name) const {
    for (const Frame* frame = this; frame; frame = frame->parent) {
      if (TermPtr term = frame->find_here(name)) return term;
    }
    return nullptr;
  }
  // Why a name that the reader may expect cannot be used; null when nothing is known.
  const std::string* find_lost(std::string_view name) const {
    for (const Frame* frame = this; frame; frame = frame->parent) {
      const auto found = frame->lost.find(name);
      if (found != frame->lost.end()) return &found->second;
    }
    return nullptr;
  }
  bool is_assigned(std::string_view name) const { return assigned.count(name) != 0; }

  Frame* parent;
  Block* block;
  std::map<std::string, TermPtr, std::less<>> variables;
  // The names in `variables` that were assigned; the others only have a narrower type here.
  std::set<std::string, std::less<>> assigned;
  std::map<std::string, std::string, std::less<>> lost;
};

}  // namespace temper::ir
