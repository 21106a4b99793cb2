"""Linear algebra over NaN and infinity: what answers, what raises, and with which words."""
from typing import Any, List

import torch
from torch import Tensor

from tests.zoo.programs.agreed import agreed


def matrices_without_numbers() -> List[Any]:
    """Symmetric matrices but for one element, NaN or infinite, in either triangle and on the diagonal."""
    found = []
    for bad in (float("nan"), float("inf")):
        for row, column in ((0, 0), (2, 0), (0, 2), (1, 1)):
            matrix = torch.tensor([[4.0, 1, 2], [1, 5, 3], [2, 3, 6]])
            matrix[row, column] = bad
            found.append((matrix,))
    return found + [(torch.full((4, 4), float("nan")),), (torch.full((1, 1), float("nan")),)]


@agreed(*matrices_without_numbers()[:4], matrices_without_numbers()[8])
def equations_without_numbers(x: Tensor) -> List[Tensor]:
    b = torch.arange(float(x.size(0)) * 2).view(x.size(0), 2)
    return [torch.linalg.solve(x, b), torch.linalg.inv(x), torch.linalg.lu_factor(x)[0], torch.linalg.qr(x)[1]]


@agreed(*matrices_without_numbers())
def factors_without_numbers(x: Tensor) -> List[Tensor]:
    p, l, u = torch.linalg.lu(x)
    q, r = torch.linalg.qr(x)
    return [p, l, u, q, r, torch.geqrf(x)[0], torch.linalg.cholesky_ex(x)[0]]


@agreed(*matrices_without_numbers())
def squares_without_numbers(x: Tensor) -> Tensor:
    return torch.linalg.eigvalsh(x)


@agreed(*matrices_without_numbers())
def directions_without_numbers(x: Tensor) -> Tensor:
    return torch.linalg.eigh(x, "U")[0]


@agreed(*matrices_without_numbers())
def roots_without_numbers(x: Tensor) -> Tensor:
    return torch.linalg.cholesky(x)


@agreed(*matrices_without_numbers()[:4], *matrices_without_numbers()[8:])
def signs_of_determinants_without_numbers(x: Tensor) -> Tensor:
    return torch.linalg.slogdet(x)[1]


@agreed(*matrices_without_numbers()[:4])
def lengths_without_numbers(x: Tensor) -> Tensor:
    return torch.linalg.matrix_rank(x)
