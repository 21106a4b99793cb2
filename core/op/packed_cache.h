#pragma once
// What requests derive from weights and shapes and keep: weights in the layout that a kernel wants,
// and the primitives made for shapes. A process has one store with a limit in bytes; each model has
// a cache, through which it uses the store. Thread-safe.

#include <array>
#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "core/base/ref.h"
#include "core/tensor/tensor.h"

namespace temper {

class PackedCache;

// Immutable once it is kept.
class Kept : public RefCounted {
 public:
  // What keeping it takes; an estimate where nobody can tell.
  virtual int64_t bytes() const = 0;
};

// Weights in another layout. Equal ones are kept once, whichever models they belong to.
class PackedWeights : public Kept {
 public:
  explicit PackedWeights(Ref<Storage> storage) : storage_(std::move(storage)) {}
  const Ref<Storage>& storage() const { return storage_; }
  int64_t bytes() const final { return storage_->size(); }

 private:
  const Ref<Storage> storage_;
};

// Numbers that say what something was made for; compared one by one, so that no two things are
// ever mistaken for each other. The first one is the kind of thing.
class PackedKey {
 public:
  explicit PackedKey(int64_t kind) : words_{kind} {}
  PackedKey& add(int64_t value) {
    words_.push_back(value);
    return *this;
  }
  PackedKey& add(DimsView values) {
    words_.push_back(static_cast<int64_t>(values.size()));
    words_.insert(words_.end(), values.begin(), values.end());
    return *this;
  }
  bool operator==(const PackedKey&) const = default;
  template <class H>
  friend H AbslHashValue(H state, const PackedKey& key) {
    return H::combine(std::move(state), key.words_);
  }

 private:
  absl::InlinedVector<int64_t, 64> words_;
};

// What is made of weights. Says how they lie as well, but for the sizes and strides of matrices.
class PackedLayout : public RefCounted {
 public:
  explicit PackedLayout(PackedKey key) : key_(std::move(key)), hash_(absl::HashOf(key_)) {}
  size_t hash() const { return hash_; }
  bool operator==(const PackedLayout& other) const {
    return this == &other || (hash_ == other.hash_ && key_ == other.key_);
  }

 private:
  const PackedKey key_;
  const size_t hash_;
};

// Of each kind, what was not used for the longest time goes when there is more than the limit.
class PackedStore : public RefCounted {
 public:
  enum class Kind : uint8_t { kWeights, kPrimitives };
  struct Usage {
    int64_t bytes = 0;
    int64_t entries = 0;
    uint64_t evictions = 0;
  };

  // Primitives get at most a quarter of the bytes, and never more than kMostForPrimitives: ever-new
  // shapes cost no packed weights.
  explicit PackedStore(int64_t limit_bytes = kDefaultLimit);
  Usage usage(Kind kind) const;  // without waiting for anybody

  static constexpr int64_t kDefaultLimit = int64_t{4} << 30;
  static constexpr int64_t kMostForPrimitives = int64_t{256} << 20;

 private:
  friend class PackedCache;
  struct WeightKey {
    const PackedCache* owner;
    const Storage* source;
    uint32_t version;
    int64_t offset;
    std::array<int64_t, 4> view;  // of a matrix: sizes and strides
    const std::byte* scale;
    Ref<PackedLayout> layout;
    bool operator==(const WeightKey& other) const;
    bool same_form(const WeightKey& other) const {
      return view == other.view && *layout == *other.layout;
    }
    template <class H>
    friend H AbslHashValue(H state, const WeightKey& k) {
      return H::combine(std::move(state), k.source, k.offset, k.view[0], k.view[1], k.scale,
                        k.layout->hash());
    }
  };
  // Who uses packed weights: what they were made of stays alive, because keys hold its address.
  struct Use {
    WeightKey key;
    Ref<Storage> source, scale;
    Ref<MemoryAccount> account;
  };
  struct Entry {
    Ref<Kept> value;
    Kind kind;
    std::vector<Use> uses;           // of weights
    size_t content = 0;              // of weights: what equal ones have in common
    const PackedKey* key = nullptr;  // of a primitive: in the index
  };
  using Entries = std::list<Entry>;
  using Place = Entries::iterator;
  struct Group {
    Entries entries;  // most recently used first, once they take half of the limit
    int64_t limit = 0;
    // Changed with the mutex held, read without.
    std::atomic<int64_t> bytes{0};
    std::atomic<int64_t> count{0};
    std::atomic<uint64_t> evictions{0};
  };

  Group& group(Kind kind) { return groups_[static_cast<size_t>(kind)]; }
  Ref<Kept> found(Place place);
  Ref<PackedWeights> find_weights(const WeightKey& key);
  Ref<PackedWeights> add_weights(Use use, Ref<PackedWeights> made);
  Ref<PackedWeights> equal_weights(const WeightKey& key, const PackedWeights& made, size_t content);
  Place place_of(const PackedWeights& weights, size_t content);
  void insert(Entry entry);
  void remove(Place place, std::vector<Entry>& removed);
  void trim(Group& group, std::vector<Entry>& removed);
  void drop(const PackedCache* owner);

  std::mutex mutex_;
  std::array<Group, 2> groups_;
  std::unordered_map<PackedKey, Place, absl::Hash<PackedKey>> primitives_;
  std::unordered_map<WeightKey, Place, absl::Hash<WeightKey>> weights_;
  std::unordered_multimap<size_t, Place> contents_;
};

class PackedCache : public RefCounted {
 public:
  // Told of borrowed bytes that were packed and that nobody wrote: they are hardly read again.
  using GiveBack = std::function<void(const std::byte* first, int64_t bytes)>;

  // The bytes of packed weights are charged to `account`, if there is one, shared ones too.
  explicit PackedCache(Ref<PackedStore> store, Ref<MemoryAccount> account = nullptr,
                       GiveBack give_back = nullptr)
      : store_(std::move(store)), account_(std::move(account)), give_back_(std::move(give_back)) {}
  // Packed weights that no other model uses are freed.
  ~PackedCache() override { store_->drop(this); }

  // `source` packed, after being scaled by `scale` if that is defined; make() is called on a miss.
  // Both are constant.
  Ref<PackedWeights> weights(const Tensor& source, const Tensor& scale,
                             const Ref<PackedLayout>& layout,
                             absl::FunctionRef<Ref<PackedWeights>()> make);
  // What depends on nothing but the key; shared by all models.
  Ref<Kept> primitive(const PackedKey& key, absl::FunctionRef<Ref<Kept>()> make);

 private:
  void give_back(const Tensor& source) const;

  const Ref<PackedStore> store_;
  const Ref<MemoryAccount> account_;
  const GiveBack give_back_;
};

}  // namespace temper
