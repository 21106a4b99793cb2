"""Archives of PyTorch 2: their members, pickles and operators. PyTorch 1.13 cannot load them, so it
answers a program of its own that says the same."""
import dataclasses
import pathlib
import shutil
import struct
from typing import Any, Callable, List

import torch

from tests.zoo.case import Call, Case
from tests.zoo.pickles import number, root_of, storage, table, tagged, tensor, word
from tests.zoo.sources import HEAD, ROOT, archive, split

MARKS = {"byteorder": b"little", ".data/serialization_id": b"0" * 20 + b"7" * 20}
_found: List[Case] = []


@dataclasses.dataclass(frozen=True)
class Newer(Case):
    """`served` makes the archive that temper loads in place of the oracle's."""
    served: Callable[[], pathlib.Path]

    def serve(self, beside: pathlib.Path) -> pathlib.Path:
        model = beside.with_name("served.pt")
        shutil.move(str(self.served()), model)
        return model


def newer(name: str, code: str, reference: str, *calls: Any, root: bytes = ROOT, head: str = HEAD,
          reference_root: bytes = ROOT, **members: bytes) -> None:
    ready = [call if isinstance(call, Call) else Call(call) for call in calls]
    _found.append(Newer(
        f"newer_{name}", "archives", lambda: (archive(split(reference, head), 10, reference_root, **members), ready),
        (__file__,), lambda: archive(split(code, head), 10, root, **MARKS, **members)))


def expression(name: str, arguments: str, code: str, reference: str, *calls: Any, result: str = "Tensor",
               helpers: str = "") -> None:
    head = f"def forward(self: __torch__.M, {arguments}) -> {result}:\n"
    newer(name, head + f"  return {code}", head + f"  return {reference}\n{helpers}", *calls)


X = torch.randn(2, 3, 4)
Q, K, V = torch.randn(2, 4, 5, 8), torch.randn(2, 4, 7, 8), torch.randn(2, 4, 7, 6)
MASK = torch.rand(5, 7) > 0.3
QKV = "q: Tensor, k: Tensor, v: Tensor"
ATTEND = """
|def attend(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool, scale: Optional[float]) -> Tensor:
|  if scale is None:
|    s = 1.0 / float(q.size(-1)) ** 0.5
|  else:
|    s = scale
|  scores = torch.matmul(q, k.transpose(-2, -1)) * s
|  if causal:
|    keep = torch.tril(torch.ones([q.size(-2), k.size(-2)], dtype=11))
|    scores = scores.masked_fill(torch.logical_not(keep), -inf)
|  if mask is not None:
|    if ops.prim.dtype(mask) == 11:
|      scores = scores.masked_fill(torch.logical_not(mask), -inf)
|    else:
|      scores = scores + mask
|  return torch.matmul(torch.softmax(scores, -1), v)
"""
SDPA = "torch.scaled_dot_product_attention"
expression("attention", QKV, f"{SDPA}(q, k, v)", "__torch__.attend(q, k, v, None, False, None)", (Q, K, V),
           (Q[0], K[0], V[0]), (Q.double(), K.double(), V.double()), helpers=ATTEND)
expression("attention_causal", QKV, f"{SDPA}(q, k, v, None, 0., True)",
           "__torch__.attend(q, k, v, None, True, None)", (Q, K, V), (K, Q, Q), helpers=ATTEND)
expression("attention_scaled", QKV, f"{SDPA}(q, k, v, is_causal=True, scale=0.25)",
           "__torch__.attend(q, k, v, None, True, 0.25)", (Q, K, V), helpers=ATTEND)
expression("attention_masked", QKV + ", m: Tensor", f"{SDPA}(q, k, v, m)",
           "__torch__.attend(q, k, v, m, False, None)", (Q, K, V, MASK), (Q, K, V, torch.randn(5, 7)),
           (Q, K, V, torch.randn(2, 1, 5, 7)), helpers=ATTEND)
expression("attention_grouped", QKV, f"{SDPA}(q, k, v, enable_gqa=True)",
           "__torch__.attend(q, k.repeat_interleave(2, 1), v.repeat_interleave(2, 1), None, False, None)",
           (Q, K[:, :2], V[:, :2]), helpers=ATTEND)
