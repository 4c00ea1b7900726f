"""An experiment as one line that can be sent in a chat: the short text, `seqx1:…`.

The prefix is followed by base64url: a three-byte checksum, then a deflated JSON list of numbers
with what differs from the defaults: the task's index in the registry, the run's fields, the
task's parameters, the number of contestants (0: the default ones), and for each contestant its
cell's index and fields; a cell that a person wrote has the index -1, and its text follows.  The
fields of a run, of parameters and of a contestant are all packed in
the same way: one integer, the head, then the real numbers, each exact, with its decimal digits and
exponent in one integer.  The head is a bit mask of the fields that differ, and above it, in mixed
radix, the values of those with limits or choices.

The packing is what keeps to the limit: four contestants with every field of their own and numbers
of five digits take 288 characters; as plain JSON, deflated with a preset dictionary, they take 417
without and 497 with the fields' names.

Everything follows from the models, so a new field or task needs no change here.  A change in the
meaning of older texts, such as another order of fields, needs a new VERSION.
"""

from __future__ import annotations

import base64
import json
import re
import string
import zlib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from sandbox.cells.known import OWN, own_cell
from sandbox.cells.nodes import EquationError
from sandbox.contestants import CONTESTANTS, OwnContestant, kind_of, looks_of
from sandbox.experiment import Experiment, parse
from sandbox.tasks.registry import built_in, complete
from sandbox.validation import ExperimentError, NoExperiment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import BaseModel

VERSION = 1
LONGEST = 300  # characters
LONGEST_WITH_CELLS = 6_000  # characters, where a person's own cells are among the contestants
MOST_JSON = 200_000  # bytes of JSON, as eight such cells take; inflating stops there
OWN_CELL = -1  # the index of a cell that a person wrote
MOST_SEARCHED, MOST_TRIED = 100_000, 20  # characters of a text; prefixes tried in it
CHECK_BYTES = 3
LETTERS, MOST_LETTERS = string.ascii_lowercase + string.digits + "_", 24  # of a name
LEAST, EXPONENTS = -70, 100  # a real number m * 10^e becomes m * EXPONENTS + e - LEAST
STRUCTURE = (
    "format",
    "task",
    "params",
    "contestants",
    "cell",
    "equations",
    "surgery",
)  # not in a head
_PREFIX = re.compile(r"seqx([0-9]{1,3})(?::|%3A)", re.IGNORECASE | re.ASCII)
_BETWEEN = re.compile(r"[\s>\"'`*\u00ad\u200b-\u200d\u2060\ufeff]+")  # quotation marks, wrapping
_LATER = "it was made by a later version of Sequence Sandbox; use that one"
_DAMAGED = "part of it is missing or changed; copy all of it again"


def to_text(experiment: Experiment) -> str:
    """The experiment with all of its task's parameters as a line of at most 300 characters.

    It is longer where it has the texts of a person's own cells, 6,000 at most.  Real numbers are
    restored to the last bit.  ExperimentError for an own task, for own data or text among the
    parameters, and if the line would be too long.
    """
    tasks = built_in()
    if experiment.task not in tasks:
        words = "one of the sandbox's own tasks; send an experiment file and the task's file"
        raise ExperimentError("short text", experiment.task, words)
    if any(each.surgery for each in experiment.contestants):
        words = "nets in which nothing is held; send an experiment file"
        raise ExperimentError("short text", "a surgery", words)
    packed = list(_packed(complete(experiment)))
    data = json.dumps(packed, separators=(",", ":"), ensure_ascii=False).encode()
    squeezed = _check(data) + min((_deflated(data, how) for how in range(4)), key=len)
    text = f"seqx{VERSION}:{base64.urlsafe_b64encode(squeezed).decode().rstrip('=')}"
    with_cells = any(isinstance(each, OwnContestant) for each in experiment.contestants)
    longest = LONGEST_WITH_CELLS if with_cells else LONGEST
    if len(text) > longest:
        less = "give nets shorter names or fewer settings of their own"
        less = "shorten the comments in your cells" if with_cells else less
        fits = f"up to {longest:,} characters: {less}"
        raise ExperimentError("short text", len(text), f"{fits}, or send an experiment file")
    return text


def looks_like_one(text: str) -> bool:
    """Whether a text may contain a short text."""
    return _PREFIX.search(text) is not None


