"""A text's letters in one form, and as people count them."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

from sandbox.reading.text_notes import CONTROLS, INVISIBLE

LONGEST = 1000  # code points of one character that is cut between pieces of a text
BETWEEN = CONTROLS + INVISIBLE  # may be left out between a letter and its accent
_CLUSTER, _JOINING = r"\X", r"[\p{M}\p{RI}\p{Emoji_Modifier}\u200d\u1100-\u11ff]"


@cache
def _pattern(text: str) -> Any:
    """The compiled pattern; the library is loaded when a text needs it, not at the start."""
    import regex

    return regex.compile(text)


def tidy(text: str) -> str:
    """The text in normal form C, without soft hyphens, marks of direction and of byte order.

    Unicode Standard Annex 15; a letter and its accent become one code point where there is one.
    """
    if text.isascii():
        return text
    for letter in INVISIBLE:
        text = text.replace(letter, "")
    return unicodedata.normalize("NFC", text)


def joins(letter: str) -> bool:
    """Whether a code point may be one of several that people count as one character."""
    return _pattern(_JOINING).match(letter) is not None


def clusters(text: str) -> list[str]:
    """The characters as people count them: a letter with all its accents is one, and so is a flag.

    Unicode Standard Annex 29, extended grapheme clusters.
    """
    if not text.isascii() and _pattern(_JOINING).search(text) is not None:
        return whole_clusters(text)
    return list(text)


def whole_clusters(text: str) -> list[str]:
    """The same by the rule alone, for a text that is known to have longer ones."""
    found: list[str] = _pattern(_CLUSTER).findall(text)
    return found


def last_letter(text: str) -> int:
    """Where the last character begins that stays whole whatever follows the text."""
    found = clusters(text[-LONGEST:])
    cut = len(text) - len(found[-1]) if found else 0
    least = max(len(text) - LONGEST, 0)
    while cut > least and (text[cut] in BETWEEN or joins(text[cut])):
        cut -= 1
    return cut
