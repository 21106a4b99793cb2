"""Kernels with loops of their own, over sizes and layouts on which these loops change."""
from typing import List, Optional, Tuple

import torch
import torchvision  # noqa: F401  (its operators)
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program

torch.manual_seed(3)
TABLE = torch.randn(50, 37)
WIDE = torch.randn(20, 300)
IDS = torch.randint(0, 20, (31,))
OFFSETS = torch.tensor([0, 0, 5, 6, 20, 31])
SHARES = torch.rand(31)
BYTES = torch.ops.quantized.embedding_bag_byte_prepack(TABLE)
MAPPING = torch.tensor([0, -1, 1, -1, 2, 3] + list(range(4, 18)), dtype=torch.int32)


@program((TABLE, IDS, OFFSETS, SHARES), (WIDE, IDS.int(), OFFSETS.int(), SHARES),
         (WIDE.double(), IDS, OFFSETS, SHARES.double()), (TABLE[:, :1], IDS, OFFSETS, SHARES),
         (TABLE.t().contiguous().t(), IDS, OFFSETS, SHARES))
def bags_of_rows(table: Tensor, ids: Tensor, offsets: Tensor, shares: Tensor) -> List[Tensor]:
    out: List[Tensor] = []
    for mode in range(3):
        for last in (False, True):
            parts = torch.embedding_bag(table, ids, offsets, False, mode, False, None, last)
            out += [parts[0], parts[1], parts[2]]
            padded = torch.embedding_bag(table, ids, offsets, False, mode, False, None, last, 3)
            out += [padded[0], padded[2]]
    out.append(torch.embedding_bag(table, ids, offsets, False, 0, False, shares, False)[0])
    out.append(torch.embedding_bag(table, ids, offsets, False, 0, False, shares, True, -2)[0])
    out.append(torch.embedding(table, ids.reshape(1, -1)))
    return out


@program((TABLE,), (WIDE,), (TABLE[0],), (TABLE.reshape(5, 10, 37),),
         (torch.zeros(2, 3),), (torch.empty(0, 4),), (TABLE[:, ::2],),
         Call((TABLE.double(),), fails="only support float32 or float16"))
def rows_of_bytes(table: Tensor) -> Tuple[Tensor, Tensor]:
    packed = torch.ops.quantized.embedding_bag_byte_prepack(table)
    return packed, torch.ops.quantized.embedding_bag_byte_unpack(packed)


@program((BYTES, IDS, OFFSETS, None, False), (BYTES, IDS, OFFSETS, SHARES, False),
         (BYTES, IDS.int(), OFFSETS.int(), None, True), (BYTES, IDS[:30].reshape(6, 5), None, None, False),
         (BYTES, IDS, torch.tensor([1, 4]), None, False), (BYTES, IDS[:0], torch.tensor([0, 0]), None, False),
         (BYTES, IDS[:5], OFFSETS[:2], None, False),
         Call((BYTES, IDS, None, None, False), fails="expects offsets to be set for 1D indices"),
         Call((BYTES, IDS[:30].reshape(6, 5), OFFSETS, None, False), fails="input is 2D, then offsets has to be None"),
         Call((BYTES, IDS.float(), OFFSETS, None, False), fails="Expect 32 or 64 bit indices, but found Float instead."),
         Call((BYTES, IDS + 40, OFFSETS, None, False), fails="Invalid indices data"),
         Call((BYTES, IDS, torch.tensor([0, 3, 2]), None, False), fails="Expect the lengths data to be less than indices size"),
         Call((BYTES, IDS, OFFSETS, SHARES.double(), False), fails="expected scalar type Float but found Double"),
         Call((TABLE, IDS, OFFSETS, None, False), fails="weight.scalar_type() == at::kByte"))
def bags_of_bytes(table: Tensor, ids: Tensor, offsets: Optional[Tensor], shares: Optional[Tensor],
                  last: bool) -> List[Tensor]:
    # The mode is not looked at.
    return [torch.ops.quantized.embedding_bag_byte_rowwise_offsets(
        table, ids, offsets, False, mode, False, shares, None, last) for mode in range(2)]


