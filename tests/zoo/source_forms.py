"""Every form of the language that a file may hold, written by hand."""
import torch

from tests.zoo import source_values  # noqa: F401
from tests.zoo.case import Call
from tests.zoo.sources import cases, source  # noqa: F401

X = torch.arange(6.0).view(2, 3)

source("numbers", """
    def forward(self: __torch__.M, n: int) -> Tuple[List[int], List[float], List[complex]]:
      a = [010, 0x1F, 0, 00, 0xff, -3, - 4, -9223372036854775808, 9223372036854775807, n]
      b = [1., .5, 1e3, 1E-3, 1.5e+2, inf, -inf, nan, -0., 3.0000000000000004, 1e400]
      c = [1j, 2.5j, 1.+2.j, infj, nanj, -1.j, 1e2j, 0.+infj, 3j * 2j]
      return (a, b, c)
    """, (3,))

source("strings", r"""
    def forward(self: __torch__.M, s: str) -> List[str]:
      a = ['single', "double", '''triple ' " single''', "a" "b" 'c', "\\ \' \" \a\b\f\n\v\t", "\101\000x" + str(ord("\377")),
           "", "tail \
    joined", "#no comment", "'", '"', s]
      return a
    """, ("in",))

source("comments_and_blanks", """
    # before
    def forward(self: __torch__.M, n: int) -> int:  # after a colon
      # in a block
      a = n + 1  # behind a statement

          # deeper
      if a > 3:
        # first of a block
        b = (a  # inside
             + 1)

      else:

        b = [1,
      2, 3,][1]
      c = a + \\
        b
      return c
    """, (1,), (5,))

source("precedence", """
    def forward(self: __torch__.M, a: int, b: int, c: int) -> Tuple[List[int], List[float], List[bool]]:
      p = [a + b * c, (a + b) * c, a - b - c, a // b // c, a % b * c, -a ** 2 if False else -a, a | b ^ c & a,
           a << 1 + b, a & b << 1, a ^ b | c, a + -b, a - -b, - - a, a * -b, a // -b]
      q = [float(2 ** 3 ** 2), float(-a ** 2), 2.0 ** -1, float(a) / b * c, a / (b / c)]
      t = a > b
      f = a < b
      r = [t or f and f, t and f or t, not t or t, not t and f, a < b == t, (a < b) == f, not a < b, a == b or b == c,
           a in [a, b], a not in [b, c], not a in [c], t is f, t is not f, a + b > c, a | b == c, t != f, True,
           (a if t else b) > c, (t if f else t) and f]
      return (p, q, [bool(x) for x in r])
    """, (7, 2, 3), (1, 2, 3), (-5, 3, 1))

source("statements", """
    def forward(self: __torch__.M, n: int) -> Tuple[List[int], int]:
      xs = annotate(List[int], [])
      i = j = 0
      while True:
        i += 1
        if i % 2 == 0:
          continue
        elif i > n:
          break
        else:
          pass
        for k in range(2, i, 2):
          if k == 6:
            break
          xs.append(k * i)
        j -= 1
        j *= 2
      assert i > 0, "positive"
      assert len(xs) >= 0
      a, (b, c) = i, (j, 5)
      (d, e) = (b, a)
      f, = [a]
      g, h, = xs[0] if len(xs) > 0 else 0, 1
      if n > 100:
        ops.prim.RaiseException("too large")
      del xs[-1]
      print(a, b, c, d, e, f, g, h)
      return (xs, a + b + c + d + e + f + g + h)
    """, (5,), (12,), Call((101,), fails="too large"))

