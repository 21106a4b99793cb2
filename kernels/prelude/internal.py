# Operators that PyTorch keeps for itself; traced and exported programs show them.

def _cast_Byte(self: Tensor, non_blocking: bool=False) -> Tensor:
    return torch.to(self, 0)

def _cast_Char(self: Tensor, non_blocking: bool=False) -> Tensor:
    return torch.to(self, 1)

def _cast_Short(self: Tensor, non_blocking: bool=False) -> Tensor:
    return torch.to(self, 2)

def _cast_Int(self: Tensor, non_blocking: bool=False) -> Tensor:
    return torch.to(self, 3)

def _cast_Long(self: Tensor, non_blocking: bool=False) -> Tensor:
    return torch.to(self, 4)

def _cast_Half(self: Tensor, non_blocking: bool=False) -> Tensor:
    return torch.to(self, 5)

def _cast_Float(self: Tensor, non_blocking: bool=False) -> Tensor:
    return torch.to(self, 6)

def _cast_Double(self: Tensor, non_blocking: bool=False) -> Tensor:
    return torch.to(self, 7)

def to_dense(self: Tensor, dtype: Optional[int]=None, *, masked_grad: Optional[bool]=None) -> Tensor:
    if dtype is None:
        return self
    return torch.to(self, dtype)

def _to_dense(self: Tensor, dtype: Optional[int]=None, masked_grad: Optional[bool]=None) -> Tensor:
    return torch.to_dense(self, dtype)

def _to_cpu(tensors: List[Tensor]) -> List[Tensor]:
    return tensors

def _aminmax(self: Tensor) -> Tuple[Tensor, Tensor]:
    return torch.aminmax(self)

def _aminmax__dim(self: Tensor, dim: int, keepdim: bool=False) -> Tuple[Tensor, Tensor]:
    return torch.aminmax(self, dim=dim, keepdim=keepdim)

def _is_all_true(self: Tensor) -> Tensor:
    return torch.all(self)

def _is_any_true(self: Tensor) -> Tensor:
    return torch.any(self)

def native_channel_shuffle(self: Tensor, groups: int) -> Tensor:
    return torch.channel_shuffle(self, groups)

def _stack(tensors: List[Tensor], dim: int=0) -> Tensor:
    return torch.stack(tensors, dim)

def _conj_physical(self: Tensor) -> Tensor:
    return torch.conj_physical(self)

# Like conjugation, it is done at once: the result has memory of its own.
def _neg_view(self: Tensor) -> Tensor:
    return torch.neg(self)

def _logcumsumexp(self: Tensor, dim: int) -> Tensor:
    return torch.logcumsumexp(self, dim)

def _dim_arange(like: Tensor, dim: int) -> Tensor:
    return torch.arange(torch.size(like, dim))

def _grad_sum_to_size(self: Tensor, size: Optional[List[int]]) -> Tensor:
    if size is None:
        return self
    return torch.sum_to_size(self, size)

def _reshape_copy(self: Tensor, size: List[int]) -> Tensor:
    return torch.clone(torch.reshape(self, size))

def _reshape_from_tensor(self: Tensor, shape: Tensor) -> Tensor:
    sizes: List[int] = []
    for i in range(torch.numel(shape)):
        sizes.append(int(torch.select(shape, 0, i)))
    return torch.reshape(self, sizes)

def _unsafe_index_put(self: Tensor, indices: List[Optional[Tensor]], values: Tensor, accumulate: bool=False) -> Tensor:
    return torch.index_put(self, indices, values, accumulate)

def _unsafe_index_put__hacked_twin(self: Tensor, indices: List[Tensor], values: Tensor, accumulate: bool=False) -> Tensor:
    return torch.index_put(self, indices, values, accumulate)

def _index_put_impl(self: Tensor, indices: List[Optional[Tensor]], values: Tensor, accumulate: bool=False, unsafe: bool=False) -> Tensor:
    return torch.index_put(self, indices, values, accumulate)

def resize(self: Tensor, size: List[int], *, memory_format: Optional[int]=None) -> Tensor:
    return torch.resize_(torch.clone(self), size, memory_format=memory_format)

def resize_as(self: Tensor, the_template: Tensor, *, memory_format: Optional[int]=None) -> Tensor:
    return torch.resize_as_(torch.clone(self), the_template, memory_format=memory_format)

def flatten_dense_tensors(tensors: List[Tensor]) -> Tensor:
    flat: List[Tensor] = []
    for t in tensors:
        flat.append(torch.reshape(t, [-1]))
    return torch.cat(flat)

