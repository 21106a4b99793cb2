"""The order of a result's dims: which operand decides it, what keeps it, and who can tell."""
from typing import List, Tuple

import torch
from torch import Tensor, nn

from tests.zoo.programs.agreed import agreed
from tests.zoo.programs.define import program


def steps(x: Tensor) -> List[int]:
    """Strides of dims that take more than one step: those of others mean nothing."""
    out: List[int] = []
    for i in range(x.dim()):
        if x.size(i) != 1:
            out.append(x.stride(i))
    return out


FLAT = torch.arange(12.0).view(3, 4) - 5
DEEP = torch.randn(2, 3, 4)
TURNED = torch.randn(2, 4, 3).transpose(1, 2)
PAIRS = [(FLAT > 0, TURNED), (TURNED, FLAT > 0), (FLAT, TURNED), (TURNED, FLAT[0]), (TURNED, DEEP), (DEEP, TURNED),
         (TURNED, TURNED), (TURNED[0], DEEP), (torch.randn(1, 3, 1), TURNED), (torch.randn(4, 3).t(), torch.randn(3, 1)),
         (torch.randn(3, 1), torch.randn(4, 3).t()), (DEEP[:, 1:], TURNED[:, 1:]), (TURNED[:, :, ::2], FLAT[:, ::2]),
         (DEEP.permute(2, 0, 1), DEEP.permute(2, 0, 1)), (FLAT[0].expand(2, 3, 4), TURNED), (FLAT.t(), FLAT.t() > 0),
         (torch.randn(2, 4, 5, 5).contiguous(memory_format=torch.channels_last), torch.randn(4, 1, 1)),
         (torch.randn(1, 4, 1, 1), torch.randn(2, 4, 5, 5).contiguous(memory_format=torch.channels_last))]


@program(*PAIRS)
def operands_decide_layouts(a: Tensor, b: Tensor) -> List[List[int]]:
    chain = (a / b) * b
    return [steps(each) for each in [
        a + b, a * b, a / b, a > b, torch.maximum(a, b), torch.where(a > b, a, b), torch.where(b > 0, b, a),
        a + b + 1, chain, 0.5 / chain, torch.sigmoid(chain), 1 - torch.tanh(chain) * b,
        torch.addcmul(a.float(), b.float(), a.float()), torch.lerp(a.float(), b.float(), 0.75), chain.clamp(0, 1).pow(2)]]


@program((FLAT,), (FLAT.t(),), (TURNED,), (DEEP.permute(2, 0, 1),), (FLAT[:, ::2],), (DEEP[0].expand(2, 3, 4),))
def sorting_keeps_layouts(x: Tensor) -> List[List[int]]:
    values, places = x.sort(1)
    stable, _ = torch.sort(x, stable=True, dim=0, descending=True)
    return [steps(values), steps(places), steps(stable), steps(x.argsort(1)), steps(x.msort()), steps(x.topk(2, 1)[0]),
            steps(x.topk(1, 0)[1])]


@program((FLAT,), (TURNED[0],))
def written_views_keep_gaps(x: Tensor) -> Tuple[List[int], List[int], List[int], bool, Tensor]:
    halved = (x + 1)[:, ::2]
    halved /= 2
    chained = (x + 1)[:, 1:]
    chained.relu_().neg_()
    parts = (x * 2).chunk(2, 1)
    part = parts[1]
    part.sigmoid_()
    unseen = (x + 1)[:, :2]
    unseen.mul_(3)
    return steps(halved), steps(chained), steps(part), part.is_contiguous(), unseen + 1


@agreed((FLAT,), (FLAT.t(),))
def views_of_written_views(x: Tensor) -> Tensor:
    rows = (x + 1)[:, ::2]
    rows += 1
    return rows.view(-1)


@agreed((FLAT.t(),), (FLAT,), (FLAT[:, 1:],))
def views_of_results(x: Tensor) -> Tensor:
    return (x * 2 + 1).view(-1)


@agreed((torch.ones(3), torch.ones(1, 3)), (torch.ones(3), torch.ones(2, 3).double()), (torch.ones(2, 3), torch.ones(4)),
        (torch.ones(2, 3), torch.ones(2, 2, 3)), (torch.ones(1, 3), torch.ones(2, 3)), (torch.ones(2, 3), torch.ones(3)))
def copies_that_do_not_fit(a: Tensor, b: Tensor) -> Tensor:
    return a.copy_(b)


@agreed((torch.ones(2, 3), torch.ones(1, 3)), (torch.ones(2, 3), torch.ones(1, 1, 3)), (torch.ones(2, 3), torch.ones(2, 3)))
def rows_that_do_not_fit(a: Tensor, b: Tensor) -> Tensor:
    a[0] = b
    return a


