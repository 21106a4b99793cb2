"""The server around the models: health, metadata, statistics, metrics, the end of its life."""
import signal
import subprocess
import threading
import time
import unittest

import grpc
import numpy
from google.protobuf import descriptor_pb2

from tests.e2e.base import DaemonTest
from tests.e2e.daemon import Daemon, Repository, binary

SERVING = 1


class Health(DaemonTest):
    def test_inference_protocol(self):
        self.assertTrue(self.client.call("ServerLive").live)
        self.assertTrue(self.client.call("ServerReady").ready)
        self.assertTrue(self.client.call("ModelReady", name="digits").ready)
        self.assertTrue(self.client.call("ModelReady", name="digits", version="1").ready)
        self.assertFalse(self.client.call("ModelReady", name="nobody").ready)
        self.assertFalse(self.client.call("ModelReady", name="digits", version="9").ready)

    def test_standard_health(self):
        self.assertEqual(self.client.health(), SERVING)
        self.assertEqual(self.client.health("inference.GRPCInferenceService"), SERVING)
        self.assert_fails(grpc.StatusCode.NOT_FOUND, lambda: self.client.health("no.such.Service"))

    def test_reflection(self):
        listed = self.client.reflect(list_services="").list_services_response.service
        names = {service.name for service in listed}
        self.assertLessEqual({"inference.GRPCInferenceService", "grpc.health.v1.Health"}, names)
        answer = self.client.reflect(file_containing_symbol="inference.GRPCInferenceService")
        file = descriptor_pb2.FileDescriptorProto.FromString(
            answer.file_descriptor_response.file_descriptor_proto[0])
        self.assertIn("GRPCInferenceService", [service.name for service in file.service])

    def test_an_unknown_method(self):
        call = self.client.channel.unary_unary("/inference.GRPCInferenceService/NoSuchMethod")
        self.assert_fails(grpc.StatusCode.UNIMPLEMENTED, lambda: call(b"", timeout=10))


class Metadata(DaemonTest):
    def test_server(self):
        metadata = self.client.call("ServerMetadata")
        self.assertEqual(metadata.name, "temper")
        self.assertTrue(metadata.version)
        self.assertLessEqual({"model_repository", "statistics", "model_configuration"},
                             set(metadata.extensions))

    def test_models(self):
        metadata = self.client.call("ModelMetadata", name="chargen")
        self.assertEqual(list(metadata.versions), ["1"])
        self.assertEqual([(tensor.name, tensor.datatype) for tensor in metadata.inputs],
                         [("prompt", "BYTES"), ("length", "INT64"), ("temperature", "FP64"),
                          ("seed", "INT64")])
        self.assertEqual([tensor.datatype for tensor in metadata.outputs], ["BYTES"])
        self.assert_fails(grpc.StatusCode.NOT_FOUND,
                          lambda: self.client.call("ModelMetadata", name="nobody"), "nobody")

    def test_config_names_what_metadata_names(self):
        for model in ("digits", "chargen", "textstats"):
            metadata = self.client.call("ModelMetadata", name=model)
            config = self.client.call("ModelConfig", name=model).config
            self.assertEqual(config.name, model)
            self.assertEqual([tensor.name for tensor in config.input],
                             [tensor.name for tensor in metadata.inputs])
            self.assertEqual([tensor.name for tensor in config.output],
                             [tensor.name for tensor in metadata.outputs])
        self.assert_fails(grpc.StatusCode.NOT_FOUND,
                          lambda: self.client.call("ModelConfig", name="nobody"))


