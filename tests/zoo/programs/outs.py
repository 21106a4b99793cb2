"""Operators that fill a tensor given as out=: of other dtypes and shapes than the result's, and of
memory that they read. Each expression is one method for each of the tensors."""
from typing import Any, Dict, List, Tuple

import torch

from tests.zoo.case import Call
from tests.zoo.programs.agreed import judged_bodies
from tests.zoo.programs.define import add_case

INPUTS: Dict[str, torch.Tensor] = {
    "A": torch.tensor([[1.5, -0.25, 2.0], [0.75, -1.0, 3.0]]), "I": torch.arange(6).view(2, 3),
    "Z": torch.tensor([[0.5, 0.25, 1.0], [0.75, 0.0, 1.0]])}

EMPTY = {"float": "torch.empty(0)", "double": "torch.empty(0, dtype=torch.float64)",
         "long": "torch.empty(0, dtype=torch.int64)", "bool": "torch.empty(0, dtype=torch.bool)",
         "complex": "torch.empty(0, dtype=torch.complex64)"}
FLOATS = {"float": EMPTY["float"], "double": EMPTY["double"], "shaped": "torch.zeros(2, 3)",
          "turned": "torch.zeros(3, 2, dtype=torch.float64).t()"}
ALL = {**EMPTY, **FLOATS}

