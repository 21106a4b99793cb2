"""Modules in the manner of PyTorch 2: attention, encoders and decoders that call its operators. The
functions that come first say what those operators mean, for the oracle."""
import math
from typing import List, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@torch.jit.script
def attend(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor] = None, dropout: float = 0.0,
           causal: bool = False) -> Tensor:
    scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(q.size(-1))
    if causal:
        keep = torch.ones([q.size(-2), k.size(-2)], dtype=torch.bool).tril()
        scores = scores.masked_fill(~keep, -math.inf)
    if mask is not None:
        if mask.dtype == torch.bool:
            scores = scores.masked_fill(~mask, -math.inf)
        else:
            scores = scores + mask
    weights = torch.softmax(scores, -1)
    return torch.matmul(torch.where(torch.isnan(weights), torch.zeros_like(weights), weights), v)


@torch.jit.script
def scale_by_root_mean_square(x: Tensor, shape: List[int], weight: Optional[Tensor], eps: Optional[float]) -> Tensor:
    square = (x * x).mean(-1, keepdim=True)
    y = x * torch.rsqrt(square + (1.1920928955078125e-07 if eps is None else eps))
    return y if weight is None else y * weight


@torch.jit.script
def spread_dim(x: Tensor, dim: int, sizes: List[int]) -> Tensor:
    at = dim if dim >= 0 else dim + x.dim()
    shape = x.size()
    return x.reshape(shape[:at] + sizes + shape[at + 1:])


def as_numbers(mask: Optional[Tensor], like: Tensor) -> Optional[Tensor]:
    """Masks become numbers that are added to scores."""
    if mask is None:
        return None
    if mask.dtype == torch.bool:
        return torch.zeros_like(mask, dtype=like.dtype).masked_fill_(mask, -math.inf)
    return mask


