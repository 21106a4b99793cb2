"""What the end-to-end tests share."""
import unittest
from typing import Any, Callable, Sequence

import grpc
import torch

from tests.e2e.daemon import EXAMPLES, Daemon, Repository
from tests.zoo.compare import compare


class DaemonTest(unittest.TestCase):
    """One daemon per class, with the three examples unless `fill` says otherwise."""
    options: Sequence[str] = ()
    repository: Repository
    daemon: Daemon

    @classmethod
    def fill(cls, repository: Repository) -> None:
        for model in ("digits", "chargen", "textstats"):
            repository.add_example(model)

    @classmethod
    def setUpClass(cls) -> None:
        cls.repository = Repository()
        cls.addClassCleanup(cls.repository.remove)
        cls.fill(cls.repository)
        cls.daemon = Daemon(cls.repository, *cls.options)
        cls.addClassCleanup(cls.daemon.stop)
        cls.client = cls.daemon.client

    def assert_fails(self, code: grpc.StatusCode, act: Callable[[], Any], *parts: str) -> None:
        """The call fails with this code, and the message holds every part."""
        with self.assertRaises(grpc.RpcError) as caught:
            act()
        error = caught.exception
        self.assertEqual(error.code(), code, error.details())
        for part in parts:
            self.assertIn(part.lower(), error.details().lower())

    def assert_answer(self, got: Sequence[Any], want: Sequence[Any],
                      tolerance: float = 1e-4) -> None:
        """Outputs of a response against what the oracle gives."""
        plain = [value if isinstance(value, list) else torch.tensor(value) for value in got]
        self.assertIsNone(compare(plain, list(want), tolerance))


def example(model: str) -> Any:
    return torch.jit.load(str(EXAMPLES / "models" / model / "1" / "model.pt"))
