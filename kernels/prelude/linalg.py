# Linear algebra over the decompositions of LAPACK.

def helper_check_float(name: str, x: Tensor) -> None:
    if not torch.is_floating_point(x) and not torch.is_complex(x):
        raise RuntimeError(name + ": Expected a floating point or complex tensor as input.")

def helper_check_square(name: str, x: Tensor) -> None:
    if torch.dim(x) < 2:
        raise RuntimeError(name + ": The input tensor A must have at least 2 dimensions.")
    if torch.size(x, -1) != torch.size(x, -2):
        raise RuntimeError("{}: A must be batches of square matrices, but they are {} by {} matrices".format(name, torch.size(x, -2), torch.size(x, -1)))

def helper_last(x: Tensor, keep: List[int], last: List[int]) -> Tensor:
    return torch.permute(x, keep + last)

# Dims that are not listed, in order.
def helper_other_dims(rank: int, dims: List[int]) -> List[int]:
    rest: List[int] = []
    for d in range(rank):
        if d not in dims:
            rest.append(d)
    return rest

def helper_wrap_dim(dim: int, rank: int) -> int:
    high = rank if rank > 0 else 1
    if dim < -high or dim >= high:
        raise IndexError("Dimension out of range (expected to be in range of [{}, {}], but got {})".format(-high, high - 1, dim))
    return dim + high if dim < 0 else dim

def linalg_cross(self: Tensor, other: Tensor, *, dim: int=-1) -> Tensor:
    if torch.dim(self) != torch.dim(other):
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    if torch.size(self, dim) != 3 or torch.size(other, dim) != 3:
        raise RuntimeError("linalg.cross: inputs dimension {} must have length 3. Got {} and {}".format(dim, torch.size(self, dim), torch.size(other, dim)))
    a0 = torch.select(self, dim, 0)
    a1 = torch.select(self, dim, 1)
    a2 = torch.select(self, dim, 2)
    b0 = torch.select(other, dim, 0)
    b1 = torch.select(other, dim, 1)
    b2 = torch.select(other, dim, 2)
    return torch.stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], dim)

def cross(self: Tensor, other: Tensor, dim: Optional[int]=None) -> Tensor:
    axis = -1
    if dim is not None:
        axis = dim
    else:
        for d in range(torch.dim(self)):
            if axis < 0 and torch.size(self, d) == 3:
                axis = d
        if axis < 0:
            raise RuntimeError("no dimension of size 3 in input")
    return torch.linalg_cross(self, other, dim=axis)

def helper_identity_like(x: Tensor) -> Tensor:
    one = torch.eye(torch.size(x, -1), dtype=ops.prim.dtype(x))
    return torch.clone(torch.expand(one, torch.size(x)))

def linalg_matrix_power(self: Tensor, n: int) -> Tensor:
    helper_check_square("linalg.matrix_power", self)
    if n == 0:
        return helper_identity_like(self)
    base = self
    left = n
    if n < 0:
        base = torch.linalg_inv(self)
        left = -n
    if left == 1:
        return torch.clone(base)
    result: Optional[Tensor] = None
    while left > 0:
        if left % 2 == 1:
            if result is None:
                result = base
            else:
                result = torch.matmul(result, base)
        left = left // 2
        if left > 0:
            base = torch.matmul(base, base)
    if result is None:
        return base
    return result

# A Taylor polynomial of the matrix scaled to a norm of at most a half, then squared back.
def linalg_matrix_exp(self: Tensor) -> Tensor:
    helper_check_float("linalg.matrix_exp", self)
    helper_check_square("linalg.matrix_exp", self)
    one = helper_identity_like(self)
    if torch.size(self, -1) == 0 or torch.numel(self) == 0:
        return one
    norms = torch.amax(torch.sum(torch.abs(self), [-2]), [-1], True)
    norms = torch.where(torch.isfinite(norms), norms, torch.zeros_like(norms))
    squarings = torch.clamp_min(torch.ceil(torch.log2(torch.clamp_min(norms, 1e-30))) + 1, 0)
    squarings = torch.unsqueeze(squarings, -1)
    x = self / torch.pow(2, squarings)
    result = one + x / 18
    for k in range(17):
        result = one + torch.matmul(x, result) / (17 - k)
    for k in range(int(torch.max(squarings))):
        result = torch.where(squarings > k, torch.matmul(result, result), result)
    return result

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

