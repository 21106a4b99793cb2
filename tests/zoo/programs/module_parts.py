"""Modules in containers, by interface, with hooks, overloads and parts that are not compiled."""
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import program

X = torch.randn(2, 3)


class Scaled(nn.Module):
    def __init__(self, by: float):
        super().__init__()
        self.by = by

    def forward(self, x: Tensor) -> Tensor:
        return x * self.by


class Squared(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * x


@torch.jit.interface
class Step(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


@program((X, 0), (X, 2), Call((X, -1), fails="does not have a field with name '-1'"), Call((X, 3), fails=""))
class IndexedList(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = nn.ModuleList([Scaled(1.5), Squared(), Scaled(-1.0)])

    def forward(self, x: Tensor, i: int) -> Tensor:
        step: Step = self.steps[i]
        return step.forward(x)


@program((X, "a"), (X, "c"), Call((X, "q"), fails=""))
class IndexedDict(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = nn.ModuleDict({"a": Scaled(1.5), "b": Squared(), "c": Scaled(-1.0)})

    def forward(self, x: Tensor, key: str) -> Tensor:
        step: Step = self.steps[key]
        return step.forward(x)


@program((X,))
class Slices(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Scaled(float(i + 1)) for i in range(5)])
        self.chain = nn.Sequential(Scaled(2.0), nn.ReLU(), Scaled(0.5), nn.Tanh())
        self.table = nn.ModuleDict({"x": Scaled(3.0), "y": nn.ReLU()})

    def forward(self, x: Tensor) -> Tuple[List[Tensor], List[int], List[str]]:
        out: List[Tensor] = []
        for layer in self.layers[1:4]:
            out.append(layer.forward(x))
        for layer in self.layers[::2]:
            x = layer.forward(x)
        out.append(self.layers[-1](x))
        for part in self.chain[1:]:
            x = part.forward(x)
        for i, part in enumerate(self.chain):
            x = part(x) + i
        for name, part in self.table.items():
            x = part(x)
            out.append(x + len(name))
        for part in self.table.values():
            x = part(x)
        names: List[str] = []
        for name in self.table:
            names.append(name)
        for (i, layer), (name, part) in zip(enumerate(self.layers), self.table.items()):
            out.append(part(layer(x)) * i)
            names.append(name)
        out.append(self.table["x"](x))
        return out, [len(self.layers), len(self.chain), len(self.table)], names


@program((X,))
class Parameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.listed = nn.ParameterList([nn.Parameter(torch.randn(3)) for _ in range(3)])
        self.named = nn.ParameterDict({"a": nn.Parameter(torch.randn(3)),
                                       "b": nn.Parameter(torch.randn(2, 1))})
        self.plain = nn.Parameter(torch.randn(3, 3))
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.register_buffer("absent", None)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, int]:
        for p in self.listed:
            x = x + p
        x = x * self.listed[1] + self.named["a"] * self.named["b"]
        if self.absent is not None:
            x = x + self.absent
        self.steps += 1
        return x @ self.plain, self.steps, int(self.steps)


class Residual(nn.Sequential):
    def forward(self, x: Tensor) -> Tensor:
        y = x
        for module in self:
            y = module(y)
        return x + y


class Repeats(nn.ModuleList):
    def __init__(self, modules, times: int):
        super().__init__(modules)
        self.times = times

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(self.times):
            for module in self:
                x = module(x)
        return x


@program((X,))
class ContainersOfOwn(nn.Module):
    def __init__(self):
        super().__init__()
        self.residual = Residual(nn.Linear(3, 3), nn.Tanh())
        self.repeats = Repeats([Scaled(0.5), nn.Sigmoid()], 3)
        self.nested = nn.Sequential(nn.Sequential(nn.Linear(3, 4), nn.ReLU()),
                                    nn.Sequential(nn.Linear(4, 3)), Residual(Scaled(2.0)))
        self.grid = nn.ModuleList([nn.ModuleList([Scaled(float(i * 2 + j)) for j in range(2)])
                                   for i in range(2)])

    def forward(self, x: Tensor) -> List[Tensor]:
        out = [self.residual(x), self.repeats(x), self.nested(x)]
        for row in self.grid:
            for cell in row:
                out.append(cell(x))
        out.append(self.grid[1][0](x))
        return out


def double_input(self, inputs: Tuple[Tensor]) -> Tuple[Tensor]:
    return (inputs[0] * 2,)


def drop_nothing(self, inputs: Tuple[Tensor]) -> None:
    print("seen", inputs[0].size(0))


def plus_input(self, inputs: Tuple[Tensor], result: Tensor) -> Tensor:
    return result + inputs[0]


def two_inputs(self, inputs: Tuple[Tensor, int]) -> Tuple[Tensor, int]:
    return inputs[0] + 1, inputs[1] * 2


def of_tuple(self, inputs: Tuple[Tensor, int], result: Tuple[Tensor, int]) -> Tuple[Tensor, int]:
    return result[0] * 10, result[1] + inputs[1]


class TwoResults(nn.Module):
    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, int]:
        return x * n, n + 1


@program((X,))
class ManyHooks(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = Scaled(3.0)
        self.one.register_forward_pre_hook(double_input)
        self.one.register_forward_pre_hook(double_input)
        self.one.register_forward_pre_hook(drop_nothing)
        self.one.register_forward_hook(plus_input)
        self.one.register_forward_hook(plus_input)
        self.two = TwoResults()
        self.two.register_forward_pre_hook(two_inputs)
        self.two.register_forward_hook(of_tuple)
        self.plain = Scaled(3.0)
        self.chain = nn.Sequential(Scaled(1.0), self.one)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, int, Tensor, Tensor]:
        y, n = self.two(x, 3)
        return self.one(x), y, n, self.plain(x), self.chain(x)


@program((X,))
class HookedRoot(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Scaled(2.0)
        self.register_forward_pre_hook(double_input)
        self.register_forward_hook(plus_input)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)


class Overloaded(nn.Module):
    @torch.jit._overload_method  # noqa: F811
    def apply_to(self, x: int) -> int:
        pass

    @torch.jit._overload_method  # noqa: F811
    def apply_to(self, x: Tensor) -> Tensor:
        pass

    def apply_to(self, x):  # noqa: F811
        return x + 1

    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, int]:
        return self.apply_to(x), self.apply_to(n)


