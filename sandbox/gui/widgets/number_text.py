"""Numbers as a person types and reads them, in every place of the world alike.

A comma is a decimal point to one half of it and a separator of thousands to the other.  It is
taken as what it can only be; where it can be both, the text is handed on as it is, so that
whoever knows the limits refuses it.
"""

from __future__ import annotations

import re

Number = int | float
_NONE_WORDS = ("", "none", "off", "-")
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)
_POINTED_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+", re.ASCII)
_REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def read(text: str, whole: bool, none_allowed: bool = False) -> Number | str | None:
    """The number in a text, None for "none" where that is allowed, or the text if it is neither.

    A whole number may have groups of three, as it is shown: "3,000".  A real one has none, so
    that its one comma is a decimal point: "0,003".
    """
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if none_allowed and plain.lower() in _NONE_WORDS:
        return None
    if whole:
        plain = plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain
        if _POINTED_GROUPS.fullmatch(plain):  # 3.000 is three thousand to some, three to others
            return text
    elif plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if _WHOLE.fullmatch(plain):
        return int(plain) if len(plain) < 20 else text
    return float(plain) if _REAL.fullmatch(plain) else text


def spelled(value: Number | None, whole: bool) -> str:
    """A value as a field shows it: 3,000, 0.003, none."""
    if value is None:
        return "none"
    return f"{value:,}" if whole and isinstance(value, int) else f"{value:.6g}"
