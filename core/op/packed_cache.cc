#include "core/op/packed_cache.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>

namespace temper {
namespace {

// Bytes from some places of the weights: most that differ do so here.
size_t content_of(const PackedLayout& layout, const PackedWeights& weights) {
  constexpr int64_t kSamples = 64;
  const int64_t size = weights.bytes(), step = std::max<int64_t>(8, size / kSamples / 8 * 8);
  size_t content = absl::HashOf(layout.hash(), size);
  for (int64_t at = 0; at + 8 <= size; at += step) {
    uint64_t word = 0;
    std::memcpy(&word, weights.storage()->data() + at, sizeof word);
    content = absl::HashOf(content, word);
  }
  return content;
}

bool equal(const PackedWeights& a, const PackedWeights& b) {
  return a.bytes() == b.bytes() &&
         std::memcmp(a.storage()->data(), b.storage()->data(), static_cast<size_t>(a.bytes())) == 0;
}

}  // namespace

bool PackedStore::WeightKey::operator==(const WeightKey& other) const {
  return owner == other.owner && source == other.source && version == other.version &&
         offset == other.offset && scale == other.scale && same_form(other);
}

PackedStore::PackedStore(int64_t limit_bytes) {
  const int64_t primitives = std::min(limit_bytes / 4, kMostForPrimitives);
  group(Kind::kPrimitives).limit = primitives;
  group(Kind::kWeights).limit = limit_bytes - primitives;
}

PackedStore::Usage PackedStore::usage(Kind kind) const {
  const Group& group = groups_[static_cast<size_t>(kind)];
  return {group.bytes.load(), group.count.load(), group.evictions.load()};
}

Ref<Kept> PackedStore::found(Place place) {
  // While nothing is about to go, the order is not worth touching the neighbours for.
  Group& group = this->group(place->kind);
  if (group.bytes > group.limit / 2) {
    group.entries.splice(group.entries.begin(), group.entries, place);
  }
  return place->value;
}

Ref<PackedWeights> PackedStore::find_weights(const WeightKey& key) {
  const std::lock_guard lock(mutex_);
  const auto known = weights_.find(key);
  if (known == weights_.end()) return nullptr;
  return Ref<PackedWeights>(static_cast<PackedWeights*>(found(known->second).get()));
}

void PackedStore::insert(Entry entry) {
  Group& group = this->group(entry.kind);
  group.bytes += entry.value->bytes();
  ++group.count;
  group.entries.push_front(std::move(entry));
}

void PackedStore::remove(Place place, std::vector<Entry>& removed) {
  Group& group = this->group(place->kind);
  group.bytes -= place->value->bytes();
  --group.count;
  std::unordered_set<const PackedCache*> owners;
  for (const Use& use : place->uses) {
    weights_.erase(use.key);
    if (use.account && owners.insert(use.key.owner).second) {
      use.account->refund(place->value->bytes());
    }
  }
  if (place->key) primitives_.erase(primitives_.find(*place->key));
  if (place->kind == Kind::kWeights) {
    const auto [from, to] = contents_.equal_range(place->content);
    contents_.erase(std::find_if(from, to, [&](const auto& each) { return each.second == place; }));
  }
  removed.push_back(std::move(*place));
  group.entries.erase(place);
}

void PackedStore::trim(Group& group, std::vector<Entry>& removed) {
  while (group.bytes > group.limit && !group.entries.empty()) {
    remove(std::prev(group.entries.end()), removed);
    ++group.evictions;
  }
}

// Weights are compared without the lock: requests of others go on.
Ref<PackedWeights> PackedStore::equal_weights(const WeightKey& key, const PackedWeights& made,
                                              size_t content) {
  std::vector<Ref<PackedWeights>> candidates;
  {
    const std::lock_guard lock(mutex_);
    const auto [from, to] = contents_.equal_range(content);
    for (auto each = from; each != to; ++each) {
      const Entry& entry = *each->second;
      if (!entry.uses.front().key.same_form(key)) continue;
      candidates.emplace_back(static_cast<PackedWeights*>(entry.value.get()));
    }
  }
  for (Ref<PackedWeights>& candidate : candidates) {
    if (equal(*candidate, made)) return std::move(candidate);
  }
  return nullptr;
}

PackedStore::Place PackedStore::place_of(const PackedWeights& weights, size_t content) {
  const auto [from, to] = contents_.equal_range(content);
  for (auto each = from; each != to; ++each) {
    if (each->second->value.get() == &weights) return each->second;
  }
  return group(Kind::kWeights).entries.end();
}

Ref<PackedWeights> PackedStore::add_weights(Use use, Ref<PackedWeights> made) {
  const size_t content = content_of(*use.key.layout, *made);
  if (Ref<PackedWeights> same = equal_weights(use.key, *made, content)) made = std::move(same);
  std::vector<Entry> removed;  // freed without the lock
  const std::lock_guard lock(mutex_);
  if (const auto known = weights_.find(use.key); known != weights_.end()) {
    return Ref<PackedWeights>(static_cast<PackedWeights*>(found(known->second).get()));
  }
  Group& group = this->group(Kind::kWeights);
  Place place = place_of(*made, content);
  const auto owned = [&](const Use& each) { return each.key.owner == use.key.owner; };
  const bool charged = place != group.entries.end() && std::ranges::any_of(place->uses, owned);
  if (use.account && !charged) use.account->charge(made->bytes());
  if (place == group.entries.end()) {
    insert({made, Kind::kWeights, {}, content});
    place = group.entries.begin();
    contents_.emplace(content, place);
  }
  weights_.emplace(use.key, place);
  place->uses.push_back(std::move(use));
  found(place);
  trim(group, removed);
  return made;
}

void PackedStore::drop(const PackedCache* owner) {
  std::vector<Entry> removed;
  std::vector<Use> ended;
  const std::lock_guard lock(mutex_);
  Entries& entries = group(Kind::kWeights).entries;
  for (Place place = entries.begin(); place != entries.end();) {
    const Place each = place++;
    const auto others = std::partition(each->uses.begin(), each->uses.end(),
                                       [&](const Use& use) { return use.key.owner != owner; });
    if (others == each->uses.end()) continue;
    if (others == each->uses.begin()) {
      remove(each, removed);
      continue;
    }
    if (others->account) others->account->refund(each->value->bytes());
    for (auto use = others; use != each->uses.end(); ++use) {
      weights_.erase(use->key);
      ended.push_back(std::move(*use));
    }
    each->uses.erase(others, each->uses.end());
  }
}

Ref<PackedWeights> PackedCache::weights(const Tensor& source, const Tensor& scale,
                                        const Ref<PackedLayout>& layout,
                                        absl::FunctionRef<Ref<PackedWeights>()> make) {
  PackedStore::WeightKey key{this,
                             source.storage().get(),
                             source.storage()->version(),
                             source.offset(),
                             {},
                             scale.defined() ? scale.raw() : nullptr,
                             layout};
  if (source.dim() == 2) {
    key.view = {source.size(0), source.size(1), source.stride(0), source.stride(1)};
  }
  if (Ref<PackedWeights> known = store_->find_weights(key)) return known;
  // Charged to those who use it instead of the one who happened to make it.
  const AccountScope nobody(nullptr);
  const Ref<Storage> scaled_by = scale.defined() ? scale.storage() : nullptr;
  Ref<PackedWeights> made = make();
  give_back(source);
  return store_->add_weights({std::move(key), source.storage(), scaled_by, account_},
                             std::move(made));
}

void PackedCache::give_back(const Tensor& source) const {
  const Storage& storage = *source.storage();
  if (!give_back_ || !storage.borrowed() || storage.version() != 0 || source.numel() == 0) return;
  int64_t last = 0;
  for (size_t d = 0; d < source.sizes().size(); ++d) {
    if (source.strides()[d] < 0) return;
    last += (source.sizes()[d] - 1) * source.strides()[d];
  }
  give_back_(source.raw(), (last + 1) * source.item_size());
}

Ref<Kept> PackedCache::primitive(const PackedKey& key, absl::FunctionRef<Ref<Kept>()> make) {
  {
    const std::lock_guard lock(store_->mutex_);
    const auto known = store_->primitives_.find(key);
    if (known != store_->primitives_.end()) return store_->found(known->second);
  }
  // Two requests may both make it; the first one to finish wins.
  Ref<Kept> made = make();
  std::vector<PackedStore::Entry> removed;  // freed without the lock
  const std::lock_guard lock(store_->mutex_);
  const auto [known, fresh] = store_->primitives_.try_emplace(key);
  if (!fresh) return store_->found(known->second);
  store_->insert({made, PackedStore::Kind::kPrimitives, {}, 0, &known->first});
  PackedStore::Group& group = store_->group(PackedStore::Kind::kPrimitives);
  known->second = group.entries.begin();
  store_->trim(group, removed);
  return made;
}

}  // namespace temper
