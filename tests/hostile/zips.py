"""Archives that are no honest zip files."""
import dataclasses
import struct
import zlib
from typing import Dict, List, Optional, Sequence

from tests.hostile.attack import Attack

CODE = """\
class Net(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def forward(self: __torch__.Net) -> int:
    return 7
"""
ROOT = b"\x80\x02c__torch__\nNet\n)\x81}X\x08\x00\x00\x00training\x89sb."
NO_CONSTANTS = b"\x80\x02)."


@dataclasses.dataclass
class Member:
    """A member with headers that may lie: fields that are set replace the true ones."""
    name: bytes
    data: bytes  # as stored
    method: int = 0
    flags: int = 0
    size: Optional[int] = None  # inflated, as the directory says
    stored_size: Optional[int] = None
    crc: Optional[int] = None
    offset: Optional[int] = None
    local_name: Optional[bytes] = None
    content: Optional[bytes] = None  # before compression, for the checksum

    def __post_init__(self) -> None:
        content = self.data if self.content is None else self.content
        self.crc = zlib.crc32(content) if self.crc is None else self.crc
        self.size = len(content) if self.size is None else self.size
        self.stored_size = len(self.data) if self.stored_size is None else self.stored_size
        self.local_name = self.name if self.local_name is None else self.local_name


def deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def deflated(name: bytes, content: bytes, **lies: int) -> Member:
    return Member(name, deflate(content), method=8, content=content, **lies)


