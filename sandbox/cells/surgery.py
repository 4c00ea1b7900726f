"""What is held in a net: lines of its cell at a value, for chosen units and steps.

As a text, `forget[3,7-9]@10-20=1; lesion[4]; layer1.cell=0`: a line's name, units, steps and the
value, counted from 0 as in arrays.  Without units it is all of them, without steps every step,
without a layer every layer.  A lesion holds all states of its units at zero.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.cells.cell import Cell

LESION = "lesion"
Ranges = tuple[tuple[int, int], ...]  # first and last of each
FORM = "NAME[UNITS]@STEPS=VALUE or lesion[UNITS]@STEPS, such as forget[3,7-9]@10-20=1"
MOST_HOLDS = 100
_HOLD = re.compile(
    r"(?:layer(?P<layer>[1-9]\d?)\.)?(?P<line>[a-zA-Z_]\w*)\s*"
    r"(?:\[(?P<units>[^\]]*)\])?\s*(?:@(?P<steps>[^=\[\]]*))?\s*(?:=(?P<value>.*))?",
    re.ASCII,
)
_RANGE = re.compile(r"\s*(\d{1,6})\s*(?:-\s*(\d{1,6})\s*)?", re.ASCII)


class SurgeryError(ValueError):
    """A sentence that says what cannot be held, and what can; `part`: the text that it is about."""

    def __init__(self, part: str, accepts: str) -> None:
        super().__init__(f"{part!r} cannot be held; it takes {accepts}.")
        self.part, self.accepts = part, accepts


@dataclass(frozen=True)
class Hold:
    """One line held at a value, or a lesion; units, steps: () for all; layer: from 1, 0 for all."""

    line: str
    value: float = 0.0
    units: Ranges = ()
    steps: Ranges = ()
    layer: int = 0

    @property
    def text(self) -> str:
        """As `read_surgery` reads it."""
        layer = f"layer{self.layer}." if self.layer else ""
        units = f"[{_plain(self.units)}]" if self.units else ""
        steps = f"@{_plain(self.steps)}" if self.steps else ""
        short = f"{self.value:.9g}"
        exact = short if float(short) == self.value else repr(self.value)
        value = "" if self.line == LESION else f"={exact}"
        return f"{layer}{self.line}{units}{steps}{value}"

    @property
    def words(self) -> str:
        """For people, who count from 1: "forget held at 1, units 4 and 8 to 10, steps 11 to 21"."""
        what = "lesion" if self.line == LESION else f"{self.line} held at {self.value:.4g}"
        layer = f", layer {self.layer}" if self.layer else ""
        units = f", {_counted('unit', self.units)}" if self.units else ""
        steps = f", {_counted('step', self.steps)}" if self.steps else ""
        everywhere = ", all units" if self.line == LESION and not self.units else ""
        return f"{what}{layer}{units or everywhere}{steps}"

    def lines(self, cell: Cell) -> tuple[str, ...]:
        """The lines that are held."""
        return cell.states if self.line == LESION else (self.line,)

    def check(self, cell: Cell, hidden: int, layers: int) -> None:
        """SurgeryError for a line, unit or layer that the net lacks."""
        if self.line != LESION and self.line not in cell.holdable():
            known = ", ".join((*cell.holdable(), LESION))
            raise SurgeryError(self.text, f"a line of {cell.title}: {known}")
        if self.layer > layers:
            raise SurgeryError(self.text, f"a layer from 1 to {layers}")
        if self.units and max(last for _, last in self.units) >= hidden:
            raise SurgeryError(self.text, f"units from 0 to {hidden - 1}")


Surgery = tuple[Hold, ...]


def read_surgery(text: str) -> Surgery:
    """The holds of a text, in order; SurgeryError."""
    parts = [part.strip() for part in text.split(";")]
    holds = tuple(read_hold(part) for part in parts if part)
    if len(holds) > MOST_HOLDS:
        raise SurgeryError(f"{len(holds)} parts", f"at most {MOST_HOLDS} of them")
    return holds


def check_surgery(text: str, cell: Cell, hidden: int, layers: int) -> Surgery:
    """The holds of a text, which fit a net of that cell and size; SurgeryError."""
    holds = read_surgery(text)
    for hold in holds:
        hold.check(cell, hidden, layers)
    return holds


def read_hold(text: str) -> Hold:
    """One hold; SurgeryError."""
    found = _HOLD.fullmatch(text.strip())
    if found is None or (found["line"] == LESION) == (found["value"] is not None):
        raise SurgeryError(text, FORM)
    value = _number(found["value"] or "0", text)
    units, steps = (_ranges(found[name], text) for name in ("units", "steps"))
    return Hold(found["line"], value, units, steps, int(found["layer"] or 0))


def surgery_text(holds: Iterable[Hold]) -> str:
    """The text of holds."""
    return "; ".join(hold.text for hold in holds)


def surgery_words(text: str) -> str:
    """A surgery's text in words; the text itself where it is none."""
    try:
        return "; ".join(hold.words for hold in read_surgery(text))
    except SurgeryError:  # it is refused elsewhere
        return text


def ranges_of(numbers: Iterable[int]) -> Ranges:
    """Numbers as ranges, in order."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def counted_ranges(text: str) -> Ranges:
    """Units or steps as people count them, from 1: "3, 7-9", "" for all; SurgeryError."""
    found = _ranges(text, text, "numbers from 1, such as 3, 7-9") if text.strip() else ()
    if found and found[0][0] == 0:
        raise SurgeryError(text, "numbers from 1, such as 3, 7-9")
    return tuple((first - 1, last - 1) for first, last in found)


def _number(text: str, whole: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= 1e6:
        raise SurgeryError(whole, "a value from -1e6 to 1e6")
    return value


def _ranges(
    text: str | None, whole: str, accepts: str = "units and steps as numbers from 0, such as 3,7-9"
) -> Ranges:
    if text is None:
        return ()
    found = [_RANGE.fullmatch(part) for part in text.split(",")]
    pairs = [(int(each[1]), int(each[2] or each[1])) for each in found if each]
    if len(pairs) < len(found) or any(last < first for first, last in pairs):
        raise SurgeryError(whole, accepts)
    return ranges_of(n for first, last in pairs for n in range(first, last + 1))


def _plain(ranges: Ranges) -> str:
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in ranges)


def _counted(name: str, ranges: Ranges) -> str:
    """Ranges in words, counted from 1."""
    parts = []
    for first, last in ranges:
        joined = " to " if last > first + 1 else " and "
        parts.append(f"{first + 1}" if first == last else f"{first + 1}{joined}{last + 1}")
    several = len(ranges) > 1 or ranges[0][0] < ranges[0][1]
    if len(parts) > 1:
        parts = [", ".join(parts[:-1]), parts[-1]]
        return f"{name}{'s' if several else ''} {' and '.join(parts)}"
    return f"{name}{'s' if several else ''} {parts[0]}"
