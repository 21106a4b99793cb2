"""Every model of the zoo answers over gRPC as the oracle does."""
import unittest

import torch

from tests.e2e.base import DaemonTest
from tests.zoo import registry
from tests.zoo.case import stored_calls
from tests.zoo.compare import compare, compare_top5


def tensors_only(value) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, torch.Tensor) for item in value)


def flat(value) -> list:
    """The tensors of a result in order; None has no place in a response."""
    if isinstance(value, torch.Tensor):
        return [value]
    return [tensor for item in value or () for tensor in flat(item)]


class Zoo(DaemonTest):
    groups = ("models",)

    @classmethod
    def fill(cls, repository):
        cls.calls = []
        for case in registry.cases(cls.groups):
            for index, call in enumerate(stored_calls(case)):
                if index == 0:
                    repository.link(case.name, call.model)
                if call.fails is None and call.method == "forward" \
                        and tensors_only(torch.load(call.inputs)):
                    cls.calls.append(call)

    def test_answers(self):
        self.assertGreater(len(self.calls), 20)
        for call in self.calls:
            with self.subTest(call=call.label):
                want = flat(torch.load(call.expected))
                inputs = [tensor.numpy() for tensor in torch.load(call.inputs)]
                got = [torch.tensor(value) for value in self.client.infer(call.case, inputs)]
                self.assertIsNone(compare(got, want, call.tolerance))
                if call.classes:
                    self.assertIsNone(compare_top5(got[0], want[0], call.tolerance))

    def test_metadata(self):
        metadata = self.client.call("ModelMetadata", name="resnet18")
        self.assertEqual((list(metadata.versions), len(metadata.inputs), len(metadata.outputs)),
                         (["1"], 1, 1))


if __name__ == "__main__":
    unittest.main()
