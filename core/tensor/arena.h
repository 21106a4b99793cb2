#pragma once
// Plans the memory of runs that allocate alike. A run is recorded: which blocks it takes and when
// it gives them back. Blocks whose lifetimes do not meet may share memory, so all of them are
// packed into one region, which later runs of the same kind use without asking the heap.
//
// A plan is a guess and never trusted: a block is handed out where nothing alive lies, or not at
// all, and the heap serves whatever the plan did not foresee.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/types/span.h"
#include "core/base/ref.h"

namespace temper {

class MemoryAccount;

// A block as a recorded run saw it. Times count events of that run; a block that outlives the run
// (a result, a cache) ends at kNever and is not packed.
struct BlockLife {
  static constexpr uint32_t kNever = UINT32_MAX;
  int64_t bytes;
  uint32_t begin;
  uint32_t end;
};

struct ArenaPlan {
  struct Block {
    int64_t bytes;
    int64_t offset;  // -1: left to the heap
  };
  std::vector<Block> blocks;  // in order of allocation
  int64_t bytes = 0;          // of the region
};

// Greedy by size (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference",
// 2020): larger blocks first, each at the lowest place free for as long as it lives.
ArenaPlan pack_blocks(absl::Span<const BlockLife> lives);

// The region of one execution slot: one run at a time, whose blocks may be given back by any
// thread.
class Arena : public RefCounted {
 public:
  // Smaller blocks go to the heap, which is as quick for them.
  static constexpr int64_t kSmallestBlock = 2048;
  // A run with more blocks than this is not planned.
  static constexpr size_t kMostBlocks = 8192;
  static constexpr uint32_t kNoTicket = UINT32_MAX;

  // The region is charged to `account`.
  explicit Arena(Ref<MemoryAccount> account);
  ~Arena() override;

  // Starts a run: by a plan, or recording when there is none. Throws kResourceExhausted when the
  // region would exceed the account's limit.
  void begin(std::shared_ptr<const ArenaPlan> plan);
  struct Outcome {
    bool planned = false;                       // the run had a plan
    std::shared_ptr<const ArenaPlan> recorded;  // of a run without one, if it can be planned
    bool served = true;                         // nearly all blocks were as planned
    bool clean = true;  // nothing of the region is alive; else the arena must not begin again
  };
  Outcome end();

  // Of the run's own thread. `ticket` is kNoTicket when the block needs no give_back(). Null: the
  // caller takes the block from the heap (and gives the ticket back all the same).
  std::byte* allocate(int64_t bytes, uint32_t* ticket);
  // Gives back a block: `data` null for one from the heap.
  void give_back(const std::byte* data, uint32_t ticket);

  int64_t capacity() const { return capacity_; }

 private:
  struct Extent {
    int64_t begin, end;
  };
  std::byte* take_planned(int64_t bytes);
  void fit(int64_t bytes);
  void free_region();

  Ref<MemoryAccount> account_;
  std::byte* region_ = nullptr;
  int64_t capacity_ = 0;
  int roomy_runs_ = 0;  // runs in a row that needed less than half of the region
  std::mutex mutex_;
  std::shared_ptr<const ArenaPlan> plan_;  // below: guarded by mutex_
  size_t cursor_ = 0;
  size_t missed_ = 0;
  std::vector<Extent> live_;  // sorted; of the region
  std::vector<BlockLife> lives_;
  uint32_t clock_ = 0;
  uint32_t run_ = 0;  // late releases of an earlier run's recording are told apart by it
  bool overflow_ = false;
  bool retired_ = false;  // the region goes with its last block
};

// Allocations of this thread ask `arena` while alive. Scopes nest; null asks none.
class ArenaScope {
 public:
  explicit ArenaScope(Arena* arena);
  ~ArenaScope();
  ArenaScope(const ArenaScope&) = delete;
  ArenaScope& operator=(const ArenaScope&) = delete;
  static Arena* current();

 private:
  Arena* previous_;
};

}  // namespace temper
