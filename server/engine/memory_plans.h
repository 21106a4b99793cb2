#pragma once
// Which memory plan a call uses. Calls of one kind (the same method on arguments of the same
// shapes) allocate alike: the second of them is recorded, later ones run in an arena of their own.
// What varies too much to be planned keeps to the heap. Thread-safe.

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "absl/types/span.h"
#include "core/tensor/arena.h"
#include "core/tensor/storage.h"
#include "core/value/ivalue.h"

namespace temper {

class MemoryPlans {
 public:
  // Arenas are charged to `account`.
  explicit MemoryPlans(Ref<MemoryAccount> account) : account_(std::move(account)) {}

  // One call: its allocations are recorded or planned until the end of the scope. What the call
  // gives must be alive by then.
  class Run {
   public:
    Run(MemoryPlans& plans, uint64_t kind);
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

   private:
    MemoryPlans& plans_;
    const uint64_t kind_;
    std::optional<BlockCache::Frugal> frugal_;  // of calls that a plan is not made of yet
    Ref<Arena> arena_;
    std::optional<ArenaScope> scope_;
  };

  int64_t arena_bytes() const;  // of all arenas that wait for calls

 private:
  // The least recently used plan goes when there are more.
  static constexpr size_t kMostKinds = 64;
  // Plans that did not fit what the calls did; then the kind is left alone.
  static constexpr int kMostMistakes = 3;

  struct Kind {
    uint64_t key;
    int calls = 0;
    int mistakes = 0;
    bool recording = false;
    std::shared_ptr<const ArenaPlan> plan;
  };
  Kind& find(uint64_t key);
  Ref<Arena> start(uint64_t key, std::optional<BlockCache::Frugal>& frugal);
  void finish(uint64_t key, const Ref<Arena>& arena);

  const Ref<MemoryAccount> account_;
  mutable std::mutex mutex_;
  std::list<Kind> kinds_;  // most recently used first
  std::unordered_map<uint64_t, std::list<Kind>::iterator> index_;
  std::vector<Ref<Arena>> idle_;
};

// Equal for calls that are expected to allocate alike.
uint64_t kind_of_call(const void* method, absl::Span<const IValue> args);

}  // namespace temper