def from_text(text: str) -> Experiment:
    """The experiment of a short text, wherever it is in `text`; ExperimentError if there is none.

    The short text may contain white space, line breaks and quotation marks.
    """
    if len(text) > MOST_SEARCHED:
        raise NoExperiment(f"it is longer than {MOST_SEARCHED:,} characters")
    refusals = []
    for match in list(_PREFIX.finditer(text))[:MOST_TRIED]:
        try:
            return _read(int(match[1]), text[match.end() :])
        except ExperimentError as error:
            refusals.append(error)
    if not refusals:
        raise NoExperiment(f"it has no line that begins with seqx{VERSION}:")
    raise refusals[0]


def _read(version: int, behind: str) -> Experiment:
    """The experiment after the prefix; anything after its data is ignored."""
    if version > VERSION:
        raise NoExperiment(_LATER)
    numbers = iter(_numbers(behind))
    try:
        experiment = complete(parse(_unpacked(numbers)))
        if next(numbers, None) is not None:
            raise NoExperiment(_LATER)
    except (StopIteration, LookupError, TypeError, ArithmeticError):
        raise NoExperiment(_LATER) from None  # an unknown field, cell, task or choice
    return experiment


# Characters and bytes ---------------------------------------------------------------------


def _deflated(data: bytes, strategy: int) -> bytes:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, strategy)
    return squeezer.compress(data) + squeezer.flush()


def _check(data: bytes) -> bytes:
    return zlib.crc32(b"seqx%d" % VERSION + data).to_bytes(4, "big")[-CHECK_BYTES:]


def _numbers(behind: str) -> list[Any]:
    """The list after a prefix, which ends where the deflated data end."""
    found = re.match(r"[0-9A-Za-z_-]*", _BETWEEN.sub("", behind[: LONGEST_WITH_CELLS * 2]))
    letters = found[0][:LONGEST_WITH_CELLS] if found else ""
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]  # a single one holds no byte
    squeezed = base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(squeezed[CHECK_BYTES:], MOST_JSON)
        whole = inflater.eof and _check(data) == squeezed[:CHECK_BYTES]
        numbers = json.loads(data) if whole else None
    except (zlib.error, ValueError, RecursionError):
        numbers = None
    if not isinstance(numbers, list):
        raise NoExperiment(_DAMAGED)
    return numbers


# What differs from the defaults -----------------------------------------------------------


def _packed(experiment: Experiment) -> Iterator[object]:
    """The list: task, run, parameters, number of contestants (0: the defaults), contestants."""
    tasks, e = built_in(), experiment
    yield list(tasks).index(e.task)
    yield from _differing(type(e), e.model_dump())
    yield from _differing(tasks[e.task].Params, e.params)
    if e.contestants == Experiment().contestants:
        yield 0
        return
    yield len(e.contestants)
    usual = e.looks == looks_of({each.name: each.cell for each in e.contestants})
    for each in e.contestants:
        if isinstance(each, OwnContestant):
            yield from (OWN_CELL, each.equations)
        else:
            yield list(CONTESTANTS).index(each.cell)
        values = each.model_dump()
        yield from _differing(type(each), {**values, "look": None} if usual else values)


def _unpacked(numbers: Iterator[Any]) -> dict[str, Any]:
    """An experiment's fields as plain values; StopIteration or another error if it is not one."""
    tasks = built_in()
    task = _nth(tasks, next(numbers))
    fields = {"task": task, **_given(Experiment, numbers)}
    fields["params"] = _given(tasks[task].Params, numbers)
    if count := next(numbers):
        fields["contestants"] = []
        for _ in range(count):
            fields["contestants"].append(_contestant(numbers))
    return fields


def _contestant(numbers: Iterator[Any]) -> dict[str, Any]:
    """A contestant's fields as plain values."""
    index = next(numbers)
    if index != OWN_CELL:
        cell = _nth(CONTESTANTS, index)
        return {"cell": cell, **_given(CONTESTANTS[cell], numbers)}
    text = next(numbers)
    if not isinstance(text, str):
        raise TypeError("a cell is a text")
    try:
        kind = kind_of(own_cell(text).name)
    except EquationError:
        raise NoExperiment(_LATER) from None
    return {"cell": OWN, "equations": text, **_given(kind, numbers)}


