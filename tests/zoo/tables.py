"""Rows of tables: embeddings and bags of them."""
from typing import Any, List

import torch
from torch import Tensor, nn

from tests.zoo import layers
from tests.zoo.case import Call, Case
from tests.zoo.layers import stir


def bag(mode: str, **options: Any):
    def make():
        module = stir(nn.EmbeddingBag(10, 4, mode=mode, **options))
        flat, offsets = torch.tensor([1, 2, 4, 5, 4, 3, 2, 9]), torch.tensor([0, 3, 3, 7])
        if options.get("include_last_offset"):
            offsets = torch.tensor([0, 3, 3, 7, 8])
        calls = [Call((flat, offsets)), Call((flat.int(), offsets.int()))]
        if not options.get("include_last_offset"):
            calls.append(Call((flat.view(2, 4),)))
        if mode == "sum":
            calls.append(Call((flat, offsets, torch.randn(8))))
        return torch.jit.script(module), calls
    return make


class TableBags(nn.Module):
    """Bags of several tables, some of which wait for others."""

    def __init__(self) -> None:
        super().__init__()
        self.sums = nn.ModuleList(nn.EmbeddingBag(12, width, mode="sum") for width in (4, 8, 5))
        self.means = nn.ModuleList(nn.EmbeddingBag(9, 6, mode="mean", padding_idx=2) for _ in "ab")
        self.largest = nn.ModuleList(nn.EmbeddingBag(9, 3, mode="max") for _ in "abc")
        self.last = nn.EmbeddingBag(12, 4, mode="sum")

    def forward(self, ids: Tensor, flat: Tensor, offsets: Tensor) -> List[Tensor]:
        found: List[Tensor] = []
        for i, bag in enumerate(self.sums):
            found.append(bag(ids[i]))
        for bag in self.means:
            found.append(bag(flat, offsets))
        for bag in self.largest:
            found.append(bag(flat, offsets))
        found.append(self.last(found[0].argmax(1, keepdim=True)))
        return found


def table_bags():
    flat, offsets = torch.tensor([1, 2, 4, 5, 4, 3, 2, 8]), torch.tensor([0, 3, 3, 7])
    ids = torch.randint(0, 12, (3, 5, 7))
    return torch.jit.script(stir(TableBags())), [
        Call((ids, flat, offsets)), Call((ids[:, :0], flat[:0], offsets[:1])),
        Call((ids.int(), flat.int(), offsets.int())),
        Call((ids[:, 0], flat, offsets), fails="offsets has to be a 1D Tensor but got None"),
        Call((ids, flat, offsets + 1), fails="offsets")]


def embedding():
    module = stir(nn.Embedding(10, 4, padding_idx=0))
    return torch.jit.script(module), [
        Call((torch.tensor([[1, 0, 9]]),)), Call((torch.tensor(3),)),
        Call((torch.tensor([10]),), fails="index out of range")]


def cases() -> List[Case]:
    makers = [
        ("bag_sum", bag("sum")), ("bag_mean", bag("mean")), ("bag_max", bag("max")),
        ("bag_last_offset", bag("sum", include_last_offset=True)),
        ("bag_padding", bag("mean", padding_idx=4)), ("table_bags", table_bags),
        ("embedding", embedding)]
    return [Case(name, "layers", make, (__file__, layers.__file__)) for name, make in makers]
