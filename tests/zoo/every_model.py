#!/usr/bin/python3
"""Compares temper with PyTorch on all float models of torchvision, one after the other, with seeded
random weights. It takes about an hour and 10 GB of memory, so it is run by hand. The last line is
`N passed, N failed`.

A model may differ from float32 PyTorch by 1e-4, or by four times what that itself differs from
float64: deep networks with random weights lose more than the usual digits, and convolutions by
minimal filtering one or two bits more. Of detections with nearly equal scores the order is free:
PyTorch's own changes with the last digits of the image. So do a few of the boxes, masks and
keypoints that it finds (one of two nearly equal proposals is left, the largest value of a nearly
flat map moves): a row may differ by twice what PyTorch's does when the image changes by 1e-5.
"""
import argparse
import copy
import dataclasses
import pathlib
import re
import sys
import tempfile
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import torch  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torchvision import models as vision  # noqa: E402

from tests.zoo import case as zoo  # noqa: E402
from tests.zoo import models, more  # noqa: E402
from tests.zoo.case import Call, Case, Stored  # noqa: E402
from tests.zoo.compare import compare  # noqa: E402
from tests.zoo.engine import Answer, run_all  # noqa: E402
from tests.zoo.run import judge, prepare  # noqa: E402

Maker = Callable[[], Tuple[Any, List[Call]]]


def tolerance(model: nn.Module, inputs: Tuple[Any, ...]) -> float:
    with torch.no_grad():
        single = model(*inputs)
        double = copy.deepcopy(model).double()(*(x.double() for x in inputs))
    if isinstance(single, dict):
        single, double = single["out"], double["out"]
    error = (single - double).abs().max() / double.abs().max()
    return max(1e-4, 4 * float(error))


def classifier(name: str) -> Maker:
    def make() -> Tuple[Any, List[Call]]:
        model, x = models.build(name)
        return torch.jit.script(model), [Call((x,), tolerance=tolerance(model, (x,)), classes=True)]
    return make


def segmentation(name: str) -> Maker:
    def make() -> Tuple[Any, List[Call]]:
        model, (call,) = more.segmentation(name)()
        return model, [dataclasses.replace(call, tolerance=tolerance(model, call.inputs))]
    return make


def video(name: str) -> Maker:
    shape = (1, 3, 16, 224, 224) if "mvit" in name or "s3d" in name else (1, 3, 8, 56, 56)

    def make() -> Tuple[Any, List[Call]]:
        model = vision.get_model(name, weights=None)
        models.randomise(model)
        x = torch.randn(shape)
        models.settle(model, torch.cat([x, torch.randn(shape)]))
        return torch.jit.script(model), [Call((x,), tolerance=tolerance(model, (x,)))]
    return make


def flow(name: str) -> Maker:
    def make() -> Tuple[Any, List[Call]]:
        model = vision.get_model(name, weights=None).eval()
        models.randomise(model)
        first, second = torch.rand(2, 1, 3, 128, 136) * 2 - 1
        return torch.jit.script(model), [Call((first, second), tolerance=1e-3)]
    return make


def makers() -> Dict[str, Maker]:
    found: Dict[str, Maker] = {}
    for maker, part in ((classifier, vision), (segmentation, vision.segmentation),
                        (video, vision.video), (flow, vision.optical_flow),
                        (more.detector, vision.detection)):
        found.update({name: maker(name) for name in vision.list_models(part)})
    return found


