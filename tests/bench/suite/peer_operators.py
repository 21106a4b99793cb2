"""Measures PyTorch's eager mode for one-operator programs, on command, in one process.

Usage: peer_operators.py FOLDER THREADS. A line `prepare NAME` of stdin writes model.pt and
inputs.pt into FOLDER/NAME, a line `SECONDS` measures what was prepared last; each is answered by
a line of JSON.
"""
import json
import pathlib
import statistics
import sys
import warnings

import torch

import operator_cases
from peer_torch import measure


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    torch.set_num_threads(int(sys.argv[2]))
    warnings.simplefilter("ignore")
    print("{}", flush=True)
    eager, inputs = None, ()
    with torch.no_grad():
        for line in sys.stdin:
            word, *rest = line.split()
            try:
                answer = {}
                if word == "prepare":
                    eager, module, inputs = operator_cases.make(rest[0])
                    place = folder / rest[0]
                    place.mkdir(parents=True, exist_ok=True)
                    module.save(str(place / "model.pt"))
                    torch.save(inputs, place / "inputs.pt")
                else:
                    measure(eager, inputs, 0.05)
                    times = measure(eager, inputs, float(word))
                    answer = {"p50": statistics.median(times), "min": min(times)}
            except Exception as error:
                answer = {"error": str(error).splitlines()[0]}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
