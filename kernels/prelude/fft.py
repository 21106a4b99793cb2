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

# The half spectrum of a signal that is real after the transform: all dims but the last one forward.
def helper_hermitian(name: str, x: Tensor, s: Optional[List[int]], dims: List[int]) -> Tuple[Tensor, int]:
    if len(dims) == 0:
        raise RuntimeError(name + " must transform at least one axis")
    last = dims[len(dims) - 1]
    length = 2 * (torch.size(x, last) - 1)
    shape: List[int] = []
    if s is not None:
        for n in s:
            shape.append(n)
        if len(s) != len(dims):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
        if s[len(s) - 1] != -1:
            length = s[len(s) - 1]
        shape[len(shape) - 1] = length // 2 + 1
        return helper_fft_resize_all(x, shape, dims), length
    return helper_fft_resize(x, last, length // 2 + 1), length

def fft_hfftn(self: Tensor, s: Optional[List[int]]=None, dim: Optional[List[int]]=None, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, True)
    dims = helper_fft_dims(x, s, dim)
    mode = helper_fft_norm(norm, True)
    half, length = helper_hermitian("hfftn", x, s, dims)
    if len(dims) > 1:
        half = torch._fft_c2c(half, dims[:-1], mode, True)
    return torch._fft_c2r(torch.resolve_conj(torch.conj(half)), dims[-1:], mode, length)

def fft_ihfftn(self: Tensor, s: Optional[List[int]]=None, dim: Optional[List[int]]=None, norm: Optional[str]=None) -> Tensor:
    x = helper_fft_float(self, False)
    if torch.is_complex(x):
        raise RuntimeError("ihfftn expects a real-valued input tensor, but got a complex one")
    dims = helper_fft_dims(x, s, dim)
    if len(dims) == 0:
        raise RuntimeError("ihfftn must transform at least one axis")
    mode = helper_fft_norm(norm, False)
    half = torch._fft_r2c(helper_fft_resize_all(x, s, dims), dims[-1:], mode, True)
    half = torch.resolve_conj(torch.conj(half))
    if len(dims) == 1:
        return half
    return torch._fft_c2c(half, dims[:-1], mode, False)

def fft_hfft2(self: Tensor, s: Optional[List[int]]=None, dim: List[int]=[-2, -1], norm: Optional[str]=None) -> Tensor:
    return torch.fft_hfftn(self, s, dim, norm)

def fft_ihfft2(self: Tensor, s: Optional[List[int]]=None, dim: List[int]=[-2, -1], norm: Optional[str]=None) -> Tensor:
    return torch.fft_ihfftn(self, s, dim, norm)

def helper_frequency_dtype(name: str, dtype: Optional[int]) -> int:
    kind = 6 if dtype is None else unchecked_cast(int, dtype)
    if kind not in [5, 6, 7, 9, 10, 15]:
        raise RuntimeError(name + " requires a floating point or complex dtype")
    return kind

def fft_fftfreq(n: int, d: float=1., *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    kind = helper_frequency_dtype("fftfreq", dtype)
    low = torch.arange((n + 1) // 2, dtype=kind)
    high = torch.arange(-(n // 2), 0, dtype=kind)
    return torch.cat([low, high]) / (float(n) * d)

def fft_rfftfreq(n: int, d: float=1., *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:
    return torch.arange(n // 2 + 1, dtype=helper_frequency_dtype("rfftfreq", dtype)) / (float(n) * d)

# A window of n_fft points: the given one, or ones, in the middle of zeros.
def helper_window(window: Optional[Tensor], dtype: int, n_fft: int, win_length: int) -> Tensor:
    w = torch.ones([win_length], dtype=dtype)
    if window is not None:
        if torch.dim(window) != 1 or torch.size(window, 0) != win_length:
            raise RuntimeError("expected a 1D window tensor of size equal to win_length={}, but got window with size {}".format(win_length, torch.size(window)))
        w = window
    if win_length < n_fft:
        left = (n_fft - win_length) // 2
        w = torch.constant_pad_nd(w, [left, n_fft - win_length - left])
    return w

def helper_check_frames(name: str, n_fft: int, hop: int, win: int) -> None:
    if hop <= 0:
        raise RuntimeError("{}: expected hop_length > 0, but got hop_length={}".format(name, hop))
    if win <= 0 or win > n_fft:
        raise RuntimeError("{}: expected 0 < win_length <= n_fft, but got win_length={}".format(name, win))

def helper_stft(self: Tensor, n_fft: int, hop: int, win: int, window: Optional[Tensor], normalized: bool, onesided: Optional[bool], return_complex: Optional[bool]) -> Tensor:
    x = torch.unsqueeze(self, 0) if torch.dim(self) == 1 else self
    length = torch.size(x, 1)
    if n_fft <= 0 or n_fft > length:
        raise RuntimeError("stft: expected 0 < n_fft < {}, but got n_fft={}".format(length, n_fft))
    helper_check_frames("stft", n_fft, hop, win)
    frames = torch.unfold(x, 1, n_fft, hop)
    if window is not None or win < n_fft:
        frames = frames * helper_window(window, ops.prim.dtype(torch.abs(x)), n_fft, win)
    half = not torch.is_complex(frames)
    if onesided is not None:
        half = onesided
    mode = 1 if normalized else 0
    if torch.is_complex(frames):
        if half:
            raise RuntimeError("Cannot have onesided output if window or input is complex")
        out = torch._fft_c2c(frames, [2], mode, True)
    else:
        out = torch._fft_r2c(frames, [2], mode, half)
    out = torch.transpose(out, 1, 2)
    if torch.dim(self) == 1:
        out = torch.squeeze(out, 0)
    as_complex = torch.is_complex(frames)
    if return_complex is not None:
        as_complex = return_complex
    if as_complex:
        return out
    return torch.view_as_real(out)

def stft__center(self: Tensor, n_fft: int, hop_length: Optional[int]=None, win_length: Optional[int]=None, window: Optional[Tensor]=None, center: bool=True, pad_mode: str="reflect", normalized: bool=False, onesided: Optional[bool]=None, return_complex: Optional[bool]=None, align_to_window: Optional[bool]=None) -> Tensor:
    if align_to_window is not None:
        raise RuntimeError("stft: align_to_window is not implemented")
    if not torch.is_floating_point(self) and not torch.is_complex(self):
        raise RuntimeError("stft: expected a tensor of floating point or complex values")
    if torch.dim(self) != 1 and torch.dim(self) != 2:
        raise RuntimeError("stft: expected a 1D or 2D tensor")
    hop = n_fft // 4 if hop_length is None else unchecked_cast(int, hop_length)
    win = n_fft if win_length is None else unchecked_cast(int, win_length)
    x = self
    if center:
        shape = [1, 1, torch.size(self, -1)] if torch.dim(self) == 1 else [1, torch.size(self, 0), torch.size(self, 1)]
        x = torch.pad(torch.view(self, shape), [n_fft // 2, n_fft // 2], pad_mode)
        x = torch.view(x, torch.size(self)[:-1] + [torch.size(x, 2)])
    return helper_stft(x, n_fft, hop, win, window, normalized, onesided, return_complex)

def stft(self: Tensor, n_fft: int, hop_length: Optional[int]=None, win_length: Optional[int]=None, window: Optional[Tensor]=None, normalized: bool=False, onesided: Optional[bool]=None, return_complex: Optional[bool]=None, align_to_window: Optional[bool]=None) -> Tensor:
    if align_to_window is not None:
        raise RuntimeError("stft: align_to_window is not implemented")
    return torch.stft(self, n_fft, hop_length, win_length, window, False, "reflect", normalized, onesided, return_complex)

# Frames [batch, count, n_fft] added where they overlap: [batch, length].
def helper_overlap_add(frames: Tensor, hop: int, length: int) -> Tensor:
    count = torch.size(frames, 1)
    points = torch.size(frames, 2)
    place = torch.unsqueeze(torch.arange(count), 1) * hop + torch.arange(points)
    sums = torch.new_zeros(frames, [torch.size(frames, 0), length])
    return torch.index_add(sums, 1, torch.reshape(place, [-1]), torch.reshape(frames, [torch.size(frames, 0), -1]))

def istft(self: Tensor, n_fft: int, hop_length: Optional[int]=None, win_length: Optional[int]=None, window: Optional[Tensor]=None, center: bool=True, normalized: bool=False, onesided: Optional[bool]=None, length: Optional[int]=None, return_complex: bool=False) -> Tensor:
    hop = n_fft // 4 if hop_length is None else unchecked_cast(int, hop_length)
    win = n_fft if win_length is None else unchecked_cast(int, win_length)
    x = self if torch.is_complex(self) else torch.view_as_complex(torch.contiguous(self))
    if torch.numel(x) == 0:
        raise RuntimeError("istft: input tensor cannot be empty.")
    if torch.dim(x) != 2 and torch.dim(x) != 3:
        raise RuntimeError("istft: expected a tensor with 3 or 4 dimensions, but got {}".format(torch.dim(x) + 1))
    if torch.dim(x) == 2:
        x = torch.unsqueeze(x, 0)
    bins = torch.size(x, 1)
    count = torch.size(x, 2)
    half = bins != n_fft
    if onesided is not None:
        half = onesided
    if half and n_fft // 2 + 1 != bins:
        raise RuntimeError("istft: expected the frequency dimension (3rd to the last) of the input tensor to match n_fft / 2 + 1 when onesided=True, but got {}".format(bins))
    if not half and n_fft != bins:
        raise RuntimeError("istft: expected the frequency dimension (3rd to the last) of the input tensor to match n_fft when onesided=False, but got {}".format(bins))
    if hop <= 0 or hop > win:
        raise RuntimeError("istft: expected 0 < hop_length <= win_length")
    helper_check_frames("istft", n_fft, hop, win)
    if return_complex and half:
        raise RuntimeError("cannot have onesided output if window or input is complex")
    weights = helper_window(window, ops.prim.dtype(torch.abs(x)), n_fft, win)
    x = torch.transpose(x, 1, 2)
    mode = 1 if normalized else 2
    if return_complex:
        frames = torch._fft_c2c(x, [2], mode, False)
    else:
        if torch.is_complex(weights):
            raise RuntimeError("Complex windows are incompatible with return_complex=False")
        frames = torch._fft_c2r(torch.narrow(x, 2, 0, n_fft // 2 + 1), [2], mode, n_fft)
    total = n_fft + hop * (count - 1)
    signal = helper_overlap_add(frames * weights, hop, total)
    envelope = helper_overlap_add(torch.expand(weights * weights, [1, count, n_fft]), hop, total)
    start = n_fft // 2 if center else 0
    end = total - n_fft // 2 if center else total
    if length is not None:
        end = start + length
    signal = torch.slice(signal, 1, start, end)
    envelope = torch.slice(envelope, 1, start, end)
    if not bool(torch.min(torch.abs(envelope)) > 1e-11):
        raise RuntimeError("istft: window overlap add min: {}".format(float(torch.min(torch.abs(envelope)))))
    signal = signal / envelope
    if end > total:
        signal = torch.constant_pad_nd(signal, [0, end - total])
    if torch.dim(self) - (0 if torch.is_complex(self) else 1) == 2:
        return torch.squeeze(signal, 0)
    return signal
