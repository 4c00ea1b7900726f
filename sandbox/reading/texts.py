"""A text's letters in one form, and as people count them."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Soft hyphens, marks of direction, and byte order marks inside a text.
INVISIBLE = dict.fromkeys([0xAD, 0x61C, 0x200E, 0x200F, 0xFEFF])
INVISIBLE |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
MOST_MARKS = 64  # on one letter that is cut between chunks
_CLUSTER, _JOINING = r"\X", r"[\p{M}\p{RI}\p{Emoji_Modifier}\u200d\u1100-\u11ff]"


@cache
def _pattern(text: str) -> Any:
    """The compiled pattern; the library is loaded when a text needs it, not at the start."""
    import regex

    return regex.compile(text)


def tidy(text: str) -> str:
    """The text in normal form C, without what cannot be seen.

    Unicode Standard Annex 15; a letter and its accent become one code point where there is one.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(INVISIBLE)


def tidied(chunks: Iterable[str]) -> Iterator[str]:
    """The same for a text in chunks, which may be cut between a letter and its accent."""
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        cut = _last_letter(text)
        rest = text[cut:]
        yield tidy(text[:cut])
    yield tidy(rest)


def _last_letter(text: str) -> int:
    """Where the last letter begins, with the marks on it."""
    cut = len(text) - 1
    while cut > len(text) - MOST_MARKS and cut > 0 and not _starts_anew(text[cut]):
        cut -= 1
    return max(cut, 0)


def _starts_anew(letter: str) -> bool:
    """Whether a letter is never part of the one before it."""
    return letter.isascii() or (
        unicodedata.combining(letter) == 0 and _pattern(_JOINING).match(letter) is None
    )


def clusters(text: str) -> list[str]:
    """The characters as people count them: a letter with all its accents is one, and so is a flag.

    Unicode Standard Annex 29, extended grapheme clusters.
    """
    if has_clusters(text):
        found: list[str] = _pattern(_CLUSTER).findall(text)
        return found
    return list(text)


def has_clusters(text: str) -> bool:
    """Whether some character of the text may be longer than one code point."""
    return not text.isascii() and _pattern(_JOINING).search(text) is not None


def whole_clusters(chunks: Iterable[str]) -> Iterator[list[str]]:
    """The clusters of a text in chunks."""
    rest = ""
    for chunk in chunks:
        found = clusters(rest + chunk)
        rest = "".join(found[-1:])
        yield found[:-1]
    yield clusters(rest)
