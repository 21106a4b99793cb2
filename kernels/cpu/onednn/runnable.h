#pragma once
// Primitives that are ready to run.

#include <atomic>
#include <memory>
#include <vector>

#include "kernels/cpu/onednn/door.h"

namespace temper::onednn {

// What a call brings for an argument of a primitive.
struct Data {
  Data(const Tensor& tensor) : bytes(tensor.raw()) {}
  Data(const Ref<Storage>& storage) : bytes(storage->data()) {}
  explicit Data(std::byte* place) : bytes(place) {}
  Data(const dnnl::memory& ready) : memory(ready.get()) {}
  void* bytes = nullptr;
  dnnl_memory_t memory = nullptr;
};

// Any thread may run it, several at once.
class Runnable {
 public:
  struct Argument {
    int name;
    dnnl::memory::desc desc;
  };
  Runnable(const dnnl::primitive& primitive, const dnnl::memory::desc& scratchpad,
           std::vector<Argument> arguments);
  ~Runnable();
  Runnable(const Runnable&) = delete;
  Runnable& operator=(const Runnable&) = delete;
  // Runs to the end. `data` are the arguments in their order.
  void run(dnnl::stream& stream, absl::Span<const Data> data) const;

 private:
  struct Call;
  std::unique_ptr<Call> make_call() const;

  const dnnl::primitive primitive_;
  const std::vector<Argument> arguments_;
  const dnnl::memory::desc scratchpad_;
  const int64_t scratchpad_bytes_;
  mutable std::atomic<Call*> spare_{nullptr};  // what the last call used: making it takes a while
};

// Copies between layouts.
std::unique_ptr<Runnable> make_reorder(const dnnl::memory::desc& from,
                                       const dnnl::memory::desc& to);

// What the library takes for a primitive's code cannot be asked for. Seen were 10 to 300 KB, of
// products less than of convolutions with large kernels, of which there are few.
inline constexpr int64_t kPrimitiveBytes = 128 << 10;

}  // namespace temper::onednn
