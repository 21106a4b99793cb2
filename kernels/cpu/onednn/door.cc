#include "kernels/cpu/onednn/door.h"

#include <omp.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "core/sync/float_mode.h"
#include "kernels/cpu/onednn/process.h"

namespace temper::onednn {

dnnl::engine& cpu_engine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);  // stateless handle
  return engine;
}

void keep_no_primitives() { dnnl::set_primitive_cache_capacity(0); }

namespace {

// Threads that join the team later inherit the mode of the one who starts them.
void set_team_mode(int threads) {
  enum class Mode : unsigned char { kUnknown, kKeeps, kFlushes };
  thread_local Mode mode = Mode::kUnknown;
  const bool flush = flushes_denormals();
  const Mode wanted = flush ? Mode::kFlushes : Mode::kKeeps;
  if (threads == 1 || mode == wanted) return;
#pragma omp parallel num_threads(threads)
  set_float_control(flush ? float_control() | kFlushBits : float_control() & ~kFlushBits);
  mode = wanted;
}

}  // namespace

Team team_for(const RunContext& context) {
  thread_local dnnl::stream stream(cpu_engine());
  const int threads = context.workers->share();
  omp_set_num_threads(threads);
  set_team_mode(threads);
  return {stream, threads};
}

// The thread sanitizer sees how threads of the library write, not how they wait.
#ifdef __SANITIZE_THREAD__
constexpr bool kMaySplit = false;
#else
constexpr bool kMaySplit = true;
#endif

void run_in_team(const Team& team, int64_t end, int64_t grain,
                 absl::FunctionRef<void(int64_t, int64_t)> body) {
  const int64_t parts = kMaySplit ? std::clamp<int64_t>(end / grain, 1, team.threads) : 1;
  if (parts == 1) return body(0, end);
  // In whole lines of the cache, so that no two threads write one.
  const int64_t part = ((end + parts - 1) / parts + 15) / 16 * 16;
#pragma omp parallel for num_threads(parts) schedule(static)
  for (int64_t i = 0; i < parts; ++i) body(std::min(end, i * part), std::min(end, (i + 1) * part));
}

void share_in_team(const Team& team, int64_t count,
                   absl::FunctionRef<void(int64_t, int64_t)> body) {
  const int64_t parts = kMaySplit ? std::clamp<int64_t>(count, 1, team.threads) : 1;
  if (parts == 1) return body(0, count);
  std::vector<std::exception_ptr> errors(static_cast<size_t>(parts));
#pragma omp parallel for num_threads(parts) schedule(static)
  for (int64_t i = 0; i < parts; ++i) {
    try {
      body(count * i / parts, count * (i + 1) / parts);
    } catch (...) {
      errors[static_cast<size_t>(i)] = std::current_exception();
    }
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

SoloScope::SoloScope(const Team& team) : threads_(team.threads) { omp_set_num_threads(1); }
SoloScope::~SoloScope() { omp_set_num_threads(threads_); }

dnnl::memory::dims dims_of(DimsView sizes) { return {sizes.begin(), sizes.end()}; }

dnnl::memory::desc describe(const Tensor& t) {
  return {dims_of(t.sizes()), dnnl::memory::data_type::f32, dims_of(t.strides())};
}

dnnl::memory::desc any_format(const dnnl::memory::desc& desc) {
  return {desc.dims(), dnnl::memory::data_type::f32, dnnl::memory::format_tag::any};
}

void add_to(PackedKey& key, const dnnl::memory::desc& desc) {
  const dnnl_memory_desc_t& d = desc.data;
  if (d.format_kind == dnnl_format_kind_wino) {
    const dnnl_wino_desc_t& tiles = d.format_desc.wino_desc;
    key.add(d.format_kind).add(DimsView(d.dims, static_cast<size_t>(d.ndims)));
    for (const int64_t field : {int64_t{tiles.wino_format}, int64_t{tiles.r}, int64_t{tiles.alpha},
                                int64_t{tiles.ic_block}, int64_t{tiles.oc_block},
                                int64_t{tiles.ic2_block}, int64_t{tiles.oc2_block}}) {
      key.add(field);
    }
    return;
  }
  const auto rank = static_cast<size_t>(d.ndims);
  const dnnl_blocking_desc_t& blocks = d.format_desc.blocking;
  const auto inner = static_cast<size_t>(blocks.inner_nblks);
  key.add(d.data_type).add(d.format_kind).add(d.offset0).add(static_cast<int64_t>(d.extra.flags));
  for (const dnnl_dim_t* dims : {d.dims, d.padded_dims, d.padded_offsets, blocks.strides}) {
    key.add(DimsView(dims, rank));
  }
  key.add(DimsView(blocks.inner_blks, inner)).add(DimsView(blocks.inner_idxs, inner));
}

bool is_constant(const Tensor& t) { return t.storage()->constant() || t.storage()->borrowed(); }

Ref<Kept> kept_primitive(const RunContext& context, const PackedKey& key,
                         absl::FunctionRef<Ref<Kept>()> make) {
  return context.packed ? context.packed->primitive(key, make) : make();
}

}  // namespace temper::onednn
