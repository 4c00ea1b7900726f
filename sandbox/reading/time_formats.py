"""How dates and times are written: the formats, and which of them a cell has the shape of."""

from __future__ import annotations

import re
from functools import lru_cache

from sandbox.reading.cell_columns import NOUGHTS

_NAME = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"  # all others are made to these
# A regular expression and the format that reads what it matches.
_DATES = (
    (r"\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d"),
    (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"\d{4}\.\d{1,2}\.\d{1,2}\.?", "%Y.%m.%d"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{2}", "%d.%m.%y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%m/%d/%Y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "%d/%m/%y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "%m/%d/%y"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "%m-%d-%Y"),
    (rf"\d{{1,2}}-{_NAME}-\d{{4}}", "%d-%b-%Y"),
    (rf"\d{{1,2}}-{_NAME}-\d{{2}}", "%d-%b-%y"),
    (rf"\d{{1,2}} {_NAME} \d{{4}}", "%d %b %Y"),
    (rf"\d{{1,2}}{_NAME}\d{{4}}", "%d%b%Y"),
    (rf"{_NAME} \d{{1,2}},? \d{{4}}", "%b %d %Y"),
    (r"\d{2}-\d{1,2}-\d{1,2}", "%y-%m-%d"),
    (r"\d{1,2}-\d{1,2}-\d{2}", "%d-%m-%y"),
    (r"\d{1,2}-\d{1,2}-\d{2}", "%m-%d-%y"),
    (r"(?:1[6-9]|20)\d{2}[01]\d[0-3]\d", "%Y%m%d"),
)
PACKED = ("%Y%m", "%Y%m%d", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S")  # look like numbers
_MONTHS = (
    (r"\d{4}-\d{1,2}", "%Y-%m"),
    (r"\d{4}/\d{1,2}", "%Y/%m"),
    (r"\d{4}M\d{1,2}", "%YM%m"),
    (r"(?:1[6-9]|20)\d{2}m\d{1,2}", "%Ym%m"),
    (r"\d{1,2}/\d{4}", "%m/%Y"),
    (r"\d{1,2}\.\d{4}", "%m.%Y"),
    (rf"{_NAME}[- ]\d{{4}}", "%b %Y"),
    (rf"{_NAME}[- ]\d{{2}}", "%b %y"),
    (rf"\d{{4}} {_NAME}", "%Y %b"),
)
_CLOCKS = (
    (r"\d{1,2}:\d{2}", "%H:%M"),
    (r"\d{1,2}:\d{2}:\d{2}", "%H:%M:%S"),
    (r"\d{1,2}:\d{2}:\d{2}[.,]\d+", "%H:%M:%S.%f"),
    (r"\d{1,2}\.\d{2}\.\d{2}", "%H.%M.%S"),
    (r"\d{1,2}:\d{2} ?[AaPp][Mm]?", "%I:%M %p"),
    (r"\d{1,2}:\d{2}:\d{2} ?[AaPp][Mm]?", "%I:%M:%S %p"),
    (r"\d{2}", "%H"),
)
_ZONE = r" ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)"
QUARTER = re.compile(r"(\d{4})[- ]?[Qq]([1-4])|Q([1-4])[- /](\d{4})|([1-4])Q[- ]?(\d{4})")
WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
SEASON = re.compile(r"([12]\d{3})[/-](\d{2}|\d{4})")
_LETTER = re.compile("[A-Za-z]")
_WEEKDAY = re.compile(r"^[^\W\d]{2,10}[.,]{0,2} (?=\d)")
_MONTH_NAMES = (
    "jan(?:uary|uar|vier|v|eiro|uari)?|gennaio|gen|ene(?:ro)?",
    "feb(?:ruary|ruar|braio|rero|ruari)?|f[ée]v(?:rier|r|ereiro)?",
    "mar(?:ch|s|zo|t|ço)?|märz?|mrz|maart|mrt",
    "apr(?:il|ile)?|avr(?:il)?|abr(?:il)?",
    "may|mai|mag(?:gio)?|mayo|mei|maio",
    "june?|juni?|juin|giu(?:gno)?|junio|junho",
    "july?|juli?|juil(?:let)?|lug(?:lio)?|julio|julho",
    "aug(?:ust|ustus)?|ao[uû]t|ago(?:sto)?",
    "sep(?:t|tember|tembre|tiembre)?|set(?:tembre|embro)?",
    "oct(?:ober|obre|ubre)?|okt(?:ober)?|ott(?:obre)?|out(?:ubro)?",
    "nov(?:ember|embre|iembre|embro)?",
    "dec(?:ember)?|dez(?:ember|embro)?|d[ée]c(?:embre)?|dic(?:embre|iembre)?",
)
_MONTH = re.compile(
    r"(?<![^\W\d_])(?:" + "|".join(f"({names})" for names in _MONTH_NAMES) + r")(?![^\W\d_])\.?",
    re.IGNORECASE,
)
_ENGLISH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
QUARTERS, WEEKS, YEARS, CLOCK = "quarters", "weeks", "years", "times of day"
SEASONS = "seasons"  # from one year to the next: 1999/00
DECIMAL_YEARS, SECONDS, MILLISECONDS = "decimal years", "Unix seconds", "Unix milliseconds"
EXCEL, ELAPSED = "days since 1899-12-30", "numbers that rise"


def _formats() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for date, form in _DATES:
        found.append((date, form))
        for clock, clock_form in _CLOCKS:
            joined = r"[T ]|, | - |-" if clock_form != "%H" else " "
            found.append((rf"(?:{date})(?:{joined})(?:{clock})", f"{form} {clock_form}"))
            if clock_form != "%H":
                zoned = rf"(?:{date})(?:{joined})(?:{clock}){_ZONE}"
                found.append((zoned, f"{form} {clock_form}%z"))
    found += _MONTHS
    packed = r"(?:1[6-9]|20)\d{2}[01]\d"
    found.append((packed, "%Y%m"))
    for more, form in zip((r"[0-3]\d[0-2]\d", r"[0-3]\d[0-2]\d[0-5]\d"), PACKED[2:], strict=False):
        found.append((packed + more, form))
    found.append((packed + r"[0-3]\d[0-2]\d[0-5]\d[0-5]\d", PACKED[4]))
    return tuple((re.compile(pattern), form) for pattern, form in found)


FORMATS = _formats()
_PLAIN_NUMBER = re.compile(r"\D*|[-+]?\d+[.,]\d{5,}|[-+]\d.*|\d{1,3}")
_UNTIL = (" - ", " to ", " bis ", " -- ", " / ", "--", "/", "-")  # longer ones first
SHORTEST_SPAN = 10  # letters of two times with a sign between them, less one
LONGEST_TIME = 60  # letters
_DIGIT = re.compile(r"\(\?:1\[6-9\]\|20\)|\[\d-?\d\](?:\{\d\})?")


@lru_cache(maxsize=1 << 14)
def formats_of(cell: str) -> tuple[str, ...]:
    """The formats whose shape the cell has."""
    if len(cell) > LONGEST_TIME or _PLAIN_NUMBER.fullmatch(cell):
        return ()
    cell = tidy_time(cell)
    shaped = _of_shape(cell.translate(NOUGHTS))
    found = [form for pattern, form in shaped if pattern.fullmatch(cell)]
    return tuple(form for form in found if form != SEASONS or is_season(cell))


@lru_cache(maxsize=1 << 12)
def _of_shape(shape: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The formats that may read cells of this shape, a nought for each digit."""
    return tuple(
        (pattern, form) for loose, pattern, form in _loose() if loose.fullmatch(shape) is not None
    )


@lru_cache(maxsize=1)
def _loose() -> tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...]:
    """All formats: a pattern that takes any digit, the strict one, and the name."""
    clocks = "|".join(clock for clock, form in _CLOCKS[:6] if form[1:3] != "H.")
    strict = [*FORMATS, (QUARTER, QUARTERS), (WEEK, WEEKS), (SEASON, SEASONS)]
    strict.append((re.compile(clocks), CLOCK))
    return tuple((re.compile(_any_digits(each.pattern)), each, form) for each, form in strict)


def _any_digits(pattern: str) -> str:
    return _DIGIT.sub(lambda match: r"\d\d" if "|" in match[0] else r"\d", pattern)


def tidy_time(cell: str) -> str:
    """The first time of the cell, without a weekday, and with months as English abbreviations."""
    if len(cell) > SHORTEST_SPAN:
        cell = _begin(cell)
    if cell.isascii() and _LETTER.search(cell) is None:
        return cell
    if _MONTH.match(cell) is None:
        cell = _WEEKDAY.sub("", cell)
    cell = re.sub(r"(\d)\. (?=[^\W\d])", r"\1 ", cell)  # 3. March
    return _MONTH.sub(lambda match: _ENGLISH[(match.lastindex or 1) - 1], cell)


def _begin(cell: str) -> str:
    """The first of two times of one shape, as in 01.03.2024 00:00 - 01.03.2024 00:15."""
    for sign in _UNTIL:
        half = (len(cell) - len(sign)) // 2
        first, between, last = cell[:half], cell[half : half + len(sign)], cell[half + len(sign) :]
        if between == sign and first.translate(NOUGHTS) == last.translate(NOUGHTS):
            return first
    return cell


def is_season(cell: str) -> bool:
    """Whether a cell names a year and the next one: 1999/00, 1999-2000."""
    match = SEASON.fullmatch(cell)
    return match is not None and str(int(match[1]) + 1).endswith(match[2])


def month_of(name: str) -> int:
    """The number of a month's name, 1 to 12, or 0 if it is none."""
    match = _MONTH.fullmatch(name.strip())
    return match.lastindex or 0 if match else 0


def looks_like_time(cell: str) -> bool:
    """Whether a plain cell has the shape of a date or a time, and is no number."""
    return bool(formats_of(cell))