source("loops", """
    def forward(self: __torch__.M, n: int, xs: List[int], d: Dict[str, int], x: Tensor) -> List[int]:
      out = annotate(List[int], [])
      for i in range(n):
        out.append(i)
      for i in range(n, -1, -2):
        out.append(i * 10)
      for v in xs:
        out.append(v * 100)
      for k in d:
        out.append(d[k])
      for i, v in enumerate(xs):
        out.append(i * v)
      for a, (b, c) in zip(xs, enumerate(range(3))):
        out.append(a + b + c)
      for row in x:
        out.append(int(row.sum()))
      for c in "abc":
        out.append(ord(c))
      for t in (1, 2.5, "x"):
        out.append(len(str(t)))
      for i in range(3):
        for j in range(3):
          if j == i:
            break
          if i == 1:
            continue
          out.append(i * 10 + j)
        if i == 7:
          return out
      i = 0
      while i < n and n < 100:
        i = i + 1
      out.append(i)
      return [-o for o in out] + out
    """, (3, [4, 5], {"a": 1, "b": 2}, X), (0, [], {}, X[:0]))

source("early_returns", """
    def forward(self: __torch__.M, n: int, xs: List[int]) -> str:
      if n == 0:
        return "zero"
      for x in xs:
        if x == n:
          return "found " + str(x)
        while x > 100:
          x -= 1
          if x == 150:
            return "inner"
      if n < 0:
        if n < -10:
          return "very negative"
        else:
          n = -n
      else:
        return "end {}".format(n)
      return "negated {}".format(n)
    """, (0, []), (3, [1, 3]), (3, [200]), (-20, []), (-5, [4]), (9, [1]))

source("literals", """
    def forward(self: __torch__.M, n: int, s: str) -> Tuple[List[List[int]], Dict[str, int], Tuple[int, Tuple[str]], Tuple[()], List[float], Dict[int, List[str]]]:
      a = [[1, 2], [n], annotate(List[int], [])]
      b = {"x": 1, s: n}
      c = (n, (s, ), )
      d = ()
      e = [float(i) / 2 for i in range(n)]
      f = {i: [s] for i in range(n)}
      return (a, b, c, d, e, f)
    """, (2, "k"))

source("subscripts", """
    def forward(self: __torch__.M, x: Tensor, xs: List[int], s: str, t: Tuple[int, str, float]) -> Tuple[List[Tensor], List[List[int]], List[str], Tuple[str, float], int]:
      y = x.clone()
      y[0, 1] = 5
      y[1] += 1
      y[:, 0] *= 2
      y[..., -1] = x[..., 0]
      y[x > 4] = -1
      a = [x[0], x[:, 1], x[..., None], x[None], x[-1, ::2], x[x > 2], x[[0, 1], [1, 2]], y, x[torch.tensor([1])], x[0:1][0]]
      xs[0] = 7
      xs[-1] += 2
      b = [xs[1:], xs[:-1], xs[::2], xs[:], xs[::-1]]
      c = [s[0], s[-1], s[1:3], s[::-1]]
      return (a, b, c, t[1:], t[0] + (t)[-3])
    """, (X, [1, 2, 3], "word", (1, "b", 2.5)))

source("calls", """
    def forward(self: __torch__.M, x: Tensor, n: int) -> List[Tensor]:
      a = torch.add(x, x, alpha=2)
      b = x.add(1).mul(2.).relu_()
      c = torch.sum(x, [1], keepdim=True)
      d = torch.sum(input=x, dim=[0])
      e = torch.zeros(2, 3)
      f = torch.zeros([n, n], dtype=3)
      g = x.view(3, 2)
      h = x.view([-1]).permute(0)
      i = torch.max(x, 1).values
      j, k = torch.max(x, 1)
      l = torch.cat((x, x), 1)
      m = torch.stack([x, x])
      o = x.to(dtype=7, copy=True)
      p = torch.matmul(x, torch.t(x))
      q = __torch__.helper(x, n)
      r = __torch__.helper(n=n, x=x)
      s_ = self.method(x, n)
      u = self.method(n=1, x=x)
      v = ops.aten.mul(x, 3)
      w = (x).sum()
      y = getattr(x, "shape")[0] + x
      return [a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, r, s_, u, v, w, y]
    def method(self: __torch__.M, x: Tensor, n: int=3) -> Tensor:
      return x * n
    |def helper(x: Tensor, n: int=2) -> Tensor:
    |  return x - n
    """, (X, 2))

