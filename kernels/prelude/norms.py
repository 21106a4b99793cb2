# Norms of vectors and matrices, and what is made of them.

def helper_last(x: Tensor, keep: List[int], last: List[int]) -> Tensor:
    return torch.permute(x, keep + last)

# Dims that are not listed, in order.
def helper_other_dims(rank: int, dims: List[int]) -> List[int]:
    rest: List[int] = []
    for d in range(rank):
        if d not in dims:
            rest.append(d)
    return rest

def helper_matrix_dims(name: str, self: Tensor, dim: List[int]) -> List[int]:
    helper_check_float(name, self)
    if torch.dim(self) < 2:
        raise RuntimeError(name + ": The input tensor A must have at least 2 dimensions.")
    if len(dim) != 2:
        raise RuntimeError("{}: dim must be a 2-tuple. Got {}".format(name, dim))
    first = helper_wrap_dim(dim[0], torch.dim(self))
    second = helper_wrap_dim(dim[1], torch.dim(self))
    if first == second:
        raise RuntimeError("{}: dims must be different. Got ({}, {})".format(name, dim[0], dim[1]))
    return [first, second]

# The singular values of the matrices in two dims, last; `keepdim` puts ones where they were.
def helper_singular_values(self: Tensor, dims: List[int]) -> Tensor:
    return torch.linalg_svdvals(helper_last(self, helper_other_dims(torch.dim(self), dims), dims))

def helper_restore_dims(x: Tensor, self: Tensor, dims: List[int], keepdim: bool) -> Tensor:
    if not keepdim:
        return x
    shape = list(torch.size(self))
    for d in dims:
        shape[d] = 1
    return torch.reshape(x, shape)

def helper_as_dtype(self: Tensor, dtype: Optional[int]) -> Tensor:
    if dtype is None:
        return self
    return torch.to(self, dtype)

def linalg_matrix_norm(self: Tensor, ord: number, dim: List[int]=[-2, -1], keepdim: bool=False, *, dtype: Optional[int]=None) -> Tensor:
    dims = helper_matrix_dims("linalg.matrix_norm", self, dim)
    x = helper_as_dtype(self, dtype)
    p = float(ord)
    size = abs(p)
    if size != 2. and size != 1. and size != inf:
        raise RuntimeError("linalg.matrix_norm: Order {} not supported.".format(ord))
    if size == 2.:
        values = helper_singular_values(x, dims)
        best = torch.amax(values, [-1]) if p > 0. else torch.amin(values, [-1])
        return helper_restore_dims(best, self, dims, keepdim)
    summed = dims[0]
    other = dims[1]
    if size == inf:
        summed, other = other, summed
    sums = torch.linalg_vector_norm(x, 1., [summed], True)
    best = torch.amax(sums, [other], True) if p > 0. else torch.amin(sums, [other], True)
    if keepdim:
        return best
    high = summed if summed > other else other
    return torch.squeeze(torch.squeeze(best, high), summed + other - high)

def linalg_matrix_norm__str_ord(self: Tensor, ord: str="fro", dim: List[int]=[-2, -1], keepdim: bool=False, *, dtype: Optional[int]=None) -> Tensor:
    dims = helper_matrix_dims("linalg.matrix_norm", self, dim)
    if ord == "fro":
        return torch.linalg_vector_norm(self, 2, dims, keepdim, dtype=dtype)
    if ord != "nuc":
        raise RuntimeError("linalg.matrix_norm: Order " + ord + " not supported.")
    values = helper_singular_values(helper_as_dtype(self, dtype), dims)
    return helper_restore_dims(torch.sum(values, [-1]), self, dims, keepdim)

def linalg_norm(self: Tensor, ord: Optional[number]=None, dim: Optional[List[int]]=None, keepdim: bool=False, *, dtype: Optional[int]=None) -> Tensor:
    if dim is not None:
        if len(dim) != 1 and len(dim) != 2:
            raise RuntimeError("linalg.norm: If dim is specified, it must be of length 1 or 2. Got {}".format(dim))
        if ord is not None and len(dim) == 2:
            return torch.linalg_matrix_norm(self, ord, dim, keepdim, dtype=dtype)
    elif ord is not None:
        if torch.dim(self) != 1 and torch.dim(self) != 2:
            raise RuntimeError("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {}D.".format(torch.dim(self)))
        if torch.dim(self) == 2:
            return torch.linalg_matrix_norm(self, ord, [-2, -1], keepdim, dtype=dtype)
    if ord is None:
        return torch.linalg_vector_norm(self, 2, dim, keepdim, dtype=dtype)
    return torch.linalg_vector_norm(self, ord, dim, keepdim, dtype=dtype)

