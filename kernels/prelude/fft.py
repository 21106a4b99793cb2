# torch.fft and short-time transforms over the three primitive transforms.

def helper_fft_norm(norm: Optional[str], forward: bool) -> int:
    mode = "backward" if norm is None else norm
    if mode == "ortho":
        return 1
    if mode != "backward" and mode != "forward":
        raise RuntimeError("Invalid normalization mode: \"" + mode + "\"")
    return 2 if (mode == "forward") == forward else 0

def helper_fft_float(x: Tensor, complex: bool) -> Tensor:
    y = x
    if not torch.is_floating_point(x) and not torch.is_complex(x):
        y = torch.to(x, 6)
    if complex and not torch.is_complex(y):
        y = torch.complex(y, torch.zeros_like(y))
    return y

# Trims or zero-pads one dim.
def helper_fft_resize(x: Tensor, dim: int, n: int) -> Tensor:
    if n < 1:
        raise RuntimeError("Invalid number of data points ({}) specified".format(n))
    size = torch.size(x, dim)
    if n == size:
        return x
    if n < size:
        return torch.slice(x, dim, 0, n)
    shape = list(torch.size(x))
    shape[dim] = n - size
    return torch.cat([x, torch.new_zeros(x, shape)], dim)

def helper_fft_dims(x: Tensor, s: Optional[List[int]], dim: Optional[List[int]]) -> List[int]:
    dims: List[int] = []
    if dim is not None:
        for d in dim:
            dims.append(d)
    else:
        count = torch.dim(x)
        if s is not None:
            count = len(s)
            if count > torch.dim(x):
                raise RuntimeError("Got shape with " + str(count) + " values but input tensor only has " + str(torch.dim(x)) + " dimensions.")
        for i in range(count):
            dims.append(torch.dim(x) - count + i)
    for i in range(len(dims)):
        if dims[i] < 0:
            dims[i] = dims[i] + torch.dim(x)
    return dims

def helper_fft_resize_all(x: Tensor, s: Optional[List[int]], dims: List[int]) -> Tensor:
    y = x
    if s is not None:
        if len(s) != len(dims):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
        for i in range(len(dims)):
            if s[i] != -1:
                y = helper_fft_resize(y, dims[i], s[i])
    return y

def fft_fft(self: Tensor, n: Optional[int]=None, dim: int=-1, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, True)
    if n is not None:
        x = helper_fft_resize(x, dim, n)
    return torch._fft_c2c(x, [dim], helper_fft_norm(norm, True), True)

def fft_ifft(self: Tensor, n: Optional[int]=None, dim: int=-1, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, True)
    if n is not None:
        x = helper_fft_resize(x, dim, n)
    return torch._fft_c2c(x, [dim], helper_fft_norm(norm, False), False)

def fft_rfft(self: Tensor, n: Optional[int]=None, dim: int=-1, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, False)
    if torch.is_complex(x):
        raise RuntimeError("rfft expects a real input tensor, but got a complex one")
    if n is not None:
        x = helper_fft_resize(x, dim, n)
    return torch._fft_r2c(x, [dim], helper_fft_norm(norm, True), True)