def unflatten_dense_tensors(flat: Tensor, tensors: List[Tensor]) -> List[Tensor]:
    results: List[Tensor] = []
    start = 0
    for t in tensors:
        results.append(torch.view(torch.narrow(flat, 0, start, torch.numel(t)), torch.size(t)))
        start = start + torch.numel(t)
    return results

# As many rows as asked for: the rest is filled, what does not fit is left out.
def nonzero_static(self: Tensor, *, size: int, fill_value: int=-1) -> Tensor:
    found = torch.nonzero(self)
    count = torch.size(found, 0)
    if count >= size:
        return torch.narrow(found, 0, 0, size)
    rest = torch.full([size - count, torch.size(found, 1)], fill_value, dtype=4)
    return torch.cat([found, rest])

def embedding_renorm(self: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    return torch.embedding_renorm_(torch.clone(self), indices, max_norm, norm_type)

def _batch_norm_impl_index(input: Tensor, weight: Optional[Tensor], bias: Optional[Tensor], running_mean: Optional[Tensor], running_var: Optional[Tensor], training: bool, momentum: float, eps: float, cudnn_enabled: bool) -> Tuple[Tensor, Tensor, Tensor, Tensor, int]:
    out, mean, deviation = torch.native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)
    return out, mean, deviation, torch.zeros([0], dtype=0), 0

def _batch_norm_no_update(input: Tensor, weight: Optional[Tensor], bias: Optional[Tensor], running_mean: Optional[Tensor], running_var: Optional[Tensor], momentum: float, eps: float) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    out, mean, deviation = torch.native_batch_norm(input, weight, bias, running_mean, running_var, False, momentum, eps)
    return out, mean, deviation, torch.zeros([0], dtype=0)

def _native_batch_norm_legit__no_stats(input: Tensor, weight: Optional[Tensor], bias: Optional[Tensor], training: bool, momentum: float, eps: float) -> Tuple[Tensor, Tensor, Tensor]:
    return torch.native_batch_norm(input, weight, bias, None, None, training, momentum, eps)

def _batch_norm_with_update(input: Tensor, weight: Optional[Tensor], bias: Optional[Tensor], running_mean: Tensor, running_var: Tensor, momentum: float, eps: float) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    out, mean, deviation = torch.native_batch_norm(input, weight, bias, running_mean, running_var, True, momentum, eps)
    return out, mean, deviation, torch.zeros([0], dtype=0)

def _batch_norm_with_update_functional(input: Tensor, weight: Optional[Tensor], bias: Optional[Tensor], running_mean: Tensor, running_var: Tensor, momentum: float, eps: float) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    m = torch.clone(running_mean)
    v = torch.clone(running_var)
    out, mean, deviation = torch.native_batch_norm(input, weight, bias, m, v, True, momentum, eps)
    return out, mean, deviation, torch.zeros([0], dtype=0), m, v

def _native_batch_norm_legit_functional(input: Tensor, weight: Optional[Tensor], bias: Optional[Tensor], running_mean: Tensor, running_var: Tensor, training: bool, momentum: float, eps: float) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    m = torch.clone(running_mean)
    v = torch.clone(running_var)
    out, mean, deviation = torch.native_batch_norm(input, weight, bias, m, v, training, momentum, eps)
    return out, mean, deviation, m, v

# Checks that give the token they took, so that their order is a matter of data.
def _make_dep_token(*, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None, memory_format: Optional[int]=None) -> Tensor:
    return torch.zeros([], dtype=dtype)

def _functional_assert_async__msg(self: Tensor, assert_msg: str, dep_token: Tensor) -> Tensor:
    torch._assert_async(self, assert_msg)
    return torch.clone(dep_token)

def _functional_assert_scalar(self: number, assert_msg: str, dep_token: Tensor) -> Tensor:
    torch._assert_scalar(self, assert_msg)
    return torch.clone(dep_token)

def _functional_sym_constrain_range(size: number, min: Optional[int], max: Optional[int], dep_token: Tensor) -> Tensor:
    torch.sym_constrain_range(size, min=min, max=max)
    return torch.clone(dep_token)

def _functional_sym_constrain_range_for_size(size: number, min: Optional[int], max: Optional[int], dep_token: Tensor) -> Tensor:
    torch.sym_constrain_range_for_size(size, min=min, max=max)
    return torch.clone(dep_token)

