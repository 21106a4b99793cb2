#include "kernels/cpu/onednn/runnable.h"

namespace temper::onednn {

// Memory objects, and the list of them that the library takes.
struct Runnable::Call {
  std::vector<dnnl::memory> memories;
  std::vector<dnnl_exec_arg_t> arguments;
};

Runnable::Runnable(const dnnl::primitive& primitive, const dnnl::memory::desc& scratchpad,
                   std::vector<Argument> arguments)
    : primitive_(primitive),
      arguments_(std::move(arguments)),
      scratchpad_(scratchpad),
      scratchpad_bytes_(static_cast<int64_t>(scratchpad.get_size())) {}

Runnable::~Runnable() { delete spare_.load(); }

std::unique_ptr<Runnable::Call> Runnable::make_call() const {
  auto call = std::make_unique<Call>();
  const auto add = [&](int name, const dnnl::memory::desc& desc) {
    call->memories.push_back({desc, cpu_engine(), DNNL_MEMORY_NONE});
    call->arguments.push_back({name, call->memories.back().get()});
  };
  for (const Argument& argument : arguments_) add(argument.name, argument.desc);
  if (scratchpad_bytes_ > 0) add(DNNL_ARG_SCRATCHPAD, scratchpad_);
  return call;
}

void Runnable::run(dnnl::stream& stream, absl::Span<const Data> data) const {
  std::unique_ptr<Call> call(spare_.exchange(nullptr));
  if (!call) call = make_call();
  const auto set = [&](size_t i, void* bytes) {
    dnnl::memory& memory = call->memories[i];
    memory.set_data_handle(bytes);
    call->arguments[i].memory = memory.get();
  };
  for (size_t i = 0; i < data.size(); ++i) {
    if (data[i].memory) {
      call->arguments[i].memory = data[i].memory;
    } else {
      set(i, data[i].bytes);
    }
  }
  Ref<Storage> scratch;
  if (scratchpad_bytes_ > 0) {
    scratch = Storage::allocate(scratchpad_bytes_);
    set(data.size(), scratch->data());
  }
  dnnl::error::wrap_c_api(
      dnnl_primitive_execute(primitive_.get(), stream.get(),
                             static_cast<int>(call->arguments.size()), call->arguments.data()),
      "could not execute a primitive");
  stream.wait();
  delete spare_.exchange(call.release());
}

std::unique_ptr<Runnable> make_reorder(const dnnl::memory::desc& from,
                                       const dnnl::memory::desc& to) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::reorder::primitive_desc described(cpu_engine(), from, cpu_engine(), to, attributes);
  return std::make_unique<Runnable>(
      dnnl::reorder(described), described.scratchpad_desc(),
      std::vector<Runnable::Argument>{{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

}  // namespace temper::onednn