expression("attention_optional_mask", QKV + ", m: Optional[Tensor]",
           f"{SDPA}(q, k, v, attn_mask=m, dropout_p=0., is_causal=False, scale=None, enable_gqa=False)",
           "__torch__.attend(q, k, v, m, False, None)", (Q, K, V, None), (Q, K, V, MASK), helpers=ATTEND)

expression("rms_norm", "x: Tensor, w: Optional[Tensor], e: Optional[float]", "torch.rms_norm(x, [4], w, e)",
           "__torch__.norm(x, w, e)", (X, None, None), (X, torch.randn(4), 0.1), (X.double(), None, 1e-3),
           helpers="""
|def norm(x: Tensor, w: Optional[Tensor], e: Optional[float]) -> Tensor:
|  eps = 1.1920928955078125e-07
|  if ops.prim.dtype(x) == 7:
|    eps = 2.220446049250313e-16
|  if e is not None:
|    eps = e
|  y = x * torch.rsqrt((x * x).mean([-1], True) + eps)
|  if w is not None:
|    y = y * w
|  return y
""")
expression("variances", "x: Tensor",
           "[torch.var(x, [1], correction=0), torch.std(x, correction=1), torch.var(x, [0, 2], correction=1, keepdim=True), "
           "torch.std(x, [2], correction=0.), torch.var(x), torch.std(x, [1]), torch.var(x, [1], correction=None)]",
           "[torch.var(x, [1], False), torch.std(x), torch.var(x, [0, 2], True, True), "
           "torch.std(x, [2], False), torch.var(x), torch.std(x, [1]), torch.var(x, [1])]",
           (X,), result="List[Tensor]")
expression("squeezes", "x: Tensor", "[torch.squeeze(x, [0, 2]), x.squeeze([1]), torch.squeeze(x, [-1, 0])]",
           "[torch.squeeze(torch.squeeze(x, 2), 0), x.squeeze(1), torch.squeeze(torch.squeeze(x, -1), 0)]",
           (torch.ones(1, 2, 1),), (torch.ones(1, 1, 1, 3),), result="List[Tensor]")
expression("unflattens", "x: Tensor", "[torch.unflatten(x, 0, [2, -1]), x.unflatten(-1, [2, 2])]",
           "[torch.reshape(x, [2, -1, 4]), torch.reshape(x, [4, 2, 2])]", (torch.randn(4, 4),), result="List[Tensor]")
expression("paddings", "xs: List[Tensor]",
           "[torch.pad_sequence(xs), torch.pad_sequence(xs, True, 1., \"left\"), torch.pad_sequence(xs, padding_side=\"right\")]",
           "[torch.pad_sequence(xs), torch.flip(torch.pad_sequence([torch.flip(xs[0], [0]), torch.flip(xs[1], [0])], True, 1.), [1]), torch.pad_sequence(xs)]",
           ([torch.randn(2, 3), torch.randn(4, 3)],), result="List[Tensor]")
expression("sizes", "x: Tensor",
           "[torch.sym_size(x, 1), torch.sym_numel(x), torch.sym_stride(x, 0), torch.sym_storage_offset(x), ops.prim.itemsize(x), ops.aten.sym_size(x)[0]]",
           "[torch.size(x, 1), torch.numel(x), torch.stride(x)[0], torch.storage_offset(x), torch.element_size(x), torch.size(x)[0]]",
           (X,), (X[1],), result="List[int]")
expression("checks", "x: Tensor", "[torch.any(x, [0, 1]), torch.all(x, [1, 2], True), torch._is_all_true(x), torch._is_any_true(x)]",
           "[torch.any(torch.any(x, 0), 0), torch.all(torch.all(x, 2, True), 1, True), torch.all(x), torch.any(x)]",
           (X > 0,), (X > -9,), result="List[Tensor]")
expression("spreads_between_tensors", "a: Tensor, b: Tensor",
           "[torch.linspace(a, b, 4), torch.linspace(a, 2., 3), torch.linspace(1., b, 3), torch.logspace(a, b, 3)]",
           "[torch.linspace(float(a), float(b), 4), torch.linspace(float(a), 2., 3), torch.linspace(1., float(b), 3), torch.logspace(float(a), float(b), 3)]",
           (torch.tensor(0.5), torch.tensor(2.0)), result="List[Tensor]")