def zeros(name: bytes, megabytes: int, filler: bytes = b"\0") -> Member:
    """A bomb: blocks of 1 MB that all deflate to the same bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    content, crc = filler * ((1 << 20) // len(filler)), 0
    block = packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(megabytes):
        crc = zlib.crc32(content, crc)
    return Member(name, block * megabytes + packer.flush(), method=8, size=megabytes << 20,
                  crc=crc)


def pack(members: Sequence[Member], entries: Optional[int] = None,
         directory_size: Optional[int] = None, directory_offset: Optional[int] = None,
         zip64_entries: Optional[int] = None, comment: bytes = b"") -> bytes:
    out, directory = b"", b""
    for member in members:
        offset = len(out) if member.offset is None else member.offset
        out += struct.pack("<IHHHIIIIHH", 0x04034b50, 20, member.flags, member.method, 0,
                           member.crc, member.stored_size, member.size, len(member.local_name), 0)
        out += member.local_name + member.data
        directory += struct.pack("<IHHHHIIIIHHHHHII", 0x02014b50, 20, 20, member.flags,
                                 member.method, 0, member.crc, member.stored_size, member.size,
                                 len(member.name), 0, 0, 0, 0, 0, offset) + member.name
    start = len(out)
    out += directory
    if zip64_entries is not None:
        end64 = len(out)
        out += struct.pack("<IQHHIIQQQQ", 0x06064b50, 44, 45, 45, 0, 0, zip64_entries,
                           zip64_entries, len(directory), start)
        out += struct.pack("<IIQI", 0x07064b50, 0, end64, 1)
    count = len(members) if entries is None else entries
    size = len(directory) if directory_size is None else directory_size
    at = start if directory_offset is None else directory_offset
    return out + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, count, count, size, at,
                             len(comment)) + comment


def members_of(code: Optional[str] = CODE, **changes: Optional[bytes]) -> List[Member]:
    """A sound archive; `changes` replaces members by name (data_pkl=...) or drops them (None)."""
    content: Dict[str, Optional[bytes]] = {
        "data_pkl": ROOT, "code": code and code.encode(), "constants_pkl": NO_CONSTANTS, "version": b"3\n"}
    content.update(changes)
    names = {"data_pkl": b"m/data.pkl", "code": b"m/code/__torch__.py",
             "constants_pkl": b"m/constants.pkl", "version": b"m/version"}
    return [Member(names.get(key, b"m/" + key.encode()), value) for key, value in content.items()
            if value is not None]


def archive(code: str = CODE, extra: Sequence[Member] = (), **changes: Optional[bytes]) -> bytes:
    return pack(members_of(code, **changes) + list(extra))


def names() -> List[Attack]:
    def with_name(name: bytes) -> bytes:
        return archive(extra=[Member(name, b"x")])
    return [
        Attack("zip_sound", archive(), answer="7"),
        Attack("zip_two_members_of_one_name", archive(extra=[Member(b"m/data.pkl", ROOT)]),
               r"two members .*m/data\.pkl"),
        Attack("zip_two_names_in_two_cases", archive(extra=[Member(b"m/DATA.pkl", ROOT)]),
               r"two members .*m/DATA\.pkl"),
        Attack("zip_path_leaves_the_archive", with_name(b"m/../../etc/passwd"), r"m/\.\./\.\./etc"),
        Attack("zip_path_begins_outside", with_name(b"../evil"), r"\.\./evil"),
        Attack("zip_path_is_absolute", with_name(b"/etc/passwd"), r"/etc/passwd.*absolute"),
        Attack("zip_name_with_nul", with_name(b"m/a\0b"), r"NUL"),
        Attack("zip_name_with_escapes", with_name(b"m/\x1b[31m\r\n../evil"), r"control"),
        Attack("zip_name_with_no_utf8", with_name(b"m/\xff\xfe/../evil"), r"\.\."),
        Attack("zip_no_name", with_name(b""), r"no name"),
        Attack("zip_name_of_60000_bytes", with_name(b"m/" + b"a" * 60000), r"60002 bytes"),
        Attack("zip_other_local_name", archive(extra=[Member(b"m/a", b"", local_name=b"m/b")]),
               r"m/a.*another name"),
        Attack("zip_member_outside_the_folder", archive(extra=[Member(b"other/x", b"x")])),
        Attack("zip_no_folder", pack([Member(b"data.pkl", ROOT)]), r"'data\.pkl'"),
    ]


def directories() -> List[Attack]:
    sound = members_of()
    return [
        Attack("zip_empty_file", b"", r"zip"),
        Attack("zip_end_record_only", pack([]), r"zip"),
        Attack("zip_65535_entries_claimed", pack(sound, entries=0xffff), r"65535 members"),
        Attack("zip_one_entry_too_many", pack(sound, entries=5), r"entry 4|5 members"),
        Attack("zip_one_entry_too_few", pack(sound, entries=3)),
        Attack("zip_no_entries", pack(sound, entries=0), r"no members"),
        Attack("zip_entries_of_64_bits", pack(sound, zip64_entries=2 ** 64 - 1), r"members"),
        Attack("zip_directory_of_4_gb", pack(sound, directory_size=0xffffffff), r"directory"),
        Attack("zip_directory_at_4_gb", pack(sound, directory_offset=0xffffffff), r"directory"),
        Attack("zip_directory_over_members", pack(sound, directory_offset=0), r"m/|entry 0"),
        Attack("zip_bare_pickle", ROOT, r"bare pickle"),
        Attack("zip_two_ends", pack(sound, comment=pack(sound)[-22:])),
    ]


def members() -> List[Attack]:
    def with_member(**lies: int) -> bytes:
        return archive(extra=[Member(b"m/extra/a", b"0123456789", **lies)])
    return [
        Attack("zip_member_beyond_the_end", with_member(offset=0x7fffffff), r"m/extra/a"),
        Attack("zip_member_over_another", with_member(offset=0), r"m/extra/a"),
        Attack("zip_member_of_4_gb", with_member(stored_size=0xfffffffe, size=0xfffffffe),
               r"m/extra/a"),
        Attack("zip_member_with_two_sizes", with_member(size=11), r"m/extra/a"),
        Attack("zip_zip64_without_field", with_member(size=0xffffffff), r"m/extra/a"),
        Attack("zip_member_is_encrypted", with_member(flags=1), r"m/extra/a.*encrypted"),
        Attack("zip_member_is_bzip2", with_member(method=12), r"m/extra/a.*method 12"),
        Attack("zip_wrong_checksum", pack(members_of(code=None) + [
            Member(b"m/code/__torch__.py", CODE.encode(), crc=1)]), r"code/__torch__\.py.*crc"),
        Attack("zip_no_version", archive(version=None), r"version"),
        Attack("zip_version_is_text", archive(version=b"three"), r"version"),
        Attack("zip_version_of_tomorrow", archive(version=b"99999999999999999999"), r"version"),
        Attack("zip_no_root", archive(data_pkl=None), r"data\.pkl"),
        Attack("zip_no_constants", archive(constants_pkl=None), r"."),
        Attack("zip_no_code", archive(code=None), r"data\.pkl.*__torch__\.Net"),
    ]


def bombs() -> List[Attack]:
    def with_code(member: Member) -> bytes:
        return pack(members_of(code=None) + [member])
    code = b"m/code/__torch__.py"
    return [
        Attack("bomb_2_gb_of_code", with_code(zeros(code, 2047)), r"m/code/__torch__\.py"),
        Attack("bomb_900_mb_of_lines", with_code(zeros(code, 900, b"\n")), r"code/__torch__\.py"),
        Attack("bomb_60_mb_of_names", with_code(zeros(code, 60, b"a ")), r"code/__torch__\.py"),
        Attack("bomb_900_mb_of_pickle", pack(members_of(data_pkl=None) + [
            zeros(b"m/data.pkl", 900, b"N")]), r"data\.pkl"),
        Attack("bomb_three_of_600_mb", archive(extra=[
            zeros(b"m/extra/%d" % i, 600) for i in range(3)]), r"m/extra/1"),
        Attack("bomb_says_4_gb", with_code(deflated(code, b"x" * 1000, size=0xfffffff0)),
               r"code/__torch__\.py"),
        Attack("bomb_says_10_bytes", with_code(
            dataclasses.replace(zeros(code, 500), size=10)), r"code/__torch__\.py"),
        Attack("bomb_says_more_than_it_has", with_code(deflated(code, b"x" * 99, size=100)),
               r"code/__torch__\.py"),
        Attack("bomb_is_no_deflate", with_code(Member(code, b"\xff" * 100, method=8, size=500)),
               r"code/__torch__\.py"),
        Attack("bomb_of_origins", archive(extra=[
            zeros(b"m/code/__torch__.py.debug_pkl", 300, b"(")]), r"debug_pkl"),
    ]


def attacks() -> List[Attack]:
    return names() + directories() + members() + bombs()