class Attention(nn.Module):
    """Multi-head attention over [length, batch, width], projected at once where all inputs are one."""

    def __init__(self, width: int, heads: int, batch_first: bool = False):
        super().__init__()
        self.width, self.heads, self.batch_first = width, heads, batch_first
        self.in_proj_weight = nn.Parameter(torch.randn(3 * width, width) * 0.3)
        self.in_proj_bias = nn.Parameter(torch.randn(3 * width) * 0.1)
        self.out_proj = nn.Linear(width, width)

    def project(self, query: Tensor, key: Tensor, value: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        if query is key and key is value:
            packed = F.linear(query, self.in_proj_weight, self.in_proj_bias)
            packed = spread_dim(packed, -1, [3, self.width]).unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()
            return packed[0], packed[1], packed[2]
        w = self.in_proj_weight.chunk(3)
        b = self.in_proj_bias.chunk(3)
        return F.linear(query, w[0], b[0]), F.linear(key, w[1], b[1]), F.linear(value, w[2], b[2])

    def forward(self, query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Optional[Tensor] = None,
                need_weights: bool = True, attn_mask: Optional[Tensor] = None, average_attn_weights: bool = True,
                is_causal: bool = False) -> Tuple[Tensor, Optional[Tensor]]:
        batched = query.dim() == 3
        if self.batch_first and batched:
            if key is value:
                if query is key:
                    query = key = value = query.transpose(1, 0)
                else:
                    query, key = (x.transpose(1, 0) for x in (query, key))
                    value = key
            else:
                query, key, value = (x.transpose(1, 0) for x in (query, key, value))
        if not batched:
            query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
            if key_padding_mask is not None:
                key_padding_mask = key_padding_mask.unsqueeze(0)
        if is_causal and attn_mask is None:
            raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
        padding = as_numbers(key_padding_mask, query)
        if is_causal and padding is None and not need_weights:
            mask: Optional[Tensor] = None
        else:
            mask = as_numbers(attn_mask, query)
            if padding is not None:
                is_causal = False
        target, batch, _ = query.shape
        source = key.shape[0]
        q, k, v = self.project(query, key, value)
        head = self.width // self.heads
        q = q.view(target, batch * self.heads, head).transpose(0, 1)
        k = k.view(source, batch * self.heads, head).transpose(0, 1)
        v = v.view(source, batch * self.heads, head).transpose(0, 1)
        if mask is not None and mask.dim() == 2:
            mask = mask.unsqueeze(0)
        if padding is not None:
            padding = padding.view(batch, 1, 1, source).expand(-1, self.heads, -1, -1) \
                .reshape(batch * self.heads, 1, source)
            mask = padding if mask is None else mask + padding
        if need_weights:
            scaled = q * math.sqrt(1.0 / float(head))
            if mask is not None:
                weights = torch.baddbmm(mask, scaled, k.transpose(-2, -1))
            else:
                weights = torch.bmm(scaled, k.transpose(-2, -1))
            weights = F.softmax(weights, dim=-1)
            out = torch.bmm(weights, v).transpose(0, 1).contiguous().view(target * batch, self.width)
            out = F.linear(out, self.out_proj.weight, self.out_proj.bias).view(target, batch, self.width)
            weights = weights.view(batch, self.heads, target, source)
            if average_attn_weights:
                weights = weights.mean(dim=1)
            if not batched:
                return out.squeeze(1), weights.squeeze(0)
            return (out.transpose(1, 0) if self.batch_first else out), weights
        if mask is not None:
            if mask.size(0) == 1 and mask.dim() == 3:
                mask = mask.unsqueeze(0)
            else:
                mask = mask.view(batch, self.heads, -1, source)
        q = q.view(batch, self.heads, target, head)
        k = k.view(batch, self.heads, source, head)
        v = v.view(batch, self.heads, source, head)
        out = attend(q, k, v, mask, 0.0, is_causal)
        out = out.permute(2, 0, 1, 3).contiguous().view(batch * target, self.width)
        out = F.linear(out, self.out_proj.weight, self.out_proj.bias).view(target, batch, self.width)
        if not batched:
            out = out.squeeze(1)
        return (out.transpose(1, 0) if self.batch_first and batched else out), None


def is_fast_path_enabled() -> bool:
    return True


class EncoderLayer(nn.Module):
    """Chooses between one fused operator and its parts, as encoder layers do."""

    def __init__(self, width: int, heads: int, norm_first: bool, gelu: bool):
        super().__init__()
        self.self_attn = Attention(width, heads, batch_first=True)
        self.linear1, self.linear2 = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width, eps=1e-4)
        self.norm_first, self.gelu = norm_first, gelu

    def merge(self, mask: Optional[Tensor], padding: Optional[Tensor], x: Tensor) -> Tuple[Optional[Tensor], Optional[int]]:
        kind: Optional[int] = None
        merged: Optional[Tensor] = None
        if padding is not None:
            kind = 1
            merged = padding
        if mask is not None:
            batch, length, _ = x.shape
            kind = 2
            wide = mask.view(1, 1, length, length).expand(batch, self.self_attn.heads, -1, -1)
            merged = wide
            if padding is not None:
                merged = wide + padding.view(batch, 1, 1, length).expand(-1, self.self_attn.heads, -1, -1)
        return merged, kind

    def attention_block(self, x: Tensor, mask: Optional[Tensor], padding: Optional[Tensor], is_causal: bool) -> Tensor:
        return self.self_attn(x, x, x, attn_mask=mask, key_padding_mask=padding, is_causal=is_causal,
                              need_weights=False)[0]

    def feed_forward_block(self, x: Tensor) -> Tensor:
        hidden = self.linear1(x)
        return self.linear2(F.gelu(hidden) if self.gelu else F.relu(hidden))

    def forward(self, src: Tensor, src_mask: Optional[Tensor], padding: Optional[Tensor], is_causal: bool = False,
                fast: bool = True) -> Tensor:
        why_not = ""
        if not is_fast_path_enabled():
            why_not = "the fast path is off"
        elif not src.dim() == 3:
            why_not = f"input not batched; expected src.dim() of 3 but got {src.dim()}"
        elif self.training:
            why_not = "training is enabled"
        elif not fast:
            why_not = "nobody asked for it"
        elif torch.is_autocast_enabled():
            why_not = "autocast is enabled"
        if not why_not:
            tensors = (src, self.self_attn.in_proj_weight, self.linear1.weight)
            if not all([x.device.type in ["cpu", "cuda", "privateuseone"] for x in tensors]):
                why_not = "some Tensor argument has an unusual device"
            elif torch.is_grad_enabled() and any([x.requires_grad for x in tensors]):
                why_not = "grad is enabled"
            if not why_not:
                merged, kind = self.merge(src_mask, padding, src)
                a = self.self_attn
                return torch._transformer_encoder_layer_fwd(
                    src, a.width, a.heads, a.in_proj_weight, a.in_proj_bias, a.out_proj.weight, a.out_proj.bias,
                    self.gelu, self.norm_first, self.norm1.eps, self.norm1.weight, self.norm1.bias,
                    self.norm2.weight, self.norm2.bias, self.linear1.weight, self.linear1.bias, self.linear2.weight,
                    self.linear2.bias, merged, kind)
        x = src
        if self.norm_first:
            x = x + self.attention_block(self.norm1(x), src_mask, padding, is_causal)
            return x + self.feed_forward_block(self.norm2(x))
        x = self.norm1(x + self.attention_block(x, src_mask, padding, is_causal))
        return self.norm2(x + self.feed_forward_block(x))


