"""What a case is, and the cache of its archive, inputs and expected outputs."""
import dataclasses
import hashlib
import inspect
import json
import pathlib
import shutil
import sys
import zlib
from typing import Any, Callable, List, Optional, Sequence, Tuple

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "oracle-cache"
SEED = 0  # added to the seed of each case
DEFAULT_SEED = 67280421310721  # of a generator that nobody seeded: every request starts so


@dataclasses.dataclass(frozen=True)
class Call:
    """One call of a method. `fails`: text that the error must contain; None for a result."""
    inputs: Tuple[Any, ...]
    method: str = "forward"
    tolerance: float = 1e-4
    classes: bool = False  # the first tensor of the result is a row of scores per example
    fails: Optional[str] = None


@dataclasses.dataclass(frozen=True)
class Case:
    """`make` gives a scripted or traced module, or the path of an archive, and its calls."""
    name: str
    group: str
    make: Callable[[], Tuple[Any, Sequence[Call]]]
    sources: Tuple[str, ...]  # files that the artefacts depend on


@dataclasses.dataclass(frozen=True)
class Stored:
    """A call as it lies in the cache."""
    case: str
    group: str
    model: pathlib.Path
    method: str
    inputs: pathlib.Path
    expected: pathlib.Path
    tolerance: float
    classes: bool
    fails: Optional[str]
    index: int

    @property
    def label(self) -> str:
        return f"{self.case}/{self.index}" + ("" if self.method == "forward" else f".{self.method}")


def source_of(thing: Any) -> str:
    return inspect.getsourcefile(thing) or __file__


def digest(case: Case) -> str:
    state = hashlib.sha256()
    for text in (torch.__version__, sys.version, case.name):
        state.update(text.encode() + b"\0")
    for path in sorted({__file__, *case.sources}):
        state.update(pathlib.Path(path).read_bytes() + b"\0")
    return state.hexdigest()[:16]


def plain(value: Any) -> Any:
    """The value as a file can hold it: NamedTuples become tuples, pending conjugation is done."""
    if isinstance(value, torch.Tensor):
        return value.detach().resolve_conj().resolve_neg()
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    return value


def ask_oracle(model: Any, call: Call) -> Any:
    torch.manual_seed(DEFAULT_SEED)
    with torch.no_grad(), torch.jit.optimized_execution(False):
        return plain(getattr(model, call.method)(*call.inputs))


def use_seed(seed: int) -> None:
    """Other weights, inputs and samples than usual, in a cache of their own."""
    global CACHE, SEED
    SEED = seed
    CACHE = CACHE / f"seed-{seed}"


def generate(case: Case, folder: pathlib.Path) -> None:
    torch.manual_seed(zlib.crc32(case.name.encode()) + SEED)
    made, calls = case.make()
    if isinstance(made, pathlib.Path):
        shutil.copyfile(made, folder / "model.pt")
    else:
        made.save(str(folder / "model.pt"))
    model = torch.jit.load(str(folder / "model.pt"))
    for index, call in enumerate(calls):
        torch.save(plain(call.inputs), folder / f"inputs_{index}.pt")
        try:
            expected, error = ask_oracle(model, call), None
        except (RuntimeError, IndexError, ValueError, torch.jit.Error) as caught:
            expected, error = None, str(caught)
        if (call.fails is None) != (error is None) or (error and call.fails not in error):
            raise AssertionError(
                f"{case.name}, call {index}: the oracle answered {error or expected}, "
                f"but the case expects {call.fails or 'a result'}")
        torch.save(expected, folder / f"expected_{index}.pt")
    (folder / "calls.json").write_text(json.dumps([
        {"method": call.method, "tolerance": call.tolerance, "classes": call.classes,
         "fails": call.fails} for call in calls]))


def stored_calls(case: Case) -> List[Stored]:
    """The calls of a case, generated at the first use of its sources."""
    folder = CACHE / f"{case.name}-{digest(case)}"
    if not (folder / "calls.json").exists():
        for stale in CACHE.glob(f"{case.name}-*"):
            if len(stale.name) == len(case.name) + 17:
                shutil.rmtree(stale)
        folder.mkdir(parents=True)
        generate(case, folder)
    calls = json.loads((folder / "calls.json").read_text())
    return [Stored(case=case.name, group=case.group, model=folder / "model.pt",
                   inputs=folder / f"inputs_{index}.pt", expected=folder / f"expected_{index}.pt",
                   index=index, **call) for index, call in enumerate(calls)]
