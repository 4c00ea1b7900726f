"""Writes known columns as people's programs write them, each table in a dialect of its own."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

SEPARATORS = {",": 8, ";": 6, "\t": 5, "|": 2, " ": 3, "fixed": 2}
GROUPS = {"": 12, ",": 3, ".": 3, " ": 2, "'": 1, "\u00a0": 1, "\u202f": 1, "\u2019": 1}
GAPS = {
    "": 6,
    "NA": 2,
    "NaN": 2,
    "n/a": 1,
    "-": 1,
    "null": 1,
    "--": 1,
    "#N/A": 1,
    "...": 1,
    "ND": 1,
    "-999": 1,
    "-9999": 1,
    "9999": 1,
}
NAMES = (
    "temperature flow level price sales load humidity CO2 rain wind pressure count speed output "
    "visitors energy cost height weight depth pH NO2 deaths births Umsatz Menge débit Größe T1 v2"
).split()
UNITS = ("%", " %", " kg", " mm", "°C", " °C", " €", "€", " EUR", " m3", " kWh", " m/s")
CURRENCIES = ("$", "€ ", "€", "£", "CHF ", "US$ ")
ROW_UNITS = ("mm", "°C", "m/s", "kg", "hPa", "%", "[mm]", "(kg)", "m3/h")
FORMATS: dict[str, tuple[str, ...]] = {
    "day": (
        "%Y-%m-%d",
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%d.%m.%Y",
        "%d.%m.%y",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%m/%d/%y",
        "%d-%m-%Y",
        "%d-%b-%Y",
        "%d-%b-%y",
        "%d %b %Y",
        "%d %B %Y",
        "%b %d, %Y",
        "%B %d, %Y",
        "%Y%m%d",
        "%a %d.%m.%Y",
    ),
    "hour": (
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S+00:00",
        "%Y-%m-%d %H:%M:%S.000",
        "%d.%m.%Y %H:%M",
        "%d/%m/%Y %H:%M",
        "%m/%d/%Y %H:%M:%S",
        "%m/%d/%Y %I:%M %p",
        "%d-%b-%Y %H:%M:%S",
        "%Y%m%d%H%M",
        "seconds",
        "milliseconds",
    ),
    "month": (
        "%Y-%m",
        "%Y-%m-%d",
        "%b %Y",
        "%b-%y",
        "%Y/%m",
        "%m/%Y",
        "%B %Y",
        "%d.%m.%Y",
        "%YM%m",
    ),
    "year": ("%Y",),
}
TIME_NAMES = ("date", "time", "Datum", "timestamp", "Date", "day", "DateTime", "")


@dataclass(frozen=True)
class Written:
    """A table as text, and what stands in it.

    columns: names and values of each, None where one is missing.  times: one a row, or None.
    named: whether the file names its columns.  falling: whether the newest row comes first.
    doubts: what a careful person could not tell.
    """

    text: str
    columns: list[tuple[str, list[float | None]]]
    times: list[datetime.datetime] | None
    named: bool
    falling: bool
    doubts: tuple[str, ...]


def chosen(random: Random, weights: dict[str, int]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


@dataclass
class Dialect:
    """How a table is written."""

    separator: str
    decimal: str
    group: str
    quotes: str
    quote_sign: str
    minus: str
    plus: str
    header: bool

    def number(self, value: float, places: int, *, trimmed: bool, scientific: bool) -> str:
        """The digits of a number with its marks and its sign."""
        if scientific:
            digits = f"{abs(value):.{places}e}"
        else:
            digits = f"{abs(value):.{places}f}"
            if trimmed and "." in digits:
                digits = digits.rstrip("0").rstrip(".")
        whole, point, rest = digits.partition(".")
        if self.group and len(whole) > 3 and whole.isdigit():
            head = len(whole) % 3
            parts = ([whole[:head]] if head else []) + [
                whole[at : at + 3] for at in range(head, len(whole), 3)
            ]
            whole = self.group.join(parts)
        digits = whole + (self.decimal if point else "") + rest
        if not point and scientific:
            digits = whole
        return self._signed(
            digits, (value < 0 and float(f"{value:.{places}f}") != 0) or (scientific and value < 0)
        )

    def _signed(self, digits: str, negative: bool) -> str:
        if not negative:
            return self.plus + digits
        if self.minus == "()":
            return f"({digits})"
        return f"{digits}-" if self.minus == "after" else f"{self.minus}{digits}"

    def cell(self, text: str, *, is_text: bool) -> str:
        """A cell with quotes where this dialect puts them."""
        sign = self.quote_sign
        must = self.separator in text if self.separator not in ("fixed",) else False
        if self.quotes == "all" or (self.quotes == "texts" and is_text) or must or '"' in text:
            return sign + text.replace(sign, sign * 2) + sign
        return text


@dataclass
class Series:
    """One column: its values, and how the numbers in it are written."""

    name: str
    values: list[float]
    places: int
    trimmed: bool
    scientific: bool
    before: str = ""
    after: str = ""
    share_missing: float = 0.0
    cells: list[str] = field(default_factory=list)
    told: list[float | None] = field(default_factory=list)  # as written, None where missing
    told: list[float | None] = field(default_factory=list)  # as written, None where missing


def series_of(random: Random, count: int, name: str) -> Series:
    """A column of numbers that go up and down by chance around a level."""
    places = random.choice((0, 0, 0, 1, 1, 2, 2, 2, 3, 4))
    scale = 10 ** random.uniform(-1, 6.5)
    level = random.choice((0, 1, 1, 1, 3)) * scale
    value, pull, found = level, random.uniform(0, 0.5), []
    for _ in range(count):
        value += random.gauss(0, 0.2) * scale - pull * (value - level)
        found.append(value)
    if random.random() < 0.6:
        low = min(found)
        found = [each - low + random.random() * scale if low < 0 else each for each in found]
    scientific = random.random() < 0.04
    found = [
        round(each, places) if not scientific else float(f"{each:.{places}e}") for each in found
    ]
    found = [each + 0.0 for each in found]
    if scientific and len(set(found)) < 5:
        scientific, found = False, [round(each) + 0.0 for each in found]
    if len(set(found)) < 3:  # a column that never changes is left out
        found = [each + at % 3 for at, each in enumerate(found)]
    return Series(name, found, places, random.random() < 0.3, scientific)


def times_in(random: Random, count: int) -> tuple[str, list[datetime.datetime]]:
    """A step and times, rising, with gaps in some."""
    step = random.choices(("day", "hour", "month", "year"), (5, 4, 2, 1))[0]
    start = datetime.datetime(
        random.randint(1950, 2024), random.randint(1, 12), random.randint(1, 28)
    )
    apart = random.choice((1, 1, 1, 7) if step == "day" else (1, 1, 2))
    gaps = random.random() < 0.2
    found, at = [], 0
    for _ in range(count):
        at += apart * (1 if not gaps or random.random() < 0.9 else random.randint(2, 5))
        if step == "day":
            found.append(start + datetime.timedelta(days=at))
        elif step == "hour":
            found.append(start + datetime.timedelta(minutes=30 * at))
        elif step == "month":
            whole = start.year * 12 + start.month + at
            found.append(datetime.datetime(whole // 12, whole % 12 + 1, 1))
        else:
            found.append(datetime.datetime(start.year - count * apart + at, 1, 1))
    return step, found


def as_text(moment: datetime.datetime, form: str) -> str:
    epoch = datetime.datetime(1970, 1, 1)
    if form == "seconds":
        return f"{(moment - epoch).total_seconds():.0f}"
    if form == "milliseconds":
        return f"{(moment - epoch).total_seconds() * 1000:.0f}"
    return moment.strftime(form)


def dialect_of(random: Random) -> Dialect:
    separator = chosen(random, SEPARATORS)
    decimal = random.choice(".." + (",," if separator != "," else ","))
    quotes = random.choices(("needed", "all", "texts"), (6, 1, 1))[0]
    group = chosen(random, GROUPS)
    if (
        group == decimal
        or (separator == "," and group == ".")
        or (separator in (" ", "fixed") and group in (" ",))
    ):
        group = ""
    if separator == " " and group in ("\u00a0", "\u202f"):
        group = ""
    if separator == "fixed":
        quotes = "needed"
    minus = random.choices(("-", "\u2212", "()", "after"), (20, 2, 1, 1))[0]
    plus = "+" if random.random() < 0.03 else ""
    sign = (
        "'" if quotes == "all" and group not in ("'", "\u2019") and random.random() < 0.2 else '"'
    )
    return Dialect(separator, decimal, group, quotes, sign, minus, plus, random.random() < 0.8)


def written(random: Random) -> Written:
    """A table of random columns in a random dialect."""
    return _Writer(random).written()


class _Writer:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._dialect = dialect_of(random)
        self._doubts: list[str] = []

    def _maybe(self, share: float) -> bool:
        return self._random.random() < share

    def written(self) -> Written:
        random, dialect = self._random, self._dialect
        count = random.randint(4, 60)
        width = random.choices((1, 2, 3, 4, 5), (4, 4, 3, 2, 2))[0]
        names = random.sample(NAMES, width)
        if self._maybe(0.2) and dialect.separator != " ":
            names = [f"{name} ({random.choice(ROW_UNITS).strip('[]()')})" for name in names]
        series = [series_of(random, count, name) for name in names]
        self._around_numbers(series)
        gap = chosen(random, GAPS)
        step, times = times_in(random, count) if self._maybe(0.7) else ("", None)
        if not gap and (dialect.separator in (" ", "fixed") or (width == 1 and times is None)):
            gap = "NA"
        for order, each in enumerate(series):
            missing = gap if self._maybe(0.8) else chosen(random, GAPS) or gap
            if missing.strip("-").isdigit() and (
                not each.places or each.trimmed or each.scientific
            ):
                missing = "NA"  # it could be a value
            self._write(each, missing, order)
        rows: list[list[str]] = [
            list(cells) for cells in zip(*(each.cells for each in series), strict=True)
        ]
        time_names: list[str] = []
        if times is not None:
            falling = self._maybe(0.2) and step != "year"
            if falling:
                times = times[::-1]
            time_names, columns = self._time_cells(step, times)
            rows = [
                [*front, *row] for front, row in zip(zip(*columns, strict=True), rows, strict=True)
            ]
        else:
            falling = False
        header = [*time_names, *(each.name for each in series)]
        rows, header = self._with_labels(rows, header, times is not None)
        rows += self._total(header, rows, series, times)
        text = self._text(header, rows)
        columns_told = [
            (
                each.name,
                [
                    None if cell is None else value
                    for cell, value in zip(each.told, each.values, strict=True)
                ],
            )
            for each in series
        ]
        self._find_doubts(series, dialect, width, times)
        return Written(text, columns_told, times, dialect.header, falling, tuple(self._doubts))

    def _around_numbers(self, series: list[Series]) -> None:
        random = self._random
        if self._dialect.separator in (" ", "fixed"):
            return
        for each in series:
            if self._maybe(0.06) and not each.scientific:
                each.after = random.choice(UNITS)
            elif self._maybe(0.04) and not each.scientific:
                each.before = random.choice(CURRENCIES)

    def _write(self, series: Series, gap: str, order: int) -> None:
        random, dialect = self._random, self._dialect
        share = random.choice((0, 0, 0, 0.05, 0.2))
        told = series.told
        for value in series.values:
            if random.random() < share and (gap or (len(told) + order) % 2):
                series.cells.append(gap)
                told.append(None)
                continue
            text = dialect.number(
                value, series.places, trimmed=series.trimmed, scientific=series.scientific
            )
            if series.before and text[:1] in "-\u2212(+" and self._maybe(0.5) and text[0] != "(":
                text = text[0] + series.before + text[1:]
            elif series.before and text[0] == "(":
                text = f"({series.before}{text[1:]}"
            else:
                text = series.before + text
            series.cells.append(text + series.after)
            told.append(value)

    def _time_cells(
        self, step: str, times: list[datetime.datetime]
    ) -> tuple[list[str], list[list[str]]]:
        random, dialect = self._random, self._dialect
        name = random.choice(
            TIME_NAMES if dialect.separator not in (" ", "fixed") else TIME_NAMES[:-1]
        )
        if step == "day" and dialect.header and self._maybe(0.06):
            parts = [
                [f"{each.year}" for each in times],
                [f"{each.month}" for each in times],
                [f"{each.day}" for each in times],
            ]
            return ["year", "month", "day"], parts
        if step == "month" and dialect.header and self._maybe(0.1):
            return ["year", "month"], [
                [f"{each.year}" for each in times],
                [f"{each.month}" for each in times],
            ]
        spaced = dialect.separator == " "
        if step == "hour" and self._maybe(0.12 if not spaced else 0.6):
            day = random.choice(("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"))
            self._day_doubt(day, times)
            return ["date", "time"], [
                [each.strftime(day) for each in times],
                [each.strftime("%H:%M") for each in times],
            ]
        forms = [form for form in FORMATS[step] if not spaced or " " not in form]
        form = random.choice(forms)
        if form in ("seconds", "milliseconds", "%Y", "%Y%m%d", "%Y%m%d%H%M") and not dialect.header:
            form = "%Y-%m-%d" if step in ("day", "year") else "%Y-%m-%dT%H:%M:%S"
        if form in ("seconds", "milliseconds") and min(times).year < 1984:
            form = "%Y-%m-%d %H:%M:%S" if not spaced else "%Y-%m-%dT%H:%M:%S"
        if form in ("seconds", "milliseconds") and not name:
            name = "time"
        if form == "%Y":
            name = random.choice(("year", "Year", "Jahr"))
        self._day_doubt(form, times)
        return [name], [[as_text(each, form) for each in times]]

    def _day_doubt(self, form: str, times: list[datetime.datetime]) -> None:
        if (
            "%m" in form and "%d" in form and not form.startswith("%Y") and "." not in form
        ) or "%y" in form:
            if all(each.day <= 12 for each in times):
                self._doubts.append("dates")

    def _with_labels(
        self, rows: list[list[str]], header: list[str], timed: bool
    ) -> tuple[list[list[str]], list[str]]:
        random, dialect = self._random, self._dialect
        if self._maybe(0.08) and dialect.header:
            first = random.choice((0, 1))
            rows = [[f"{at}", *row] for at, row in enumerate(rows, first)]
            header = [
                random.choice(("id", "", "index", "row", "Nr."))
                if dialect.separator not in (" ", "fixed")
                else "id",
                *header,
            ]
        if self._maybe(0.08):
            words = random.choice((("ok", "ok", "suspect"), ("Graz", "Linz")))
            rows = [[*row, random.choice(words)] for row in rows]
            header = [*header, random.choice(("quality", "station", "flag"))]
        return rows, header

    def _total(
        self, header: list[str], rows: list[list[str]], series: list[Series], times: object
    ) -> list[list[str]]:
        """A last row that sums the others up, in some tables with times."""
        if (
            times is None
            or header[0] == "year"
            or not self._maybe(0.05)
            or len(rows[0]) != 1 + len(series)
        ):
            return []
        label = self._random.choice(("Total", "Sum", "Mean", "Average", "Summe"))
        cells = []
        for each in series:
            told = [
                value
                for value, known in zip(each.values, each.told, strict=True)
                if known is not None
            ]
            result = sum(told) / (len(told) if label in ("Mean", "Average") else 1) if told else 0
            cells.append(
                self._dialect.number(
                    result, each.places, trimmed=each.trimmed, scientific=each.scientific
                )
            )
        return [[label, *cells]]

    def _text(self, header: list[str], rows: list[list[str]]) -> str:
        random, dialect = self._random, self._dialect
        lines: list[str] = []
        if dialect.header:
            if dialect.separator == " ":
                header = [name.replace(" ", "_") for name in header]
            lines.append(self._line(header, is_text=True))
            if self._maybe(0.06) and len(header) > 2 and dialect.separator not in (" ", "fixed"):
                units = ["", *(random.choice(ROW_UNITS) for _ in header[1:])]
                lines.append(self._line(units, is_text=True))
        for row in rows:
            lines.append(self._line(row, is_text=False))
        if dialect.separator == "fixed":
            lines = self._aligned(([header] if dialect.header else []) + rows)
        if self._maybe(0.05) and dialect.separator in ",;\t":
            lines = [line + dialect.separator for line in lines]
        lines = [*self._preamble(header), *lines, *self._trailer()]
        ends = random.choice(("\n", "\n", "\r\n", "\r"))
        last = ends if self._maybe(0.85) else ""
        mark = "\ufeff" if self._maybe(0.1) else ""
        return mark + ends.join(lines) + last

    def _line(self, cells: list[str], *, is_text: bool) -> str:
        dialect = self._dialect
        shown = [
            dialect.cell(cell, is_text=is_text or not any(letter.isdigit() for letter in cell))
            for cell in cells
        ]
        if dialect.separator == "fixed":
            return ""
        if dialect.separator == "|" and self._bars:
            return "| " + " | ".join(shown) + " |"
        return (dialect.separator + self._blank).join(shown)

    @property
    def _bars(self) -> bool:
        if not hasattr(self, "_with_bars"):
            self._with_bars = self._maybe(0.5)
        return self._with_bars

    @property
    def _blank(self) -> str:
        if not hasattr(self, "_with_blank"):
            self._with_blank = " " if self._maybe(0.07) and self._dialect.separator in ",;" else ""
        return self._with_blank

    def _aligned(self, rows: list[list[str]]) -> list[str]:
        widths = [max(len(row[at]) for row in rows) + 2 for at in range(len(rows[0]))]
        left = self._maybe(0.3)
        return [
            "".join(
                cell.ljust(width) if left else cell.rjust(width)
                for cell, width in zip(row, widths, strict=True)
            ).rstrip()
            for row in rows
        ]

    def _preamble(self, header: list[str]) -> list[str]:
        random, dialect = self._random, self._dialect
        if not self._maybe(0.25):
            return []
        sign = dialect.separator if dialect.separator not in (" ", "fixed") else ": "
        sign = sign if len(header) > 1 else ": "
        kind = random.choice(("title", "comments", "keys", "mixed"))
        if kind == "title":
            lines = [
                random.choice(("Measured values", "Export of 2024-03-01 12:00", "Station Graz 164"))
            ]
        elif kind == "comments":
            lines = [
                f"# {each}" for each in ("made by logger 3", "version 2.1", "lat 47.1, lon 15.4")
            ]
        elif kind == "keys":
            lines = [f"Station{sign}Graz", f"Height{sign}366", f"Begin{sign}2024-01-01"]
        else:
            lines = ["Report", "", f"Station: {random.choice(('Graz', 'Linz; north'))}"]
        lines = lines[: random.randint(1, len(lines))]
        return [*lines, ""] if self._maybe(0.5) or not dialect.header else lines

    def _trailer(self) -> list[str]:
        random = self._random
        if not self._maybe(0.15):
            return []
        lines = random.choice(
            (
                ["Source: own measurements"],
                ["# end"],
                ["* provisional"],
                ["Created 2024-05-01 with Logger 3"],
                ["(c) 2024 Office of Statistics"],
            )
        )
        return ["", *lines] if self._maybe(0.6) else list(lines)

    def _find_doubts(
        self, series: list[Series], dialect: Dialect, width: int, times: object
    ) -> None:
        for each in series:
            filled = {cell for cell in each.cells if cell.strip("-") in ("999", "9999")}
            if (filled and max(map(abs, each.values)) > 300) or min(each.values, default=0) < 0:
                self._doubts.append("filling")
            if len(filled) and sum(value is not None for value in each.told) < 4:
                self._doubts.append("filling")
        shown = [each for one in series for each in one.cells if any(c.isdigit() for c in each)]
        marks = {mark for cell in shown for mark in cell if mark in ".,"}
        sure = False
        for cell in shown:
            digits = "".join(c for c in cell if c.isdigit() or c in ".,")
            digits = digits.strip(".,")
            for mark in ".,":
                before, found, after = digits.partition(mark)
                if found and (
                    mark in after
                    or len(after) != 3
                    or len(before) > 3
                    or before[:1] == "0"
                    or not after.isdigit()
                    or re.search(r"\de[-+]", cell)
                ):
                    sure = True
        if marks and not sure:
            self._doubts.append("marks")
        if width == 1 and times is None and dialect.decimal == "," and not dialect.header:
            self._doubts.append("one column")
        if dialect.separator == "," and dialect.quote_sign == "":
            self._doubts.append("commas")
