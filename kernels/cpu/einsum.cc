// Sums of products in Einstein's notation: operands are contracted from left to right by batched
// matrix products.
#include <algorithm>
#include <map>
#include <numeric>

#include "core/base/error.h"
#include "core/tensor/dispatch.h"
#include "kernels/cpu/matmul.h"
#include "kernels/cpu/pointwise/iterate.h"
#include "kernels/cpu/products.h"
#include "kernels/cpu/reduce/rows.h"
#include "kernels/cpu/walk.h"
#include "kernels/cpu/wrapping.h"

namespace temper {
namespace {

// A label is a letter's code, or 256 and up for the dims of an ellipsis, counted from the right.
using Labels = std::vector<int>;
constexpr int kEllipsis = 256;

using SumTypes = TypeSet<float, double, Half, BFloat16, int64_t, Complex64, Complex128>;

struct Operand {
  Tensor value;
  Labels labels;  // one per dim, no repeats
};

// "..." stands as one kEllipsis.
Labels parse_term(std::string_view term) {
  Labels labels;
  for (size_t i = 0; i < term.size(); ++i) {
    const char c = term[i];
    if (c == ' ') continue;
    if (c == '.') {
      if (term.substr(i, 3) != "..." ||
          std::find(labels.begin(), labels.end(), kEllipsis) != labels.end()) {
        fail("einsum(): found '.' for an operand that is not part of any ellipsis");
      }
      labels.push_back(kEllipsis);
      i += 2;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      labels.push_back(c);
    } else {
      fail("einsum(): invalid subscript given at index ", i,
           " in the equation string, subscripts must be in [a-zA-Z]");
    }
  }
  return labels;
}

// Replaces an ellipsis by `count` labels of its own.
Labels expand_ellipsis(const Labels& labels, int count) {
  Labels out;
  for (int label : labels) {
    if (label != kEllipsis) {
      out.push_back(label);
    } else {
      for (int i = count; i-- > 0;) out.push_back(kEllipsis + i);
    }
  }
  return out;
}

// Takes the diagonal of repeated labels.
Operand make_operand(const Tensor& t, const Labels& labels, size_t index) {
  if (labels.size() != static_cast<size_t>(t.dim())) {
    fail("einsum(): the number of subscripts in the equation (", labels.size(),
         ") does not match the number of dimensions (", t.dim(), ") for operand ", index,
         " and no ellipsis was given");
  }
  Operand out;
  Dims sizes, strides;
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto found = std::find(out.labels.begin(), out.labels.end(), labels[i]);
    if (found == out.labels.end()) {
      out.labels.push_back(labels[i]);
      sizes.push_back(t.sizes()[i]);
      strides.push_back(t.strides()[i]);
      continue;
    }
    const size_t at = static_cast<size_t>(found - out.labels.begin());
    if (sizes[at] != t.sizes()[i]) {
      fail("einsum(): subscript ", std::string(1, static_cast<char>(labels[i])),
           " is repeated for operand ", index, " but the sizes don't match, ", t.sizes()[i],
           " != ", sizes[at]);
    }
    strides[at] += t.strides()[i];
  }
  out.value = t.as_strided(sizes, strides, t.offset());
  return out;
}

bool has(const Labels& labels, int label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

// Dims of `operand` in the order of `labels`; a missing one is not there.
Tensor arrange(const Operand& operand, const Labels& labels) {
  Dims order;
  for (int label : labels) {
    const auto at = std::find(operand.labels.begin(), operand.labels.end(), label);
    if (at != operand.labels.end()) order.push_back(at - operand.labels.begin());
  }
  return operand.value.permute(order);
}

// Those that are kept in the order of `keep`, then the others.
Labels in_order(const Labels& labels, const Labels& keep) {
  Labels order;
  for (const Labels* part : {&keep, &labels}) {
    for (int label : *part) {
      if (has(labels, label) && !has(order, label)) order.push_back(label);
    }
  }
  return order;
}

Operand sum_out(const Operand& operand, const Labels& keep) {
  const Labels order = in_order(operand.labels, keep);
  const auto gone = std::find_if(order.begin(), order.end(), [&](int l) { return !has(keep, l); });
  if (gone == order.end()) return operand;
  Operand out;
  out.labels.assign(order.begin(), gone);
  const RunContext context;
  // Like other sums, sums of integers are int64.
  const DType dtype = operand.value.dtype();
  const bool whole = is_integral_or_bool(dtype);
  const Tensor arranged = arrange(operand, order);
  const Tensor value = whole ? to_dtype(arranged, DType::kInt64) : arranged;
  Dims dims(static_cast<size_t>(order.end() - gone));
  std::iota(dims.begin(), dims.end(), static_cast<int64_t>(out.labels.size()));
  const Rows rows = make_rows(value, dims, false);
  visit(value.dtype(), "einsum", SumTypes{}, [&]<class T>() {
    using Acc = Compute<T>;
    out.value = reduce_rows<T, T>(context, rows, value.dtype(), [](const T* row, int64_t n) -> T {
      return T(sum_terms<Acc>(row, n, [](T v) { return Acc(v); }));
    });
  });
  return out;
}

int64_t size_at(const Operand& operand, int label) {
  const auto at = std::find(operand.labels.begin(), operand.labels.end(), label);
  return operand.value.sizes()[static_cast<size_t>(at - operand.labels.begin())];
}

// Makes the sizes of shared labels equal: a size of one stretches.
void stretch(Operand& a, const Operand& b) {
  Dims sizes(a.value.sizes().begin(), a.value.sizes().end());
  for (size_t i = 0; i < a.labels.size(); ++i) {
    if (!has(b.labels, a.labels[i])) continue;
    const int64_t other = size_at(b, a.labels[i]);
    if (sizes[i] == other || other == 1) continue;
    if (sizes[i] != 1) {
      fail("einsum(): operands do not broadcast with remapped shapes: ", sizes[i], " and ", other);
    }
    sizes[i] = other;
  }
  a.value = a.value.expand(sizes);
}

template <class T>
void multiply_each(const RunContext& context, const LoopNest& nest) {
  const Dims sizes(nest.sizes.rbegin(), nest.sizes.rend());
  Dims strides[3];
  T* data[3];
  for (size_t k = 0; k < 3; ++k) {
    const LoopNest::Operand& operand = nest.operands[k];
    data[k] = reinterpret_cast<T*>(operand.data);
    for (size_t d = sizes.size(); d-- > 0;) {
      strides[k].push_back(operand.strides[d] / static_cast<int64_t>(sizeof(T)));
    }
  }
  const int64_t inner = std::max<int64_t>(1, numel_of(sizes) / std::max<int64_t>(1, sizes[0]));
  context.workers->parallel_for(0, sizes[0], 32768 / inner + 1, [&](int64_t begin, int64_t end) {
    Dims part = sizes;
    part[0] = end - begin;
    T *to = data[0] + begin * strides[0][0], *x = data[1] + begin * strides[1][0],
      *y = data[2] + begin * strides[2][0];
    walk<3>(part, {strides[0], strides[1], strides[2]},
            [&](const auto& at, int64_t n, const auto& steps) {
              for (int64_t i = 0; i < n; ++i) {
                using C = Compute<T>;
                to[at[0] + i * steps[0]] =
                    static_cast<T>(wrapping_product(static_cast<C>(x[at[1] + i * steps[1]]),
                                                    static_cast<C>(y[at[2] + i * steps[2]])));
              }
            });
  });
}

// The product where nothing is summed: the operands decide its layout, like that of other
// point-wise products.
Operand multiply(const RunContext& context, const Operand& a, const Operand& b,
                 const Labels& keep) {
  Labels both = a.labels;
  both.insert(both.end(), b.labels.begin(), b.labels.end());
  Operand out;
  out.labels = in_order(both, keep);
  const DType dtype = promote(a.value.dtype(), b.value.dtype());
  const auto spread = [&](const Operand& operand) {
    Tensor value = to_dtype(arrange(operand, out.labels), dtype);
    for (size_t i = 0; i < out.labels.size(); ++i) {
      if (!has(operand.labels, out.labels[i])) value = value.unsqueeze(static_cast<int64_t>(i));
    }
    return value;
  };
  const Tensor factors[] = {spread(a), spread(b)};
  out.value = empty_result(broadcast(factors[0].sizes(), factors[1].sizes()), factors, dtype);
  const LoopNest nest = make_loop_nest(out.value, factors);
  visit(dtype, "mul",
        TypeSet<float, double, Half, BFloat16, Bool8, uint8_t, int8_t, int16_t, int32_t, int64_t,
                Complex64, Complex128>{},
        [&]<class T>() { multiply_each<T>(context, nest); });
  return out;
}

Operand contract(const RunContext& context, Operand a, Operand b, const Labels& keep) {
  stretch(a, b);
  stretch(b, a);
  const auto kept_or_shared = [&](const Operand& mine, const Operand& other) {
    Labels labels = keep;
    for (int label : other.labels) labels.push_back(label);
    return sum_out(mine, labels);
  };
  a = kept_or_shared(a, b);
  b = kept_or_shared(b, a);
  Labels batch, summed, free_a, free_b;
  int64_t sizes[4] = {1, 1, 1, 1};
  for (int label : in_order(a.labels, keep)) {
    const bool shared = has(b.labels, label);
    const int kind = !shared ? 2 : has(keep, label) ? 0 : 1;
    (kind == 0 ? batch : kind == 1 ? summed : free_a).push_back(label);
    sizes[kind] *= size_at(a, label);
  }
  for (int label : in_order(b.labels, keep)) {
    if (has(a.labels, label)) continue;
    free_b.push_back(label);
    sizes[3] *= size_at(b, label);
  }
  if (summed.empty()) return multiply(context, a, b, keep);
  Operand out;
  Dims shape;
  for (const Labels* part : {&batch, &free_a, &free_b}) {
    for (int label : *part) {
      out.labels.push_back(label);
      shape.push_back(size_at(part == &free_b ? b : a, label));
    }
  }
  const auto joined = [](std::initializer_list<const Labels*> parts) {
    Labels all;
    for (const Labels* part : parts) all.insert(all.end(), part->begin(), part->end());
    return all;
  };
  const Tensor left =
      arrange(a, joined({&batch, &free_a, &summed})).reshape({sizes[0], sizes[2], sizes[1]});
  const Tensor right =
      arrange(b, joined({&batch, &summed, &free_b})).reshape({sizes[0], sizes[1], sizes[3]});
  out.value = matmul_of(context, left, right).view_as_shape(shape);
  return out;
}

struct Equation {
  std::vector<Labels> inputs;
  Labels output;
};

Equation parse_equation(const std::string& text, const std::vector<Tensor>& operands) {
  const size_t arrow = text.find("->");
  const std::string_view left = std::string_view(text).substr(0, arrow);
  Equation equation;
  for (size_t begin = 0;;) {
    const size_t comma = left.find(',', begin);
    equation.inputs.push_back(parse_term(left.substr(begin, comma - begin)));
    if (comma == std::string_view::npos) break;
    begin = comma + 1;
  }
  if (equation.inputs.size() != operands.size()) {
    fail(equation.inputs.size() > operands.size()
             ? "einsum(): fewer operands were provided than specified in the equation"
             : "einsum(): more operands were provided than specified in the equation");
  }
  int ellipsis = 0;
  for (size_t i = 0; i < operands.size(); ++i) {
    Labels& labels = equation.inputs[i];
    if (!has(labels, kEllipsis)) continue;
    const int count = static_cast<int>(operands[i].dim()) - static_cast<int>(labels.size()) + 1;
    ellipsis = std::max(ellipsis, count);
    labels = expand_ellipsis(labels, std::max(count, 0));
  }
  if (arrow != std::string::npos) {
    equation.output =
        expand_ellipsis(parse_term(std::string_view(text).substr(arrow + 2)), ellipsis);
    return equation;
  }
  // Without an output: the ellipsis, then the labels that appear once, sorted.
  std::map<int, int> counts;
  for (const Labels& labels : equation.inputs) {
    for (int label : labels) ++counts[label];
  }
  for (int i = ellipsis; i-- > 0;) equation.output.push_back(kEllipsis + i);
  for (const auto& [label, count] : counts) {
    if (label < kEllipsis && count == 1) equation.output.push_back(label);
  }
  return equation;
}

}  // namespace

void einsum(OpCall& call) {
  const std::vector<Tensor> operands = call.tensors(1);
  if (operands.empty()) fail("einsum(): must provide at least one operand");
  const Equation equation = parse_equation(call.string(0), operands);
  for (size_t i = 0; i < equation.output.size(); ++i) {
    const int label = equation.output[i];
    const bool known = std::any_of(equation.inputs.begin(), equation.inputs.end(),
                                   [&](const Labels& labels) { return has(labels, label); });
    const std::string name = label < kEllipsis ? std::string(1, static_cast<char>(label)) : "...";
    if (!known) {
      fail("einsum(): output subscript ", name,
           " does not appear in the equation for any input operand");
    }
    if (std::count(equation.output.begin(), equation.output.end(), label) > 1) {
      fail("einsum(): output subscript ", name, " appears more than once in the output");
    }
  }
  Operand result = make_operand(operands[0], equation.inputs[0], 0);
  for (size_t i = 1; i < operands.size(); ++i) {
    Labels keep = equation.output;
    for (size_t later = i + 1; later < operands.size(); ++later) {
      keep.insert(keep.end(), equation.inputs[later].begin(), equation.inputs[later].end());
    }
    result =
        contract(call.context(), result, make_operand(operands[i], equation.inputs[i], i), keep);
  }
  call.ret(arrange(sum_out(result, equation.output), equation.output));
}

}  // namespace temper
