# Tensors made from sizes, and out= forms that take the dtype of the tensor they fill.

def complex(real: Tensor, imag: Tensor) -> Tensor:
    dtype = ops.prim.dtype(real)
    if dtype != ops.prim.dtype(imag):
        raise RuntimeError("Expected object of the same scalar type for both arguments of complex")
    if dtype != 5 and dtype != 6 and dtype != 7:
        raise RuntimeError("Expected both inputs to be Half, Float or Double tensors")
    a, b = torch.broadcast_tensors([real, imag])
    return torch.view_as_complex(torch.stack([a, b], -1))

def polar(abs: Tensor, angle: Tensor) -> Tensor:
    return torch.complex(abs * torch.cos(angle), abs * torch.sin(angle))

def zeros__out(size: List[int], *, out: Tensor) -> Tensor:
    return torch.zero_(torch.resize_(out, size))

def ones__out(size: List[int], *, out: Tensor) -> Tensor:
    return torch.fill_(torch.resize_(out, size), 1)

def full__out(size: List[int], fill_value: number, *, out: Tensor) -> Tensor:
    return torch.fill_(torch.resize_(out, size), fill_value)

def empty__out(size: List[int], *, memory_format: Optional[int]=None, out: Tensor) -> Tensor:
    return torch.resize_(out, size)

def eye__out(n: int, *, out: Tensor) -> Tensor:
    return torch.copy_(torch.resize_(out, [n, n]), torch.eye(n, dtype=ops.prim.dtype(out)))

def eye__m_out(n: int, m: int, *, out: Tensor) -> Tensor:
    return torch.copy_(torch.resize_(out, [n, m]), torch.eye(n, m, dtype=ops.prim.dtype(out)))

def linspace__out(start: number, end: number, steps: int, *, out: Tensor) -> Tensor:
    return torch.copy_(torch.resize_(out, [steps]), torch.linspace(start, end, steps, dtype=ops.prim.dtype(out)))

def logspace__out(start: number, end: number, steps: int, base: float=10., *, out: Tensor) -> Tensor:
    return torch.copy_(torch.resize_(out, [steps]), torch.logspace(start, end, steps, base, dtype=ops.prim.dtype(out)))

def rand__out(size: List[int], *, out: Tensor) -> Tensor:
    return torch.uniform_(torch.resize_(out, size))

def rand__generator_out(size: List[int], *, generator: Optional[Generator], out: Tensor) -> Tensor:
    return torch.uniform_(torch.resize_(out, size), 0., 1., generator=generator)

def randn__out(size: List[int], *, out: Tensor) -> Tensor:
    return torch.normal_(torch.resize_(out, size))

def randn__generator_out(size: List[int], *, generator: Optional[Generator], out: Tensor) -> Tensor:
    return torch.normal_(torch.resize_(out, size), 0., 1., generator=generator)

def randint__out(high: int, size: List[int], *, out: Tensor) -> Tensor:
    return torch.random_(torch.resize_(out, size), 0, high)

def randint__low_out(low: int, high: int, size: List[int], *, out: Tensor) -> Tensor:
    return torch.random_(torch.resize_(out, size), low, high)

def randperm__out(n: int, *, out: Tensor) -> Tensor:
    return torch.copy_(torch.resize_(out, [n]), torch.randperm(n, dtype=4))

def normal__float_float_out(mean: float, std: float, size: List[int], *, generator: Optional[Generator]=None, out: Tensor) -> Tensor:
    return torch.normal_(torch.resize_(out, size), mean, std, generator=generator)

# Both ends are included.
def helper_closed_range(start: number, end: number, step: number, dtype: int) -> Tensor:
    span = float(end) - float(start)
    if dtype < 5 and span - span == 0.:
        first, stride = int(start), int(step)
        helper_check_range(float(int(end) - first), float(stride))
        count = (int(end) - first) // stride + 1
        return torch.to(torch.arange(count, dtype=4) * stride + first, dtype)
    helper_check_range(span, float(step))
    if span - span != 0.:
        raise RuntimeError("unsupported range: {} -> {}".format(start, end))
    count = int(torch.floor(span / float(step))) + 1
    return torch.to(torch.arange(count, dtype=7) * float(step) + float(start), dtype)

