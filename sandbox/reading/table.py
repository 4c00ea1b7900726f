"""A table as it was read: its columns of numbers, its times, and what should be asked."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.cells import (
    LARGE,
    Cell,
    Evidence,
    Judgement,
    Style,
    is_missing,
    judged,
    plain,
    taken_apart,
    value_of,
)
from sandbox.reading.doubts import Question, fillings, is_total, missing_mends, sums_up
from sandbox.reading.layout import UNCLEAR, Layout, layout_of
from sandbox.reading.recipe import KEPT, TURNED, Recipe, with_words, words_of
from sandbox.reading.splitting import kind_of
from sandbox.reading.times import (
    CLOCK,
    DECIMAL_YEARS,
    PACKED,
    Course,
    course_of,
    format_of,
    month_of,
    numeric_format,
    times_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SPLIT = {
    "none": "one value a line",
    "comma": "values with commas between",
    "semicolon": "values with semicolons between",
    "space": "values with blanks between",
    "tab": "values with tabs between",
    "bar": "values with bars between",
    "fixed": "values at fixed places",
}  # ways of splitting a line, in words
MOST_QUESTIONS = 12
NUMERIC = 0.5  # the least share of numbers in a column of numbers
_ROW_NAMES = re.compile(
    r"(?i)|id|idx|index|nr\.?|no\.?|#|row|rows|rownames?|n|obs|unnamed: 0|lfd\.? ?nr\.?|record|"
    r"column 1|rn|record rn|line|seq|rec|entry|lp|№|pos\.?"
)
_PARTS = {
    "year": re.compile(r"(?i)(?:year|yr|yyyy|jahr|année|annee|anno|año|ano|y)"),
    "month": re.compile(r"(?i)(?:month|mon|mm|mo|monat|mois|mese|mes|mth)"),
    "day": re.compile(r"(?i)(?:day|dd|dy|tag|jour|giorno|dia|día|dom|d)"),
    "hour": re.compile(r"(?i)(?:hour|hh|hr|stunde|heure|ora|hora|h)"),
    "minute": re.compile(r"(?i)(?:minute|min|mn|mi)"),
}
_NEARLY = re.compile(r"[-+~<>(]*\d+[.,]?\d*\D{0,4}$|[-+~<>(]*\d{1,3}(?:[., ']\d{3})+\D*$")
_CODES = re.compile(
    r"(?i)id$|\bid\b|code|number|\bnr\b|\bno\b|key|plz|zip|post|station|sensor|account"
)


@dataclass(frozen=True)
class Column:
    """One column of numbers.

    values: float64 (n,), NaN where none is known.  style: how its numbers are written.  unit: that
    was taken off.  missing: how often each word or number stood for no value.  odd: rows (from 0)
    and texts of cells that are neither a number nor a usual word for a missing one.
    """

    name: str
    values: NDArray[np.float64]
    style: Style
    unit: str = ""
    missing: dict[str, int] = field(default_factory=dict)
    odd: tuple[tuple[int, str], ...] = ()
    sure: bool = True


@dataclass(frozen=True)
class Times:
    """The column or columns of times.

    values: (n,) in seconds, NaT where none is known.  form: how they are written.
    """

    name: str
    values: NDArray[np.datetime64]
    form: str
    course: Course


@dataclass(frozen=True)
class Table:
    """All that was read, rows in their final order.

    order: "as it stands" or "turned round".  orientation: "columns" or "rows".
    """

    layout: Layout
    columns: tuple[Column, ...]
    times: Times | None
    orientation: str
    order: str
    questions: tuple[Question, ...]
    notes: tuple[str, ...] = ()

    @property
    def decimal(self) -> str:
        """The decimal mark of most columns."""
        return Counter(column.style.decimal for column in self.columns).most_common(1)[0][0]

    @property
    def thousands(self) -> str:
        """The mark between thousands, "" if no column has one."""
        return next((c.style.thousands for c in self.columns if c.style.thousands), "")


class NoNumbers(ValueError):
    """There is a table, and it has no column of numbers; says what it has."""


def table_of(lines: Sequence[str], recipe: Recipe) -> Table:
    """Read a table from all its lines; NoTable or NoNumbers."""
    layout = layout_of(lines, recipe)
    return _Reader(layout, recipe).table()


class _Reader:
    """Reads one table; collects questions and notes on the way."""

    def __init__(self, layout: Layout, recipe: Recipe) -> None:
        self._layout, self._recipe = layout, recipe
        self._questions: list[Question] = []
        self._notes: list[str] = []
        rows = layout.rows
        kept = [
            at
            for at, (name, column) in enumerate(
                zip(layout.names, zip(*rows, strict=True), strict=True)
            )
            if any(column) or not re.fullmatch(r"column \d+", name)
        ]  # separators at the ends of rows make empty columns without a name
        self._names = [layout.names[at] for at in kept]
        self._units = [layout.units[at] for at in kept]
        self._kinds = [layout.body.kinds[at] for at in kept]
        self._rows = [[row[at] for at in kept] for row in rows]
        self._separator = layout.body.splitting.separator

    def table(self) -> Table:
        recipe = self._recipe
        self._leave_out_totals()
        orientation = self._orientation()
        if orientation == "rows":
            self._turn_over()
        cells = [list(column) for column in zip(*self._rows, strict=True)]
        times, used = self._times(cells)
        numeric = [
            at
            for at in range(len(cells))
            if at not in used
            and self._is_numeric(self._names[at], cells[at])
            and not self._is_row_number(at, cells)
        ]
        if not numeric and len(cells) - len(used) == 0 and times is not None:
            times, used = None, set()
            numeric = [
                at for at in range(len(cells)) if self._is_numeric(self._names[at], cells[at])
            ]
        if not numeric:
            raise NoNumbers(f"its columns are {', '.join(self._names[:6])}")
        columns = self._columns(cells, numeric)
        self._ask_about_words(cells, {*numeric, *used})
        times, columns = self._numeric_times(times, columns, numeric, len(cells))
        columns = self._without_constant(columns)
        self._ask_about_groups(times)
        order = self._order(times)
        self._ask_about_layout([column.name for column in columns])
        self._ask_about_last_row(columns)
        if order == TURNED:
            columns = [replace(column, values=column.values[::-1]) for column in columns]
            assert times is not None or recipe.order
            if times is not None:
                values = times.values[::-1]
                times = replace(times, values=values, course=course_of(values))
        unsure = {name for question in self._questions for name in question.columns}
        columns = [replace(column, sure=column.name not in unsure) for column in columns]
        return Table(
            self._layout,
            tuple(columns),
            times,
            orientation,
            order,
            tuple(self._questions[:MOST_QUESTIONS]),
            tuple(self._notes),
        )

    def _ask(
        self,
        about: str,
        text: str,
        columns: Sequence[str],
        *mends: tuple[str, tuple[tuple[str, object], ...]],
    ) -> None:
        self._questions.append(Question(about, text, mends, tuple(columns)))

    # Rows -------------------------------------------------------------------------------

    def _leave_out_totals(self) -> None:
        if self._recipe.skip_after is not None:
            return
        while len(self._rows) > 3:
            labels = [cell for cell in self._rows[-1] if kind_of(cell) == "text"]
            earlier = [row for row in self._rows[:-1] if any(is_total(cell) for cell in row)]
            if not labels or not is_total(labels[0]) or len(earlier) > 3:
                return
            self._rows = self._rows[:-1]
            self._notes.append(f"the last row, {labels[0]}, is left out")

    def _ask_about_last_row(self, columns: Sequence[Column]) -> None:
        if self._recipe.skip_after is not None:
            return
        found = [(column, sums_up(column.values)) for column in columns]
        told = [(column, what) for column, what in found if what]
        if told and 2 * len(told) >= len(columns):
            after = len([row for row in self._layout.after]) + 1
            self._ask(
                "skip_after",
                f"The last row is the {told[0][1]} of the others: leave it out?",
                [column.name for column in columns],
                ("Leave it out", (("skip_after", after),)),
                ("Keep it", (("skip_after", after - 1),)),
            )

    # Orientation ------------------------------------------------------------------------

    def _orientation(self) -> str:
        if self._recipe.orientation:
            return self._recipe.orientation
        width, count = len(self._names), len(self._rows)
        if width < 4:
            return "columns"
        labels = self._label_columns()
        header = self._names[labels:]
        if is_total(header[-1]):
            header = header[:-1]
        kinds = [kind_of(cell) for row in self._rows for cell in row[labels:] if cell]
        figures = sum(kind == "number" for kind in kinds) >= 0.8 * max(len(kinds), 1)
        if not figures:
            return "columns"
        if not self._layout.header:
            if count == 1:
                return "rows"
            if labels or count > 3 or width <= 4 * count:
                return "columns"
            self._ask_about_orientation("rows")
            return "rows"
        counted = _are_consecutive(header)
        dated = format_of(header) is not None
        if all(month_of(name) for name in self._names[1:13]) and width > 12:
            self._ask_about_orientation("columns")
            return "columns"
        if not counted and not dated:
            return "columns"
        if labels and all(month_of(row[0]) for row in self._rows):
            self._ask_about_orientation("columns")
            return "columns"
        if labels:
            first = [row[0] for row in self._rows]
            texts = all(kind_of(cell) in ("text", "padded", "number") for cell in first)
            if texts and len(set(first)) == len(first):
                return "rows"
            return "rows" if dated or counted == "years" else "columns"
        if dated or counted == "years":
            self._ask_about_orientation("columns")
        return "columns"

    def _ask_about_groups(self, times: Times | None) -> None:
        """Ask where several series lie one below the other, each with the same times."""
        if times is None or times.course.order != "mixed":
            return
        for name, kind, column in zip(
            self._names, self._kinds, zip(*self._rows, strict=True), strict=False
        ):
            if kind not in ("text", "padded", "number"):
                continue
            changes = sum(a != b for a, b in itertools.pairwise(column))
            kinds = len(set(column))
            if 1 < kinds <= len(column) // 3 and changes == kinds - 1:
                self._ask(
                    "orientation",
                    f"{kinds} series lie one below the other, told apart by {name}; "
                    "they are read as one.",
                    self._names,
                )
                return

    def _ask_about_orientation(self, likely: str) -> None:
        other = "columns" if likely == "rows" else "rows"
        self._ask(
            "orientation",
            f"A series could be a row or a column; it is read by {likely}.",
            self._names,
            (f"By {other}", (("orientation", other),)),
        )

    def _label_columns(self) -> int:
        """How many columns on the left hold labels."""
        kinds, labels = self._kinds, 0
        while labels < len(kinds) and kinds[labels] in ("text", "padded", "missing"):
            labels += 1
        if not labels and re.fullmatch(r"(?i)id|nr|no|name|series|station|code", self._names[0]):
            labels = 1
        return labels

    def _turn_over(self) -> None:
        labels = self._label_columns()
        named = [
            " ".join(dict.fromkeys(cell for cell in row[: max(labels, 1)] if cell))
            for row in self._rows
        ]
        header = self._names[labels:]
        if is_total(header[-1]):
            self._notes.append(f"the last column, {header[-1]}, is left out")
            self._rows, header = [row[:-1] for row in self._rows], header[:-1]
        if not labels:
            named = [f"row {at + 1}" for at in range(len(self._rows))]
        if labels > 1:
            first = [row[0] for row in self._rows]
            named = first if len(set(first)) == len(first) and all(first) else named
        rows = [list(column) for column in zip(*(row[labels:] for row in self._rows), strict=True)]
        times = format_of(header) is not None or _are_consecutive(header) == "years"
        if times and self._layout.header:
            self._rows = [[time, *row] for time, row in zip(header, rows, strict=True)]
            self._names = [self._names[0] if labels else "time", *named]
        else:
            self._rows, self._names = rows, named
        self._units = [""] * len(self._names)

    # Times ------------------------------------------------------------------------------

    def _times(self, cells: list[list[str]]) -> tuple[Times | None, set[int]]:
        """The times, and the columns that hold them or parts of them."""
        wanted = self._recipe.time
        if wanted == "none":
            return None, set()
        found, used = self._times_in_parts(cells)
        clocks: list[int] = []
        for at, column in enumerate(cells):
            if wanted and self._names[at] != wanted:
                continue
            if not wanted and kind_of_column(column) not in ("time", "number", "padded"):
                continue
            form = format_of(
                ["" if is_missing(cell) else cell for cell in column], self._recipe.dates
            )
            if form is None:
                continue
            if kind_of_column(column) != "time" and not self._are_packed(at, column, form.form):
                continue
            used.add(at)
            if form.form == CLOCK:
                clocks.append(at)
                continue
            if found is None:
                found = self._dated(at, cells, form.form, form.others)
        if clocks:
            found = self._with_clock(found, clocks[0], cells)
        return found, used

    def _are_packed(self, at: int, column: list[str], form: str) -> bool:
        """Whether numbers such as 20240131 are dates, by their name, or since they go one way."""
        if form not in PACKED:
            return False
        if re.search(r"(?i)date|dat|time|zeit|month|period|yyyy|day", self._names[at]):
            return True
        return form != "%Y%m" and course_of(times_of(column, form)).order in ("rising", "falling")

    def _dated(self, at: int, cells: list[list[str]], form: str, others: tuple[str, ...]) -> Times:
        values = times_of(cells[at], form)
        if others and not self._recipe.dates:
            first = "day" if form.startswith("%d") else "month"
            other = "month" if first == "day" else "day"
            example = next(cell for cell in cells[at] if cell)
            self._ask(
                "dates",
                f"{example} could have the day or the month first; it is read {first} first.",
                self._names,
                (f"The {other} comes first", (("dates", f"{other} first"),)),
            )
        return Times(self._names[at], values, form, course_of(values))

    def _with_clock(self, found: Times | None, at: int, cells: list[list[str]]) -> Times:
        """The dates with the times of day of another column."""
        clock = times_of(cells[at], CLOCK)
        if found is None or "%H" in found.form or "%I" in found.form:
            return found or Times(self._names[at], clock, CLOCK, course_of(clock))
        seconds = clock.astype(np.int64) % 86400
        values = found.values + np.where(np.isnat(clock), 0, seconds).astype("timedelta64[s]")
        name = f"{found.name} {self._names[at]}"
        return Times(name, values, f"{found.form} {CLOCK}", course_of(values))

    def _times_in_parts(self, cells: list[list[str]]) -> tuple[Times | None, set[int]]:
        """Times in columns of their own for year, month, day, hour."""
        at = {
            part: next(
                (n for n, name in enumerate(self._names) if pattern.fullmatch(name.strip(" #"))),
                None,
            )
            for part, pattern in _PARTS.items()
        }
        if at["year"] is None or at["month"] is None:
            at = _named_by_months(cells) or at
        if at["year"] is None or at["month"] is None:
            return self._days_of_years(cells)
        parts = {}
        for part, place in at.items():
            if place is None:
                break
            whole = _filled_down(cells[place]) if part == "year" else cells[place]
            if part == "month":
                whole = [str(month_of(cell) or cell) for cell in whole]
            if not all(re.fullmatch(r"\d{1,4}(?:\.0+)?", cell) for cell in whole):
                break
            parts[part] = np.array([int(float(cell)) for cell in whole])
        if "month" not in parts or parts["month"].min() < 1 or parts["month"].max() > 12:
            return None, set()
        months = (parts["year"] - 1970) * 12 + parts["month"] - 1
        values = months.astype("datetime64[M]").astype("datetime64[D]")
        if "day" in parts:
            values = values + (parts["day"] - 1)
        values = values.astype("datetime64[s]")
        for part, seconds in (("hour", 3600), ("minute", 60)):
            if part in parts:
                values = values + parts[part] * seconds
        used = {place for part, place in at.items() if part in parts and place is not None}
        name = " ".join(self._names[place] for place in sorted(used))
        return Times(name, values, "parts", course_of(values)), used

    def _days_of_years(self, cells: list[list[str]]) -> tuple[Times | None, set[int]]:
        """Times in a column of years and one of days from 1 to 366 that count up."""
        for at in range(min(len(cells) - 1, 4)):
            both = cells[at : at + 2]
            if not all(re.fullmatch(r"\d{1,4}", cell) for column in both for cell in column):
                continue
            years, days = (np.array([int(cell) for cell in column]) for column in both)
            steps = np.diff(days)[np.diff(years) == 0]
            if years.min() < 1500 or years.max() > 2200 or days.min() < 1 or days.max() > 366:
                continue
            if np.ptp(years) > len(years) // 300 + 1 or not len(steps) or (steps < 1).any():
                continue
            values = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]") + (days - 1)
            name = f"{self._names[at]} {self._names[at + 1]}"
            values = values.astype("datetime64[s]")
            return Times(name, values, "days of years", course_of(values)), {at, at + 1}
        return None, set()

    def _numeric_times(
        self, times: Times | None, columns: list[Column], numeric: list[int], width: int
    ) -> tuple[Times | None, list[Column]]:
        """A column of numbers that are times, and the other columns."""
        if times is not None:  # then a decimal year beside it says nothing more
            same = [
                column
                for column in columns
                if numeric_format(column.name, column.values, first=False) == DECIMAL_YEARS
            ]
            return times, [column for column in columns if column not in same] or columns
        if self._recipe.time == "none":
            return None, columns
        for at, column in zip(numeric, columns, strict=True):
            form = numeric_format(column.name, column.values, at == 0 and width > 1)
            if self._recipe.time == column.name:
                form = form or "numbers that rise"
            elif self._recipe.time or len(columns) < 2:
                form = None
            if form is not None:
                values = times_of([repr(value) for value in column.values.tolist()], form)
                others = [each for each in columns if each is not column]
                self._questions = [q for q in self._questions if q.columns != (column.name,)]
                return Times(column.name, values, form, course_of(values)), others
        return None, columns

    def _without_constant(self, columns: list[Column]) -> list[Column]:
        """The columns without numbers that never change, such as a station's."""
        if len(columns[0].values) < 5:
            return columns
        changing = []
        for column in columns:
            values = column.values
            if np.isnan(values).any() or np.ptp(values) > 0 or values[0] != np.floor(values[0]):
                changing.append(column)
            else:
                self._notes.append(f"{column.name} is {values[0]:g} in every row and is left out")
        return changing or columns

    def _order(self, times: Times | None) -> str:
        if self._recipe.order:
            return self._recipe.order
        if times is None or times.course.order != "falling":
            return KEPT
        self._notes.append("the newest row came first, so the order is turned round")
        return TURNED

    # Numbers ----------------------------------------------------------------------------

    def _is_numeric(self, name: str, cells: list[str]) -> bool:
        kinds = Counter(kind_of(cell) for cell in cells)
        told = sum(kinds.values()) - kinds["missing"]
        padded = 0 if _CODES.search(name) else kinds["padded"]
        return kinds["number"] + padded > NUMERIC * told and told > 0

    def _is_row_number(self, at: int, cells: list[list[str]]) -> bool:
        """Whether a column only counts the rows."""
        column, name = cells[at], self._names[at]
        if len(cells) == 1 or len(column) < 3:
            return False
        if not all(re.fullmatch(r"\d{1,15}", cell) for cell in column):
            return False
        values = [int(cell) for cell in column]
        counts = all(b - a == 1 for a, b in itertools.pairwise(values))
        return counts and (
            _ROW_NAMES.fullmatch(name.strip()) is not None
            or (self._layout.named_rows and at == 0)
            or (at == 0 and values[0] in (0, 1) and not self._layout.header)
        )

    def _columns(self, cells: list[list[str]], numeric: list[int]) -> list[Column]:
        apart = {at: [taken_apart(cell) for cell in cells[at]] for at in numeric}
        evidence = {at: Evidence().add(apart[at]) for at in numeric}
        judgements = self._judgements(evidence)
        columns = [self._column(at, cells[at], apart[at], judgements[at].style) for at in numeric]
        self._ask_about_styles(numeric, judgements)
        return columns

    def _judgements(self, evidence: dict[int, Evidence]) -> dict[int, Judgement]:
        """The style of each column: what one column proves is true of all, unless they differ."""
        decimal = set[str]().union(*(each.decimal for each in evidence.values()))
        thousands = set[str]().union(*(each.thousands for each in evidence.values()))
        together = Evidence(decimal, thousands)
        found = {}
        for at, own in evidence.items():
            shared = (
                own
                if together.contradicts or len(thousands) > 1
                else Evidence(decimal, thousands, own.open, own.short, own.long)
            )
            found[at] = self._as_wanted(judged(shared, self._separator_sign()))
        return found

    def _as_wanted(self, judgement: Judgement) -> Judgement:
        decimal: str = self._recipe.decimal
        thousands: str = self._recipe.thousands
        if not decimal and not thousands:
            return judgement
        style = judgement.style
        decimal = decimal or (
            style.decimal if style.decimal != thousands else ("," if thousands == "." else ".")
        )
        if thousands:
            group = "" if thousands == "none" else thousands
        else:
            group = style.thousands if style.thousands != decimal else ""
            marks = {mark for other in (style, *judgement.others) for mark in other}
            if not group and ({".", ","} - {decimal}) & marks and judgement.doubt:
                group = "." if decimal == "," else ","
        return Judgement(Style(decimal, group))

    def _separator_sign(self) -> str:
        return "," if self._separator == "comma" else ""

    def _ask_about_styles(self, numeric: list[int], judgements: dict[int, Judgement]) -> None:
        doubts: dict[str, list[int]] = {}
        for at in numeric:
            if judgements[at].doubt:
                doubts.setdefault(judgements[at].doubt, []).append(at)
        for doubt, places in doubts.items():
            judgement = judgements[places[0]]
            mends = tuple(
                (
                    _style_in_words(style),
                    (("decimal", style.decimal), ("thousands", style.thousands or "none")),
                )
                for style in (judgement.style, *judgement.others)
            )
            names = [self._names[at] for at in places]
            where = f" in {names[0]}" if len(names) < len(numeric) else ""
            self._ask(
                "decimal",
                f"{doubt[0].upper()}{doubt[1:]}{where}; it is read with "
                f"{_style_in_words(judgement.style)}.",
                names,
                *mends,
            )

    def _column(self, at: int, cells: list[str], apart: list[Cell], style: Style) -> Column:
        name = self._names[at]
        extra, fills = _wanted_missing(self._recipe.missing)
        values = np.full(len(cells), np.nan)
        missing: Counter[str] = Counter()
        odd, limits, befores, afters = [], 0, Counter[str](), Counter[str]()
        ends = {parts.after for parts in apart if parts.digits and parts.after}
        larger = ends <= LARGE.keys() and ends != {"M"} and ends != {"B"}
        for row, (cell, parts) in enumerate(zip(cells, apart, strict=True)):
            value = value_of(parts, style)
            if cell.lower() in extra or is_missing(cell):
                missing[cell.lower()] += 1
            elif value is None:
                odd.append((row, cell))
            elif parts.limit:
                limits += 1
                missing[cell] += 1
            else:
                values[row] = value * (LARGE.get(parts.after, 1.0) if larger else 1.0)
                befores[parts.before] += 1
                afters[parts.after] += 1
        self._ask_about_cells(name, odd, limits, cells)
        unit = self._unit(name, befores, afters)
        for value in fills:
            missing[f"{value:g}"] += int((values == value).sum())
            values[values == value] = np.nan
        self._fill(name, values, missing)
        told = self._units[at] if at < len(self._units) else ""
        return Column(name, values, style, unit or told, dict(missing), tuple(odd))

    def _fill(self, name: str, values: NDArray[np.float64], missing: Counter[str]) -> None:
        """Take out numbers that stand for no value."""
        _, keep = _wanted_missing(self._recipe.keep)
        for filling in fillings(values, keep):
            text = f"{filling.value:g}"
            values[values == filling.value] = np.nan
            missing[text] += filling.times
            if filling.sure:
                self._notes.append(f"{text} in {name} stands for no value, {filling.times} times")
                continue
            times = f"{filling.times} times" if filling.times > 1 else "once"
            self._ask(
                "missing",
                f"{text} occurs {times} in {name} and is far from all else: it is read as missing.",
                [name],
                ("It is missing", (("missing", with_words(self._recipe.missing, text)),)),
                ("It is a value", (("keep", with_words(self._recipe.keep, text)),)),
            )

    def _ask_about_cells(
        self, name: str, odd: list[tuple[int, str]], limits: int, cells: list[str]
    ) -> None:
        if odd:
            words = Counter(cell for _, cell in odd)
            shown = ", ".join(repr(word[:20]) for word, _ in words.most_common(3))
            more = "" if len(words) <= 3 else f" and {len(words) - 3} others"
            self._ask(
                "missing",
                f"{name} has {len(odd):,} cells that are no numbers: {shown}{more}; "
                "they are read as missing.",
                [name],
                *missing_mends(self._recipe.missing, words),
            )
        if limits:
            example = next(cell for cell in cells if taken_apart(cell).limit)
            self._ask(
                "missing",
                f"{name} has {limits:,} values below or above a limit, such as {example}; "
                "they are read as missing.",
                [name],
            )

    def _ask_about_words(self, cells: list[list[str]], taken: set[int]) -> None:
        """Ask about columns of words that end with a number in every row, another each."""
        for at, column in enumerate(cells):
            told = [cell for cell in column if cell]
            if at in taken or len(told) < 6 or len(set(told)) < 0.8 * len(told):
                continue
            numeric = self._is_numeric(self._names[at], column)
            if not numeric and all(_NEARLY.match(cell) for cell in told):
                self._ask(
                    "missing",
                    f"{self._names[at]} is left out: its cells are no numbers, such as "
                    f"{told[0][:40]!r}.",
                    self._names,
                )
            if all(re.search(r"[^\w,;]+\s+-?\d+(?:[.,]\d+)?$", cell) for cell in told):
                self._ask(
                    "separator",
                    f"{self._names[at]} is left out: its cells are numbers with words before "
                    f"them, such as {told[0][:40]!r}.",
                    self._names,
                )

    def _unit(self, name: str, befores: Counter[str], afters: Counter[str]) -> str:
        """The unit of a column; flags are taken off, and different units are asked about."""
        signs = [before for before in befores if before]
        units = [after for after in afters if after]
        if units and set(units) <= LARGE.keys() and units not in (["M"], ["B"]):
            return ""  # they were multiplied
        if len(signs) > 1:
            found = ", ".join([*signs, *units][:4])
            self._ask("unit", f"{name} has different units: {found}; they are ignored.", [name])
            return ""
        if len(units) == 1 and not afters[""]:
            return units[0]
        if len(units) > 1 and not afters[""] and not all(len(unit) == 1 for unit in units):
            found = ", ".join(units[:4])
            self._ask("unit", f"{name} has different units: {found}; they are ignored.", [name])
            return ""
        if units == ["%"] and afters[""]:
            self._ask("unit", f"Some values of {name} have a % and others have none.", [name])
            return "%"
        if units:
            self._notes.append(f"marks behind numbers of {name} are left out: {', '.join(units)}")
        return signs[0] if signs else ""

    # The layout -------------------------------------------------------------------------

    def _ask_about_layout(self, names: list[str]) -> None:
        layout = self._layout
        if layout.rival is not None:
            separator = layout.rival.splitting.separator
            example = next(iter(layout.body.rows[layout.first :]), [])
            self._ask(
                "separator",
                f"{_sign(self._separator).join(example)[:30]} could be one value or several; "
                f"it is read as {SPLIT[self._separator]}.",
                names,
                (SPLIT[separator].capitalize(), (("separator", separator),)),
                (SPLIT[self._separator].capitalize(), (("separator", self._separator),)),
            )
        self._ask_about_widths(names)
        if layout.header_doubt and self._recipe.header is None:
            self._ask(
                "header",
                f"{layout.header_doubt[0].upper()}{layout.header_doubt[1:]}.",
                names,
                ("It names the columns", (("header", 1),)),
                ("It holds values", (("header", 0),)),
            )
        if layout.blocks > 1 and self._recipe.table is None:
            self._ask(
                "table",
                f"Empty lines part the table into {layout.blocks}; they are read as one.",
                names,
                ("Only the first", (("table", 1),)),
                ("Only the second", (("table", 2),)),
            )
        if layout.second is not None and self._recipe.table is None:
            self._ask(
                "table",
                "The file holds more than one table; the largest is read.",
                names,
                ("The first", (("table", 1),)),
                ("The second", (("table", 2),)),
            )

    def _ask_about_widths(self, names: list[str]) -> None:
        """Ask where rows have more cells than the header, or the last one has fewer."""
        layout, body = self._layout, self._layout.body
        header = body.rows[layout.first - 1] if layout.first else []
        words = len(header) > 1 and all(kind_of(cell) == "text" for cell in header)
        if words and len(header) < body.width - 1 and self._separator == "comma":
            self._ask(
                "separator",
                f"The header names {len(header)} columns and the rows have {body.width} cells: "
                "are commas decimal marks here? Then the file should be saved with another "
                "separator.",
                names,
            )
        inside = body.inside
        if self._separator != "none" and len(inside) > 3 and self._recipe.skip_after is None:
            last, others = body.rows[inside[-1]], [body.rows[at] for at in inside[:-1]]
            short = len(last) < min(map(len, others)) or (
                layout.open_end
                and last[-1] != ""
                and len(last[-1]) < min(len(row[-1]) for row in others if row[-1])
            )
            if inside[-1] == layout.last - 1 and short:
                self._ask(
                    "skip_after",
                    "The last row is shorter than all others, as if the file were cut off.",
                    names,
                    ("Leave it out", (("skip_after", len(layout.after) + 1),)),
                    ("Keep it", (("skip_after", len(layout.after)),)),
                )
        if layout.lost and self._recipe.skip_after is None and self._recipe.table is None:
            self._ask(
                "skip_after",
                f"Rows with numbers outside the table are left out, such as {layout.lost[:40]!r}.",
                names,
            )
        odd = [at for at, why in layout.left_out.items() if why == UNCLEAR]
        if odd:
            self._ask(
                "missing",
                f"{len(odd):,} of the rows look unlike the others and are left out, such as "
                f"{' '.join(body.rows[odd[0]])[:40]!r}.",
                names,
            )
        if self._separator == "space" and any(len(body.rows[at]) < body.width for at in inside):
            self._ask(
                "separator",
                "Some rows have fewer values than others, and blanks do not tell which is missing.",
                names,
                ("Columns begin at fixed places", (("separator", "fixed"),)),
            )


