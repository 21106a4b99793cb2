"""A small convolutional network that reads handwritten digits."""
from typing import List, NamedTuple

import torch
from torch import Tensor, nn


class Reading(NamedTuple):
    logits: Tensor
    digit: Tensor


class Digits(nn.Module):
    """Bright strokes on a dark ground, [N, 1, H, W]; any size and any scale of brightness."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
            nn.Conv2d(16, 24, 3, padding=1, bias=False), nn.BatchNorm2d(24), nn.ReLU(),
            nn.MaxPool2d(2))
        self.head = nn.Sequential(nn.Linear(24 * 4 * 4, 48), nn.ReLU(), nn.Dropout(0.2),
                                  nn.Linear(48, 10))

    def forward(self, image: Tensor) -> Reading:
        if image.dim() != 4 or image.size(1) != 1:
            raise ValueError("image must be [N, 1, H, W], got {}".format(image.shape))
        small = nn.functional.adaptive_avg_pool2d(image, (8, 8))
        brightest = torch.amax(small, dim=[1, 2, 3], keepdim=True).clamp(min=1e-6)
        logits = self.head(self.features(small / brightest).flatten(1))
        return Reading(logits, torch.argmax(logits, dim=1))

    @torch.jit.export
    def describe(self, image: Tensor) -> List[str]:
        logits, digits = self.forward(image)
        chances = torch.softmax(logits, dim=1)
        lines: List[str] = []
        for row in range(digits.size(0)):
            digit = int(digits[row])
            percent = int(100.0 * float(chances[row, digit]) + 0.5)
            lines.append("{} ({} %)".format(digit, percent))
        return lines


def train(images: Tensor, labels: Tensor, epochs: int = 30) -> Digits:
    torch.manual_seed(7)
    model = Digits()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for _ in range(epochs):
        for rows in torch.randperm(len(images)).split(64):
            loss = nn.functional.cross_entropy(model(images[rows]).logits, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()
    return model.eval()