def fft_irfft(self: Tensor, n: Optional[int]=None, dim: int=-1, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, True)
    length = 2 * (torch.size(x, dim) - 1)
    if n is not None:
        length = n
    x = helper_fft_resize(x, dim, length // 2 + 1)
    return torch._fft_c2r(x, [dim], helper_fft_norm(norm, False), length)

def fft_hfft(self: Tensor, n: Optional[int]=None, dim: int=-1, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, True)
    length = 2 * (torch.size(x, dim) - 1)
    if n is not None:
        length = n
    x = torch.resolve_conj(torch.conj(helper_fft_resize(x, dim, length // 2 + 1)))
    return torch._fft_c2r(x, [dim], helper_fft_norm(norm, True), length)

def fft_ihfft(self: Tensor, n: Optional[int]=None, dim: int=-1, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, False)
    if n is not None:
        x = helper_fft_resize(x, dim, n)
    return torch.resolve_conj(torch.conj(torch._fft_r2c(x, [dim], helper_fft_norm(norm, False), True)))

def fft_fftn(self: Tensor, s: Optional[List[int]]=None, dim: Optional[List[int]]=None, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, True)
    dims = helper_fft_dims(x, s, dim)
    return torch._fft_c2c(helper_fft_resize_all(x, s, dims), dims, helper_fft_norm(norm, True), True)

def fft_ifftn(self: Tensor, s: Optional[List[int]]=None, dim: Optional[List[int]]=None, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, True)
    dims = helper_fft_dims(x, s, dim)
    return torch._fft_c2c(helper_fft_resize_all(x, s, dims), dims, helper_fft_norm(norm, False), False)

def fft_rfftn(self: Tensor, s: Optional[List[int]]=None, dim: Optional[List[int]]=None, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, False)
    dims = helper_fft_dims(x, s, dim)
    if len(dims) == 0:
        raise RuntimeError("rfftn must transform at least one axis")
    return torch._fft_r2c(helper_fft_resize_all(x, s, dims), dims, helper_fft_norm(norm, True), True)

def fft_irfftn(self: Tensor, s: Optional[List[int]]=None, dim: Optional[List[int]]=None, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, True)
    dims = helper_fft_dims(x, s, dim)
    if len(dims) == 0:
        raise RuntimeError("irfftn must transform at least one axis")
    last = dims[len(dims) - 1]
    length = 2 * (torch.size(x, last) - 1)
    if s is not None:
        if s[len(s) - 1] != -1:
            length = s[len(s) - 1]
        shape: List[int] = []
        for n in s:
            shape.append(n)
        shape[len(shape) - 1] = length // 2 + 1
        x = helper_fft_resize_all(x, shape, dims)
    else:
        x = helper_fft_resize(x, last, length // 2 + 1)
    return torch._fft_c2r(x, dims, helper_fft_norm(norm, False), length)

def fft_fft2(self: Tensor, s: Optional[List[int]]=None, dim: List[int]=[-2, -1], norm: Optional[str]=None) -> Tensor:
    return torch.fft_fftn(self, s, dim, norm)

def fft_ifft2(self: Tensor, s: Optional[List[int]]=None, dim: List[int]=[-2, -1], norm: Optional[str]=None) -> Tensor:
    return torch.fft_ifftn(self, s, dim, norm)

def fft_rfft2(self: Tensor, s: Optional[List[int]]=None, dim: List[int]=[-2, -1], norm: Optional[str]=None) -> Tensor:
    return torch.fft_rfftn(self, s, dim, norm)

def fft_irfft2(self: Tensor, s: Optional[List[int]]=None, dim: List[int]=[-2, -1], norm: Optional[str]=None) -> Tensor:
    return torch.fft_irfftn(self, s, dim, norm)

def fft_fftshift(self: Tensor, dim: Optional[List[int]]=None) -> Tensor:
    dims = helper_fft_dims(self, None, dim)
    shifts: List[int] = []
    for d in dims:
        shifts.append(torch.size(self, d) // 2)
    return torch.roll(self, shifts, dims)

def fft_ifftshift(self: Tensor, dim: Optional[List[int]]=None) -> Tensor:
    dims = helper_fft_dims(self, None, dim)
    shifts: List[int] = []
    for d in dims:
        shifts.append((torch.size(self, d) + 1) // 2)
    return torch.roll(self, shifts, dims)

def helper_window(window: Optional[Tensor], like: Tensor, n_fft: int, win_length: int) -> Tensor:
    w = torch.ones([win_length], dtype=ops.prim.dtype(like) if not torch.is_complex(like) else 6)
    if window is not None:
        w = window
    if win_length < n_fft:
        left = (n_fft - win_length) // 2
        w = torch.constant_pad_nd(w, [left, n_fft - win_length - left])
    return w
