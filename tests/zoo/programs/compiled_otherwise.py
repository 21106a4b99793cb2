"""Programs that are traced, frozen, or both, and mixtures with scripted ones."""
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import made

X = torch.randn(2, 3)


def many(x: Tensor, pair: Tuple[Tensor, Tensor], items: List[Tensor]) -> Tuple[Tensor, List[Tensor]]:
    a, b = pair
    return a + b * x, [item * 2 for item in items]


@made((X, (X, X + 1), [X]), (X, (X, X), [X * 2]))
def traced_containers():
    return torch.jit.trace(many, (X, (X, X), [X]))


def of_dict(d: Dict[str, Tensor]) -> Dict[str, Tensor]:
    return {"sum": d["a"] + d["b"], "product": d["a"] * d["b"]}


@made(({"a": X, "b": X * 3},))
def traced_dicts():
    return torch.jit.trace(of_dict, ({"a": X, "b": X},), strict=False)


@made((X,), (torch.randn(5, 7),))
def traced_sizes():
    def run(x):
        n, m = x.shape
        y = x.reshape(m, n).expand(2, m, n) + x.size(0)
        return y.view(-1, n), torch.zeros(x.shape), x.new_ones(n, 2 * m), y[..., : n - 1], \
            torch.arange(m) * n, F.pad(x, (1, n)), x.view(x.size(0), -1)
    return torch.jit.trace(run, X)


@made((X.clone(),), (torch.ones(4, 2),))
def traced_writes():
    def run(x):
        y = x.clone()
        y[0] = 1.5
        y[:, 1] += x[:, 0]
        y[1:] *= 2
        y[y > 1] = -1
        z = torch.zeros_like(y)
        z[0, 1:] = y[0, 1:]
        z.add_(1).mul_(2)
        return y, z, x.add_(1)
    return torch.jit.trace(run, X.clone(), check_trace=False)


@torch.jit.script
def loops(x: Tensor, n: int) -> Tensor:
    for i in range(n):
        if bool(x.sum() > 0):
            x = x * 0.5
        else:
            x = x + i
    return x


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.linear(x))


class CallsScript(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.jit.script(Inner())
        self.plain = Inner()

    def forward(self, x):
        return loops(self.inner(x), 4) + self.plain(x)


@made((X,), (-X,))
def script_in_trace():
    return torch.jit.trace(CallsScript().eval(), X)


class CallsTrace(nn.Module):
    def __init__(self):
        super().__init__()
        self.traced = torch.jit.trace(Inner(), X)
        self.function = torch.jit.trace(lambda x: (x * 2, x + 1), X)

    def forward(self, x: Tensor, n: int) -> Tensor:
        for _ in range(n):
            x = self.traced(x)
        a, b = self.function(x)
        return a + b


@made((X, 3), (X, 0))
def trace_in_script():
    return torch.jit.script(CallsTrace().eval())


class Methods(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 2)

    def forward(self, x):
        return self.linear(x)

    def weighted(self, w):
        return (self.linear.weight * w).sum(1)


@made((X,), Call((X,), "weighted"))
def traced_methods():
    return torch.jit.trace_module(Methods().eval(), {"forward": X, "weighted": X})


@made((X,))
def traced_shared_weights():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(3, 3)
            self.b = self.a
            self.c = nn.Linear(3, 3)
            self.c.weight = self.a.weight

        def forward(self, x):
            return self.c(self.b(self.a(x)))
    return torch.jit.trace(Tied(), X)


@made((X,), (torch.randn(1, 3),))
def traced_constants_of_kinds():
    def run(x):
        i = torch.tensor([0, 0])
        return x[i], x * torch.tensor(2.5, dtype=torch.float64), x @ torch.eye(3), \
            torch.where(x > 0, x, torch.tensor(-1.0)), x.to(torch.float16), (x > 0).sum(), \
            x.sum().item() * x.new_ones(1), torch.tensor([1 + 2j]) * x[0, 0], x.type(torch.int64)
    return torch.jit.trace(run, X, check_trace=False)


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.names = ["a", "b"]
        self.table = {"k": 2}
        self.rate = 0.5
        self.maybe: Optional[Tensor] = None
        self.register_buffer("total", torch.zeros(3))

    def forward(self, x: Tensor) -> Tuple[Tensor, int]:
        if self.maybe is not None:
            x = x + 1
        y = self.inner(x) * self.rate * self.table["k"]
        return y, len(self.names)

    @torch.jit.export
    def accumulate(self, x: Tensor) -> Tensor:
        self.total.add_(x.sum(0))
        return self.total * 2


@made((X,))
def frozen_module():
    return torch.jit.freeze(torch.jit.script(Frozen().eval()))


@made((X,), Call((X,), "accumulate"))
def frozen_keeps_parts():
    return torch.jit.freeze(torch.jit.script(Frozen().eval()), preserved_attrs=["accumulate", "rate"])


@made((X,))
def frozen_trace():
    return torch.jit.freeze(torch.jit.trace(CallsScript().eval(), X))


class Mutates(nn.Module):
    def __init__(self):
        super().__init__()
        self.count = 0
        self.inner = Inner()
        self.inner.extra = 3

    def forward(self, x: Tensor) -> Tuple[Tensor, int]:
        self.count += 1
        self.inner.extra += 5
        return self.inner(x) * self.inner.extra, self.count


@made((X,))
def frozen_with_state():
    return torch.jit.freeze(torch.jit.script(Mutates().eval()))


@made((torch.randn(1, 3, 8, 8),))
def frozen_convolutions():
    net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
                        nn.Conv2d(4, 5, 3, groups=1, bias=False), nn.BatchNorm2d(5), nn.Flatten(),
                        nn.Linear(20, 3), nn.Dropout()).eval()
    return torch.jit.freeze(torch.jit.script(net))


@made((torch.randn(4, 3),))
def run_frozen_optimizations():
    frozen = torch.jit.freeze(torch.jit.script(Inner().eval()))
    torch.jit.run_frozen_optimizations(frozen)
    return frozen


class State(NamedTuple):
    h: Tensor
    c: Tensor


@made((X, (X, X)))
def traced_named_tuple():
    def run(x, state):
        return State(x + state[0], state[1] * 2)
    return torch.jit.trace(run, (X, (X, X)))


@made((torch.randn(3, 5, 4), torch.tensor([5, 3, 2])))
def packed_sequences():
    class Packed(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = nn.GRU(4, 6, batch_first=True, bidirectional=True)

        def forward(self, x: Tensor, lengths: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
            out, h = self.gru(packed)
            y, n = nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
            return y, n, h
    return torch.jit.script(Packed())


@made((X,), (X[:1],))
def traced_modes():
    class Modes(nn.Module):
        def __init__(self):
            super().__init__()
            self.drop = nn.Dropout(0.9)
            self.norm = nn.LayerNorm(3)

        def forward(self, x):
            if not torch.jit.is_tracing():
                return x
            return self.drop(self.norm(x)), F.softmax(x, -1), F.dropout(x, 0.5, self.training)
    return torch.jit.trace(Modes().eval(), X)
