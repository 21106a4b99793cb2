# Random numbers in the shape of a tensor.

def exponential(self: Tensor, lambd: float=1., *, generator: Optional[Generator]=None) -> Tensor:
    return torch.exponential_(torch.empty_like(self), lambd, generator=generator)

def geometric(self: Tensor, p: float, *, generator: Optional[Generator]=None) -> Tensor:
    return torch.geometric_(torch.empty_like(self), p, generator=generator)

def cauchy(self: Tensor, median: float=0., sigma: float=1., *, generator: Optional[Generator]=None) -> Tensor:
    return torch.cauchy_(torch.empty_like(self), median, sigma, generator=generator)

def log_normal(self: Tensor, mean: float=1., std: float=2., *, generator: Optional[Generator]=None) -> Tensor:
    return torch.log_normal_(torch.empty_like(self), mean, std, generator=generator)

def random(self: Tensor, *, generator: Optional[Generator]=None) -> Tensor:
    return torch.random_(torch.empty_like(self), generator=generator)

def random__to(self: Tensor, to: int, *, generator: Optional[Generator]=None) -> Tensor:
    return torch.random_(torch.empty_like(self), 0, to, generator=generator)

def rand_like__generator(self: Tensor, *, generator: Optional[Generator], dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None, memory_format: Optional[int]=None) -> Tensor:
    return torch.uniform_(torch.empty_like(self, dtype=dtype), 0., 1., generator=generator)

def randn_like__generator(self: Tensor, *, generator: Optional[Generator], dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None, memory_format: Optional[int]=None) -> Tensor:
    return torch.normal_(torch.empty_like(self, dtype=dtype), 0., 1., generator=generator)

def randint_like__Tensor(self: Tensor, high: Tensor, *, dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None, memory_format: Optional[int]=None) -> Tensor:
    return torch.random_(torch.empty_like(self, dtype=dtype), 0, int(high))

def randint_like__generator(self: Tensor, high: int, *, generator: Optional[Generator], dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None, memory_format: Optional[int]=None) -> Tensor:
    return torch.random_(torch.empty_like(self, dtype=dtype), 0, high, generator=generator)

def randint_like__low_generator_dtype(self: Tensor, low: int, high: int, *, generator: Optional[Generator], dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None, memory_format: Optional[int]=None) -> Tensor:
    return torch.random_(torch.empty_like(self, dtype=dtype), low, high, generator=generator)

def randint_like__Tensor_generator(self: Tensor, high: Tensor, *, generator: Optional[Generator], dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None, memory_format: Optional[int]=None) -> Tensor:
    return torch.random_(torch.empty_like(self, dtype=dtype), 0, int(high), generator=generator)

def _no_grad_uniform_(tensor: Tensor, a: float, b: float, generator: Optional[Generator]=None) -> Tensor:
    return torch.uniform_(tensor, a, b, generator=generator)

def _no_grad_normal_(tensor: Tensor, mean: float, std: float, generator: Optional[Generator]=None) -> Tensor:
    return torch.normal_(tensor, mean, std, generator=generator)

def _no_grad_fill_(tensor: Tensor, val: float) -> Tensor:
    return torch.fill_(tensor, val)

def _no_grad_zero_(tensor: Tensor) -> Tensor:
    return torch.zero_(tensor)