def _named_by_months(cells: list[list[str]]) -> dict[str, int | None]:
    """Where years stand beside names of months in columns without names; {} if nowhere."""
    for at in range(1, min(len(cells), 5)):
        years = _filled_down(cells[at - 1])
        if all(month_of(cell) for cell in cells[at]) and all(
            re.fullmatch(r"1[5-9]\d\d|2[01]\d\d", cell) for cell in years
        ):
            return {"year": at - 1, "month": at, "day": None, "hour": None, "minute": None}
    return {}


def _filled_down(cells: Sequence[str]) -> list[str]:
    """Each empty cell as the one above it."""
    found: list[str] = []
    for cell in cells:
        found.append(cell if cell or not found else found[-1])
    return found


def kind_of_column(cells: Sequence[str]) -> str:
    """What most told cells are."""
    kinds = Counter(kind_of(cell) for cell in cells)
    kinds.pop("missing", None)
    return kinds.most_common(1)[0][0] if kinds else "missing"


def _wanted_missing(text: str) -> tuple[set[str], list[float]]:
    """Words and numbers in a list."""
    words, numbers = set(), []
    for word in words_of(text):
        words.add(plain(word))
        try:
            numbers.append(float(word))
        except ValueError:
            continue
    return words, numbers


def _are_consecutive(header: Sequence[str]) -> str:
    """Which of "years" and "numbers" the names count up by one: 1960, 1961 or V2, V3; or ""."""
    numbers, stems = [], set()
    for name in header:
        match = re.fullmatch(r"(\D*)(\d{1,15})(?:\.0)?(?: \[YR\d+\])?", name)
        if match is None:
            return ""
        stems.add(match[1])
        numbers.append(int(match[2]))
    steps = {b - a for a, b in itertools.pairwise(numbers)}
    if len(stems) > 1 or len(numbers) < 3 or len(steps) != 1 or steps == {0}:
        return ""
    return "years" if min(numbers) >= 1500 and max(numbers) <= 2200 else "numbers"


def _style_in_words(style: Style) -> str:
    marks = {".": "points", ",": "commas", " ": "spaces", "'": "apostrophes"}
    if style.thousands:
        return f"{marks[style.thousands]} between thousands"
    return f"decimal {marks[style.decimal]}"


def _sign(separator: str) -> str:
    return {"tab": "\t", "semicolon": ";", "bar": "|", "comma": ","}.get(separator, " ")
