#!/usr/bin/env python3
"""Asks the example `digits` which digit a picture of 8 x 8 numbers shows.

usage: client.py [HOST:PORT]
The stubs come from the protocol's one file (Debian: protobuf-compiler-grpc, python3-grpcio):
  protoc -Iprotos --python_out=. --grpc_python_out=. \
      --plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin protos/inference.proto
"""
import struct
import sys

import grpc
import inference_pb2 as pb
import inference_pb2_grpc

SEVEN = ["00000000",
         "02588886",
         "00000082",
         "00000850",
         "00008600",
         "00058000",
         "00080000",
         "00000000"]


def main() -> int:
    address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:8001"
    stub = inference_pb2_grpc.GRPCInferenceServiceStub(grpc.insecure_channel(address))
    pixels = [float(digit) for row in SEVEN for digit in row]
    request = pb.ModelInferRequest(model_name="digits")
    request.inputs.add(name="image", datatype="FP32", shape=[1, 1, 8, 8])
    request.raw_input_contents.append(struct.pack("<64f", *pixels))
    try:
        response = stub.ModelInfer(request, timeout=5)
    except grpc.RpcError as error:
        print(f"{error.code().name}: {error.details()}", file=sys.stderr)
        return 1
    for output, raw in zip(response.outputs, response.raw_output_contents):
        if output.name == "digit":
            print("digit", struct.unpack("<q", raw)[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
