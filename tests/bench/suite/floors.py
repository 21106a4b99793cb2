"""What a workload must at least do: the multiply-adds of its products, the bytes that it touches."""
import math
import statistics
import time

import torch
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten


def _product(result: torch.Tensor, inner: int) -> int:
    return 2 * result.numel() * inner


def _convolution(args: tuple, result: torch.Tensor) -> int:
    data, weight, transposed = args[0], args[1], args[6]
    # Of a transposed one every input meets the taps, else every output does.
    taps = weight[0].numel()
    return 2 * (data.numel() if transposed else result.numel()) * taps


FLOPS = {
    aten.mm.default: lambda args, result: _product(result, args[0].shape[-1]),
    aten.bmm.default: lambda args, result: _product(result, args[0].shape[-1]),
    aten.mv.default: lambda args, result: _product(result, args[0].shape[-1]),
    aten.dot.default: lambda args, result: _product(result, args[0].shape[-1]),
    aten.addmm.default: lambda args, result: _product(result, args[1].shape[-1]),
    aten.baddbmm.default: lambda args, result: _product(result, args[1].shape[-1]),
    aten.addmv.default: lambda args, result: _product(result, args[1].shape[-1]),
    aten.convolution.default: _convolution,
}
TABLES = {aten.embedding.default, aten._embedding_bag.default,
          aten._embedding_bag_forward_only.default}


class Counter(TorchDispatchMode):
    """Counts what operators get that is a parameter: once, and of tables the rows that are read."""

    def __init__(self, module: torch.nn.Module) -> None:
        super().__init__()
        self.flops = 0
        self.row_bytes = 0
        self.used = {}
        self.known = {each.data_ptr(): each for each in
                      (*module.parameters(), *module.buffers()) if each.numel()}

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if function in FLOPS:
            self.flops += FLOPS[function](args, result)
        if function in TABLES:
            table, rows = args[0], args[1].numel()
            self.row_bytes += min(rows, table.shape[0]) * table[0].numel() * table.element_size()
            args = args[1:]
        for each in args:
            if isinstance(each, torch.Tensor) and each.data_ptr() in self.known:
                self.used[each.data_ptr()] = self.known[each.data_ptr()]
        return result


def _tensors(value) -> list:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [tensor for each in value for tensor in _tensors(each)]
    return []


def _bytes(tensors) -> int:
    return sum(each.numel() * each.element_size() for each in tensors)


def count(module: torch.nn.Module, inputs: tuple) -> tuple:
    """Floating-point operations of products, and bytes of weights, inputs and results."""
    # With gradients PyTorch spells out the layers that it otherwise hides in one operator.
    with torch.enable_grad(), Counter(module) as counter:
        result = module(*inputs)
    touched = _bytes(counter.used.values()) + counter.row_bytes
    return counter.flops, touched + _bytes(_tensors(inputs)) + _bytes(_tensors(result))


def copy_ms(size: int) -> float:
    """The time to copy so many bytes, half of them read and half of them written."""
    if size < 2048:
        return 0.0
    source = torch.ones(max(1, size // 8))
    target = torch.zeros_like(source)
    rounds = min(1000, max(5, math.ceil(2e8 / size)))
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        target.copy_(source)
        times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times)
