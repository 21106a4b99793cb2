# Tensors made from sizes, and out= forms that draw in the order of the memory they fill.

def polar(abs: Tensor, angle: Tensor) -> Tensor:
    return torch.complex(abs * torch.cos(angle), abs * torch.sin(angle))

def empty__out(size: List[int], *, memory_format: Optional[int]=None, out: Tensor) -> Tensor:
    return torch.resize_(out, size)

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

def normal__float_float_out(mean: float, std: float, size: List[int], *, generator: Optional[Generator]=None, out: Tensor) -> Tensor:
    return torch.normal_(torch.resize_(out, size), mean, std, generator=generator)

def normal__Tensor_float_out(mean: Tensor, std: float=1., *, generator: Optional[Generator]=None, out: Tensor) -> Tensor:
    size = torch.size(torch.broadcast_tensors([mean, out])[0])
    return torch.add_(torch.normal_(torch.resize_(out, size), 0., std, generator=generator), mean)

def normal__float_Tensor_out(mean: float, std: Tensor, *, generator: Optional[Generator]=None, out: Tensor) -> Tensor:
    helper_deviations(std)
    torch.normal_(torch.resize_(out, torch.size(std)), generator=generator)
    return torch.add_(torch.mul_(out, std), mean)

def normal__Tensor_Tensor_out(mean: Tensor, std: Tensor, *, generator: Optional[Generator]=None, out: Tensor) -> Tensor:
    helper_deviations(std)
    size = torch.size(torch.broadcast_tensors([mean, std])[0])
    torch.normal_(torch.resize_(out, size), generator=generator)
    return torch.add_(torch.mul_(out, std), mean)

def normal__out(self: Tensor, mean: float=0., std: float=1., *, generator: Optional[Generator]=None, out: Tensor) -> Tensor:
    values = torch.normal_functional(self, mean, std, generator=generator)
    return torch.copy_(torch.resize_(out, torch.size(values)), values)

def helper_deviations(std: Tensor) -> None:
    if torch.is_complex(std):
        raise RuntimeError("normal expects standard deviation to be non-complex")
    if torch.numel(std) > 0 and not bool(torch.ge(torch.min(std), 0)):
        raise RuntimeError("normal expects all elements of std >= 0.0")

def bernoulli__out(self: Tensor, *, generator: Optional[Generator]=None, out: Tensor) -> Tensor:
    return torch.bernoulli_(torch.resize_(out, torch.size(self)), self, generator=generator)

# Windows of signal processing. A periodic one is the symmetric one of one more point without it.
def helper_window_dtype(name: str, window_length: int, dtype: Optional[int]) -> int:
    kind = 6 if dtype is None else unchecked_cast(int, dtype)
    if kind not in [5, 6, 7, 9, 10, 15]:
        raise RuntimeError(name + " expects floating point dtypes")
    if window_length < 0:
        raise RuntimeError("{} requires non-negative window_length, got window_length={}".format(name, window_length))
    return kind

def helper_hamming(name: str, window_length: int, periodic: bool, alpha: float, beta: float, dtype: Optional[int]) -> Tensor:
    kind = helper_window_dtype(name, window_length, dtype)
    if window_length <= 1:
        return torch.ones([window_length], dtype=kind)
    span = window_length if periodic else window_length - 1
    points = torch.arange(window_length, dtype=kind)
    return torch.cos(points * (6.283185307179586 / float(span))) * -beta + alpha

def helper_blackman(window_length: int, periodic: bool, dtype: Optional[int]) -> Tensor:
    kind = helper_window_dtype("blackman_window", window_length, dtype)
    if window_length <= 1:
        return torch.ones([window_length], dtype=kind)
    span = window_length if periodic else window_length - 1
    points = torch.arange(window_length, dtype=kind) * (3.141592653589793 / float(span))
    return torch.cos(points * 4) * 0.08 - torch.cos(points * 2) * 0.5 + 0.42

def helper_bartlett(window_length: int, periodic: bool, dtype: Optional[int]) -> Tensor:
    kind = helper_window_dtype("bartlett_window", window_length, dtype)
    if window_length <= 1:
        return torch.ones([window_length], dtype=kind)
    span = window_length if periodic else window_length - 1
    window = torch.arange(window_length, dtype=kind) * (2. / float(span))
    rising = span // 2 + 1
    torch.add_(torch.mul_(torch.slice(window, 0, rising), -1), 2)
    return window

def helper_kaiser(window_length: int, periodic: bool, beta: float, dtype: Optional[int]) -> Tensor:
    kind = helper_window_dtype("kaiser_window", window_length, dtype)
    if window_length <= 1:
        return torch.ones([window_length], dtype=kind)
    x = torch.arange(window_length, dtype=kind) * (2. / float(window_length if periodic else window_length - 1)) - 1
    top = torch.i0(beta * torch.sqrt(torch.clamp_min(1 - x * x, 0)))
    return top / torch.i0(torch.scalar_tensor(beta, dtype=7))

def hann_window(window_length: int, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_hamming("hann_window", window_length, True, 0.5, 0.5, dtype)

def hann_window__periodic(window_length: int, periodic: bool, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_hamming("hann_window", window_length, periodic, 0.5, 0.5, dtype)

def hamming_window(window_length: int, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_hamming("hamming_window", window_length, True, 0.54, 0.46, dtype)

def hamming_window__periodic(window_length: int, periodic: bool, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_hamming("hamming_window", window_length, periodic, 0.54, 0.46, dtype)

def hamming_window__periodic_alpha(window_length: int, periodic: bool, alpha: float, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_hamming("hamming_window", window_length, periodic, alpha, 0.46, dtype)

def hamming_window__periodic_alpha_beta(window_length: int, periodic: bool, alpha: float, beta: float, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_hamming("hamming_window", window_length, periodic, alpha, beta, dtype)

def blackman_window(window_length: int, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_blackman(window_length, True, dtype)

def blackman_window__periodic(window_length: int, periodic: bool, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_blackman(window_length, periodic, dtype)

def bartlett_window(window_length: int, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_bartlett(window_length, True, dtype)

def bartlett_window__periodic(window_length: int, periodic: bool, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_bartlett(window_length, periodic, dtype)

def kaiser_window(window_length: int, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_kaiser(window_length, True, 12., dtype)

def kaiser_window__periodic(window_length: int, periodic: bool, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_kaiser(window_length, periodic, 12., dtype)

def kaiser_window__beta(window_length: int, periodic: bool, beta: float, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return helper_kaiser(window_length, periodic, beta, dtype)

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
