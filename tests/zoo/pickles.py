"""The bytes of pickles, written by hand."""
import struct
from typing import Tuple


def word(text: str) -> bytes:
    data = text.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def table(**items: bytes) -> bytes:
    return b"}(" + b"".join(word(key) + value for key, value in items.items()) + b"u"


def root_of(**attributes: bytes) -> bytes:
    return b"\x80\x02c__torch__\nM\n)\x81" + table(training=b"\x88", **attributes) + b"b."


def listed(*items: bytes) -> bytes:
    return b"](" + b"".join(items) + b"e"


def number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def real(value: float) -> bytes:
    return b"G" + struct.pack(">d", value)


def tagged(value: bytes, kind: str) -> bytes:
    return b"ctorch.jit._pickle\nrestore_type_tag\n" + value + word(kind) + b"\x86R"


def built(value: bytes, kind: str) -> bytes:
    return f"ctorch.jit._pickle\nbuild_{kind}list\n".encode() + b"(" + value + b"tR"


def storage(dtype: str, key: str, count: int, location: str = "cpu") -> bytes:
    return b"(" + word("storage") + f"ctorch\n{dtype}Storage\n".encode() + word(key) + word(location) + \
        number(count) + b"tQ"


def tensor(store: bytes, offset: int, sizes: Tuple[int, ...], strides: Tuple[int, ...], grad: bytes = b"\x89"
           ) -> bytes:
    dims = b"(" + b"".join(number(size) for size in sizes) + b"t"
    steps = b"(" + b"".join(number(stride) for stride in strides) + b"t"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + store + number(offset) + dims + steps + grad + \
        b"ccollections\nOrderedDict\n)RtR"
