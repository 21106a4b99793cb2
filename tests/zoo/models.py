"""Models of torchvision with seeded random weights that keep activations in scale."""
from typing import Any, Callable, List, Sequence, Tuple

import torch
import torchvision
from torch import nn

from tests.zoo.case import Call, Case

SCRIPTED = ("resnet18", "resnet50", "wide_resnet50_2", "resnext50_32x4d", "mobilenet_v2",
            "mobilenet_v3_small", "shufflenet_v2_x1_0", "squeezenet1_1", "densenet121", "vgg11_bn",
            "alexnet", "googlenet", "inception_v3", "efficientnet_b0", "mnasnet1_0",
            "regnet_y_400mf", "convnext_tiny", "vit_b_16", "swin_t")
TRACED = ("resnet18", "mobilenet_v2", "shufflenet_v2_x1_0", "densenet121", "efficientnet_b0")
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def randomise(model: nn.Module) -> None:
    """Random weights as trained ones look: no parameter is constant, no branch is switched off."""
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, NORMS) and module.affine:
                module.weight.uniform_(0.7, 1.3)
                module.bias.normal_(0.0, 0.2)
        for name, parameter in model.named_parameters():
            if name.endswith("layer_scale"):
                parameter.uniform_(0.1, 0.5)
            elif parameter.numel() > 1 and float(parameter.std()) == 0.0:
                parameter.add_(torch.randn_like(parameter) * 0.1)


def settle(model: nn.Module, x: torch.Tensor) -> None:
    """Running statistics that match the weights, so that depth neither blows up nor fades out."""
    model.eval()
    norms = [module for module in model.modules() if isinstance(module, NORMS)]
    if not norms:
        return
    for module in norms:
        module.train()
        module.momentum = None
    with torch.no_grad():
        model(x)
    for module in norms:
        module.eval()
        module.momentum = 0.1


def spread(model: nn.Module, x: torch.Tensor) -> None:
    """Scores with a spread of about one, so that the order of classes means something."""
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    with torch.no_grad():
        scores = model(x)
        scores = scores if isinstance(scores, torch.Tensor) else scores[0]
        if linear and linear[-1].out_features == scores.shape[-1]:
            linear[-1].weight.div_(scores.std())


def build(name: str) -> Tuple[nn.Module, torch.Tensor]:
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    model = torchvision.models.get_model(name, weights=None, **options)
    size = 299 if name == "inception_v3" else 224
    randomise(model)
    settle(model, torch.randn(2, 3, size, size) if name in ("inception_v3", "maxvit_t")
           else torch.randn(4, 3, 128, 128))
    x = torch.randn(1, 3, size, size)
    spread(model, x)
    return model.eval(), x


def scripted(name: str) -> Callable[[], Any]:
    def make():
        model, x = build(name)
        calls = [Call((x,), classes=True)]
        if name in ("resnet18", "squeezenet1_1", "mobilenet_v3_small"):
            calls.append(Call((torch.randn(3, 3, 160, 192),), classes=True))
        return torch.jit.script(model), calls
    return make


def traced(name: str) -> Callable[[], Any]:
    def make():
        model, x = build(name)
        return torch.jit.trace(model, x, check_trace=False), [
            Call((x,), classes=True), Call((torch.randn_like(x),), classes=True)]
    return make


def makers() -> Sequence[Tuple[str, Callable[[], Any]]]:
    return [(name, scripted(name)) for name in SCRIPTED] + \
        [(f"traced_{name}", traced(name)) for name in TRACED]


def cases() -> List[Case]:
    return [Case(name, "models", make, (__file__,)) for name, make in makers()]
