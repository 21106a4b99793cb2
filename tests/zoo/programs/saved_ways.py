"""Modules that are saved in other ways than as plain scripts: frozen with state, optimized for phones,
for the lite interpreter, with files beside, in training, traced with writes and forks."""
import pathlib
import tempfile
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import made

X = torch.arange(6.0).view(2, 3)
IMAGE = torch.linspace(-1, 1, 32).view(1, 2, 4, 4)


def scripted(module: nn.Module) -> Any:
    return torch.jit.script(module.eval())


def saved(save: Any) -> pathlib.Path:
    path = pathlib.Path(tempfile.mkdtemp()) / "model.pt"
    save(str(path))
    return path


class Layers(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3)
        self.norm = nn.BatchNorm2d(3)
        self.back = nn.ConvTranspose2d(3, 2, 2, stride=2, bias=False)
        self.linear = nn.Linear(12, 4)
        self.drop = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        y = F.relu(self.norm(self.conv(x)))
        return F.hardtanh(self.linear(self.drop(y.flatten(1))), -0.25, 0.5), F.relu6(self.back(y))


@made((IMAGE,), (-IMAGE,), (IMAGE.repeat(3, 1, 1, 1),))
def phone_layers():
    from torch.utils.mobile_optimizer import optimize_for_mobile
    return optimize_for_mobile(scripted(Layers()))


class Counts(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(1))
        self.linear = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        self.calls += 1
        return torch.relu(self.linear(x)), self.calls.clone()

    @torch.jit.export
    def reset(self, to: float) -> Tensor:
        self.calls.fill_(to)
        return self.calls


@made((X,))
def phone_state():
    from torch.utils.mobile_optimizer import optimize_for_mobile
    return optimize_for_mobile(scripted(Counts()))


@made((IMAGE,))
def phone_file():
    from torch.utils.mobile_optimizer import optimize_for_mobile
    return saved(optimize_for_mobile(scripted(Layers()))._save_for_lite_interpreter)


@made((X,))
def lite_file():
    files = {"notes/a.txt": "text", "b": b"\0\1"}
    return saved(lambda path: scripted(Counts())._save_for_lite_interpreter(path, _extra_files=files))


@made((X,))
def files_beside():
    files = {"meta/labels.json": "{}", "weights": b"\0\1\2"}
    return saved(lambda path: torch.jit.save(scripted(Counts()), path, _extra_files=files))


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.tensor([1.1])
        self.b = 2.2

    def forward(self, x: Tensor) -> Tensor:
        return self.a + self.b

    @torch.jit.export
    def change(self, x: Tensor) -> float:
        self.a[0] += 10
        return self.b


class Holder(nn.Module):
    def __init__(self, reader: Reader):
        super().__init__()
        self.b = [torch.tensor([3.3])]
        self.reader = reader

    def forward(self, x: Tensor) -> Tensor:
        return self.b[0] + self.reader.change(x) + self.reader.a


class TwoHolders(nn.Module):
    def __init__(self):
        super().__init__()
        reader = Reader()
        self.one, self.two = Holder(reader), Holder(reader)
        self.a = torch.tensor([4.4])

    def forward(self, x: Tensor) -> Tensor:
        return self.one(x) + self.two(x) + self.a


@made((X,))
def shared_part_with_state():
    return scripted(TwoHolders())


@made((X,))
def shared_part_with_state_frozen():
    return torch.jit.freeze(scripted(TwoHolders()))


class OneMemory(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.tensor([1.1, 2.2])
        self.b = self.a
        self.c = self.a[1:]
        self.listed = [self.a]

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor, List[Tensor]]:
        self.b += 1
        self.listed[0].mul_(2)
        return self.a, self.b, self.c, self.listed


@made((X,))
def one_memory():
    return scripted(OneMemory())


@made((X,))
def one_memory_frozen():
    return torch.jit.freeze(scripted(OneMemory()))


