"""Answers over gRPC, and what a wrong request is told."""
import pathlib
import struct
import tempfile
import unittest
from typing import List, Tuple

import grpc
import numpy
import torch

from tests.e2e.base import DaemonTest, example
from tests.e2e.client import outputs_of
from tests.e2e.stubs import inference
from tests.zoo.examples import picture

DIGITS = """
name: "digits"
platform: "pytorch_libtorch"
max_batch_size: 8
input [{ name: "image" data_type: TYPE_FP32 dims: [1, -1, -1] }]
output [{ name: "logits" data_type: TYPE_FP32 dims: [10] },
        { name: "digit" data_type: TYPE_INT64 dims: [] reshape { shape: [] } }]
"""
INVALID = grpc.StatusCode.INVALID_ARGUMENT


class Examples(DaemonTest):
    def test_digits(self):
        batch = torch.cat([picture(digit) for digit in (0, 3, 4, 7, 9)])
        logits, digit = self.client.infer("digits", [batch.numpy()])
        want = example("digits")(batch)
        self.assert_answer([logits, digit], [want[0].detach(), want[1]])
        self.assertEqual(digit.tolist(), [0, 3, 4, 7, 9])

    def test_digits_of_other_sizes(self):
        for size in (8, 16, 31):
            image = torch.rand(1, 1, size, size)
            want = example("digits")(image)
            self.assert_answer(self.client.infer("digits", [image.numpy()]),
                               [want[0].detach(), want[1]])

    def test_textstats(self):
        texts = ["A cat and a hat.", "", "naïve ünïcode"]
        self.assertEqual(self.client.infer("textstats", [texts]), [example("textstats")(texts)])

    def test_chargen(self):
        values = ["The sea", 40, 0.7, 3]
        got = self.client.infer("chargen", [[values[0]], numpy.array([values[1]]),
                                            numpy.array([values[2]]), numpy.array([values[3]])])
        self.assertEqual(got, [[example("chargen")(*values)]])

    def test_a_default_may_be_left_out(self):
        got = self.client.infer("chargen", [["The sea"], numpy.array([20]), numpy.array([0.7])])
        self.assertEqual(got, [[example("chargen")("The sea", 20, 0.7)]])

    def test_a_program_that_raises(self):
        self.assert_fails(INVALID, lambda: self.client.infer(
            "chargen", [[""], numpy.array([20]), numpy.array([0.7])]),
            "the prompt has no letter that the model knows")

    def test_many_at_once(self):
        images = [torch.rand(1, 1, 8, 8) for _ in range(40)]
        name = self.client.input_names("digits")[0]
        requests = [self.client.request("digits", {name: image.numpy()}, id=str(i))
                    for i, image in enumerate(images)]
        calls = [self.client.send_async(request) for request in requests]
        model = example("digits")
        for i, (image, call) in enumerate(zip(images, calls)):
            response = call.result()
            self.assertEqual(response.id, str(i))
            want = model(image)
            self.assert_answer(outputs_of(response), [want[0].detach(), want[1]])


