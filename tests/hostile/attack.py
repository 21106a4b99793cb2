"""What an attack is, and how temper must take it."""
import dataclasses
import re
from typing import Optional, Tuple


@dataclasses.dataclass(frozen=True)
class Attack:
    """An archive that means harm. `refused`: a pattern that the error's first line must match;
    `answer`: what must be printed; without either, both an error and an answer will do."""
    name: str
    archive: bytes
    refused: Optional[str] = None
    answer: Optional[str] = None
    options: Tuple[str, ...] = ()
    leaks: bool = False  # makes values that hold each other, which counting references never frees


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How one run of `temper` ended."""
    status: int
    stdout: str
    stderr: str
    seconds: float
    megabytes: float


@dataclasses.dataclass(frozen=True)
class Limits:
    seconds: float
    megabytes: float


LONGEST_LINE = 4000
LONGEST_REPORT = 60_000
# Of sanitizers, of failed assertions of the standard library, and of our own broken laws.
ALARMS = re.compile(r"Sanitizer|runtime error:|Assertion|terminate called|check failed|"
                    r"internal: |expected a value of kind")


def plain(text: str) -> bool:
    return all(c in "\n\t" or c.isprintable() for c in text)


# What a sanitizer says of a refused allocation that the program then handles.
HANDLED = re.compile(r"^==\d+==WARNING: AddressSanitizer failed to allocate .*\n", re.M)


def judge(attack: Attack, outcome: Outcome, limits: Limits) -> Optional[str]:
    """None if temper behaved, else what it did wrong."""
    alarm = ALARMS.search(outcome.stderr)
    if alarm:
        return outcome.stderr[max(alarm.start() - 200, 0):alarm.start() + 3000]
    if outcome.status not in (0, 1):
        return f"ended with status {outcome.status}: {outcome.stderr[-400:]!r}"
    if outcome.seconds > limits.seconds:
        return f"took {outcome.seconds:.1f} s"
    if outcome.megabytes > limits.megabytes:
        return f"took {outcome.megabytes:.0f} MB"
    if outcome.status == 0:
        return judge_answer(attack, outcome)
    return judge_refusal(attack, outcome)


def judge_answer(attack: Attack, outcome: Outcome) -> Optional[str]:
    if attack.refused is not None:
        return f"answered {outcome.stdout[:200]!r}"
    if attack.answer is not None and outcome.stdout.strip() != attack.answer:
        return f"answered {outcome.stdout[:200]!r}, not {attack.answer!r}"
    return None


def judge_refusal(attack: Attack, outcome: Outcome) -> Optional[str]:
    first = outcome.stderr.split("\n", 1)[0]
    if not first.startswith("temper: ") or len(first) < len("temper: ") + 4:
        return f"gave no reason: {outcome.stderr[:400]!r}"
    if len(first) > LONGEST_LINE or len(outcome.stderr) > LONGEST_REPORT:
        return f"gave a reason of {len(outcome.stderr)} bytes: {first[:200]!r}"
    if not plain(outcome.stderr):
        return f"repeated control characters: {first[:400]!r}"
    if attack.answer is not None:
        return f"refused a harmless archive: {first}"
    if attack.refused is not None and not re.search(attack.refused, first):
        return f"gave another reason than {attack.refused!r}: {first}"
    return None
