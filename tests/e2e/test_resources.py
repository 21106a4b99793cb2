"""What all models of a server share: threads, packed weights, the mode of arithmetic."""
import os
import pathlib
import re
import shutil
import tempfile
import threading
import time
import unittest

import numpy
import torch

from tests.e2e.base import DaemonTest
from tests.e2e.daemon import Daemon, Repository

MB = 1 << 20
WIDTH = 512
WEIGHT = WIDTH * WIDTH * 4


class Images(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 16, 3, padding=1)
        self.second = torch.nn.Conv2d(16, 32, 3, stride=2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(torch.relu(self.first(x))).mean([2, 3])


class Tiny(torch.nn.Module):
    """A result that is too small for a normal number, by a loop and by a product."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        product = torch.matmul(x.repeat(64, 64), x.repeat(64, 64))
        return torch.stack([(x * x)[0], product[0, 0]])


def linear(seed: int) -> torch.nn.Module:
    torch.manual_seed(seed)
    return torch.nn.Linear(WIDTH, WIDTH, bias=False).eval()


class Archives:
    """A folder of saved modules."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="temper-e2e-"))

    def add(self, repository: Repository, name: str, module: torch.nn.Module, **options) -> None:
        archive = self.path / f"{name}.pt"
        torch.jit.script(module).save(str(archive))
        repository.add(name, archive, **options)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def metric(daemon: Daemon, name: str, **labels: str) -> float:
    body = daemon.get("/metrics")[1].decode()
    for line in body.splitlines():
        if re.match(rf"{name}[{{ ]", line) and \
                all(f'{key}="{value}"' in line for key, value in labels.items()):
            return float(line.rsplit(" ", 1)[1])
    raise AssertionError(f"no {name} {labels} in\n{body}")


def packed(daemon: Daemon, kind: str = "weights", what: str = "bytes") -> float:
    return metric(daemon, f"temper_packed_{what}", kind=kind)


class ResourceTest(DaemonTest):
    @classmethod
    def fill(cls, repository):
        cls.archives = Archives()
        cls.addClassCleanup(cls.archives.remove)
        cls.save(repository, cls.archives)


class SharedWeights(ResourceTest):
    options = ("--model-control-mode", "explicit", "--load-model", "*")

    @classmethod
    def save(cls, repository, archives):
        for name, seed in (("one", 1), ("same", 1), ("other", 2)):
            archives.add(repository, name, linear(seed))

    def test_models_with_equal_weights_share_a_copy_until_the_last_goes(self):
        x = torch.randn(20, WIDTH)
        expected = {name: linear(seed)(x).detach() for name, seed in
                    (("one", 1), ("same", 1), ("other", 2))}

        def ask(name):
            self.assert_answer(self.client.infer(name, [x.numpy()]), [expected[name]])

        ask("one")
        self.assertEqual(packed(self.daemon), WEIGHT)
        ask("same")
        self.assertEqual(packed(self.daemon), WEIGHT)
        for name in ("one", "same"):
            used = metric(self.daemon, "temper_model_used_bytes", model=name)
            self.assertGreaterEqual(used, 2 * WEIGHT)
        ask("other")
        self.assertEqual(packed(self.daemon), 2 * WEIGHT)
        self.assertEqual(packed(self.daemon, what="entries"), 2)
        self.client.call("RepositoryModelUnload", model_name="one")
        ask("same")
        self.assertEqual(packed(self.daemon), 2 * WEIGHT)
        self.client.call("RepositoryModelUnload", model_name="same")
        self.assertEqual(packed(self.daemon), WEIGHT)
        self.client.call("RepositoryModelLoad", model_name="one")
        ask("one")
        self.assertEqual(packed(self.daemon), 2 * WEIGHT)
        self.assertEqual(packed(self.daemon, what="evictions_total"), 0)


class Limit(ResourceTest):
    options = ("--packed-limit", "3mb")

    @classmethod
    def save(cls, repository, archives):
        for seed in range(4):
            archives.add(repository, f"model{seed}", linear(seed))

    def test_what_was_not_used_for_the_longest_time_goes(self):
        x = torch.randn(20, WIDTH)
        for seed in (0, 1, 2, 3, 2, 0):
            got = self.client.infer(f"model{seed}", [x.numpy()])
            self.assert_answer(got, [linear(seed)(x).detach()])
            self.assertLessEqual(packed(self.daemon), 2.25 * MB)
        self.assertEqual(packed(self.daemon, what="evictions_total"), 3)


class EverNewShapes(ResourceTest):
    options = ("--packed-limit", "64mb", "--cpus", "2")

    @classmethod
    def save(cls, repository, archives):
        torch.manual_seed(1)
        archives.add(repository, "images", Images().eval())
        archives.add(repository, "linear", linear(1))

    def test_memory_stays_bounded(self):
        random = numpy.random.default_rng(7)
        resident = []
        for i in range(500):
            height, width = random.integers(8, 120, 2)
            self.client.infer("images", [random.random((1 + i % 3, 3, height, width),
                                                       dtype=numpy.float32)])
            self.client.infer("linear", [random.random((5 + i, WIDTH), dtype=numpy.float32)])
            resident.append(metric(self.daemon, "process_resident_memory_bytes"))
        self.assertLessEqual(packed(self.daemon, "primitives"), 16 * MB)
        self.assertGreater(packed(self.daemon, "primitives", "evictions_total"), 500)
        self.assertEqual(packed(self.daemon, "weights", "evictions_total"), 0)
        self.assertLess(max(resident) - resident[200], 100 * MB)


class Denormals(ResourceTest):
    @classmethod
    def save(cls, repository, archives):
        parameter = 'parameters { key: "flush_denormals" value { string_value: "%s" } }'
        archives.add(repository, "plain", Tiny())
        archives.add(repository, "keeps", Tiny(), config=parameter % "false")
        archives.add(repository, "flushes", Tiny(), config=parameter % "true")
        archives.add(repository, "wrong", Tiny(), config=parameter % "maybe")

    def results(self, client, model):
        return client.infer(model, [numpy.full(1, 1e-20, numpy.float32)])[0]

    def test_flushed_unless_the_model_keeps_them(self):
        for _ in range(3):
            for model, flushed in (("plain", True), ("keeps", False), ("flushes", True)):
                self.assertEqual((self.results(self.client, model) == 0).tolist(),
                                 [flushed, flushed], model)

    def test_a_value_that_makes_no_sense(self):
        reasons = [each.reason for each in self.client.call("RepositoryIndex").models
                   if each.name == "wrong"]
        self.assertIn("flush_denormals is 'maybe'", reasons[0])

    def test_the_servers_option(self):
        daemon = Daemon(self.repository, "--no-flush-denormals")
        self.addCleanup(daemon.stop)
        for model, flushed in (("plain", False), ("keeps", False), ("flushes", True)):
            self.assertEqual((self.results(daemon.client, model) == 0).tolist(),
                             [flushed, flushed], model)


class Threads(ResourceTest):
    options = ("--cpus", "2")

    @classmethod
    def save(cls, repository, archives):
        torch.manual_seed(1)
        archives.add(repository, "linear", linear(1))

    def ask(self, client, times):
        x = numpy.ones((256, WIDTH), numpy.float32)
        for _ in range(times):
            client.infer("linear", [x])

    def test_threads_rest_when_there_is_no_work(self):
        callers = [threading.Thread(target=self.ask, args=(self.client, 20)) for _ in range(6)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        before = metric(self.daemon, "process_cpu_seconds_total")
        time.sleep(1.0)
        self.assertLess(metric(self.daemon, "process_cpu_seconds_total") - before, 0.1)

    def test_spinning_is_short_unless_the_user_wants_it(self):
        def spins(daemon):
            text = pathlib.Path(f"/proc/{daemon.process.pid}/environ").read_bytes()
            return re.findall(rb"(?:GOMP_SPINCOUNT|OMP_WAIT_POLICY)=\w+", text)

        self.assertEqual(spins(self.daemon), [b"GOMP_SPINCOUNT=1000"])
        os.environ["OMP_WAIT_POLICY"] = "active"
        self.addCleanup(os.environ.pop, "OMP_WAIT_POLICY")
        daemon = Daemon(self.repository)
        self.addCleanup(daemon.stop)
        self.assertEqual(spins(daemon), [b"OMP_WAIT_POLICY=active"])

    def test_the_affinity_mask_counts(self):
        mask = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(mask)})
        try:
            daemon = Daemon(self.repository)
        finally:
            os.sched_setaffinity(0, mask)
        self.addCleanup(daemon.stop)
        self.assertEqual(metric(daemon, "temper_pool_threads"), 1)
        self.assertEqual(metric(self.daemon, "temper_pool_threads"), 2)


if __name__ == "__main__":
    unittest.main()
