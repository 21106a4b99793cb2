"""Forks of one request run on several threads, unless they could see what the others write."""
import pathlib
import tempfile
import unittest
from typing import List

import torch
from torch import Tensor, nn

from tests.e2e.base import DaemonTest
from tests.e2e.client import outputs_of
from tests.e2e.daemon import Repository

FORKS, STEPS = 8, 400


class Forking(nn.Module):
    forks: torch.jit.Final[int]
    steps: torch.jit.Final[int]

    def __init__(self) -> None:
        super().__init__()
        self.forks, self.steps = FORKS, STEPS


class Alone(Forking):
    def work(self, x: Tensor, index: int) -> Tensor:
        parts: List[Tensor] = []
        for step in range(self.steps):
            parts.append(x[step % 4] * index)
        return torch.stack(parts).sum()

    def forward(self, x: Tensor) -> Tensor:
        futures: List[torch.jit.Future[Tensor]] = []
        for index in range(self.forks):
            futures.append(torch.jit.fork(self.work, x, index))
        return torch.stack([torch.jit.wait(future) for future in futures])


class SharedList(Forking):
    """Each fork appends to one list of the module."""
    items: List[int]

    def __init__(self) -> None:
        super().__init__()
        self.items = []

    def work(self, index: int) -> int:
        for step in range(self.steps):
            self.items.append(index * self.steps + step)
        return index

    def forward(self, x: Tensor) -> Tensor:
        self.items.clear()
        futures: List[torch.jit.Future[int]] = []
        for index in range(self.forks):
            futures.append(torch.jit.fork(self.work, index))
        for future in futures:
            torch.jit.wait(future)
        return torch.tensor(sorted(self.items))


class SharedAttribute(Forking):
    """The parent replaces what its fork reads."""
    word: str

    def __init__(self) -> None:
        super().__init__()
        self.word = ""

    def work(self) -> int:
        total = 0
        for _ in range(self.steps):
            total += len(self.word)
        return total

    def forward(self, x: Tensor) -> Tensor:
        future = torch.jit.fork(self.work)
        for _ in range(self.steps):
            self.word = "four" + str(self.steps)
        return torch.tensor(len(self.word) if torch.jit.wait(future) >= 0 else 0)


class SharedTensor(Forking):
    """The parent takes memory away from the tensor that its fork reads."""

    def work(self, x: Tensor) -> int:
        total = 0
        for _ in range(self.steps):
            total += x.numel()
        return total

    def forward(self, x: Tensor) -> Tensor:
        mine = x + 1
        future = torch.jit.fork(self.work, mine)
        for step in range(self.steps):
            mine.resize_(step % 5)
        torch.jit.wait(future)
        return torch.tensor(mine.numel())


class Forks(DaemonTest):
    options = ("--cpus", "4")

    @classmethod
    def fill(cls, repository: Repository) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.pt"
            for model in (Alone, SharedList, SharedAttribute, SharedTensor):
                torch.jit.script(model().eval()).save(str(path))
                repository.add(model.__name__, path)

    def ask(self, model: str, times: int = 20):
        x = torch.arange(8.0).view(4, 2)
        calls = [self.client.send_async(self.client.request(
            model, {self.client.input_names(model)[0]: x.numpy()})) for _ in range(times)]
        return x, [outputs_of(call.result())[0] for call in calls]

    def test_forks_that_write_nothing_shared(self):
        x, answers = self.ask("Alone")
        for answer in answers:
            self.assert_answer([answer], [Alone()(x)])

    def test_forks_that_write_a_list_of_their_module(self):
        for answer in self.ask("SharedList")[1]:
            self.assertEqual(answer.tolist(), list(range(FORKS * STEPS)))

    def test_a_parent_that_writes_what_its_fork_reads(self):
        self.assertEqual([int(answer) for answer in self.ask("SharedAttribute")[1]], [7] * 20)
        self.assertEqual([int(answer) for answer in self.ask("SharedTensor")[1]],
                         [(STEPS - 1) % 5] * 20)


if __name__ == "__main__":
    unittest.main()