@program((BYTES, IDS, OFFSETS, MAPPING), (BYTES, IDS, OFFSETS, torch.zeros(1, dtype=torch.int32)),
         Call((BYTES, IDS, OFFSETS, MAPPING.long()), fails="expected scalar type Int but found Long"))
def bags_of_pruned_bytes(table: Tensor, ids: Tensor, offsets: Tensor, mapping: Tensor) -> List[Tensor]:
    return [torch.ops.quantized.embedding_bag_byte_rowwise_offsets(
        table, ids, offsets, False, 0, pruned, None, mapping, False) for pruned in [True, False]]


IMAGE = torch.randn(2, 3, 9, 11)
PLACES = torch.rand(2, 17, 19, 2) * 3 - 1.5
VOLUME = torch.randn(1, 2, 4, 5, 6)
INSIDE = torch.rand(1, 3, 7, 9, 3) * 3 - 1.5
ODD = PLACES.clone()
ODD[0, 0, 0, 0], ODD[0, 1, 1, 1], ODD[1, 2, 2, 0], ODD[1, 3, 3, 1] = float("nan"), float("inf"), -float("inf"), 77.7
HOLES = IMAGE.clone()
HOLES[0, 0, 0, 0], HOLES[1, 1, 4, 4] = float("inf"), float("nan")


@program((IMAGE, PLACES), (IMAGE.contiguous(memory_format=torch.channels_last), PLACES), (IMAGE.double(), PLACES.double()),
         (HOLES, PLACES), (IMAGE, ODD), (IMAGE[:, :, ::2, 1:], PLACES), (IMAGE[:, :, :1, :1], PLACES))
def places_of_images(image: Tensor, grid: Tensor) -> List[Tensor]:
    out: List[Tensor] = []
    for mode in range(3):
        for border in range(3):
            for align in (False, True):
                out.append(torch.grid_sampler(image, grid, mode, border, align))
    return out


CORNER = INSIDE.clone()
CORNER[0, 0, 0, 0], CORNER[0, 0, 1, 1], CORNER[0, 1, 2, 2] = torch.zeros(3), torch.ones(3), torch.tensor([0.5, -0.25, 0.75])
CORNER[0, 0, 2, 2, 0], CORNER[0, 0, 3, 3, 1], CORNER[0, 1, 1, 1, 2], CORNER[0, 1, 1, 2, 0] = float("nan"), float("inf"), -float("inf"), 77.7


@program((VOLUME, INSIDE), (VOLUME.double(), INSIDE.double()), (VOLUME, CORNER))
def places_of_volumes(volume: Tensor, grid: Tensor) -> List[Tensor]:
    out: List[Tensor] = []
    for mode in range(2):
        for border in range(3):
            for align in (False, True):
                out.append(torch.grid_sampler(volume, grid, mode, border, align))
    return out


FLAT = torch.tensor([[[[1.0, 1.0, float("nan"), 2.0], [2.0, -float("inf"), 2.0, 0.0], [0.5, 2.0, 2.0, 3.0]]]])


@program((IMAGE,), (FLAT,), (torch.full((1, 1, 4, 4), -float("inf")),), (torch.randn(1, 2, 30, 31),), (IMAGE.double(),))
def largest_of_windows(image: Tensor) -> List[Tensor]:
    out: List[Tensor] = []
    for kernel, stride, padding, dilation in [(2, 1, 0, 1), (2, 2, 1, 1), (3, 2, 1, 1), (2, 3, 1, 2), (3, 1, 1, 1)]:
        values, places = torch.nn.functional.max_pool2d(image, kernel, stride, padding, dilation, return_indices=True)
        out += [values, places]
    for size in (1, 2, 3):
        out.append(torch.nn.functional.adaptive_avg_pool2d(image, (size, 3)))
    return out


LINE = torch.arange(6.0).reshape(1, 1, 6)


