# Differences, integrals, moments, quantiles and histograms.

def helper_axis(dim: int, rank: int) -> int:
    high = rank if rank > 0 else 1
    if dim < -high or dim >= high:
        raise IndexError("Dimension out of range (expected to be in range of [{}, {}], but got {})".format(-high, high - 1, dim))
    return dim + high if dim < 0 else dim

def sum_to_size(self: Tensor, size: List[int]) -> Tensor:
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

def diff(self: Tensor, n: int=1, dim: int=-1, prepend: Optional[Tensor]=None, append: Optional[Tensor]=None) -> Tensor:
    if torch.dim(self) == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError("order must be non-negative but got {}".format(n))
    parts: List[Tensor] = []
    if prepend is not None:
        parts.append(prepend)
    parts.append(self)
    if append is not None:
        parts.append(append)
    x = torch.cat(parts, dim) if len(parts) > 1 else self
    if n == 0:
        return torch.clone(x)
    length = torch.size(x, dim)
    for i in range(n if n < length else length):
        count = torch.size(x, dim) - 1
        if ops.prim.dtype(x) == 11:
            x = torch.logical_xor(torch.narrow(x, dim, 1, count), torch.narrow(x, dim, 0, count))
        else:
            x = torch.narrow(x, dim, 1, count) - torch.narrow(x, dim, 0, count)
    return x

def helper_pair_sums(y: Tensor, dim: int) -> Tensor:
    if ops.prim.dtype(y) == 11:
        raise RuntimeError("trapezoid: received a bool input for `x` or `y`, but bool is not supported")
    count = torch.size(y, dim) - 1
    return torch.narrow(y, dim, 0, count) + torch.narrow(y, dim, 1, count)

# Zeros of the shape that a reduction or a scan over nothing has.
def helper_no_samples(y: Tensor, dim: int) -> Tensor:
    return torch.zeros_like(torch.sum(torch.narrow(y, dim, 0, 0) / 2., [dim]))

def helper_spacing(y: Tensor, x: Tensor, dim: int) -> Tensor:
    if ops.prim.dtype(x) == 11:
        raise RuntimeError("trapezoid: received a bool input for `x` or `y`, but bool is not supported")
    shape = [1] * torch.dim(y)
    axis = helper_axis(dim, torch.dim(y))
    coordinates = x
    if torch.dim(x) == 1:
        if torch.size(x, 0) != torch.size(y, dim):
            raise RuntimeError("trapezoid: There must be one `x` value for each sample point")
        shape[axis] = torch.size(x, 0)
        coordinates = torch.view(x, shape)
    elif torch.dim(x) < torch.dim(y):
        missing = torch.dim(y) - torch.dim(x)
        for d in range(torch.dim(x)):
            shape[missing + d] = torch.size(x, d)
        coordinates = torch.view(x, shape)
    count = torch.size(coordinates, dim) - 1
    return torch.narrow(coordinates, dim, 1, count) - torch.narrow(coordinates, dim, 0, count)

def trapezoid__x(y: Tensor, x: Tensor, *, dim: int=-1) -> Tensor:
    if torch.size(y, dim) == 0:
        return helper_no_samples(y, dim)
    return torch.sum(helper_spacing(y, x, dim) * helper_pair_sums(y, dim), [dim]) / 2.

def trapezoid__dx(y: Tensor, *, dx: number=1, dim: int=-1) -> Tensor:
    if torch.size(y, dim) == 0:
        return helper_no_samples(y, dim)
    return torch.sum(helper_pair_sums(y, dim), [dim]) * dx / 2.

def trapz__x(y: Tensor, x: Tensor, *, dim: int=-1) -> Tensor:
    return torch.trapezoid(y, x, dim=dim)

def trapz__dx(y: Tensor, *, dx: float=1., dim: int=-1) -> Tensor:
    return torch.trapezoid(y, dx=dx, dim=dim)

def cumulative_trapezoid__x(y: Tensor, x: Tensor, *, dim: int=-1) -> Tensor:
    return torch.cumsum(helper_spacing(y, x, dim) * helper_pair_sums(y, dim), dim) / 2.

def cumulative_trapezoid__dx(y: Tensor, *, dx: number=1, dim: int=-1) -> Tensor:
    return torch.cumsum(helper_pair_sums(y, dim) * dx / 2., dim)

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
    axis = helper_axis(dim, torch.dim(self))
    dims: List[int] = []
    for d in range(torch.dim(self)):
        if d != axis:
            dims.append(d)
    norm = torch.linalg_vector_norm(self, p, dims, True)
    return self * torch.where(norm > maxnorm, maxnorm / (norm + 1e-07), torch.ones_like(norm))

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
        helper_axis(dim, 0)
        x = torch.reshape(self, [1])
    else:
        axis = helper_axis(dim, torch.dim(self))
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

