"""Programs at the edges of what passes may do."""
from typing import Any, List, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.zoo.programs.define import made, program

IMAGE = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(4))


class AddedToThemselves(nn.Module):
    """Layers' results that are their own residuals, and bounds that leave nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.linear = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> List[Tensor]:
        y, z = self.conv(x), self.linear(x)
        twice = self.conv(x)
        twice += twice
        doubled = self.linear(x) * 2
        return [y + y, z + z, torch.add(self.conv(x), self.conv(x)).relu(), twice, doubled + doubled,
                self.conv(x).clamp(1., -1.), F.hardtanh(self.linear(x), 1., -1.), self.conv(x).clamp(-0.1, 0.1),
                (y + x).clamp(float("inf"), float("-inf"))]


def added() -> nn.Module:
    torch.manual_seed(5)
    return AddedToThemselves().eval()


@made((IMAGE,))
def results_added_to_themselves():
    return torch.jit.script(added())


@made((IMAGE,))
def frozen_results_added_to_themselves():
    return torch.jit.freeze(torch.jit.script(added()))


@made((IMAGE,))
def traced_results_added_to_themselves():
    class Traced(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = added()

        def forward(self, x: Tensor) -> Any:
            return tuple(self.inner(x))
    return torch.jit.trace(Traced(), IMAGE)


@program((torch.ones(4),), (torch.ones(2, 3),))
def random_composites_draw_each_time(x: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    h = x * 2
    y = torch.zeros_like(x)
    for i in range(4):
        y = y + F.dropout(x, 0.5, True)
    for i in range(x.size(0)):
        y = y + torch.rrelu(-x, 0.1, 0.9, True)
    return (F.dropout(h, 0.5, True) - F.dropout(h, 0.5, True), F.rrelu(-x, 0.1, 0.9, True) - F.rrelu(-x, 0.1, 0.9, True),
            F.alpha_dropout(h, 0.5, True) - F.alpha_dropout(h, 0.5, True), y, torch.rand(2))


@made((torch.ones(2),), (torch.ones(2, dtype=torch.float64),), (torch.ones(2, dtype=torch.int32),))
def traced_complex_numbers():
    return torch.jit.trace(lambda x: (x + 1j, x * 2j, torch.tensor(1j, dtype=torch.complex128) + x), torch.ones(2))


@program((torch.tensor([4, 7], dtype=torch.uint8),), (torch.tensor([4, 7], dtype=torch.int8),))
def numbers_beyond_bytes(x: Tensor) -> List[Tensor]:
    return [x / -2, x / 300, torch.div(x, -2, rounding_mode=None), torch.copysign(x, -2), torch.xlogy(x, -2),
            torch.xlogy(x, 300), x * -2, x + 300, x == 300, x > -1, x // 3, torch.remainder(x, -3)]


@program((torch.ones(2), torch.ones(2, dtype=torch.float64)), (torch.ones(2), torch.ones(3)),
         (torch.ones(2, 1, 3, 3), torch.zeros(2, 1, 3, 3, dtype=torch.int32)),
         (torch.ones(2, 3, 4, 1), torch.tensor(1)), (torch.ones(2, 3, 4, 4).to(memory_format=torch.channels_last), IMAGE))
def facts_of_two(a: Tensor, b: Tensor) -> List[bool]:
    return [torch.equal(a, b), a.is_contiguous(memory_format=torch.channels_last), b.is_contiguous(),
            a.transpose(0, -1).is_contiguous(memory_format=torch.channels_last),
            a.is_contiguous(memory_format=torch.contiguous_format)]


BATCH = torch.randn(13, 3, 80, 80, generator=torch.Generator().manual_seed(6))


class WideImages(nn.Module):
    """Layers over more bytes than caches hold: they are run on some images at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, padding=1)
        self.first = nn.Conv2d(64, 64, 3, padding=1)
        self.second = nn.Conv2d(64, 64, 1)
        self.wide = nn.Conv2d(128, 96, 3, padding=1, stride=2)
        self.gate = nn.Conv2d(96, 96, 1)
        self.groups = nn.GroupNorm(4, 96)
        self.up = nn.ConvTranspose2d(96, 32, 2, stride=2)
        self.head = nn.Conv2d(32, 8, 3, padding=2, dilation=2)
        self.offset = nn.Parameter(torch.randn(1, 96, 1, 1))

    def forward(self, x: Tensor) -> List[Tensor]:
        y = F.relu(self.stem(x))
        z = F.relu(self.second(F.gelu(self.first(y))) + y)
        joined = torch.cat([F.max_pool2d(z, 3, 1, 1), y], dim=1)
        w = F.silu(self.wide(joined)) + self.offset
        gated = w * torch.sigmoid(self.gate(F.adaptive_avg_pool2d(w, 1)))
        out = self.head(self.up(self.groups(gated)))
        return [out, gated.mean([2, 3])]


@made((BATCH,), (BATCH[:1],), (BATCH.to(memory_format=torch.channels_last),), (BATCH[:, :, :7, :9],), (BATCH[:0],),
      (BATCH[:6].expand(2, 6, 3, 80, 80).flatten(0, 1),))
def images_of_a_wide_batch():
    torch.manual_seed(8)
    return torch.jit.script(WideImages().eval())


@made((BATCH,), (BATCH[:2],))
def traced_images_of_a_wide_batch():
    torch.manual_seed(8)
    return torch.jit.trace(WideImages().eval(), (BATCH,))