class Various(torch.nn.Module):
    """Outputs of all sizes: alone, seen by others, parts of others, and one that later calls write."""

    def __init__(self):
        super().__init__()
        self.register_buffer("state", torch.zeros(200, 100))

    def forward(self, x: torch.Tensor, n: int) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor,
                                                        torch.Tensor, List[torch.Tensor], str, torch.Tensor]:
        self.state.fill_(n)
        large = x.repeat(n, 300)
        return (x, large, large.t(), large[n // 2:], self.state, [large * 2, x[:0], large[:, :3] + 1],
                str(n), torch.arange(n))


class Outputs(DaemonTest):
    @classmethod
    def fill(cls, repository):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.pt"
            torch.jit.script(Various()).save(str(path))
            repository.add("various", path)

    def ask(self, n: int):
        return self.client.request("various", dict(zip(
            self.client.input_names("various"), [numpy.full((2, 5), n, numpy.float32), numpy.array([n])])))

    def assert_various(self, response, n: int):
        x = torch.full((2, 5), float(n))
        large = x.repeat(n, 300)
        got = outputs_of(response)
        self.assert_answer([each for i, each in enumerate(got) if i != 8],
                           [x, large, large.t(), large[n // 2:], torch.full((200, 100), float(n)), large * 2,
                            x[:0], large[:, :3] + 1, torch.arange(n)])
        self.assertEqual(got[8], [str(n)])

    def test_calls_in_a_row_and_at_once(self):
        for n in (1, 2, 40, 3):
            self.assert_various(self.client.send(self.ask(n)), n)
        numbers = [n % 37 + 1 for n in range(60)]
        for n, call in [(n, self.client.send_async(self.ask(n))) for n in numbers]:
            self.assert_various(call.result(), n)

    def test_some_outputs(self):
        for n in (30, 2):
            request = self.ask(n)
            for name in ("OUTPUT__5.0", "OUTPUT__1"):
                request.outputs.add(name=name)
            large = torch.full((2, 5), float(n)).repeat(n, 300)
            self.assert_answer(outputs_of(self.client.send(request)), [large * 2, large])

    def test_bytes_that_are_no_request(self):
        send = self.client.channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
        for garbage in (b"\xff\xff\xff", self.ask(3).SerializeToString()[:-5]):
            self.assert_fails(INVALID, lambda: send(garbage), "not a ModelInferRequest message")
        self.assert_various(self.client.send(self.ask(3)), 3)


class Protocol(DaemonTest):
    @classmethod
    def fill(cls, repository):
        super().fill(repository)
        repository.add_example("digits", version=2, config=DIGITS)

    def image(self, rows: int = 1):
        return numpy.arange(rows * 64, dtype=numpy.float32).reshape(rows, 1, 8, 8) % 17

    def good(self, rows: int = 1, **options):
        return self.client.request("digits", {"image": self.image(rows)}, **options)

    def refused(self, request, *parts, code=INVALID):
        self.assert_fails(code, lambda: self.client.send(request), *parts)

    def test_response_fields(self):
        response = self.client.send(self.good(id="abc"))
        self.assertEqual((response.model_name, response.model_version, response.id),
                         ("digits", "2", "abc"))
        self.assertEqual([output.name for output in response.outputs], ["logits", "digit"])
        self.assertEqual([output.datatype for output in response.outputs], ["FP32", "INT64"])
        self.assertFalse(any(output.HasField("contents") for output in response.outputs))

    def test_chosen_version_and_outputs(self):
        response = self.client.send(self.good(version="2", outputs=["digit"]))
        self.assertEqual([output.name for output in response.outputs], ["digit"])
        self.assertEqual(len(response.raw_output_contents), 1)

    def test_typed_contents(self):
        raw = self.client.send(self.good())
        request = inference.ModelInferRequest(model_name="digits")
        tensor = request.inputs.add(name="image", datatype="FP32", shape=[1, 1, 8, 8])
        tensor.contents.fp32_contents.extend(self.image().ravel().tolist())
        self.assertEqual(list(self.client.send(request).raw_output_contents),
                         list(raw.raw_output_contents))

    def test_typed_strings(self):
        request = inference.ModelInferRequest(model_name="textstats")
        name = self.client.input_names("textstats")[0]
        tensor = request.inputs.add(name=name, datatype="BYTES", shape=[2])
        tensor.contents.bytes_contents.extend([b"one two two", b""])
        self.assertEqual(outputs_of(self.client.send(request)),
                         [example("textstats")(["one two two", ""])])

    def test_unknown_model_and_version(self):
        unknown = self.client.request("nobody", {"x": self.image()})
        self.refused(unknown, "unknown model", "nobody", code=grpc.StatusCode.NOT_FOUND)
        self.refused(self.good(version="77"), "77", code=grpc.StatusCode.NOT_FOUND)
        self.refused(self.good(version="two"), "two")

    def test_input_names(self):
        self.refused(self.client.request("digits", {"picture": self.image()}), "picture", "image")
        self.refused(self.client.request("digits", {}), "image")
        twice = self.good()
        twice.inputs.add().CopyFrom(twice.inputs[0])
        twice.raw_input_contents.append(twice.raw_input_contents[0])
        self.refused(twice, "image")
        extra = self.client.request("digits", {"image": self.image(), "more": self.image()})
        self.refused(extra, "more")

    def test_output_names(self):
        self.refused(self.good(outputs=["chance"]), "chance")
        self.refused(self.good(outputs=["digit", "digit"]), "digit")

    def test_datatypes(self):
        request = self.client.request("digits", {"image": self.image().astype(numpy.float64)})
        self.refused(request, "image", "FP32", "FP64")
        strange = self.good()
        strange.inputs[0].datatype = "FLOAT"
        self.refused(strange, "FLOAT")

    def test_shapes(self):
        flat = self.client.request("digits", {"image": self.image()[0]})
        self.refused(flat, "image", "8")
        colour = self.client.request("digits", {"image": numpy.zeros((1, 3, 8, 8), numpy.float32)})
        self.refused(colour, "image", "3")
        self.refused(self.good(rows=9), "8", "9")
        negative = self.good()
        negative.inputs[0].shape[2] = -1
        self.refused(negative, "-1")
        huge = self.good()
        huge.inputs[0].shape[2] = huge.inputs[0].shape[3] = 2 ** 62
        self.refused(huge, "image")

    def test_sizes(self):
        short = self.good()
        short.raw_input_contents[0] = short.raw_input_contents[0][:-4]
        self.refused(short, "256", "252")
        none = self.good()
        del none.raw_input_contents[:]
        self.refused(none, "image")
        typed = inference.ModelInferRequest(model_name="digits")
        tensor = typed.inputs.add(name="image", datatype="FP32", shape=[1, 1, 8, 8])
        tensor.contents.fp32_contents.extend([1.0] * 63)
        self.refused(typed, "64", "63")

    def test_mixed_and_misplaced_contents(self):
        mixed = self.good()
        mixed.inputs[0].contents.fp32_contents.extend([1.0] * 64)
        self.refused(mixed)
        wrong = inference.ModelInferRequest(model_name="digits")
        tensor = wrong.inputs.add(name="image", datatype="FP32", shape=[1, 1, 8, 8])
        tensor.contents.int_contents.extend([1] * 64)
        self.refused(wrong, "image")

    def test_malformed_strings(self):
        name = self.client.input_names("textstats")[0]
        for raw in (struct.pack("<I", 9) + b"short", b"\x01", struct.pack("<I", 1) + b"ab",
                    struct.pack("<I", 0xffffffff) + b"x"):
            request = self.client.request("textstats", {name: ["x"]})
            request.raw_input_contents[0] = raw
            self.refused(request, name)

    def test_parameters(self):
        request = self.good()
        request.parameters["triton_enable_empty_final_response"].bool_param = True
        request.parameters["priority"].uint64_param = 1
        request.parameters["my_own"].string_param = "kept out of the way"
        self.client.send(request)
        reserved = self.good()
        reserved.parameters["triton_nonsense"].bool_param = True
        self.refused(reserved, "triton_nonsense")

    def test_a_request_after_many_bad_ones(self):
        for _ in range(20):
            bad = self.good()
            bad.inputs[0].shape[0] = 5
            self.refused(bad)
        self.client.send(self.good())


class Stream(DaemonTest):
    def test_requests_of_several_models_and_an_error(self):
        stream = self.client.channel.stream_stream(
            "/inference.GRPCInferenceService/ModelStreamInfer",
            inference.ModelInferRequest.SerializeToString,
            inference.ModelStreamInferResponse.FromString)
        image = self.client.input_names("digits")[0]
        text = self.client.input_names("textstats")[0]
        requests = [
            self.client.request("digits", {image: numpy.ones((1, 1, 8, 8), numpy.float32)}, id="0"),
            self.client.request("nobody", {"x": numpy.ones(1, numpy.float32)}, id="1"),
            self.client.request("textstats", {text: ["a b"]}, id="2")]
        answers = list(stream(iter(requests), timeout=60))
        self.assertEqual([answer.infer_response.id for answer in answers], ["0", "1", "2"])
        self.assertEqual([bool(answer.error_message) for answer in answers], [False, True, False])
        self.assertEqual(outputs_of(answers[2].infer_response), [example("textstats")(["a b"])])


class Interruption(DaemonTest):
    """A long program stops when nobody waits for it any more."""

    def slow(self):
        inputs = dict(zip(self.client.input_names("chargen"), [
            ["The sea"], numpy.array([10000]), numpy.array([1.0]), numpy.array([1])]))
        return self.client.request("chargen", inputs)

    def assert_free_again(self):
        quick = self.client.request("textstats", {self.client.input_names("textstats")[0]: ["a"]})
        self.client.send(quick, timeout=10)

    def test_deadline(self):
        self.assert_fails(grpc.StatusCode.DEADLINE_EXCEEDED,
                          lambda: self.client.send(self.slow(), timeout=0.05))
        self.assert_free_again()

    def test_cancellation(self):
        calls = [self.client.send_async(self.slow()) for _ in range(8)]
        for call in calls:
            call.cancel()
        for call in calls:
            self.assertTrue(call.cancelled())
        self.assert_free_again()


if __name__ == "__main__":
    unittest.main()
