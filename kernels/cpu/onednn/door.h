#pragma once
// The one door to oneDNN: engine, threads, descriptors of tensors. Only files of this folder
// include it.

#include <oneapi/dnnl/dnnl.hpp>

#include "core/op/packed_cache.h"
#include "core/op/run_context.h"
#include "core/tensor/tensor.h"
#include "kernels/cpu/onednn/constants.h"

namespace temper::onednn {

dnnl::engine& cpu_engine();

// This thread with those that help it.
struct Team {
  dnnl::stream& stream;
  int threads;
};
// The request's share of the threads, in its mode for denormals. Ask for it before a primitive is
// described: that is when oneDNN decides how many threads share the work.
Team team_for(const RunContext& context);
// Calls body on disjoint ranges that cover [0, end), each at least `grain` long, on the threads of
// the library: those that have just run a primitive still wait for work, while the pool's would
// have to be woken and take their cores. `body` must not throw.
void run_in_team(const Team& team, int64_t end, int64_t grain,
                 absl::FunctionRef<void(int64_t, int64_t)> body);
// The same in parts that differ by one at most, for work that comes in few and large pieces. What
// `body` throws is thrown here. Primitives that it runs were made in a SoloScope.
void share_in_team(const Team& team, int64_t count, absl::FunctionRef<void(int64_t, int64_t)> body);
// Primitives that are described while it lives run on the thread that calls them.
class SoloScope {
 public:
  explicit SoloScope(const Team& team);
  ~SoloScope();
  SoloScope(const SoloScope&) = delete;
  SoloScope& operator=(const SoloScope&) = delete;

 private:
  const int threads_;
};

dnnl::memory::dims dims_of(DimsView sizes);
// f32 descriptor with the tensor's own strides.
dnnl::memory::desc describe(const Tensor& t);
// The same numbers in a layout of the library's choice.
dnnl::memory::desc any_format(const dnnl::memory::desc& desc);
// Everything that tells layouts apart.
void add_to(PackedKey& key, const dnnl::memory::desc& desc);

// What a key is for.
enum KeyKind : int64_t { kConvKey, kProductKey, kPackingKey, kPanelsKey, kTilesKey };

// Looks up or makes; without a cache it is made anew.
Ref<Kept> kept_primitive(const RunContext& context, const PackedKey& key,
                         absl::FunctionRef<Ref<Kept>()> make);

}  // namespace temper::onednn
