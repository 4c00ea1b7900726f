"""Numbers as people write them: signs, groups of thousands, units, and words for "missing"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CURRENCIES = frozenset(
    "eur usd gbp chf jpy cny inr brl aud cad sek nok dkk pln czk huf zar mxn krw try rub sgd hkd "
    "nzd fr. fr kr kr. rs rs. r$ us$ a$ c$ zł kč ft".split()
)
LARGE = {"K": 1e3, "k": 1e3, "M": 1e6, "B": 1e9}
LARGE |= {"thousand": 1e3, "Mio": 1e6, "Mio.": 1e6, "million": 1e6, "Mrd": 1e9, "billion": 1e9}
LIMITS = "<>≤≥"  # before a value that was only bounded
LONGEST_UNIT = 12
LONGEST = 400  # characters of a number and what stands around it
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2008\u2009\u200a\u202f\u3000"), " ")
_PLAIN = _SPACES | dict.fromkeys(map(ord, "\u2019\u02bc\u00b4`"), "'")
_PLAIN |= dict.fromkeys(map(ord, "\u2212\u2013\u2014\u2010\u2011\ufe63\uff0d"), "-")
_PLAIN |= {0x200B: "", 0xFEFF: ""}
_MARKED = re.compile(r"\d[\d.,' ]*(?:[ed][+-]?\d+)?|[.,]\d+(?:[ed][+-]?\d+)?", re.IGNORECASE)
_EXPONENT = re.compile(r"[ed]([+-]?\d+)$", re.IGNORECASE)
_UNIT = re.compile(r"[^\d:;,|=]*(?:(?:[kcdm]?m|ft|yd|in|C?O|[NS]O)[23])?[^\d:;,|=]*", re.IGNORECASE)
_REFERENCE = re.compile(r"(?<=\d)(?:\[(?:\d{1,2}|[a-z])\])+$")  # to a footnote
_ABOUT = re.compile(r"(?i)^(?:~|≈|∼|ca?\.|ca|circa|approx\.?|about|around)\s*(?=[-+]?$)")
_EASY = re.compile(r"-?\d+(?:\.\d+)?")


class Style(NamedTuple):
    """How numbers are written.  decimal: "." or ",".  thousands: "", ",", ".", " " or "'"."""

    decimal: str = "."
    thousands: str = ""


class Cell(NamedTuple):
    """A cell taken apart.

    digits: with its marks, "" if this is no number.  negative: by a sign or by brackets.
    before, after: a currency, a unit or a flag.  limit: "<", ">", or "".
    """

    digits: str
    negative: bool = False
    before: str = ""
    after: str = ""
    limit: str = ""


NO_NUMBER = Cell("")


def plain(text: str) -> str:
    """The cell with common spaces, apostrophes and minus signs in place of their relatives."""
    text = text.translate(_PLAIN).strip() if not text.isascii() else text.strip()
    if text.endswith("]"):
        text = _REFERENCE.sub("", text)
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text  # Excel's ="5"


@lru_cache(maxsize=1 << 14)
def taken_apart(text: str) -> Cell:
    """A plain cell as digits and what stands around them."""
    if len(text) > LONGEST:
        return NO_NUMBER
    if _EASY.fullmatch(text):
        return Cell(text.lstrip("-"), text[0] == "-")
    found = _MARKED.search(text)
    if found is None:
        return NO_NUMBER
    before, digits, after = text[: found.start()], found.group().strip(), text[found.end() :]
    if found.group().endswith(" "):
        after = " " + after
    after = after.partition("#")[0]
    if any(letter.isdigit() for letter in after) and not _is_unit(after):
        return NO_NUMBER
    if digits[-1] in ",'":  # a comma behind a number belongs to what follows
        return NO_NUMBER
    sign, before, limit = "", _ABOUT.sub("", before.strip()), ""
    if before[:1] in LIMITS and before:
        limit, before = before[0], before[1:].lstrip("=").strip()
    if before.endswith(("+", "-", "(")):
        sign, before = before[-1], before[:-1].strip()
    elif before.startswith(("+", "-", "(")):  # -$5
        sign, before = before[0], before[1:].strip()
    after = after.strip()
    if sign == "(":
        if not after.startswith(")") and not after.endswith(")"):
            return NO_NUMBER
        after = after.strip(")").strip()
    elif after in ("-", "+") or (after[:1] == "-" and _is_behind_sign(after[1:])):
        sign, after = after[0], after[1:].strip()
    if not _is_currency(before) or not _is_unit(after):
        return NO_NUMBER
    return Cell(digits, sign in ("-", "("), before, after, limit)


def _is_currency(text: str) -> bool:
    return not text or text.lower() in CURRENCIES or text in "$€£¥₹₽₩₺₫฿"


def _is_behind_sign(text: str) -> bool:
    """Whether it may stand behind a sign that stands behind a number: 5-%, 5- mm."""
    return text[:1] in ("%", " ", "°") or _is_currency(text)


def _is_unit(text: str) -> bool:
    """Whether it may stand behind a number; a date, a time and a range may not."""
    text = text.strip()
    if len(text) > LONGEST_UNIT or text[:1] in ("-", ":", "/", "_", "."):
        return False
    return _UNIT.fullmatch(text) is not None


@lru_cache(maxsize=16)
def _pattern(style: Style) -> re.Pattern[str]:
    point, group = re.escape(style.decimal), re.escape(style.thousands)
    whole = r"\d+"
    if style.thousands:
        whole = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d{{1,2}}(?:{group}\d{{2}})+{group}\d{{3}}|\d+"
    return re.compile(rf"(?:(?:{whole})(?:{point}\d*)?|{point}\d+)(?:[eEdD][+-]?\d+)?")


def value_of(cell: Cell, style: Style) -> float | None:
    """The number of a cell that is written in this style; None if it is not."""
    if not cell.digits or _pattern(style).fullmatch(cell.digits) is None:
        return None
    digits = cell.digits
    if style.thousands:
        digits = digits.replace(style.thousands, "")
    if style.decimal == ",":
        digits = digits.replace(",", ".")
    value = float(digits.replace("d", "e").replace("D", "e"))
    return -value if cell.negative else value


@dataclass
class Evidence:
    """What cells tell about the roles of comma, point, space and apostrophe.

    decimal, thousands: marks that some cell proves to be this.  open: marks that stand before
    exactly three digits, which both would explain, with those cells.  short: whole numbers below
    1,000, and long: above, both written without a mark.
    """

    decimal: set[str] = field(default_factory=set)
    thousands: set[str] = field(default_factory=set)
    open: dict[str, list[str]] = field(default_factory=dict)
    short: list[str] = field(default_factory=list)
    long: list[str] = field(default_factory=list)

    def add(self, cells: Iterable[Cell]) -> Evidence:
        """Take these cells in, too."""
        for cell in cells:
            if not cell.digits:
                continue
            self._add(_EXPONENT.sub("", cell.digits), cell.digits)
        return self

    def add_alike(self, cells: Sequence[str]) -> None:
        """Take in plain cells that look alike: a mark's role is proved by one of them, or by none.

        Without a mark, or with one that is open, all of them tell something.
        """
        first = taken_apart(cells[0])
        one = Evidence().add([first])
        self.decimal |= one.decimal
        self.thousands |= one.thousands
        if one.decimal or one.thousands or not first.digits:
            return
        if len(cells) == 1 or not one.open or first.digits != cells[0].lstrip("+-"):
            self.add(map(taken_apart, cells))
            return
        for mark in one.open:
            self.open.setdefault(mark, []).extend(cell.lstrip("+-") for cell in cells)

    def _add(self, digits: str, whole: str) -> None:
        marks = [mark for mark in digits if not mark.isdigit()]
        if not marks and len(digits) > 2 and set(digits) == {"9"}:
            return  # it may stand for a missing value
        if not marks:
            (self.short if len(digits) < 4 else self.long).append(digits)
            return
        kinds = dict.fromkeys(marks)
        if len(kinds) == 2 and marks.count(marks[-1]) == 1 and marks[-1] in ".,":
            self.thousands.add(marks[0])
            self.decimal.add(marks[-1])
        elif len(kinds) == 1:
            self._add_one_mark(digits, marks[0], len(marks), exponent=digits != whole)

    def _add_one_mark(self, digits: str, mark: str, times: int, *, exponent: bool) -> None:
        before, _, after = digits.partition(mark)
        if mark in " '" or times > 1:
            self.thousands.add(mark)
        elif exponent or len(after) != 3 or not 1 <= len(before) <= 3 or before[0] == "0":
            self.decimal.add(mark)
        else:
            self.open.setdefault(mark, []).append(digits)

    @property
    def contradicts(self) -> bool:
        """Whether one mark is proved to be both, or both comma and point to be decimal."""
        return bool(self.decimal & self.thousands) or len(self.decimal & {",", "."}) > 1


@dataclass(frozen=True)
class Judgement:
    """A style, and why it is not certain, in words; "" if it is.

    others: styles that would explain the cells as well.
    """

    style: Style
    doubt: str = ""
    others: tuple[Style, ...] = ()


def judged(evidence: Evidence, separator: str) -> Judgement:
    """The style that explains all the evidence of a file or of a column."""
    if evidence.contradicts:
        mark = "," if "," in evidence.decimal else "."
        return Judgement(
            Style(mark, ""),
            "decimal comma and decimal point both occur",
            (Style(other_mark(mark)),),
        )
    decimal = next(iter(evidence.decimal), "")
    thousands = next((mark for mark in ".,' " if mark in evidence.thousands), "")
    if len(evidence.thousands) > 1:
        return Judgement(Style(decimal or ".", thousands), "thousands are grouped in two ways")
    open_marks = [mark for mark in evidence.open if mark not in (decimal, thousands)]
    if not open_marks:
        if not decimal:
            decimal = "," if thousands == "." else "."
        return Judgement(Style(decimal, thousands))
    mark = open_marks[0]
    if len(open_marks) > 1:  # one of each, so one is the decimal mark
        both = Style(".", ","), Style(",", ".")
        return Judgement(both[0], "points and commas could each be either", both[1:])
    if decimal:  # the other one is decimal, so this one groups
        return Judgement(Style(decimal, mark))
    if thousands:
        return Judgement(Style(mark, thousands))
    return _open(evidence, mark, separator)


def _open(evidence: Evidence, mark: str, separator: str) -> Judgement:
    """One mark, always before three digits: 1.090 is about one or about a thousand."""
    groups, point = Style(other_mark(mark), mark), Style(mark, "")
    cells = evidence.open[mark]
    if evidence.short:
        as_groups = _spread([*evidence.short, *(cell.replace(mark, "") for cell in cells)])
        as_point = _spread([*evidence.short, *(cell.replace(mark, ".") for cell in cells)])
        zeros = any(cell.endswith("0") for cell in cells)
        if as_groups < as_point and not evidence.long and (zeros or len(evidence.short) > 1):
            return Judgement(groups)
    elif mark == "." and separator == "," and not evidence.long:
        return Judgement(point)
    likely, other = (point, groups) if mark == "." and not evidence.short else (groups, point)
    if evidence.long:
        likely, other = point, groups
    example = cells[0]
    doubt = f"{example} could be {example.replace(mark, '.')} or {example.replace(mark, '')}"
    return Judgement(likely, doubt, (other,))


def _spread(numbers: list[str]) -> float:
    """How far numbers lie apart, as the ratio of the upper to the lower quarter."""
    values = sorted(float(number) for number in numbers)
    low, high = values[len(values) // 4], values[(3 * len(values)) // 4]
    low, high = values[0] if low == high else low, values[-1] if low == high else high
    return (high + 1e-9) / (low + 1e-9)


def other_mark(mark: str) -> str:
    """The comma for the point, the point for any other mark."""
    return "." if mark == "," else ","