def in_order_of(want: Dict[str, Tensor], got: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """What was found, with rows of nearly equal scores in the order that is expected."""
    rows = [torch.cat([each["boxes"], each["scores"][:, None] * 1000,
                       each["labels"][:, None] * 1000.0], 1) for each in (want, got)]
    distances = torch.cdist(rows[0], rows[1], compute_mode="donot_use_mm_for_euclid_dist")
    order: List[int] = []
    for place in range(len(rows[0])):
        order.append(int(distances[place].argmin()))
        distances[:, order[-1]] = float("inf")
    return {key: value[order] for key, value in got.items()}


def after_small_changes(call: Stored) -> List[List[Dict[str, Tensor]]]:
    """What PyTorch finds in images that differ from the call's by 1e-6 to 1e-5."""
    model, (images,) = torch.jit.load(str(call.model)), torch.load(call.inputs)
    random = torch.Generator().manual_seed(1)
    found = []
    for size in (1e-6, 1e-6, 1e-5, 1e-5, 1e-5, 1e-5):
        changed = [x * (1 + size * torch.randn(x.shape, generator=random)) for x in images]
        found.append(detections(zoo.ask_oracle(model, Call((changed,)))))
    return found


def detections(answer: Any) -> List[Dict[str, Tensor]]:
    return answer[1] if isinstance(answer, tuple) else answer


def farthest(a: Tensor, b: Tensor) -> Tensor:
    """For each row, how far its elements lie apart at most."""
    return (a.double() - b.double()).abs().flatten(1).amax(1) if a.dim() > 1 else (a - b).abs()


def compare_rows(got: Dict[str, Tensor], want: Dict[str, Tensor], others: List[Dict[str, Tensor]],
                 tolerance: float) -> Optional[str]:
    """None if each row of `got` differs from `want` by at most what one of `others` does."""
    for key in want:
        if got[key].shape != want[key].shape or got[key].dtype != want[key].dtype:
            return f"{key}: {got[key].dtype} {list(got[key].shape)}, " \
                   f"expected {want[key].dtype} {list(want[key].shape)}"
        spread = torch.stack([farthest(other[key], want[key]) for other in others]).amax(0)
        limit = 2 * spread + tolerance * float(want[key].abs().max())
        error = farthest(got[key], want[key])
        if bool((error > limit).any()):
            row = int((error - limit).argmax())
            return f"{key}[{row}]: differs by {error[row]:.3g}, allowed {limit[row]:.3g}"
    return None


def judge_detection(call: Stored, answer: Answer) -> Optional[str]:
    problem = judge(call, answer)
    if problem is None or answer.error is not None:
        return problem
    got, want = detections(torch.load(answer.output)), detections(torch.load(call.expected))
    if any(len(a["scores"]) != len(b["scores"]) for a, b in zip(got, want)):
        return problem
    changed = after_small_changes(call)
    for image, (a, b) in enumerate(zip(got, want)):
        others = [b] + [in_order_of(b, each[image]) for each in changed
                        if len(each[image]["scores"]) == len(b["scores"])]
        problem = compare([a["scores"]], [b["scores"]], call.tolerance) or \
            compare_rows(in_order_of(b, a), b, others, call.tolerance)
        if problem:
            return f"image {image}: {problem}"
    return None


def check(temper: str, name: str, make: Maker, timeout: float) -> Optional[str]:
    """None if the answers agree, else why they do not."""
    with tempfile.TemporaryDirectory() as folder:
        zoo.CACHE = pathlib.Path(folder)
        _, calls, trouble = prepare(Case(name, "every_model", make, (__file__,)))
        if trouble:
            return f"the oracle cannot make it: {trouble.strip().splitlines()[-1]}"
        found: List[Optional[str]] = []
        by = judge_detection if name in vision.list_models(vision.detection) else judge
        run_all(temper, calls, timeout, lambda call, answer: found.append(by(call, answer)))
        return next((problem for problem in found if problem), None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--temper", required=True, help="the temper binary")
    parser.add_argument("--filter", default="", help="regular expression on names of models")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds for one call")
    options = parser.parse_args()
    passed = failed = 0
    for name, make in makers().items():
        if not re.search(options.filter, name):
            continue
        start = time.monotonic()
        problem = check(options.temper, name, make, options.timeout)
        passed, failed = passed + (problem is None), failed + (problem is not None)
        print(f"{'FAIL' if problem else 'ok  '}  {name:40} {time.monotonic() - start:6.1f} s  "
              f"{problem or ''}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