class Counting(DaemonTest):
    def statistics(self):
        found = self.client.call("ModelStatistics", name="digits", version="1").model_stats
        self.assertEqual([(each.name, each.version) for each in found], [("digits", "1")])
        return found[0]

    def metric(self, name: str, **labels: str) -> float:
        status, body = self.daemon.get("/metrics")
        self.assertEqual(status, 200)
        total = 0.0
        for line in body.decode().splitlines():
            if line.startswith(name + "{") or line.startswith(name + " "):
                if all(f'{key}="{value}"' in line for key, value in labels.items()):
                    total += float(line.rsplit(" ", 1)[1])
        return total

    def infer(self, rows: int):
        self.client.infer("digits", [numpy.ones((rows, 1, 8, 8), numpy.float32)])

    def test_statistics(self):
        first = self.statistics()
        for _ in range(3):
            self.infer(1)
        with self.assertRaises(grpc.RpcError):
            self.client.infer("digits", [numpy.ones((1, 3, 8, 8), numpy.float32)])
        last = self.statistics()
        before, after = first.inference_stats, last.inference_stats
        self.assertEqual(after.success.count - before.success.count, 3)
        self.assertEqual(after.queue.count - before.queue.count, 3)
        self.assertEqual(after.fail.count - before.fail.count, 1)
        self.assertEqual(last.inference_count - first.inference_count, 3)
        self.assertGreater(last.execution_count, first.execution_count)
        self.assertGreater(after.compute_infer.ns, before.compute_infer.ns)
        self.assertLess(abs(last.last_inference / 1000 - time.time()), 60)

    def test_statistics_of_all_models(self):
        found = self.client.call("ModelStatistics").model_stats
        self.assertEqual({each.name for each in found}, {"digits", "chargen", "textstats"})

    def test_metrics(self):
        before = self.metric("nv_inference_request_success", model="digits", version="1")
        self.infer(1)
        self.infer(1)
        after = self.metric("nv_inference_request_success", model="digits", version="1")
        self.assertEqual(after - before, 2)
        self.assertEqual(self.metric("nv_inference_request_success", model="chargen"), 0)

    def test_metrics_format(self):
        status, body, headers = self.daemon.ask("/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/plain"))
        self.assertTrue(body.endswith(b"\n"))
        typed = [line.split()[2] for line in body.decode().splitlines()
                 if line.startswith("# TYPE")]
        self.assertEqual(len(typed), len(set(typed)))
        self.assertLessEqual({"nv_inference_request_success", "nv_inference_request_failure",
                              "nv_inference_count"}, set(typed))


class End(unittest.TestCase):
    def setUp(self):
        self.repository = Repository()
        self.addCleanup(self.repository.remove)
        for model in ("digits", "chargen"):
            self.repository.add_example(model)
        self.daemon = Daemon(self.repository, "--drain-seconds", "110")
        self.addCleanup(self.daemon.stop)

    def test_term_when_idle(self):
        start = time.monotonic()
        self.assertEqual(self.daemon.terminate(), 0, self.daemon.text())
        self.assertLess(time.monotonic() - start, 10)

    def test_interrupt_ends_too(self):
        self.daemon.process.send_signal(signal.SIGINT)
        self.assertEqual(self.daemon.process.wait(30), 0, self.daemon.text())

    def test_term_as_soon_as_it_listens(self):
        process = subprocess.Popen(
            [binary("temperd"), "--model-repository", str(self.repository.path), "--grpc-port",
             "0", "--http-port", "0"], stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        self.assertIn("server.listening", process.stderr.readline())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0, process.stderr.read())

    def test_requests_in_flight_are_answered(self):
        """Also when the signal comes twice, as from those who signal a group of processes."""
        client = self.daemon.client
        names = client.input_names("chargen")
        request = client.request("chargen", dict(zip(names, [
            ["The sea"], numpy.array([3000]), numpy.array([0.0])])))
        calls = [client.send_async(request) for _ in range(4)]
        time.sleep(0.2)  # until the daemon has them
        ended = []
        self.daemon.process.send_signal(signal.SIGTERM)
        waiter = threading.Thread(target=lambda: ended.append(self.daemon.terminate(120)))
        waiter.start()
        texts = [call.result().raw_output_contents[0] for call in calls]
        waiter.join()
        self.assertEqual(len(set(texts)), 1)
        self.assertEqual(ended, [0], self.daemon.text())

    def test_an_empty_repository_is_ready(self):
        empty = Repository()
        self.addCleanup(empty.remove)
        daemon = Daemon(empty)
        self.addCleanup(daemon.stop)
        self.assertEqual(len(daemon.client.call("RepositoryIndex").models), 0)


if __name__ == "__main__":
    unittest.main()