def _differing(model: type[BaseModel], values: Mapping[str, Any]) -> list[object]:
    """The head and the real numbers of the fields that differ from their defaults."""
    head, mask, fields = 0, 0, _fields(model)
    reals: list[object] = []
    for place, field in reversed(list(enumerate(fields))):
        value = values[field.name]
        if value != field.default:
            mask |= 1 << place
            if field.count:
                head = head * field.count + field.place(value)
            else:
                reals.insert(0, _real_as_number(field.name, value))
    return [head << len(fields) | mask, *reals]


def _given(model: type[BaseModel], numbers: Iterator[Any]) -> dict[str, Any]:
    """The fields that a head lists; LookupError if it lists more than the model has."""
    fields, head, given = _fields(model), next(numbers), {}
    if not isinstance(head, int):
        raise TypeError("a head is a whole number")
    mask, head = head % (1 << len(fields)), head >> len(fields)
    for place, field in enumerate(fields):
        if mask >> place & 1:
            if field.count:
                head, digit = divmod(head, field.count)
                given[field.name] = field.value(digit)
            else:
                given[field.name] = _number_as_real(next(numbers))
    if head:
        raise LookupError("the head has more than the fields of the model")
    return given


@dataclass(frozen=True)
class _Field:
    """A field as it is packed into the head.

    count: how many values it can have; 0 for a real number, which follows the head, and for a
    free text, which is refused.
    choices: its values that are words or None.  least: the lowest of its integers.
    """

    name: str
    default: object
    choices: tuple[str | bool | None, ...]
    least: int = 0
    count: int = 0

    def place(self, value: Any) -> int:
        """The index of a value, from 0."""
        if self.name == "name":
            return _name_as_number(value)
        if value in self.choices:
            return self.choices.index(value)
        return len(self.choices) + int(value) - self.least

    def value(self, place: int) -> Any:
        """The value at that index."""
        if self.name == "name":
            return _number_as_name(place)
        if place < len(self.choices):
            return self.choices[place]
        return place - len(self.choices) + self.least


@cache
def _fields(model: type[BaseModel]) -> tuple[_Field, ...]:
    """The fields that a head can list, in order."""
    schemas = model.model_json_schema().get("properties", {})
    return tuple(
        _field(name, schemas[name], info.get_default(call_default_factory=True))
        for name, info in model.model_fields.items()
        if name not in STRUCTURE
    )


def _field(name: str, schema: Mapping[str, Any], default: object) -> _Field:
    variants = schema.get("anyOf", [schema])
    kinds = {each.get("type") for each in variants}
    if "number" in kinds:
        return _Field(name, default, ())
    choices: list[str | bool | None] = [c for each in variants for c in each.get("enum", ())]
    choices += [False, True] if "boolean" in kinds else []
    choices += [None] if "null" in kinds else []
    if name == "name":
        return _Field(name, default, (), 0, (len(LETTERS) + 1) ** MOST_LETTERS)
    whole = next((each for each in variants if each.get("type") == "integer"), None)
    if whole is None:
        return _Field(name, default, tuple(choices), 0, len(choices))
    least, most = whole["minimum"], whole.get("maximum", whole.get("exclusiveMaximum"))
    return _Field(name, default, tuple(choices), least, len(choices) + most - least + 1)


def _name_as_number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * (len(LETTERS) + 1) + LETTERS.index(letter) + 1
    return number


def _number_as_name(number: int) -> str:
    name = ""
    while number:
        number, letter = divmod(number, len(LETTERS) + 1)
        name = LETTERS[letter - 1] + name
    return name


def _real_as_number(name: str, value: float | str | None) -> float | None:
    """A real number as an integer if its exponent allows it; ExperimentError for a text."""
    if isinstance(value, str):
        accepts = "no text of your own in a short text: send an experiment file instead"
        raise ExperimentError(name, value, accepts)
    if value is None:
        return None
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    if not LEAST <= int(exponent) < LEAST + EXPONENTS:
        return value
    number = int("".join(map(str, digits))) * EXPONENTS + int(exponent) - LEAST
    return -number if sign else number


def _number_as_real(number: Any) -> Any:
    if number is None or isinstance(number, float):
        return number
    digits, exponent = divmod(abs(number), EXPONENTS)
    return float(f"{'-' if number < 0 else ''}{digits}e{exponent + LEAST}")


def _nth(names: Iterable[str], number: int) -> str:
    """The name at an index; LookupError or TypeError if there is none."""
    if number < 0:
        raise LookupError("there is none before the first")
    return list(names)[number]
