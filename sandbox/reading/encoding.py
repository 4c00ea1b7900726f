"""Detect a text file's encoding by its byte order mark, else by what decodes."""

from __future__ import annotations

import codecs
import io
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.data import CHUNK, Report, name_of, silent
from sandbox.reading.old_encodings import WESTERN, plausible_encodings
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray


# Longer marks first: UTF-32's begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MOST_LINES = 3000  # with letters that are not ASCII, by which an old encoding is judged
LETTERS = 1 << 18  # in a chunk of text: arrays of eight times as many bytes fit the cache
MOST_ACCENTS = 0.3  # the largest share of non-ASCII bytes in a Western text
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f") + b"\x7f"
_UNDEFINED = b"\x81\x8d\x8f\x90\x9d"
_LETTERS = bytes(
    [
        *b"\x80\x91\x92\x93\x94\x96\x97\xa0\xa3\xa7\xb0\xb1\xb2\xb3\xb5\xb7\xbd\xd7",
        0x8A,
        0x8C,
        0x8E,
        0x9A,
        0x9C,
        0x9E,
        0x9F,
        *range(0xC0, 0x100),
    ]
)


def encodings_of_table(path: Path, report: Report = silent) -> tuple[str, ...]:
    """The encodings in which the words of a table can be read, the likeliest first.

    ExperimentError if none fits.
    """
    name, wrong = unicode_of(path, report)
    if name:
        return (name,)
    counts = byte_counts(path)
    with path.open("rb") as file:
        told = list(islice((line for line in file if not line.isascii()), MOST_LINES))
    found = () if counts[list(_CONTROLS)].any() else plausible_encodings(told)
    if found or is_western(counts):
        return found or (WESTERN,)
    raise no_text(path, wrong)


def unicode_of(path: Path, report: Report = silent) -> tuple[str, int]:
    """The name of Unicode's encoding of the file, or "" and where it cannot be UTF-8, from 1."""
    with path.open("rb") as file:
        start = file.read(4)
        for mark, name in MARKS:
            if start.startswith(mark):
                return name, 0
        file.seek(0)
        wrong = _not_utf8(file, path.stat().st_size, report)
    return ("utf-8", 0) if wrong is None else ("", wrong)


def no_text(path: Path, wrong: int, hint: str = "") -> ExperimentError:
    """The refusal of a file that is in no encoding that is known, with a further way out."""
    accepts = (
        f"text in UTF-8 or UTF-16, and byte {wrong:,} of {name_of(path.name)} fits neither: "
        f"save it as UTF-8 and open it again{hint}"
    )
    return ExperimentError("data", name_of(path.name), accepts)


def text_chunks(path: Path, encoding: str, report: Report = silent) -> Iterator[str]:
    """The text in chunks, every line ending as a newline; ExperimentError if it does not decode."""
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding, newline=None) as file:
        try:
            while chunk := file.read(LETTERS):
                yield chunk
                report(min(raw.tell() / size, 1.0))
        except UnicodeError:
            raise not_throughout(path, encoding) from None


def not_throughout(path: Path, encoding: str) -> ExperimentError:
    """The refusal of a file of which some bytes are nothing in its encoding."""
    name, kind = name_of(path.name), encoding.upper().removesuffix("-SIG")
    accepts = f"text that is {kind} throughout: save {name} as UTF-8 and open it again"
    return ExperimentError("data", name, accepts)


def _not_utf8(file: io.BufferedReader, size: int, report: Report) -> int | None:
    """The position, from 1, of the first byte that is not UTF-8; None if all are."""
    decoder, done = codecs.getincrementaldecoder("utf-8")(), 0
    while True:
        chunk = file.read(CHUNK)
        zero = chunk.find(0)
        if zero >= 0:
            return done + zero + 1
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return done - pending + error.start + 1
        if not chunk:
            return None
        done += len(chunk)
        report(min(done / max(size, 1), 1.0))


def byte_counts(path: Path, report: Report = silent) -> NDArray[np.int64]:
    """How often each byte comes in the file, (256,)."""
    counts, done = np.zeros(256, np.int64), 0
    size = max(path.stat().st_size, 1)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            counts += np.bincount(np.frombuffer(chunk, np.uint8), minlength=256)
            done += len(chunk)
            report(min(done / size, 1.0))
    return counts


def is_western(counts: NDArray[np.int64]) -> bool:
    """Whether these bytes look like Windows-1252: no control characters, few accents."""
    impossible = counts[list(_CONTROLS)].sum() + counts[list(_UNDEFINED)].sum()
    high = counts[128:].sum()
    letters = counts[list(_LETTERS)].sum()
    return bool(not impossible and high <= MOST_ACCENTS * counts.sum() and 2 * letters >= high)