def helper_check_range(span: float, step: float) -> None:
    if step == 0.:
        raise RuntimeError("step must be nonzero")
    if span / step < 0.:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")

def range__step(start: number, end: number, step: number=1, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_closed_range(start, end, step, 6 if dtype is None else unchecked_cast(int, dtype))

def range(start: number, end: number, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_closed_range(start, end, 1, 6 if dtype is None else unchecked_cast(int, dtype))

def range__out(start: number, end: number, step: number=1, *, out: Tensor) -> Tensor:
    values = helper_closed_range(start, end, step, ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(values)), values)

def range__out_(start: number, end: number, *, out: Tensor) -> Tensor:
    values = helper_closed_range(start, end, 1, ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(values)), values)

# Windows of signal processing. A periodic one is the symmetric one of one more point without it.
def helper_window_dtype(dtype: Optional[int]) -> int:
    kind = 6 if dtype is None else unchecked_cast(int, dtype)
    if kind not in [5, 6, 7, 15]:
        raise RuntimeError("window functions expect floating point dtypes")
    return kind

# The points 0, 1, ... of a window, and how many steps it spans.
def helper_window_points(window_length: int, periodic: bool) -> Tuple[Tensor, float]:
    if window_length < 0:
        raise RuntimeError("window_length must be non-negative")
    points = torch.arange(window_length, dtype=7)
    return points, float(window_length if periodic else window_length - 1)

def helper_cosine_window(window_length: int, periodic: bool, weights: List[float], dtype: int) -> Tensor:
    points, span = helper_window_points(window_length, periodic)
    if window_length <= 1:
        return torch.ones([window_length], dtype=dtype)
    window = torch.zeros_like(points)
    for k, weight in enumerate(weights):
        window = window + torch.cos(points * (6.283185307179586 * float(k) / span)) * weight
    return torch.to(window, dtype)

def helper_bartlett(window_length: int, periodic: bool, dtype: int) -> Tensor:
    points, span = helper_window_points(window_length, periodic)
    if window_length <= 1:
        return torch.ones([window_length], dtype=dtype)
    return torch.to(1 - torch.abs(points * 2 / span - 1), dtype)

def helper_kaiser(window_length: int, periodic: bool, beta: float, dtype: int) -> Tensor:
    points, span = helper_window_points(window_length, periodic)
    if window_length <= 1:
        return torch.ones([window_length], dtype=dtype)
    x = points * 2 / span - 1
    top = torch.i0(beta * torch.sqrt(torch.clamp_min(1 - x * x, 0)))
    return torch.to(top / torch.i0(torch.scalar_tensor(beta, dtype=7)), dtype)