def isin__Tensor_Tensor(elements: Tensor, test_elements: Tensor, *, assume_unique: bool=False, invert: bool=False) -> Tensor:
    count = torch.numel(test_elements)
    if count == 0:
        return torch.full_like(elements, invert, dtype=11)
    # One dtype for both; truth values are ordered as numbers.
    both = torch.cat([torch.reshape(elements, [-1]), torch.reshape(test_elements, [-1])])
    if ops.prim.dtype(both) == 11:
        both = torch.to(both, 0)
    wanted = torch.narrow(both, 0, 0, torch.numel(elements))
    known, _ = torch.sort(torch.narrow(both, 0, torch.numel(elements), count))
    places = torch.clamp_max(torch.searchsorted(known, wanted), count - 1)
    found = torch.reshape(torch.index_select(known, 0, places) == wanted, torch.size(elements))
    return torch.logical_not(found) if invert else found

def isin__Tensor_Scalar(elements: Tensor, test_element: number, *, assume_unique: bool=False, invert: bool=False) -> Tensor:
    return elements != test_element if invert else elements == test_element

def isin__Scalar_Tensor(element: number, test_elements: Tensor, *, assume_unique: bool=False, invert: bool=False) -> Tensor:
    found = torch.any(test_elements == element)
    return torch.logical_not(found) if invert else found

# Steps of one dim between neighbouring samples: a number when they are even.
def helper_even_gradient(self: Tensor, dim: int, dx: number, edge_order: int) -> Tensor:
    n = torch.size(self, dim)
    center = (torch.narrow(self, dim, 2, n - 2) - torch.narrow(self, dim, 0, n - 2)) / dx / 2
    if edge_order == 1:
        first = (torch.narrow(self, dim, 1, 1) - torch.narrow(self, dim, 0, 1)) / dx
        last = (torch.narrow(self, dim, n - 1, 1) - torch.narrow(self, dim, n - 2, 1)) / dx
    else:
        first = (torch.narrow(self, dim, 0, 1) * -1.5 + torch.narrow(self, dim, 1, 1) * 2. + torch.narrow(self, dim, 2, 1) * -0.5) / dx
        last = (torch.narrow(self, dim, n - 3, 1) * 0.5 + torch.narrow(self, dim, n - 2, 1) * -2. + torch.narrow(self, dim, n - 1, 1) * 1.5) / dx
    return torch.cat([first, center, last], dim)

def helper_uneven_gradient(self: Tensor, dim: int, coordinates: Tensor, edge_order: int) -> Tensor:
    n = torch.size(self, dim)
    if torch.dim(coordinates) != 1 or torch.numel(coordinates) != n:
        raise RuntimeError("torch.gradient expected each spacing tensor to have one value for each sample of its dimension")
    shape = [1] * torch.dim(self)
    shape[dim] = n - 1
    steps = torch.reshape(torch.narrow(coordinates, 0, 1, n - 1) - torch.narrow(coordinates, 0, 0, n - 1), shape)
    left = torch.narrow(steps, dim, 0, n - 2)
    right = torch.narrow(steps, dim, 1, n - 2)
    a = -right / (left * (left + right))
    b = (right - left) / (left * right)
    c = left / (right * (left + right))
    center = a * torch.narrow(self, dim, 0, n - 2) + b * torch.narrow(self, dim, 1, n - 2) + c * torch.narrow(self, dim, 2, n - 2)
    if edge_order == 1:
        first = (torch.narrow(self, dim, 1, 1) - torch.narrow(self, dim, 0, 1)) / torch.narrow(steps, dim, 0, 1)
        last = (torch.narrow(self, dim, n - 1, 1) - torch.narrow(self, dim, n - 2, 1)) / torch.narrow(steps, dim, n - 2, 1)
        return torch.cat([first, center, last], dim)
    left = torch.narrow(steps, dim, 0, 1)
    right = torch.narrow(steps, dim, 1, 1)
    first = torch.narrow(self, dim, 0, 1) * (-(left * 2 + right) / (left * (left + right)))
    first = first + torch.narrow(self, dim, 1, 1) * ((left + right) / (left * right))
    first = first - torch.narrow(self, dim, 2, 1) * (left / (right * (left + right)))
    left = torch.narrow(steps, dim, n - 3, 1)
    right = torch.narrow(steps, dim, n - 2, 1)
    last = torch.narrow(self, dim, n - 3, 1) * (right / (left * (left + right)))
    last = last - torch.narrow(self, dim, n - 2, 1) * ((right + left) / (left * right))
    last = last + torch.narrow(self, dim, n - 1, 1) * ((right * 2 + left) / (right * (left + right)))
    return torch.cat([first, center, last], dim)

