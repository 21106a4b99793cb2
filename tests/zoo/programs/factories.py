"""Tensors made from numbers, in every dtype: values, dtypes, strides and what is refused."""
from typing import Any, Dict, List, Sequence, Tuple

import torch

from tests.zoo.case import Call
from tests.zoo.programs.agreed import judged_bodies
from tests.zoo.programs.define import add_case, program

X = torch.tensor([[0.5, -1.5, 2.0], [3.25, 0.0, -4.0]])
FLOATS = ("float32", "float64", "bfloat16")
NUMBERS = ("uint8", "int8", "int16", "int32", "int64", *FLOATS)

# Expressions in which {} stands for "dtype=...", and the dtypes.
FAMILIES: Dict[str, Tuple[List[str], Sequence[str]]] = {
    "drawn": ([
        "torch.randint(5, [2, 2], {})", "torch.randint(2, 7, [2, 2], {})", "torch.randint_like(X, 0, 300, {})",
        "torch.randint_like(X, -300, 5, {})", "torch.randint(255, 258, [3], {})", "torch.randint(3, 20000000, [5], {})",
        "torch.randint(7, 7, [2, 2], {})", "torch.zeros(4, {}).random_(5, None)", "torch.zeros(4, {}).random_(0, None)",
        "torch.zeros(4, {}).random_(-7, None)", "torch.zeros(4, {}).log_normal_()", "torch.zeros(4, {}).cauchy_()"],
        ("bool", *NUMBERS, "float16")),
}


def methods(family: str) -> Tuple[Any, List[Call]]:
    expressions, dtypes = FAMILIES[family]
    texts = [text.replace(", {}", "") for text in expressions]
    texts += [text.replace("{}", f"dtype=torch.{dtype}") for text in expressions for dtype in dtypes]
    return judged_bodies([f"r = {text}\n    return r, r.dtype, r.stride()" for text in texts], {"X": X})


for each in FAMILIES:
    add_case(f"made_{each}", lambda family=each: methods(family), __file__)


@program((X.flatten(), torch.tensor([-4.0, -1.0, 0.0, 2.0])))
def edges_of_their_own(x: torch.Tensor, edges: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor, List[int], torch.Tensor]:
    counts, copy = torch.histogram(x, edges)
    edges.add_(1)
    every_other = torch.histogram(x, edges[::2])[1]
    return counts, copy, every_other.stride(), edges