@program((X, 3))
class UsesOverloads(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Overloaded()

    def forward(self, x: Tensor, n: int) -> Tuple[Tensor, int]:
        return self.inner(x, n)


@program((X, False), Call((X, True), fails=""))
class HasUnused(nn.Module):
    @torch.jit.unused
    def not_compiled(self, x: Tensor) -> Tensor:
        import sys
        return x if sys else x

    def forward(self, x: Tensor, wanted: bool) -> Tensor:
        if wanted:
            return self.not_compiled(x)
        return x * 2


@program((X,))
class BranchesOnConstants(nn.Module):
    __constants__ = ["depth", "mode", "sizes", "flags", "rate", "none"]
    width: int
    names: torch.jit.Final[List[str]]

    def __init__(self):
        super().__init__()
        self.depth = 2
        self.mode = "fast"
        self.sizes = (1, 2, 3)
        self.flags = [True, False]
        self.rate = 0.25
        self.none = None
        self.width = 3
        self.names = ["a", "b"]
        self.kind = torch.float64
        self.where = torch.device("cpu")
        self.layout = torch.strided

    def forward(self, x: Tensor) -> Tuple[Tensor, int, List[str], str]:
        if self.mode == "fast":
            x = x * self.rate
        else:
            x = x / self.rate
        if self.none is None:
            x = x + 1
        total = 0
        for size in self.sizes:
            total += size * self.depth
        if self.flags[0] and not self.flags[1]:
            total += 1000
        x = x.to(self.kind).to(self.where)
        if torch.jit.is_scripting():
            total += 7
        if torch.jit.is_tracing():
            total += 90
        return x, total + self.width, self.names, self.mode + self.names[0]


class Config(NamedTuple):
    rate: float
    names: List[str]


@program((X,))
class AttributesOfKinds(nn.Module):
    pairs: List[Tuple[str, int]]
    table: Dict[str, List[Tensor]]
    config: Config
    maybe: Optional[List[int]]
    either: Union[int, str]

    def __init__(self):
        super().__init__()
        self.pairs = [("a", 1)]
        self.table = {"k": [torch.ones(3)]}
        self.config = Config(0.5, ["n"])
        self.maybe = None
        self.either = 3
        self.count = 0

    def bump(self, by: int):
        self.count += by

    def forward(self, x: Tensor) -> Tuple[Tensor, List[Tuple[str, int]], int, Config,
                                          Optional[List[int]], str]:
        self.pairs.append(("b", 2))
        self.table["k"].append(x[0])
        self.table["j"] = [x[1]]
        self.config = Config(self.config.rate * 2, self.config.names + ["m"])
        self.maybe = [1]
        maybe = self.maybe
        if maybe is not None:
            maybe.append(5)
        self.either = "text"
        either = self.either
        text = either if isinstance(either, str) else "int"
        self.bump(3)
        self.bump(4)
        total = x
        for tensors in self.table.values():
            for t in tensors:
                total = total + t
        return total, self.pairs, self.count, self.config, self.maybe, text


class Child(nn.Module):
    def __init__(self):
        super().__init__()
        self.bias = nn.Parameter(torch.randn(3))
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x + self.bias * self.calls


@program((X,))
class ReachesIntoParts(nn.Module):
    def __init__(self):
        super().__init__()
        self.child = Child()
        self.same = self.child

    def forward(self, x: Tensor) -> Tuple[Tensor, int, bool, Tensor]:
        y = self.child(self.same(x))
        self.child.calls = self.same.calls * 10
        self.child.calls += 1
        child = self.child
        return y, child.calls, hasattr(self.child, "calls"), getattr(child, "bias")


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.k = 2.0

    def helper(self, x: Tensor) -> Tensor:
        return x * self.k

    def forward(self, x: Tensor) -> Tensor:
        return self.helper(x)


@program((X,))
class Derived(Base):
    def __init__(self):
        super().__init__()
        self.k = 3.0

    def helper(self, x: Tensor) -> Tensor:
        return x + self.k

    def forward(self, x: Tensor) -> Tensor:
        return self.helper(x) * 2
