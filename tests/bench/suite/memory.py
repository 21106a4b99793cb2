#!/usr/bin/python3
"""The most memory that PyTorch needs for a workload, in a process of its own.

Usage: memory.py MODE WORKLOAD FOLDER THREADS; prints a line of JSON.
"""
import json
import pathlib
import re
import sys
import warnings

import peer_torch
import torch
import workloads


def peak_bytes() -> int:
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024


def main() -> None:
    mode, name, folder, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    warnings.simplefilter("ignore")
    with torch.no_grad():
        inputs = torch.load(pathlib.Path(folder) / "inputs.pt")
        if mode == "eager":
            module = workloads.make(name).module
        else:
            loaded = torch.jit.load(str(pathlib.Path(folder) / "model.pt"))
            module = peer_torch.optimized(mode, loaded)
            del loaded
        for _ in range(5):
            module(*inputs)
    print(json.dumps({"peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    main()
