"""Units of columns: in rows below their names, and in brackets behind a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.reading.cells import plain
from sandbox.reading.kinds import is_figure, kind_of

if TYPE_CHECKING:
    from sandbox.reading.body import Body

_UNIT = re.compile(
    r"\(.*\)|\[.*\]|[-–%‰°µμ/]+|°?[CFK]|(?:[kcdmµμnMGTh]?(?:m|g|s|l|L|Pa|W|Wh|J|V|A|Hz|bar|ppm|ppb|mol|"
    r"t|ha|h|d|min|yr|kt|ft|in|mi|mph|gal|psi|EUR|USD|€|\$|%))(?:[23²³])?"
    r"(?:[ ·*/]?(?:[kcdmµμ]?(?:m|g|s|l|L|h|d|min|ha|yr|a|W|t))[23²³]?(?:[-^]?\d)?)*|"
    r"deg\.? ?[CF]?|degrees|mm|cm|km|number|count|no\.|index|1|"
    r"y{2,4}.?m{2}.?d{2}.*|d{2}.?m{2}.?y{2,4}.*|hh.?mm.*|[µμ]g/m[3³]",
    re.IGNORECASE,
)


def is_units(row: list[str], above: list[str], body: Body) -> bool:
    """Whether most told cells are units, or formats, and names stand above."""
    if any(is_figure(kind_of(cell)) for cell in above):
        return False
    if len(row) > body.width + 1 or len(row) < body.width - 1:
        return False
    told = [plain(cell) for cell in row if cell]
    if not told or body.width == 1 or len(told) > sum(map(bool, above)):
        return False
    likely = sum(_UNIT.fullmatch(cell) is not None for cell in told)
    return 2 * likely > len(told)


def unit_in(name: str) -> str:
    """The unit that a name has in brackets at its end, "" if it has none: load (MW)."""
    found = re.search(r"[(\[]([^()\[\]]+)[)\]]$", name.strip())
    unit = found[1].strip() if found else ""
    return unit if _UNIT.fullmatch(unit) and not unit.isdigit() else ""
