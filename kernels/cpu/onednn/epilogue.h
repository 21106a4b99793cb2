#pragma once
// Epilogues as oneDNN's post-operations.

#include "kernels/cpu/epilogue.h"
#include "kernels/cpu/onednn/door.h"

namespace temper::onednn {

// How the residual reaches the primitive: stored in the destination before it starts, or read
// beside it.
enum class ResidualBy : unsigned char { kStored, kOperand };
constexpr int kResidualArgument = DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1;

// What of an epilogue is left to a primitive that stores float32 in `output`. Silu is not: a pass
// over what was just stored takes half the time of the library's exponentials. Neither is relu if
// NaN must stay, of which the library makes 0.
Epilogue part_of_primitive(const Epilogue& epilogue, const Tensor& output, bool keeps_nan);
// The rest, once the primitive has run.
void apply_rest(const Team& team, const Epilogue& epilogue, const Epilogue& done,
                const Tensor& output);

dnnl::primitive_attr attributes_of(const Epilogue& epilogue, ResidualBy by);
void add_to(PackedKey& key, const Epilogue& epilogue);

// A described primitive. Reading the residual beside it saves a pass over memory, where the same
// implementation can do that; `may_read` says that the residual is laid out as the destination.
template <class Primitive>
struct Described {
  typename Primitive::primitive_desc primitive;
  ResidualBy by = ResidualBy::kStored;
};
template <class Primitive>
Described<Primitive> describe_primitive(const typename Primitive::desc& desc,
                                        const Epilogue& epilogue, bool may_read) {
  using PrimitiveDesc = typename Primitive::primitive_desc;
  const PrimitiveDesc stored(desc, attributes_of(epilogue, ResidualBy::kStored), cpu_engine());
  if (epilogue.residual.defined() && may_read) {
    constexpr bool kAllowNone = true;
    PrimitiveDesc direct(desc, attributes_of(epilogue, ResidualBy::kOperand), cpu_engine(),
                         kAllowNone);
    if (direct && std::string_view(direct.impl_info_str()) == stored.impl_info_str()) {
      return {direct, ResidualBy::kOperand};
    }
  }
  return {stored, ResidualBy::kStored};
}

}  // namespace temper::onednn