def hann_window(window_length: int, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_cosine_window(window_length, True, [0.5, -0.5], helper_window_dtype(dtype))

def hann_window__out(window_length: int, *, out: Tensor) -> Tensor:
    window = helper_cosine_window(window_length, True, [0.5, -0.5], ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def hann_window__periodic(window_length: int, periodic: bool, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_cosine_window(window_length, periodic, [0.5, -0.5], helper_window_dtype(dtype))

def hann_window__periodic_out(window_length: int, periodic: bool, *, out: Tensor) -> Tensor:
    window = helper_cosine_window(window_length, periodic, [0.5, -0.5], ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def hamming_window(window_length: int, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_cosine_window(window_length, True, [0.54, -0.46], helper_window_dtype(dtype))

def hamming_window__out(window_length: int, *, out: Tensor) -> Tensor:
    window = helper_cosine_window(window_length, True, [0.54, -0.46], ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def hamming_window__periodic(window_length: int, periodic: bool, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_cosine_window(window_length, periodic, [0.54, -0.46], helper_window_dtype(dtype))

def hamming_window__periodic_out(window_length: int, periodic: bool, *, out: Tensor) -> Tensor:
    window = helper_cosine_window(window_length, periodic, [0.54, -0.46], ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def hamming_window__periodic_alpha(window_length: int, periodic: bool, alpha: float, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_cosine_window(window_length, periodic, [alpha, -0.46], helper_window_dtype(dtype))

def hamming_window__periodic_alpha_out(window_length: int, periodic: bool, alpha: float, *, out: Tensor) -> Tensor:
    window = helper_cosine_window(window_length, periodic, [alpha, -0.46], ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def hamming_window__periodic_alpha_beta(window_length: int, periodic: bool, alpha: float, beta: float, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_cosine_window(window_length, periodic, [alpha, -beta], helper_window_dtype(dtype))

def hamming_window__periodic_alpha_beta_out(window_length: int, periodic: bool, alpha: float, beta: float, *, out: Tensor) -> Tensor:
    window = helper_cosine_window(window_length, periodic, [alpha, -beta], ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def blackman_window(window_length: int, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_cosine_window(window_length, True, [0.42, -0.5, 0.08], helper_window_dtype(dtype))

def blackman_window__out(window_length: int, *, out: Tensor) -> Tensor:
    window = helper_cosine_window(window_length, True, [0.42, -0.5, 0.08], ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def blackman_window__periodic(window_length: int, periodic: bool, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_cosine_window(window_length, periodic, [0.42, -0.5, 0.08], helper_window_dtype(dtype))

def blackman_window__periodic_out(window_length: int, periodic: bool, *, out: Tensor) -> Tensor:
    window = helper_cosine_window(window_length, periodic, [0.42, -0.5, 0.08], ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def bartlett_window(window_length: int, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_bartlett(window_length, True, helper_window_dtype(dtype))

def bartlett_window__out(window_length: int, *, out: Tensor) -> Tensor:
    window = helper_bartlett(window_length, True, ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def bartlett_window__periodic(window_length: int, periodic: bool, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_bartlett(window_length, periodic, helper_window_dtype(dtype))

def bartlett_window__periodic_out(window_length: int, periodic: bool, *, out: Tensor) -> Tensor:
    window = helper_bartlett(window_length, periodic, ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def kaiser_window(window_length: int, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_kaiser(window_length, True, 12., helper_window_dtype(dtype))

def kaiser_window__out(window_length: int, *, out: Tensor) -> Tensor:
    window = helper_kaiser(window_length, True, 12., ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def kaiser_window__periodic(window_length: int, periodic: bool, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_kaiser(window_length, periodic, 12., helper_window_dtype(dtype))

def kaiser_window__periodic_out(window_length: int, periodic: bool, *, out: Tensor) -> Tensor:
    window = helper_kaiser(window_length, periodic, 12., ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def kaiser_window__beta(window_length: int, periodic: bool, beta: float, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_kaiser(window_length, periodic, beta, helper_window_dtype(dtype))

def kaiser_window__beta_out(window_length: int, periodic: bool, beta: float, *, out: Tensor) -> Tensor:
    window = helper_kaiser(window_length, periodic, beta, ops.prim.dtype(out))
    return torch.copy_(torch.resize_(out, torch.size(window)), window)

def empty_permuted(size: List[int], physical_layout: List[int], *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    if len(size) != len(physical_layout):
        raise RuntimeError("Number of dimensions in size does not match the length of the physical_layout")
    strides = [0 for _ in size]
    step = 1
    for i in range(len(size)):
        dim = physical_layout[len(size) - 1 - i]
        strides[dim] = step
        step = step * max(size[dim], 1)
    return torch.empty_strided(size, strides, dtype=dtype, layout=layout, device=device, pin_memory=pin_memory)