expression("unchecked_indices", "x: Tensor, i: Tensor",
           "[torch._unsafe_index(x, annotate(List[Optional[Tensor]], [i])), torch._unsafe_index_put(x, annotate(List[Optional[Tensor]], [i]), torch.ones([1]), False)]",
           "[torch.index(x, annotate(List[Optional[Tensor]], [i])), torch.index_put(x, annotate(List[Optional[Tensor]], [i]), torch.ones([1]), False)]",
           (X, torch.tensor([1, 0])), result="List[Tensor]")
expression("products", "a: Tensor, b: Tensor, c: Tensor",
           "[torch._int_mm(a, b), torch._safe_softmax(c, -1), torch._prelu_kernel(c, torch.ones([1]) * 0.25)]",
           "[torch.matmul(a.to(3), b.to(3)), torch.softmax(c, -1), torch.prelu(c, torch.ones([1]) * 0.25)]",
           (torch.randint(-9, 9, (17, 16), dtype=torch.int8), torch.randint(-9, 9, (16, 8), dtype=torch.int8), X[0]),
           result="List[Tensor]")
expression("norms", "x: Tensor, w: Tensor, b: Tensor",
           "[torch._native_batch_norm_legit_no_training(x, w, b, b, w, 0.1, 1e-05)[0], torch._native_batch_norm_legit(x, w, b, True, 0.1, 1e-05)[0], torch.native_layer_norm(x, [4], None, None, 1e-5)[0]]",
           "[torch.batch_norm(x, w, b, b, w, False, 0.1, 1e-05, False), torch.batch_norm(x, w, b, None, None, True, 0.1, 1e-05, False), torch.layer_norm(x, [4])]",
           (X, torch.rand(3) + 0.5, torch.randn(3)), result="List[Tensor]")
expression("awaitables", "x: Tensor", "ops.prim.awaitable_wait(ops.prim.awaitable_nowait(x)) + 1", "x + 1", (X,))
newer("awaitables_of_functions", """
    def forward(self: __torch__.M, x: Tensor, n: int) -> Tensor:
      def __awaitable_function():
        return torch.add(x, n)
      y : Await[Tensor] = awaitable(__awaitable_function)
      z = awaitable(__torch__.twice, x)
      return ops.prim.awaitable_wait(y) + ops.prim.awaitable_wait(z)
    |def twice(x: Tensor) -> Tensor:
    |  return x * 2
    """, """
    def forward(self: __torch__.M, x: Tensor, n: int) -> Tensor:
      return x + n + x * 2
    """, (X, 3))
expression("devices", "x: Tensor", "str(torch.device(\"cuda\", 1)) + str(ops.prim.nbytes(x))",
           "str(torch.device(\"cuda:1\")) + str(torch.numel(x) * torch.element_size(x))", (X,), result="str")
expression("empties", "x: Tensor", "[torch.zeros_like(torch.empty_permuted([2, 3, 4], [0, 2, 1])), torch.nonzero_static(x, size=5)]",
           "[torch.zeros([2, 3, 4]), torch.cat([torch.nonzero(x), torch.full([5 - torch.nonzero(x).size(0), 3], -1, dtype=4)])]",
           ((X > 1.5) & (torch.arange(24).view(2, 3, 4) < 9),), result="List[Tensor]")

expression("attention_hidden_rows", QKV + ", m: Tensor", f"[{SDPA}(q, k, v, m), torch._safe_softmax(torch.masked_fill(k, m, -inf), -1)]",
           "[torch.nan_to_num(__torch__.attend(q, k, v, m, False, None)), torch.nan_to_num(torch.softmax(torch.masked_fill(k, m, -inf), -1))]",
           (Q[..., :4, :], Q[..., :4, :], V[..., :4, :], torch.tensor([[True], [False], [True], [False]])),
           result="List[Tensor]", helpers=ATTEND)
