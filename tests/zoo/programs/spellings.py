"""Activations, norms and layers that programs spell out: answers, dtypes and strides stay those of
the spelling, for every tensor that it takes."""
import math
from typing import List, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import made, program

X = torch.randn(3, 4, 6)
WIDE = X.double()
WHOLE = torch.arange(-9, 9).view(3, 6)
BYTES = torch.arange(200, 218, dtype=torch.uint8).view(3, 6)
FLAGS = torch.tensor([[True, False, True, True]])
EDGES = torch.tensor([float("inf"), float("-inf"), float("nan"), 0.0, -0.0, 90.0, -90.0, 1e20])
KINDS = [(X,), (WIDE,), (WHOLE,), (BYTES,), (FLAGS,), (torch.tensor(0.7),),
         (torch.tensor(-1.5, dtype=torch.float64),), (torch.tensor(3),), (X.permute(2, 0, 1),),
         (X[:, ::2, ::3],), (torch.randn(0, 3),)]


def gelus(x: Tensor) -> List[Tensor]:
    root = math.sqrt(2.0)
    return [x * 0.5 * (1.0 + torch.erf(x / root)), 0.5 * x * (1 + torch.erf(x / root)),
            x * (0.5 * (torch.erf(x * 0.7071067811865475) + 1)),
            0.5 * (x * (1.0 + torch.erf(x / 1.4142135623730951))),
            (1.0 + torch.erf(x / root)) * x * 0.5, x * (1 + torch.erf(x / root)) / 2,
            torch.mul(x, 0.5).mul(torch.erf(x / root).add(1.0))]


def tanh_gelus(x: Tensor) -> List[Tensor]:
    scale = math.sqrt(2.0 / math.pi)
    return [0.5 * x * (1.0 + torch.tanh(scale * (x + 0.044715 * torch.pow(x, 3.0)))),
            0.5 * x * (1 + torch.tanh(0.7978845608028654 * x * (1 + 0.044715 * x * x))),
            x * 0.5 * (1.0 + torch.tanh(x * 0.7978845608 * (1.0 + 0.044715 * x * x))),
            x * torch.sigmoid(1.5957691216057308 * (x + 0.044715 * x ** 3.0))]


def whole_gelus(x: Tensor) -> List[Tensor]:
    """Powers of integers are integers: they wrap around."""
    scale = math.sqrt(2.0 / math.pi)
    return [0.5 * x * (1.0 + torch.tanh(scale * (x + 0.044715 * torch.pow(x, 3)))),
            0.5 * x * (1.0 + torch.tanh(scale * (x + 0.044715 * (x * x * x))))]


def silus(x: Tensor) -> List[Tensor]:
    return [x * torch.sigmoid(x), torch.sigmoid(x) * x, x * 0.5 * (1.0 + torch.tanh(x / 2)),
            x * torch.sigmoid(1.702 * x), x * torch.sigmoid(x) * x]


def hardswishes(x: Tensor) -> List[Tensor]:
    return [x * F.relu6(x + 3) / 6, x * (F.relu6(x + 3.0) / 6.0), F.relu6(x + 3) * x * (1 / 6),
            x * F.hardtanh(x + 3, 0.0, 6.0) / 6, torch.clamp(x + 3, 0, 6) * x / 6,
            F.relu6(x + 3) / 6, torch.clamp(x / 6 + 0.5, 0.0, 1.0) * x]


def erfc_gelus(x: Tensor) -> List[Tensor]:
    root = math.sqrt(2.0)
    return [x * 0.5 * torch.erfc(-x / root), torch.erfc(x / -root) * x / 2.0]


def mishes(x: Tensor) -> List[Tensor]:
    return [x * torch.tanh(F.softplus(x)), torch.tanh(F.softplus(x)) * x,
            x * torch.tanh(torch.log1p(torch.exp(x))), x * torch.tanh(F.softplus(x, 2.0))]


def with_strides(y: List[Tensor]) -> Tuple[List[Tensor], List[List[int]]]:
    return y, [list(t.stride()) for t in y]


@program(*KINDS, (EDGES,))
def spelled_gelu(x: Tensor) -> Tuple[List[Tensor], List[List[int]]]:
    return with_strides(gelus(x))