source("defaults", """
    def forward(self: __torch__.M, x: Tensor, n: int=3, f: float=1.5, s: str="d", o: Optional[int]=None, xs: List[int]=[1, 2], t: Tuple[int, str]=(1, "x"), b: bool=True, c: complex=2j) -> Tuple[Tensor, str]:
      return (x + n, "{} {} {} {} {} {} {}".format(f, s, o, xs, t, b, c))
    """, (X,), (X, 1), (X, 1, 0.5, "e", 4, [9], (2, "y"), False, 1 + 1j))

source("types", """
    def forward(self: __torch__.M, x: FloatTensor, a: Optional[List[int]], b: Dict[int, Tuple[str, float]], c: Union[int, str], d: Any, e: list[int], f: dict[str, int], g: number, h: int, i: NoneType) -> str:
      r = "x"
      if a is not None:
        r = r + str(a[0])
      if isinstance(c, int):
        r = r + str(c + 1)
      else:
        r = r + c
      if isinstance(d, List[int]):
        r = r + str(d[0])
      elif isinstance(d, (float, str)):
        r = r + "fs"
      return r + str(b) + str(e) + str(f) + str(h) + str(i)
    """, (X, None, {1: ("a", 0.5)}, 1, 2.5, [1], {"k": 1}, 2.5, 3, None),
    (X, [5], {}, "s", [1, 2], [], {}, 1, 3, None))

source("classes", """
    def forward(self: __torch__.M, n: int) -> Tuple[int, str, int, float, str, str, List[str]]:
      p = __torch__.P(n, "p")
      q = __torch__.P.__new__(__torch__.P)
      _0 = (q).__init__(5, "q", )
      p.n = p.n + q.n
      t = __torch__.T(1, 2.5)
      u = __torch__.T(b=0.5, a=7)
      c = __torch__.C.RED
      i = annotate(__torch__.I, p)
      e = __torch__.S.A
      w = p + q
      names = [k.name for k in __torch__.C]
      return (p.get(), (q).name, t.a + u[0], t.b * u.b, c.name + str(c.value), (e).value + i.label() + w.name, names)
    |class P:
    |  n : int
    |  name : str
    |  def __init__(self: __torch__.P, n: int, name: str) -> NoneType:
    |    self.n = n
    |    self.name = name
    |    return None
    |  def get(this: __torch__.P) -> int:
    |    return this.n * 2
    |  def label(self: __torch__.P) -> str:
    |    return "label " + self.name
    |  def __add__(self: __torch__.P, other: __torch__.P) -> __torch__.P:
    |    return __torch__.P(self.n, self.name + other.name)
    |class T(NamedTuple):
    |  a : int
    |  b : float
    |class C(Enum):
    |  RED = 1
    |  BLUE = 2
    |class S(Enum):
    |  A = "first"
    |class I(Interface):
    |  def label(self) -> str:
    |    pass
    """, (3,))

source("forks", """
    def forward(self: __torch__.M, x: Tensor, n: int) -> Tuple[Tensor, int]:
      def __forked_function():
        return torch.add(x, n)
      f = fork(__forked_function)
      def two():
        y = n * 2
        if y > 3:
          y = y + 1
        return y
      g = fork(two)
      h = fork(__torch__.helper, x, 3)
      return (torch.wait(f) + torch.wait(h), torch.wait(g))
    |def helper(x: Tensor, k: int) -> Tensor:
    |  return x * k
    """, (X, 1), (X, 4))

source("uninitialized", """
    def forward(self: __torch__.M, n: int) -> Tuple[int, str]:
      _0 = uninitialized(Tuple[int, str])
      _1 = uninitialized(Tensor)
      if torch.gt(n, 0):
        _2, _3, _4 = True, (n, "positive"), _1
      else:
        _2, _3, _4 = False, _0, torch.ones([2])
      if _2:
        _5 = _3
      else:
        _5 = (int(torch.sum(_4)), "other")
      return _5
    """, (1,), (-1,))

