"""The loss of transducers, of torchaudio: costs, their gradients, and what it turns away."""
from typing import Any, List, Tuple

import torch
import torchaudio.functional as audio
from torch import Tensor

from tests.zoo.programs.agreed import agreed


def sequences(frames: List[int], labels: List[int], classes: int, clamp: float = -1., blank: int = -1,
              dtype: torch.dtype = torch.float32) -> Tuple[Any, ...]:
    generator = torch.Generator().manual_seed(len(frames) + classes)
    batch, longest = len(frames), max(labels)
    return (torch.randn(batch, max(frames), longest + 1, classes, generator=generator).to(dtype),
            torch.randint(1, classes - 1, (batch, longest), generator=generator, dtype=torch.int32),
            torch.tensor(frames, dtype=torch.int32), torch.tensor(labels, dtype=torch.int32), clamp, blank)


LOGITS, TARGETS, FRAMES, LABELS, CLAMP, BLANK = PLAIN = sequences([4], [2], 5)
ONE, THREE = torch.tensor([1], dtype=torch.int32), torch.tensor([3], dtype=torch.int32)


@agreed(PLAIN, sequences([6, 3, 1], [2, 4, 0], 7), sequences([5, 5], [3, 1], 4, 0.1, 0), sequences([1], [0], 3),
        sequences([8, 2], [3, 3], 9, -1., 2), sequences([5, 5], [3, 1], 4, dtype=torch.float16),
        (LOGITS.double(), TARGETS, FRAMES, LABELS, CLAMP, BLANK), (LOGITS, TARGETS.long(), FRAMES, LABELS, CLAMP, BLANK),
        (LOGITS, TARGETS, FRAMES, LABELS.long(), CLAMP, BLANK), (LOGITS[0], TARGETS, FRAMES, LABELS, CLAMP, BLANK),
        (LOGITS, TARGETS[0], FRAMES, LABELS, CLAMP, BLANK), (LOGITS, TARGETS, THREE, LABELS, CLAMP, BLANK),
        (LOGITS, TARGETS, FRAMES, ONE, CLAMP, BLANK), (LOGITS, TARGETS, FRAMES, LABELS, CLAMP, 7),
        (LOGITS, TARGETS, FRAMES.expand(2).contiguous(), LABELS, CLAMP, BLANK),
        (LOGITS, TARGETS[:, :1].contiguous(), FRAMES, LABELS, CLAMP, BLANK),
        (LOGITS.transpose(1, 2).contiguous().transpose(1, 2), TARGETS, FRAMES, LABELS, CLAMP, BLANK))
def losses_of_transducers(logits: Tensor, targets: Tensor, frames: Tensor, labels: Tensor, clamp: float, blank: int):
    return (audio.rnnt_loss(logits, targets, frames, labels, blank, clamp, "none"),
            audio.rnnt_loss(logits, targets, frames, labels, blank, clamp, "mean"),
            audio.rnnt_loss(logits, targets, frames, labels, blank, clamp, "sum"),
            torch.ops.torchaudio.rnnt_loss(logits, targets, frames, labels, 0, clamp))
