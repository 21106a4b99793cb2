"""Numbers beside tensors, what is no number, and dtypes that are mixed: an answer or an error."""
from typing import Dict, List

import torch

from tests.zoo.programs.agreed import methods
from tests.zoo.programs.define import add_case

NAN, INF = float("nan"), float("inf")
INPUTS: Dict[str, torch.Tensor] = {
    "X": torch.tensor([-INF, -3., -0.5, -0., 0., 0.2, 0.5, 2., 7., INF, NAN]), "N": torch.tensor([NAN, 1., NAN]),
    "V": torch.tensor([2., -1., NAN]), "L": torch.tensor([1, -2, 44]), "S": torch.tensor([1, -2, 44], dtype=torch.int8),
    "U": torch.tensor([1, 254, 44], dtype=torch.uint8), "W": torch.tensor([1, -2, 44], dtype=torch.int32),
    "B": torch.tensor([True, False, True]), "C": torch.ones(3, dtype=torch.cfloat), "M": torch.tensor([[1., INF], [INF, 2.]]),
    "A": torch.arange(4.).view(2, 2) - 1,
    "H": torch.tensor([1e20, -1e20, NAN, INF, -INF, 3000000001., -3000000001., 2147483648., 70000., 255.5, -1.5], dtype=torch.float64)}

