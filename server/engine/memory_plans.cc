#include "server/engine/memory_plans.h"

#include <bit>

#include "core/base/error.h"
#include "core/value/containers.h"

namespace temper {
namespace {

class Hasher {
 public:
  void add(uint64_t value) {
    state_ = (state_ ^ value) * 0xff51afd7ed558ccdull;
    state_ ^= state_ >> 33;
  }

  void add(const Tensor& tensor) {
    add(static_cast<uint64_t>(tensor.dtype()));
    for (const int64_t size : tensor.sizes()) add(static_cast<uint64_t>(size));
    for (const int64_t stride : tensor.strides()) add(static_cast<uint64_t>(stride));
  }

  // Deep values tell by what they hold near the top.
  void add(const IValue& value, int depth) {
    constexpr int kDeepest = 4;
    constexpr size_t kMostItems = 64;
    add(static_cast<uint64_t>(value.tag()));
    if (value.is_tensor()) {
      if (const Tensor tensor = value.to_tensor(); tensor.defined()) add(tensor);
    } else if (value.is_int() || value.is_bool()) {
      add(static_cast<uint64_t>(value.scalar_as_int()));
    } else if (value.is_double()) {
      add(std::bit_cast<uint64_t>(value.to_double()));
    } else if (value.is_list() || value.is_tuple()) {
      const auto& items = value.is_list() ? value.to_list().items : value.to_tuple().items;
      add(items.size());
      for (size_t i = 0; depth < kDeepest && i < std::min(items.size(), kMostItems); ++i) {
        add(items[i], depth + 1);
      }
    }
  }

  uint64_t get() const { return state_; }

 private:
  uint64_t state_ = 0x9e3779b97f4a7c15ull;
};

}  // namespace

uint64_t kind_of_call(const void* method, absl::Span<const IValue> args) {
  Hasher hasher;
  hasher.add(reinterpret_cast<uintptr_t>(method));
  for (const IValue& arg : args) hasher.add(arg, 0);
  return hasher.get();
}

MemoryPlans::Run::Run(MemoryPlans& plans, uint64_t kind)
    : plans_(plans), kind_(kind), arena_(plans.start(kind, frugal_)) {
  if (arena_) scope_.emplace(arena_.get());
}

MemoryPlans::Run::~Run() {
  scope_.reset();
  if (arena_) plans_.finish(kind_, arena_);
}

MemoryPlans::Kind& MemoryPlans::find(uint64_t key) {
  const auto known = index_.find(key);
  if (known != index_.end()) {
    kinds_.splice(kinds_.begin(), kinds_, known->second);
  } else {
    kinds_.push_front(Kind{.key = key, .plan = nullptr});
    index_[key] = kinds_.begin();
    if (kinds_.size() > kMostKinds) {
      index_.erase(kinds_.back().key);
      kinds_.pop_back();
    }
  }
  return kinds_.front();
}

// The first call packs weights and makes primitives, so it tells little of later ones.
Ref<Arena> MemoryPlans::start(uint64_t key, std::optional<BlockCache::Frugal>& frugal) {
  Ref<Arena> arena;
  std::shared_ptr<const ArenaPlan> plan;
  {
    const std::lock_guard lock(mutex_);
    Kind& kind = find(key);
    const bool first = ++kind.calls < 2;
    if (first) frugal.emplace(account_->blocks());
    if (first || kind.mistakes >= kMostMistakes || kind.recording) return arena;
    plan = kind.plan;
    kind.recording = !plan;
    if (kind.recording) {
      account_->blocks().clear();  // those of the first call
      frugal.emplace(account_->blocks());
    }
    if (!idle_.empty()) {
      arena = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!arena) arena = make_ref<Arena>(account_);
  try {
    arena->begin(std::move(plan));
  } catch (const Error&) {
    return nullptr;  // the heap needs no more than what is alive at once
  }
  return arena;
}

void MemoryPlans::finish(uint64_t key, const Ref<Arena>& arena) {
  const Arena::Outcome outcome = arena->end();
  const std::lock_guard lock(mutex_);
  if (outcome.clean) idle_.push_back(arena);
  const auto known = index_.find(key);
  if (known == index_.end()) return;
  Kind& kind = *known->second;
  if (!outcome.planned) {
    kind.recording = false;
    kind.plan = outcome.recorded;
    if (!kind.plan || kind.plan->bytes == 0) kind.mistakes = kMostMistakes;
    return account_->blocks().clear();
  }
  if (outcome.served && outcome.clean) return;
  ++kind.mistakes;
  kind.plan = nullptr;
}

int64_t MemoryPlans::arena_bytes() const {
  const std::lock_guard lock(mutex_);
  int64_t bytes = 0;
  for (const Ref<Arena>& arena : idle_) bytes += arena->capacity();
  return bytes;
}

}  // namespace temper