@torch.jit.interface
class Part(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass

    def change(self, x: Tensor, k: int) -> Tensor:
        pass


class Adds(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.ones(3)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.w

    @torch.jit.export
    def change(self, x: Tensor, k: int) -> Tensor:
        self.w = self.w * k
        return x * self.w


class Doubles(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * 2

    @torch.jit.export
    def change(self, x: Tensor, k: int) -> Tensor:
        return x - k


class ChangesParts(nn.Module):
    first: Part
    second: Part

    def __init__(self):
        super().__init__()
        self.first, self.second, self.spare = Adds(), Doubles(), Doubles()

    def forward(self, x: Tensor) -> List[Tensor]:
        before = self.first.forward(x) + self.second.forward(x)
        changed = self.first.change(x, 3) + self.second.change(x, 4)
        after = self.first.forward(x)
        self.first = self.spare
        return [before, changed, after, self.first.forward(x)]


@made((X,))
def parts_by_interface():
    return scripted(ChangesParts())


class TrainingNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.whole = nn.BatchNorm1d(3, momentum=None)

    def forward(self, x: Tensor) -> List[Optional[Tensor]]:
        y = self.whole(self.norm(x))
        return [y, self.norm.running_mean, self.norm.running_var, self.norm.num_batches_tracked,
                self.whole.running_mean, self.whole.num_batches_tracked]


@made((X,))
def norm_in_training():
    return torch.jit.script(TrainingNorm().train())


class Drops(nn.Module):
    def __init__(self):
        super().__init__()
        self.drops = nn.ModuleList([nn.Dropout(0.5), nn.AlphaDropout(0.2), nn.Dropout(0.0), nn.Dropout(1.0)])

    def forward(self, x: Tensor) -> Tuple[List[Tensor], bool]:
        return [drop(x) for drop in self.drops], self.training


@made((X,))
def dropout_in_training():
    return torch.jit.script(Drops().train())


class OfKinds(nn.Module):
    def __init__(self):
        super().__init__()
        kinds = [torch.zeros(0), torch.zeros(2, 0, 3), torch.tensor(5), torch.tensor([True, False]), torch.ones(2).half(),
                 torch.ones(2).bfloat16(), torch.tensor([1 + 2j]), torch.tensor([1], dtype=torch.uint8),
                 torch.arange(6).view(2, 3).t(), torch.ones(1).expand(3), torch.arange(10)[::3]]
        for i, kind in enumerate(kinds):
            self.register_buffer(f"b{i}", kind)

    def forward(self) -> List[Tensor]:
        return [self.b0, self.b1, self.b2, self.b3, self.b4, self.b5, self.b6, self.b7, self.b8, self.b9, self.b10]


@made(())
def buffers_of_kinds():
    return scripted(OfKinds())


@made(())
def buffers_of_kinds_frozen():
    return torch.jit.freeze(scripted(OfKinds()))


class Answer(NamedTuple):
    scores: Tensor
    aux: Optional[Tensor]


class Answers(nn.Module):
    def forward(self, x: Tensor) -> Answer:
        return Answer(x + 1, None)


@made((X,))
def named_answer_frozen():
    return torch.jit.freeze(scripted(Answers()))


@torch.jit.script_if_tracing
def counted(x: Tensor, n: Tensor) -> Tensor:
    for i in range(int(n)):
        x = x + i
    return x


@made((X, torch.tensor(3)), (X, torch.tensor(5)), (X, torch.tensor(0)))
def script_if_tracing():
    return torch.jit.trace(lambda x, n: counted(x, n) * 2, (X, torch.tensor(2)))


class Branches(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        if bool(x.sum() > 0):
            return x + 1
        for _ in range(x.size(0)):
            x = x * 2
        return x


class TracedAround(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.jit.script(Branches())
        self.linear = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(self.linear(x)) + self.inner(-x)


@made((X,), (-X,), (torch.ones(4, 3),))
def branches_in_a_trace():
    return torch.jit.trace(TracedAround().eval(), X)


@made((X, {"a": X, "b": X + 1}, (X, (X * 2, X * 3))))
def traced_structures():
    def run(x: Tensor, d: Dict[str, Tensor], t: Tuple[Tensor, Tuple[Tensor, Tensor]]):
        a, (b, c) = t
        return {"s": d["a"] + x, "t": d["b"]}, (x, [a + b, d["a"]]), (c, (a, b))
    return torch.jit.trace(run, (X, {"a": X, "b": X}, (X, (X, X))), strict=False)


class TwoMethods(nn.Module):
    def forward(self, x):
        return x + 1

    def two(self, x, y):
        return x * y


@made((X,), Call((X, X + 1), "two"))
def methods_traced():
    return torch.jit.trace_module(TwoMethods(), {"forward": (X,), "two": (X, X)})
