"""How a person wants a file to be read; what is left open is guessed."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sandbox.validation import ExperimentError, accepted, schema_of

if TYPE_CHECKING:
    from collections.abc import Mapping

Separator = Literal[
    "", "tab", "semicolon", "bar", "comma", "ampersand", "space", "fixed", "pairs", "none"
]
SIGNS: dict[str, Separator] = {
    "\t": "tab",
    "\\t": "tab",
    ";": "semicolon",
    "|": "bar",
    ",": "comma",
    "&": "ampersand",
    " ": "space",
}  # what a person may type in place of the word
STEPS = "a step such as 15 minutes, 1 hour, 1 day, 1 week, 1 month or 1 year"
MOST_LETTERS = 400  # in a list of words
KEPT = "as it stands"
TURNED = "turned round"
# The choices that decide which cells there are, and in which column.
ON_LAYOUT = (
    "separator quote skip_before header units skip_after odd_rows only orientation table".split()
)
_STEP = re.compile(r"(?:([1-9]\d{0,4}) ?)?([a-z]+?)s?")
_UNITS: dict[str, str] = {"s": "second", "sec": "second", "m": "minute", "min": "minute"}
_UNITS |= {"h": "hour", "d": "day", "w": "week", "y": "year"}
STEP_UNITS = {  # seconds, of months and longer ones about
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 7 * 86400,
    "month": 30 * 86400,
    "quarter": 91 * 86400,
    "year": 365 * 86400,
}


def _a_step(text: str) -> str:
    """A step as it is kept, "15min" as "15 minutes"; ValueError if it is none."""
    if not text.strip():
        return ""
    found = _STEP.fullmatch(text.strip().lower())
    unit = _UNITS.get(found[2], found[2]) if found else ""
    if found is None or unit not in STEP_UNITS:
        raise ValueError(text)
    many = int(found[1] or 1)
    return f"{many} {unit}{'s' * (many != 1)}"


class Recipe(BaseModel):
    """Choices that settle guesses; "" and None leave a guess as it is.

    separator: between cells.  quote: around cells.  skip_before: lines before the header.  header:
    rows of names.  units: rows of units below them.  skip_after: rows at the end that are no
    values.  odd_rows: what becomes of rows among the values that look unlike them.  decimal,
    thousands: marks in numbers; thousands may be "none".  missing: further words or numbers that
    stand for no value, separated by white space; keep: numbers that look so and are values, and
    columns that nobody would forecast.  limits: what <0.5 stands for: no value, the limit, or half
    of one that it is below.  unit: that numbers with different ones are converted to, others being
    missing; one for each such column, or "ignored".  orientation: whether a series is a column or a
    row.  time: the column of times, or "none".  dates: what comes first where both would do.
    order: of the rows.  table: which of several, from 1.  only: what has to stand in a column of
    the rows that are read, as station=A; or "all".  accept: whether all that is in doubt is taken
    as it was read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: str = Field("", max_length=40)
    separator: Separator = ""
    quote: Literal["", '"', "'", "none"] = ""
    skip_before: int | None = Field(None, ge=0, le=100_000)
    header: int | None = Field(None, ge=0, le=5)
    units: int | None = Field(None, ge=0, le=2)
    skip_after: int | None = Field(None, ge=0, le=100_000)
    odd_rows: Literal["", "left out", "kept"] = ""
    decimal: Literal["", ".", ","] = ""
    thousands: Literal["", "none", ".", ",", " ", "'"] = ""
    missing: str = Field("", max_length=MOST_LETTERS)
    keep: str = Field("", max_length=MOST_LETTERS)
    limits: Literal["", "missing", "limit", "half"] = ""
    unit: str = Field("", max_length=MOST_LETTERS)
    orientation: Literal["", "columns", "rows"] = ""
    time: str = Field("", max_length=200)
    dates: Literal["", "day first", "month first"] = ""
    order: Literal["", "as it stands", "turned round"] = ""
    table: int | None = Field(None, ge=1, le=20)
    every: Annotated[str, AfterValidator(_a_step)] = Field("", max_length=40)
    resample: Literal["", "mean", "sum", "last", "interpolate"] = ""
    only: str = Field("", max_length=MOST_LETTERS)
    accept: bool = False

    def chosen(self) -> dict[str, object]:
        """What was settled, by name."""
        return {
            name: value
            for name, value in self.model_dump().items()
            if value not in ("", None) and value is not False
        }

    def __str__(self) -> str:
        """What was settled, as one line that `recipe_of` reads: decimal=, missing='-200 nd'."""
        return shlex.join(f"{name}={value}" for name, value in self.chosen().items())

    def on_layout(self) -> Recipe:
        """The choices on which the cells depend, alone."""
        return Recipe(**{name: getattr(self, name) for name in ON_LAYOUT})

    def of_rows(self) -> Recipe:
        """The choices that decide what the rows of the file hold: all but the step."""
        return self.model_copy(update={"every": "", "resample": ""})

    def with_choices(self, choices: Mapping[str, object]) -> Recipe:
        """The recipe with other choices; ExperimentError names the field, as in `data.decimal`."""
        changed = self.model_dump()
        for name, value in choices.items():
            if name not in Recipe.model_fields:
                known = ", ".join(Recipe.model_fields)
                raise ExperimentError(f"data.{name}", value, f"no value: the choices are {known}")
            changed[name] = _as_typed(name, value)
        try:
            return Recipe.model_validate(changed)
        except ValidationError as error:
            name = str(error.errors()[0]["loc"][0])
            raise ExperimentError(f"data.{name}", choices[name], _accepted(name)) from None


def recipe_of(text: str) -> Recipe:
    """The recipe that a line says; ExperimentError if it says none."""
    try:
        choices = dict(part.split("=", 1) for part in shlex.split(text))
    except ValueError:
        raise ExperimentError("recipe", text, "choices such as decimal=, header=1") from None
    return Recipe().with_choices(choices)


def words_of(text: str, *, lower: bool = True) -> list[str]:
    """The words of a list, in lower case unless that matters; one with blanks stands in quotes."""
    text = text.lower() if lower else text
    try:
        return shlex.split(text)
    except ValueError:  # an apostrophe that opens no quotes
        return text.split()


def with_words(text: str, *more: str) -> str:
    """The same list with further words."""
    return shlex.join(dict.fromkeys([*words_of(text), *(word.lower() for word in more)]))


def _as_typed(name: str, value: object) -> object:
    """What a person may type, as the field has it."""
    if name == "separator" and isinstance(value, str):
        return SIGNS.get(value, value)
    if name in ("thousands", "decimal") and isinstance(value, str):
        return {"space": " ", "comma": ",", "point": ".", "apostrophe": "'"}.get(value, value)
    return value


def _accepted(name: str) -> str:
    """What a field accepts, in words."""
    words = [each for each in get_args(Recipe.model_fields[name].annotation) if each]
    if words and all(isinstance(word, str) for word in words):
        return f"one of {', '.join(map(repr, words))}"
    if name == "every":
        return STEPS
    if name == "accept":
        return "true or false"
    if Recipe.model_fields[name].annotation is str:
        return "a shorter text"
    number, _ = schema_of(Recipe)["properties"][name]["anyOf"]  # or nothing, to guess
    return accepted(number)
