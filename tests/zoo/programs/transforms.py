"""Fourier transforms of lengths with large prime factors, which need a way of their own."""
from typing import Tuple

import torch
from torch import Tensor

from tests.zoo.case import Call
from tests.zoo.programs.define import program

LENGTHS = (97, 101, 202, 509, 1009, 7 * 103, 4099, 44101)


def loss(found: Tensor, exact: Tensor) -> float:
    return float((found - exact).abs().max() / exact.abs().max())


@program(*[(torch.randn(n),) for n in LENGTHS], (torch.randn(3, 1009, 2).transpose(0, 2),))
def transforms_in_float_keep_their_digits(x: Tensor) -> Tuple[bool, bool, bool]:
    exact = x.double()
    there = torch.fft.fft(x)
    half = torch.fft.rfft(x)
    return (loss(there, torch.fft.fft(exact)) < 6e-7, loss(torch.fft.ifft(there), exact + 0j) < 6e-7,
            loss(torch.fft.irfft(half, n=x.size(-1)), exact) < 6e-7)


@program(*[Call((torch.randn(n).double(),), tolerance=1e-12) for n in LENGTHS],
         Call((torch.randn(2, 103, 101).double(),), tolerance=1e-12))
def transforms_in_double(x: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    return (torch.fft.fft(x), torch.fft.ifft(x), torch.fft.rfft(x),
            torch.fft.irfft(torch.fft.rfft(x), n=x.size(-1)))
