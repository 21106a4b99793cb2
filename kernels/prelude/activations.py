# Activations that need more than one point-wise expression.

def prelu(self: Tensor, weight: Tensor) -> Tensor:
    w = weight
    if torch.numel(weight) != 1:
        if torch.dim(self) == 0:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = torch.size(self, 1) if torch.dim(self) > 1 else 1
        if channels != torch.numel(weight):
            raise RuntimeError("Mismatch of parameter numbers and input channel size. Found parameter numbers = {} and channel size = {}.".format(torch.numel(weight), channels))
        shape = [1] * torch.dim(self)
        shape[1] = channels
        w = torch.reshape(weight, shape)
    else:
        w = torch.reshape(weight, [1] * torch.dim(self))
    if ops.prim.dtype(self) != 6 or ops.prim.dtype(weight) != 6:
        helper_check_slopes(self, weight)
    x = self if torch.is_contiguous(self) else helper_in_format(self)
    return torch.where(x > 0, x, w * x)

def helper_check_slopes(self: Tensor, weight: Tensor) -> None:
    if ops.prim.dtype(weight) != ops.prim.dtype(self):
        raise RuntimeError("Found dtype " + helper_dtype_name(weight) + " but expected " + helper_dtype_name(self))
    if not torch.is_floating_point(self):
        raise RuntimeError("\"prelu_cpu\" not implemented for '" + helper_dtype_name(self) + "'")

# Contiguous, unless its dims have the order of channels-last images or volumes.
def helper_in_format(self: Tensor) -> Tensor:
    rank = torch.dim(self)
    strides = torch.stride(self)
    if rank < 4 or rank > 5 or strides[1] == 0:
        return torch.contiguous(self)
    least = strides[1]
    for d in [1, 3, 2, 0] if rank == 4 else [1, 4, 3, 2, 0]:
        if strides[d] < least:
            return torch.contiguous(self)
        least = strides[d] * torch.size(self, d) if torch.size(self, d) > 1 else strides[d]
    return self

def glu(self: Tensor, dim: int=-1) -> Tensor:
    if torch.dim(self) == 0:
        raise RuntimeError("glu does not support 0-dimensional tensors")
    if torch.size(self, dim) % 2 != 0:
        raise RuntimeError("Halving dimension must be even, but dimension {} is size {}".format(dim if dim >= 0 else dim + torch.dim(self), torch.size(self, dim)))
    if not torch.is_floating_point(self):
        raise RuntimeError("\"glu_cpu\" not implemented for '" + helper_dtype_name(self) + "'")
    half = torch.size(self, dim) // 2
    return torch.narrow(self, dim, 0, half) * torch.sigmoid(torch.narrow(self, dim, half, half))

def celu(self: Tensor, alpha: number=1.) -> Tensor:
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return ops.temper.celu(self, alpha)

def softshrink(self: Tensor, lambd: number=0.5) -> Tensor:
    if lambd < 0:
        raise RuntimeError("lambda must be greater or equal to 0, but found to be {}.".format(lambd))
    return ops.temper.softshrink(self, lambd)

def rrelu(self: Tensor, lower: number=0.125, upper: number=0.33333333333333331, training: bool=False, generator: Optional[Generator]=None) -> Tensor:
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    return torch.rrelu_with_noise(self, torch.empty_like(self), lower, upper, training, generator)

def log_sigmoid_forward(self: Tensor) -> Tuple[Tensor, Tensor]:
    return torch.log_sigmoid(self), torch.zeros([0])

def isclose(self: Tensor, other: Tensor, rtol: float=1e-05, atol: float=1e-08, equal_nan: bool=False) -> Tensor:
    if rtol < 0.:
        raise RuntimeError("rtol must be greater than or equal to zero, but got {}".format(rtol))
    if atol < 0.:
        raise RuntimeError("atol must be greater than or equal to zero, but got {}".format(atol))
    close = self == other
    if equal_nan and (torch.is_floating_point(self) or torch.is_complex(self)):
        close = torch.logical_or(close, torch.logical_and(self != self, other != other))
    if rtol == 0. and atol == 0.:
        return close
    given = self
    wanted = other
    if not torch.is_floating_point(self) and not torch.is_complex(self):
        wanted = torch.to(other, 6)
    if ops.prim.dtype(self) == 11:
        given = torch.to(self, 6)
    allowed = atol + torch.abs(rtol * wanted)
    error = torch.abs(given - wanted)
    return torch.logical_or(close, torch.logical_and(torch.isfinite(error), error <= allowed))

def allclose(self: Tensor, other: Tensor, rtol: float=1e-05, atol: float=1e-08, equal_nan: bool=False) -> bool:
    return bool(torch.all(torch.isclose(self, other, rtol, atol, equal_nan)))

def float_power__Tensor_Tensor(self: Tensor, exponent: Tensor) -> Tensor:
    dtype = 10 if torch.is_complex(self) or torch.is_complex(exponent) else 7
    return torch.pow(torch.to(self, dtype), torch.to(exponent, dtype))

def float_power__Tensor_Scalar(self: Tensor, exponent: number) -> Tensor:
    dtype = 10 if torch.is_complex(self) else 7
    return torch.pow(torch.to(self, dtype), exponent)

def float_power__Scalar(self: number, exponent: Tensor) -> Tensor:
    dtype = 10 if torch.is_complex(exponent) else 7
    return torch.pow(self, torch.to(exponent, dtype))

def mvlgamma(self: Tensor, p: int) -> Tensor:
    steps = torch.arange(-p / 2. + 0.5, 0.5, 0.5, dtype=ops.prim.dtype(self) if torch.is_floating_point(self) else 6)
    return torch.sum(torch.lgamma(torch.unsqueeze(self, -1) + steps), [-1]) + float(p * (p - 1)) * 1.1447298858494002 / 4.

def isreal(self: Tensor) -> Tensor:
    if torch.is_complex(self):
        return torch.imag(self) == 0
    return torch.ones_like(self, dtype=11)

def polygamma_(self: Tensor, n: int) -> Tensor:
    return torch.copy_(self, torch.polygamma(n, self))

def _prelu_kernel(self: Tensor, weight: Tensor) -> Tensor:
    return torch.where(self > 0, self, weight * self)

def _add_relu__Tensor(self: Tensor, other: Tensor, *, alpha: number=1) -> Tensor:
    return torch.relu(torch.add(self, other, alpha=alpha))

def _add_relu__Scalar(self: Tensor, other: number, alpha: number=1) -> Tensor:
    return torch.relu(torch.add(self, other, alpha))

def _addmm_activation(self: Tensor, mat1: Tensor, mat2: Tensor, *, beta: number=1, alpha: number=1, use_gelu: bool=False) -> Tensor:
    out = torch.addmm(self, mat1, mat2, beta=beta, alpha=alpha)
    if use_gelu:
        return torch.gelu(out)
    return torch.relu(out)
