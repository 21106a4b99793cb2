"""Tensors made from numbers, in every dtype: values, dtypes, strides and what is refused."""
from typing import Any, Dict, List, Sequence, Tuple

import torch

from tests.zoo.case import Call
from tests.zoo.programs.agreed import judged_bodies
from tests.zoo.programs.define import add_case, program

X = torch.tensor([[0.5, -1.5, 2.0], [3.25, 0.0, -4.0]])
FLOATS = ("float32", "float64", "bfloat16")
NUMBERS = ("uint8", "int8", "int16", "int32", "int64", *FLOATS)
COMPLEX = ("complex64", "complex128")
ANY = ("bool", *NUMBERS, "float16", *COMPLEX)

# Expressions in which {} stands for "dtype=...", and the dtypes.
FAMILIES: Dict[str, Tuple[List[str], Sequence[str]]] = {
    "arange": ([
        "torch.arange(5, {})", "torch.arange(5.5, {})", "torch.arange(1, 6, 2, {})", "torch.arange(0.5, 6, 1.5, {})",
        "torch.arange(-1.5, 2, 0.7, {})", "torch.arange(5, 1, -1, {})", "torch.arange(0, 300, 100, {})"], ANY),
    "range": ([
        "torch.range(1, 5, {})", "torch.range(1, 5, 2, {})", "torch.range(0.5, 5, 1.5, {})", "torch.range(0.5, 5, 0.5, {})",
        "torch.range(5, 1, -1, {})", "torch.range(-1.7, 3.2, 0.9, {})", "torch.range(0, 1, 0.3, {})", "torch.range(3, 3, {})",
        "torch.range(1, 5, 0, {})"], ANY),
    "intervals": ([
        "torch.linspace(0, 10, 5, {})", "torch.linspace(0, 1, 1, {})", "torch.linspace(0, 1, 0, {})", "torch.linspace(0, 1, -1, {})",
        "torch.logspace(0, 2, 3, {})", "torch.logspace(0, 1, 4, 2.0, {})", "torch.logspace(0.5, 1.5, 1, {})", "torch.logspace(0, 1, 0, {})",
        "torch.logspace(0, 1, -1, {})"], ("bool", *NUMBERS, *COMPLEX)),
    "places": ([
        "torch.tril_indices(3, 3, 0, {})", "torch.tril_indices(3, 3, -1, {})", "torch.triu_indices(3, 3, 1, {})",
        "torch.tril_indices(-1, 3, 0, {})", "torch.randperm(5, {})", "torch.randperm(300, {})", "torch.randperm(-1, {})"], ANY),
    "windows": ([
        "torch.hann_window(5, {})", "torch.hamming_window(5, False, {})", "torch.bartlett_window(4, {})", "torch.blackman_window(4, {})",
        "torch.kaiser_window(4, {})", "torch.hann_window(-1, {})", "torch.hann_window(0, {})", "torch.hann_window(1, {})",
        "torch.fft.fftfreq(4, 0.5, {})", "torch.fft.rfftfreq(5, {})"], ("float32", "float64", *COMPLEX)),
    "frequencies": (["torch.fft.fftfreq(4, 0.5, {})", "torch.fft.rfftfreq(5, {})"], ("bool", "int32")),
    "drawn": ([
        "torch.randint(5, [2, 2], {})", "torch.randint(2, 7, [2, 2], {})", "torch.randint_like(X, 0, 300, {})",
        "torch.randint_like(X, -300, 5, {})", "torch.randint(255, 258, [3], {})", "torch.randint(3, 20000000, [5], {})",
        "torch.randint(7, 7, [2, 2], {})", "torch.zeros(4, {}).random_(5, None)", "torch.zeros(4, {}).random_(0, None)",
        "torch.zeros(4, {}).random_(-7, None)", "torch.zeros(4, {}).log_normal_()", "torch.zeros(4, {}).cauchy_()"],
        ("bool", *NUMBERS, "float16")),
    "means": (["torch.mean(X, {})"], ("bool", "int64", *FLOATS)),
}


def methods(family: str) -> Tuple[Any, List[Call]]:
    expressions, dtypes = FAMILIES[family]
    texts = [text.replace(", {}", "") for text in expressions]
    texts += [text.replace("{}", f"dtype=torch.{dtype}") for text in expressions for dtype in dtypes]
    return judged_bodies([f"r = {text}\n    return r, r.dtype, r.stride()" for text in texts], {"X": X})


for each in FAMILIES:
    add_case(f"made_{each}", lambda family=each: methods(family), __file__)


@program(*(Call((X, how), fails="Could not run") for how in range(2)))
def made_quantized(x: torch.Tensor, how: int) -> torch.Tensor:
    return torch.zeros([2], dtype=torch.quint8) if how == 0 else x.new_zeros([2], dtype=torch.qint8)


@program((X,))
def resized_and_lifted(x: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    a = torch.ops.aten.resize(x, [2, 2])
    b = torch.ops.aten.resize_as(x, a)
    c = torch.ops.aten.lift(x)
    c.add_(1)
    return a, b, c, x


@program((X.flatten(), torch.tensor([-4.0, -1.0, 0.0, 2.0])))
def edges_of_their_own(x: torch.Tensor, edges: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor, List[int], torch.Tensor]:
    counts, copy = torch.histogram(x, edges)
    edges.add_(1)
    every_other = torch.histogram(x, edges[::2])[1]
    return counts, copy, every_other.stride(), edges


@program(*((x, train) for x in (X, X.t(), X.view(1, 2, 3, 1).contiguous(memory_format=torch.channels_last))
           for train in (True, False)))
def dropped_by_layout(x: torch.Tensor, train: bool) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    kept, mask = torch.native_dropout(x, 0.5, train)
    kept.add_(1)
    return kept, mask, x


@program(*((w,) for w in (X.abs() + 0.1, (X.abs() + 0.1).t(), (X.abs() + 0.1).expand(2, 2, 3)[:, 0])))
def chosen_by_layout(weights: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
    return torch.multinomial(weights, 2), torch.multinomial(weights, 2, replacement=True)