@agreed((torch.ones(3), torch.ones(2, 3) > 0), (torch.ones(2, 3), torch.ones(3) > 0), (torch.ones(2, 3), torch.ones(2) > 0))
def masks_that_do_not_fit(a: Tensor, mask: Tensor) -> Tensor:
    return a.masked_fill_(mask, 5.0)


@agreed(*[(x, torch.tensor(on)) for x in (FLAT, torch.tensor(5.0)) for on in (True, False)])
def masks_without_dims(x: Tensor, mask: Tensor) -> Tuple[Tensor, Tensor]:
    y = x.clone()
    y[mask] = 1
    return y, x.index_put([mask], torch.tensor(9.0))


@program((FLAT, torch.tensor(True)), (FLAT, torch.tensor(False)))
def masks_without_dims_and_places(x: Tensor, mask: Tensor) -> Tensor:
    return x[mask, torch.tensor([0, 1])]


@agreed((2,), (0,))
def repeated_so_often(n: int) -> Tuple[List[int], List[str]]:
    nothing: List[str] = []
    return [1, 2] * n, nothing * n


@program((torch.tensor([0.0, -0.0, 1.0, -1.0] * 5),), (torch.tensor([-0.0]),))
def signs_of_zero(x: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    ones = torch.ones_like(x)
    return 1 / torch.tanh(x), torch.copysign(ones, x.sin()), torch.copysign(ones, x.tan()), x.clone().tanh_()


@program((torch.randn(2, 4, 8, 8),))
class ViewsOfFlatConvolutions(nn.Module):
    """A convolution may choose its layout only where no view of what it gives tells."""

    def __init__(self) -> None:
        super().__init__()
        self.by_channel = nn.Conv2d(4, 4, 3, padding=1, groups=4)

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, List[int]]:
        rows = self.by_channel(x).flatten(2)
        return rows.view(2, -1), self.by_channel(x).reshape(2, 4, -1).view(-1), steps(rows)


LAST = torch.randn(2, 4, 3, 5).contiguous(memory_format=torch.channels_last)
DEEP_LAST = torch.randn(2, 4, 3, 5, 2).contiguous(memory_format=torch.channels_last_3d)
IMAGES = [(LAST,), (LAST.contiguous(),), (LAST[:, :, :, ::2],), (LAST.contiguous().transpose(2, 3),),
          (LAST[:1],), (DEEP_LAST,), (LAST[:, :, :1].expand(2, 4, 3, 5),)]
LINES = [(DEEP,), (TURNED,), (torch.randn(4, 2, 3).permute(1, 2, 0),), (DEEP[:, :, ::2],), (DEEP[:, :1].expand(2, 3, 4),)]


@program(*IMAGES, *LINES, (FLAT.t(),), (FLAT[0],))
def stacks_keep_layouts_of_what_they_join(x: Tensor) -> List[List[int]]:
    out: List[List[int]] = []
    for dim in range(x.dim() + 1):
        out.append(steps(torch.stack([x, x], dim)))
        out.append(steps(torch.stack([x, x.contiguous()], dim - x.dim() - 1)))
        out.append(steps(torch.stack([x], dim)))
    for dim in range(x.dim()):
        out.append(steps(torch.cat([x, x], dim)))
    return out


@program(*[(a, b) for a, b in PAIRS if a.is_floating_point() and b.is_floating_point()])
def complex_numbers_follow_their_parts(a: Tensor, b: Tensor) -> Tuple[Tensor, List[List[int]]]:
    z = torch.complex(a, b)
    return z, [steps(z), steps(torch.polar(a, b)), steps(torch.view_as_real(z)), steps(z.imag)]


@agreed((FLAT, FLAT.double()), (FLAT.int(), FLAT), (FLAT > 0, FLAT > 0), (FLAT.bfloat16(), FLAT.bfloat16()),
        (FLAT.half(), FLAT), (FLAT, FLAT[:2]))
def parts_without_complex_numbers(a: Tensor, b: Tensor) -> Tensor:
    return torch.complex(a, b)


@program(*[(x,) for x in (FLAT, FLAT.t(), FLAT[:, ::2], FLAT[:1].expand(3, 4), TURNED[0])])
def sums_with_outer_products_follow_what_is_added_to(x: Tensor) -> Tuple[List[int], List[int], List[int], Tensor]:
    a, b = torch.arange(float(x.size(0))), torch.arange(float(x.size(1)))
    both = torch.addr(x, a, b)
    return steps(both), steps(torch.addr(x, a, b, beta=0)), steps(torch.addr(x[:, :1], a, b, alpha=2)), both


@program(*IMAGES, *LINES, (FLAT.t(),))
def shortened_parts_are_contiguous(x: Tensor) -> Tuple[List[int], List[int], Tensor]:
    y = torch.empty(0)
    torch.renorm(x, 2, 0, 1.0, out=y)
    return steps(torch.renorm(x, 2, 1, 1.0)), steps(y), y