def helper_gradient_dims(self: Tensor, dim: Optional[List[int]], spacings: Optional[int], edge_order: int) -> List[int]:
    if edge_order != 1 and edge_order != 2:
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    dims: List[int] = []
    if dim is None:
        for d in range(torch.dim(self)):
            dims.append(d)
    else:
        for d in dim:
            dims.append(helper_axis(d, torch.dim(self)))
    if spacings is not None:
        if spacings != len(dims):
            raise RuntimeError("torch.gradient expected spacing to be unspecified, a scalar or a list of length {}, but got a list of length {}".format(len(dims), spacings))
    for d in dims:
        if torch.size(self, d) < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    return dims

def gradient__scalararray(self: Tensor, *, spacing: number, dim: List[int], edge_order: int=1) -> List[Tensor]:
    results: List[Tensor] = []
    for d in helper_gradient_dims(self, dim, None, edge_order):
        results.append(helper_even_gradient(self, d, spacing, edge_order))
    return results

def gradient__scalarint(self: Tensor, *, spacing: Optional[number]=None, dim: Optional[int]=None, edge_order: int=1) -> List[Tensor]:
    step = 1. if spacing is None else float(unchecked_cast(number, spacing))
    dims: Optional[List[int]] = None
    if dim is not None:
        dims = [dim]
    return torch.gradient(self, spacing=step, dim=helper_gradient_dims(self, dims, None, edge_order), edge_order=edge_order)

def gradient__array(self: Tensor, *, dim: List[int], edge_order: int=1) -> List[Tensor]:
    return torch.gradient(self, spacing=1., dim=dim, edge_order=edge_order)

def gradient__scalarrayarray(self: Tensor, *, spacing: List[number], dim: List[int], edge_order: int=1) -> List[Tensor]:
    dims = helper_gradient_dims(self, dim, len(spacing), edge_order)
    results: List[Tensor] = []
    for i in range(len(dims)):
        results.append(helper_even_gradient(self, dims[i], spacing[i], edge_order))
    return results

def gradient__scalarrayint(self: Tensor, *, spacing: List[number], dim: Optional[int]=None, edge_order: int=1) -> List[Tensor]:
    dims: Optional[List[int]] = None
    if dim is not None:
        dims = [dim]
    return torch.gradient(self, spacing=spacing, dim=helper_gradient_dims(self, dims, None, edge_order), edge_order=edge_order)

def gradient__tensorarray(self: Tensor, *, spacing: List[Tensor], dim: List[int], edge_order: int=1) -> List[Tensor]:
    dims = helper_gradient_dims(self, dim, len(spacing), edge_order)
    results: List[Tensor] = []
    for i in range(len(dims)):
        results.append(helper_uneven_gradient(self, dims[i], spacing[i], edge_order))
    return results

def gradient__tensorarrayint(self: Tensor, *, spacing: List[Tensor], dim: Optional[int]=None, edge_order: int=1) -> List[Tensor]:
    dims: Optional[List[int]] = None
    if dim is not None:
        dims = [dim]
    return torch.gradient(self, spacing=spacing, dim=helper_gradient_dims(self, dims, None, edge_order), edge_order=edge_order)

# Edges of evenly wide bins over the given or the seen range of every column.
def helper_bin_edges(x: Tensor, bins: List[int], range: Optional[List[float]]) -> List[Tensor]:
    edges: List[Tensor] = []
    if range is not None:
        if len(range) != 2 * len(bins):
            raise RuntimeError("torch.histogramdd: for a {}-dimensional histogram, range should have {} elements, but got {}".format(len(bins), 2 * len(bins), len(range)))
    for i, count in enumerate(bins):
        if count <= 0:
            raise RuntimeError("torch.histogram(): bins must be > 0, but got {} for dimension {}".format(count, i))
        low = 0.
        high = 1.
        if range is not None:
            low = range[2 * i]
            high = range[2 * i + 1]
        elif torch.numel(x) > 0:
            column = torch.select(x, 1, i)
            low = float(torch.min(column))
            high = float(torch.max(column))
        if not torch.isfinite(low) or not torch.isfinite(high):
            raise RuntimeError("torch.histogramdd: dimension {}'s range [{}, {}] is not finite".format(i, low, high))
        if low > high:
            raise RuntimeError("torch.histogramdd: min should not exceed max, but got min {} max {} for dimension {}".format(low, high, i))
        if low == high:
            low = low - 0.5
            high = high + 0.5
        edges.append(torch.linspace(low, high, count + 1, dtype=ops.prim.dtype(x)))
    return edges