def is_causal_mask(mask: Optional[Tensor], size: int) -> bool:
    if mask is None:
        return False
    causal = torch.triu(torch.full((size, size), -math.inf, dtype=mask.dtype, device=mask.device), diagonal=1)
    if mask.size() == causal.size():
        return bool((mask == causal).all())
    return False


class Encoder(nn.Module):
    def __init__(self, layers: List[nn.Module]):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, src: Tensor, mask: Optional[Tensor], padding: Optional[Tensor], fast: bool) -> Tensor:
        x = src
        nested = False
        kept = padding
        if fast and padding is not None and mask is None:
            if torch._nested_tensor_from_mask_left_aligned(x, padding.logical_not()):
                nested = True
                x = torch._nested_tensor_from_mask(x, padding.logical_not(), mask_check=False)
                kept = None
        causal = is_causal_mask(mask, src.size(1))
        numbers = as_numbers(kept, src)
        for layer in self.layers:
            x = layer(x, mask, kept if fast else numbers, causal, fast)
        if nested:
            x = x.to_padded_tensor(0.0, src.size())
        return x


class RootMeanSquare(nn.Module):
    def __init__(self, width: int, eps: Optional[float] = None):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(width) + 0.5)
        self.width, self.eps = width, eps

    def forward(self, x: Tensor) -> Tensor:
        return scale_by_root_mean_square(x, [self.width], self.weight, self.eps)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin


