"""First inputs of the fuzzers, made of real files when they are run."""
import hashlib
import json
import pathlib
import random
import re
import zipfile
from typing import Callable, Dict, Iterator

ROOT = pathlib.Path(__file__).resolve().parents[2]
LONGEST = 20_000


def archives() -> Iterator[pathlib.Path]:
    yield from sorted((ROOT / "deploy" / "examples" / "models").glob("*/1/model.pt"))
    yield from sorted((ROOT / "build" / "oracle-cache").glob("archive_*/model.pt"))


def members(pattern: str) -> Iterator[bytes]:
    for path in archives():
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if re.search(pattern, name):
                    yield archive.read(name)


def zips() -> Iterator[bytes]:
    for path in archives():
        yield path.read_bytes()


def pickles() -> Iterator[bytes]:
    yield from members(r"\.pkl$")


def scripts() -> Iterator[bytes]:
    yield from members(r"\.py$")
    for path in sorted((ROOT / "kernels" / "prelude").glob("*.py")):
        for function in re.split(r"^(?=def )", path.read_text(), flags=re.M):
            yield function.encode()


def graphs() -> Iterator[bytes]:
    for path in sorted((ROOT / "tests" / "ir").glob("*/*.ir")):
        for graph in re.split(r"^# -+$", path.read_text(), flags=re.M):
            yield graph.encode()


def types() -> Iterator[bytes]:
    found = {"Dict[str, Tuple[int, Tensor]]", "Union[int, Optional[str], List[complex]]",
             "NamedTuple(a : int, b : Tensor)", "Float(2, 3, strides=[3, 1], device=cpu)",
             "Future[Tensor]", "int[]?", "(int, Tensor[])", "Dict(str, float?)", "Tensor(*, 4)"}
    for source in members(r"\.py$"):
        found.update(re.findall(r": ([A-Z]\w+\[.*\])$", source.decode(), flags=re.M))
    yield from (text.encode() for text in sorted(found))


def schemas() -> Iterator[bytes]:
    lines = (ROOT / "kernels" / "ops" / "schemas.txt").read_text().splitlines()
    yield from (line.encode() for line in lines[::10] if line and not line.startswith("#"))


def requests() -> Iterator[bytes]:
    """The first byte tells the format, the second how long the JSON is before binary tensors."""
    from tests.e2e.stubs import inference
    described = [("x", "FP32", [1, 2], [0.5, 1]), ("n", "INT64", [1], [3]), ("b", "BOOL", [], True),
                 ("s", "BYTES", [1], ["word"]), ("grid", "INT32", [2, 2], [[1, 2], [3, 4]]),
                 ("words", "BYTES", [2], ["a", "\u00e9"]), ("many.0", "UINT8", [3], [1, 2, 3]),
                 ("parts.key", "INT8", [0], []), ("pair.0", "INT16", [1], [1]),
                 ("pair.1", "FP64", [2, 0], []), ("INPUT__0", "FP64", [1], [1e300])]
    for name, datatype, shape, data in described:
        entry = {"name": name, "datatype": datatype, "shape": shape, "data": data}
        body = {"id": "7", "parameters": {"timeout": 5, "binary_data_output": True},
                "inputs": [entry], "outputs": [{"name": "y", "parameters": {"binary_data": True}}]}
        yield b"\x00\xff" + json.dumps(body).encode()
        message = inference.ModelInferRequest(model_name="fuzz", id="7")
        message.inputs.add(name=name, datatype=datatype, shape=shape)
        message.raw_input_contents.append(bytes(16))
        yield b"\x01\xff" + message.SerializeToString()
    entry = {"name": "x", "datatype": "FP16", "shape": [2], "parameters": {"binary_data_size": 4}}
    head = json.dumps({"inputs": [entry]}).encode()
    yield bytes([0, len(head)]) + head + bytes(4)
    message = inference.ModelInferRequest(model_name="fuzz")
    tensor = message.inputs.add(name="x", datatype="FP32", shape=[2])
    tensor.contents.fp32_contents.extend([1.0, 2.0])
    yield b"\x01\xff" + message.SerializeToString()
    yield (b'\x02\xff{"max_batch_size": 4, "input": [{"name": "x", "data_type": "TYPE_FP32", '
           b'"dims": [-1, 3]}], "version_policy": {"latest": {"num_versions": 2}}}')
    yield (b'\x03\xffname: "fuzz" max_batch_size: 4\ninput { name: "x__0" data_type: TYPE_FP32 '
           b'dims: [ -1, 3 ] }\noutput { name: "y__0" data_type: TYPE_FP32 dims: 3 }')


def calls() -> Iterator[bytes]:
    """Random bytes: they choose operators and arguments."""
    chance = random.Random(7)
    for _ in range(3000):
        yield chance.randbytes(200)


MAKERS: Dict[str, Callable[[], Iterator[bytes]]] = {
    "zip_fuzz": zips, "pickle_fuzz": pickles, "script_fuzz": scripts, "graph_fuzz": graphs,
    "type_fuzz": types, "schema_fuzz": schemas, "op_fuzz": calls,
    "request_fuzz": requests}


def write(target: str, folder: pathlib.Path) -> int:
    """Puts the target's first inputs into the folder; how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    for content in MAKERS[target]():
        content = content if target == "zip_fuzz" else content[:LONGEST]
        (folder / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
    return len(list(folder.iterdir()))
