# Differences, integrals and gradients of sampled functions.

def diff(self: Tensor, n: int=1, dim: int=-1, prepend: Optional[Tensor]=None, append: Optional[Tensor]=None) -> Tensor:
    if torch.dim(self) == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError("order must be non-negative but got {}".format(n))
    if n == 0:
        return torch.clone(self)
    parts: List[Tensor] = []
    if prepend is not None:
        parts.append(prepend)
    parts.append(self)
    if append is not None:
        parts.append(append)
    x = torch.cat(parts, dim) if len(parts) > 1 else self
    length = torch.size(x, dim)
    for i in range(n if n < length else length):
        count = torch.size(x, dim) - 1
        if ops.prim.dtype(x) == 11:
            x = torch.logical_xor(torch.narrow(x, dim, 1, count), torch.narrow(x, dim, 0, count))
        else:
            x = torch.narrow(x, dim, 1, count) - torch.narrow(x, dim, 0, count)
    return x

def helper_not_bool(x: Tensor, what: str) -> None:
    if ops.prim.dtype(x) == 11:
        raise RuntimeError(what + ", but bool is not supported")

def helper_pair_sums(y: Tensor, dim: int) -> Tensor:
    count = torch.size(y, dim) - 1
    return torch.narrow(y, dim, 1, count) + torch.narrow(y, dim, 0, count)

# Zeros of the shape that a reduction or a scan over nothing has.
def helper_no_samples(y: Tensor, dim: int) -> Tensor:
    return torch.zeros_like(torch.sum(torch.narrow(y, dim, 0, 0) / 2., [dim]))

# Products of steps and sums of neighbours: twice the areas.
def helper_areas(y: Tensor, x: Tensor, axis: int, name: str) -> Tensor:
    helper_not_bool(x, name + ": received a bool input for `x` or `y`")
    helper_not_bool(y, name + ": received a bool input for `x` or `y`")
    shape = [1] * torch.dim(y)
    coordinates = x
    if torch.dim(x) == 1:
        if torch.size(x, 0) != torch.size(y, axis):
            raise RuntimeError(name + ": There must be one `x` value for each sample point")
        shape[axis] = torch.size(x, 0)
        coordinates = torch.view(x, shape)
    elif torch.dim(x) < torch.dim(y):
        missing = torch.dim(y) - torch.dim(x)
        for d in range(torch.dim(x)):
            shape[missing + d] = torch.size(x, d)
        coordinates = torch.view(x, shape)
    count = torch.size(coordinates, axis) - 1
    steps = torch.narrow(coordinates, axis, 1, count) - torch.narrow(coordinates, axis, 0, count)
    return steps * helper_pair_sums(y, axis)

def trapezoid__x(y: Tensor, x: Tensor, *, dim: int=-1) -> Tensor:
    if torch.size(y, dim) == 0:
        return helper_no_samples(y, dim)
    axis = helper_wrap_dim(dim, torch.dim(y))
    return torch.sum(helper_areas(y, x, axis, "trapezoid"), [axis]) / 2.

def trapezoid__dx(y: Tensor, *, dx: number=1, dim: int=-1) -> Tensor:
    if torch.size(y, dim) == 0:
        return helper_no_samples(y, dim)
    helper_not_bool(y, "trapezoid: received a bool input for `y`")
    # All samples but half of each end: sums of bytes do not wrap around as pairs of them do.
    ends = torch.select(y, dim, 0) + torch.select(y, dim, -1)
    return (torch.sum(y, [dim]) - ends * 0.5) * dx

def trapz__x(y: Tensor, x: Tensor, *, dim: int=-1) -> Tensor:
    return torch.trapezoid(y, x, dim=dim)

def trapz__dx(y: Tensor, *, dx: float=1., dim: int=-1) -> Tensor:
    return torch.trapezoid(y, dx=dx, dim=dim)

def cumulative_trapezoid__x(y: Tensor, x: Tensor, *, dim: int=-1) -> Tensor:
    axis = helper_wrap_dim(dim, torch.dim(y))
    return torch.cumsum(helper_areas(y, x, axis, "cumulative_trapezoid"), axis) / 2.

def cumulative_trapezoid__dx(y: Tensor, *, dx: number=1, dim: int=-1) -> Tensor:
    helper_not_bool(y, "cumulative_trapezoid: received a bool input for `y`")
    return torch.cumsum(helper_pair_sums(y, dim) * (float(dx) / 2.), dim)

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
            dims.append(helper_wrap_dim(d, torch.dim(self)))
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
