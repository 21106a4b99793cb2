// Which rule each out= form follows, and its words: %n is the operator's name, %R and %O the dtypes
// of the result and of the tensor, %r and %o their names in C++; words for several results stand
// between bars.
#include "kernels/cpu/out_rules.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "kernels/cpu/cpp_names.h"
#include "kernels/cpu/overlap.h"

namespace temper {
namespace {

// Dtypes of tensors that may take a result.
enum class Rule : uint8_t {
  kCast,        // those that the result's can be cast to
  kSame,        // its own
  kFloating,    // floating ones
  kComplex,     // complex ones
  kCopied,      // all: the result is copied
  kCopiedOver,  // all, if it has a shape that the result fits: copied like copy_
  kComputed,    // all, unless a dtype is asked for: it is what is computed in
};

// Names without a dot are all out= overloads of an operator.
struct Row {
  Rule rule;
  const char* words;
  const char* names;
};

constexpr Row kRows[] = {
    {Rule::kSame, "Expected out tensor to have dtype %r, but got %o instead",
     "_addmm_activation _linalg_det _linalg_eigh _linalg_slogdet _linalg_solve_ex _linalg_svd "
     "_log_softmax _softmax _upsample_bicubic2d_aa.out _upsample_bilinear2d_aa.out "
     "_upsample_nearest_exact1d.out _upsample_nearest_exact2d.out _upsample_nearest_exact3d.out "
     "adaptive_max_pool2d adaptive_max_pool3d addmm addmv aminmax argmax argmin avg_pool2d "
     "avg_pool3d baddbmm bmm cross fractional_max_pool2d fractional_max_pool3d gather index_add "
     "index_copy index_reduce isin linalg_cholesky linalg_cholesky_ex linalg_cross linalg_det "
     "linalg_eigh linalg_eigvalsh linalg_inv linalg_inv_ex linalg_ldl_factor "
     "linalg_ldl_factor_ex linalg_ldl_solve linalg_lu linalg_lu_factor linalg_lu_factor_ex "
     "linalg_lu_solve linalg_qr linalg_slogdet linalg_solve linalg_solve_ex linalg_svd "
     "linalg_svdvals linalg_vector_norm linear log_softmax lu_solve lu_unpack matmul max.dim_max "
     "max_pool2d_with_indices min.dim_min mm msort mv nll_loss nll_loss_forward qr "
     "reflection_pad1d reflection_pad3d renorm replication_pad1d replication_pad2d "
     "replication_pad3d scatter scatter_add scatter_reduce slow_conv_transpose2d softmax sort "
     "svd take_along_dim topk triangular_solve tril triu upsample_bicubic2d.out "
     "upsample_bilinear2d.out upsample_linear1d.out upsample_nearest1d.out "
     "upsample_nearest2d.out upsample_nearest3d.out upsample_trilinear3d.out"},
    {Rule::kSame, "Found dtype %O but expected %R",
     "abs binary_cross_entropy bitwise_not ceil clamp.out clamp_max.out clamp_min.out clip.out "
     "conj_physical elu floor frac gelu hardshrink hardsigmoid hardswish hardtanh leaky_relu "
     "mish neg pow.Tensor_Scalar_out round sgn sign silu soft_margin_loss softplus softshrink "
     "square trunc"},
    {Rule::kSame, "expected scalar_type %R but found %O", "cummax cummin diff logcumsumexp"},
    {Rule::kSame, "expected scalar type %R but found %O",
     "col2im diag im2col linalg_solve_triangular log_sigmoid log_sigmoid_forward "
     "multi_margin_loss reflection_pad2d"},
    {Rule::kSame, "expected dtype %r for `output` but got dtype %o", "adaptive_avg_pool2d"},
    {Rule::kSame, "result dtype %O does not match input dtype %R", "dot vdot"},
    {Rule::kSame,
     "tensordot: Expected the output tensor to have dtype %R, but got an output tensor with "
     "dtype %O",
     "tensordot"},
    {Rule::kSame,
     "Expected the dtype for input and out to match, but got %R for input's dtype and %O for "
     "out's dtype.",
     "amax amin"},
    {Rule::kSame, "self and mat2 must have the same dtype", "addbmm"},
    {Rule::kSame, "Expected object of scalar type %R but got scalar type %O for argument 'out'",
     "complex polar"},
    {Rule::kSame,
     "output values must be of same type as input|output indices must be of scalar type %R",
     "kthvalue"},
    {Rule::kSame,
     "expected scalar type '%R' but got '%O' for values output|expected scalar type '%R' but got"
     " '%O' for indices output",
     "mode"},
    {Rule::kSame, "%n(): self and result must have the same scalar type",
     "index_select masked_select"},
    {Rule::kSame, "quantile() out tensor must be same dtype as the input tensor",
     "nanquantile quantile"},
    {Rule::kSame,
     "the output given to float_power has dtype %O but the operation's result requires dtype %R",
     "float_power"},
    {Rule::kSame, "%n does not support non-boolean outputs.", "isneginf isposinf signbit"},
    {Rule::kSame, "%n: dtype of out: %O should be same as input: %R", "nan_to_num"},
    {Rule::kSame,
     "%n(): self and out expected to have the same dtype, but got self.dtype = %R and out.dtype "
     "= %O",
     "take"},
    {Rule::kSame, "%n only supports bool tensor for result, got: %O", "all any"},
    {Rule::kSame, "linalg.%n expected out tensor dtype %R but got: %O",
     "linalg_matrix_norm linalg_norm"},
    {Rule::kSame, "linalg.%n: Expected out of dtype%R but found %O", "linalg_vecdot"},
    {Rule::kSame, "%n is not yet implemented for tensors with different dtypes.", "heaviside"},
    {Rule::kSame,
     "torch.histogram: input tensor and hist tensor should have the same dtype, but got input %r"
     " and hist %o|torch.histogram: input tensor and bin_edges tensor should have the same "
     "dtype, but got input %r and bin_edges %o",
     "histc histogram"},
    {Rule::kSame, "%n(): expected out tensor to have dtype %r but got %o", "linalg_multi_dot"},
    {Rule::kSame,
     "torch.frexp() expects mantissa to have dtype %r but got %o|torch.frexp() expects exponent "
     "to have %r dtype but got %o",
     "frexp"},
    {Rule::kSame,
     "Expected self.dtype() == output.dtype() to be true, but got false.  (Could this error "
     "message be improved?  If so, please report an enhancement request to PyTorch.)",
     "narrow_copy"},
    {Rule::kSame, "%n expects %R tensor out, got: %O", "multinomial"},
    {Rule::kSame, "%n: Expected out tensor to have scalar type %R but got scalar type%O",
     "nonzero"},
    {Rule::kSame,
     "torch.%n: Expected input and result to have the same dtype, but input has dtype%R and "
     "result has dtype %O",
     "ormqr"},
    {Rule::kSame,
     "torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or "
     "Long(int64) depending on whether out_int32 flag is True, but we got output tensor's dtype "
     "%O",
     "bucketize.Tensor_out searchsorted.Tensor_out"},
    {Rule::kFloating, "%n(): Expected floating point type for result tensor, but got: %O",
     "logsumexp"},
    {Rule::kComplex, "%n expects a complex output tensor, but got %O",
     "fft_fft fft_fftn fft_ifft fft_ifftn fft_ihfft fft_ihfftn fft_rfft fft_rfftn"},
    {Rule::kFloating, "%n expects a floating point output tensor, but got %O",
     "fft_hfft fft_hfftn fft_irfft fft_irfftn"},
    {Rule::kComplex, "fftn expects a complex output tensor, but got %O", "fft_fft2"},
    {Rule::kComplex, "ifftn expects a complex output tensor, but got %O", "fft_ifft2"},
    {Rule::kComplex, "rfftn expects a complex output tensor, but got %O", "fft_rfft2"},
    {Rule::kComplex, "ihfftn expects a complex output tensor, but got %O", "fft_ihfft2"},
    {Rule::kFloating, "irfftn expects a floating point output tensor, but got %O", "fft_irfft2"},
    {Rule::kFloating, "hfftn expects a floating point output tensor, but got %O", "fft_hfft2"},
    {Rule::kCast, "torch.cat(): input types can't be cast to the desired output type %O",
     "cat column_stack concat concatenate dstack hstack row_stack stack vstack"},
    {Rule::kCast, "%n: result type %R can't be cast to the desired output type %R", "mvlgamma"},
    {Rule::kCast,
     "%n: Expected result to be safely castable from %R dtype, but got result with dtype %O",
     "cholesky cholesky_inverse cholesky_solve linalg_matrix_power linalg_tensorinv "
     "linalg_tensorsolve"},
    {Rule::kCast,
     "linalg.%n: Expected result to be safely castable from %R dtype, but got result with dtype "
     "%O",
     "linalg_cond linalg_pinv"},
    {Rule::kCast,
     "torch.linalg.%n: Expected result to be safely castable from %R dtype, but got result with "
     "dtype %O",
     "linalg_householder_product linalg_matrix_rank"},
    {Rule::kCast,
     "torch.linalg.householder_product: Expected result to be safely castable from %R dtype, but"
     " got result with dtype %O",
     "orgqr"},
    {Rule::kCast,
     "torch.linalg.%n: Expected eigenvalues to be safely castable from %R dtype, but got "
     "eigenvalues with dtype %O",
     "linalg_eigvals"},
    {Rule::kComputed, "Expected out tensor to have dtype %r, but got %o instead",
     "cumprod cumsum nansum prod.int_out sum.IntList_out"},
    {Rule::kCopied, "",
     "__lshift__.Scalar_out __lshift__.Tensor_out __rshift__.Scalar_out __rshift__.Tensor_out "
     "_adaptive_avg_pool2d.out _adaptive_avg_pool3d.out _add_relu.Scalar_out _aminmax.dim_out "
     "_aminmax.out _conj_physical.out _histogramdd_bin_edges _convolution.out _index_put_impl.out "
     "_masked_softmax.out "
     "_sample_dirichlet.out _standard_gamma.out _unique.out _unique2.out _unsafe_view.out "
     "_upsample_bicubic2d_aa.vec_out _upsample_bilinear2d_aa.vec_out "
     "_upsample_nearest_exact1d.vec_out _upsample_nearest_exact2d.vec_out "
     "_upsample_nearest_exact3d.vec_out add.Scalar_out affine_grid_generator.out "
     "argsort.stable_out as_strided_scatter.out bernoulli.Tensor_out bernoulli.float_out "
     "binary_cross_entropy_with_logits.out bincount.out binomial.out "
     "bitwise_and.Scalar_Tensor_out bitwise_left_shift.Scalar_Tensor_out "
     "bitwise_or.Scalar_Tensor_out bitwise_right_shift.Scalar_Tensor_out "
     "bitwise_xor.Scalar_Tensor_out block_diag.out bucketize.Scalar_out cauchy.out celu.out "
     "channel_shuffle.out clone.out constant_pad_nd.out conv_tbc.out convolution.out copy.out "
     "count_nonzero.dim_IntList_out count_nonzero.out diag_embed.out diagonal_scatter.out "
     "dist.out div.Scalar_mode_out div.Scalar_out embedding.out embedding_renorm.out "
     "exponential.out fake_quantize_per_channel_affine_cachemask.out "
     "fake_quantize_per_tensor_affine_cachemask.out fill.Scalar_out fill.Tensor_out flip.out "
     "frobenius_norm geometric.out grid_sampler_2d.out grid_sampler_3d.out "
     "index_fill.int_Scalar_out index_fill.int_Tensor_out index_put.out isinf.out isnan.out "
     "lift.out lift_fresh_copy.out linalg_matrix_exp.out log_normal.out masked_fill.Scalar_out "
     "masked_fill.Tensor_out masked_scatter.out median.out mul.Scalar_out nanmedian.out "
     "native_dropout.out native_group_norm.out native_layer_norm.out "
     "native_norm.ScalarOpt_dim_dtype_out native_norm.out norm.ScalarOpt_dtype_out "
     "norm.Scalar_out nuclear_norm pixel_shuffle.out pixel_unshuffle.out poisson.out prelu.out "
     "prod.out put.out random.from_out random.out random.to_out relu.out "
     "remainder.Scalar_Tensor_out repeat.out repeat_interleave.Tensor_out resize.out "
     "resize_as.out roll.out rot90.out rsub.Scalar_out rsub.Tensor_out searchsorted.Scalar_out "
     "select_scatter.out slice_scatter.out std_mean.correction_out sub.Scalar_out sum.out "
     "trace.out uniform.out unsafe_split unsafe_split_with_sizes unique_consecutive.out "
     "unique_dim.out unique_dim_consecutive.out "
     "upsample_bicubic2d.vec_out upsample_bilinear2d.vec_out upsample_linear1d.vec_out "
     "upsample_nearest1d.vec_out upsample_nearest2d.vec_out upsample_nearest3d.vec_out "
     "var_mean.correction_out zero.out"},
    {Rule::kCopiedOver, "",
     "_conj_copy _reshape_alias_copy alias_copy as_strided_copy detach_copy diagonal_copy "
     "expand_copy permute_copy select_copy slice_copy split_copy split_with_sizes_copy "
     "squeeze_copy "
     "t_copy transpose_copy unbind_copy unfold_copy unsqueeze_copy view_as_complex_copy "
     "view_as_real_copy view_copy"},
};
constexpr Row kUsual = {Rule::kCast, "result type %R can't be cast to the desired output type %O",
                        ""};

// Memory that the tensor may not share with arguments.
enum class Sharing : uint8_t {
  kInPart,       // unless it is the same
  kAtAll,        // none
  kBesidesSelf,  // none but the first argument's
};

struct SharingRow {
  Sharing sharing;
  const char* names;
};

constexpr SharingRow kSharingRows[] = {
    {Sharing::kInPart,
     "bitwise_not clamp clip cumprod cumsum gelu glu lerp logcumsumexp mse_loss nan_to_num "
     "renorm round smooth_l1_loss"},
    {Sharing::kAtAll,
     "cat column_stack concat concatenate dstack gather hstack index_select masked_select "
     "row_stack stack take vstack"},
    {Sharing::kBesidesSelf, "index_add index_copy index_reduce scatter scatter_add scatter_reduce"},
};

struct ContiguousRow {
  const char* names;
};

constexpr ContiguousRow kContiguousRows[] = {{"kron.out pow.Scalar_out"}};

// "sum" of aten::sum.out.
std::string_view plain_name(const OpDef& op) {
  const std::string_view name = op.name();
  return name.substr(name.find("::") + 2);
}

// Rows of an operator with the overload they are for; an empty one is all of them.
template <class Row>
using ByName =
    std::unordered_map<std::string_view, std::vector<std::pair<std::string_view, const Row*>>>;

template <class Row, size_t N>
ByName<Row> by_name(const Row (&rows)[N]) {
  ByName<Row> found;
  for (const Row& row : rows) {
    for (std::string_view names = row.names; !names.empty();) {
      const size_t end = std::min(names.find(' '), names.size());
      const std::string_view key = names.substr(0, end);
      const size_t dot = std::min(key.find('.'), end);
      found[key.substr(0, dot)].push_back({key.substr(std::min(dot + 1, end)), &row});
      names.remove_prefix(std::min(end + 1, names.size()));
    }
  }
  return found;
}

template <class Row>
const Row* find(const ByName<Row>& rows, const OpDef& op) {
  const auto it = rows.find(plain_name(op));
  if (it == rows.end()) return nullptr;
  for (const auto& [overload, row] : it->second) {
    if (overload.empty() || overload == op.schema().overload) return row;
  }
  return nullptr;
}

const Row& row_of(const OpDef& op) {
  static const ByName<Row> rows = by_name(kRows);
  const Row* row = find(rows, op);
  return row ? *row : kUsual;
}

std::vector<Tensor> tensors_in(const IValue& value) {
  if (value.is_tensor()) return {value.to_tensor()};
  std::vector<Tensor> tensors;
  if (value.is_list()) {
    for (const IValue& item : value.to_list().items) {
      if (item.is_tensor()) tensors.push_back(item.to_tensor());
    }
  }
  return tensors;
}

bool allows(Rule rule, DType result, DType out) {
  switch (rule) {
    case Rule::kCast: return can_cast(result, out);
    case Rule::kSame:
    case Rule::kComputed: return false;
    case Rule::kFloating: return is_floating(out);
    case Rule::kComplex: return is_complex(out);
    case Rule::kCopied:
    case Rule::kCopiedOver: return true;
  }
  return false;
}

// The words for result `i`; the last ones serve all further results.
std::string_view words_for(std::string_view words, size_t i) {
  for (; i > 0 && words.find('|') != std::string_view::npos; --i) {
    words.remove_prefix(words.find('|') + 1);
  }
  return words.substr(0, words.find('|'));
}

// The name as messages have it: without that of its module.
std::string_view name_in_words(const OpDef& op) {
  std::string_view name = plain_name(op);
  for (std::string_view module : {"fft_", "linalg_"}) {
    if (name.starts_with(module)) name.remove_prefix(module.size());
  }
  return name;
}

std::string filled(std::string_view words, const OpDef& op, DType result, DType out) {
  std::string text;
  for (size_t at = 0; at < words.size(); ++at) {
    switch (words[at] == '%' ? words[++at] : ' ') {
      case 'n': text += name_in_words(op); break;
      case 'R': text += dtype_name(result); break;
      case 'O': text += dtype_name(out); break;
      case 'r': text += name_in_cpp(result); break;
      case 'o': text += name_in_cpp(out); break;
      default: text += words[at];
    }
  }
  return text;
}

}  // namespace

bool copies_result(const OpDef& out_form) { return row_of(out_form).rule == Rule::kCopied; }

bool copies_over(const OpDef& out_form) { return row_of(out_form).rule == Rule::kCopiedOver; }

bool resizes_to_contiguous(const OpDef& out_form) {
  static const ByName<ContiguousRow> rows = by_name(kContiguousRows);
  return copies_result(out_form) || find(rows, out_form);
}

bool computes_in_dtype_of_out(const OpDef& out_form) {
  return row_of(out_form).rule == Rule::kComputed;
}

void check_out_dtype(const OpDef& out_form, size_t i, DType result, DType out) {
  if (result == out) return;
  const Row& row = row_of(out_form);
  if (!allows(row.rule, result, out)) {
    fail(filled(words_for(row.words, i), out_form, result, out));
  }
}

void check_out_overlap(const OpCall& call, size_t count, const Tensor& out) {
  static const ByName<SharingRow> rows = by_name(kSharingRows);
  const SharingRow* row = nullptr;
  for (size_t i = 0; i < count; ++i) {
    for (const Tensor& given : tensors_in(call.in(i))) {
      if (given.storage() != out.storage()) continue;
      if (!row && !(row = find(rows, call.op()))) return;
      if (row->sharing == Sharing::kInPart) {
        check_no_partial_overlap(out, given);
      } else if (row->sharing == Sharing::kAtAll || i > 0) {
        check_no_shared_memory(out, given);
      }
    }
  }
}

}  // namespace temper