def _lazy_clone(self: Tensor) -> Tensor:
    return torch.clone(self)

# Every tensor is cut into as many pieces along `dim`, filled up with zeros; pieces of one place stand together.
def _chunk_cat(tensors: List[Tensor], dim: int, num_chunks: int) -> Tensor:
    pieces: List[Tensor] = []
    axis = helper_wrap_dim(dim, torch.dim(tensors[0]))
    for t in tensors:
        missing = -torch.size(t, axis) % num_chunks
        padded = torch.constant_pad_nd(t, [0, 0] * (torch.dim(t) - 1 - axis) + [0, missing])
        pieces.append(torch.reshape(padded, torch.size(t)[:axis] + [num_chunks, -1]))
    return torch.cat(pieces, axis + 1)

def helper_inside(self: Tensor, indices: List[Optional[Tensor]]) -> List[Optional[Tensor]]:
    inside: List[Optional[Tensor]] = []
    for d in range(len(indices)):
        index = indices[d]
        if index is None:
            inside.append(None)
        else:
            inside.append(torch.clamp(index, -torch.size(self, d), torch.size(self, d) - 1))
    return inside

# Where the mask is false, indices may point anywhere.
def _unsafe_masked_index(self: Tensor, mask: Tensor, indices: List[Optional[Tensor]], fill: number) -> Tensor:
    if torch.numel(self) == 0:
        return torch.full_like(mask, fill, dtype=ops.prim.dtype(self))
    return torch.masked_fill(torch.index(self, helper_inside(self, indices)), torch.logical_not(mask), fill)

def _unsafe_masked_index_put_accumulate(self: Tensor, mask: Tensor, indices: List[Optional[Tensor]], values: Tensor) -> Tensor:
    if torch.numel(self) == 0:
        return torch.clone(self)
    return torch.index_put(self, helper_inside(self, indices), torch.masked_fill(values, torch.logical_not(mask), 0), True)

# Quantization that stays in floating point: what a network sees that was trained for integers.
def helper_fake_quantize(self: Tensor, scale: Tensor, zero_point: Tensor, quant_min: int, quant_max: int) -> Tuple[Tensor, Tensor]:
    if quant_min > quant_max:
        raise RuntimeError("`quant_min` should be less than or equal to `quant_max`.")
    steps = torch.round(self * torch.reciprocal(scale) + zero_point)
    inside = torch.logical_and(steps >= quant_min, steps <= quant_max)
    return torch.to((torch.clamp(steps, quant_min, quant_max) - zero_point) * scale, ops.prim.dtype(self)), inside

def helper_fake_quantize_channels(self: Tensor, scale: Tensor, zero_point: Tensor, axis: int, quant_min: int, quant_max: int) -> Tuple[Tensor, Tensor]:
    shape = [1] * torch.dim(self)
    shape[axis] = torch.numel(scale)
    return helper_fake_quantize(self, torch.reshape(scale, shape), torch.reshape(zero_point, shape), quant_min, quant_max)

def fake_quantize_per_tensor_affine_cachemask(self: Tensor, scale: float, zero_point: int, quant_min: int, quant_max: int) -> Tuple[Tensor, Tensor]:
    return helper_fake_quantize(self, torch.scalar_tensor(scale), torch.scalar_tensor(zero_point), quant_min, quant_max)

def fake_quantize_per_tensor_affine(self: Tensor, scale: float, zero_point: int, quant_min: int, quant_max: int) -> Tensor:
    out, _ = torch.fake_quantize_per_tensor_affine_cachemask(self, scale, zero_point, quant_min, quant_max)
    return out

def fake_quantize_per_tensor_affine__tensor_qparams(self: Tensor, scale: Tensor, zero_point: Tensor, quant_min: int, quant_max: int) -> Tensor:
    out, _ = helper_fake_quantize(self, scale, zero_point, quant_min, quant_max)
    return out

def fake_quantize_per_channel_affine_cachemask(self: Tensor, scale: Tensor, zero_point: Tensor, axis: int, quant_min: int, quant_max: int) -> Tuple[Tensor, Tensor]:
    return helper_fake_quantize_channels(self, scale, zero_point, axis, quant_min, quant_max)

def fake_quantize_per_channel_affine(self: Tensor, scale: Tensor, zero_point: Tensor, axis: int, quant_min: int, quant_max: int) -> Tensor:
    out, _ = helper_fake_quantize_channels(self, scale, zero_point, axis, quant_min, quant_max)
    return out
