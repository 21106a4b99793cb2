"""Models come and go while the server runs."""
import json
import threading
import time
import unittest

import grpc
import numpy

from tests.e2e.base import DaemonTest
from tests.e2e.daemon import EXAMPLES, Daemon, Repository
from tests.e2e.stubs import inference

ONES = numpy.ones((1, 1, 8, 8), numpy.float32)


def version_of(client) -> str:
    return client.send(client.request("digits", {"image": ONES})).model_version


def eventually(check, wait: float = 60.0):
    """Polls until the check holds; the last failure otherwise."""
    deadline = time.monotonic() + wait
    while True:
        try:
            return check()
        except (AssertionError, grpc.RpcError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


class Explicit(DaemonTest):
    options = ("--model-control-mode", "explicit", "--load-model", "digits")

    def index(self, **fields):
        return {(model.name, model.version): (model.state, model.reason)
                for model in self.client.call("RepositoryIndex", **fields).models}

    def test_index_load_and_unload(self):
        self.assertIn(("digits", "1"), self.index(ready=True))
        self.assertNotIn(("textstats", "1"), self.index(ready=True))
        self.assertIn(("textstats", ""), self.index())
        self.client.call("RepositoryModelLoad", model_name="textstats")
        self.assertEqual(self.index()[("textstats", "1")][0], "READY")
        name = self.client.input_names("textstats")[0]
        self.client.send(self.client.request("textstats", {name: ["a"]}))
        unload = {"unload_dependents": inference.ModelRepositoryParameter(bool_param=False)}
        self.client.call("RepositoryModelUnload", model_name="textstats", parameters=unload)
        self.assertFalse(self.client.call("ModelReady", name="textstats").ready)
        self.assert_fails(grpc.StatusCode.NOT_FOUND, lambda: self.client.send(
            self.client.request("textstats", {name: ["a"]})), "textstats")
        self.assertEqual(self.index()[("textstats", "1")], ("UNAVAILABLE", "unloaded"))

    def test_load_of_what_is_not_there(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.client.call("RepositoryModelLoad", model_name="nobody")
        self.assertIn("failed to load 'nobody'", caught.exception.details())
        for name in ("", "../digits", "a/b"):
            self.assert_fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: self.client.call(
                "RepositoryModelLoad", model_name=name))

    def test_load_of_a_broken_archive(self):
        broken = self.repository.path / "broken" / "1"
        broken.mkdir(parents=True)
        archive = (EXAMPLES / "models" / "digits" / "1" / "model.pt").read_bytes()
        (broken / "model.pt").write_bytes(archive[:len(archive) // 2])
        self.assert_fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: self.client.call(
            "RepositoryModelLoad", model_name="broken"), "broken")
        state, reason = self.index()[("broken", "1")]
        self.assertEqual(state, "UNAVAILABLE")
        self.assertTrue(reason)
        self.assertEqual(version_of(self.client), "1")

    def test_a_reload_that_fails_keeps_the_old_one(self):
        self.repository.add_example("chargen")
        self.client.call("RepositoryModelLoad", model_name="chargen")
        (self.repository.path / "chargen" / "1" / "model.pt").write_bytes(b"PK nothing")
        self.assert_fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: self.client.call(
            "RepositoryModelLoad", model_name="chargen"))
        self.assertTrue(self.client.call("ModelReady", name="chargen").ready)

    def test_a_file_that_is_overwritten_in_place_goes_on_answering(self):
        self.repository.add("spare", EXAMPLES / "models" / "digits" / "1" / "model.pt")
        self.client.call("RepositoryModelLoad", model_name="spare")

        def answer():
            return self.client.infer("spare", [ONES])[0].tolist()

        before = answer()
        archive = self.repository.path / "spare" / "1" / "model.pt"
        with archive.open("r+b") as file:  # no rename: the same file, first shorter, then zeros
            size = file.seek(0, 2)
            file.truncate(100)
            file.write(bytes(size))
        self.assertEqual(answer(), before)
        self.assertIsNone(self.daemon.process.poll())

    def test_config_given_with_the_load(self):
        config = {"name": "digits", "max_batch_size": 2, "input": [
            {"name": "image", "data_type": "TYPE_FP32", "dims": [1, 8, 8]}]}
        given = inference.ModelRepositoryParameter(string_param=json.dumps(config))
        self.client.call("RepositoryModelLoad", model_name="digits", parameters={"config": given})
        self.assertEqual(self.client.call("ModelConfig", name="digits").config.max_batch_size, 2)
        self.assert_fails(grpc.StatusCode.INVALID_ARGUMENT, lambda: self.client.send(
            self.client.request("digits", {"image": numpy.ones((3, 1, 8, 8), numpy.float32)})))
        self.client.call("RepositoryModelLoad", model_name="digits")
        self.assertEqual(self.client.call("ModelConfig", name="digits").config.max_batch_size, 0)

    @classmethod
    def fill(cls, repository):
        repository.add_example("digits")
        repository.add_example("textstats")


WARM_UP = """
model_warmup {{ name: "ones" batch_size: 1 inputs {{ key: "image" value {{
  data_type: TYPE_FP32 dims: [{dims}] random_data: true }} }} }}
"""


class WarmUp(unittest.TestCase):
    """Versions are called before requests reach them."""

    def setUp(self):
        self.repository = Repository()
        self.addCleanup(self.repository.remove)
        self.repository.add_example("digits")
        self.daemon = Daemon(self.repository, "--model-control-mode", "explicit")
        self.addCleanup(self.daemon.stop)
        self.client = self.daemon.client

    def load(self):
        self.client.call("RepositoryModelLoad", model_name="digits")

    def packed(self) -> float:
        text = self.daemon.get("/metrics")[1].decode()
        return float(text.split('temper_packed_entries{kind="weights"} ')[1].split()[0])

    def test_configured_samples(self):
        config = self.repository.path / "digits" / "config.pbtxt"
        config.write_text(WARM_UP.format(dims="1, 1, 8, 8"))
        self.load()
        self.assertGreater(self.packed(), 0)
        stats = self.client.call("ModelStatistics", name="digits").model_stats[0]
        self.assertEqual(stats.inference_count, 0)

    def test_samples_that_fail(self):
        config = self.repository.path / "digits" / "config.pbtxt"
        config.write_text(WARM_UP.format(dims="8, 8"))
        with self.assertRaises(grpc.RpcError) as caught:
            self.load()
        self.assertIn("warm-up 'ones'", caught.exception.details())
        self.assertFalse(self.client.call("ModelReady", name="digits").ready)

    def test_samples_from_files(self):
        config = self.repository.path / "digits" / "config.pbtxt"
        text = WARM_UP.format(dims="1, 1, 8, 8").replace("random_data: true", 'input_data_file: "ones"')
        config.write_text(text)
        with self.assertRaises(grpc.RpcError) as caught:
            self.load()
        self.assertIn("warmup/ones", caught.exception.details())
        (self.repository.path / "digits" / "warmup").mkdir()
        (self.repository.path / "digits" / "warmup" / "ones").write_bytes(ONES.tobytes())
        self.load()
        self.assertGreater(self.packed(), 0)

    def test_shapes_of_recent_requests(self):
        self.load()
        self.assertEqual(self.packed(), 0)
        version_of(self.client)
        self.client.call("RepositoryModelUnload", model_name="digits")
        self.assertEqual(self.packed(), 0)
        self.load()
        self.assertGreater(self.packed(), 0)

    def test_a_version_that_takes_other_inputs(self):
        self.load()
        version_of(self.client)
        self.repository.add("digits", EXAMPLES / "models" / "textstats" / "1" / "model.pt", 2)
        self.load()
        self.assertTrue(self.client.call("ModelReady", name="digits", version="2").ready)


class Polling(unittest.TestCase):
    def setUp(self):
        self.repository = Repository()
        self.addCleanup(self.repository.remove)
        self.repository.add_example("digits")
        self.daemon = Daemon(self.repository, "--model-control-mode", "poll",
                             "--repository-poll-secs", "1")
        self.addCleanup(self.daemon.stop)
        self.client = self.daemon.client

    def test_a_new_version_while_requests_run(self):
        failures, versions, stop = [], [], threading.Event()

        def keep_asking():
            while not stop.is_set():
                try:
                    versions.append(version_of(self.client))
                except grpc.RpcError as error:
                    failures.append(error.details())

        askers = [threading.Thread(target=keep_asking) for _ in range(3)]
        for asker in askers:
            asker.start()
        try:
            time.sleep(0.5)
            self.repository.add_example("digits", version=2)
            eventually(lambda: self.assertEqual(version_of(self.client), "2"))
            time.sleep(1.0)
        finally:
            stop.set()
            for asker in askers:
                asker.join()
        self.assertEqual(failures, [])
        self.assertEqual(set(versions), {"1", "2"})
        self.assertEqual(versions[-1], "2")

    def test_a_new_model_and_a_removed_one(self):
        self.repository.add_example("textstats")
        eventually(lambda: self.assertTrue(self.client.call("ModelReady", name="textstats").ready))
        (self.repository.path / "digits").rename(self.repository.path / ".removed")
        eventually(lambda: self.assertFalse(self.client.call("ModelReady", name="digits").ready))


class Layouts(unittest.TestCase):
    def test_a_bare_archive_and_odd_folders(self):
        repository = Repository()
        self.addCleanup(repository.remove)
        archive = EXAMPLES / "models" / "digits" / "1" / "model.pt"
        (repository.path / "bare.pt").write_bytes(archive.read_bytes())
        repository.add_example("digits", version=3)
        repository.add_example("digits", version=10)
        (repository.path / "digits" / "notes").mkdir()
        (repository.path / "digits" / "04").mkdir()
        (repository.path / "README.txt").write_text("not a model")
        daemon = Daemon(repository)
        self.addCleanup(daemon.stop)
        self.assertEqual(version_of(daemon.client), "10")
        self.assertTrue(daemon.client.call("ModelReady", name="bare").ready)
        names = {model.name for model in daemon.client.call("RepositoryIndex").models}
        self.assertEqual(names, {"bare", "digits"})


if __name__ == "__main__":
    unittest.main()