@program(*KINDS, (EDGES,))
def spelled_tanh_gelu(x: Tensor) -> Tuple[List[Tensor], List[List[int]]]:
    return with_strides(tanh_gelus(x))


@program(*KINDS)
def spelled_whole_gelu(x: Tensor) -> List[Tensor]:
    return whole_gelus(x)


@program(*KINDS, (EDGES,), (torch.randn(3, dtype=torch.complex64),))
def spelled_silu(x: Tensor) -> Tuple[List[Tensor], List[List[int]]]:
    return with_strides(silus(x))


@program((X,), (WIDE,), (EDGES,), (WHOLE,), (X.permute(2, 0, 1),))
def spelled_hardswish(x: Tensor) -> Tuple[List[Tensor], List[List[int]]]:
    return with_strides(hardswishes(x))


@program((X,), (WIDE,), (WHOLE,))
def spelled_erfc_gelu(x: Tensor) -> List[Tensor]:
    return erfc_gelus(x)


@program((X,), (WIDE,), (X[:, ::2],))
def spelled_mish(x: Tensor) -> Tuple[List[Tensor], List[List[int]]]:
    return with_strides(mishes(x))


@program((X,), (WHOLE,))
def spelled_and_overwritten(x: Tensor) -> List[Tensor]:
    """The tensor changes between the parts of an activation."""
    x = x.clone()
    half = x * 0.5
    x += 1
    a = half * (1.0 + torch.erf(x / 1.4142135623730951))
    gate = torch.sigmoid(x)
    x.mul_(2)
    b = x * gate
    return [a, b, x * torch.sigmoid(x)]


@program((X,))
def spelled_and_looked_at(x: Tensor) -> List[Tensor]:
    gate = torch.sigmoid(x)
    normal = 1.0 + torch.erf(x / 1.4142135623730951)
    return [x * gate, gate, x * 0.5 * normal, normal]


def all_activations(x: Tensor) -> List[Tensor]:
    return (gelus(x) + tanh_gelus(x) + erfc_gelus(x) + silus(x) + hardswishes(x) +
            mishes(x))


# Traces keep numbers as tensors without dims, which promote other tensors without dims.
@made((X,), (WIDE,), (torch.tensor(0.7),), Call((X.bfloat16(),), tolerance=1e-2))
def traced_activations():
    return torch.jit.trace(all_activations, X)


@made(*KINDS)
def traced_gelus():
    return torch.jit.trace(lambda x: gelus(x) + tanh_gelus(x) + silus(x), X)


class Activated(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Linear(6, 40)
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x: Tensor, image: Tensor) -> List[Tensor]:
        y = self.wide(x)
        z = self.conv(image)
        return all_activations(y) + all_activations(z)


class InPlace(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(6, 8)
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x: Tensor, image: Tensor) -> List[Tensor]:
        a = self.linear(x)
        a.mul_(a.sigmoid())
        b = self.conv(image)
        b.mul_(F.relu6(b + 3, inplace=True)).div_(6)
        c = self.linear(x)
        c.mul_(0.5).mul_(torch.erf(self.linear(x) / 1.4142135623730951).add_(1))
        d = self.linear(x)
        same = d.view(-1)
        d.mul_(d.sigmoid())
        x.mul_(torch.sigmoid(x))
        return [a, b, c, d, same, x]


IMAGE = torch.randn(2, 3, 7, 9)


@program((X.clone(), IMAGE), (X[0, 0].clone(), IMAGE[0]))
class ActivatedInPlace(InPlace):
    pass


@made((X.clone(), IMAGE))
def traced_in_place():
    return torch.jit.trace(InPlace(), (X.clone(), IMAGE), check_trace=False)


@program((X, IMAGE), (X[0], IMAGE[0]), (X, IMAGE.to(memory_format=torch.channels_last)))
class ScriptedActivations(Activated):
    pass


@made((X, IMAGE), (X[0, 0], IMAGE[:1]))
def traced_layer_activations():
    return torch.jit.trace(Activated().eval(), (X, IMAGE))