def linalg__powsum(self: Tensor, ord: number=2, dim: Optional[List[int]]=None, keepdim: bool=False, *, dtype: Optional[int]=None) -> Tensor:
    return torch.sum(torch.pow(torch.abs(self), ord), dim, keepdim, dtype=dtype)

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

# Singular values below max(atol, rtol * the largest) count as zero.
def helper_tolerances(self: Tensor, atol: Optional[Tensor], rtol: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
    real = ops.prim.dtype(torch.abs(self))
    rows = torch.size(self, -2)
    cols = torch.size(self, -1)
    epsilon = 2.220446049250313e-16 if real == 7 else 1.1920928955078125e-07
    standard = torch.scalar_tensor(epsilon * float(rows if rows > cols else cols), dtype=real)
    absolute = torch.scalar_tensor(0., dtype=real)
    relative = standard
    if atol is not None:
        absolute = atol
        relative = torch.where(atol > 0, torch.zeros_like(standard), standard)
    if rtol is not None:
        relative = rtol
    return absolute, relative

def helper_tolerance(x: Optional[float], self: Tensor) -> Optional[Tensor]:
    if x is None:
        return None
    return torch.scalar_tensor(x, dtype=ops.prim.dtype(torch.abs(self)))

def helper_rank(self: Tensor, atol: Optional[Tensor], rtol: Optional[Tensor], hermitian: bool) -> Tensor:
    if torch.dim(self) < 2:
        raise RuntimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    helper_check_float("torch.linalg.matrix_rank", self)
    absolute, relative = helper_tolerances(self, atol, rtol)
    if torch.numel(self) == 0:
        return torch.zeros(torch.size(self)[:-2], dtype=4)
    values = torch.abs(torch.linalg_eigvalsh(self)) if hermitian else torch.linalg_svdvals(self)
    limit = torch.maximum(absolute, relative * torch.amax(values, [-1]))
    return torch.sum(values > torch.unsqueeze(limit, -1), [-1])

def linalg_matrix_rank__atol_rtol_tensor(input: Tensor, *, atol: Optional[Tensor]=None, rtol: Optional[Tensor]=None, hermitian: bool=False) -> Tensor:
    return helper_rank(input, atol, rtol, hermitian)

def linalg_matrix_rank__atol_rtol_float(self: Tensor, *, atol: Optional[float]=None, rtol: Optional[float]=None, hermitian: bool=False) -> Tensor:
    return helper_rank(self, helper_tolerance(atol, self), helper_tolerance(rtol, self), hermitian)

def linalg_matrix_rank(self: Tensor, tol: float, hermitian: bool=False) -> Tensor:
    return helper_rank(self, helper_tolerance(tol, self), helper_tolerance(0., self), hermitian)

def linalg_matrix_rank__tol_tensor(input: Tensor, tol: Tensor, hermitian: bool=False) -> Tensor:
    return helper_rank(input, tol, torch.zeros_like(tol), hermitian)

def helper_pinv(self: Tensor, atol: Optional[Tensor], rtol: Optional[Tensor], hermitian: bool) -> Tensor:
    if torch.dim(self) < 2:
        raise RuntimeError("linalg.pinv: The input tensor A must have at least 2 dimensions.")
    helper_check_float("linalg.pinv", self)
    absolute, relative = helper_tolerances(self, atol, rtol)
    if torch.numel(self) == 0:
        return torch.new_zeros(self, torch.size(self)[:-2] + [torch.size(self, -1), torch.size(self, -2)])
    absolute = torch.unsqueeze(absolute, -1)
    relative = torch.unsqueeze(relative, -1)
    if hermitian:
        helper_check_square("linalg.pinv", self)
        values, vectors = torch.linalg_eigh(self)
        sizes = torch.abs(values)
        limit = torch.maximum(absolute, relative * torch.amax(sizes, [-1], True))
        inverse = torch.where(sizes > limit, torch.reciprocal(values), torch.zeros_like(values))
        return torch.matmul(vectors * torch.unsqueeze(inverse, -2), torch.mH(vectors))
    u, singular, vh = torch.linalg_svd(self, False)
    limit = torch.maximum(absolute, relative * torch.narrow(singular, -1, 0, 1))
    inverse = torch.where(singular > limit, torch.reciprocal(singular), torch.zeros_like(singular))
    return torch.matmul(torch.mH(vh) * torch.unsqueeze(inverse, -2), torch.mH(u))

def linalg_pinv__atol_rtol_tensor(self: Tensor, *, atol: Optional[Tensor]=None, rtol: Optional[Tensor]=None, hermitian: bool=False) -> Tensor:
    return helper_pinv(self, atol, rtol, hermitian)

def linalg_pinv__atol_rtol_float(self: Tensor, *, atol: Optional[float]=None, rtol: Optional[float]=None, hermitian: bool=False) -> Tensor:
    return helper_pinv(self, helper_tolerance(atol, self), helper_tolerance(rtol, self), hermitian)

def linalg_pinv(self: Tensor, rcond: float, hermitian: bool=False) -> Tensor:
    return helper_pinv(self, helper_tolerance(0., self), helper_tolerance(rcond, self), hermitian)

def linalg_pinv__rcond_tensor(self: Tensor, rcond: Tensor, hermitian: bool=False) -> Tensor:
    return helper_pinv(self, helper_tolerance(0., self), rcond, hermitian)

def pinverse(self: Tensor, rcond: float=1.0000000000000001e-15) -> Tensor:
    return torch.linalg_pinv(self, rcond, False)

def logdet(self: Tensor) -> Tensor:
    sign, size = torch.linalg_slogdet(self)
    if torch.is_complex(self):
        return torch.log(sign) + size
    return torch.masked_fill(size, sign == -1, nan)

def linalg_vander(x: Tensor, *, N: Optional[int]=None) -> Tensor:
    if torch.dim(x) == 0:
        raise RuntimeError("linalg.vander: x must be at least one-dimensional")
    count = torch.size(x, -1) if N is None else unchecked_cast(int, N)
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    column = torch.unsqueeze(x, -1)
    base = torch.expand(column, torch.size(x) + [count - 1])
    powers = torch.cumprod(base, -1)
    return torch.cat([torch.ones_like(torch.narrow(powers, -1, 0, 1)), powers], -1)

def vander(x: Tensor, N: Optional[int]=None, increasing: bool=False) -> Tensor:
    if torch.dim(x) != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = torch.size(x, 0) if N is None else unchecked_cast(int, N)
    dtype = ops.prim.dtype(x) if torch.is_floating_point(x) or torch.is_complex(x) else 4
    base = torch.expand(torch.unsqueeze(torch.to(x, dtype), -1), [torch.size(x, 0), count])
    result = torch.clone(base)
    if count > 0:
        result = torch.cat([torch.ones_like(torch.narrow(base, 1, 0, 1)), torch.cumprod(torch.narrow(base, 1, 1, count - 1), 1)], 1)
    if increasing:
        return result
    return torch.flip(result, [1])

def helper_product(sizes: List[int]) -> int:
    product = 1
    for n in sizes:
        product = product * n
    return product

def linalg_tensorsolve(self: Tensor, other: Tensor, dims: Optional[List[int]]=None) -> Tensor:
    x = self
    if dims is not None:
        moved: List[int] = []
        for d in dims:
            moved.append(helper_wrap_dim(d, torch.dim(self)))
        x = torch.permute(self, helper_other_dims(torch.dim(self), moved) + moved)
    shape = torch.size(x)[torch.dim(other):]
    n = helper_product(shape)
    if n * n != torch.numel(x) or n != torch.numel(other):
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got {} != {}".format(n, torch.numel(other)))
    return torch.reshape(torch.linalg_solve(torch.reshape(x, [n, n]), torch.flatten(other)), shape)

def linalg_tensorinv(self: Tensor, ind: int=2) -> Tensor:
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    first = torch.size(self)[:ind]
    rest = torch.size(self)[ind:]
    n = helper_product(rest)
    if n != helper_product(first):
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got {} != {}".format(n, helper_product(first)))
    return torch.reshape(torch.linalg_inv(torch.reshape(self, [n, n])), rest + first)

def kron(self: Tensor, other: Tensor) -> Tensor:
    rank = torch.dim(self) if torch.dim(self) > torch.dim(other) else torch.dim(other)
    a: List[int] = []
    b: List[int] = []
    shape: List[int] = []
    for d in range(rank):
        left = d - rank + torch.dim(self)
        right = d - rank + torch.dim(other)
        m = torch.size(self, left) if left >= 0 else 1
        n = torch.size(other, right) if right >= 0 else 1
        a.append(m)
        a.append(1)
        b.append(1)
        b.append(n)
        shape.append(m * n)
    return torch.reshape(torch.reshape(self, a) * torch.reshape(other, b), shape)
