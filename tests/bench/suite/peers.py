"""What the benchmarks share: peers in processes of their own, and runs of `temper bench`."""
import json
import math
import os
import subprocess
import sys


class Process:
    """A peer that answers lines with lines of JSON."""

    def __init__(self, command, env=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=env)

    def ask(self, line):
        try:
            if line is not None:
                self.process.stdin.write(line + "\n")
                self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            return {"error": f"ended with status {self.process.wait()}"}
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def install_openblas(folder):
    """A folder of libraries where PyTorch finds OpenBLAS, or None with a note on stderr. It is only
    unpacked, so that the machine's own BLAS stays what it is."""
    found = list(folder.glob("usr/lib/*/openblas-pthread"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["apt-get", "download", "-q", "libopenblas0-pthread"], cwd=folder,
                           check=True, capture_output=True, timeout=300)
            package = next(folder.glob("libopenblas0-pthread_*.deb"))
            subprocess.run(["dpkg", "-x", str(package), str(folder)], check=True)
        except (OSError, subprocess.SubprocessError, StopIteration) as error:
            print(f"PyTorch runs without OpenBLAS: {error}", file=sys.stderr)
            return None
        found = list(folder.glob("usr/lib/*/openblas-pthread"))
    return found[0].resolve()


def environment(threads, openblas=None):
    env = dict(os.environ)
    env.update({"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)})
    if openblas:
        env["LD_LIBRARY_PATH"] = f"{openblas}:{env.get('LD_LIBRARY_PATH', '')}"
    return env


def run_temper(binary, folder, threads, seconds, warm_up=0.5):
    command = [binary, "bench", str(folder / "model.pt"), "--inputs", str(folder / "inputs.pt"),
               "--cpus", str(threads), "--seconds", str(seconds), "--warm-up", str(warm_up),
               "--concurrency", "1", "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        text = (done.stderr or done.stdout).strip().splitlines()
        return {"error": f"status {done.returncode}: " + (text[-1] if text else "no output")}
    row = json.loads(done.stdout)[0]
    return {"ms": row["p50_ms"], "calls": row["requests"], "peak_bytes": row["peak_bytes"]}


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios))