expression("chunks_of_each", "x: Tensor, y: Tensor", "[torch._chunk_cat([x, y], 0, 2), torch._chunk_cat([x, y], 1, 2), torch._chunk_cat([y], -1, 3)]",
           "[__torch__.cut([x, y], 0, 2), __torch__.cut([x, y], 1, 2), __torch__.cut([y], 1, 3)]",
           (torch.randn(4, 3), torch.randn(4, 5)), result="List[Tensor]", helpers="""
|def cut(xs: List[Tensor], dim: int, count: int) -> Tensor:
|  pieces = annotate(List[Tensor], [])
|  for i in range(torch.len(xs)):
|    x = xs[i]
|    more = (count - torch.size(x, dim) % count) % count
|    if dim == 0:
|      x = torch.cat([x, torch.zeros([more, torch.size(x, 1)])])
|      _0 = torch.append(pieces, torch.reshape(x, [count, -1]))
|    else:
|      x = torch.cat([x, torch.zeros([torch.size(x, 0), more])], 1)
|      _1 = torch.append(pieces, torch.reshape(x, [torch.size(x, 0), count, -1]))
|  return torch.cat(pieces, dim + 1)
""")
expression("norms_that_update", "x: Tensor, w: Tensor, m: Tensor, v: Tensor",
           "[torch._batch_norm_with_update(x, w, w, m, v, 0.25, 1e-05)[0], m, v, torch._batch_norm_with_update_functional(x, w, w, m, v, 0.25, 1e-05)[5], "
           "torch._native_batch_norm_legit_functional(x, w, w, m, v, True, 0.25, 1e-05)[3], torch._batch_norm_no_update(x, w, w, m, v, 0.25, 1e-05)[0]]",
           "[torch.batch_norm(x, w, w, m, v, True, 0.25, 1e-05, False), m, v, torch.add(v * 0.75, torch.var(x, [0, 2]), alpha=0.25), "
           "torch.add(m * 0.75, torch.mean(x, [0, 2]), alpha=0.25), torch.batch_norm(x, w, w, m, v, False, 0.25, 1e-05, False)]",
           (X, torch.rand(3) + 0.5, torch.randn(3), torch.rand(3) + 0.5), result="List[Tensor]")
expression("norms_with_statistics", "x: Tensor, w: Tensor",
           "[torch._fused_rms_norm(x, [3, 4], w, 0.5)[0], torch._fused_rms_norm(x, [3, 4], None, None)[1]]",
           "[x * torch.rsqrt(torch.mean(x * x, [1, 2], True) + 0.5) * w, torch.rsqrt(torch.mean(x * x, [1, 2], True) + 1.1920928955078125e-07)]",
           (X, torch.randn(3, 4)), result="List[Tensor]")
expression("tokens", "x: Tensor, n: int", "x + torch._functional_assert_scalar(n, \"n must not be zero\", torch._functional_assert_async(x, \"x is false\", "
           "torch._functional_sym_constrain_range(n, None, 9, torch._make_dep_token())))",
           "x + __torch__.check(x, n)", (torch.tensor(2.0), 3), Call((torch.tensor(2.0), 0), fails="n must not be zero"),
           Call((torch.tensor(0.0), 3), fails="x is false"), Call((torch.tensor(2.0), 10), fails="Invalid value range for 10 between [None, 9]"), helpers="""
|def check(x: Tensor, n: int) -> Tensor:
|  if n > 9:
|    ops.prim.RaiseException("Invalid value range for 10 between [None, 9]")
|  if float(x) == 0.:
|    ops.prim.RaiseException("x is false")
|  if n == 0:
|    ops.prim.RaiseException("n must not be zero")
|  return torch.zeros([])
""")
expression("masked_indices", "x: Tensor, m: Tensor, i: Tensor, v: Tensor",
           "[torch._unsafe_masked_index(x, m, annotate(List[Optional[Tensor]], [i, None, i]), 7), "
           "torch._unsafe_masked_index_put_accumulate(x, m.view(-1), annotate(List[Optional[Tensor]], [i, i, i]), v)]",
           "[torch.masked_fill(torch.index(x, annotate(List[Optional[Tensor]], [torch.clamp(i, 0, 1), None, torch.clamp(i, 0, 3)])), torch.logical_not(m), 7), "
           "torch.index_put(x, annotate(List[Optional[Tensor]], [torch.clamp(i, 0, 1), torch.clamp(i, 0, 2), torch.clamp(i, 0, 3)]), v * m.view(-1), True)]",
           (X, torch.tensor([[True], [False], [True]]), torch.tensor([1, 99, 0]), torch.tensor([1.0, 2.0, 3.0])), result="List[Tensor]")
