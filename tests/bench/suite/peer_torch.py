"""Measures PyTorch's modes for one workload, on command, in one process.

Usage: peer_torch.py WORKLOAD FOLDER THREADS; writes model.pt, inputs.pt and, when the exporter can
express it, model.onnx with its inputs into FOLDER, and says in a line of JSON how many bytes the
weights have and why there is no model.onnx. Then each line of stdin is answered by a line of JSON:
`MODE SECONDS` measures, `floor` counts what the workload must do.
"""
import json
import pathlib
import statistics
import sys
import time
import warnings

import floors
import torch
import workloads


def optimized(mode: str, scripted: torch.jit.ScriptModule) -> torch.jit.ScriptModule:
    return torch.jit.freeze(scripted) if mode == "frozen" else \
        torch.jit.optimize_for_inference(scripted)


def variant(mode: str, workload: workloads.Workload):
    if mode == "eager":
        return workload.module
    return optimized(mode, torch.jit.script(workload.module).eval())


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def export(workload: workloads.Workload, folder: pathlib.Path) -> None:
    if workload.exportable is None:
        raise ValueError("the ONNX exporter cannot express the program")
    names = [f"x{i}" for i in range(len(workload.inputs))]
    torch.onnx.export(workload.exportable, workload.inputs, str(folder / "model.onnx"),
                      input_names=names, opset_version=15)
    described = []
    for name, tensor in zip(names, workload.inputs):
        (folder / f"{name}.bin").write_bytes(tensor.contiguous().numpy().tobytes())
        described.append({"name": name, "dims": list(tensor.shape),
                          "type": "int64" if tensor.dtype == torch.int64 else "float32"})
    (folder / "onnx_inputs.json").write_text(json.dumps(described))


def prepare(name: str, folder: pathlib.Path) -> tuple:
    """The workload, and what the driver is told of it."""
    workload = workloads.make(name)
    scripted = torch.jit.script(workload.module).eval()
    scripted.save(str(folder / "model.pt"))
    torch.save(workload.inputs, folder / "inputs.pt")
    storages = {each.storage().data_ptr(): each.storage().nbytes() for each in
                (*scripted.parameters(), *scripted.buffers())}
    told = {"weight_bytes": sum(storages.values()), "no_onnx": None}
    (folder / "model.onnx").unlink(missing_ok=True)
    try:
        export(workload, folder)
    except Exception as error:
        told["no_onnx"] = first_line(error)
    return workload, told


def floor(workload: workloads.Workload) -> dict:
    flops, size = floors.count(workload.module, workload.inputs)
    return {"flops": flops, "bytes": size, "copy_ms": floors.copy_ms(size)}


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
        workload, told = prepare(name, folder)
        print(json.dumps(told), flush=True)
        known = {}
        for line in sys.stdin:
            mode, *seconds = line.split()
            try:
                if mode == "floor":
                    answer = floor(workload)
                else:
                    if mode not in known:
                        known[mode] = variant(mode, workload)
                        for _ in range(3):  # profiling runs and compilation
                            known[mode](*workload.inputs)
                    times = measure(known[mode], workload.inputs, float(seconds[0]))
                    answer = {"ms": statistics.median(times), "calls": len(times)}
            except Exception as error:
                answer = {"error": first_line(error)}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
