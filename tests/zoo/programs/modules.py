"""Modules: lists, dicts and sequences of them, hooks, properties, shared parts."""
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program((torch.randn(2, 4),))
class ModuleLists(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4)])
        self.sequence = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4))

    def forward(self, x: Tensor) -> Tuple[Tensor, List[Tensor], int]:
        kept: List[Tensor] = []
        for i, layer in enumerate(self.layers):
            x = layer(x) + i
            kept.append(x)
        for left, right in zip(self.layers, self.sequence):
            x = left(x)
        return self.sequence(self.layers[0](x)), kept, len(self.layers)


@program((torch.randn(2, 4), "a"), (torch.randn(2, 4), "z"))
class ModuleDicts(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = nn.ModuleDict({"a": nn.Linear(4, 2), "b": nn.Linear(4, 3)})

    def forward(self, x: Tensor, wanted: str) -> Tuple[Dict[str, Tensor], bool]:
        out: Dict[str, Tensor] = {}
        for name, head in self.heads.items():
            if name != wanted:
                out[name] = head(x)
        for name in self.heads.keys():
            out["saw " + name] = torch.zeros(1)
        return out, "b" in self.heads


@program((torch.randn(3),))
class Properties(nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = 2.0

    @property
    def double(self) -> float:
        return self.factor * 2

    @double.setter
    def double(self, value: float):
        self.factor = value / 2

    def forward(self, x: Tensor) -> Tuple[Tensor, float]:
        y = x * self.double
        self.double = 10.0
        return y, self.factor


def halve_input(self, x: Tuple[Tensor]) -> Tuple[Tensor]:
    return (x[0] / 2,)


def add_one(self, x: Tuple[Tensor], result: Tensor):
    return result + 1


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x)


@program((torch.randn(2, 3),))
class Hooks(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.inner.register_forward_pre_hook(halve_input)
        self.inner.register_forward_hook(add_one)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x) + self.inner(x * 2)


@program((torch.randn(2, 3),))
class SharedParts(nn.Module):
    """One submodule under two names: a change through one is seen through the other."""

    def __init__(self):
        super().__init__()
        self.first = Inner()
        self.second = self.first
        self.tied = nn.Linear(3, 3)
        self.tied.weight = self.first.linear.weight

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        before = self.second(x)
        self.first.linear.bias.zero_()
        self.tied.weight.mul_(2)
        return before, self.second(x)


@program((torch.randn(2, 3), True), (torch.randn(2, 3), False))
class OptionalParts(nn.Module):
    """Branches on constants and attributes that are absent are not compiled."""
    __constants__ = ["depth"]

    def __init__(self):
        super().__init__()
        self.norm: Optional[nn.Module] = None
        self.scale = nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))
        self.register_parameter("bias", None)
        self.depth = 3

    def forward(self, x: Tensor, shift: bool) -> Tensor:
        if self.norm is not None:
            x = self.norm(x)
        if self.bias is not None:
            x = x + self.bias
        if hasattr(self, "missing"):
            x = self.missing(x)
        for _ in range(self.depth):
            x = x * self.scale
        return x + 1 if shift else x


@program((torch.randn(2, 3, 8),), (torch.randn(1, 3, 8),))
class TrainingFlag(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.drop = nn.Dropout(0.5)
        with torch.no_grad():
            self.norm.running_mean.copy_(torch.tensor([0.1, -0.2, 0.3]))
            self.norm.running_var.copy_(torch.tensor([0.5, 1.5, 2.5]))

    def forward(self, x: Tensor) -> Tuple[Tensor, bool]:
        y = self.drop(self.norm(x))
        if self.training:
            y = y * 100
        return y, self.training


@program((torch.randn(2, 3), None), (torch.randn(2, 3), torch.ones(2, 3)),
         Call((3, "x"), "add_to_name"), Call((4,), "add_to_name"))
class ManyMethods(nn.Module):
    def __init__(self):
        super().__init__()
        self.name = "base"
        self.sizes = [1, 2, 3]

    def forward(self, x: Tensor, mask: Optional[Tensor] = None, scale: float = 2.0) -> Tensor:
        if mask is not None:
            x = x * mask
        return self.helper(x, scale=scale)

    def helper(self, x: Tensor, scale: float, shift: int = 1) -> Tensor:
        return x * scale + shift + self.sizes[shift]

    @torch.jit.export
    def add_to_name(self, n: int, suffix: str = "-") -> str:
        name = self.name
        for _ in range(n):
            name += suffix
        return name


class Attention(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, past: Optional[Tuple[Tensor, Tensor]]
                ) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        n, t, width = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        if past is not None:
            k = torch.cat([past[0], k], dim=2)
            v = torch.cat([past[1], v], dim=2)
        scores = q @ k.transpose(-2, -1) / (q.size(-1) ** 0.5)
        total = k.size(2)
        mask = torch.ones(t, total, dtype=torch.bool).tril(total - t)
        weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(n, t, width)), (k, v)


@program((torch.tensor([[1, 2, 3]]), 5), (torch.tensor([[0], [4]]), 2))
class GreedyDecoder(nn.Module):
    """A decoder with a cache of keys and values, whose loop is part of the program."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 16)
        self.layers = nn.ModuleList([Attention(16, 2), Attention(16, 4)])
        self.norms = nn.ModuleList([nn.LayerNorm(16), nn.LayerNorm(16)])

    def forward(self, prompt: Tensor, length: int) -> Tuple[Tensor, List[float]]:
        past: List[Optional[Tuple[Tensor, Tensor]]] = [None, None]
        tokens = prompt
        feed = prompt
        best: List[float] = []
        for step in range(length):
            x = self.embed(feed)
            i = 0
            for layer, norm in zip(self.layers, self.norms):
                y, cache = layer(norm(x), past[i])
                past[i] = cache
                x = x + y
                i += 1
            logits = x[:, -1] @ self.embed.weight.t()
            top = logits.max(dim=-1)
            best.append(float(top.values.sum()))
            feed = top.indices.unsqueeze(1)
            tokens = torch.cat([tokens, feed], dim=1)
        return tokens, best
