# Moments, quantiles, membership.

def sum_to_size(self: Tensor, size: List[int]) -> Tensor:
    if len(size) == 0:
        return torch.sum(self)
    extra = torch.dim(self) - len(size)
    dims: List[int] = []
    fits = extra >= 0
    for d in range(torch.dim(self)):
        if d < extra:
            dims.append(d)
        elif fits and size[d - extra] != torch.size(self, d):
            fits = fits and size[d - extra] == 1
            dims.append(d)
    if not fits:
        raise RuntimeError("size {{{}}} is not expandable to size {{{}}}.".format(size, torch.size(self)))
    if len(dims) == 0:
        return self
    return torch.view(torch.sum(self, dims, True), size)

def cov(self: Tensor, *, correction: int=1, fweights: Optional[Tensor]=None, aweights: Optional[Tensor]=None) -> Tensor:
    if torch.dim(self) > 2:
        raise RuntimeError("cov(): expected input to have two or fewer dimensions but got an input with {} dimensions".format(torch.dim(self)))
    if ops.prim.dtype(self) == 11:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    x = torch.view(self, [1, -1]) if torch.dim(self) < 2 else self
    count = torch.size(x, 1)
    weights = fweights
    if aweights is not None:
        if weights is not None:
            weights = weights * aweights
        else:
            weights = aweights
    total = torch.scalar_tensor(count, dtype=4)
    weighted = x
    if weights is not None:
        if torch.dim(weights) != 1 or torch.numel(weights) != count:
            raise RuntimeError("cov(): expected weights to have the same numel as there are observations in the input")
        total = torch.sum(weights)
        weighted = x * weights
        if count > 0 and bool(total == 0):
            raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    centered = x - torch.unsqueeze(torch.sum(weighted, [1]) / total, 1)
    divisor = total - correction
    if weights is not None and aweights is not None and correction != 0:
        divisor = total - correction * torch.sum(weights * aweights) / total
    divisor = torch.clamp_min(divisor, 0)
    weighted = centered
    if weights is not None:
        weighted = centered * weights
    return torch.squeeze(torch.true_divide(torch.mm(centered, torch.conj(torch.t(weighted))), divisor))

def corrcoef(self: Tensor) -> Tensor:
    if torch.dim(self) > 2:
        raise RuntimeError("corrcoef(): expected input to have two or fewer dimensions but got an input with {} dimensions".format(torch.dim(self)))
    c = torch.cov(self)
    if torch.dim(c) == 0:
        return c / c
    d = torch.diag(c)
    deviation = torch.sqrt(torch.real(d) if torch.is_complex(d) else d)
    c = c / torch.view(deviation, [-1, 1]) / torch.view(deviation, [1, -1])
    if torch.is_complex(c):
        return torch.complex(torch.clamp(torch.real(c), -1, 1), torch.clamp(torch.imag(c), -1, 1))
    return torch.clamp(c, -1, 1)

def dist(self: Tensor, other: Tensor, p: number=2) -> Tensor:
    return torch.norm(self - other, p)

def renorm(self: Tensor, p: number, dim: int, maxnorm: number) -> Tensor:
    if float(p) <= 0.:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if float(maxnorm) < 0.:
        raise RuntimeError("renorm: expected maxnorm to be >= 0 but got {}".format(maxnorm))
    if torch.dim(self) < 2:
        raise RuntimeError("renorm: input needs at least 2 dimensions, got {} dimensions".format(torch.dim(self)))
    axis = helper_wrap_dim(dim, torch.dim(self))
    dims: List[int] = []
    for d in range(torch.dim(self)):
        if d != axis:
            dims.append(d)
    norm = torch.linalg_vector_norm(self, p, dims, True)
    factor = torch.where(norm > maxnorm, torch.reciprocal(norm + 1e-07) * maxnorm, torch.ones_like(norm))
    return torch.contiguous(self) * factor

def nanmean(self: Tensor, dim: Optional[List[int]]=None, keepdim: bool=False, *, dtype: Optional[int]=None) -> Tensor:
    if not torch.is_floating_point(self):
        raise RuntimeError("nanmean(): expected input to have floating point dtype")
    present = torch.logical_not(torch.isnan(self))
    return torch.nansum(self, dim, keepdim, dtype=dtype) / torch.sum(present, dim, keepdim)

def msort(self: Tensor) -> Tensor:
    values, _ = torch.sort(self, 0)
    return values