expression("narrow_products", "x: Tensor, w: Tensor, s: Tensor", "torch._weight_int8pack_mm(x, w, s)", "torch.matmul(x, w.to(6).t()) * s",
           (torch.randn(3, 8), torch.randint(-99, 99, (5, 8), dtype=torch.int8), torch.rand(5)))
expression("grouped_products", "a: Tensor, b: Tensor, o: Tensor",
           "[torch._grouped_mm(a, b, o), torch._grouped_mm(b.transpose(1, 2), a.t(), o), torch._grouped_mm(a.t(), a, o), torch._grouped_mm(b, b.transpose(1, 2))]",
           "[torch.cat([torch.mm(a[:2], b[0]), torch.mm(a[2:], b[1])]), torch.cat([torch.mm(b[0].t(), a[:2].t()), torch.mm(b[1].t(), a[2:].t())], 1), "
           "torch.stack([torch.mm(a[:2].t(), a[:2]), torch.mm(a[2:].t(), a[2:])]), torch.bmm(b, b.transpose(1, 2))]",
           (torch.randn(5, 3), torch.randn(2, 3, 4), torch.tensor([2, 5], dtype=torch.int32)), result="List[Tensor]")
expression("indices_of_32_bits", "x: Tensor, i: Tensor",
           "[torch.index(x, annotate(List[Optional[Tensor]], [i])), torch.index_put(x, annotate(List[Optional[Tensor]], [i]), torch.ones([1])), "
           "torch.gather(x, 0, i.view(-1, 1)), torch.scatter(x, 1, i.view(-1, 1), 5.), torch.scatter_add(x, 0, i.view(-1, 1), x), torch.scatter_reduce(x, 1, i.view(-1, 1), x, \"amax\")]",
           "[torch.index(x, annotate(List[Optional[Tensor]], [i.to(4)])), torch.index_put(x, annotate(List[Optional[Tensor]], [i.to(4)]), torch.ones([1])), "
           "torch.gather(x, 0, i.to(4).view(-1, 1)), torch.scatter(x, 1, i.to(4).view(-1, 1), 5.), torch.scatter_add(x, 0, i.to(4).view(-1, 1), x), torch.scatter_reduce(x, 1, i.to(4).view(-1, 1), x, \"amax\")]",
           (X[0], torch.tensor([2, 0, 1], dtype=torch.int32)), result="List[Tensor]")
expression("grid_sampler_of_half", "x: Tensor, g: Tensor", "torch.grid_sampler(x, g, 0, 1, True)",
           "torch.grid_sampler(x.to(6), g.to(6), 0, 1, True).to(ops.prim.dtype(x))",
           (torch.randn(1, 2, 5, 5).half(), torch.rand(1, 3, 3, 2).half()), (torch.randn(1, 2, 5, 5).bfloat16(), torch.rand(1, 3, 3, 2).bfloat16()))
expression("autocast_dtypes", "x: Tensor", "[torch.get_autocast_dtype(\"cpu\"), torch.get_autocast_dtype(\"cuda\")]", "[15, 5]", (X,), result="List[int]")
expression("metadata", "x: Tensor, n: int, t: int", "torch._assert_tensor_metadata(x, [2, n, 4], None, t, device=torch.device(\"cpu\"), layout=0)",
           "__torch__.check(n, t)", (X, 3, 6), Call((X, 5, 6), fails="Tensor sizes mismatch! Expected: [2, 5, 4], Got: [2, 3, 4]"),
           Call((X, 3, 7), fails="Tensor dtype mismatch!"), result="NoneType", helpers="""
|def check(n: int, t: int) -> NoneType:
|  if n != 3:
|    ops.prim.RaiseException("Tensor sizes mismatch! Expected: [2, 5, 4], Got: [2, 3, 4]")
|  if t != 6:
|    ops.prim.RaiseException("Tensor dtype mismatch!")
|  return None
""")
expression("initial_values", "x: Tensor", "[torch._no_grad_normal_(x.clone(), 1., 2., None), torch._no_grad_uniform_(x.clone(), 1., 2., None), torch.randint_like(x, torch.tensor(9))]",
           "[torch.normal_(x.clone(), 1., 2.), torch.uniform_(x.clone(), 1., 2.), torch.randint_like(x, 9)]", (X,), result="List[Tensor]")
