"""Archives as other writers and other times made them: versions, compression, shared storages."""
import io
import pathlib
import tempfile
import zipfile
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.zoo.case import Call, Case

Members = Dict[str, bytes]


def members_of(module: Any, **options: Any) -> Members:
    """Names without the archive's prefix."""
    buffer = io.BytesIO()
    torch.jit.save(module, buffer, **options)
    with zipfile.ZipFile(buffer) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def write(members: Members, prefix: str = "archive", compression: int = zipfile.ZIP_STORED
          ) -> pathlib.Path:
    path = pathlib.Path(tempfile.mkdtemp()) / "model.pt"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(f"{prefix}/{name}", data)
    return path


def aged(module: Any, version: int, *edits: Tuple[str, str]) -> pathlib.Path:
    """The archive as a writer of that version left it, with its code as it was spelled then."""
    members = {name: data for name, data in members_of(module).items()
               if not name.endswith((".debug_pkl", "version"))}
    for name in members:
        if name.endswith(".py"):
            for new, old in edits:
                assert new.encode() in members[name], (new, members[name])
                members[name] = members[name].replace(new.encode(), old.encode())
    members["version" if version < 6 else ".data/version"] = f"{version}\n".encode()
    return write(members)


@torch.jit.script
def divide(a: Tensor, b: Tensor, n: int) -> List[Tensor]:
    c = a.clone()
    c.div_(b)
    return [torch.div(a, b), a / n, a / 2, torch.div(a, b, rounding_mode="floor"), c]


def division_of_version_3():
    whole = (torch.tensor([7, -7, 9]), torch.tensor([2, 2, -4]), 2)
    real = (torch.tensor([7.0, -7.0, 9.0]), torch.tensor([2.0, 2.0, -4.0]), 2)
    return aged(divide, 3), [Call(whole), Call(real)]


@torch.jit.script
def fill(n: int) -> List[Tensor]:
    return [torch.full([n], 1), torch.full([n], 1, dtype=torch.int64), torch.full([n], 2.5)]


@torch.jit.script
def spread(a: float, b: float) -> Tuple[Tensor, Tensor]:
    return torch.linspace(a, b, 5), torch.logspace(a, b, 7)


@torch.jit.script
def activate(x: Tensor) -> Tensor:
    return F.gelu(x)


class Attributes(nn.Module):
    """Every kind of attribute that a file can hold."""
    table: Dict[str, List[int]]
    pairs: List[Tuple[int, str]]
    nothing: Optional[Tensor]
    something: Optional[Tensor]
    empty: List[float]

    def __init__(self):
        super().__init__()
        self.table = {"a": [1, 2], "b": []}
        self.pairs = [(1, "one"), (70000, "many"), (-5, "ü\n\"quoted\"")]
        self.nothing = None
        self.something = torch.arange(3)
        self.empty = []
        self.large = 2 ** 62
        self.small = -(2 ** 40)
        self.tiny = 1e-300
        self.device = torch.device("cpu")
        self.kind = torch.float64
        self.flags = [True, False]
        self.nested = ([1.5], {"k": (1, 2)})

    def forward(self, x: Tensor) -> Tuple[Dict[str, List[int]], List[Tuple[int, str]], List[float],
                                          int, int, float, Tensor, List[bool],
                                          Tuple[List[float], Dict[str, Tuple[int, int]]]]:
        y = x.to(self.device, self.kind)
        nothing = self.nothing
        if nothing is not None:
            y = y + nothing
        something = self.something
        if something is not None:
            y = y + something
        return (self.table, self.pairs, self.empty, self.large, self.small, self.tiny, y,
                self.flags, self.nested)


class Storages(nn.Module):
    """Buffers of every dtype, and views that share one storage."""

    def __init__(self):
        super().__init__()
        base = torch.arange(12.0).view(3, 4)
        self.register_buffer("base", base)
        self.register_buffer("turned", base.t())
        self.register_buffer("tail", base.view(-1)[5:])
        self.register_buffer("steps", base[:, ::2])
        self.register_buffer("spread_out", torch.ones(1).expand(2, 3))
        self.register_buffer("none", torch.empty(0, 3))
        self.register_buffer("scalar", torch.tensor(2.5))
        for dtype in (torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.uint8,
                      torch.int16, torch.int32, torch.int64, torch.bool, torch.complex64,
                      torch.complex128):
            self.register_buffer("of_" + str(dtype)[6:], torch.tensor([[0, 1], [2, 3]]).to(dtype))

    def forward(self, x: Tensor) -> List[Tensor]:
        self.base.add_(x)
        return [self.base, self.turned, self.tail, self.steps, self.spread_out, self.none,
                self.scalar, self.of_float64, self.of_float16, self.of_bfloat16, self.of_int8,
                self.of_uint8, self.of_int16, self.of_int32, self.of_int64, self.of_bool,
                self.of_complex64, self.of_complex128]


