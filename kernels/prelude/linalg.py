# Linear algebra over the decompositions of LAPACK.

def helper_check_float(name: str, x: Tensor) -> None:
    if not torch.is_floating_point(x) and not torch.is_complex(x):
        raise RuntimeError(name + ": Expected a floating point or complex tensor as input.")

def helper_check_square(name: str, x: Tensor) -> None:
    if torch.dim(x) < 2:
        raise RuntimeError(name + ": The input tensor A must have at least 2 dimensions.")
    if torch.size(x, -1) != torch.size(x, -2):
        raise RuntimeError("{}: A must be batches of square matrices, but they are {} by {} matrices".format(name, torch.size(x, -2), torch.size(x, -1)))

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
    if ops.prim.dtype(self) == 11:
        raise RuntimeError("\"cross\" not implemented for 'Bool'")
    if ops.prim.dtype(self) != ops.prim.dtype(other):
        raise RuntimeError("expected scalar type {} but found {}".format(helper_dtype_name(self), helper_dtype_name(other)))
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
    result: Optional[Tensor] = None
    if x is not None:
        result = torch.scalar_tensor(x, dtype=ops.prim.dtype(torch.abs(self)))
    return result

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
    row = torch.unsqueeze(x, -1) if torch.dim(x) == 0 else x
    count = torch.size(row, -1) if N is None else unchecked_cast(int, N)
    if count <= 1:
        raise RuntimeError("N must be greater than 1.")
    base = torch.expand(torch.unsqueeze(row, -1), torch.size(row) + [count - 1])
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

# The tensor takes the shape of the result, as the oracle's does.
def addbmm_(self: Tensor, batch1: Tensor, batch2: Tensor, *, beta: number=1, alpha: number=1) -> Tensor:
    result = torch.addbmm(self, batch1, batch2, beta=beta, alpha=alpha)
    return torch.copy_(torch.resize_(self, torch.size(result)), result)

# Sums of products of three tensors, each with ones where it has no dim of the others.
def _trilinear(i1: Tensor, i2: Tensor, i3: Tensor, expand1: List[int], expand2: List[int], expand3: List[int], sumdim: List[int], unroll_dim: int=1) -> Tensor:
    return torch.sum(helper_unsqueeze_all(i1, expand1) * helper_unsqueeze_all(i2, expand2) * helper_unsqueeze_all(i3, expand3), sumdim)

def helper_unsqueeze_all(x: Tensor, dims: List[int]) -> Tensor:
    y = x
    for d in sorted(dims):
        y = torch.unsqueeze(y, d)
    return y

def _int_mm(self: Tensor, mat2: Tensor) -> Tensor:
    if ops.prim.dtype(self) != 1 or ops.prim.dtype(mat2) != 1:
        raise RuntimeError("_int_mm expects int8 matrices")
    return torch.mm(torch.to(self, 3), torch.to(mat2, 3))

def _linalg_eigvals(self: Tensor) -> Tensor:
    return torch.linalg_eigvals(self)