newer("loops_of_torchaudio", """
    def forward(self: __torch__.M, x: Tensor, a: Tensor, y: Tensor) -> Tensor:
      _0 = ops.torchaudio._lfilter_core_loop(x, a, y)
      ops.torchaudio._lfilter_core_loop(x, a, y)
      return y
    """, """
    def forward(self: __torch__.M, x: Tensor, a: Tensor, y: Tensor) -> Tensor:
      for n in range(12):
        t = n % 6
        past = torch.sum(torch.slice(y, 2, t, t + 2) * a, [2])
        _0 = torch.copy_(torch.select(y, 2, t + 1), torch.select(x, 2, t) - past)
      return y
    """, (torch.randn(1, 1, 6), torch.tensor([[0.25, 0.5]]), torch.zeros(1, 1, 7)))

ALIGN = """
|def align(p: Tensor, targets: Tensor, blank: int) -> Tuple[Tensor, Tensor]:
|  y = annotate(List[int], [blank])
|  for i in range(torch.size(targets, 1)):
|    _0 = torch.append(y, int(targets[0][i]))
|    _1 = torch.append(y, blank)
|  best = annotate(List[float], [float(p[0][0][blank])])
|  ways = annotate(List[List[int]], [[blank]])
|  for s in range(1, torch.len(y)):
|    if s == 1:
|      first = float(p[0][0][y[1]])
|    else:
|      first = -inf
|    _2 = torch.append(best, first)
|    _3 = torch.append(ways, [y[s]])
|  for t in range(1, torch.size(p, 1)):
|    sums = annotate(List[float], [])
|    paths = annotate(List[List[int]], [])
|    for s in range(torch.len(y)):
|      k = s
|      if s > 0:
|        if best[s - 1] > best[k]:
|          k = s - 1
|      if s > 1:
|        if y[s] != blank and y[s] != y[s - 2] and best[s - 2] > best[k]:
|          k = s - 2
|      _4 = torch.append(sums, best[k] + float(p[0][t][y[s]]))
|      _5 = torch.append(paths, ways[k] + [y[s]])
|    best = sums
|    ways = paths
|  last = torch.len(y) - 1
|  if last > 0:
|    if best[last - 1] >= best[last]:
|      last = last - 1
|  path = torch.tensor(ways[last])
|  return (torch.unsqueeze(path, 0).to(ops.prim.dtype(targets)), torch.gather(p, 2, torch.view(path, [1, -1, 1])).squeeze(2))
"""
PATHS = torch.log_softmax(torch.randn(1, 9, 5) * 2, -1)
expression("alignment", "p: Tensor, y: Tensor, t: Tensor, n: Tensor", "ops.torchaudio.forced_align(p, y, t, n, 0)",
           "__torch__.align(p, y, 0)", (PATHS, torch.tensor([[1, 2, 2, 4]]), torch.tensor([9]), torch.tensor([4])),
           (PATHS.double(), torch.tensor([[3]], dtype=torch.int32), torch.tensor([9]), torch.tensor([1])),
           (PATHS[:, :5], torch.tensor([[1, 2, 2, 4]]), torch.tensor([5]), torch.tensor([4])),
           (PATHS[:, :4], torch.zeros(1, 0, dtype=torch.int64), torch.tensor([4]), torch.tensor([0])),
           result="Tuple[Tensor, Tensor]", helpers=ALIGN)
