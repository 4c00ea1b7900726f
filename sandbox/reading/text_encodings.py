"""In which encodings a text can plausibly be read, by its bytes and the alphabets of languages.

UTF-8, UTF-16 and UTF-32 prove themselves.  In the encodings of one byte a letter, nearly all words
have to be made of one language's letters, with capitals at their beginning or throughout.  Those of
East Asia have to give common characters.  Encodings that read all bytes of the file in the same way
count as one; where several are left, a person is asked.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.alphabets import explained
from sandbox.reading.data import CHUNK, Report, silent
from sandbox.reading.encoding import byte_counts, is_western, no_text, unicode_of
from sandbox.reading.old_encodings import WESTERN
from sandbox.reading.text_notes import Guess

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ONE_BYTE = (
    *(WESTERN, "iso8859-15", "cp1250", "iso8859-2", "cp1255", "cp862", "cp1251", "koi8-u"),
    *("cp866", "iso8859-5", "cp1253", "iso8859-7", "cp1256", "cp1254", "cp1257", "mac-roman"),
    *("cp850", "cp852"),
)
JAPANESE, KOREAN, CHINESE = ("cp932", "euc_jp"), ("cp949",), ("gb18030", "big5")
LOOKED_AT = 1 << 20  # bytes whose words are judged
MOST_WORDS, TOLD, MOST = 2000, 3, 3  # words judged, and shown; encodings asked about
LEAST, POOR = 0.95, 0.5  # the share of words that has to fit, or that is worth a question
LEAST_WIDE = 0.2  # of the letters of a text from East Asia
MOST_CONTROLS, MANY_ZEROS = 0.04, 0.2  # of the bytes of a text
TYPOGRAPHIC = "‘’“”–—…•€™«»°\u00a0"
_CONTROLS = [byte for byte in range(32) if byte not in b"\t\n\r\f"]
_WORDS = re.compile(rb"[A-Za-z\x80-\xff]+")


def guesses_of(path: Path, chosen: str, report: Report = silent) -> tuple[Guess, ...]:
    """The plausible encodings, the likeliest first; the chosen one alone if there is one.

    ExperimentError if the file is no text in any of them.
    """
    if chosen:
        return (Guess(_with_mark(path, chosen)),)
    certain, wrong = unicode_of(path, report)
    return (Guess(certain),) if certain else _others(path, wrong, report)


def _with_mark(path: Path, chosen: str) -> str:
    """UTF-8 with its mark of byte order, if that was chosen and the file begins with one."""
    with path.open("rb") as file:
        marked = file.read(3) == codecs.BOM_UTF8
    return "utf-8-sig" if marked and codecs.lookup(chosen).name == "utf-8" else chosen


def _others(path: Path, wrong: int, report: Report) -> tuple[Guess, ...]:
    """Guesses for a file without a mark, in which that byte, from 1, is zero or not UTF-8."""
    counts = byte_counts(path, report)
    many, zeros = counts.sum(), counts[0]
    with path.open("rb") as file:
        start = file.read(LOOKED_AT)
    if zeros > MANY_ZEROS * many:
        wide = "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        found = [Guess(wide)] * _is_wide(start, wide)
    elif not counts[128:].any() or _decodes(path, "utf-8"):
        return (Guess("utf-8"),)  # with zeros, which are asked about
    elif counts[_CONTROLS].sum() > MOST_CONTROLS * many:
        found = []
    else:
        found = _by_words(start, counts, 0 if is_western(counts) else POOR)
    if found:
        return tuple(found)
    raise no_text(path, wrong, ", or settle how it is read by --set data.encoding=NAME")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def _is_wide(start: bytes, encoding: str) -> bool:
    """Whether the text is one of letters in this encoding of two bytes."""
    text = start[: len(start) // 2 * 2].decode(encoding, "replace")
    usual = sum(letter.isalnum() or letter.isspace() or letter in ".,;:!?'\"-()" for letter in text)
    return usual >= LEAST * len(text)


def _by_words(start: bytes, counts: NDArray[np.int64], least: float) -> list[Guess]:
    """The encodings in which the words of a text are words, and some of these as they are read.

    Where they are in none, the nearest ones, if the first has at least that share of words.
    """
    there = bytes(np.flatnonzero(counts[128:]).astype(np.uint8) + 128)
    if set(there.decode(WESTERN, "replace")) <= set(TYPOGRAPHIC):
        return [Guess(WESTERN)]
    whole = start[: start.rfind(b"\n") + 1] or start
    for language in (JAPANESE, KOREAN, CHINESE):
        if found := [each for each in language if _is_east_asian(whole, each)]:
            return _told(whole.split(), found)
    counted = Counter(word for word in _WORDS.findall(start) if not word.isascii())
    words = [word for word, _ in counted.most_common(MOST_WORDS)]
    ways = dict[str, tuple[float, str]]()
    for encoding in ONE_BYTE:
        with contextlib.suppress(UnicodeDecodeError):
            share = explained([word.decode(encoding) for word in words])
            ways.setdefault(there.decode(encoding), (share, encoding))
    likely = [name for share, name in ways.values() if share >= LEAST]
    near = sorted(ways.values(), key=lambda each: -each[0])
    found = likely or [name for _, name in near if near[0][0] >= least]
    return _told(words, found[:MOST])


def _told(words: list[bytes], encodings: list[str]) -> list[Guess]:
    """The encodings, each with the first few words that they read in different ways."""
    ways = [tuple(word.decode(each, "replace")[:20] for each in encodings) for word in words]
    shown = [way for way in ways if len(set(way)) > 1][:TOLD]
    return [Guess(each, " ".join(way[at] for way in shown)) for at, each in enumerate(encodings)]


def _is_east_asian(text: bytes, encoding: str) -> bool:
    """Whether nearly all letters of the text are common ones of that encoding's language."""
    try:
        letters = text.decode(encoding)
    except UnicodeDecodeError:
        return False
    wide = [letter for letter in letters if ord(letter) > 0x7F]
    if len(wide) < LEAST_WIDE * len(letters):
        return False
    if encoding in JAPANESE:
        kana = sum("\u3041" <= letter <= "\u30ff" for letter in wide)
        full = sum("\u3000" <= letter <= "\u9fff" or letter >= "\uff01" for letter in wide)
        half = sum("\uff61" <= letter <= "\uff9f" for letter in wide)
        return kana > 0.1 * len(wide) and full - half >= LEAST * len(wide)
    if encoding in KOREAN:
        return sum("\uac00" <= letter <= "\ud7a3" for letter in wide) >= 0.8 * len(wide)
    low, high = (b"\xa1\xa1", b"\xd7\xf9") if encoding == "gb18030" else (b"\xa1\x40", b"\xc6\x7e")
    written = (letter.encode(encoding) for letter in wide)
    return sum(len(each) == 2 and low <= each <= high for each in written) >= LEAST * len(wide)
