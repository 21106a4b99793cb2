#include "core/op/run_context.h"

#include "core/base/error.h"

namespace temper {

size_t PackedCache::KeyHash::operator()(const Key& key) const {
  size_t h = std::hash<const void*>()(key.storage);
  for (uint64_t part : {uint64_t{key.version}, static_cast<uint64_t>(key.offset), key.tag}) {
    h = (h ^ part) * 0x9e3779b97f4a7c15ull;
    h ^= h >> 32;
  }
  return h;
}

Ref<RefCounted> PackedCache::get(const Tensor& source, uint64_t tag,
                                 const std::function<Ref<RefCounted>()>& make) {
  Key key{nullptr, 0, 0, tag};
  if (source.defined()) {
    key = {source.storage().get(), source.storage()->version(), source.offset(), tag};
  }
  {
    std::lock_guard lock(mutex_);
    if (auto it = index_.find(key); it != index_.end()) {
      entries_.splice(entries_.begin(), entries_, it->second);
      return it->second->value;
    }
  }
  // Two requests may both make it; the first one to finish wins.
  Ref<RefCounted> made = make();
  std::lock_guard lock(mutex_);
  if (auto it = index_.find(key); it != index_.end()) return it->second->value;
  entries_.push_front({key, source.defined() ? source.storage() : nullptr, made});
  index_[key] = entries_.begin();
  if (entries_.size() > capacity_) {
    index_.erase(entries_.back().key);
    entries_.pop_back();
  }
  return made;
}

void RunContext::check_interrupts() const {
  if (cancelled && cancelled->load(std::memory_order_relaxed)) {
    throw_error(ErrorKind::kCancelled, "the request was cancelled");
  }
  if (deadline != Clock::time_point::max() && Clock::now() >= deadline) {
    throw_error(ErrorKind::kDeadlineExceeded, "the deadline passed while the program was running");
  }
  if (steps > max_steps) {
    throw_error(ErrorKind::kResourceExhausted,
                str_cat("the program ran more than ", max_steps,
                        " steps; raise the step limit if it is meant to"));
  }
}

GeneratorValue& RunContext::default_generator() {
  if (!generator) generator = make_ref<GeneratorValue>();
  return *generator;
}

}  // namespace temper
