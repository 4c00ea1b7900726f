"""A text's file in pieces: decoded, in normal form if wanted, with every line ending as a newline.

Everything is decided by which code points a piece has.  These are counted by numpy, so that only
pieces with accents to join or signs to leave out are looked at letter by letter.
"""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sandbox.reading.data import Report, name_of, silent
from sandbox.reading.encoding import not_throughout
from sandbox.reading.text_notes import CONTROLS, COUNTED, INVISIBLE, TextNotes
from sandbox.reading.text_recipe import LEFT_OUT
from sandbox.reading.texts import joins, last_letter, tidy
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

BYTES = 1 << 18  # read at once: arrays of eight times as many bytes fit the cache
CODES = 0x110000  # Unicode's code points
KNOWN, CHANGES, JOINS, UNSEEN = 1, 2, 4, 8


class How(NamedTuple):
    """How a text is read: in which encoding, tidied or not, with what becomes of controls.

    chosen: whether a person chose the encoding.
    """

    encoding: str
    tidy: bool = True
    controls: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Piece:
    """A part of a text, cut between characters.

    codes: its code points, unsigned (n,).  times: how often each comes, (most + 1,).  joined:
    whether a character may be longer than one code point.
    """

    text: str
    codes: NDArray[Any]
    times: NDArray[np.int64]
    joined: bool


def pieces(path: Path, how: How, notes: TextNotes, report: Report = silent) -> Iterator[Piece]:
    """The pieces of a file; what is met is added to the notes.

    ExperimentError if it does not decode.
    """
    rest = ""
    for text in _lines_as_newlines(_decoded(path, how, report), notes):
        whole = rest + text
        cut = _safe_cut(whole)
        rest = whole[cut:]
        yield _piece(whole[:cut], how, notes)
    yield _piece(rest, how, notes)


def _decoded(path: Path, how: How, report: Report) -> Iterator[str]:
    """The text as it stands in the file, and an empty one at the end."""
    decoder, done = codecs.getincrementaldecoder(how.encoding)(), 0
    size = max(path.stat().st_size, 1)
    with path.open("rb", buffering=0) as file:
        while True:
            chunk = file.read(BYTES)
            try:
                yield decoder.decode(chunk, final=not chunk)
            except UnicodeError:
                raise _undecoded(path, how) from None
            if not chunk:
                return
            done += len(chunk)
            report(min(done / size, 1.0))


def _undecoded(path: Path, how: How) -> ExperimentError:
    if not how.chosen:
        return not_throughout(path, how.encoding)
    accepts = "an encoding in which all of {} can be read, and some bytes are nothing in it"
    return ExperimentError("data.encoding", how.encoding, accepts.format(name_of(path.name)))


def _lines_as_newlines(texts: Iterator[str], notes: TextNotes) -> Iterator[str]:
    held = ""  # a return whose newline may follow
    for text in texts:
        if not held and "\r" not in text:
            yield text
            continue
        whole, last = held + text, not text
        held = "\r" if whole.endswith("\r") and not last else ""
        whole = whole.removesuffix(held) if held else whole
        both = whole.count("\r\n")
        notes.crlf += both
        notes.cr += whole.count("\r") - both
        yield whole.replace("\r\n", "\n").replace("\r", "\n")


def _safe_cut(text: str) -> int:
    """Where a character begins, whatever follows the text: before a blank if there is one."""
    blank = max(text.rfind(" "), text.rfind("\n"))
    return blank if blank > 0 else last_letter(text)


def _piece(text: str, how: How, notes: TextNotes) -> Piece:
    """A piece as it is read, with what was met in it added to the notes."""
    codes, times, traits = _looked_at(text)
    notes.letters += len(text)
    for letter in COUNTED:
        if ord(letter) < len(times) and times[ord(letter)]:
            notes.found[letter] += int(times[ord(letter)])
    changed = _without_controls(text, times) if how.controls == LEFT_OUT else text
    if how.tidy and traits & (CHANGES | UNSEEN):
        if traits & CHANGES:
            _note_changes(changed, times, notes)
        changed = tidy(changed)
    if changed != text:
        codes, times, traits = _looked_at(changed)
    return Piece(changed, codes, times, bool(traits & JOINS))


def _looked_at(text: str) -> tuple[NDArray[Any], NDArray[np.int64], int]:
    """The code points of a text, how often each comes, and what all of them together may do."""
    codes = _code_points(text)
    times = np.bincount(codes)
    return codes, times, 0 if text.isascii() else _traits(np.flatnonzero(times))


def _code_points(text: str) -> NDArray[Any]:
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    written = text.encode("utf-16-le", "surrogatepass")
    if len(written) == 2 * len(text):
        return np.frombuffer(written, np.uint16)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@cache
def _flags() -> NDArray[np.uint8]:
    """What each code point may do, 0 where nobody asked yet."""
    return np.zeros(CODES, np.uint8)


def _traits(there: NDArray[np.intp]) -> int:
    """What the code points that are there may do."""
    flags = _flags()
    for code in there[flags[there] == 0].tolist():
        flags[code] = KNOWN | _trait(chr(code))
    return int(np.bitwise_or.reduce(flags[there]))


def _trait(letter: str) -> int:
    joining = joins(letter)
    changes = joining or unicodedata.normalize("NFC", letter) != letter
    return (JOINS * joining) | (CHANGES * changes) | (UNSEEN * (letter in INVISIBLE))


def _without_controls(text: str, times: NDArray[np.int64]) -> str:
    for letter in CONTROLS:
        if ord(letter) < len(times) and times[ord(letter)]:
            text = text.replace(letter, "")
    return text


def _note_changes(text: str, times: NDArray[np.int64], notes: TextNotes) -> None:
    """Add how many accents normal form C joins to letters, and how many letters it replaces."""
    composed = len(unicodedata.normalize("NFC", text))
    for code in np.flatnonzero(times).tolist():
        other = unicodedata.normalize("NFC", chr(code))
        if other != chr(code):
            notes.replaced += int(times[code])
            composed -= (len(other) - 1) * int(times[code])
    notes.joined += max(len(text) - composed, 0)