class OwnState(nn.Module):
    """Is saved as its methods say."""

    def __init__(self):
        super().__init__()
        self.weight = torch.arange(4.0)
        self.calls = 3

    @torch.jit.export
    def __getstate__(self):
        return self.weight * 2, self.calls, self.training

    @torch.jit.export
    def __setstate__(self, state: Tuple[Tensor, int, bool]):
        self.weight = state[0] + 1
        self.calls = state[1] * 10
        self.training = state[2]

    def forward(self, x: Tensor) -> Tuple[Tensor, int]:
        return x + self.weight, self.calls


class Twin(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x + 1


First = Twin


class Twin(nn.Module):  # noqa: F811
    def forward(self, x: Tensor) -> Tensor:
        return x * 2


class Twins(nn.Module):
    """Two classes of one name: the writer tells them apart by mangled names."""

    def __init__(self):
        super().__init__()
        self.first = First()
        self.second = Twin()

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x)) - self.first(x)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(),
                                 nn.Linear(64, 3))
        self.net[1].running_mean.uniform_(-1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


IMAGE = (1, 2, 6, 6)


def frozen():
    module = torch.jit.freeze(torch.jit.script(Small().eval()))
    return module, [Call((torch.randn(*IMAGE),))]


def traced_constants():
    table = torch.randn(5, 3)
    mask = torch.tensor([True, False, True])
    return torch.jit.trace(lambda x: (x @ table.t(), x * mask, x + table[0]), torch.randn(2, 3)), [
        Call((torch.randn(2, 3),)), Call((torch.randn(4, 3),))]


def deflated():
    members = members_of(torch.jit.script(Small().eval()))
    return write(members, compression=zipfile.ZIP_DEFLATED), [Call((torch.randn(*IMAGE),))]


def renamed():
    members = members_of(torch.jit.script(Small().eval()))
    return write(members, prefix="my model.v1"), [Call((torch.randn(*IMAGE),))]


def with_extras():
    members = members_of(torch.jit.script(Small().eval()),
                         _extra_files={"notes.txt": "text", "deep/er.bin": "\x00\x01"})
    members["code/unused.py"] = b""
    return write(members), [Call((torch.randn(*IMAGE),))]


def without_debug_files():
    members = {name: data for name, data in members_of(torch.jit.script(Small().eval())).items()
               if not name.endswith(".debug_pkl")}
    return write(members), [Call((torch.randn(*IMAGE),))]


def makers() -> Sequence[Tuple[str, Callable[[], Any]]]:
    x = torch.tensor([1.0, -2.0, 0.5])
    return [
        ("division_of_version_3", division_of_version_3),
        ("full_of_version_4", lambda: (aged(fill, 4), [Call((2,))])),
        ("full_of_version_5", lambda: (aged(fill, 5), [Call((2,))])),
        ("spread_of_version_7", lambda: (aged(spread, 7, (", 5)", ", None)"), (", 7)", ", None)")),
                                         [Call((0.0, 1.0))])),
        ("gelu_of_version_9", lambda: (aged(activate, 9), [Call((x,))])),
        ("attributes", lambda: (torch.jit.script(Attributes()), [Call((x,))])),
        ("storages", lambda: (torch.jit.script(Storages()), [Call((torch.tensor(0.5),))])),
        ("own_state", lambda: (torch.jit.script(OwnState().eval()), [Call((torch.ones(4),))])),
        ("twins", lambda: (torch.jit.script(Twins()), [Call((x,))])),
        ("frozen", frozen), ("traced_constants", traced_constants), ("deflated", deflated),
        ("renamed", renamed), ("with_extras", with_extras),
        ("without_debug_files", without_debug_files)]


def cases() -> List[Case]:
    return [Case(f"archive_{name}", "archives", make, (__file__,)) for name, make in makers()]
