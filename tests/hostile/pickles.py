"""Pickles that ask for what they must not have: globals, memory, depth, bytes of other tensors."""
import struct
from typing import List, Sequence

from tests.hostile.attack import Attack
from tests.hostile.zips import Member, archive

HEADER, STOP = b"\x80\x02", b"."
EMPTY_TUPLE, TUPLE1, TUPLE2, MARK, TUPLE = b")", b"\x85", b"\x86", b"(", b"t"
EMPTY_LIST, APPEND, EMPTY_DICT, SET_ITEM = b"]", b"a", b"}", b"s"
REDUCE, BUILD, NEW_OBJECT, PERSISTENT_ID = b"R", b"b", b"\x81", b"Q"
NONE, TRUE = b"N", b"\x88"


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def whole(value: int) -> bytes:
    return b"\x8a\x08" + struct.pack("<q", value)


def put(index: int) -> bytes:
    return b"r" + struct.pack("<I", index)


def get(index: int) -> bytes:
    return b"j" + struct.pack("<I", index)


def named(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def tuple_of(*items: bytes) -> bytes:
    return MARK + b"".join(items) + TUPLE


def list_of(*items: bytes) -> bytes:
    return EMPTY_LIST + b"".join(item + APPEND for item in items)


def dict_of(*items: bytes) -> bytes:
    return EMPTY_DICT + b"".join(key + value + SET_ITEM for key, value in zip(*[iter(items)] * 2))


def call(module: str, name: str, *items: bytes) -> bytes:
    return named(module, name) + tuple_of(*items) + REDUCE


def instance(state: bytes, name: str = "Net") -> bytes:
    return named("__torch__", name) + EMPTY_TUPLE + NEW_OBJECT + state + BUILD


def net(value: bytes, *more: bytes) -> bytes:
    """A root whose attribute `x` has this value."""
    return HEADER + instance(dict_of(text("training"), TRUE, text("x"), value, *more)) + STOP


def code(kind: str, result: str = "7", declared: str = "int", before: str = "") -> str:
    return f"""\
{before}class Net(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  x : {kind}
  def forward(self: __torch__.Net) -> {declared}:
    return {result}
"""


def storage(count: int, key: str = "0", kind: str = "FloatStorage") -> bytes:
    return tuple_of(text("storage"), named("torch", kind), text(key), text("cpu"),
                    whole(count)) + PERSISTENT_ID


def tensor(count: int, offset: int, sizes: Sequence[int], strides: Sequence[int],
           key: str = "0", kind: str = "FloatStorage") -> bytes:
    return call("torch._utils", "_rebuild_tensor_v2", storage(count, key, kind), whole(offset),
                tuple_of(*map(whole, sizes)), tuple_of(*map(whole, strides)), b"\x89",
                call("collections", "OrderedDict"))


def globals_() -> List[Attack]:
    def asking(module: str, name: str, *arguments: bytes) -> bytes:
        return archive(code("int"), data_pkl=net(call(module, name, *arguments)))
    unknown = [("os", "system"), ("posix", "system"), ("builtins", "eval"), ("nt", "system"),
               ("__builtin__", "exec"), ("subprocess", "Popen"), ("torch", "load"),
               ("torch.hub", "load"), ("torch._utils", "_rebuild_wrapper_subclass"),
               ("copyreg", "_reconstructor"), ("__torch__", "Missing"), ("__torch__.a.b", "C"),
               ("__torch__..", "Net"), ("", ""), ("a b\x1b[31m", "c"), ("a" * 5000, "b")]
    found = [Attack(f"pickle_global_{i}_{module[:10]}.{name}".replace("\x1b", "ESC"),
                    asking(module, name, text("true")),
                    r"data\.pkl.*global|data\.pkl.*class|data\.pkl.*type")
             for i, (module, name) in enumerate(unknown)]
    return found + [
        Attack("pickle_calls_a_class", asking("__torch__", "Net", text("a")), r"data\.pkl"),
        Attack("pickle_calls_a_type", asking("torch", "FloatStorage", whole(5)), r"data\.pkl"),
        Attack("pickle_calls_a_number", asking("torch", "float32", whole(5)), r"data\.pkl"),
        Attack("pickle_root_is_a_global", archive(data_pkl=HEADER + named("torch", "device") + STOP),
               r"data\.pkl"),
        Attack("pickle_root_is_a_number", archive(data_pkl=HEADER + whole(1) + STOP),
               r"data\.pkl"),
        Attack("pickle_constants_are_a_list", archive(constants_pkl=HEADER + list_of() + STOP),
               r"constants\.pkl"),
        Attack("pickle_two_roots", archive(data_pkl=HEADER + NONE + NONE + STOP), r"data\.pkl"),
    ]


def streams() -> List[Attack]:
    """Bytes that are no pickle, or one of too much."""
    def root(stream: bytes) -> bytes:
        return archive(data_pkl=stream)
    cases = {
        "empty": b"", "header_only": HEADER, "protocol_4": b"\x80\x04N.",
        "no_stop": HEADER + NONE, "unknown_opcode": HEADER + b"\xff.",
        "text_of_4_gb": HEADER + b"X\xff\xff\xff\xff" + b"abc.",
        "cut_off_text": HEADER + b"X\x08\x00\x00\x00abc.", "cut_off_number": HEADER + b"J\x01",
        "global_without_end": HEADER + b"ctorch", "long_number": HEADER + b"\x8a\xff" + b"1" * 255,
        "stack_is_empty": HEADER + b"a.", "mark_is_missing": HEADER + b"t.",
        "marks_only": HEADER + MARK * 1000 + STOP, "tuple_across_mark": HEADER + b"N(\x85.",
        "memo_never_written": HEADER + b"h\x07.", "memo_of_4_billion": HEADER + b"Nr\xff\xff\xff\xff.",
        "memo_of_nothing": HEADER + b"q\x01.", "build_on_number": HEADER + whole(1) + b"}b.",
        "reduce_a_number": HEADER + whole(1) + b")R.", "new_without_class": HEADER + b")\x81.",
        "items_on_a_list": HEADER + b"](NNu.", "append_to_a_dict": HEADER + b"}Na.",
        "odd_items": HEADER + b"}(NNNu.", "list_as_key": HEADER + b"}]Ns.",
        "persistent_number": HEADER + whole(1) + b"Q.", "persistent_nothing": HEADER + b")Q.",
        "list_in_itself": HEADER + EMPTY_LIST + put(0) + get(0) + APPEND + STOP,
        "dict_in_itself": HEADER + EMPTY_DICT + put(0) + text("a") + get(0) + SET_ITEM + STOP,
        "lists_in_each_other": HEADER + EMPTY_LIST + put(0) + EMPTY_LIST + put(1) + get(0) + APPEND +
                               APPEND + get(1) + get(0) + APPEND + STOP,
        "100000_tuples_deep": HEADER + EMPTY_TUPLE + TUPLE1 * 100_000 + STOP,
        "100000_lists_deep": HEADER + EMPTY_LIST * 100_000 + APPEND * 99_999 + STOP,
        "100000_dicts_deep": HEADER + (EMPTY_DICT + text("a")) * 100_000 + NONE +
                             SET_ITEM * 100_000 + STOP,
        "20_million_values": HEADER + NONE * 20_000_000 + STOP,
        "5_million_lists": HEADER + EMPTY_LIST * 5_000_000 + STOP,
    }
    return [Attack(f"pickle_{name}", root(stream), r"data\.pkl") for name, stream in cases.items()]


def doubling(levels: int, leaf: bytes) -> bytes:
    """Each tuple holds the one below twice: small in the file, 2 ** levels values unfolded."""
    return leaf + b"".join(put(level) + get(level) + TUPLE2 for level in range(levels))


def laughs() -> List[Attack]:
    def doubled_lists(levels: int) -> bytes:
        lists = b"".join(EMPTY_LIST + (get(i - 1) + APPEND + get(i - 1) + APPEND if i else b"") +
                         put(i) for i in range(levels))
        return tuple_of(lists)
    tuples = doubling(100, EMPTY_TUPLE)
    named_lists = "Tuple[" + ", ".join(["Any"] * 100) + "]"
    return [
        Attack("laughs_tuples_as_int", archive(code("int"), data_pkl=net(tuples)), r"."),
        Attack("laughs_tuples_as_any", archive(code("Any"), data_pkl=net(tuples))),
        Attack("laughs_tuples_in_state", archive(data_pkl=HEADER + instance(tuples) + STOP), r"."),
        Attack("laughs_tuples_in_constants", archive(constants_pkl=HEADER + tuples + TUPLE1 + STOP)),
        Attack("laughs_tuples_printed", archive(code("Any", "str(self.x)", "str"),
                                                data_pkl=net(tuples))),
        Attack("laughs_tuples_equal", archive(code("Any", "self.x", "Any"), data_pkl=net(tuples))),
        Attack("laughs_tuples_as_root", archive(data_pkl=HEADER + tuples + STOP), r"data\.pkl"),
        Attack("laughs_tuples_in_origins", archive(extra=[
            Member(b"m/code/__torch__.py.debug_pkl", HEADER + tuples + STOP)])),
        Attack("laughs_tuples_as_enum", archive(
            code("__torch__.E", before="class E(Enum):\n  a : int = 1\n"),
            data_pkl=net(named("__torch__", "E") + tuples + BUILD)), r"."),
        Attack("laughs_lists_as_any", archive(code("Any"), data_pkl=net(doubled_lists(100)))),
        Attack("laughs_lists_as_tuple", archive(code(named_lists, "str(self.x)", "str"),
                                                data_pkl=net(doubled_lists(100)))),
    ]


def tags() -> List[Attack]:
    def tagged(value: bytes, tag: str, kind: str = "List[int]") -> bytes:
        return archive(code(kind), data_pkl=net(
            call("torch.jit._pickle", "restore_type_tag", value, text(tag))))
    ints = list_of(whole(1), whole(2))
    where = r"data\.pkl|type tag"
    return [
        Attack("tag_is_right", tagged(ints, "List[int]"), answer="7"),
        Attack("tag_is_another", tagged(ints, "List[str]"), where),
        Attack("tag_is_a_dict", tagged(ints, "Dict[int, int]"), where),
        Attack("tag_is_a_class", tagged(ints, "__torch__.Net"), where),
        Attack("tag_is_unknown", tagged(ints, "List[__torch__.Missing]"), where),
        Attack("tag_is_no_type", tagged(ints, "1 + 1"), where),
        Attack("tag_is_empty", tagged(ints, ""), where),
        Attack("tag_of_10000_levels", tagged(ints, "List[" * 10_000 + "int" + "]" * 10_000), where),
        Attack("tag_open_brackets", tagged(ints, "[" * 100_000), where),
        Attack("tag_of_100000_parts", tagged(ints, "a." * 100_000 + "b"), where),
        Attack("tag_of_unions", tagged(ints, "Union[" + ", ".join(
            f"Tuple[{', '.join(['int'] * n)}]" for n in range(1, 400)) + "]"), where),
        Attack("tag_on_a_number", tagged(whole(1), "int"), where),
        Attack("state_is_a_tuple", archive(data_pkl=HEADER + instance(EMPTY_TUPLE) + STOP), r"Net"),
        Attack("state_lacks_an_attribute", archive(data_pkl=HEADER + instance(EMPTY_DICT) + STOP),
               r"training"),
        Attack("state_of_another_type", archive(code("int"), data_pkl=net(text("a"))),
               r"'x' of a '__torch__\.Net'"),
        Attack("type_of_10000_levels", archive(
            code("List[" * 10_000 + "int" + "]" * 10_000), data_pkl=net(ints)), r"__torch__|deeply"),
        Attack("type_of_wide_tuples", archive(
            code("Tuple[" + "int, " * 100_000 + "int]"), data_pkl=net(ints)), r"'x' of a"),
    ]


def tensors() -> List[Attack]:
    def of(value: bytes, data: bytes = bytes(24), result: str = "7",
           declared: str = "int", key: bytes = b"m/data/0") -> bytes:
        return archive(code("Tensor", result, declared), data_pkl=net(value),
                       extra=[Member(key, data)])
    ten_gb = 10 * 2 ** 30 // 4
    pkl, data = r"data\.pkl|data/0", r"data/0"
    cases = [
        ("claims_10_gb", tensor(ten_gb, 0, [ten_gb], [1]), data),
        ("of_10_gb_in_24_bytes", tensor(6, 0, [ten_gb], [1]), pkl),
        ("of_negative_count", tensor(-1, 0, [6], [1]), pkl),
        ("of_2_to_the_62", tensor(2 ** 62, 0, [2 ** 62], [1]), pkl),
        ("of_negative_size", tensor(6, 0, [-6], [1]), pkl),
        ("of_negative_stride", tensor(6, 0, [6], [-1]), pkl),
        ("of_negative_offset", tensor(6, -1, [6], [1]), pkl),
        ("offset_beyond", tensor(6, 1, [6], [1]), pkl),
        ("offset_of_63_bits", tensor(6, 2 ** 63 - 1, [6], [1]), pkl),
        ("strides_beyond", tensor(6, 0, [2, 3], [4, 1]), pkl),
        ("strides_overflow", tensor(6, 0, [3, 3], [2 ** 62, 2 ** 62]), pkl),
        ("sizes_overflow", tensor(6, 0, [2 ** 33, 2 ** 33], [0, 0]), pkl),
        ("bytes_overflow", tensor(2 ** 61 + 1, 0, [6], [1]), pkl),
        ("fewer_strides", tensor(6, 0, [2, 3], [1]), pkl),
        ("of_65_dims", tensor(6, 0, [1] * 65, [1] * 65), pkl),
        ("without_data", tensor(6, 0, [6], [1], key="1"), r"data/1"),
        ("data_elsewhere", tensor(6, 0, [6], [1], key="../data.pkl"), r"data"),
        ("of_unknown_kind", tensor(6, 0, [6], [1], kind="SecretStorage"), pkl),
        ("of_other_kind", tensor(6, 0, [6], [1], kind="DoubleStorage"), data),
        ("quantized_without_scale", tensor(24, 0, [6], [1], kind="QUInt8Storage"), pkl),
        ("that_is_a_storage", storage(6), pkl),
        ("that_is_a_number", whole(5), r"'x' of a"),
    ]
    wide = tensor(6, 0, [2 ** 40], [0])
    return [Attack(f"tensor_{name}", of(value), pattern) for name, value, pattern in cases] + [
        Attack("tensor_is_sound", of(tensor(6, 0, [2, 3], [3, 1]), result="int(self.x.sum())"),
               answer="0"),
        Attack("tensor_is_expanded", of(wide, result="self.x.size(0)"), answer=str(2 ** 40)),
        Attack("tensor_is_expanded_and_copied", of(wide, result="int(self.x.contiguous()[0])"),
               r"memory|bytes"),
        Attack("tensor_is_expanded_and_compared",
               of(wide, result="bool(torch.eq(self.x, 1)[0])", declared="bool"), r"memory|bytes"),
        Attack("tensor_writes_beyond", of(tensor(6, 0, [6], [1]), result=(
            "int(torch.as_strided(self.x, [100], [1], 0).fill_(1.).sum())")), r"storage|bounds"),
    ]


def attacks() -> List[Attack]:
    return globals_() + streams() + laughs() + tags() + tensors()
