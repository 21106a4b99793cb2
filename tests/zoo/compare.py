"""Whether an answer is the oracle's."""
import math
from typing import Any, Optional

import torch


def compare_tensors(got: torch.Tensor, want: torch.Tensor, tolerance: float,
                    where: str) -> Optional[str]:
    if got.dtype != want.dtype:
        return f"{where}: dtype {got.dtype}, expected {want.dtype}"
    if got.shape != want.shape:
        return f"{where}: shape {list(got.shape)}, expected {list(want.shape)}"
    if want.numel() == 0:
        return None
    if not (want.is_floating_point() or want.is_complex()):
        wrong = int((got != want).sum())
        return f"{where}: {wrong} of {want.numel()} elements differ" if wrong else None
    wide = torch.complex128 if want.is_complex() else torch.float64
    got, want = got.to(wide), want.to(wide)
    odd = ~torch.isfinite(want)
    same = (got == want) | (torch.isnan(got) & torch.isnan(want))
    if bool((odd & ~same).any()) or bool((~odd & ~torch.isfinite(got)).any()):
        return f"{where}: infinities or NaNs differ"
    got, want = got[~odd], want[~odd]
    if want.numel() == 0:
        return None
    limit = tolerance * max(float(want.abs().max()), 1e-6)
    error = float((got - want).abs().max())
    return f"{where}: differs by {error:.3g}, allowed {limit:.3g}" if error > limit else None


def compare(got: Any, want: Any, tolerance: float = 1e-4, where: str = "result") -> Optional[str]:
    """None if equal within the tolerance (relative to the largest magnitude), else what differs."""
    if isinstance(want, torch.Tensor):
        if not isinstance(got, torch.Tensor):
            return f"{where}: {type(got).__name__}, expected a tensor"
        return compare_tensors(got, want, tolerance, where)
    if isinstance(got, torch.Tensor) or type(got) is not type(want):
        return f"{where}: {type(got).__name__} {str(got)[:60]!r}, expected {type(want).__name__} " \
               f"{str(want)[:60]!r}"
    if isinstance(want, (list, tuple)):
        if len(got) != len(want):
            return f"{where}: {len(got)} elements, expected {len(want)}"
        pairs = [(f"{where}[{i}]", a, b) for i, (a, b) in enumerate(zip(got, want))]
    elif isinstance(want, dict):
        if list(got) != list(want):
            return f"{where}: keys {list(got)}, expected {list(want)}"
        pairs = [(f"{where}[{key!r}]", got[key], want[key]) for key in want]
    elif isinstance(want, (float, complex)):
        same = got == want or (got != got and want != want) or \
            abs(got - want) <= tolerance * max(abs(want), 1e-6) and not math.isinf(abs(want))
        return None if same else f"{where}: {got!r}, expected {want!r}"
    else:
        return None if got == want else f"{where}: {got!r}, expected {want!r}"
    for place, a, b in pairs:
        problem = compare(a, b, tolerance, place)
        if problem:
            return problem
    return None


def first_tensor(value: Any) -> torch.Tensor:
    return value if isinstance(value, torch.Tensor) else first_tensor(value[0])


def compare_top5(got: Any, want: Any, tolerance: float) -> Optional[str]:
    """The five best classes agree in order, except for classes that the oracle ties."""
    got, want = first_tensor(got), first_tensor(want)
    limit = tolerance * float(want.abs().max())
    for row in range(want.shape[0]):
        scores = want[row][got[row].topk(5).indices]
        if float((scores - want[row].topk(5).values).abs().max()) > limit:
            return f"row {row}: top 5 is {got[row].topk(5).indices.tolist()}, expected " \
                   f"{want[row].topk(5).indices.tolist()}"
    return None
