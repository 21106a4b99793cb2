"""Tensors as the protocol carries them."""
import struct
from typing import Any, List, Sequence, Tuple

import numpy

DATATYPES = {"BOOL": "?", "UINT8": "u1", "INT8": "i1", "INT16": "<i2", "INT32": "<i4",
             "INT64": "<i8", "FP16": "<f2", "FP32": "<f4", "FP64": "<f8"}
NAMES = {numpy.dtype(code): name for name, code in DATATYPES.items()}


def pack(values: Any) -> Tuple[str, List[int], bytes]:
    """Datatype, shape and raw bytes of an array, or of a list of strings."""
    if isinstance(values, list):
        texts = [text.encode() if isinstance(text, str) else text for text in values]
        raw = b"".join(struct.pack("<I", len(text)) + text for text in texts)
        return "BYTES", [len(texts)], raw
    array = numpy.asarray(values)
    return NAMES[array.dtype], list(array.shape), array.tobytes()


def unpack(datatype: str, shape: Sequence[int], raw: bytes) -> Any:
    if datatype != "BYTES":
        return numpy.frombuffer(raw, DATATYPES[datatype]).reshape(shape)
    texts, place = [], 0
    while place < len(raw):
        (size,) = struct.unpack_from("<I", raw, place)
        texts.append(raw[place + 4:place + 4 + size].decode())
        place += 4 + size
    assert place == len(raw) and len(texts) == int(numpy.prod(shape, dtype=int)), (shape, raw)
    return texts
