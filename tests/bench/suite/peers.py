"""What the benchmarks share: peers in processes of their own, and runs of `temper bench`."""
import json
import math
import os
import subprocess


class Process:
    """A peer that answers lines with lines of JSON."""

    def __init__(self, command, env=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=env)

    def ask(self, line):
        if line is not None:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            return {"error": f"ended with status {self.process.wait()}"}
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def environment(threads):
    env = dict(os.environ)
    env.update({"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)})
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
    return {"ms": row["p50_ms"], "calls": row["requests"]}


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios))