class LayerNorms(nn.Module):
    """Layer norms as they were written before there was an operator for them."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(size))
        self.bias = nn.Parameter(torch.randn(size))
        self.eps = 1e-5

    def forward(self, x: Tensor) -> List[Tensor]:
        mean = x.mean(-1, keepdim=True)
        a = (x - mean).pow(2).mean(-1, keepdim=True)
        a = (x - mean) / torch.sqrt(a + self.eps)
        d = x - x.mean(-1, True)
        b = d * torch.rsqrt((d * d).mean(-1, True) + self.eps)
        c = (x - x.mean(-1, True)) / (x.var(-1, unbiased=False, keepdim=True) + self.eps).sqrt()
        e = (x - x.mean(-1, True)) / (x.std(-1, keepdim=True) + self.eps)
        f = x - x.mean(-1, True)
        f = f / torch.pow(torch.square(f).mean(-1, True) + self.eps, 0.5)
        return [self.weight * a + self.bias, b * self.weight, c * self.weight + self.bias, e,
                f + self.bias, self.bias + self.weight * (d * 1.0)]


class RootMeanSquares(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(size))
        self.eps = 1e-6

    def forward(self, x: Tensor) -> List[Tensor]:
        a = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)
        variance = x.to(torch.float32).pow(2).mean(-1, keepdim=True)
        b = x * torch.rsqrt(variance + self.eps)
        y = x.float()
        c = (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + self.eps)).type_as(x)
        d = x / torch.sqrt((x * x).mean(-1, True) + self.eps)
        return [self.weight * a, self.weight * b.to(x.dtype), c * self.weight, d]


NORMED = [(X,), (WIDE,), (X.permute(0, 2, 1),), (torch.randn(6),), (torch.randn(4, 1),),
          (torch.tensor(2.0),), (X.to(torch.complex64),), (torch.randn(2, 0, 6),),
          (X.transpose(1, 2).contiguous().transpose(1, 2),)]


def norms(kind: type) -> nn.Module:
    torch.manual_seed(3)
    return kind(6).eval()


def stridden(module: nn.Module) -> nn.Module:
    class Stridden(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = module

        def forward(self, x: Tensor) -> Tuple[List[Tensor], List[List[int]]]:
            y = self.inner(x)
            return y, [list(t.stride()) for t in y]

    return torch.jit.script(Stridden().eval())


# Of complex numbers only some of the spellings are norms, and those of integers raise.
@made(*[kind for kind in NORMED if kind[0].shape[-1:] != (4,) and not kind[0].is_complex()],
      Call((WHOLE,), fails="mean()"))
def spelled_layer_norms():
    return stridden(norms(LayerNorms))


@made(*[kind for kind in NORMED if kind[0].shape[-1:] != (4,) and not kind[0].is_complex()],
      Call((WHOLE,), fails="mean()"))
def spelled_root_mean_squares():
    return stridden(norms(RootMeanSquares))


@made((X,), (WIDE,), (torch.tensor(2.0),), (torch.randn(4, 1),))
def traced_layer_norms():
    return torch.jit.trace(norms(LayerNorms), X)


@made((X,), (WIDE,), (torch.tensor(2.0),))
def traced_root_mean_squares():
    return torch.jit.trace(norms(RootMeanSquares), X)


@program((torch.randn(3, 6, dtype=torch.complex64),))
def complex_norms(x: Tensor) -> List[Tensor]:
    d = x - x.mean(-1, True)
    return [d / torch.sqrt((d * d).mean(-1, True) + 1e-5),
            x * torch.rsqrt(x.pow(2).mean(-1, True) + 1e-5)]


class Embedded(nn.Module):
    """What weights say of dtypes lets conversions go."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(9, 6)
        self.first = norms(RootMeanSquares)
        self.linear = nn.Linear(6, 6)
        self.second = norms(LayerNorms)

    def forward(self, ids: Tensor) -> List[Tensor]:
        x = self.table(ids)
        y = self.linear(self.first(x)[1]).to(torch.float32).type_as(x)
        y = y * 1.0 / 1.0 - 0.0
        y = y * 0.5 * (1.0 + torch.erf(y / 1.4142135623730951))
        return self.first(y) + self.second(y.contiguous())


@program((torch.tensor([[1, 2, 8], [0, 4, 4]]),), (torch.tensor([3]),))
class SpelledTransformerBlock(Embedded):
    pass


@made((torch.tensor([[1, 2, 8], [0, 4, 4]]),))
def traced_transformer_block():
    return torch.jit.trace(Embedded().eval(), torch.tensor([[1, 2, 8], [0, 4, 4]]))