def helper_columns(self: Tensor, dims: int) -> Tensor:
    if torch.dim(self) < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions, but got {}".format(torch.dim(self)))
    if torch.size(self, -1) != dims:
        raise RuntimeError("torch.histogramdd: expected {} sequences of bin edges for a {}-dimensional histogram but got {}".format(torch.size(self, -1), torch.size(self, -1), dims))
    return torch.reshape(self, [-1, dims])

# Every bin but the last one lacks its upper edge.
def helper_histogram(x: Tensor, edges: List[Tensor], weight: Optional[Tensor], density: bool) -> Tensor:
    dtype = ops.prim.dtype(x)
    place = torch.zeros([torch.size(x, 0)], dtype=4)
    inside = torch.ones([torch.size(x, 0)], dtype=11)
    shape: List[int] = []
    total = 1
    for i, edge in enumerate(edges):
        if torch.dim(edge) != 1 or torch.numel(edge) == 0:
            raise RuntimeError("torch.histogramdd: bins tensor should have one dimension and at least one edge")
        if ops.prim.dtype(edge) != dtype:
            raise RuntimeError("torch.histogramdd: input tensor and bins tensors should have the same dtype")
        count = torch.numel(edge) - 1
        column = torch.contiguous(torch.select(x, 1, i))
        last = torch.select(edge, 0, count)
        inside = torch.logical_and(inside, torch.logical_and(column >= torch.select(edge, 0, 0), column <= last))
        bin = torch.searchsorted(edge, column, right=True) - 1
        bin = torch.clamp(torch.where(column == last, torch.full_like(bin, count - 1), bin), 0, count - 1)
        place = place * count + bin
        shape.append(count)
        total = total * count
    amounts = torch.ones([torch.size(x, 0)], dtype=dtype)
    if weight is not None:
        if torch.numel(weight) != torch.size(x, 0):
            raise RuntimeError("torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension")
        if ops.prim.dtype(weight) != dtype:
            raise RuntimeError("torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype")
        amounts = torch.reshape(weight, [-1])
    amounts = torch.where(inside, amounts, torch.zeros_like(amounts))
    place = torch.where(inside, place, torch.zeros_like(place))
    hist = torch.zeros([total], dtype=dtype)
    if total > 0:
        hist = torch.scatter_add(hist, 0, place, amounts)
    hist = torch.reshape(hist, shape)
    if density:
        hist = hist / torch.sum(hist)
        for i, edge in enumerate(edges):
            widths = [1] * len(edges)
            widths[i] = shape[i]
            hist = hist / torch.reshape(torch.diff(edge), widths)
    return hist

def histogramdd(self: Tensor, bins: List[int], range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> Tuple[Tensor, List[Tensor]]:
    x = helper_columns(self, len(bins))
    edges = helper_bin_edges(x, bins, range)
    return helper_histogram(x, edges, weight, density), edges

def histogramdd__int_bins(self: Tensor, bins: int, range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> Tuple[Tensor, List[Tensor]]:
    return torch.histogramdd(self, [bins] * torch.size(self, -1), range, weight, density)

def histogramdd__TensorList_bins(self: Tensor, bins: List[Tensor], range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> Tuple[Tensor, List[Tensor]]:
    return helper_histogram(helper_columns(self, len(bins)), bins, weight, density), bins

def _histogramdd_bin_edges(self: Tensor, bins: List[int], *, range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> List[Tensor]:
    return helper_bin_edges(helper_columns(self, len(bins)), bins, range)

def _histogramdd_from_bin_cts(self: Tensor, bins: List[int], *, range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> Tensor:
    x = helper_columns(self, len(bins))
    return helper_histogram(x, helper_bin_edges(x, bins, range), weight, density)

def _histogramdd_from_bin_tensors(self: Tensor, bins: List[Tensor], *, weight: Optional[Tensor]=None, density: bool=False) -> Tensor:
    return helper_histogram(helper_columns(self, len(bins)), bins, weight, density)

def histogram__bins_tensor(self: Tensor, bins: Tensor, *, weight: Optional[Tensor]=None, density: bool=False) -> Tuple[Tensor, Tensor]:
    return helper_histogram(torch.reshape(self, [-1, 1]), [bins], weight, density), bins

def histogram__bin_ct(self: Tensor, bins: int=100, *, range: Optional[List[float]]=None, weight: Optional[Tensor]=None, density: bool=False) -> Tuple[Tensor, Tensor]:
    x = torch.reshape(self, [-1, 1])
    edges = helper_bin_edges(x, [bins], range)
    return helper_histogram(x, edges, weight, density), edges[0]
