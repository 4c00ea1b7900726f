"""Letters as a person can read them: code points and names for what cannot be seen."""

from __future__ import annotations

import unicodedata

UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}  # categories that leave no mark
ALONE = {"Mn", "Me", "Mc"}  # marks, which need a letter to stand on
CIRCLE, JOINER = "\u25cc", "\u200d"  # what stands in place of that letter; what joins pictures
CONTROL_NAMES = {
    **{"\0": "null", "\a": "bell", "\b": "backspace", "\t": "tab", "\n": "line end"},
    **{"\v": "vertical tab", "\f": "form feed", "\r": "return", "\x1a": "end of file in DOS"},
    **{"\x1b": "escape", "\x7f": "delete", "\x85": "next line"},
}


def code_point(letter: str) -> str:
    """'U+00A0 no-break space', or what a control character does."""
    name = CONTROL_NAMES.get(letter) or unicodedata.name(letter, "").lower()
    if not name:
        name = "control character" if unicodedata.category(letter) == "Cc" else "without a name"
    return f"U+{ord(letter):04X} {name}"


def is_unseen(letter: str) -> bool:
    """Whether a code point leaves no mark on screen or paper."""
    return unicodedata.category(letter) in UNSEEN


def visible(token: str) -> str:
    """A token with the number of each code point that cannot be seen in its place.

    Joiners stay inside a picture, and a mark alone gets a circle to stand on.
    """
    if len(token) == 1 and unicodedata.category(token) in ALONE:
        return CIRCLE + token
    picture = JOINER in token.strip(JOINER) and not token.isascii() and not token[0].isalpha()
    kept = JOINER if picture else ""
    return "".join(
        f"U+{ord(letter):04X}" if is_unseen(letter) and letter not in kept else letter
        for letter in token
    )


def described(token: str) -> str:
    """The code points of a character and their names, "" if it is one of ASCII that is seen."""
    if len(token) == 1 and token.isascii() and not is_unseen(token):
        return ""
    return " + ".join(map(code_point, token))
