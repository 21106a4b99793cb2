# Attention and the fused transformer operators.

def helper_mask_view(mask: Tensor, mask_type: int) -> Tensor:
    # For scores [B, H, L, S]; mask_type 0: [L, S], 1: padding [B, S], 2: [B, H, L, S]. True hides.
    if mask_type == 1:
        return torch.unsqueeze(torch.unsqueeze(mask, 1), 1)
    if mask_type == 0 and torch.dim(mask) == 3:
        return torch.unsqueeze(mask, 1)
    return mask

def helper_heads(x: Tensor, heads: int) -> Tensor:
    batch = torch.size(x, 0)
    length = torch.size(x, 1)
    return torch.transpose(torch.reshape(x, [batch, length, heads, torch.size(x, 2) // heads]), 1, 2)

def helper_projections(query: Tensor, key: Tensor, value: Tensor, embed_dim: int, weight: Tensor, bias: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    if query is key and key is value:
        q, k, v = torch.split(torch.linear(query, weight, bias), embed_dim, -1)
        return q, k, v
    wq, wk, wv = torch.split(weight, embed_dim, 0)
    bq, bk, bv = torch.split(bias, embed_dim, 0)
    return torch.linear(query, wq, bq), torch.linear(key, wk, bk), torch.linear(value, wv, bv)

# The weights are computed only when they are needed.
def helper_multi_head(query: Tensor, key: Tensor, value: Tensor, embed_dim: int, num_head: int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, mask: Optional[Tensor], mask_type: int, need_weights: bool) -> Tuple[Tensor, Optional[Tensor]]:
    q, k, v = helper_projections(query, key, value, embed_dim, qkv_weight, qkv_bias)
    q = helper_heads(q, num_head)
    k = torch.transpose(helper_heads(k, num_head), 2, 3)
    v = helper_heads(v, num_head)
    scale = torch.sqrt(float(embed_dim // num_head))
    sizes = [torch.size(query, 0), torch.size(query, 1), embed_dim]
    hidden: Optional[Tensor] = None
    if mask is not None:
        # Numbers hide where they are not 0, as in PyTorch's own kernel.
        hidden = helper_mask_view(torch.to(mask, 11), mask_type)
    weights: Optional[Tensor] = None
    if need_weights:
        scores = torch.matmul(q / scale, k)
        if hidden is not None:
            scores = torch.masked_fill(scores, hidden, -inf)
        softened = torch.softmax(scores, -1)
        context = torch.reshape(torch.transpose(torch.matmul(softened, v), 1, 2), sizes)
        weights = softened
    else:
        context = ops.temper.attention(q, k, v, "div matmul masked_fill softmax matmul transpose reshape", scale, hidden, -inf, -1, None, 1, 2, sizes)
    return torch.linear(context, proj_weight, proj_bias), weights

def _native_multi_head_attention(query: Tensor, key: Tensor, value: Tensor, embed_dim: int, num_head: int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, mask: Optional[Tensor]=None, need_weights: bool=True, average_attn_weights: bool=True, mask_type: Optional[int]=None) -> Tuple[Tensor, Tensor]:
    kind = 2 if mask_type is None else mask_type
    hidden = mask
    padding = ops.temper._key_padding(query)
    if padding is not None:
        hidden = padding
        kind = 1
    out, weights = helper_multi_head(query, key, value, embed_dim, num_head, qkv_weight, qkv_bias, proj_weight, proj_bias, hidden, kind, need_weights)
    out = ops.temper._nested_like(out, query)
    if weights is None:
        return out, unchecked_cast(Tensor, None)
    if average_attn_weights:
        weights = torch.mean(weights, [1])
    return out, weights

def _transformer_encoder_layer_fwd(src: Tensor, embed_dim: int, num_heads: int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, use_gelu: bool, norm_first: bool, eps: float, norm_weight_1: Tensor, norm_bias_1: Tensor, norm_weight_2: Tensor, norm_bias_2: Tensor, ffn_weight_1: Tensor, ffn_bias_1: Tensor, ffn_weight_2: Tensor, ffn_bias_2: Tensor, mask: Optional[Tensor]=None, mask_type: Optional[int]=None) -> Tensor:
    kind = 1 if mask_type is None else mask_type
    hidden = mask
    padding = ops.temper._key_padding(src)
    if padding is not None:
        hidden = padding
        kind = 1
    x = src
    if norm_first:
        x = torch.layer_norm(x, [embed_dim], norm_weight_1, norm_bias_1, eps)
    x, _ = helper_multi_head(x, x, x, embed_dim, num_heads, qkv_weight, qkv_bias, proj_weight, proj_bias, hidden, kind, False)
    x = x + src
    if not norm_first:
        x = torch.layer_norm(x, [embed_dim], norm_weight_1, norm_bias_1, eps)
    rest = x
    if norm_first:
        x = torch.layer_norm(x, [embed_dim], norm_weight_2, norm_bias_2, eps)
    x = torch.linear(x, ffn_weight_1, ffn_bias_1)
    if use_gelu:
        x = torch.gelu(x)
    else:
        x = torch.relu(x)
    x = torch.linear(x, ffn_weight_2, ffn_bias_2) + rest
    if not norm_first:
        x = torch.layer_norm(x, [embed_dim], norm_weight_2, norm_bias_2, eps)
    return ops.temper._nested_like(x, src)

# Queries whose mask hides every key get zeros if `safe`, else NaN.
def helper_sdpa(query: Tensor, key: Tensor, value: Tensor, attn_mask: Optional[Tensor], dropout_p: float, is_causal: bool, scale: float, safe: bool) -> Tuple[Tensor, Tensor]:
    scores = torch.matmul(query * scale, torch.transpose(key, -2, -1))
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
        causal = torch.tril(torch.ones([torch.size(query, -2), torch.size(key, -2)], dtype=11))
        scores = torch.masked_fill(scores, torch.logical_not(causal), -inf)
    if attn_mask is not None:
        if ops.prim.dtype(attn_mask) == 11:
            scores = torch.masked_fill(scores, torch.logical_not(attn_mask), -inf)
        else:
            scores = scores + attn_mask
    if safe and attn_mask is not None:
        weights = torch._safe_softmax(scores, -1)
    else:
        weights = torch.softmax(scores, -1)
    if dropout_p > 0.:
        weights = torch.dropout(weights, dropout_p, True)
    return torch.matmul(weights, value), weights

# What is kept, and what is added to the scores.
def helper_masks(mask: Optional[Tensor]) -> Tuple[Optional[Tensor], Optional[Tensor]]:
    kept: Optional[Tensor] = None
    added: Optional[Tensor] = None
    if mask is not None:
        if ops.prim.dtype(mask) == 11:
            kept = mask
        else:
            added = mask
    return kept, added

# The same without the weights.
def helper_sdpa_alone(query: Tensor, key: Tensor, value: Tensor, attn_mask: Optional[Tensor], dropout_p: float, is_causal: bool, scale: float, safe: bool) -> Tensor:
    if dropout_p > 0. or (is_causal and attn_mask is not None):
        out, _ = helper_sdpa(query, key, value, attn_mask, dropout_p, is_causal, scale, safe)
        return out
    turned = torch.transpose(key, -2, -1)
    if is_causal:
        return ops.temper.attention(query, turned, value, "mul matmul causal softmax matmul", scale, -1, None)
    steps = "mul matmul where add softmax matmul"
    if safe and attn_mask is not None:
        steps = "mul matmul where add safe_softmax matmul"
    kept, added = helper_masks(attn_mask)
    return ops.temper.attention(query, turned, value, steps, scale, kept, -inf, added, 1, -1, None)

def _scaled_dot_product_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Optional[Tensor]=None, dropout_p: float=0., need_attn_weights: bool=False, is_causal: bool=False) -> Tuple[Tensor, Tensor]:
    return helper_sdpa(query, key, value, attn_mask, dropout_p, is_causal, 1. / torch.sqrt(float(torch.size(query, -1))), False)

def _scaled_dot_product_attention__alone(query: Tensor, key: Tensor, value: Tensor, attn_mask: Optional[Tensor], dropout_p: float, need_attn_weights: bool, is_causal: bool) -> Tensor:
    return helper_sdpa_alone(query, key, value, attn_mask, dropout_p, is_causal, 1. / torch.sqrt(float(torch.size(query, -1))), False)

def scaled_dot_product_attention(query: Tensor, key: Tensor, value: Tensor, attn_mask: Optional[Tensor]=None, dropout_p: float=0., is_causal: bool=False, *, scale: Optional[float]=None, enable_gqa: bool=False) -> Tensor:
    k = key
    v = value
    if enable_gqa:
        k = torch.repeat_interleave(key, torch.size(query, -3) // torch.size(key, -3), -3)
        v = torch.repeat_interleave(value, torch.size(query, -3) // torch.size(value, -3), -3)
    factor = 1. / torch.sqrt(float(torch.size(query, -1)))
    if scale is not None:
        factor = scale
    return helper_sdpa_alone(query, k, v, attn_mask, dropout_p, is_causal, factor, True)

def _scaled_dot_product_attention_math(query: Tensor, key: Tensor, value: Tensor, attn_mask: Optional[Tensor]=None, dropout_p: float=0., need_attn_weights: bool=False, is_causal: bool=False) -> Tuple[Tensor, Tensor]:
    return torch._scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, need_attn_weights, is_causal)

def _scaled_dot_product_attention_forward(query: Tensor, key: Tensor, value: Tensor, attn_mask: Optional[Tensor]=None, dropout_p: float=0., need_attn_weights: bool=False, is_causal: bool=False) -> Tuple[Tensor, Tensor]:
    return torch._scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, need_attn_weights, is_causal)

# The second result: logarithms of the sums of the exponentials of the scores.
def _scaled_dot_product_flash_attention_for_cpu(query: Tensor, key: Tensor, value: Tensor, dropout_p: float=0., is_causal: bool=False, *, attn_mask: Optional[Tensor]=None, scale: Optional[float]=None) -> Tuple[Tensor, Tensor]:
    factor = 1. / torch.sqrt(float(torch.size(query, -1)))
    if scale is not None:
        factor = scale
    out = helper_sdpa_alone(query, key, value, attn_mask, dropout_p, is_causal, factor, True)
    scores = torch.matmul(query * factor, torch.transpose(key, -2, -1))
    if is_causal:
        causal = torch.tril(torch.ones([torch.size(query, -2), torch.size(key, -2)], dtype=11))
        scores = torch.masked_fill(scores, torch.logical_not(causal), -inf)
    if attn_mask is not None:
        if ops.prim.dtype(attn_mask) == 11:
            scores = torch.masked_fill(scores, torch.logical_not(attn_mask), -inf)
        else:
            scores = scores + attn_mask
    return out, torch.logsumexp(scores, [-1])

# mask_type 0: [L, L], 1: [B, L], 2: the scores' shape. True hides; rows that hide all give NaN.
def _masked_softmax(self: Tensor, mask: Tensor, dim: Optional[int]=None, mask_type: Optional[int]=None) -> Tensor:
    if ops.prim.dtype(mask) != 11:
        raise RuntimeError("Mask should be a boolean tensor")
    kind = 2 if mask_type is None else unchecked_cast(int, mask_type)
    hidden = mask
    if kind == 1 and torch.dim(mask) == 2 and torch.dim(self) == 4:
        hidden = torch.unsqueeze(torch.unsqueeze(mask, 1), 1)
    axis = torch.dim(self) - 1
    if dim is not None:
        axis = dim
    return torch.softmax(torch.masked_fill(self, hidden, -inf), axis)

# Rows of -inf give zeros.
def _safe_softmax(self: Tensor, dim: int, dtype: Optional[int]=None) -> Tensor:
    empty = torch.all(self == -inf, dim, True)
    return torch.masked_fill(torch.softmax(self, dim, dtype), empty, 0)