@program((LINE, 2**30 - 1, 1), (LINE.double(), 500000, 1), (LINE, 4, 5))
def windows_wider_than_any_row(line: Tensor, padding: int, dilation: int) -> List[Tensor]:
    kernel = 2 * padding
    spread = 2 * padding // dilation
    values, places = torch.nn.functional.max_pool1d(line, spread, 1, spread // 2, dilation, return_indices=True)
    return [torch.nn.functional.avg_pool1d(line, kernel, 1, padding),
            torch.nn.functional.avg_pool1d(line, kernel, 3, padding, False, False),
            torch.nn.functional.max_pool1d(line, kernel, 2, padding), values, places]


CORNERS = torch.rand(200, 2) * 40
BOXES = torch.cat((CORNERS, CORNERS + torch.rand(200, 2) * 15), 1)
SCORES = torch.rand(200)


@program((BOXES, SCORES), (BOXES.double(), SCORES.double()), (BOXES[:1], SCORES[:1]), (BOXES[:0], SCORES[:0]),
         (BOXES[:2].repeat(9, 1), SCORES[:2].repeat(9)), (BOXES.round(), SCORES))
def boxes_that_overlap(boxes: Tensor, scores: Tensor) -> List[Tensor]:
    return [torch.ops.torchvision.nms(boxes, scores, limit) for limit in [0.0, 0.1, 0.3, 0.5, 1.0]]


@program((torch.randn(1, 4, 30, 30), torch.cat((torch.zeros(200, 1), BOXES), 1)[:20]))
def pooled_regions(image: Tensor, regions: Tensor) -> List[Tensor]:
    values, places = torch.ops.torchvision.roi_pool(image, regions, 0.5, 5, 3)
    return [values, places, torch.ops.torchvision.roi_align(image, regions, 0.5, 5, 3, -1, False)]


GRID = torch.randn(9, 6, 35)
PICKS = torch.randint(-9, 9, (40,))


@program((GRID, PICKS), (GRID.permute(2, 0, 1), PICKS.abs() % 6), (GRID.double(), PICKS), (GRID > 0, PICKS), (GRID.bfloat16(), PICKS),
         (GRID[:, ::2], PICKS), (GRID.to(torch.uint8), PICKS))
def elements_by_index(t: Tensor, at: Tensor) -> List[Tensor]:
    inner = at.remainder(t.size(1))
    last = at.remainder(t.size(2))
    places = at.remainder(t.size(0))
    out = [t[at], t[at, inner], t[:, inner], t[:, :, last], t[at, :, last], t[at, inner, last], t[at[:0]],
           t.index_select(0, places), t.index_select(1, inner), t.index_select(2, last),
           t[t != 0], torch.masked_select(t, t != 0), torch.nonzero(t), t.flip(0), t.flip((1, 2))]
    square = places.reshape(8, 5).unsqueeze(1)[:5]
    out.append(torch.gather(t, 0, square[:t.size(0), :, :min(5, t.size(2))]))
    out.append(torch.gather(t, 2, (square % t.size(2))[:t.size(0)].expand(-1, t.size(1), -1)))
    return out


@program((GRID,), (GRID.double(),), (GRID.to(torch.int32),), (GRID > 0,), (GRID.bfloat16(),), (GRID[:, ::2],), (GRID.permute(2, 1, 0),),
         (torch.randn(3, 2, 700),), (GRID.to(torch.uint8),))
def orders_and_extremes(t: Tensor) -> List[Tensor]:
    out: List[Tensor] = [torch.unique(t), t.max(), t.min(), t.sum(), t.any(), t.all()]
    numbers = t.dtype != torch.bool
    if numbers:
        out += [t.argmax(), t.argmin()]
    for dim in range(3):
        for descending in (False, True):
            values, places = t.sort(stable=True, dim=dim, descending=descending)
            out += [values, places]
        values, places = t.max(dim)
        out += [values, places, t.sum(dim), t.cumsum(dim), t.amax(dim), t.any(dim), t.all(dim, keepdim=True)]
        if numbers:
            out.append(t.topk(3 if t.size(dim) > 3 else 1, dim)[0])
            out += [t.kthvalue(2, dim)[0], t.median(dim)[0], t.argmin(dim)]
        if t.dtype != torch.bfloat16:
            out.append(t.prod(dim))
    return out


MAPS = torch.randn(2, 8, 13, 11)
POINTS = torch.randn(24, 8, 1, 1)
ODD = MAPS.clone()
ODD[0, 0, 0, :4] = torch.tensor([float("inf"), float("-inf"), float("nan"), -1e30])


@program((MAPS, POINTS), (MAPS * 60, POINTS), (MAPS.contiguous(memory_format=torch.channels_last), POINTS * 9),
         (ODD, POINTS), (torch.randn(1, 8, 70, 90), POINTS), (MAPS.double(), POINTS.double()),
         (MAPS[:, :, ::2], POINTS), (MAPS[:0], POINTS))
def layers_with_silu(x: Tensor, w: Tensor) -> List[Tensor]:
    wide = torch.nn.functional.silu(torch.conv2d(x, w))
    deep = torch.nn.functional.silu(torch.conv2d(wide, w[:, :1].expand(24, 1, 3, 3).contiguous(), None, [2, 2], [1, 1], [1, 1], 24))
    out = [wide, deep, torch.nn.functional.silu(torch.conv2d(x, w) + wide)]
    rows = x.flatten(2).transpose(1, 2)
    return out + [torch.nn.functional.silu(torch.nn.functional.linear(rows, w.flatten(1))),
                  torch.nn.functional.silu(torch.matmul(rows, w.flatten(1).t()))]


def shapes_and_counts(dtype: torch.dtype) -> Tuple[Tensor, Tensor, Tensor]:
    return (torch.rand(7, 9, dtype=dtype) * 5, torch.randint(0, 200, (7, 9)).to(dtype), torch.rand(7, 9, dtype=dtype))


@program(shapes_and_counts(torch.float32), shapes_and_counts(torch.float64),
         (torch.rand(3), torch.tensor([10.0, -1.0, 3.0]), torch.tensor([0.1, 0.2, 1.5])),
         (torch.rand(4, 1), torch.tensor([1e6]), torch.tensor(0.3)), (torch.rand(0, 3), torch.rand(0), torch.rand(0)))
def drawn_distributions(a: Tensor, n: Tensor, p: Tensor) -> List[Tensor]:
    torch.manual_seed(5)
    return [torch._standard_gamma(a), torch._sample_dirichlet(a), torch.binomial(n, p), torch.rand(2),
            torch._standard_gamma(a * 0.01), torch.randn(3), torch.poisson(a)]


@program((torch.randn(3, 4), torch.randn(3, 5), torch.randn(20, 4), torch.randn(20, 5), torch.randn(20)))
def cells_with_one_bias(x: Tensor, h: Tensor, w: Tensor, v: Tensor, b: Tensor) -> List[Tensor]:
    out: List[Tensor] = []
    for first, second in [(b, torch.zeros_like(b)), (torch.zeros_like(b), b)]:
        i, j = (first, None) if bool(first.any()) else (None, second)
        out += [torch.rnn_relu_cell(x, h, w[:5], v[:5], None if i is None else i[:5], None if j is None else j[:5]),
                torch.rnn_tanh_cell(x, h, w[:5], v[:5], None if i is None else i[:5], None if j is None else j[:5])]
        out += torch.lstm_cell(x, [h, h * 2], w, v, i, j)
    return out


@program((torch.randn(3, 701, 13), torch.randn(13), torch.randn(3, 1, 13)),
         (torch.randn(2, 900, 8).to(torch.float64), torch.randn(8), torch.randn(2, 1, 8)),
         (torch.randint(-9, 9, (5, 640, 3)), torch.randint(1, 9, (3,)), torch.randn(5, 1, 3)),
         (torch.randn(2, 40, 16, 16).contiguous(memory_format=torch.channels_last),
          torch.randn(40, 1, 1), torch.randn(2, 40, 1, 1)),
         (torch.randn(13, 701, 2).transpose(0, 2), torch.randn(13), torch.randn(2, 1, 13)))
def short_rows_repeated(x: Tensor, row: Tensor, rows: Tensor) -> List[Tensor]:
    y = x + row
    y *= rows.to(x.dtype)
    return [y, x * rows, (row - x * 2).clamp(-1, 1) + rows, x > row, row / x.abs().add(1), rows.expand_as(x) * row]


def with_ties(shape: Tuple[int, ...], kinds: int, dtype: torch.dtype) -> Tensor:
    x = torch.randint(0, kinds, shape).to(dtype)
    if dtype.is_floating_point:
        x[torch.rand(shape) < 0.1] *= -1
    return x


@program(*((with_ties(shape, kinds, dtype), k) for dtype in (torch.int64, torch.uint8, torch.float32, torch.bfloat16)
           for shape, kinds, k in (((17,), 3, 5), ((30, 40), 4, 3), ((200,), 7, 3), ((3, 1000), 5, 15), ((64, 65), 2, 60),
                                   ((3000,), 1000, 40))))
def orders_of_equal_elements(x: Tensor, k: int) -> List[Tensor]:
    out: List[Tensor] = []
    for dim in range(x.dim()):
        for descending in (False, True):
            values, places = torch.sort(x, dim, descending)
            out += [values, places, torch.argsort(x, dim, descending)]
            values, places = torch.sort(x, dim=dim, descending=descending, stable=True)
            out += [values, places]
            for ordered in (False, True):
                values, places = torch.topk(x, min(k, x.size(dim)), dim, descending, ordered)
                out += [values, places]
        values, places = torch.kthvalue(x, min(k, x.size(dim)), dim)
        out += [values, places]
        values, places = torch.median(x, dim)
        out += [values, places]
        values, places = torch.mode(x, dim)
        out += [values, places]
    return out


@program((torch.rand(1, 1, 100_000), 3333), (torch.rand(2, 1, 30), 2240), (torch.rand(1, 1, 4000).double(), 333))
def interpolated_far(x: Tensor, size: int) -> List[Tensor]:
    out: List[Tensor] = []
    for aligned in (False, True):
        out.append(torch.nn.functional.interpolate(x, [size], mode="linear", align_corners=aligned))
        for mode in ("bilinear", "bicubic"):
            out.append(torch.nn.functional.interpolate(x.unsqueeze(2), [3, size], mode=mode, align_corners=aligned))
    return out


@program((torch.eye(2, 3).unsqueeze(0), 500), (torch.eye(2, 3).unsqueeze(0).double(), 97))
def grids_from_the_nearer_end(theta: Tensor, width: int) -> List[Tensor]:
    line = torch.linspace(-1, 1, width, dtype=theta.dtype)
    return [torch.nn.functional.affine_grid(theta, [1, 1, 3, width], align_corners=True)[0, 0, :, 0] == line,
            torch.nn.functional.affine_grid(theta, [1, 1, 3, width], align_corners=False)]


IMAGE = torch.randn(2, 4, 6, 5)
LAST = torch.channels_last


@program((IMAGE, torch.randn(4, 3, 3, 3)), (IMAGE.contiguous(memory_format=LAST), torch.randn(4, 3, 3, 3)),
         (IMAGE, torch.randn(4, 3, 3, 3).contiguous(memory_format=LAST)))
def transposed_is_contiguous(x: Tensor, weight: Tensor) -> Tuple[Tensor, Tensor]:
    y = torch.nn.functional.conv_transpose2d(x, weight, stride=2)
    return y, y.relu().view(2, -1)


class NanAmongRows(torch.nn.Module):
    """What is not a number stays so, however many rows there are."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(47, 24), torch.nn.ReLU(), torch.nn.Linear(24, 8), torch.nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


def rows_with_nan(count: int) -> Tensor:
    x = torch.randn(count, 47)
    x[count // 2, 5] = float("nan")
    return x


program(*((rows_with_nan(count),) for count in (1, 3, 16, 17, 64)))(NanAmongRows)


@program((0, 9223372036854775807), (3, 0), (2, 5), (5, 2))
def identities_of_any_shape(rows: int, columns: int) -> List[Tensor]:
    return [torch.eye(rows, columns), torch.eye(rows, columns, dtype=torch.int64)]
