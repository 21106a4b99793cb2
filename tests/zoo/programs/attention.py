"""Attention as models spell it: scales, masks, layouts and branches in every order, and what looks
like it but is not."""
import math
from typing import List, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.zoo.case import Call
from tests.zoo.programs.define import made, program

X = torch.randn(2, 9, 32)
LONG = torch.randn(1, 300, 32)
KEEP = (torch.rand(2, 9) > 0.3).index_fill(1, torch.tensor([0]), True)
Q, K, V = torch.randn(2, 4, 5, 8), torch.randn(2, 4, 7, 8), torch.randn(2, 4, 7, 6)
ADDED = torch.randn(2, 1, 5, 7)
HIDDEN = torch.rand(2, 1, 5, 7) > 0.6


class Encoder(nn.Module):
    """As exported encoders do it."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = nn.Linear(32, 32), nn.Linear(32, 32), nn.Linear(32, 32)
        self.dropout = nn.Dropout(0.1)

    def split(self, x: Tensor) -> Tensor:
        return x.view(x.size(0), x.size(1), 4, -1).permute(0, 2, 1, 3)

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        mask = (1.0 - keep[:, None, None, :].float()) * -10000.0
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(q.size(-1)) + mask
        mixed = torch.matmul(self.dropout(F.softmax(scores, dim=-1)), v)
        return mixed.permute(0, 2, 1, 3).contiguous().view(x.size())


@made((X, KEEP), (X[:1], KEEP[:1]), (LONG, torch.ones(1, 300)))
def encoder_scripted():
    return torch.jit.script(Encoder().eval())


@made((X, KEEP), (torch.randn(2, 9, 32), KEEP))
def encoder_traced():
    return torch.jit.trace(Encoder().eval(), (X, KEEP))


class Packed(nn.Module):
    """One projection, and a scale on the queries."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.proj, self.scale = nn.Linear(32, 96), nn.Linear(32, 32), 8 ** -0.5

    def forward(self, x: Tensor) -> Tensor:
        b, n, c = x.shape
        qkv = self.qkv(x).reshape(b, n, 3, 4, c // 4).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        attn = ((q * self.scale) @ k.transpose(-2, -1)).softmax(dim=-1)
        return self.proj((attn @ v).transpose(1, 2).reshape(b, n, c))


@made((X,), (X[:1, :1],), (LONG,))
def packed_scripted():
    return torch.jit.script(Packed().eval())


@made((X,), (torch.randn(2, 9, 32),))
def packed_traced():
    return torch.jit.trace(Packed().eval(), (X,))


class Causal(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attn = nn.Linear(32, 96)
        self.register_buffer("bias", torch.tril(torch.ones(300, 300)).view(1, 1, 300, 300))

    def forward(self, x: Tensor) -> Tensor:
        b, t, c = x.size()
        q, k, v = self.attn(x).split(32, dim=2)
        k = k.view(b, t, 4, c // 4).transpose(1, 2)
        q = q.view(b, t, 4, c // 4).transpose(1, 2)
        v = v.view(b, t, 4, c // 4).transpose(1, 2)
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        att = att.masked_fill(self.bias[:, :, :t, :t] == 0, float("-inf"))
        y = F.softmax(att, dim=-1) @ v
        return y.transpose(1, 2).contiguous().view(b, t, c)


@made((X,), (LONG,), (X[:, :1],))
def causal_scripted():
    return torch.jit.script(Causal().eval())


class Chosen(nn.Module):
    """Causal by where(), with a mask added after it, and weights that are converted."""

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        scores = torch.matmul(q, k.transpose(-1, -2))
        scores = scores / torch.full([], v.size(-1) ** 0.5, dtype=scores.dtype)
        causal = torch.ones(5, 7, dtype=torch.bool).tril().view(1, 1, 5, 7)
        lowest = torch.full([], torch.finfo(scores.dtype).min, dtype=scores.dtype)
        scores = torch.where(causal, scores.to(scores.dtype), lowest) + mask
        weights = F.softmax(scores.float(), dim=-1).type_as(scores)
        return torch.matmul(weights.type(v.dtype), v).transpose(1, 2).flatten(2)


@made((Q, K, V, ADDED), (Q[:1], K[:1], V[:1], ADDED[:1]))
def chosen_traced():
    return torch.jit.trace(Chosen(), (Q, K, V, ADDED))


@program((Q, K, V, HIDDEN[:, :, :1]), (Q.double(), K.double(), V.double(), HIDDEN[:, :, :1]),
         Call((Q, K, V, torch.ones(2, 2, 4, 5, 7) > 0), fails="expand"))
def expanded_masks(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    q = q / math.sqrt(8)
    scores = torch.matmul(q, k.transpose(2, 3))
    scores = scores.masked_fill(mask.expand_as(scores), torch.tensor(-3.4028234663852886e38))
    context = torch.matmul(F.softmax(scores, dim=-1), v)
    return context.transpose(1, 2).contiguous().view(2, -1, 24)


@program((Q, K, V, None, None), (Q, K, V, ADDED, None), (Q, K, V, None, HIDDEN),
         (Q, K, V, ADDED, HIDDEN), (Q, K, V, ADDED[0, 0], HIDDEN[1, 0]),
         (Q.double(), K.double(), V.double(), ADDED.double(), None),
         Call((Q, K, V, torch.randn(6, 7), None), fails="must match"))
def optional_masks(q: Tensor, k: Tensor, v: Tensor, added: Optional[Tensor],
                   hidden: Optional[Tensor]) -> Tensor:
    scores = torch.matmul(q, k.transpose(-2, -1)) * 0.3
    if added is not None:
        scores = scores + added
    if hidden is not None:
        scores = scores.masked_fill(hidden, -1e9)
    return torch.matmul(torch.softmax(scores, -1), v)


@program((Q, K, V, ADDED), (Q, K, V, HIDDEN), (Q, K, V, None))
def masks_of_two_kinds(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    scores = torch.matmul(q / 2.0, k.transpose(-2, -1))
    if mask is not None:
        if mask.dtype == torch.bool:
            scores.masked_fill_(mask, float("-inf"))
        else:
            scores += mask
    return torch.matmul(F.softmax(scores, dim=3), v)


@program((Q, K, V, HIDDEN, True), (Q, K, V, HIDDEN, False))
def either_mask(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, hides: bool) -> Tensor:
    scores = torch.matmul(q, k.transpose(-2, -1))
    if hides:
        filled = scores.masked_fill(mask, -3.4028234663852886e38)
    else:
        filled = torch.where(mask, scores, torch.tensor(-1e4)) - mask.float() * 2
    return torch.matmul(F.softmax(filled, dim=-1), v)


WINDOWS = torch.randn(6, 3, 7, 8), torch.randn(1, 3, 7, 7), torch.randn(3, 7, 7)


@program((*WINDOWS, True), (*WINDOWS, False))
def shifted_windows(x: Tensor, bias: Tensor, mask: Tensor, shift: bool) -> Tensor:
    attn = (x * 8 ** -0.5).matmul(x.transpose(-2, -1)) + bias
    if shift:
        attn = attn.view(x.size(0) // 3, 3, 3, 7, 7) + mask.unsqueeze(1).unsqueeze(0)
        attn = attn.view(-1, 3, 7, 7)
    return F.softmax(attn, dim=-1).matmul(x).transpose(1, 2).reshape(6, 7, 24)


@program((Q, K, V, ADDED))
def heads_in_the_batch(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    weights = torch.bmm(q.reshape(8, 5, 8), k.reshape(8, 7, 8).transpose(1, 2))
    weights = weights.view(2, 4, 5, 7) + mask
    weights = F.softmax(weights.view(8, 5, 7), dim=-1)
    out = torch.bmm(weights, v.reshape(8, 7, 6)).view(2, 4, 5, 6)
    return out.transpose(1, 2).reshape(2, 5, 24)


@program((Q, K, V, ADDED.expand(2, 4, 5, 7).reshape(8, 5, 7)), (Q, K, V, torch.zeros(1, 1, 7)),
         (Q, K, V, None))
def summed_products(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    q, k, v = q.reshape(8, 5, 8) / 2.0, k.reshape(8, 7, 8), v.reshape(8, 7, 6)
    if mask is not None:
        weights = torch.baddbmm(mask, q, k.transpose(-2, -1))
    else:
        weights = torch.bmm(q, k.transpose(-2, -1))
    out = torch.bmm(F.softmax(weights, dim=-1), v)
    return out.transpose(0, 1).contiguous().view(10, 24)


@program((Q, K, V))
def scales_on_both_sides(q: Tensor, k: Tensor, v: Tensor) -> List[Tensor]:
    scale = q.size(-1) ** -0.25
    half, each = torch.tensor(0.5), torch.arange(8) / 8.0
    turned = k.transpose(-2, -1)
    return [torch.matmul(F.softmax(torch.matmul(q * scale, (k * scale).transpose(-2, -1)), -1), v),
            torch.matmul(F.softmax(torch.matmul(q * scale, turned * scale), dim=-1), v),
            torch.matmul(F.softmax(torch.matmul(q * half, turned) / half, dim=-1), v),
            torch.matmul(F.softmax(torch.matmul(q * each, turned), dim=-1), v),
            torch.matmul(F.softmax(torch.matmul(q, turned) * torch.ones(4, 1, 1) * 2, dim=-1), v)]


@program((Q, K, V))
def used_elsewhere(q: Tensor, k: Tensor, v: Tensor) -> List[Tensor]:
    scores = torch.matmul(q, k.transpose(-2, -1)) / 3.0
    weights = torch.softmax(scores, dim=-1)
    other = torch.softmax(scores + 1.0, dim=-1)
    scaled = q * 2.0
    third = torch.softmax(torch.matmul(scaled, k.transpose(-2, -1)), -1)
    return [torch.matmul(weights, v), weights, torch.matmul(other, v), torch.matmul(third, v),
            scaled]


@program((Q, K, V, ADDED))
def written_on_the_way(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> List[Tensor]:
    mask, q, v = mask.clone(), q.clone(), v.clone()
    scores = torch.matmul(q, k.transpose(-2, -1))
    q.zero_()
    weights = torch.softmax(scores + mask, -1)
    mask.fill_(5.0)
    first = torch.matmul(weights, v)
    v.add_(1.0)
    again = torch.softmax(torch.matmul(q + 1.0, k.transpose(-2, -1)) + mask, -1)
    mask.zero_()
    second = torch.matmul(again, v)
    v.zero_()
    return [first, second, mask, q, v]


@program((Q, K, V))
def rows_that_are_hidden(q: Tensor, k: Tensor, v: Tensor) -> List[Tensor]:
    mask = torch.zeros(5, 7)
    mask[0] = float("-inf")
    mask[1, 2:] = float("-inf")
    mask[2, 3] = float("inf")
    mask[3, 1] = float("nan")
    endless = v.clone()
    endless[0, 0, 6, 0] = float("inf")
    scores = torch.matmul(q, k.transpose(-2, -1)) + mask
    hidden = torch.matmul(q, k.transpose(-2, -1)).masked_fill(mask < 0, -3.4028234663852886e38)
    again = torch.matmul(q, k.transpose(-2, -1)) + mask
    return [torch.matmul(torch.softmax(scores, -1), v), torch.matmul(torch.softmax(hidden, -1), v),
            torch.matmul(torch.softmax(again, -1), endless)]


@program((Q, K, V), (Q.double(), K.double(), V.double()), (Q[0], K[0], V), (Q, K[:1], V[:, :1]),
         (Q[0, 0], K[0, 0], V[0, 0]), (Q[0, 0, 0], K[0, 0], V[0, 0]), (Q, K[:, :, :0], V[:, :, :0]),
         (Q[:, :, :0], K, V), (Q[:0], K[:0], V[:0]), Call((Q, K, V.double()), fails="expected"),
         Call((Q, K[..., :4], V), fails="to be: [8, 8] but got: [8, 4]"),
         Call((Q, K, V[:, :, :3]), fails="to be: [8, 7] but got: [8, 3]"))
def any_operands(q: Tensor, k: Tensor, v: Tensor) -> Tuple[Tensor, List[int]]:
    out = torch.matmul(torch.softmax(torch.matmul(q, k.transpose(-2, -1)), -1), v)
    return out, out.stride()


@program((Q, K, V), (Q[:, :1], K[:, :1], V[:, :1]), (Q[:, :, :1], K, V), (Q[:1], K[:1], V[:1]))
def layouts_of_results(q: Tensor, k: Tensor, v: Tensor) -> List[List[int]]:
    t = k.transpose(-2, -1)
    a = torch.matmul(torch.softmax(torch.matmul(q, t), -1), v).transpose(1, 2).contiguous()
    b = torch.matmul(torch.softmax(torch.matmul(q, t), -1), v).permute([0, 2, 1, 3]).reshape(
        q.size(0) * q.size(2), q.size(1), v.size(3))
    c = torch.matmul(torch.softmax(torch.matmul(q, t), -1), v).transpose(1, 2)
    d = torch.matmul(torch.softmax(torch.matmul(q, t), -1), v).transpose(2, 3).contiguous()
    e = torch.matmul(torch.softmax(torch.matmul(q, t), -1), v).transpose(1, 2).flatten(1)
    return [a.stride(), b.stride(), c.stride(), d.stride(), e.stride(), b.size(), d.size()]


@program((Q, K, V))
def other_dims(q: Tensor, k: Tensor, v: Tensor) -> List[Tensor]:
    t = k.transpose(-2, -1)
    return [torch.matmul(torch.softmax(torch.matmul(q, t), dim=2), v),
            torch.matmul(torch.softmax(torch.matmul(q, t), 1), v),
            torch.matmul(torch.softmax(torch.matmul(q, t), -1, dtype=torch.float32), v),
            torch.matmul(torch.softmax(torch.matmul(q, t), -1, dtype=torch.float64), v.double())]


@program((Q, K, V, ADDED))
def in_place(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    scores = torch.matmul(q, k.transpose(-2, -1))
    scores /= 2.0
    scores += mask
    scores.masked_fill_(mask > 1.0, -100.0)
    out = torch.matmul(F.softmax(scores, dim=-1), v)
    return out.transpose(1, 2).contiguous().view(2, 5, 24)


@program((Q, K, V, 3))
def loops(q: Tensor, k: Tensor, v: Tensor, times: int) -> Tensor:
    total = torch.zeros(2, 4, 5, 6)
    for i in range(times):
        scores = torch.matmul(q, k.transpose(-2, -1)) / (i + 1.0)
        if i % 2 == 1:
            scores = scores + i
        total += torch.matmul(torch.softmax(scores, -1), v)
    return total


class Generate(nn.Module):
    """Keys and values of earlier steps are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(32, 96)

    def forward(self, x: Tensor, steps: int) -> Tensor:
        keys, values = torch.zeros(1, 4, 0, 8), torch.zeros(1, 4, 0, 8)
        for _ in range(steps):
            q, k, v = self.qkv(x).view(1, 1, 3, 4, 8).permute(2, 0, 3, 1, 4).unbind(0)
            keys, values = torch.cat([keys, k], 2), torch.cat([values, v], 2)
            weights = F.softmax(torch.matmul(q, keys.transpose(2, 3)) / math.sqrt(8), dim=-1)
            x = torch.matmul(weights, values).transpose(1, 2).reshape(1, 1, 32)
        return x


@made((torch.randn(1, 1, 32), 5))
def generate():
    return torch.jit.script(Generate().eval())


@program((Q, K, V, None, False), (Q, K, V, ADDED, False), (Q, K, V, HIDDEN, False),
         (Q, Q, Q, None, True), Call((Q, K, V, ADDED, True), fails="attn_mask"))
def weights_not_wanted(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor],
                       causal: bool) -> Tensor:
    return torch._C._nn._scaled_dot_product_attention(q, k, v, mask, 0.0, False, causal)[0]


PARTS = (torch.randn(2, 3, 8), torch.randn(24, 8), torch.randn(24), torch.randn(8, 8), torch.randn(8))
SOME = torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, -2.5]])


@program((*PARTS, SOME, 1), (*PARTS, SOME.bool(), 1), (*PARTS, SOME.double(), 1), (*PARTS, SOME[:, None, None].expand(2, 2, 3, 3), 2))
def hidden_by_numbers(x: Tensor, weight: Tensor, bias: Tensor, out: Tensor, shift: Tensor, mask: Tensor, kind: int) -> List[Tensor]:
    y, weights = torch._native_multi_head_attention(x, x, x, 8, 2, weight, bias, out, shift, mask, True, True, kind)
    alone, _ = torch._native_multi_head_attention(x, x, x, 8, 2, weight, bias, out, shift, mask, False, True, kind)
    return [y, weights, alone]
