"""The zip format of an experiment file: only what we write ourselves is accepted.

One disk, no zip64, no comment, no encryption; stored or deflated entries that fill the file from
its first byte to its directory without gaps.  Every size is limited before anything is allocated,
then checked against the data; nothing is written to disk.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping

MIB = 1 << 20
MAX_FILE = 272 * MIB
MAX_TOTAL = 256 * MIB  # of all entries, unpacked
MAX_ENTRY = 192 * MIB  # arrays are copied once, so twice this is taken for a moment
MAX_INFLATED = 96 * MIB  # of compressed entries; arrays are stored uncompressed
MAX_RATIO, SMALL = 100, 64 * 1024  # unpacked to packed; smaller entries may exceed it
MAX_ENTRIES = 4_100
MAX_DIRECTORY = MIB
README, EXPERIMENT, RUN, EVENTS = "README.txt", "experiment.json", "run.json", "events.json"
CURVES, CHECKPOINT = "curves.safetensors", "checkpoints/{:08d}.safetensors"
LIMITS: Mapping[str, int] = {
    README: 2 * MIB,
    EXPERIMENT: MIB // 2,  # eight cells of one's own take 0.4 MB at most
    RUN: 2 * MIB,
    EVENTS: 48 * MIB,
    CURVES: MAX_ENTRY,
}
_CHECKPOINT = re.compile(r"checkpoints/([0-9]{8})\.safetensors", re.ASCII)
_LOCAL = struct.Struct("<4s5H3L2H")  # APPNOTE 4.3.7
_END = struct.Struct("<4s4H2LH")  # APPNOTE 4.3.16
_ZIP64_LOCATOR, _ZIP64_LOCATOR_SIZE = b"PK\x06\x07", 20
_UTF8, _DEFLATE_LEVEL = 0x800, 0x6  # flags that do not change how an entry is read
_SHOWN = 60  # characters of a foreign name
_UNSOUND = (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error)


class Refused(Exception):
    """Which entry is wrong, and why; the file's name makes it a sentence."""

    def __init__(self, entry: str, why: str) -> None:
        self.entry, self.why = entry, why
        super().__init__(f"{entry} {why}")


class Archive:
    """The entries of an open file of `size` bytes; raises Refused if it is not such a zip."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        directory = _directory_start(file, size)
        try:
            with zipfile.ZipFile(file) as archive:
                infos = archive.infolist()
        except _UNSOUND:
            raise Refused("it", "is damaged: its directory cannot be read") from None
        _check_entries(infos)
        self._entries = _located(file, infos, directory)

    @property
    def names(self) -> frozenset[str]:
        """Names of all entries, known or not."""
        return frozenset(self._entries)

    def read(self, name: str) -> bytes:
        """One entry, unpacked; raises Refused if it is missing, damaged or too large."""
        if name not in self._entries:
            raise Refused(name, "is missing")
        start, info = self._entries[name]
        if info.file_size > LIMITS.get(name, MAX_ENTRY):
            raise Refused(name, "is too large")
        self._file.seek(start)
        data = self._file.read(info.compress_size)
        if len(data) < info.compress_size:
            raise Refused(name, "is cut short")
        if _is_deflated(info):
            data = _inflated(name, data, info.file_size)
        if zlib.crc32(data) != info.CRC:
            raise Refused(name, "is damaged: its checksum is wrong")
        return data


def checkpoint_step(name: str) -> int | None:
    """The step in a checkpoint's name; None for another entry."""
    match = _CHECKPOINT.fullmatch(name)
    return int(match[1]) if match else None


def shown(text: str) -> str:
    """A text from a file, made safe to print: one short line."""
    line = "".join(letter if letter.isprintable() else "?" for letter in text)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."