NO_NUMBER = 'float("nan")'
DTYPES = ["", ".double()", ".long()", ".ne(0)"]
PAIRS = [(a, b) for a in DTYPES for b in DTYPES]
FACTORS = [("2", "3"), ("2.5", "1"), ("1", "2.5"), ("0", "1"), ("0.0", "1.0")]
COUNTS = ["-65", "-1", "7", "8", "16", "31", "32", "33", "63", "64", "65", "100"]
FAMILIES: Dict[str, List[str]] = {
    "bounds": [
        text.replace("nan", NO_NUMBER) for text in (
            "X.clamp(nan, 1.)", "X.clamp(0., nan)", "X.clamp(nan, nan)", "X.clamp(min=nan)", "X.clamp(max=nan)", "L.clamp(nan, 1.)",
            "L.clamp(min=nan)", "X.clamp_min(nan)", "X.clamp_max(nan)", "X.clip(nan, 1.)", "X.clamp_(nan, 1.)", "X.clamp_(min=nan)",
            "X.clamp(N[0], V[0])", "V.clamp(N, V)", "V.clamp(V, N)", "V.clamp(min=N)", "V.clamp(max=N)", "V.clamp(N, N)",
            "F.hardtanh(X, nan, 1.)", "F.hardtanh(X, 0., nan)", "F.hardtanh(X[:3] * 2., nan, 1.) + 1.", "(X * 2.).clamp(nan, 1.) + 1.",
            "(X * 2.).clamp(min=nan) + 1.", "(X * 2.).clamp(0., nan).relu() * 3.", "F.hardtanh(X.double() * 2., nan, 1.) - 1.")],
    "edges": [
        "F.softshrink(X)", "F.softshrink(X, 0.)", 'F.softshrink(X, float("inf"))', "F.hardshrink(X)", 'F.hardshrink(X, float("nan"))',
        "F.threshold(X, 0.1, 20.)", 'F.threshold(X, float("nan"), 20.)', "F.hardtanh(X)", "F.hardtanh(X, 2., -2.)", "F.relu6(X)",
        "F.celu(L)", "F.selu(L)", "F.gelu(L)", "F.gelu(L, approximate='tanh')", "F.glu(L[:2])", "torch.signbit(X)", "torch.signbit(L)",
        "torch.signbit(U)", "torch.heaviside(X, X + 1)", "torch.heaviside(L, L)", "torch._neg_view(X)", "torch._neg_view(C)", "X.mH",
        "X.adjoint()", "(M * 1j).adjoint()"],
    "wrapped": [
        f"{x} {op} {n}" for x in ("S", "U", "W", "L") for op in ("+", "*", ">", "==", "//", "%", ">>", "<<", "&")
        for n in ("300", "-300", "1099511627820")] + [
            f"{x}.{call}" for x in ("S", "U", "W") for call in (
                "clamp(-300, 300)", "clamp(-1, 3)", "clamp(min=300)", "clamp_max(-1)", "pow(300)", "add_(300)", "clamp_(0, 300)",
                "fmod(300)", "rsub(300)", "add(5, alpha=300)", "sub(5, alpha=-1)", "add(L[2])", "gt(L[0] + 300)", "gcd(L[1])")] + [
                    "torch.where(B, S, 300)", "torch.where(B, 300, U)", "torch.where(B, -1, U)", "F.threshold(S, 50., 300.)",
                    "F.threshold(S, 300., 3.)", "F.threshold(W, 1.5, 2.5)", "torch.addcmul(S, S, S, value=300)",
                    "torch.bitwise_right_shift(300, S)", "torch.remainder(300, S)", "S / 300", "torch.xlogy(U, -2)", "300 // S"],
    "factors": [
        f"torch.{op}({a}, {b}, alpha={alpha})" for op in ("add", "sub", "rsub") for a, b in (
            ("L", "L"), ("L", "V"), ("L", "B"), ("B", "B"), ("U", "S"), ("V", "V"), ("L", "2"), ("B", "2"), ("L", "2.5"), ("C", "L"))
        for alpha in ("2", "2.5", "1.0", "2j")] + [
            "L.add_(L, alpha=2.5)", "L.sub_(L, alpha=2.5)", "torch.add(L, L, alpha=2.5, out=V)", "torch.addcdiv(L, L, L)",
            "torch.addcdiv(V, L, L)", "torch.addcdiv(L, V, L)", "V.addcdiv_(L, B)", "torch.addcdiv(V, V, V, value=2)"],
    "shifts": [
        f"{x} {op} {count}" for x in ("S", "U", "W", "L", "L.short()") for op in ("<<", ">>") for count in COUNTS] + [
            f"torch.bitwise_{side}_shift({x}, torch.tensor({count}).to({x}.dtype))"
            for x in ("S", "U", "W", "L") for side in ("left", "right") for count in COUNTS] + [
                "S << L", "U >> L", "L.bitwise_left_shift_(65)", "W.bitwise_right_shift_(W)", "V << 1", "B << 1"],
    "integrals": [
        f"torch.{name}({y}{rest})" for name in ("trapezoid", "cumulative_trapezoid") for y in ("U", "S", "L", "B", "V", "M")
        for rest in ("", ", dx=2", ", dx=0.5", f", {y}", ", L", ", M")] + ["torch.trapz(U)", "torch.trapz(U, dx=0.5)"],
    "losses": [
        f"F.binary_cross_entropy_with_logits({x}, {y}, {w}, reduction='none', pos_weight={p})" for x in ("V", "V.double()", "L")
        for y in ("B.float()", "B.double()", "L") for w, p in (("None", "None"), ("C.real.double()", "None"), ("None", "C.real.double()"))] + [
            "F.binary_cross_entropy_with_logits(M, M[0])", "F.cosine_similarity(L, L, 0)", "F.cosine_similarity(L, V, 0)",
            "F.cosine_similarity(C, C, 0)", "F.cosine_similarity(V.half(), V.double(), 0)"],
    "conversions": [
        f"H{kind}{cut}.to(torch.{dtype})" for kind in ("", ".float()", ".to(torch.bfloat16)") for cut in ("", "[::2]", "[0]", "[5]", ".repeat(5)")
        for dtype in ("int8", "uint8", "int16", "int32", "int64")] + [
            "W.copy_(H[:3])", "S.copy_(H[5:8])", "U.copy_(H[5:8])", "W.index_put_([L.abs() > 1], H[0])", "W.index_put_([L > 1], X[1])",
            "W.index_put([L > 1], L[:1].view(1, 1))", "M.index_put([M > 1], L[0])", "M.index_put([None, B[:2]], H[9])", "W.index_put_([L > 1], C[0])",
            "W.index_put_([L.clamp(0, 2)], X[1])", "torch.tensor(1e20, dtype=torch.int32)",
            "torch.tensor([3000000001., 1.], dtype=torch.int16)", "C.clamp(0., 1.)", "C.clamp(min=0)", "torch.clamp(C, C, C)"],
    "moments": [
        f"torch.{name}({x})" for name in ("var_mean", "std_mean") for x in ("X", "M", "M, 0", "M, 1", "M[0]", "M[1]", "M[0:1], 0", "L", "B")] + [
            "torch.var(L)", "torch.std(B)"],
    "products": [
        text.format(f"A{a}", f"A{b}") for a, b in PAIRS for text in (
            "{0} @ {1}", "{0}[0] @ {1}[0]", "{0} @ {1}[0]", "{0}[0] @ {1}", "{0}[None] @ {1}[None]", "{0}[0, 0].inner({1})",
            "{0}.inner({1})", "{0}[None] @ {1}[0]")] + [
                f"torch.{op}(A{a}{x}, A{b}{x})" for a, b in PAIRS for op, x in (
                    ("mm", ""), ("bmm", "[None]"), ("mv", "[0]"), ("dot", "[0]"), ("vdot", "[0]"), ("outer", "[0]"), ("kron", ""),
                    ("cdist", ""), ("multiply", ""))] + [
                        f"torch.einsum('{e}', [A{a}, A{b}])" for a, b in PAIRS for e in ("ij,jk->ik", "ij,kl->ijkl", "ij,ij->ij")] + [
                            f"torch.linalg.multi_dot([A{a}, A{b}])" for a, b in PAIRS] + [
                                f"F.linear(A{a}, A{b})" for a, b in PAIRS] + [
                                    f"torch.tensordot(A{a}, A{b}, dims=1)" for a, b in PAIRS if a == b] + [
                                        f"torch.einsum('{e}', [A.ne(0)])" for e in ("ij->i", "ij->", "ij->ji", "ii->i")],
    "sums": [
        f"{op.format(*dtypes)}" for dtypes in ((x, a, b) for x in DTYPES for a, b in PAIRS if len({x, a, b}) < 3) for op in (
            "torch.addmm(A{0}, A{1}, A{2})", "torch.baddbmm(A{0}, A{1}[None], A{2}[None])", "torch.addbmm(A{0}, A{1}[None], A{2}[None])",
            "torch.addmv(A{0}[0], A{1}, A{2}[0])", "torch.addr(A{0}, A{1}[0], A{2}[0])", "A{0}.clone()[None].baddbmm_(A{1}[None], A{2}[None])",
            "A{0}.clone()[0].addmv_(A{1}, A{2}[0])", "F.linear(A{0}, A{1}, A{2}[0])")] + [
                f"{op.format(t)}, beta={beta}, alpha={alpha})" for t in DTYPES for beta, alpha in FACTORS for op in (
                    "torch.addmm(A{0}, A{0}, A{0}", "torch.addr(A{0}, A{0}[0], A{0}[0]", "torch.addmv(A{0}[0], A{0}, A{0}[0]",
                    "torch.baddbmm(A{0}[None], A{0}[None], A{0}[None]")] + [
                        f"{op}, beta=0)" for op in ("torch.addmm(M * A, A, A", "torch.addmv(V[:2], A, A[0]", "torch.addr(M, A[0], A[0]")],
    "ranges": [
        f"torch.range({text})" for text in (
            "0, 5, 2", "5, 0, -2", "5, 0, 1", "0, 5, 0", "0., 1., 0.1", "0.5, 5.5, 2., dtype=torch.int64", "0., 5., 0.5, dtype=torch.int16",
            "0.9, 9.9, 1.9, dtype=torch.int64", "0, 300, 50, dtype=torch.uint8", "0, -5, -2, dtype=torch.uint8", "5.7, 0.2, -1.5, dtype=torch.int64",
            "4611686018427387904, 4611686018427387909, 2, dtype=torch.int64")],
    "steps": [
        f"{x}[{cut}].stride()" for x in ("X", "M", "X[:1]", "M[:, :1]") for cut in ("::2", "::7", "0:1:3", "0:0:3", "9:2:4")] + [
            "M[:, ::3].stride()", "M[::2, ::2].t().contiguous()", "M[::3].mm(M)", "X[::20] + 1"],
}

# A module for a part of each: the oracle answers every call with a fresh copy of its module.
PART = 60
for each, expressions in FAMILIES.items():
    for start in range(0, len(expressions), PART):
        add_case(f"rules_of_{each}_{start // PART}",
                 lambda part=expressions[start:start + PART]: methods(INPUTS, part), __file__)
