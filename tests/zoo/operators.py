"""Operators one by one: PyTorch's own samples, traced, as the methods of one archive."""
import itertools
import sys
import types
import unittest
import warnings
from typing import Any, Callable, List, Sequence, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.case import Call, Case
from tests.zoo.compare import compare

DTYPES = (torch.float32, torch.int64, torch.bool, torch.complex64)
SAMPLES = 10  # of each dtype; the first ones cover the usual arguments
MAX_ELEMENTS = 20000


def samples_of_torch() -> Sequence[Any]:
    """PyTorch's list of operators; a stub stands in for a package that only its tests use."""
    stub = types.ModuleType("expecttest")
    stub.TestCase, stub.ACCEPT = unittest.TestCase, False
    stub.assert_expected_inline = lambda *values: None
    sys.modules.setdefault("expecttest", stub)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.testing._internal.common_methods_invocations import op_db
    return op_db


def split(value: Any, tensors: List[Tensor]) -> Callable[[Sequence[Tensor]], Any]:
    """Collects the tensors of an argument; the result puts tensors back in their places."""
    if isinstance(value, Tensor):
        tensors.append(value.detach())
        place = len(tensors) - 1
        return lambda given: given[place]
    if type(value) in (list, tuple):
        parts = [split(item, tensors) for item in value]
        kind = type(value)
        return lambda given: kind(part(given) for part in parts)
    if isinstance(value, dict):
        named = {key: split(item, tensors) for key, item in value.items()}
        return lambda given: {key: part(given) for key, part in named.items()}
    return lambda given: value


def usable(value: Any) -> bool:
    """Whether a trace can return it and a file can hold it."""
    if isinstance(value, Tensor):
        return value.layout is torch.strided and value.dtype is not torch.complex32
    return isinstance(value, (list, tuple)) and len(value) > 0 and all(map(usable, value))


def steady(function: Callable[..., Any], tensors: Sequence[Tensor]) -> bool:
    """Gives the same for the same inputs, whatever the state of the random generator."""
    results = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        results.append(function(*[tensor.clone() for tensor in tensors]))
    return usable(results[0]) and compare(results[1], results[0], 1e-6) is None


def meaningless(op: Any, sample: Any, dtype: torch.dtype) -> bool:
    """Where the oracle's own answer says nothing: Debian's BLAS gives 0 for complex dot products,
    the determinant of a singular matrix is rounding noise, ties may be ordered either way, and
    fresh memory holds anything."""
    if "singular" in op.variant_test_name or "empty" in op.name:
        return True
    if op.name in ("argsort", "kthvalue", "median", "mode", "nanmedian", "sort", "topk"):
        return not dtype.is_floating_point
    flat = [value for value in (sample.input, *sample.args) if isinstance(value, Tensor)]
    return dtype.is_complex and op.name in ("dot", "vdot", "matmul", "__rmatmul__", "inner") and \
        all(value.dim() == 1 for value in flat)


def variants(op: Any, sample: Any) -> List[Tuple[str, Callable[..., Any], List[Tensor]]]:
    tensors: List[Tensor] = []
    first = split(sample.input, tensors)
    rest, named = split(tuple(sample.args), tensors), split(dict(sample.kwargs), tensors)

    def plain(*given: Tensor) -> Any:
        return op.op(first(given), *rest(given), **named(given))

    def in_place(*given: Tensor) -> Any:
        return op.inplace_variant(given[0].clone(), *rest(given), **named(given))

    def out(*given: Tensor) -> Any:
        result = plain(*given)
        return op.op(first(given), *rest(given), out=torch.empty_like(result), **named(given))

    made = [("plain", plain, tensors)]
    if op.inplace_variant is not None and isinstance(sample.input, Tensor):
        made.append(("in_place", in_place, tensors))
    if op.supports_out:
        made.append(("out", out, tensors))
    return made


def maker(op: Any, dtype: torch.dtype) -> Callable[[], Any]:
    def make():
        warnings.simplefilter("ignore")
        return make_archive(op, dtype)
    return make


def make_archive(op: Any, dtype: torch.dtype) -> Tuple[Any, List[Call]]:
    class Holder(nn.Module):
        pass

    module = torch.jit._recursive.create_script_module(
        Holder().eval(), lambda module: (), share_types=False, is_tracing=True)
    calls: List[Call] = []
    counts = {"plain": 0, "in_place": 0, "out": 0}
    for sample in itertools.islice(op.sample_inputs("cpu", dtype), 40):
        if meaningless(op, sample, dtype):
            continue
        for kind, function, tensors in variants(op, sample):
            limit = SAMPLES if kind == "plain" else 2
            if counts[kind] >= limit or sum(map(torch.numel, tensors)) > MAX_ELEMENTS:
                continue
            name = f"{kind}_{counts[kind]}"
            if trace_into(module, name, function, tensors):
                counts[kind] += 1
                calls.append(Call(tuple(tensors), name))
    return module, calls


def trace_into(module: Any, name: str, function: Callable[..., Any],
               tensors: Sequence[Tensor]) -> bool:
    """False where a sample has no steady result or cannot be traced."""
    with torch.no_grad():
        try:
            if not steady(function, tensors):
                return False
            module._c._create_method_from_trace(
                name, function, tuple(tensor.clone() for tensor in tensors),
                torch.jit._trace._create_interpreter_name_lookup_fn(), True, False,
                [f"x{index}" for index in range(len(tensors))])
        except (RuntimeError, TypeError, ValueError, IndexError, AssertionError):
            return False
    return True


def cases() -> List[Case]:
    found = []
    for op in samples_of_torch():
        name = "_".join(filter(None, [op.name.replace(".", "_"), op.variant_test_name]))
        for dtype in DTYPES:
            if dtype in op.supported_dtypes("cpu"):
                found.append(Case(f"op_{name}_{str(dtype)[6:]}".replace("/", "_"), "operators",
                                  maker(op, dtype), (__file__,)))
    return found
