#include "core/tensor/arena.h"

#include <algorithm>
#include <numeric>

#include "core/base/error.h"
#include "core/tensor/storage.h"

namespace temper {
namespace {

thread_local Arena* current_arena = nullptr;

// How far ahead in a plan a block is looked for: runs differ in what they pack or skip.
constexpr size_t kLookAhead = 8;
// A region that stays half empty for so many runs shrinks.
constexpr int kRoomyRuns = 64;

int64_t round_up(int64_t bytes) {
  constexpr auto kStep = static_cast<int64_t>(kAlignment);
  return (bytes + kStep - 1) / kStep * kStep;
}

struct Placed {
  int64_t offset, bytes;
  uint32_t begin, end;
};

// The lowest offset where `life` meets no placed block in both time and space.
int64_t lowest_place(const BlockLife& life, int64_t bytes, absl::Span<const Placed> by_offset) {
  int64_t offset = 0;
  for (const Placed& other : by_offset) {
    if (life.end < other.begin || other.end < life.begin) continue;
    if (other.offset >= offset + bytes) break;
    offset = std::max(offset, other.offset + other.bytes);
  }
  return offset;
}

}  // namespace

ArenaPlan pack_blocks(absl::Span<const BlockLife> lives) {
  ArenaPlan plan;
  std::vector<size_t> order;
  for (size_t i = 0; i < lives.size(); ++i) {
    plan.blocks.push_back({lives[i].bytes, -1});
    if (lives[i].end != BlockLife::kNever) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return lives[a].bytes > lives[b].bytes; });
  std::vector<Placed> placed;
  for (const size_t i : order) {
    const BlockLife& life = lives[i];
    const int64_t bytes = round_up(life.bytes);
    const int64_t offset = lowest_place(life, bytes, placed);
    const Placed block{offset, bytes, life.begin, life.end};
    const auto after = [](const Placed& a, const Placed& b) { return a.offset < b.offset; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), block, after), block);
    plan.blocks[i].offset = offset;
    plan.bytes = std::max(plan.bytes, offset + bytes);
  }
  return plan;
}

Arena::Arena(Ref<MemoryAccount> account) : account_(std::move(account)) {}

Arena::~Arena() { free_region(); }

void Arena::free_region() {
  if (region_) free_block(region_, capacity_);
  if (capacity_ > 0) account_->refund(capacity_);
  region_ = nullptr;
  capacity_ = 0;
  roomy_runs_ = 0;
}

void Arena::fit(int64_t bytes) {
  roomy_runs_ = 2 * bytes < capacity_ ? roomy_runs_ + 1 : 0;
  if (bytes <= capacity_ && roomy_runs_ < kRoomyRuns) return;
  free_region();
  account_->charge(bytes);
  capacity_ = bytes;
  region_ = allocate_block(bytes);
  if (region_ || bytes == 0) return;
  free_region();
  throw_error(ErrorKind::kResourceExhausted, str_cat("out of memory allocating ", bytes, " bytes"));
}

void Arena::begin(std::shared_ptr<const ArenaPlan> plan) {
  const std::lock_guard lock(mutex_);
  TEMPER_CHECK(live_.empty());
  if (plan) fit(plan->bytes);
  plan_ = std::move(plan);
  cursor_ = missed_ = 0;
  lives_.clear();
  clock_ = 0;
  ++run_;
  overflow_ = false;
}

Arena::Outcome Arena::end() {
  const std::lock_guard lock(mutex_);
  Outcome outcome;
  outcome.clean = live_.empty();
  retired_ = !outcome.clean;
  outcome.planned = plan_ != nullptr;
  if (plan_) {
    outcome.served = missed_ * 4 <= plan_->blocks.size();
  } else if (!overflow_) {
    outcome.recorded = std::make_shared<const ArenaPlan>(pack_blocks(lives_));
  }
  ++run_;
  lives_ = {};
  return outcome;
}

std::byte* Arena::take_planned(int64_t bytes) {
  const auto& blocks = plan_->blocks;
  const size_t stop = std::min(blocks.size(), cursor_ + kLookAhead);
  for (size_t i = cursor_; i < stop; ++i) {
    if (blocks[i].bytes != bytes) continue;
    cursor_ = i + 1;
    if (blocks[i].offset < 0) return nullptr;
    const Extent extent{blocks[i].offset, blocks[i].offset + round_up(bytes)};
    const auto before = [](const Extent& a, const Extent& b) { return a.begin < b.begin; };
    const auto next = std::upper_bound(live_.begin(), live_.end(), extent, before);
    const bool free = (next == live_.end() || next->begin >= extent.end) &&
                      (next == live_.begin() || std::prev(next)->end <= extent.begin);
    if (!free) break;
    live_.insert(next, extent);
    return region_ + extent.begin;
  }
  ++missed_;
  return nullptr;
}

std::byte* Arena::allocate(int64_t bytes, uint32_t* ticket) {
  *ticket = kNoTicket;
  if (bytes < kSmallestBlock) return nullptr;
  const std::lock_guard lock(mutex_);
  if (plan_) {
    std::byte* block = take_planned(bytes);
    if (block) *ticket = 0;
    return block;
  }
  if (lives_.size() >= kMostBlocks) {
    overflow_ = true;
    return nullptr;
  }
  // The run's number is part of the ticket, so that a release after the run is not mistaken.
  *ticket =
      (run_ % 0x3ffff) * static_cast<uint32_t>(kMostBlocks) + static_cast<uint32_t>(lives_.size());
  lives_.push_back({bytes, clock_++, BlockLife::kNever});
  return nullptr;
}

void Arena::give_back(const std::byte* data, uint32_t ticket) {
  const std::lock_guard lock(mutex_);
  if (data) {
    const int64_t offset = data - region_;
    const auto at =
        std::lower_bound(live_.begin(), live_.end(), offset,
                         [](const Extent& extent, int64_t place) { return extent.begin < place; });
    TEMPER_CHECK(at != live_.end() && at->begin == offset);
    live_.erase(at);
    if (retired_ && live_.empty()) free_region();
    return;
  }
  const auto index = ticket % static_cast<uint32_t>(kMostBlocks);
  if (ticket / static_cast<uint32_t>(kMostBlocks) != run_ % 0x3ffff || index >= lives_.size()) {
    return;
  }
  lives_[index].end = clock_++;
}

ArenaScope::ArenaScope(Arena* arena) : previous_(current_arena) { current_arena = arena; }
ArenaScope::~ArenaScope() { current_arena = previous_; }
Arena* ArenaScope::current() { return current_arena; }

}  // namespace temper
