"""Arithmetic on ints, floats, bools and complex numbers."""
import math
from typing import List, Tuple

from tests.zoo.case import Call
from tests.zoo.programs.define import program


@program((7, 3), (-7, 3), (7, -3), (-7, -3), (0, 5))
def int_arithmetic(a: int, b: int) -> Tuple[List[int], float, float, Tuple[int, int]]:
    return ([a + b, a - b, a * b, a // b, a % b, -a, abs(a), a & b, a | b, a ^ b,
             min(a, b), max(a, b), a << 2, a >> 1], a / b, float(a ** 2), divmod(a, b))


@program((7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (1e300, 1e-300))
def float_arithmetic(a: float, b: float) -> List[float]:
    return [a + b, a - b, a * b, a / b, a // b, a % b, a ** 2.0, -a, abs(a), round(a),
            min(a, b), max(a, b), float(int(b))]


@program((2, 0.5), (-3, 1.5))
def mixed_arithmetic(i: int, f: float) -> Tuple[float, float, bool, bool, float, int]:
    return i * f, i // f, i < f, i == int(f), i + 2.0 ** i, int(f) + i


@program((0.5,), (0.9,))
def math_functions(x: float) -> List[float]:
    return [math.sin(x), math.cos(x), math.tan(x), math.asin(x), math.atan(x), math.exp(x),
            math.log(x), math.log1p(x), math.sqrt(x), math.pow(x, 3.0), math.erf(x), math.gamma(x),
            math.floor(x) + 0.0, math.ceil(x) + 0.0, math.fabs(-x), math.fmod(x, 0.3), math.tanh(x),
            math.degrees(x), math.copysign(x, -1.0), math.pi * x, math.atan2(x, 2.0), math.log10(x)]


@program((12, 18), (17, 5), (0, 4))
def greatest_common_divisor(a: int, b: int) -> Tuple[int, int, int]:
    found = math.gcd(a, b)
    while b != 0:
        a, b = b, a % b
    return a, found, math.factorial(found % 10)


@program((1, 0), (1, 5))
def division_by_zero(a: int, b: int) -> List[float]:
    out: List[float] = []
    if b != 0:
        out.append(a / b)
    out.append(float(a) * 2.0)
    return out


@program(Call((1, 0), fails="by 0"), (9, 2))
def floor_division_fails(a: int, b: int) -> int:
    return a // b


@program((9223372036854775807,), (5,))
def int_overflow_wraps(a: int) -> Tuple[int, int]:
    return a + 1, a * 3


@program((1.5, -2.0), (0.0, 1.0))
def complex_numbers(re: float, im: float) -> Tuple[complex, complex, float]:
    z = complex(re, im)
    return z * z + 1, z - complex(0.0, 1.0), abs(z)


@program((True, False), (False, False), (True, True))
def booleans(a: bool, b: bool) -> Tuple[bool, bool, bool, int, bool, str]:
    return a and b, a or not b, a != b, int(a) + int(b), bool(int(a) * 2), str(a)


@program((10, 1), (1, 10), (0, 0))
def ranges(a: int, b: int) -> Tuple[List[int], List[int], List[int], int]:
    step = -3 if a > b else 4
    up: List[int] = []
    for i in range(a, b, step):
        up.append(i)
    down = [i for i in range(a)]
    both = [i for i in range(b, a)]
    return up, down, both, len(up) * step


@program((42,), (0,))
def linear_congruences(seed: int) -> Tuple[List[int], List[float]]:
    values: List[int] = []
    reals: List[float] = []
    for _ in range(6):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 4611686018427387847
        values.append(seed)
        reals.append(seed / 4611686018427387847)
    return values, reals


@program((0, 20), (-9, 30), (4294967290, 12), (-4294967300, 9), (9223372036854775800, 7))
def divided_by_constants(start: int, rounds: int) -> Tuple[int, int, int, int]:
    hits = 0
    last = -1
    tens = 0
    steps = 0
    i = start
    for k in range(rounds):
        if i % 15 == 0:
            hits += 100
        elif i % 5 == 0:
            hits += 10
        elif i % 4294967296 == 0:
            hits += 5000
        elif i % 3 == 0:
            hits += 1
        else:
            last = i % 7
            if last == 0:
                hits += 1000
            elif last == 2:
                continue
            steps += last
        if i // 10 == 0:
            tens += i
        i += 1
    return hits, last, tens, steps


@program((0,), (7,), (50,))
def ends_of_iterations(n: int) -> Tuple[int, float]:
    total = 0
    scale = 1.0
    for i in range(n):
        for j in range(i):
            if j % 2 == 0:
                total += j
            elif j % 3 == 0:
                total = total * 3
            else:
                scale = scale * 1.5
        if total > 100000:
            total = total - 100000
        else:
            for j in range(3):
                total += i
    k = 0
    while k % 9 != 8:
        k += 1
    return total + k, scale