source("unchecked", """
    def forward(self: __torch__.M, x: Optional[Tensor], d: Any) -> Tuple[Tensor, str]:
      if torch.__isnot__(x, None):
        y = unchecked_cast(Tensor, x)
      else:
        y = torch.zeros([1])
      _0 = isinstance(d, int)
      if _0:
        s = str(unchecked_cast(int, d) + 1)
      else:
        s = "no int"
      return (y, s)
    """, (X, 3), (None, "a"))

source("with_statements", """
    def forward(self: __torch__.M, n: int) -> List[str]:
      log = annotate(List[str], [])
      with __torch__.W(log, "a") as a, __torch__.W(log, "b"):
        with __torch__.W(log, "c") as _:
          log.append(a.name)
          if n > 5:
            ops.prim.RaiseException("inside", "builtins.RuntimeError")
      with a:
        pass
      return log
    |class W:
    |  log : List[str]
    |  name : str
    |  def __init__(self: __torch__.W, log: List[str], name: str) -> None:
    |    self.log = log
    |    self.name = name
    |  def __enter__(self: __torch__.W) -> __torch__.W:
    |    self.log.append("enter " + self.name)
    |    return self
    |  def __exit__(self: __torch__.W, t: Any, v: Any, b: Any) -> None:
    |    self.log.append("exit " + self.name)
    """, (1,), Call((9,), fails="inside"))

source("ternaries", """
    def forward(self: __torch__.M, n: int, o: Optional[int]) -> Tuple[int, str, int, List[int]]:
      a = n if n > 0 else -n
      b = "a" if n == 1 else "b" if n == 2 else "c"
      c = o if o is not None else 0
      d = o + 1 if o is not None and n > 0 else 5
      return (a, b, c + d, [(i if i > n else n) for i in range(3)])
    """, (1, None), (2, 5), (-3, 1))

source("op_version_set", """
    def forward(self: __torch__.M, x: Tensor) -> Tensor:
      return torch.mul(x, 2)
    """, (X,))

source("type_comments", """
    def forward(self, x, n):
      # type: (Tensor, int) -> Tensor
      return x + n
    """, (X, 3))

source("constants_of_devices", """
    def forward(self: __torch__.M, x: Tensor) -> Tuple[Tensor, str, bool, Tensor, int]:
      d = torch.device("cpu")
      e = torch.device("cuda:1")
      y = x.to(d).to(torch.device("cpu"), 7)
      return (torch.to(y, device=d, dtype=6), str(e), d == torch.device("cpu"), torch.zeros([2], dtype=4, layout=0, device=d, pin_memory=False), ops.prim.dtype(y))
    """, (X,))

source("formats", """
    def forward(self: __torch__.M, a: int, b: float, s: str) -> List[str]:
      return [torch.format("{} {} {}", a, b, s), torch.percentFormat("%d %s", (a, s)), torch.percentFormat("%f", b), "%s|%s" % (a, b), "x{}".format(s)]
    """, (1, 2.5, "s"))

source("calls_in_order", """
    def forward(self: __torch__.M, n: int) -> Tuple[List[int], List[int]]:
      log = annotate(List[int], [])
      a = [self.note(log, 1), self.note(log, 2) + self.note(log, 3) * self.note(log, 4)]
      b = self.note(log, 5) if self.note(log, 6) > n else self.note(log, 7)
      c = self.note(log, 8) > 100 and self.note(log, 9) > 0
      d = self.note(log, 10) > 1 or self.note(log, 11) > 0
      e = {self.note(log, 12): self.note(log, 13)}
      return (log, a + [b])
    def note(self: __torch__.M, log: List[int], k: int) -> int:
      log.append(k)
      return k
    """, (1,), (100,))
