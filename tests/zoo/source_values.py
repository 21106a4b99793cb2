"""More forms of code written by hand: unpacking, conversions of containers, nested functions."""
import torch

from tests.zoo.case import Call
from tests.zoo.sources import source

X = torch.arange(6.0).view(2, 3)

source("unpacking", """
    def forward(self: __torch__.M, xs: List[int], t: Tuple[int, str, float], x: Tensor) -> Tuple[List[int], Tuple[str, float], int, List[Tensor], int]:
      a, *b = t
      c, d = b
      *e, f = t
      (g, h), i = (1, 2), 3
      j, k = xs
      l = m = j + k
      n, o = x[0], x[1]
      p, q, r = 1, "s", x
      a, j = j, a
      return ([a, g, h, i, j, k, l, m, p], (c, d), len(e), [n, o, r], len(str(f)))
    """, ([4, 5], (1, "b", 2.5), X))

source("tuples_joined", """
    def forward(self: __torch__.M, n: int) -> Tuple[Tuple[int, str, float, int], Tuple[int, int], int, bool, List[int], Tuple[int, str]]:
      a = (n, "x") + (2.5, n + 1)
      b = (1, n) == (1, 2)
      c = (1, 2, 3, 4)
      d = 0
      for v in c:
        d += v
      return (a, c[1:3], c[-1] + len(c), b, [v * 2 for v in [c[0], c[3]]], a[:2])
    """, (2,), (3,))

source("lists_of_others", """
    def forward(self: __torch__.M, s: str, d: Dict[str, int], x: Tensor, n: int) -> Tuple[List[str], List[str], List[int], List[int], List[Tensor], List[Tuple[int, str]], List[Tuple[str, int]], List[int]]:
      a = list(s)
      b = list(d)
      c = list(range(n))
      e = list(range(n, 0, -1))
      f = list(x)
      g = list(enumerate(a))
      h = list(zip(b, c))
      return (a, b, c, e, f, g, h, sorted(list(d.values())))
    """, ("abc", {"k": 2, "j": 1}, X, 3), ("", {}, X[:0], 0))

source("dicts_of_others", """
    def forward(self: __torch__.M, xs: List[Tuple[str, int]], d: Dict[str, int]) -> Tuple[Dict[str, int], Dict[str, int], Dict[str, int], int]:
      a = dict(xs)
      b = dict(d)
      b["new"] = 1
      c = {k: d[k] + 1 for k in d}
      return (a, b, c, len(d))
    """, ([("a", 1), ("b", 2), ("a", 3)], {"z": 26}), ([], {}))

source("nested_functions", """
    def forward(self: __torch__.M, x: Tensor, n: int) -> Tuple[Tensor, Tensor]:
      y = x * 2
      def outer():
        z = y + n
        if n > 1:
          z = z * z
        return z
      a = fork(outer)
      y = y + 100
      def later():
        return y - n
      b = fork(later)
      return (torch.wait(a), torch.wait(b))
    """, (X, 1), (X, 3))

source("deletes", """
    def forward(self: __torch__.M, xs: List[int], d: Dict[str, int]) -> Tuple[List[int], Dict[str, int], int]:
      del xs[0]
      del xs[-1]
      del d["a"]
      y = 5
      del y
      y = 6
      return (xs, d, y)
    """, ([1, 2, 3], {"a": 1, "b": 2}), Call(([1, 2], {"b": 2}), fails="a"))

source("conditions", """
    def forward(self: __torch__.M, n: int, f: float, x: Tensor, s: str, xs: List[int]) -> List[bool]:
      a = True if n else False
      b = True if f else False
      c = True if x else False
      d = not n
      e = bool(n and f)
      g = n > 0 and x
      h = n > 0 or x
      i = not x
      j = not f
      k = "b" in s and s not in ["q"]
      l = n in xs
      m = n not in xs or n in [1, 2]
      return [a, b, c, d, e, g, h, i, j, k, l, m]
    """, (1, 0.0, torch.tensor(1), "abc", [1]), (0, 2.5, torch.tensor([0.0]), "q", []))
