#include "core/value/nesting.h"

#include <algorithm>
#include <iterator>

#include "core/base/error.h"

namespace temper {
namespace {

constexpr int kMaxNesting = 1000;
constexpr int kMaxNestedReleases = 50;
// Values may share their parts: a hundred levels can unfold to more than memory holds.
constexpr int kMaxContainers = 2'000'000;

thread_local int walk_depth = 0;
thread_local int walked_containers = 0;
thread_local int release_depth = 0;

// Items that wait for the outermost release of this thread.
std::vector<IValue>& waiting() {
  thread_local std::vector<IValue> items;
  return items;
}

bool may_nest(const IValue& value) {
  switch (value.tag()) {
    case Tag::kList:
    case Tag::kDict:
    case Tag::kTuple:
    case Tag::kObject:
    case Tag::kFuture: return true;
    default: return false;
  }
}

}  // namespace

NestingGuard::NestingGuard() {
  if (walk_depth >= kMaxNesting) {
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("values nest deeper than ", kMaxNesting, " levels"));
  }
  if (walk_depth == 0) walked_containers = 0;
  if (++walked_containers > kMaxContainers) {
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("a value unfolds to more than ", kMaxContainers, " containers"));
  }
  ++walk_depth;
}

NestingGuard::~NestingGuard() { --walk_depth; }

void release_items(std::vector<IValue> items) {
  if (std::ranges::none_of(items, may_nest)) return;
  if (release_depth >= kMaxNestedReleases) {
    std::ranges::move(items, std::back_inserter(waiting()));
    return;
  }
  ++release_depth;
  items.clear();
  if (release_depth == 1) {
    while (!waiting().empty()) {
      const IValue next = std::move(waiting().back());
      waiting().pop_back();
    }
  }
  --release_depth;
}

}  // namespace temper