newer("marks_of_profilers", """
    def forward(self: __torch__.M, x: Tensor) -> Tensor:
      mark = __torch__.record_function.__new__(__torch__.record_function)
      _0 = (mark).__init__("outer", None, )
      with mark:
        y = torch.add(x, 1)
      return y
    |class record_function:
    |  name : str
    |  args : Optional[str]
    |  record : Optional[__torch__.torch.classes.profiler._RecordFunction]
    |  def __init__(self: __torch__.record_function, name: str, args: Optional[str]=None) -> NoneType:
    |    self.name = name
    |    self.args = args
    |    self.record = annotate(Optional[__torch__.torch.classes.profiler._RecordFunction], None)
    |    return None
    |  def __enter__(self: __torch__.record_function) -> __torch__.record_function:
    |    _0 = ops.profiler._record_function_enter_new(self.name, self.args)
    |    self.record = _0
    |    return self
    |  def __exit__(self: __torch__.record_function, exc_type: Any, exc_value: Any, traceback: Any) -> NoneType:
    |    record = self.record
    |    if torch.__isnot__(record, None):
    |      record0 = unchecked_cast(__torch__.torch.classes.profiler._RecordFunction, record)
    |    else:
    |      ops.prim.RaiseException("AssertionError: ")
    |      record0 = uninitialized(__torch__.torch.classes.profiler._RecordFunction)
    |    ops.profiler._record_function_exit(record0)
    |    return None
    """, """
    def forward(self: __torch__.M, x: Tensor) -> Tensor:
      return torch.add(x, 1)
    """, (X,))
KINDS = ("cpu", "cuda:1", "mps", "xpu:0", "hpu", "privateuseone:3", "meta", "xla", "ipu", "vulkan", "lazy", "hip")
expression("devices_of_all_kinds", "x: Tensor", "[" + ", ".join(f'str(torch.device("{kind}"))' for kind in KINDS) +
           ', str(torch.device("mtia")), str(torch.eq(torch.device("maia"), torch.device("mtia")))]',
           "[" + ", ".join(f'str(torch.device("{kind}"))' for kind in KINDS) + ', "mtia", "False"]', (X,), result="List[str]")

WEIGHT = tensor(storage("Float", "0", 4), 0, (2, 2), (2, 1))
SHOW = """
    def forward(self: __torch__.M, x: Tensor) -> Tuple[Tensor, Tensor, Dict[str, int]]:
      return (self.w + x, self.u, self.d)
"""
newer("pickles", SHOW, SHOW, (torch.ones(2),), head=HEAD + "  w : Tensor\n  u : Tensor\n  d : Dict[str, int]\n",
      root=root_of(
          w=b"ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nctorch\nTensor\n"
            b"(" + WEIGHT[WEIGHT.index(b"v2\n(") + 4:-2] + b"t}tR",
          u=WEIGHT[:-2] + b"}" + word("conj") + b"\x89stR",
          d=b"ctorch.jit._pickle\nrestore_type_tag\n}" + word("k") + number(3) + b"s" + word("Dict[str, int]") + b"\x86R"),
      reference_root=root_of(w=WEIGHT, u=WEIGHT, d=tagged(table(k=number(3)), "Dict[str, int]")),
      **{"data/0": struct.pack("<4f", 1, 2, 3, 4)})

UNTYPED = b"(" + word("storage") + b"ctorch.storage\nUntypedStorage\n" + word("0") + word("cpu") + number(16) + b"tQ"
newer("pickles_of_python", SHOW, SHOW, (torch.ones(2),), head=HEAD + "  w : Tensor\n  u : Tensor\n  d : Dict[str, int]\n",
      root=root_of(
          w=b"ctorch._utils\n_rebuild_parameter_with_state\n(" + WEIGHT + b"\x88ccollections\nOrderedDict\n)R}tR",
          u=b"ctorch._utils\n_rebuild_tensor_v3\n(" + UNTYPED + number(1) + b"(" + number(3) + b"t(" + number(1) +
            b"t\x89ccollections\nOrderedDict\n)Rctorch\nfloat32\ntR", d=tagged(table(k=number(3)), "Dict[str, int]")),
      reference_root=root_of(w=WEIGHT, u=tensor(storage("Float", "0", 4), 1, (3,), (1,)),
                             d=tagged(table(k=number(3)), "Dict[str, int]")),
      **{"data/0": struct.pack("<4f", 1, 2, 3, 4)})


def cases() -> List[Case]:
    return list(_found)
