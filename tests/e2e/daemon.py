"""Starts temperd on free loopback ports and stops it by its process."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from typing import Any, Optional, Tuple

from tests.e2e.client import Client
from tests.e2e.stubs import ROOT

EXAMPLES = ROOT / "deploy" / "examples"


def binary(name: str) -> str:
    folder = os.environ.get("TEMPER_BIN", str(ROOT / "build" / "test" / "bin"))
    return str(pathlib.Path(folder) / name)


class Repository:
    """A folder of models that goes away with its owner."""

    def __init__(self) -> None:
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="temper-e2e-"))

    def add(self, model: str, archive: pathlib.Path, version: int = 1,
            config: Optional[str] = None) -> None:
        """Appears by one rename, as a careful operator would do it."""
        folder = self.path / model
        folder.mkdir(exist_ok=True)
        if config is not None:
            (folder / "config.pbtxt").write_text(config)
        staged = pathlib.Path(tempfile.mkdtemp(dir=self.path, prefix="."))
        shutil.copy(archive, staged / "model.pt")
        staged.chmod(0o755)
        staged.rename(folder / str(version))

    def add_example(self, model: str, **options: Any) -> None:
        self.add(model, EXAMPLES / "models" / model / "1" / "model.pt", **options)

    def link(self, model: str, archive: pathlib.Path) -> None:
        (self.path / model / "1").mkdir(parents=True)
        (self.path / model / "1" / "model.pt").symlink_to(archive)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class Daemon:
    """A running temperd. The log is printed when a start fails."""

    def __init__(self, repository: Repository, *options: str, wait: float = 120.0):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="temper-e2e-"))
        port_file = self.folder / "ports.json"
        self.log = open(self.folder / "log.txt", "w+")
        self.process = subprocess.Popen(
            [binary("temperd"), "--model-repository", str(repository.path), "--grpc-port", "0",
             "--http-port", "0", "--port-file", str(port_file), *options],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        try:
            self._await_ports(port_file, time.monotonic() + wait)
            self.client = Client(self.grpc)
            self._await_ready(time.monotonic() + wait)
        except BaseException:
            self.stop()
            raise

    def _await_ports(self, port_file: pathlib.Path, deadline: float) -> None:
        while True:
            try:
                ports = json.loads(port_file.read_text())
                self.grpc, self.http = int(ports["grpc"]), int(ports["http"])
                return
            except (OSError, ValueError):
                self._give_up_after(deadline, "no port file")

    def _await_ready(self, deadline: float) -> None:
        while True:
            try:
                if self.get("/v2/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            self._give_up_after(deadline, "not ready")

    def _give_up_after(self, deadline: float, why: str) -> None:
        if self.process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"temperd: {why}, status {self.process.poll()}\n{self.text()}")
        time.sleep(0.05)

    def text(self) -> str:
        self.log.flush()
        return (self.folder / "log.txt").read_text(errors="replace")[-4000:]

    def ask(self, path: str, body: Optional[bytes] = None, method: Optional[str] = None,
            **headers: str) -> Tuple[int, bytes, Any]:
        """HTTP status, body and headers; GET without a body, else POST."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}{path}", data=body, method=method,
            headers={key.replace("_", "-"): value for key, value in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers

    def get(self, path: str) -> Tuple[int, bytes]:
        return self.ask(path)[:2]

    def terminate(self, wait: float = 60.0) -> int:
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(wait)

    def stop(self) -> None:
        if hasattr(self, "client"):
            self.client.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
