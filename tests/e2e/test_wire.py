"""The messages have the published numbers and types: foreign clients depend on them."""
import unittest

from tests.e2e.stubs import inference

# Message: number name:type, `*` for repeated, as the protocol publishes them.
PUBLISHED = """
ServerLiveResponse: 1 live:bool
ServerReadyResponse: 1 ready:bool
ModelReadyRequest: 1 name:string, 2 version:string
ModelReadyResponse: 1 ready:bool
ServerMetadataResponse: 1 name:string, 2 version:string, 3 extensions:string*
ModelMetadataRequest: 1 name:string, 2 version:string
ModelMetadataResponse: 1 name:string, 2 versions:string*, 3 platform:string, 4 inputs:message*, 5 outputs:message*
ModelMetadataResponse.TensorMetadata: 1 name:string, 2 datatype:string, 3 shape:int64*
InferParameter: 1 bool_param:bool, 2 int64_param:int64, 3 string_param:string, 4 double_param:double, 5 uint64_param:uint64
InferTensorContents: 1 bool_contents:bool*, 2 int_contents:int32*, 3 int64_contents:int64*, 4 uint_contents:uint32*, 5 uint64_contents:uint64*, 6 fp32_contents:float*, 7 fp64_contents:double*, 8 bytes_contents:bytes*
ModelInferRequest: 1 model_name:string, 2 model_version:string, 3 id:string, 4 parameters:message*, 5 inputs:message*, 6 outputs:message*, 7 raw_input_contents:bytes*
ModelInferRequest.InferInputTensor: 1 name:string, 2 datatype:string, 3 shape:int64*, 4 parameters:message*, 5 contents:message
ModelInferRequest.InferRequestedOutputTensor: 1 name:string, 2 parameters:message*
ModelInferResponse: 1 model_name:string, 2 model_version:string, 3 id:string, 4 parameters:message*, 5 outputs:message*, 6 raw_output_contents:bytes*
ModelInferResponse.InferOutputTensor: 1 name:string, 2 datatype:string, 3 shape:int64*, 4 parameters:message*, 5 contents:message
ModelStreamInferResponse: 1 error_message:string, 2 infer_response:message
ModelConfigRequest: 1 name:string, 2 version:string
ModelStatisticsRequest: 1 name:string, 2 version:string
ModelStatisticsResponse: 1 model_stats:message*
StatisticDuration: 1 count:uint64, 2 ns:uint64
InferStatistics: 1 success:message, 2 fail:message, 3 queue:message, 4 compute_input:message, 5 compute_infer:message, 6 compute_output:message, 7 cache_hit:message, 8 cache_miss:message
InferBatchStatistics: 1 batch_size:uint64, 2 compute_input:message, 3 compute_infer:message, 4 compute_output:message
ModelStatistics: 1 name:string, 2 version:string, 3 last_inference:uint64, 4 inference_count:uint64, 5 execution_count:uint64, 6 inference_stats:message, 7 batch_stats:message*
RepositoryIndexRequest: 1 repository_name:string, 2 ready:bool
RepositoryIndexResponse: 1 models:message*
RepositoryIndexResponse.ModelIndex: 1 name:string, 2 version:string, 3 state:string, 4 reason:string
RepositoryModelLoadRequest: 1 repository_name:string, 2 model_name:string, 3 parameters:message*
RepositoryModelUnloadRequest: 1 repository_name:string, 2 model_name:string, 3 parameters:message*
ModelRepositoryParameter: 1 bool_param:bool, 2 int64_param:int64, 3 string_param:string, 4 bytes_param:bytes
"""
TYPES = {1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 8: "bool", 9: "string",
         11: "message", 12: "bytes", 13: "uint32"}


def described(descriptor) -> dict:
    return {field.number: f"{field.name}:{TYPES.get(field.type, field.type)}"
            + ("*" if field.label == field.LABEL_REPEATED else "") for field in descriptor.fields}


class Wire(unittest.TestCase):
    def test_messages(self):
        for line in PUBLISHED.strip().splitlines():
            name, _, fields = line.partition(": ")
            outer, _, inner = name.partition(".")
            with self.subTest(message=name):
                descriptor = inference.DESCRIPTOR.message_types_by_name[outer]
                if inner:
                    descriptor = descriptor.nested_types_by_name[inner]
                found = described(descriptor)
                for field in fields.split(", "):
                    number, _, text = field.partition(" ")
                    self.assertEqual(found.get(int(number)), text)

    def test_service(self):
        service = inference.DESCRIPTOR.services_by_name["GRPCInferenceService"]
        self.assertEqual(service.full_name, "inference.GRPCInferenceService")
        methods = set(service.methods_by_name)
        for name in ("ServerLive", "ServerReady", "ModelReady", "ServerMetadata", "ModelMetadata",
                     "ModelInfer", "ModelStreamInfer", "ModelConfig", "ModelStatistics",
                     "RepositoryIndex", "RepositoryModelLoad", "RepositoryModelUnload"):
            self.assertIn(name, methods)


if __name__ == "__main__":
    unittest.main()