# What is computed, and the tensors that it fills.
FAMILIES: Dict[str, Tuple[List[str], Dict[str, str]]] = {
    "new": ([
        "torch.zeros_like(A, out=o)", "torch.ones_like(A, out=o)", "torch.full_like(A, 2.5, out=o)", "torch.full_like(I, 3, out=o)",
        "torch.rand_like(A, out=o)", "torch.randint_like(A, 9, out=o)", "torch.randint_like(A, 2, 9, out=o)", "torch.clone(A, out=o)",
        "torch.ops.aten._to_copy(A, out=o)", "torch.scalar_tensor(3.5, out=o)", "torch.ops.aten.new_full(A, [4], 7, out=o)",
        "torch.ops.aten.new_zeros(A, [4], out=o)", "torch.ops.aten.new_ones(A, [2, 2], out=o)", "torch.zeros([2, 3], out=o)",
        "torch.ones([2, 3], out=o)", "torch.full([2, 3], 2.5, out=o)", "torch.full([2, 3], 2, out=o)", "torch.eye(3, out=o)",
        "torch.eye(2, 3, out=o)", "torch.tril_indices(3, 4, 0, out=o)", "torch.triu_indices(3, 4, out=o)",
        "torch.ops.aten.empty_strided([2, 3], [1, 2], out=o).zero_()",
        "torch.zeros_like(A.view(1, 2, 3, 1), memory_format=torch.channels_last, out=o)"], ALL),
    "sequences": ([
        "torch.linspace(0, 3, 5, out=o)", "torch.linspace(0, 3, 6, out=o)", "torch.logspace(0, 3, 5, out=o)", "torch.logspace(1j, 3, 1, out=o)",
        "torch.logspace(1j, 3, 4, out=o)",
        "torch.logspace(0, 1, 6, 2.0, out=o)", "torch.arange(5, out=o)", "torch.arange(6, out=o)", "torch.arange(1, 5, out=o)",
        "torch.arange(1.5, 7, 1.3, out=o)", "torch.range(1, 5, out=o)", "torch.range(1, 6, out=o)", "torch.range(0.5, 5, 1.5, out=o)"], ALL),
    "windows": ([
        "torch.hann_window(6, out=o)", "torch.hann_window(6, False, out=o)", "torch.hamming_window(6, False, 0.5, 0.4, out=o)",
        "torch.bartlett_window(6, out=o)", "torch.bartlett_window(5, False, out=o)", "torch.blackman_window(6, out=o)",
        "torch.kaiser_window(6, out=o)", "torch.kaiser_window(6, True, 3.0, out=o)", "torch.fft.fftfreq(5, out=o)",
        "torch.fft.rfftfreq(5, out=o)"], FLOATS),
    "random": ([
        "torch.rand([2, 3], out=o)", "torch.randn([2, 3], out=o)", "torch.randint(9, [2, 3], out=o)", "torch.randint(3, 9, [2, 3], out=o)",
        "torch.randperm(6, out=o)", "torch.bernoulli(A, 0.3, out=o)", "torch.ops.aten.exponential(A, out=o)",
        "torch.ops.aten.uniform(A, out=o)", "torch.ops.aten.random(A, out=o)", "torch.ops.aten.random(A, 7, out=o)",
        "torch.ops.aten.random(A, 2, 7, out=o)", "torch.ops.aten.geometric(A, 0.3, out=o)", "torch.ops.aten.cauchy(A, out=o)",
        "torch.ops.aten.log_normal(A, out=o)", "torch.ops.aten.log_normal(I, out=o)", "torch.multinomial(Z, 2, out=o)",
        "torch.poisson(Z, out=o)", "torch.normal(2.0, 0.5, [2, 3], out=o)"], ALL),
    "random_floats": ([
        "torch.normal(A, 0.5, out=o)", "torch.normal(I, 0.5, out=o)", "torch.normal(2.0, Z, out=o)", "torch.normal(A, Z, out=o)",
        "torch.bernoulli(Z, out=o)", "torch.ops.aten.normal(A, 1.0, 2.0, out=o)"], FLOATS),
    "copied": ([
        "torch.add(I, 1, out=o)", "torch.add(I, 1.5, out=o)", "torch.sub(A, 1, out=o)", "torch.mul(A, 2, out=o)", "torch.div(I, 2, out=o)",
        "torch.rsub(A, 2, out=o)", "torch.relu(A, out=o)", "torch.celu(A, out=o)", "torch.isnan(A, out=o)", "torch.isinf(A, out=o)",
        "torch.fill(A, 2, out=o)", "torch.ops.aten.zero(A, out=o)", "torch.flip(A, [0], out=o)", "torch.roll(A, 1, 0, out=o)",
        "torch.masked_fill(A, A > 0, 1, out=o)", "torch.count_nonzero(A, 0, out=o)", "torch.trace(A, out=o)", "torch.median(A, out=o)",
        "torch.sum(A, out=o)", "torch.prod(A, out=o)", "torch.bitwise_and(I, 1, out=o)", "torch.bitwise_and(1, I, out=o)",
        "torch.constant_pad_nd(A, [1, 1], out=o)", "torch.add(A.t(), 1, out=o)", "torch.ops.aten.resize(A, [3, 2], out=o)"], ALL),
    "copied_over": ([
        "torch.alias_copy(A, out=o)", "torch.select_copy(A, 0, 1, out=o)", "torch.slice_copy(A, 0, 0, 1, out=o)",
        "torch.view_copy(A, [6], out=o)", "torch.permute_copy(A, [1, 0], out=o)", "torch.t_copy(A, out=o)",
        "torch.expand_copy(A[:1], [2, 3], out=o)", "torch.narrow_copy(A, 0, 0, 1, out=o)"],
        {"shaped": "torch.zeros(2, 3)", "doubles": "torch.zeros(2, 3, dtype=torch.float64)",
         "longs": "torch.zeros(2, 3, dtype=torch.int64)", "float": EMPTY["float"]}),
    "kept": ([
        "torch.abs(A, out=o)", "torch.neg(A, out=o)", "torch.clamp(A, 0, 1, out=o)", "torch.pow(A, 2, out=o)", "torch.round(A, out=o)",
        "torch.nan_to_num(A, out=o)", "torch.signbit(A, out=o)", "torch.mm(A, A.t(), out=o)", "torch.addmm(A[:, :2], A, A.t(), out=o)",
        "torch.matmul(A, A.t(), out=o)", "torch.tril(A, out=o)", "torch.softmax(A, 0, out=o)", "torch.argmax(A, out=o)",
        "torch.gather(A, 0, I[:1] * 0, out=o)", "torch.index_select(A, 0, I[0, :2] * 0, out=o)", "torch.take(A, I, out=o)",
        "torch.amax(A, [0], out=o)", "torch.all(A, out=o)", "torch.any(A, 0, out=o)", "torch.dot(A[0], A[1], out=o)",
        "torch.diag(A, out=o)", "torch.logcumsumexp(A, 0, out=o)", "torch.masked_select(A, A > 0, out=o)", "torch.nonzero(A, out=o)",
        "torch.linalg.inv(A[:, :2], out=o)", "torch.linalg.norm(A, out=o)",
        "torch.linalg.cross(A, A, out=o)", "torch.fft.fft(A, out=o)", "torch.fft.rfft2(A, out=o)", "torch.complex(A, A, out=o)",
        "torch.isneginf(A, out=o)", "torch._C._nn.hardtanh(A, 0.0, 0.5, out=o)", "torch._C._nn.silu(A, out=o)",
        "torch._C._nn.leaky_relu(A, 0.1, out=o)", "torch._C._nn.nll_loss(A, I[:, 1] % 3, None, 1, -100, out=o)",
        "torch.ops.aten.reflection_pad2d(A.view(1, 2, 3), [1, 1, 1, 1], out=o)",
        "torch.ops.aten.adaptive_avg_pool2d(A.view(1, 2, 3), [1, 2], out=o)",
        "torch.ops.aten.upsample_nearest2d(A.view(1, 1, 2, 3), [4, 6], out=o)"], ALL),
    "cast": ([
        "torch.add(A, A, out=o)", "torch.add(I, I, out=o)", "torch.exp(I, out=o)", "torch.eq(A, 1, out=o)", "torch.logical_not(A, out=o)",
        "torch.mean(A, 0, out=o)", "torch.cat([A, A], out=o)", "torch.stack([I, I], out=o)", "torch.maximum(A, A, out=o)",
        "torch.sigmoid(A, out=o)", "torch.bitwise_and(I, I, out=o)", "torch.atan2(A, A, out=o)"], ALL),
    "computed": ([
        "torch.sum(A, 0, out=o)", "torch.sum(A, [0], False, dtype=torch.float64, out=o)", "torch.prod(A, 0, out=o)",
        "torch.sum(I, 0, out=o)"], ALL),
    "scanned": (["torch.cumsum(A, 0, out=o)", "torch.cumprod(A, 1, out=o)"],
                {name: ALL[name] for name in ("float", "double", "long", "complex", "turned")}),
}

