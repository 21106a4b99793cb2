"""Measures PyTorch's modes for one workload, on command, in one process.

Usage: peer_torch.py WORKLOAD FOLDER THREADS; writes model.pt, inputs.pt and, when the exporter can
express it, model.onnx with its inputs into FOLDER. Then each line `MODE SECONDS` of stdin is
answered by a line of JSON.
"""
import json
import pathlib
import statistics
import sys
import time
import warnings

import torch
import workloads

MODES = ("eager", "frozen", "optimized")


def variant(mode: str, workload: workloads.Workload):
    if mode == "eager":
        return workload.module
    scripted = torch.jit.script(workload.module).eval()
    if mode == "frozen":
        return torch.jit.freeze(scripted)
    return torch.jit.optimize_for_inference(scripted)


def export(workload: workloads.Workload, folder: pathlib.Path) -> None:
    if workload.exportable is None:
        return
    names = [f"x{i}" for i in range(len(workload.inputs))]
    torch.onnx.export(workload.exportable, workload.inputs, str(folder / "model.onnx"),
                      input_names=names, opset_version=15)
    described = []
    for name, tensor in zip(names, workload.inputs):
        (folder / f"{name}.bin").write_bytes(tensor.contiguous().numpy().tobytes())
        described.append({"name": name, "dims": list(tensor.shape),
                          "type": "int64" if tensor.dtype == torch.int64 else "float32"})
    (folder / "onnx_inputs.json").write_text(json.dumps(described))


def prepare(name: str, folder: pathlib.Path) -> workloads.Workload:
    workload = workloads.make(name)
    scripted = torch.jit.script(workload.module).eval()
    scripted.save(str(folder / "model.pt"))
    torch.save(workload.inputs, folder / "inputs.pt")
    try:
        export(workload, folder)
    except Exception as error:  # reported by the absence of the peer
        print(f"{name}: no ONNX model: {str(error).splitlines()[0]}", file=sys.stderr)
    return workload


def measure(function, inputs: tuple, seconds: float) -> list:
    times = []
    start = time.perf_counter()
    while not times or time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        function(*inputs)
        times.append((time.perf_counter() - begin) * 1e3)
    return times


def main() -> None:
    name, folder, threads = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    warnings.simplefilter("ignore")
    with torch.no_grad():
        workload = prepare(name, folder)
        print("{}", flush=True)
        known = {}
        for line in sys.stdin:
            mode, seconds = line.split()
            try:
                if mode not in known:
                    known[mode] = variant(mode, workload)
                    for _ in range(3):  # profiling runs and compilation
                        known[mode](*workload.inputs)
                times = measure(known[mode], workload.inputs, float(seconds))
                answer = {"ms": statistics.median(times), "calls": len(times)}
            except Exception as error:
                answer = {"error": str(error).splitlines()[0]}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