def linalg_norm__ord_str(self: Tensor, ord: str, dim: Optional[List[int]]=None, keepdim: bool=False, *, dtype: Optional[int]=None) -> Tensor:
    if dim is not None:
        return torch.linalg_matrix_norm(self, ord, dim, keepdim, dtype=dtype)
    if torch.dim(self) != 2:
        raise RuntimeError("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {}D.".format(torch.dim(self)))
    return torch.linalg_matrix_norm(self, ord, [-2, -1], keepdim, dtype=dtype)

def nuclear_norm(self: Tensor, keepdim: bool=False) -> Tensor:
    return torch.linalg_matrix_norm(self, "nuc", [-2, -1], keepdim)

def nuclear_norm__dim(self: Tensor, dim: List[int], keepdim: bool=False) -> Tensor:
    return torch.linalg_matrix_norm(self, "nuc", dim, keepdim)

def frobenius_norm(self: Tensor) -> Tensor:
    return torch.linalg_vector_norm(self, 2)

def frobenius_norm__dim(self: Tensor, dim: List[int], keepdim: bool=False) -> Tensor:
    if len(dim) > 2:
        raise RuntimeError("Expected at most 2 dimensions, but got {} dimensions instead.".format(len(dim)))
    return torch.linalg_vector_norm(self, 2, dim, keepdim)

def native_norm(self: Tensor, p: number=2) -> Tensor:
    return torch.norm(self, p)

def native_norm__ScalarOpt_dim_dtype(self: Tensor, p: Optional[number], dim: List[int], keepdim: bool, dtype: Optional[int]) -> Tensor:
    order = 2. if p is None else float(unchecked_cast(number, p))
    return torch.linalg_vector_norm(self, order, dim, keepdim, dtype=dtype)

# The second result: one over the root of the mean square of each row.
def _fused_rms_norm(input: Tensor, normalized_shape: List[int], weight: Optional[Tensor], eps: Optional[float]) -> Tuple[Tensor, Tensor]:
    wide = torch.to(input, 7 if ops.prim.dtype(input) == 7 else 6)
    added = 2.220446049250313e-16 if ops.prim.dtype(input) == 7 else 1.1920928955078125e-07
    if eps is not None:
        added = eps
    dims = list(range(torch.dim(input) - len(normalized_shape), torch.dim(input)))
    return torch.rms_norm(input, normalized_shape, weight, eps), torch.rsqrt(torch.mean(wide * wide, dims, True) + added)

def norm_except_dim(v: Tensor, pow: int=2, dim: int=0) -> Tensor:
    if dim == -1:
        return torch.norm(v, pow)
    return torch.norm(v, pow, helper_other_dims(torch.dim(v), [helper_wrap_dim(dim, torch.dim(v))]), True)

def _weight_norm(v: Tensor, g: Tensor, dim: int=0) -> Tensor:
    return v * (g / torch.norm_except_dim(v, 2, dim))

def _weight_norm_interface(v: Tensor, g: Tensor, dim: int=0) -> Tuple[Tensor, Tensor]:
    norm = torch.norm_except_dim(v, 2, dim)
    return v * (g / norm), norm

def linalg_cond(self: Tensor, p: Optional[number]=None) -> Tensor:
    if torch.dim(self) < 2:
        raise RuntimeError("linalg.cond: The input tensor A must have at least 2 dimensions.")
    order = 2. if p is None else float(unchecked_cast(number, p))
    if abs(order) == 2.:
        values = torch.linalg_svdvals(self)
        if torch.size(values, -1) == 0:
            return torch.new_zeros(values, torch.size(self)[:-2])
        high = torch.select(values, -1, 0)
        low = torch.select(values, -1, -1)
        return low / high if order < 0. else high / low
    helper_check_square("linalg.cond", self)
    inverse, info = torch.linalg_inv_ex(self)
    product = torch.linalg_matrix_norm(self, order) * torch.linalg_matrix_norm(inverse, order)
    return torch.masked_fill(product, info != 0, inf)

def linalg_cond__p_str(self: Tensor, p: str) -> Tensor:
    helper_check_square("linalg.cond", self)
    inverse, info = torch.linalg_inv_ex(self)
    if p == "nuc":
        values = torch.linalg_svdvals(self)
        product = torch.sum(values, [-1]) * torch.sum(torch.linalg_svdvals(inverse), [-1])
    else:
        product = torch.linalg_matrix_norm(self, p) * torch.linalg_matrix_norm(inverse, p)
    return torch.masked_fill(product, info != 0, inf)
