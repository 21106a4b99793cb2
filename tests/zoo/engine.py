"""Runs calls through `temper run --batch`, surviving crashes and hangs of the process."""
import dataclasses
import pathlib
import queue
import subprocess
import tempfile
import threading
import time
from typing import Callable, List, Optional, Sequence, Tuple

from tests.zoo.case import Stored


@dataclasses.dataclass
class Answer:
    """What temper said of a call: an output file, or an error; and the time it took."""
    output: Optional[pathlib.Path]
    error: Optional[str]
    seconds: float
    died: bool = False  # the process crashed or hung: never an acceptable answer


Report = Callable[[Stored, Answer], None]


def read_lines(stream, lines: "queue.Queue[Optional[str]]") -> None:
    for line in stream:
        lines.put(line.rstrip("\n"))
    lines.put(None)


def next_result(lines: "queue.Queue[Optional[str]]",
                deadline: float) -> Optional[Tuple[int, str, str]]:
    """The next `<index> ok|error` line, past what programs print themselves. None at the end."""
    while True:
        line = lines.get(timeout=max(deadline - time.monotonic(), 0.01))
        if line is None:
            return None
        fields = line.split("\t", 2)
        if len(fields) >= 2 and fields[0].isdigit() and fields[1] in ("ok", "error"):
            return int(fields[0]), fields[1], fields[2] if len(fields) > 2 else ""


def run_batch(temper: str, calls: Sequence[Stored], folder: pathlib.Path, timeout: float,
              report: Report) -> int:
    """Reports calls until the end or the first crash or hang; returns how many were reported."""
    listing = folder / "batch.tsv"
    outputs = [folder / f"out_{index}.pt" for index in range(len(calls))]
    listing.write_text("".join(f"{call.model}\t{call.method}\t{call.inputs}\t{output}\n"
                               for call, output in zip(calls, outputs)))
    with open(folder / "stderr.txt", "w+") as errors:
        process = subprocess.Popen([temper, "run", "--batch", str(listing)], text=True,
                                   errors="replace", stdout=subprocess.PIPE, stderr=errors,
                                   stdin=subprocess.DEVNULL)
        lines: "queue.Queue[Optional[str]]" = queue.Queue()
        threading.Thread(target=read_lines, args=(process.stdout, lines), daemon=True).start()
        for position, call in enumerate(calls):
            start = time.monotonic()
            try:
                result = next_result(lines, start + timeout)
                trouble = None
            except queue.Empty:
                result, trouble = None, f"no answer in {timeout:.0f} s"
                process.kill()
            seconds = time.monotonic() - start
            if result is None:
                process.wait()
                errors.seek(0)
                tail = errors.read()[-400:].strip().replace("\n", " | ")
                trouble = trouble or f"process ended with status {process.returncode}: {tail}"
                report(call, Answer(None, trouble, seconds, died=True))
                return position + 1
            index, state, message = result
            if index != position:
                process.kill()
                process.wait()
                trouble = f"answered line {index} out of order"
                report(call, Answer(None, trouble, seconds, died=True))
                return position + 1
            output = outputs[position] if state == "ok" else None
            report(call, Answer(output, message if output is None else None, seconds))
            outputs[position].unlink(missing_ok=True)
        # A process that fails after its last answer, as with a leak, has failed that call.
        if calls and process.wait() != 0:
            errors.seek(0)
            tail = errors.read()[-400:].strip().replace("\n", " | ")
            report(calls[-1], Answer(None, f"ended with status {process.returncode}: {tail}", 0.0,
                                     died=True))
    return len(calls)


def run_all(temper: str, calls: Sequence[Stored], timeout: float, report: Report) -> None:
    rest: List[Stored] = list(calls)
    with tempfile.TemporaryDirectory() as folder:
        while rest:
            rest = rest[run_batch(temper, rest, pathlib.Path(folder), timeout, report):]