def helper_quantile(self: Tensor, q: Tensor, dim: Optional[int], keepdim: bool, interpolation: str, ignore_nan: bool) -> Tensor:
    if torch.numel(self) == 0:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if torch.dim(q) > 1:
        raise RuntimeError("quantile() q must be a scalar or 1D tensor, but got dimension {}".format(torch.dim(q)))
    dtype = ops.prim.dtype(self)
    if dtype != 6 and dtype != 7:
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if ops.prim.dtype(q) != dtype:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    if interpolation not in ["linear", "lower", "higher", "midpoint", "nearest"]:
        raise RuntimeError("quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got " + interpolation)
    if not bool(torch.all(torch.logical_and(q >= 0, q <= 1))):
        raise RuntimeError("quantile() q values must be in the range [0, 1]")
    shape = list(torch.size(self))
    x = self
    if dim is None:
        x = torch.reshape(self, [-1])
        shape = [1] * torch.dim(self) if keepdim else torch.slice(shape, 0, 0)
    elif torch.dim(self) == 0:
        helper_wrap_dim(dim, 0)
        x = torch.reshape(self, [1])
    else:
        axis = helper_wrap_dim(dim, torch.dim(self))
        x = torch.movedim(self, axis, -1)
        if keepdim:
            shape[axis] = 1
        else:
            shape.pop(axis)
    sorted, _ = torch.sort(x, -1)
    levels = torch.reshape(q, [-1])
    if ignore_nan:
        present = torch.sum(torch.logical_not(torch.isnan(sorted)), [-1], True)
        ranks = torch.clamp_min(levels * (present - 1), 0)
    else:
        last = torch.size(x, -1) - 1
        spoilt = torch.any(torch.isnan(sorted), -1, True)
        ranks = torch.masked_fill(torch.expand(levels * last, torch.size(x)[:-1] + [torch.numel(levels)]), spoilt, last)
    if interpolation == "lower":
        ranks = torch.floor(ranks)
    elif interpolation == "higher":
        ranks = torch.ceil(ranks)
    elif interpolation == "nearest":
        ranks = torch.round(ranks)
    low = torch.to(ranks, 4)
    values = torch.gather(sorted, -1, low)
    if interpolation == "linear" or interpolation == "midpoint":
        weights = torch.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - low
        above = torch.gather(sorted, -1, torch.to(torch.ceil(ranks), 4))
        values = torch.lerp(values, above, weights)
    if torch.dim(q) == 0:
        return torch.reshape(torch.squeeze(values, -1), shape)
    return torch.reshape(torch.movedim(values, -1, 0), [torch.numel(q)] + shape)

def quantile(self: Tensor, q: Tensor, dim: Optional[int]=None, keepdim: bool=False, *, interpolation: str="linear") -> Tensor:
    return helper_quantile(self, q, dim, keepdim, interpolation, False)

def quantile__scalar(self: Tensor, q: float, dim: Optional[int]=None, keepdim: bool=False, *, interpolation: str="linear") -> Tensor:
    if q < 0. or q > 1.:
        raise RuntimeError("quantile() q must be in the range [0, 1] but got {}".format(q))
    return helper_quantile(self, torch.scalar_tensor(q, dtype=ops.prim.dtype(self)), dim, keepdim, interpolation, False)

def nanquantile(self: Tensor, q: Tensor, dim: Optional[int]=None, keepdim: bool=False, *, interpolation: str="linear") -> Tensor:
    return helper_quantile(self, q, dim, keepdim, interpolation, True)

def nanquantile__scalar(self: Tensor, q: float, dim: Optional[int]=None, keepdim: bool=False, *, interpolation: str="linear") -> Tensor:
    if q < 0. or q > 1.:
        raise RuntimeError("quantile() q must be in the range [0, 1] but got {}".format(q))
    return helper_quantile(self, torch.scalar_tensor(q, dtype=ops.prim.dtype(self)), dim, keepdim, interpolation, True)

def helper_check_isin(self: Tensor) -> None:
    dtype = ops.prim.dtype(self)
    if dtype == 11 or dtype == 15 or torch.is_complex(self):
        raise RuntimeError("Unsupported input type encountered for isin(): " + helper_dtype_name(self))

def isin__Tensor_Tensor(elements: Tensor, test_elements: Tensor, *, assume_unique: bool=False, invert: bool=False) -> Tensor:
    helper_check_isin(elements)
    helper_check_isin(test_elements)
    count = torch.numel(test_elements)
    if count == 0:
        return torch.full(torch.size(elements), 1 if invert else 0, dtype=11)
    both = torch.cat([torch.reshape(elements, [-1]), torch.reshape(test_elements, [-1])])  # of one dtype
    wanted = torch.narrow(both, 0, 0, torch.numel(elements))
    known, _ = torch.sort(torch.narrow(both, 0, torch.numel(elements), count))
    places = torch.clamp_max(torch.searchsorted(known, wanted), count - 1)
    found = torch.reshape(torch.index_select(known, 0, places) == wanted, torch.size(elements))
    return torch.logical_not(found) if invert else found

def isin__Tensor_Scalar(elements: Tensor, test_element: number, *, assume_unique: bool=False, invert: bool=False) -> Tensor:
    helper_check_isin(elements)
    return elements != test_element if invert else elements == test_element

def isin__Scalar_Tensor(element: number, test_elements: Tensor, *, assume_unique: bool=False, invert: bool=False) -> Tensor:
    helper_check_isin(test_elements)
    found = torch.any(test_elements == element)
    return torch.logical_not(found) if invert else found
