"""Subscripts of tensors in all their forms: read, written, and written with an operator."""
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program

CUBE = torch.arange(60.0).view(3, 4, 5)


@program((CUBE,))
def reads(x: Tensor) -> List[Tensor]:
    i = 1
    return [x[i], x[-i], x[i, 2], x[i][2], x[i, 2, 3], x[..., 1], x[..., 1, 2], x[0, ..., 1],
            x[:, 1], x[:, :, 1], x[:, -1, 1:], x[1:], x[:1], x[1:2], x[:-1], x[-2:], x[:], x[::2],
            x[1::2], x[:2:1], x[:, 0:4:3], x[None], x[:, None], x[..., None], x[None, :, None],
            x[0, None, 1], x[1:, ..., None, 2]]


@program((CUBE, 1, 3, 2), (CUBE, -2, 100, 1), (CUBE, 3, 1, 1))
def slices_with_values(x: Tensor, a: int, b: int, step: int) -> List[Tensor]:
    return [x[a:b], x[:, a:b:step], x[..., a:], x[a:b, b:a], x[:, :, ::step], x[:a], x[-a:]]


@program((CUBE, torch.tensor([2, 0]), torch.tensor([[1], [2]])))
def integer_tensors(x: Tensor, i: Tensor, j: Tensor) -> List[Tensor]:
    return [x[i], x[:, i], x[i, i], x[j, i], x[:, j], x[i, :, i], x[i, 1], x[1, i], x[0, j, i],
            x[i, 1:3], x[1:, i], x[:, i, 1:3], x[None, i], x[i, None], x[i[0]], x[:, j[1]],
            x[[0, 2]], x[:, [1, 1, 3]], x[[0, 1], [2, 3]], x[i.to(torch.int64), [0, 1]],
            x[i - 3], x[torch.tensor(1)], x[1, torch.tensor([0, 0])], x[torch.tensor([[0, 1], [2, 0]])]]


@program((CUBE, torch.tensor([True, False, True])))
def masks(x: Tensor, m: Tensor) -> List[Tensor]:
    return [x[m], x[~m], x[m, 1], x[m, :, 2], x[x > 30], x[m][:, :2], x[0, x[0] < 3], x[m, 1:3, None],
            x[:, torch.tensor([True, False, False, True])], x[x.isnan()], x[m & (x[:, 0, 0] > 1)],
            x[:, :, x[0, 0] > 1], x[m.to(torch.uint8)]]


@program((CUBE,))
def nested_lists_as_index(x: Tensor) -> List[Tensor]:
    rows = [0, 2]
    return [x[rows], x[rows, rows], x[:, rows], x[rows, 1], x[[1]], x[[True, False, True]]]


@program((CUBE,))
def writes(x: Tensor) -> List[Tensor]:
    out: List[Tensor] = []
    y = x.clone()
    y[0] = 1
    y[1, 2] = 2.5
    y[2, 3, 4] = -1.0
    y[:, 0] = torch.arange(5.0)
    y[..., 1] = 7
    y[1:, 2:3] = torch.zeros(1)
    y[0, 1:3, ::2] = torch.ones(2, 3) * 9
    out.append(y)
    z = x.clone()
    z[:] = 3
    z[1:2] = x[0:1]
    z[-1] = x[0]
    z[..., -1] = True
    out.append(z)
    w = x.clone()
    w[None, 0] = 5
    w[0][1] = 6
    w[1][2][3] = 8
    out.append(w)
    return out


@program((CUBE, torch.tensor([2, 0]), torch.tensor([True, False, True])))
def writes_by_tensor(x: Tensor, i: Tensor, m: Tensor) -> List[Tensor]:
    a = x.clone()
    a[i] = 1.0
    b = x.clone()
    b[i, 1] = torch.arange(5.0)
    c = x.clone()
    c[m] = -x[m]
    d = x.clone()
    d[:, i] = 0
    e = x.clone()
    e[x > 20] = 20.0
    f = x.clone()
    f[i, i, i] = torch.tensor([100.0, 200.0])
    g = x.clone()
    g[m, 1:3] = torch.ones(2, 5)
    h = x.clone()
    h[[0, 1], 2] = -5
    return [a, b, c, d, e, f, g, h]


@program((CUBE, torch.tensor([2, 0])))
def augmented(x: Tensor, i: Tensor) -> Tensor:
    x[0] += 1
    x[1, 2] -= 2.5
    x[:, 1] *= 2
    x[..., 0] /= 4
    x[1:, 2:3] += torch.ones(5)
    x[i] += 10
    x[i, 1] *= torch.tensor([[2.0], [3.0]])
    x[x > 40] -= 40
    x[0, 0, 0] += 1
    x[1][0] *= -1
    return x


@program((torch.arange(10),))
def integers(x: Tensor) -> Tuple[Tensor, Tensor]:
    y = x.clone()
    y[0] = 5
    y[1:3] += 2
    y[3] = True
    y[4:6] *= 3
    y[y % 2 == 0] = -1
    return y, y[y > 0]


@program((torch.tensor([True, False, True]),))
def booleans_written(x: Tensor) -> Tensor:
    y = x.clone()
    y[0] = False
    y[1:] = True
    y[2] = 0
    y[0:1] |= y[1:2]
    y[1:2] &= x[1:2]
    y[2:3] ^= x[2:3]
    return y


@program(Call((torch.zeros(2, 3), 5), fails="out of range"), (torch.zeros(2, 3), -2))
def select_bounds(x: Tensor, i: int) -> Tensor:
    return x[i]