# Pairs of what is filled and what is read.
SHARED = {"later": ("w[1:]", "w[:-1]"), "same": ("w", "w"), "turned": ("w", "w.t()"), "apart": ("w[:2]", "w[2:]"),
          "between": ("w[::2]", "w[1::2]"), "expanded": ("w[:1].expand(4, 4)", "w.clone()")}
SHARING = [
    "torch.clamp(r, 0, 1, out=o)", "torch.cumsum(r, 0, out=o)", "torch.cumprod(r, 1, out=o)", "torch.lerp(r, r, 0.5, out=o)",
    "torch.nan_to_num(r, out=o)", "torch.relu(r, out=o)", "torch.add(r, 1, out=o)", "torch.flip(r, [0], out=o)",
    "torch.index_select(r, 0, torch.arange(r.size(0)), out=o)", "torch.take(r, torch.arange(r.numel()).view(r.size()), out=o)",
    "torch.clone(r, out=o)", "torch.rand([o.size(0), 4], out=o)", "torch.linspace(0, 1, o.numel(), out=o)",
    "torch.zeros(o.size(), out=o)"]


def methods(family: str) -> Tuple[Any, List[Call]]:
    expressions, tensors = FAMILIES[family]
    return judged_bodies([f"o = {tensor}\n    r = {text}\n    return r, o, o.stride()"
                          for text in expressions for tensor in tensors.values()], INPUTS)


def lists() -> Tuple[Any, List[Call]]:
    """Operators that fill a list of tensors and return nothing."""
    expressions = ["torch.split_copy(A, 1, 0, out=o)", "torch.split_copy(A, 1, 1, out=o)", "torch.unbind_copy(A, 0, out=o)",
                   "torch.unbind_copy(A, 1, out=o)", "torch.split_with_sizes_copy(A, [1, 1], 0, out=o)",
                   "torch.split_with_sizes_copy(A, [2], 0, out=o)", "torch.ops.aten.unsafe_split(A, 1, 0, out=o)",
                   "torch.ops.aten.unsafe_split_with_sizes(A, [1, 1], 0, out=o)"]
    tensors = ["torch.zeros(1, 3)", "torch.zeros(3)", "torch.zeros(1, 3, dtype=torch.int64)", "torch.zeros(0)"]
    return judged_bodies([f"o = [{tensor}, {tensor}]\n    {text}\n    return o"
                          for text in expressions for tensor in tensors], INPUTS)


def sharing() -> Tuple[Any, List[Call]]:
    return judged_bodies([f"w = x + 0\n    o = {written}\n    r = {read}\n    {text}\n    return w"
                          for text in SHARING for written, read in SHARED.values()],
                         {"x": torch.arange(16.0).view(4, 4) / 8 - 1})


for each in FAMILIES:
    add_case(f"out_{each}", lambda family=each: methods(family), __file__)
add_case("out_lists", lists, __file__)
add_case("out_sharing", sharing, __file__)