def _directory_start(file: BinaryIO, size: int) -> int:
    """Where the directory begins; raises Refused unless the file ends as a plain zip does."""
    file.seek(max(0, size - _END.size - _ZIP64_LOCATOR_SIZE))
    tail = file.read(_END.size + _ZIP64_LOCATOR_SIZE)
    if len(tail) < _END.size or not tail[-_END.size :].startswith(b"PK\x05\x06"):
        file.seek(0)
        zipped = file.read(4) == b"PK\x03\x04"
        raise Refused("it", "is cut short" if zipped else "is not an experiment file")
    _, disk, first_disk, here, count, length, start, comment = _END.unpack(tail[-_END.size :])
    if disk or first_disk or here != count:
        raise Refused("it", "is part of a zip that spans several disks")
    if tail.startswith(_ZIP64_LOCATOR):
        raise Refused("it", "is a zip64 file, which no experiment file is")
    if count > MAX_ENTRIES or length > MAX_DIRECTORY:
        raise Refused("it", "has more entries than any experiment file")
    if comment or start + length != size - _END.size:
        raise Refused("it", "is damaged: its directory does not end where the file does")
    return int(start)


def _check_entries(infos: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for info in infos:
        _check_entry(shown(info.orig_filename), info)
        if info.orig_filename in seen:
            raise Refused(shown(info.orig_filename), "appears twice")
        seen.add(info.orig_filename)
    if sum(info.file_size for info in infos) > MAX_TOTAL:
        raise Refused("it", f"unpacks to more than {MAX_TOTAL // MIB} MiB")
    if sum(info.file_size for info in infos if _is_deflated(info)) > MAX_INFLATED:
        raise Refused("it", f"has more than {MAX_INFLATED // MIB} MiB of compressed entries")


def _check_entry(name: str, info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 0x1:
        raise Refused(name, "is encrypted")
    if info.flag_bits & ~(_UTF8 | _DEFLATE_LEVEL) or info.volume:
        raise Refused(name, "is packed in a way that this program does not read")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(name, "is compressed by a method that this program does not read")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        raise Refused(name, "is a link or a folder, not a plain entry")
    if not _is_deflated(info) and info.compress_size != info.file_size:
        raise Refused(name, "states two different sizes")
    if info.file_size > SMALL and info.file_size > MAX_RATIO * info.compress_size:
        raise Refused(name, "is packed more tightly than any run's data")


def _is_deflated(info: zipfile.ZipInfo) -> bool:
    return info.compress_type == zipfile.ZIP_DEFLATED


def _located(
    file: BinaryIO, infos: list[zipfile.ZipInfo], directory: int
) -> dict[str, tuple[int, zipfile.ZipInfo]]:
    """The entries and where their data begin, by name; each follows the one before it."""
    entries, place = {}, 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        name = info.orig_filename
        if info.header_offset != place:
            raise Refused(shown(name), "overlaps another entry or follows a gap")
        start = place + _header_size(file, info)
        entries[name] = start, info
        place = start + info.compress_size
        if place > directory:
            raise Refused(shown(name), "is cut short")
    if place != directory:
        raise Refused("it", "is damaged: there is something between its entries and its directory")
    return entries


def _header_size(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    """The size of an entry's header; raises Refused if it disagrees with the directory."""
    file.seek(info.header_offset)
    head = file.read(_LOCAL.size)
    damaged = Refused(
        shown(info.orig_filename), "is damaged: its header disagrees with the directory"
    )
    if len(head) < _LOCAL.size:
        raise damaged
    mark, _, flags, method, _, _, crc, packed, size, letters, extra = _LOCAL.unpack(head)
    told = (mark, flags, method, crc, packed, size)
    listed = (info.flag_bits, info.compress_type, info.CRC, info.compress_size, info.file_size)
    if told != (b"PK\x03\x04", *listed):
        raise damaged
    encoding = "utf-8" if flags & _UTF8 else "cp437"
    if file.read(letters) != info.orig_filename.encode(encoding):
        raise damaged
    return _LOCAL.size + int(letters) + int(extra)


def _inflated(name: str, data: bytes, size: int) -> bytes:
    """Inflate the data, never to more than `size` bytes."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflate.decompress(data, size + 1)
    except zlib.error:
        raise Refused(name, "is damaged: it cannot be unpacked") from None
    if len(plain) != size or not inflate.eof or inflate.unused_data:
        raise Refused(name, "is not as large as it says")
    return plain