@program(*LINES)
def pooled_lines_are_images_of_one_row(x: Tensor) -> Tuple[List[List[int]], List[Tensor]]:
    values, places = torch.max_pool1d_with_indices(x, [2])
    most, where = torch.adaptive_max_pool1d(x, [2])
    pooled = [torch.nn.functional.avg_pool1d(x, 2), torch.nn.functional.avg_pool1d(x, 3, 1, 1),
              torch.max_pool1d(x, [2]), values, places, most, where,
              torch.nn.functional.adaptive_avg_pool1d(x, 2), torch.nn.functional.adaptive_avg_pool1d(x, 1),
              torch.nn.functional.lp_pool1d(x, 2.0, 2), torch.nn.functional.avg_pool1d(x[0], 2)]
    return [steps(each) for each in pooled], pooled


@program(*[(x, y) for x in (DEEP, TURNED, DEEP[:, :1].expand(2, 3, 4), torch.randn(3, 2, 4).transpose(0, 1))
           for y in (DEEP, TURNED)], (DEEP.long(), TURNED.long()), (TURNED.double(), DEEP.double()),
         (torch.randn(2, 400, 40), torch.randn(2, 40, 400).transpose(1, 2)))
def products_of_letters_follow_their_operands(x: Tensor, y: Tensor) -> Tuple[List[List[int]], List[Tensor]]:
    row, first = x[0, :, 0], x[:, 0, 0]
    results = [torch.einsum("bij,bij->bij", x, y), torch.einsum("bij,bij->jib", x, y),
               torch.einsum("bij,i->bij", x, row), torch.einsum("i,bij->bji", row, y), torch.einsum("b,bij->ijb", first, x),
               torch.einsum("bij,ij->bij", x, y[0]), torch.einsum("b,i->ib", first, row), torch.einsum("...j,...j->...j", x, y),
               torch.einsum("bij,bij,i->bij", x, y, row), torch.einsum("b,i,j->jbi", first, row, y[0, 0]),
               torch.einsum("bij->ji", x), torch.einsum("bij,bij->ib", x, y), torch.einsum("bij,bkj->kib", x, y)]
    return [steps(each) for each in results], results


@agreed((DEEP.long(), TURNED > 0), (TURNED > 0, DEEP > 0), (TURNED.double(), DEEP), (DEEP.int(), TURNED.byte()),
        (TURNED.bfloat16(), DEEP.bfloat16()), (torch.complex(DEEP, TURNED), TURNED), (DEEP, TURNED[:1]))
def products_of_letters_in_every_dtype(x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
    return torch.einsum("bij,bij->jbi", x, y), torch.einsum("bij,i->bij", x, y[0, :, 0])


@program(*IMAGES, (torch.randn(2, 4, 3),), (torch.randn(2, 3, 4).transpose(1, 2),), (torch.randn(3, 2, 4).permute(1, 2, 0),),
         (torch.randn(2, 4, 30, 31).contiguous(memory_format=torch.channels_last) * 3 + 5,),
         (LAST.double(),))
def groups_keep_the_layout_of_images(x: Tensor) -> Tuple[List[List[int]], List[Tensor]]:
    weight, bias = torch.arange(4.0).to(x.dtype) - 1, torch.arange(4.0).to(x.dtype) / 2
    normed = [torch.nn.functional.group_norm(x, 2), torch.nn.functional.group_norm(x, 4, weight, bias),
              torch.nn.functional.silu(torch.nn.functional.group_norm(x, 1, weight) + 1), torch.nn.functional.instance_norm(x)]
    return [steps(each) for each in normed], normed


@program((LAST,), (LAST[:, :, :, ::2].contiguous(memory_format=torch.channels_last),), (DEEP_LAST,))
def statistics_of_groups_of_images(x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    return torch.native_group_norm(x, torch.ones(4), torch.zeros(4), x.size(0), 4, x.numel() // x.size(0) // 4, 2, 1e-5)


@program(*IMAGES, *LINES, (FLAT.t(),), (FLAT[:, ::2],), (LAST.double(),))
def slopes_make_other_layouts_contiguous(x: Tensor) -> Tuple[List[int], List[int], Tensor]:
    one, many = torch.full([1], 0.25).to(x.dtype), torch.arange(float(x.size(1))).to(x.dtype)
    both = torch.prelu(x, many)
    return steps(both), steps(torch.prelu(x - 1, one) * 2), both


@program((FLAT,), (FLAT.t(),), (TURNED,), (FLAT[:, ::2],))
def resized_tensors_may_be_contiguous(x: Tensor) -> Tuple[List[List[int]], List[Tensor]]:
    results = [torch.empty(0), torch.empty(0), torch.empty(0), torch.empty(0)]
    torch.pow(2.0, x, out=results[0])
    torch.kron(x, x, out=results[1])
    torch.pow(x, 2.0, out=results[2])
    torch.renorm(x, 2, 1, 1.0, out=results[3])
    return [steps(each) for each in results], results
