# Products of matrices whose numbers are stored narrow, or that come in groups.

# One scale for each row of the weight.
def _weight_int8pack_mm(self: Tensor, mat2: Tensor, scales: Tensor) -> Tensor:
    return torch.matmul(self, torch.t(torch.to(mat2, ops.prim.dtype(self)))) * scales

# Scales are single numbers, or one for each row of the first and column of the second matrix.
def _scaled_mm(self: Tensor, mat2: Tensor, scale_a: Tensor, scale_b: Tensor, bias: Optional[Tensor]=None, scale_result: Optional[Tensor]=None, out_dtype: Optional[int]=None, use_fast_accum: bool=False) -> Tensor:
    out = torch.matmul(torch.to(self, 6) * scale_a, torch.to(mat2, 6) * scale_b)
    if bias is not None:
        out = out + bias
    if scale_result is not None:
        out = out * scale_result
    return torch.to(out, ops.prim.dtype(self) if out_dtype is None else unchecked_cast(int, out_dtype))

# `offs` holds where each group ends along the dim that is cut: rows, columns, or what is summed over.
def _grouped_mm(self: Tensor, mat2: Tensor, offs: Optional[Tensor]=None, bias: Optional[Tensor]=None, out_dtype: Optional[int]=None) -> Tensor:
    if bias is not None:
        raise RuntimeError("Bias not supported yet")
    if torch.dim(self) == 3 and torch.dim(mat2) == 3:
        return torch.bmm(self, mat2)
    if offs is None:
        raise RuntimeError("Have to provide offsets for inputs that are not both 3 dimensional")
    parts: List[Tensor] = []
    start = 0
    for g in range(torch.numel(offs)):
        end = int(torch.select(offs, 0, g))
        if torch.dim(mat2) == 3:
            parts.append(torch.mm(torch.slice(self, 0, start, end), torch.select(mat2, 0, g)))
        elif torch.dim(self) == 3:
            parts.append(torch.mm(torch.select(self, 0, g), torch.slice(mat2, 1, start, end)))
        else:
            parts.append(torch.mm(torch.slice(self, 1, start, end), torch.slice(mat2, 0, start, end)))
        start = end
    if torch.dim(self) == 2 and torch.dim(mat2) == 2:
        return torch.stack(parts)
    if torch.dim(mat2) == 3:
        parts.append(torch.new_zeros(self, [torch.size(self, 0) - start, torch.size(mat2, 2)]))
        return torch.cat(parts)
    parts.append(torch.new_zeros(self, [torch.size(self, 1), torch.size(mat2, 1) - start]))
    return torch.cat(parts, 1)
