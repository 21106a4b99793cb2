"""A client written from the protocol alone: plain calls on a channel, no generated service."""
from typing import Any, Dict, List, Optional, Sequence

import grpc

from tests.e2e.stubs import inference, wire
from tests.e2e.tensors import pack, unpack

UNARY = ("ServerLive", "ServerReady", "ModelReady", "ServerMetadata", "ModelMetadata", "ModelInfer",
         "ModelConfig", "ModelStatistics", "RepositoryIndex", "RepositoryModelLoad",
         "RepositoryModelUnload")
SIZES = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class Client:
    def __init__(self, port: int):
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=SIZES)
        self.timeout = 120.0
        for name in UNARY:
            setattr(self, f"_{name}", self.channel.unary_unary(
                f"/inference.GRPCInferenceService/{name}",
                getattr(inference, f"{name}Request").SerializeToString,
                getattr(inference, f"{name}Response").FromString))
        self._check = self.channel.unary_unary(
            "/grpc.health.v1.Health/Check", wire.HealthCheckRequest.SerializeToString,
            wire.HealthCheckResponse.FromString)

    def close(self) -> None:
        self.channel.close()

    def call(self, rpc: str, **fields: Any) -> Any:
        request = getattr(inference, f"{rpc}Request")(**fields)
        return getattr(self, f"_{rpc}")(request, timeout=self.timeout)

    def health(self, service: str = "") -> int:
        return self._check(wire.HealthCheckRequest(service=service), timeout=10).status

    def reflect(self, **fields: Any) -> Any:
        ask = self.channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            wire.ReflectionRequest.SerializeToString, wire.ReflectionResponse.FromString)
        return next(iter(ask(iter([wire.ReflectionRequest(**fields)]), timeout=10)))

    def input_names(self, model: str) -> List[str]:
        return [tensor.name for tensor in self.call("ModelMetadata", name=model).inputs]

    def request(self, model: str, inputs: Dict[str, Any], version: str = "",
                outputs: Sequence[str] = (), id: str = "") -> Any:
        request = inference.ModelInferRequest(model_name=model, model_version=version, id=id)
        for name, values in inputs.items():
            datatype, shape, raw = pack(values)
            request.inputs.add(name=name, datatype=datatype, shape=shape)
            request.raw_input_contents.append(raw)
        for name in outputs:
            request.outputs.add(name=name)
        return request

    def send(self, request: Any, timeout: Optional[float] = None) -> Any:
        return self._ModelInfer(request, timeout=timeout or self.timeout)

    def send_async(self, request: Any, timeout: Optional[float] = None) -> Any:
        return self._ModelInfer.future(request, timeout=timeout or self.timeout)

    def infer(self, model: str, values: Sequence[Any], **options: Any) -> List[Any]:
        """Inputs by position in the model's own order, outputs in the response's order."""
        names = self.input_names(model)
        return outputs_of(self.send(self.request(model, dict(zip(names, values)), **options)))


def outputs_of(response: Any) -> List[Any]:
    assert len(response.outputs) == len(response.raw_output_contents), response
    return [unpack(output.datatype, output.shape, raw)
            for output, raw in zip(response.outputs, response.raw_output_contents)]