@program(Call((torch.zeros(2, 3),), fails="Dimension out of range"), (torch.zeros(2, 3, 4),))
def too_many(x: Tensor) -> Tensor:
    return x[:, :, 1]


@program(Call((torch.zeros(2, 3), torch.tensor([2])), fails="out of bounds"),
         (torch.zeros(2, 3), torch.tensor([-2])))
def index_bounds(x: Tensor, i: Tensor) -> Tensor:
    return x[i]


@program(Call((torch.zeros(3), torch.zeros(2)), fails=""), (torch.zeros(3), torch.ones(1)))
def write_shapes(x: Tensor, y: Tensor) -> Tensor:
    x[0:3] = y
    return x


@program((torch.arange(4.0), torch.tensor(2)), (torch.arange(4.0), torch.tensor(-1)))
def tensor_as_int(x: Tensor, i: Tensor) -> List[Tensor]:
    k = int(i)
    return [x[i], x[k], x[:k], x[k:], x[i:], torch.arange(5)[i]]


@program(([torch.ones(2), torch.zeros(3)], {"a": torch.ones(2)}))
def containers_of_tensors(xs: List[Tensor], d: Dict[str, Tensor]) -> Tuple[List[Tensor], Dict[str, Tensor]]:
    xs[0][1] = 5
    xs[1] += 2
    xs[-1][0:2] *= 3
    d["a"][0] = 9
    d["a"] += 1
    d["b"] = xs[0]
    d["b"][0] -= 1
    return xs, d


@program((torch.arange(6.0).view(2, 3), None), (torch.arange(6.0).view(2, 3), torch.tensor([1])))
def optional_index(x: Tensor, i: Optional[Tensor]) -> Tensor:
    if i is not None:
        return x[i]
    return x[0]


@program((torch.arange(24.0).view(2, 3, 4),))
def gathers(x: Tensor) -> List[Tensor]:
    i = torch.tensor([[0, 1, 0]])
    return [x.gather(2, i.unsqueeze(-1).expand(2, 3, 2)), x.index_select(1, i[0]), x.take(i),
            x.masked_select(x > 5), x.narrow(2, 1, 2), x.select(0, 1), x.index_fill(1, i[0], -1.0),
            x.scatter(1, i.unsqueeze(-1).expand(1, 3, 4), 5.0), torch.index_select(x, 0, i[0, :1]),
            x.index_add(0, torch.tensor([0, 0]), x), x.masked_fill(x > 3, 0.5),
            x.index_copy(0, torch.tensor([1]), x[:1]), x.diagonal(0, 1, 2), x.unbind(1)[2]]


@program((torch.arange(5),))
def rows_in_loops(x: Tensor) -> Tuple[List[int], Tensor]:
    out: List[int] = []
    for v in x:
        out.append(int(v) * 2)
    y = torch.zeros(5, 5)
    for i in range(x.size(0)):
        for j in range(i, x.size(0)):
            y[i, j] = x[i] * 10 + x[j]
            y[j, i] = -1
    return out, y


@program(((1, "a", 2.5), [1, 2, 3]))
def tuple_subscripts(t: Tuple[int, str, float], xs: List[int]
                     ) -> Tuple[int, float, Tuple[str, float], Tuple[int], List[int]]:
    return t[0], t[-1], t[1:], t[:1], xs[::-1]


@program(([0, 1, 2, 3, 4, 5, 6],), ([],), ([9],))
def list_steps(xs: List[int]) -> List[List[int]]:
    return [xs[::2], xs[1::3], xs[::-1], xs[-2::-2], xs[5:1:-1], xs[1:5:-1], xs[:3:-1], xs[-3:],
            xs[:-3], xs[2:2], xs[10:], xs[:10], xs[-10:3], xs[3:-10:-1]]


@program(("abcdefg",), ("",), ("x",))
def string_steps(s: str) -> List[str]:
    return [s[::2], s[1::3], s[::-1], s[-2::-2], s[5:1:-1], s[1:5:-1], s[-3:], s[:-3], s[2:2], s[10:],
            s[-10:3]]


@program((torch.arange(12).view(3, 4),))
def chained(x: Tensor) -> List[Tensor]:
    return [x[1:][0], x[:, 1:][..., 0], x.t()[1], x[1].view(2, 2)[0], (x + 1)[2], x.float()[0, :2],
            x[0:2, 1:3].t()[0], x.unsqueeze(0)[0][1], -x[1], x[0] * x[1] + x[2], x[x[0, 1]]]


@program((torch.arange(6.0).view(2, 3),))
def attribute_of_tensor(x: Tensor) -> Tuple[List[Tensor], List[bool], List[int]]:
    return ([x.T, x.mT, x.H, x.mH, x.data, x.real, x.detach(), x.T.T[0]],
            [x.is_cuda, x.requires_grad, x.is_leaf, x.is_sparse, x.is_quantized, x.is_mkldnn,
             x.is_meta, x.is_nested, x.grad is None, x.is_complex(), x.is_floating_point(),
             x.is_signed(), x.is_contiguous(), x.T.is_contiguous(), x.is_conj(), x.is_neg(),
             x.is_inference(), x.is_same_size(x.T), x.is_set_to(x)],
            [x.ndim, x.dim(), x.numel(), x.element_size(), x.storage_offset(),
             x[1].storage_offset(), x.stride(0), x.size(-1), x.T.shape[0], len(x), len(x.shape),
             x.get_device()])
