"""One-operator programs over about a million elements, by group.

A case is an expression over arguments x, y, z, ...; the same text is scripted for temper and
evaluated by Python for PyTorch's eager mode.
"""
import dataclasses
from typing import Callable, Dict, Tuple

import torch
import torchvision  # noqa: F401  (its operators)

N = 1000


@dataclasses.dataclass
class Case:
    group: str  # pointwise, reduction or other
    expression: str
    inputs: Callable[[], tuple]


def plain(dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """A matrix of N x N: normal numbers, or small whole ones."""
    if dtype == torch.bool:
        return torch.rand(N, N) < 0.5
    if dtype.is_floating_point:
        return torch.randn(N, N).to(dtype)
    return torch.randint(1, 100, (N, N), dtype=dtype)


def positive(dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.rand(N, N).add(0.1).to(dtype)


def fixed(*makers: Callable[[], torch.Tensor]) -> Callable[[], tuple]:
    return lambda: tuple(make() for make in makers)


def of(dtype: torch.dtype, count: int) -> Callable[[], tuple]:
    return lambda: tuple(plain(dtype) for _ in range(count))


ONE, TWO, THREE = (of(torch.float32, count) for count in (1, 2, 3))
POSITIVE = fixed(positive)


def image() -> torch.Tensor:
    return torch.randn(4, 16, 125, 125)


IMAGE = fixed(image)


def _pointwise() -> Dict[str, Case]:
    cases = {}

    def add(name: str, expression: str, inputs: Callable[[], tuple]) -> None:
        cases[name] = Case("pointwise", expression, inputs)

    for name in ("neg", "abs", "sign", "floor", "round", "trunc", "reciprocal", "square", "exp",
                 "expm1", "tanh", "sigmoid", "erf", "relu", "sin", "cos", "atan", "isnan"):
        add(name, f"torch.{name}(x)", ONE)
    for name in ("sqrt", "rsqrt", "log", "log2", "log1p"):
        add(name, f"torch.{name}(x)", POSITIVE)
    for name in ("gelu", "silu", "hardswish", "leaky_relu", "elu", "softplus", "mish"):
        add(name, f"torch.nn.functional.{name}(x)", ONE)
    for name in ("add", "sub", "mul", "div", "maximum", "atan2", "fmod", "remainder", "eq", "lt",
                 "ge", "logical_and"):
        add(name, f"torch.{name}(x, y)", TWO)
    add("pow", "torch.pow(x, y)", fixed(positive, plain))
    add("pow_2", "x ** 2", ONE)
    add("pow_2.5", "x ** 2.5", POSITIVE)
    add("floor_divide", "torch.div(x, y, rounding_mode='floor')", TWO)
    add("add_number", "x + 1.5", ONE)
    add("mul_number", "x * 1.5", ONE)
    add("gt_number", "x > 0.5", ONE)
    add("add_alpha", "torch.add(x, y, alpha=0.5)", TWO)
    add("add_row", "x + y", fixed(plain, lambda: torch.randn(N)))
    add("add_column", "x + y", fixed(plain, lambda: torch.randn(N, 1)))
    add("add_transposed", "x + y.t()", TWO)
    add("mul_every_other", "x[:, ::2] * y[:, ::2]", TWO)
    add("clamp", "torch.clamp(x, -0.5, 0.5)", ONE)
    add("clamp_min", "torch.clamp(x, min=0.0)", ONE)
    add("where", "torch.where(x, y, z)", fixed(lambda: plain(torch.bool), plain, plain))
    add("masked_fill", "x.masked_fill(y, 0.0)", fixed(plain, lambda: plain(torch.bool)))
    add("lerp", "torch.lerp(x, y, 0.3)", TWO)
    add("addcmul", "torch.addcmul(x, y, z, value=0.5)", THREE)
    for dtype in (torch.float64, torch.bfloat16):
        short = str(dtype)[6:]
        for name in ("add", "mul", "lt"):
            add(f"{name}_{short}", f"torch.{name}(x, y)", of(dtype, 2))
        for name in ("exp", "sigmoid", "relu"):
            add(f"{name}_{short}", f"torch.{name}(x)", of(dtype, 1))
    for dtype in (torch.int64, torch.int32, torch.uint8):
        short = str(dtype)[6:]
        for name in ("add", "mul", "lt"):
            add(f"{name}_{short}", f"torch.{name}(x, y)", of(dtype, 2))
    add("bitwise_and_int64", "x & y", of(torch.int64, 2))
    add("floor_divide_int64", "x // y", of(torch.int64, 2))
    add("logical_and_bool", "torch.logical_and(x, y)", of(torch.bool, 2))
    add("logical_not_bool", "~x", of(torch.bool, 1))
    add("where_int64", "torch.where(x, y, z)",
        fixed(lambda: plain(torch.bool), *[lambda: plain(torch.int64)] * 2))
    for source, target in (("float32", "float64"), ("float32", "bfloat16"), ("float32", "int64"),
                           ("bfloat16", "float32"), ("int64", "float32"), ("uint8", "float32"),
                           ("bool", "float32")):
        add(f"{source}_to_{target}", f"x.to(torch.{target})", of(getattr(torch, source), 1))
    add("mixed_add", "x + y", fixed(plain, lambda: plain(torch.int64)))
    return cases


def _reductions() -> Dict[str, Case]:
    cases = {}

    def add(name: str, expression: str, inputs: Callable[[], tuple] = ONE) -> None:
        cases[name] = Case("reduction", expression, inputs)

    places = (("all", ""), ("last", ", dim=1"), ("first", ", dim=0"))
    for place, text in places:
        for name in ("sum", "mean", "amax", "argmax", "var", "std", "prod"):
            add(f"{name}_{place}", f"torch.{name}(x{text})")
        add(f"norm_{place}", f"torch.norm(x, p=2{text})" if text else "torch.norm(x)")
        add(f"all_{place}", f"torch.all(x{text})", fixed(lambda: torch.ones(N, N) > 0))
        add(f"any_{place}", f"torch.any(x{text})", fixed(lambda: torch.ones(N, N) < 0))
    for place, dim in (("last", 1), ("first", 0)):
        for name in ("logsumexp", "softmax", "log_softmax", "cumsum", "cumprod"):
            add(f"{name}_{place}", f"torch.{name}(x, dim={dim})")
        add(f"max_{place}", f"torch.max(x, dim={dim})")
    add("sum_middle", "x.sum(1)", fixed(lambda: torch.randn(100, 100, 100)))
    add("mean_planes", "x.mean((2, 3))", IMAGE)
    add("sum_transposed", "x.t().sum(0)", ONE)
    add("norm_1", "torch.norm(x, p=1, dim=1)")
    add("sum_float64", "x.sum()", of(torch.float64, 1))
    add("sum_bfloat16", "x.sum()", of(torch.bfloat16, 1))
    add("sum_int64", "x.sum()", of(torch.int64, 1))
    add("sum_bool", "x.sum()", of(torch.bool, 1))
    add("argmax_int64_last", "x.argmax(1)", of(torch.int64, 1))
    add("softmax_float64", "torch.softmax(x, 1)", of(torch.float64, 1))
    add("softmax_bfloat16", "torch.softmax(x, 1)", of(torch.bfloat16, 1))
    add("cumsum_int64", "torch.cumsum(x, 1)", of(torch.int64, 1))
    add("count_nonzero", "torch.count_nonzero(x)")
    add("equal", "torch.equal(x, y)", lambda: (torch.ones(N, N), torch.ones(N, N)))
    return cases


def indices(count: int, limit: int) -> Callable[[], torch.Tensor]:
    return lambda: torch.randint(0, limit, (count,))


def _index_cases() -> Dict[str, Tuple[str, Callable[[], tuple]]]:
    places = lambda: torch.randint(0, N, (N, N))  # noqa: E731
    mask = lambda: plain(torch.bool)  # noqa: E731
    return {
        "sort_last": ("torch.sort(x, dim=1)", ONE),
        "sort_first": ("torch.sort(x, dim=0)", ONE),
        "sort_flat": ("torch.sort(x.flatten())", ONE),
        "sort_int64": ("torch.sort(x, dim=1)", of(torch.int64, 1)),
        "argsort_descending": ("torch.argsort(x, dim=1, descending=True)", ONE),
        "topk_last": ("torch.topk(x, 10, dim=1)", ONE),
        "topk_flat": ("torch.topk(x.flatten(), 100)", ONE),
        "topk_half": ("torch.topk(x, 500, dim=1)", ONE),
        "kthvalue": ("torch.kthvalue(x, 500, dim=1)", ONE),
        "median": ("torch.median(x, dim=1)", ONE),
        "unique": ("torch.unique(x)", of(torch.int64, 1)),
        "bincount": ("torch.bincount(x.flatten())", of(torch.int64, 1)),
        "searchsorted": ("torch.searchsorted(y, x)",
                         lambda: (plain(), torch.randn(1000).sort().values)),
        "gather_last": ("torch.gather(x, 1, y)", fixed(plain, places)),
        "gather_first": ("torch.gather(x, 0, y)", fixed(plain, places)),
        "scatter_last": ("torch.scatter(x, 1, y, z)", fixed(plain, places, plain)),
        "scatter_add_first": ("torch.scatter_add(x, 0, y, z)", fixed(plain, places, plain)),
        "index_select_first": ("torch.index_select(x, 0, y)", fixed(plain, indices(N, N))),
        "index_select_last": ("torch.index_select(x, 1, y)", fixed(plain, indices(N, N))),
        "index_rows": ("x[y]", fixed(plain, indices(N, N))),
        "index_pairs": ("x[y, z]", fixed(plain, indices(N * N, N), indices(N * N, N))),
        "index_columns": ("x[:, y]", fixed(plain, indices(N, N))),
        "index_mask": ("x[y]", fixed(plain, mask)),
        "index_put": ("x.index_put((y, z), w)",
                      lambda: (plain(), indices(N * N, N)(), indices(N * N, N)(), plain()[0, 0])),
        "index_add": ("torch.index_add(x, 0, y, z)", fixed(plain, indices(N, N), plain)),
        "masked_select": ("torch.masked_select(x, y)", fixed(plain, mask)),
        "nonzero": ("torch.nonzero(x)", of(torch.bool, 1)),
    }


def _shape_cases() -> Dict[str, Tuple[str, Callable[[], tuple]]]:
    return {
        "cat_first": ("torch.cat((x, y))", TWO),
        "cat_last": ("torch.cat((x, y), dim=1)", TWO),
        "stack_last": ("torch.stack((x, y), dim=2)", TWO),
        "clone": ("x.clone()", ONE),
        "transpose_copy": ("x.t().contiguous()", ONE),
        "transpose_copy_bfloat16": ("x.t().contiguous()", of(torch.bfloat16, 1)),
        "to_channels_last": ("x.permute(0, 2, 3, 1).contiguous()", IMAGE),
        "every_other": ("x[:, ::2].contiguous()", ONE),
        "flip": ("torch.flip(x, (1,))", ONE),
        "roll": ("torch.roll(x, 3, 1)", ONE),
        "repeat": ("x.repeat(2, 2)", fixed(lambda: torch.randn(500, 500))),
        "tril": ("torch.tril(x)", ONE),
        "pad": ("torch.nn.functional.pad(x, (1, 1, 1, 1))", IMAGE),
        "reflection_pad": ("torch.nn.functional.pad(x, (2, 2, 2, 2), mode='reflect')", IMAGE),
        "one_hot": ("torch.nn.functional.one_hot(x, 100)", fixed(indices(10000, 100))),
        "fill": ("torch.zeros_like(x)", ONE),
        "arange": ("torch.arange(1000000, dtype=torch.float32)", tuple),
    }


def _table(rows: int, width: int) -> torch.Tensor:
    return torch.randn(rows, width)


def _byte_table() -> torch.Tensor:
    return torch.ops.quantized.embedding_bag_byte_prepack(_table(100000, 64))


def _bag_cases() -> Dict[str, Tuple[str, Callable[[], tuple]]]:
    bag = "torch.embedding_bag(x, y, z, False, {mode}, False, {weights})[0]"
    table = lambda: _table(100000, 64)  # noqa: E731
    ids = indices(20000, 100000)
    offsets = lambda: torch.arange(0, 20000, 20)  # noqa: E731
    byte = ("torch.ops.quantized.embedding_bag_byte_rowwise_offsets(x, y, z, False, 0, False, "
            "{weights}, None, False)")
    weights = lambda: torch.rand(20000)  # noqa: E731
    cases = {
        "embedding": ("torch.embedding(x, y)", fixed(table, ids)),
        "embedding_narrow": ("torch.embedding(x, y)",
                             fixed(lambda: _table(1000, 8), indices(20000, 1000))),
        "embedding_bag_weighted": (bag.format(mode=0, weights="w"),
                                   fixed(table, ids, offsets, weights)),
        "byte_bag": (byte.format(weights="None"), fixed(_byte_table, ids, offsets)),
        "byte_bag_weighted": (byte.format(weights="w"),
                              fixed(_byte_table, ids, offsets, weights)),
        "byte_prepack": ("torch.ops.quantized.embedding_bag_byte_prepack(x)",
                         fixed(lambda: _table(16000, 64))),
        "byte_unpack": ("torch.ops.quantized.embedding_bag_byte_unpack(x)",
                        lambda: (torch.ops.quantized.embedding_bag_byte_prepack(
                            _table(16000, 64)),)),
    }
    for mode, name in enumerate(("sum", "mean", "max")):
        cases[f"embedding_bag_{name}"] = (bag.format(mode=mode, weights="None"),
                                          fixed(table, ids, offsets))
    return cases


def _boxes(count: int, size: float, largest: float) -> torch.Tensor:
    corner = torch.rand(count, 2) * size
    return torch.cat((corner, corner + torch.rand(count, 2) * largest + 1), 1)


def _regions() -> tuple:
    boxes = _boxes(100, 100, 24)
    return image(), torch.cat((torch.zeros(100, 1), boxes), 1)


def _layer_cases() -> Dict[str, Tuple[str, Callable[[], tuple]]]:
    resize = "torch.nn.functional.interpolate(x, scale_factor=2.0, mode='{}'{})"
    half = fixed(lambda: torch.randn(4, 16, 62, 62))
    channels = lambda: torch.rand(16)  # noqa: E731
    sample = "torch.grid_sampler(x, y, {}, {}, False)"
    grid = fixed(image, lambda: torch.rand(4, 125, 125, 2) * 2.2 - 1.1)
    return {
        "upsample_nearest": (resize.format("nearest", ""), half),
        "upsample_bilinear": (resize.format("bilinear", ", align_corners=False"), half),
        "upsample_bicubic": (resize.format("bicubic", ", align_corners=False"), half),
        "downsample_bilinear": ("torch.nn.functional.interpolate(x, size=(60, 60), "
                                "mode='bilinear', align_corners=True)", IMAGE),
        "upsample_bilinear_last": (
            resize.format("bilinear", ", align_corners=False"),
            fixed(lambda: torch.randn(4, 16, 62, 62).to(memory_format=torch.channels_last))),
        "grid_sample_bilinear": (sample.format(0, 0), grid),
        "grid_sample_nearest": (sample.format(1, 0), grid),
        "grid_sample_border": (sample.format(0, 1), grid),
        "grid_sample_bicubic": (sample.format(2, 0), grid),
        "max_pool2d": ("torch.nn.functional.max_pool2d(x, 3, 2, 1)", IMAGE),
        "max_pool2d_2": ("torch.nn.functional.max_pool2d(x, 2)", IMAGE),
        "max_pool2d_indices": (
            "torch.nn.functional.max_pool2d(x, 3, 2, 1, return_indices=True)", IMAGE),
        "avg_pool2d": ("torch.nn.functional.avg_pool2d(x, 3, 2, 1)", IMAGE),
        "adaptive_avg_pool2d": ("torch.nn.functional.adaptive_avg_pool2d(x, (7, 7))", IMAGE),
        "layer_norm": ("torch.layer_norm(x, [1000], y, z)",
                       fixed(plain, *[lambda: torch.rand(N)] * 2)),
        "layer_norm_narrow": ("torch.layer_norm(x, [64], y, z)",
                              fixed(lambda: torch.randn(15625, 64), *[lambda: torch.rand(64)] * 2)),
        "group_norm": ("torch.group_norm(x, 4, y, z)", fixed(image, channels, channels)),
        "batch_norm": ("torch.batch_norm(x, y, z, y, z, False, 0.1, 1e-5, False)",
                       fixed(image, channels, channels)),
        "nms": ("torch.ops.torchvision.nms(x, y, 0.5)",
                lambda: (_boxes(3000, 500, 100), torch.rand(3000))),
        "roi_align": ("torch.ops.torchvision.roi_align(x, y, 1.0, 7, 7, 2, True)", _regions),
        "roi_align_adaptive": ("torch.ops.torchvision.roi_align(x, y, 1.0, 7, 7, -1, False)",
                               _regions),
        "roi_pool": ("torch.ops.torchvision.roi_pool(x, y, 1.0, 7, 7)", _regions),
        "cdist": ("torch.cdist(x, y)", lambda: (torch.randn(1000, 16), torch.randn(1000, 16))),
        "unfold": ("torch.nn.functional.unfold(x, 3, padding=1)",
                   fixed(lambda: torch.randn(1, 8, 125, 125))),
        "pixel_shuffle": ("torch.pixel_shuffle(x, 4)", IMAGE),
    }


def all_cases() -> Dict[str, Case]:
    cases = {**_pointwise(), **_reductions()}
    for table in (_index_cases(), _shape_cases(), _bag_cases(), _layer_cases()):
        for name, (expression, inputs) in table.items():
            cases[name] = Case("other", expression, inputs)
    return cases


def make(name: str) -> Tuple[Callable, torch.jit.ScriptModule, tuple]:
    """The function for eager mode, the module to save, and the inputs."""
    case = all_cases()[name]
    torch.manual_seed(0)
    inputs = case.inputs()
    names = ("x", "y", "z", "w")[:len(inputs)]
    eager = eval(f"lambda {', '.join(names)}: {case.expression}", {"torch": torch})
    # A class of its own, because modules of one class share their methods.
    module = torch.jit.script(type("Operator", (torch.nn.Module,), {})().eval())
    module.define(f"def forward(self{''.join(', ' + n for n in names)}):\n"
                  f"    return {case.expression}\n")
    return eager, module, inputs
