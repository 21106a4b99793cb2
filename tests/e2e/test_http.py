"""The REST side of the protocol."""
import json
import unittest

import numpy

from tests.e2e.base import DaemonTest, example
from tests.e2e.tensors import pack, unpack
from tests.zoo.examples import picture


class Rest(DaemonTest):
    def json(self, path: str, body=None):
        data = None if body is None else json.dumps(body).encode()
        status, answer, _ = self.daemon.ask(path, data)
        return status, json.loads(answer) if answer else None

    def test_health(self):
        for path in ("/v2/health/live", "/v2/health/ready", "/v2/models/digits/ready",
                     "/v2/models/digits/versions/1/ready"):
            self.assertEqual(self.daemon.get(path)[0], 200, path)
        self.assertNotEqual(self.daemon.get("/v2/models/nobody/ready")[0], 200)

    def test_metadata(self):
        status, server = self.json("/v2")
        self.assertEqual((status, server["name"]), (200, "temper"))
        status, model = self.json("/v2/models/digits")
        self.assertEqual((status, model["name"], model["versions"]), (200, "digits", ["1"]))
        self.assertEqual([tensor["name"] for tensor in model["inputs"]], ["image"])
        self.assertEqual(self.json("/v2/models/digits/config")[1]["name"], "digits")

    def test_infer_json(self):
        image = picture(7)
        status, answer = self.json("/v2/models/digits/infer", {"id": "x", "inputs": [
            {"name": "image", "shape": [1, 1, 64, 64], "datatype": "FP32",
             "data": image.tolist()}]})
        self.assertEqual(status, 200, answer)
        self.assertEqual((answer["model_name"], answer["model_version"], answer["id"]),
                         ("digits", "1", "x"))
        logits, digit = answer["outputs"]
        self.assertEqual((digit["datatype"], digit["shape"], digit["data"]), ("INT64", [1], [7]))
        want = example("digits")(image)[0].detach().numpy().ravel()
        numpy.testing.assert_allclose(logits["data"], want, rtol=1e-4, atol=1e-4)

    def test_infer_strings(self):
        name = self.client.input_names("textstats")[0]
        status, answer = self.json("/v2/models/textstats/versions/1/infer", {"inputs": [
            {"name": name, "shape": [2], "datatype": "BYTES", "data": ["one \"two\" ü", ""]}]})
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["outputs"][0]["data"], example("textstats")(["one \"two\" ü", ""]))

    def test_infer_binary(self):
        datatype, shape, raw = pack(picture(3).numpy())
        head = json.dumps({"parameters": {"binary_data_output": True}, "inputs": [
            {"name": "image", "shape": shape, "datatype": datatype,
             "parameters": {"binary_data_size": len(raw)}}]}).encode()
        status, body, headers = self.daemon.ask(
            "/v2/models/digits/infer", head + raw, Inference_Header_Content_Length=str(len(head)),
            Content_Type="application/octet-stream")
        self.assertEqual(status, 200, body)
        length = int(headers["Inference-Header-Content-Length"])
        answer, rest = json.loads(body[:length]), body[length:]
        values = []
        for output in answer["outputs"]:
            size = output["parameters"]["binary_data_size"]
            values.append(unpack(output["datatype"], output["shape"], rest[:size]))
            rest = rest[size:]
        self.assertEqual(rest, b"")
        want = example("digits")(picture(3))
        self.assert_answer(values, [want[0].detach(), want[1]])

    def test_errors(self):
        good = {"name": "image", "shape": [1, 1, 8, 8], "datatype": "FP32", "data": [1.0] * 64}
        for path, body, expected in [
                ("/v2/models/nobody/infer", {"inputs": [good]}, 404),
                ("/v2/models/digits/versions/9/infer", {"inputs": [good]}, 404),
                ("/v2/models/digits/infer", {"inputs": [dict(good, name="other")]}, 400),
                ("/v2/models/digits/infer", {"inputs": [dict(good, data=[1.0] * 63)]}, 400),
                ("/v2/models/digits/infer", {"inputs": [dict(good, datatype="FLOAT")]}, 400),
                ("/v2/models/digits/infer", {}, 400), ("/v2/nowhere", {}, 404)]:
            status, answer = self.json(path, body)
            self.assertEqual(status, expected, (path, answer))
            self.assertTrue(answer["error"])
        for body in (b"{", b"[]", b"null", b'{"inputs": 3}', b"[" * 100000):
            status, answer, _ = self.daemon.ask("/v2/models/digits/infer", body)
            self.assertEqual(status, 400, body[:20])

    def test_repository_and_statistics(self):
        status, index = self.json("/v2/repository/index", {})
        self.assertEqual((status, {entry["name"] for entry in index}),
                         (200, {"digits", "chargen", "textstats"}))
        status, answer = self.json("/v2/models/digits/stats")
        self.assertEqual((status, answer["model_stats"][0]["name"]), (200, "digits"))


if __name__ == "__main__":
    unittest.main()
