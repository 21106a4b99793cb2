#pragma once
// The one door to oneDNN: engine, streams, memory descriptors of tensors, cached primitives. Only
// files of this folder include it.

#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "core/op/op_call.h"
#include "core/op/run_context.h"
#include "core/tensor/tensor.h"
#include "kernels/cpu/onednn/constants.h"

namespace temper::onednn {

dnnl::engine& cpu_engine();
// A stream of this thread, confined to the threads that the request may use. Ask for it before a
// primitive is described: that is when oneDNN decides how many threads share the work.
dnnl::stream& stream_for(const RunContext& context);

dnnl::memory::dims dims_of(DimsView sizes);
// f32 descriptor with the tensor's own strides.
dnnl::memory::desc describe(const Tensor& t);
dnnl::memory::desc any_format(DimsView sizes);
dnnl::memory wrap(const dnnl::memory::desc& desc, const Tensor& t);

// A primitive that any thread may execute, several at once: each call brings its scratchpad.
struct Runnable {
  dnnl::primitive primitive;
  dnnl::memory::desc scratchpad;
};
using Arguments = std::unordered_map<int, dnnl::memory>;
void execute(dnnl::stream& stream, const Runnable& runnable, Arguments arguments);

// Bytes in a layout of oneDNN's choice.
struct Packed : RefCounted {
  Ref<Storage> storage;
  Tensor scale;  // what the weights were scaled by: its address is in the tag
  dnnl::memory memory;
};
Ref<Packed> make_packed(const dnnl::memory::desc& desc);

// Mixes values into a tag for PackedCache.
class Tag {
 public:
  explicit Tag(uint64_t kind) : state_(kind * 0x9e3779b97f4a7c15ull) {}
  Tag& add(int64_t value);
  Tag& add(DimsView values);
  uint64_t get() const { return state_; }

 private:
  uint64_t state_;
};

// Looks up or makes an entry; without a cache it is made anew. Only constant tensors may be
// sources: others come and go.
Ref<RefCounted> cached(const RunContext& context, const Tensor& source, uint64_t tag,
                       const std::function<Ref<RefCounted>()>& make);
// For tags: which constant it is; 0 for an undefined tensor.
int64_t identity(const Tensor& t);

// `weights` reordered to `wanted`; packed once when it is constant. With `scale`, also constant,
// scaled() gives what is packed: it is asked for once.
Ref<Packed> pack(const RunContext& context, const Tensor& weights,
                 const dnnl::memory::desc& weights_desc, const dnnl::memory::desc& wanted,
                 const Tensor& scale = {}, const std::function<Tensor()>& scaled = nullptr);

}  // namespace temper::onednn
