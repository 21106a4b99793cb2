#include "kernels/cpu/onednn/door.h"

#include <omp.h>

#include <cstring>

namespace temper::onednn {

dnnl::engine& cpu_engine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);  // stateless handle
  return engine;
}

dnnl::stream& stream_for(const RunContext& context) {
  thread_local dnnl::stream stream(cpu_engine());
  omp_set_num_threads(context.workers->threads());
  return stream;
}

dnnl::memory::dims dims_of(DimsView sizes) { return {sizes.begin(), sizes.end()}; }

dnnl::memory::desc describe(const Tensor& t) {
  return {dims_of(t.sizes()), dnnl::memory::data_type::f32, dims_of(t.strides())};
}

dnnl::memory::desc any_format(DimsView sizes) {
  return {dims_of(sizes), dnnl::memory::data_type::f32, dnnl::memory::format_tag::any};
}

dnnl::memory wrap(const dnnl::memory::desc& desc, const Tensor& t) {
  return {desc, cpu_engine(), t.raw()};
}

void execute(dnnl::stream& stream, const Runnable& runnable, Arguments arguments) {
  const size_t bytes = runnable.scratchpad.get_size();
  Ref<Storage> scratch;
  if (bytes > 0) {
    scratch = Storage::allocate(static_cast<int64_t>(bytes));
    arguments.insert(
        {DNNL_ARG_SCRATCHPAD, dnnl::memory(runnable.scratchpad, cpu_engine(), scratch->data())});
  }
  runnable.primitive.execute(stream, arguments);
  stream.wait();
}

Ref<Packed> make_packed(const dnnl::memory::desc& desc) {
  auto packed = make_ref<Packed>();
  packed->storage = Storage::allocate(static_cast<int64_t>(desc.get_size()));
  packed->memory = dnnl::memory(desc, cpu_engine(), packed->storage->data());
  return packed;
}

Tag& Tag::add(int64_t value) {
  state_ = (state_ ^ static_cast<uint64_t>(value)) * 0xff51afd7ed558ccdull;
  state_ ^= state_ >> 33;
  return *this;
}

Tag& Tag::add(DimsView values) {
  add(static_cast<int64_t>(values.size()));
  for (int64_t value : values) add(value);
  return *this;
}

bool is_constant(const Tensor& t) { return t.storage()->constant() || t.storage()->borrowed(); }

Ref<RefCounted> cached(const RunContext& context, const Tensor& source, uint64_t tag,
                       const std::function<Ref<RefCounted>()>& make) {
  return context.packed ? context.packed->get(source, tag, make) : make();
}

int64_t identity(const Tensor& t) {
  return t.defined() ? static_cast<int64_t>(reinterpret_cast<intptr_t>(t.raw())) : 0;
}

namespace {

Ref<Packed> reorder(const RunContext& context, const Tensor& weights,
                    const dnnl::memory::desc& from, const dnnl::memory::desc& to) {
  Ref<Packed> packed = make_packed(to);
  dnnl::stream& stream = stream_for(context);
  dnnl::memory source = wrap(from, weights);
  dnnl::reorder(source, packed->memory).execute(stream, source, packed->memory);
  stream.wait();
  return packed;
}

uint64_t format_tag(const dnnl::memory::desc& desc) {
  Tag tag(0x7061636b);
  const auto* bytes = reinterpret_cast<const unsigned char*>(&desc.data);
  for (size_t i = 0; i + 8 <= sizeof(desc.data); i += 8) {
    int64_t word = 0;
    std::memcpy(&word, bytes + i, 8);
    tag.add(word);
  }
  return tag.get();
}

}  // namespace

Ref<Packed> pack(const RunContext& context, const Tensor& weights,
                 const dnnl::memory::desc& weights_desc, const dnnl::memory::desc& wanted,
                 const Tensor& scale, const std::function<Tensor()>& scaled) {
  const auto make = [&]() -> Ref<RefCounted> {
    const Ref<Packed> packed =
        reorder(context, scale.defined() ? scaled() : weights, weights_desc, wanted);
    packed->scale = scale;
    return packed;
  };
  const uint64_t tag = Tag(format_tag(wanted)).add(identity(scale)).get();
  const Ref<RefCounted> packed =
      is_constant(weights) ? cached(context, weights, tag, make) : make();
  return Ref<Packed>(static_cast<Packed*>(packed.get()));
}

}  // namespace temper::onednn