class DecoderLayer(nn.Module):
    """Rotary positions, fewer heads of keys than of queries, a gated hidden layer, a cache."""

    def __init__(self, width: int, heads: int, groups: int):
        super().__init__()
        self.heads, self.groups, self.head = heads, groups, width // heads
        self.q_proj = nn.Linear(width, width, bias=False)
        self.k_proj = nn.Linear(width, groups * self.head, bias=False)
        self.v_proj = nn.Linear(width, groups * self.head, bias=False)
        self.o_proj = nn.Linear(width, width, bias=False)
        self.gate_proj, self.up_proj = nn.Linear(width, 2 * width), nn.Linear(width, 2 * width)
        self.down_proj = nn.Linear(2 * width, width)
        self.norm1, self.norm2 = RootMeanSquare(width, 1e-6), RootMeanSquare(width)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, cache: Optional[Tuple[Tensor, Tensor]],
                mask: Optional[Tensor]) -> Tuple[Tensor, Tuple[Tensor, Tensor]]:
        batch, length, _ = x.shape
        y = self.norm1(x)
        q = spread_dim(self.q_proj(y), -1, [self.heads, self.head]).transpose(1, 2)
        k = spread_dim(self.k_proj(y), -1, [self.groups, self.head]).transpose(1, 2)
        v = spread_dim(self.v_proj(y), -1, [self.groups, self.head]).transpose(1, 2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if cache is not None:
            k, v = torch.cat((cache[0], k), dim=2), torch.cat((cache[1], v), dim=2)
        repeats = self.heads // self.groups
        wide_k = k[:, :, None].expand(batch, self.groups, repeats, k.shape[2], self.head).reshape(
            batch, self.heads, k.shape[2], self.head)
        wide_v = v.repeat_interleave(repeats, dim=1)
        causal = mask is None and length > 1
        out = attend(q, wide_k, wide_v, mask, 0.0, causal).transpose(1, 2).contiguous().reshape(batch, length, -1)
        x = x + self.o_proj(out)
        y = self.norm2(x)
        return x + self.down_proj(F.silu(self.gate_proj(y)) * self.up_proj(y)), (k, v)


class Decoder(nn.Module):
    def __init__(self, words: int, width: int, heads: int, groups: int, depth: int):
        super().__init__()
        self.embed = nn.Embedding(words, width)
        self.layers = nn.ModuleList([DecoderLayer(width, heads, groups) for _ in range(depth)])
        self.norm = RootMeanSquare(width)
        self.head = nn.Linear(width, words, bias=False)
        self.register_buffer("steps", 1.0 / 10000.0 ** (torch.arange(0, width // heads, 2) / (width // heads)))

    def forward(self, ids: Tensor, caches: List[Tuple[Tensor, Tensor]], mask: Optional[Tensor]
                ) -> Tuple[Tensor, List[Tuple[Tensor, Tensor]]]:
        start = caches[0][0].shape[2] if len(caches) > 0 else 0
        angles = torch.outer(torch.arange(start, start + ids.shape[1], dtype=self.steps.dtype), self.steps)
        angles = torch.cat((angles, angles), dim=-1)
        x = self.embed(ids)
        kept: List[Tuple[Tensor, Tensor]] = []
        for index, layer in enumerate(self.layers):
            cache: Optional[Tuple[Tensor, Tensor]] = None
            if len(caches) > 0:
                cache = caches[index]
            x, pair = layer(x, angles.cos(), angles.sin(), cache, mask)
            kept.append(pair)
        return self.head(self.norm(x)), kept

    @torch.jit.export
    def generate(self, ids: Tensor, count: int) -> Tensor:
        logits, caches = self.forward(ids, [], None)
        for _ in range(count):
            ids = torch.cat((ids, logits[:, -1:].argmax(-1)), dim=1)
            logits, caches = self.forward(ids[:, -1:], caches, None)
        return ids


class Reader(nn.Module):
    """What tracing leaves of an encoder of text: masks made of numbers, positions counted."""

    def __init__(self, words: int, width: int, heads: int):
        super().__init__()
        self.word, self.place = nn.Embedding(words, width, padding_idx=0), nn.Embedding(32, width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.norm, self.heads = nn.LayerNorm(width, eps=1e-12), heads

    def forward(self, ids: Tensor, mask: Tensor) -> Tuple[Tensor, Tensor]:
        batch, length = ids.shape
        seen = ids.ne(0).int()
        places = (torch.cumsum(seen, dim=1).type_as(seen) * seen).long()
        x = self.norm(self.word(ids) + self.place(places))
        hidden = mask[:, None, None, :].expand(batch, 1, length, length).to(dtype=x.dtype)
        hidden = (1.0 - hidden).masked_fill((1.0 - hidden).to(torch.bool), torch.finfo(x.dtype).min)
        q, k, v = self.qkv(x).view(batch, length, self.heads, -1).transpose(1, 2).chunk(3, dim=-1)
        y = attend(q, k, v, hidden, 0.0, False).transpose(1, 2).reshape(batch, length, -1)
        x = x + self.out(y)
        return x, torch.tanh(self.out(x[:, 0]))
