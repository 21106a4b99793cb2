"""Models beyond classification: segmentation, detection, video, sound, text; and common blocks."""
from typing import Any, Callable, Dict, List, Sequence, Tuple

import torch
import torchaudio
import torchvision
from torch import Tensor, nn
from torchvision.models import detection

from tests.zoo.case import Call, Case
from tests.zoo.layers import stir
from tests.zoo.models import randomise, settle


class FirstOfDict(nn.Module):
    """Segmentation models give a dict; settling needs only that they run."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        return self.model(x)


def segmentation(name: str) -> Callable[[], Any]:
    def make():
        model = torchvision.models.get_model(name, weights=None, weights_backbone=None,
                                             num_classes=5)
        randomise(model)
        settle(model, torch.randn(2, 3, 128, 128))
        # In fcn even two modes of PyTorch differ by 7e-5: its layers lose digits.
        call = Call((torch.randn(1, 3, 96, 128),), tolerance=3e-4)
        return torch.jit.script(FirstOfDict(model).eval()), [call]
    return make


def video(name: str) -> Callable[[], Any]:
    def make():
        model = torchvision.models.get_model(name, weights=None, num_classes=7)
        randomise(model)
        settle(model, torch.randn(2, 3, 8, 56, 56))
        return torch.jit.script(model.eval()), [Call((torch.randn(1, 3, 8, 64, 64),), classes=True)]
    return make


class Detect(nn.Module):
    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, images: List[Tensor]) -> List[Dict[str, Tensor]]:
        return self.model(images)[1]


def detector(name: str) -> Callable[[], Any]:
    def make():
        model = getattr(detection, name)(weights=None, weights_backbone=None, num_classes=4)
        randomise(model)
        settle(model.backbone, torch.randn(2, 3, 128, 128))
        return torch.jit.script(Detect(model).eval()), [
            Call(([torch.rand(3, 120, 160)],), tolerance=1e-3)]
    return make


def regions():
    class Regions(nn.Module):
        def forward(self, x: Tensor, boxes: Tensor, scores: Tensor) -> List[Tensor]:
            rois = torch.cat([torch.zeros(boxes.size(0), 1), boxes], 1)
            return [torchvision.ops.nms(boxes, scores, 0.4),
                    torchvision.ops.roi_align(x, rois, [3, 3], 0.5, 2, True),
                    torchvision.ops.roi_align(x, rois, [2, 4], 1.0, -1, False),
                    torchvision.ops.roi_pool(x, rois, [3, 3], 0.5),
                    torchvision.ops.box_iou(boxes, boxes)]

    corner = torch.rand(12, 2) * 12
    boxes = torch.cat([corner, corner + 1 + torch.rand(12, 2) * 8], 1)
    return torch.jit.script(Regions()), [Call((torch.randn(1, 4, 20, 20), boxes, torch.rand(12)))]


def wav2vec2():
    model = torchaudio.models.wav2vec2_model(
        extractor_mode="group_norm",
        extractor_conv_layer_config=[(16, 10, 5), (16, 3, 2), (16, 2, 2)],
        extractor_conv_bias=False, encoder_embed_dim=24, encoder_projection_dropout=0.0,
        encoder_pos_conv_kernel=8, encoder_pos_conv_groups=4, encoder_num_layers=2,
        encoder_num_heads=4, encoder_attention_dropout=0.0, encoder_ff_interm_features=32,
        encoder_ff_interm_dropout=0.0, encoder_dropout=0.0, encoder_layer_norm_first=False,
        encoder_layer_drop=0.0, aux_num_out=9)
    wave = torch.randn(2, 2000)
    return torch.jit.script(stir(model)), [
        Call((wave, None)), Call((wave, torch.tensor([2000, 1200])))]


def conformer():
    model = torchaudio.models.Conformer(input_dim=16, num_heads=4, ffn_dim=32, num_layers=2,
                                        depthwise_conv_kernel_size=7)
    return torch.jit.script(stir(model)), [Call((torch.randn(2, 20, 16), torch.tensor([20, 13])))]


def emformer():
    model = torchaudio.models.Emformer(16, 4, 32, 2, 4, right_context_length=1)
    return torch.jit.script(stir(model)), [
        Call((torch.randn(2, 13, 16), torch.tensor([12, 8]))),
        Call((torch.randn(2, 5, 16), torch.tensor([5, 5]), None), "infer")]


def conv_tasnet():
    model = torchaudio.models.ConvTasNet(2, 16, 16, msk_num_feats=8, msk_num_hidden_feats=16,
                                         msk_num_layers=2, msk_num_stacks=1)
    return torch.jit.script(stir(model)), [Call((torch.randn(1, 1, 400),))]


def features():
    class Features(nn.Module):
        def __init__(self):
            super().__init__()
            self.mel = torchaudio.transforms.MelSpectrogram(8000, n_fft=256, n_mels=20)
            self.mfcc = torchaudio.transforms.MFCC(8000, 10, melkwargs={"n_fft": 256, "n_mels": 20})
            self.db = torchaudio.transforms.AmplitudeToDB("power", 80.0)
            self.resample = torchaudio.transforms.Resample(8000, 6000)

        def forward(self, wave: Tensor) -> List[Tensor]:
            return [self.db(self.mel(wave)), self.mfcc(wave), self.resample(wave)]

    return torch.jit.script(Features().eval()), [Call((torch.randn(2, 1600),), tolerance=1e-3)]


class Generator(nn.Module):
    """A decoder in the manner of a generative network: transposed and dilated convolutions."""

    def __init__(self):
        super().__init__()
        self.up = nn.ModuleList([nn.ConvTranspose2d(8, 8, 4, 2, 1),
                                 nn.ConvTranspose2d(8, 4, 3, 2, 1, output_padding=1, groups=2)])
        self.norms = nn.ModuleList([nn.InstanceNorm2d(8, affine=True), nn.GroupNorm(2, 4)])
        self.out = nn.Sequential(nn.ReflectionPad2d(2), nn.Conv2d(4, 3, 3, dilation=2), nn.PReLU(3),
                                 nn.PixelShuffle(1), nn.Upsample(scale_factor=1.5, mode="bilinear"))

    def forward(self, x: Tensor) -> Tensor:
        for up, norm in zip(self.up, self.norms):
            x = nn.functional.leaky_relu(norm(up(x)), 0.2)
        return torch.tanh(self.out(x))


class UNet1d(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([nn.Conv1d(2, 4, 5, 2, 2), nn.Conv1d(4, 8, 5, 2, 2, bias=False)])
        self.up = nn.ModuleList([nn.ConvTranspose1d(8, 4, 4, 2, 1),
                                 nn.ConvTranspose1d(8, 2, 4, 2, 1)])
        self.act = nn.SiLU()

    def forward(self, x: Tensor) -> Tensor:
        kept: List[Tensor] = []
        for layer in self.down:
            x = self.act(layer(x))
            kept.append(x)
        for i, layer in enumerate(self.up):
            if i > 0:
                x = torch.cat([x, kept[len(kept) - 1 - i]], 1)
            x = layer(x)
        return nn.functional.interpolate(x, size=[33], mode="linear", align_corners=True)


class Mixture(nn.Module):
    """Experts chosen by value, with loops over what each of them got."""

    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(8, 3)
        self.experts = nn.ModuleList([nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))
                                      for _ in range(3)])

    def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        chances = torch.softmax(self.gate(x), -1)
        weight, chosen = chances.topk(2, dim=-1)
        out = torch.zeros_like(x)
        for i, expert in enumerate(self.experts):
            rows, slots = torch.where(chosen == i)
            if rows.numel() > 0:
                out.index_add_(0, rows, expert(x[rows]) * weight[rows, slots].unsqueeze(1))
        return out, chosen


class VolumeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv3d(1, 4, 3, padding=1), nn.BatchNorm3d(4), nn.ELU(),
                                 nn.AvgPool3d(2), nn.Conv3d(4, 6, (1, 3, 3)), nn.Hardswish(),
                                 nn.AdaptiveMaxPool3d(2), nn.Flatten(), nn.Linear(48, 5),
                                 nn.LogSoftmax(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


def quantized_dynamic():
    model = nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 5))
    torch.backends.quantized.engine = "qnnpack"
    quantized = torch.ao.quantization.quantize_dynamic(stir(model), {nn.Linear}, torch.qint8)
    return torch.jit.script(quantized), [Call((torch.randn(3, 16),))]


def quantized_static():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.quant = torch.ao.quantization.QuantStub()
            self.conv = nn.Conv2d(3, 8, 3, stride=2)
            self.relu = nn.ReLU()
            self.head = nn.Linear(8, 4)
            self.dequant = torch.ao.quantization.DeQuantStub()

        def forward(self, x: Tensor) -> Tensor:
            x = self.relu(self.conv(self.quant(x)))
            return self.dequant(self.head(x.mean([2, 3])))

    torch.backends.quantized.engine = "qnnpack"
    model = stir(Net())
    model.qconfig = torch.ao.quantization.get_default_qconfig("qnnpack")
    model = torch.ao.quantization.fuse_modules(model, [["conv", "relu"]])
    prepared = torch.ao.quantization.prepare(model)
    prepared(torch.randn(8, 3, 12, 12))
    converted = torch.ao.quantization.convert(prepared)
    # One step of the last quantization is the least that a different rounding can give.
    return torch.jit.script(converted), [Call((torch.randn(2, 3, 12, 12),), tolerance=2e-2)]


def module(kind: Callable[[], nn.Module], *inputs: Tuple[int, ...]) -> Callable[[], Any]:
    def make():
        made = kind()
        randomise(made)
        tensors = tuple(torch.randn(*shape) for shape in inputs)
        settle(made, *tensors)
        return torch.jit.script(stir(made)), [Call(tensors)]
    return make


def makers() -> Sequence[Tuple[str, Callable[[], Any]]]:
    return [
        ("lraspp", segmentation("lraspp_mobilenet_v3_large")),
        ("deeplabv3", segmentation("deeplabv3_mobilenet_v3_large")),
        ("fcn", segmentation("fcn_resnet50")),
        ("r3d_18", video("r3d_18")), ("r2plus1d_18", video("r2plus1d_18")),
        ("ssdlite", detector("ssdlite320_mobilenet_v3_large")),
        ("fasterrcnn", detector("fasterrcnn_mobilenet_v3_large_320_fpn")),
        ("regions", regions),
        ("wav2vec2", wav2vec2), ("conformer", conformer), ("emformer", emformer),
        ("conv_tasnet", conv_tasnet), ("sound_features", features),
        ("generator", module(Generator, (2, 8, 6, 5))), ("unet_1d", module(UNet1d, (2, 2, 32))),
        ("mixture_of_experts", module(Mixture, (7, 8))),
        ("volume_net", module(VolumeNet, (2, 1, 6, 10, 10))),
        ("quantized_dynamic", quantized_dynamic), ("quantized_static", quantized_static)]


def cases() -> List[Case]:
    return [Case(name, "more", make, (__file__,)) for name, make in makers()]
