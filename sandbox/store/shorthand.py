"""An experiment in one line of letters and digits, to be sent in a chat: `seqx1:04AhtY`.

Behind the prefix stand two digits of base 62, the length of what follows, and that is one
number in base 62: a checksum, and what differs from the defaults, packed without a bit to
spare (`shorthand_digits`).  Nothing is inflated, so nothing can blow up.

The tables below are the format: names may be added at their ends, and nothing else changed
without another VERSION.  That holds for the defaults of an experiment, too.
"""

from __future__ import annotations

import re
import string
import zlib
from typing import TYPE_CHECKING, Any

from sandbox.experiment import CONTESTANTS, MAX_CONTESTANTS, Experiment, parse
from sandbox.store.shorthand_digits import Packer, Unpacker, Unreadable
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError, NoExperiment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = 1
LONGEST = 300  # characters
TASKS: Mapping[str, tuple[str, ...]] = {  # and their parameters
    "fluent": ("gap", "countries", "distractors"),
    "water": ("places",),
    "recall": ("gap", "symbols", "fillers"),
    "adding": ("length",),
    "temporal_order": ("length", "marks"),
    "latch": ("length", "signal"),
    "multiplication": ("length",),
    "parity": ("length",),
    "induction": ("gap", "symbols"),
    "copy": ("gap",),
    "selective_copy": ("blanks", "data", "symbols"),
    "reber": ("strings",),
    "continual_reber": ("length",),
    "counting": ("n",),
    "forecast": ("series", "gap", "forecasts", "noise", "data", "column", "missing"),
    "own": ("data", "level", "cues", "length", "vocabulary"),
}
WORDS: Mapping[str, tuple[str, ...]] = {  # that a parameter of that name may be
    "series": ("seasonal", "sines", "mackey_glass_17", "mackey_glass_30", "csv"),
    "missing": ("refuse", "skip", "carry"),
    "level": ("characters", "words"),
}
CELLS = (
    "rnn lstm gru rnn_relu lstm_peephole lstm_coupled lstm_no_forget lstm_no_input "
    "lstm_no_output lstm_linear mingru minlstm"
).split()
OPTIMIZERS = ("adam", "rmsprop", "momentum", "sgd")
INITS = ("default", "orthogonal", "identity", "irnn")
DEVICES = ("cpu", "cuda")
CLIPS = ("norm", "value")
SCHEDULES = ("constant", "linear", "cosine", "exponential")
CURRICULA = ("fixed", "range", "power_law", "growing")
# Fields that came later stand behind all others, so that the zeros of those at their defaults
# add no digit to the number.
LATER_WHOLE = ("warmup", "gap_from")
LATER_REAL = ("gap_power", "grow_at", "grow_by")

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE, _CHECK = len(_ALPHABET), len(_ALPHABET) ** 4
_LETTERS = string.ascii_lowercase + string.digits + "_"
_FIRSTS, _LONGEST_NAME = 26, 24
_NAMES, _PARAMS, _NUMBERED = 32, 16, 64  # room for names to come; lstm2 to lstm65
_HIDDEN, _LAYERS, _CHOICES = 1024, 8, 8
_SEARCHED, _TRIED = 100_000, 20
_PREFIX = re.compile(r"seqx([0-9]{1,3})(?::|%3A)", re.IGNORECASE | re.ASCII)
_BETWEEN = re.compile(r"[\s>\"'`*\u00ad\u200b-\u200d\u2060\ufeff]+")  # of a quotation, of a wrap
_LATER = "it was made by a later version of Sequence Sandbox; use that one"


def to_text(experiment: Experiment) -> str:
    """The experiment with all of its task's parameters as a line of at most 300 characters.

    ExperimentError where it does not fit into that.  Real numbers come back to the last bit.
    """
    if experiment.task not in TASKS:
        words = "one of the sandbox's own tasks; send an experiment file and the task's file"
        raise ExperimentError("short text", experiment.task, words)
    packer = Packer()
    _put(packer, complete(experiment))
    text = _spelled(packer.number)
    if len(text) > LONGEST:
        fits = f"up to {LONGEST} characters: give nets shorter names or fewer settings of their own"
        raise ExperimentError("short text", len(text), f"{fits}, or send an experiment file")
    return text


def looks_like_one(text: str) -> bool:
    """Whether a text holds what could be a short string."""
    return _PREFIX.search(text) is not None


def from_text(text: str) -> Experiment:
    """The experiment in a text, whatever stands around it; ExperimentError in one sentence.

    White space, line breaks and quotation marks may be in it.
    """
    if len(text) > _SEARCHED:
        raise NoExperiment(f"it is longer than {_SEARCHED:,} characters")
    refusals = []
    for match in list(_PREFIX.finditer(text))[:_TRIED]:
        try:
            return _read(int(match[1]), text[match.end() :])
        except ExperimentError as error:
            refusals.append(error)
    if not refusals:
        raise NoExperiment(f"it has no line that begins with seqx{VERSION}:")
    raise refusals[0]


def _read(version: int, behind: str) -> Experiment:
    if version > VERSION:
        raise NoExperiment(_LATER)
    number = _number(behind)
    unpacker = Unpacker(number // _CHECK)
    if number % _CHECK != _checksum(unpacker.left):
        raise NoExperiment("its checksum is wrong, so a character was changed; copy it again")
    try:
        experiment = complete(parse(dict(_get(unpacker))))
    except (Unreadable, IndexError):
        raise NoExperiment(_LATER) from None
    if unpacker.left:
        raise NoExperiment(_LATER)
    return experiment


# Letters and digits -----------------------------------------------------------------------


def _spelled(number: int) -> str:
    number = number * _CHECK + _checksum(number)
    body = ""
    while number:
        number, digit = divmod(number, _BASE)
        body = _ALPHABET[digit] + body
    first, second = divmod(len(body), _BASE)
    return f"seqx{VERSION}:{_ALPHABET[first]}{_ALPHABET[second]}{body}"


def _number(behind: str) -> int:
    """The number in what stands behind the prefix, as many characters as it says it has."""
    found = re.match(r"[0-9A-Za-z]*", _BETWEEN.sub("", behind[: LONGEST * 10]))
    letters = found[0] if found else ""
    digits = [_ALPHABET.index(letter) for letter in letters[:LONGEST]]
    if len(digits) < 2:
        raise NoExperiment("it is cut off behind its beginning; copy all of it")
    length = digits[0] * _BASE + digits[1]
    body = digits[2 : 2 + length]
    if len(body) < length:
        raise NoExperiment(
            f"it is cut off: {len(body)} of its {length} characters are there; copy all of it"
        )
    number = 0
    for digit in body:
        number = number * _BASE + digit
    return number


def _checksum(number: int) -> int:
    data = number.to_bytes((number.bit_length() + 7) // 8, "little")
    return zlib.crc32(b"seqx%d" % VERSION + data) % _CHECK


# What differs from the defaults -----------------------------------------------------------


def _put(to: Packer, e: Experiment) -> None:
    default = Experiment()
    to.put(list(TASKS).index(e.task), _NAMES)
    _put_params(to, e)
    own = e.contestants != default.contestants
    to.put(own, 2)
    if own:
        to.put(len(e.contestants) - 1, MAX_CONTESTANTS)
        for contestant in e.contestants:
            _put_contestant(to, contestant.model_dump())
    to.put(OPTIMIZERS.index(e.optimizer), _CHOICES)
    to.put(0 if e.clip == default.clip else 1 if e.clip is None else 2, 3)
    if e.clip not in (None, default.clip):
        to.put_number(e.clip)
    for name in ("lr", "batch", "steps", "seed", "replicates"):
        value = getattr(e, name)
        _put_optional(to, None if value == getattr(default, name) else value)
    to.put(DEVICES.index(e.device), _CHOICES)
    _put_later(to, e)


def _get(source: Unpacker) -> Iterator[tuple[str, Any]]:
    default = Experiment()
    task = list(TASKS)[source.get(_NAMES)]
    yield "task", task
    yield "params", dict(_get_params(source, task))
    own: list[dict[str, Any]] = []
    if source.get(2):
        count = source.get(MAX_CONTESTANTS) + 1
        own += [dict(_get_contestant(source)) for _ in range(count)]
        yield "contestants", own
    yield "optimizer", OPTIMIZERS[source.get(_CHOICES)]
    clip = source.get(3)
    yield "clip", (default.clip, None)[clip] if clip < 2 else source.get_real()
    if source.get(2):
        yield "lr", source.get_real()
    for name in ("batch", "steps", "seed", "replicates"):
        if source.get(2):
            yield name, source.get_whole()
    yield "device", DEVICES[source.get(_CHOICES)]
    yield from _get_later(source)
    _get_longest(source, own)


def _put_later(to: Packer, e: Experiment) -> None:
    to.put(CLIPS.index(e.clip_by), _CHOICES)
    to.put(SCHEDULES.index(e.schedule), _CHOICES)
    to.put(CURRICULA.index(e.curriculum), _CHOICES)
    fields = Experiment.model_fields
    for name in LATER_WHOLE + LATER_REAL:
        value = getattr(e, name)
        _put_optional(to, None if value == fields[name].default else value, name in LATER_REAL)
    longest = [getattr(contestant, "chrono_max", None) for contestant in e.contestants]
    to.put(any(longest), 2)
    if any(longest):
        for each in longest:
            _put_optional(to, each)


def _get_later(source: Unpacker) -> Iterator[tuple[str, Any]]:
    yield "clip_by", CLIPS[source.get(_CHOICES)]
    yield "schedule", SCHEDULES[source.get(_CHOICES)]
    yield "curriculum", CURRICULA[source.get(_CHOICES)]
    for name in LATER_WHOLE:
        if source.get(2):
            yield name, source.get_whole()
    for name in LATER_REAL:
        if source.get(2):
            yield name, source.get_real(signed=True)


def _get_longest(source: Unpacker, contestants: list[dict[str, Any]]) -> None:
    """chrono_max of each contestant, into it."""
    if source.get(2):
        for contestant in contestants:
            if source.get(2):
                contestant["chrono_max"] = source.get_whole()


def _put_params(to: Packer, e: Experiment) -> None:
    """Pairs of a parameter's number, from 1, and its value; then 0."""
    defaults = _defaults(e.task)
    for name, value in e.params.items():
        if value != defaults[name]:
            to.put(TASKS[e.task].index(name) + 1, _PARAMS)
            if isinstance(value, bool):
                to.put(value, 2)
            elif name in WORDS:
                to.put(WORDS[name].index(str(value)), _PARAMS)
            elif isinstance(value, str):
                accepts = "no text of one's own in a short text: send an experiment file instead"
                raise ExperimentError(name, value, accepts)
            else:
                to.put_number(value, signed=True)
    to.put(0, _PARAMS)


def _get_params(source: Unpacker, task: str) -> Iterator[tuple[str, Any]]:
    defaults = _defaults(task)
    while number := source.get(_PARAMS):
        name = TASKS[task][number - 1]
        if isinstance(defaults[name], bool):
            yield name, bool(source.get(2))
        elif name in WORDS:
            yield name, WORDS[name][source.get(_PARAMS)]
        elif isinstance(defaults[name], int):
            yield name, source.get_whole(signed=True)
        else:
            yield name, source.get_real(signed=True)


def _defaults(task: str) -> Mapping[str, Any]:
    return complete(Experiment(task=task)).params


def _put_contestant(to: Packer, own: Mapping[str, Any]) -> None:
    to.put(CELLS.index(own["cell"]), _NAMES)
    _put_name(to, own["name"], own["cell"])
    to.put(own["hidden"], _HIDDEN)
    to.put(own["layers"], _LAYERS)
    _put_optional(to, own["lr"])
    _put_optional(to, own["clip"])
    to.put((None, *OPTIMIZERS).index(own["optimizer"]), _CHOICES)
    if "recurrent_init" in own:
        to.put(INITS.index(own["recurrent_init"]), _CHOICES)
    for name in _biases(own["cell"]):
        _put_optional(to, None if own[name] == "chrono" else own[name], signed=True)


def _get_contestant(source: Unpacker) -> Iterator[tuple[str, Any]]:
    cell = CELLS[source.get(_NAMES)]
    yield "cell", cell
    yield "name", _get_name(source, cell)
    yield "hidden", source.get(_HIDDEN)
    yield "layers", source.get(_LAYERS)
    for name in ("lr", "clip"):
        yield name, source.get_real() if source.get(2) else None
    yield "optimizer", (None, *OPTIMIZERS)[source.get(_CHOICES)]
    if "recurrent_init" in CONTESTANTS[cell].model_fields:
        yield "recurrent_init", INITS[source.get(_CHOICES)]
    for name in _biases(cell):
        yield name, source.get_real(signed=True) if source.get(2) else "chrono"


def _biases(cell: str) -> tuple[str, ...]:
    fields = CONTESTANTS[cell].model_fields
    return tuple(name for name in ("forget_bias", "update_bias") if name in fields)


def _put_optional(to: Packer, value: float | None, signed: bool = False) -> None:
    to.put(value is not None, 2)
    if value is not None:
        to.put_number(value, signed)


def _put_name(to: Packer, name: str, cell: str) -> None:
    """A net's name: its cell's, that with a number, or letter by letter."""
    number = name.removeprefix(cell)
    numbered = name.startswith(cell) and number in map(str, range(2, _NUMBERED + 2))
    to.put(0 if name == cell else 1 if numbered else 2, 3)
    if numbered:
        to.put(int(number) - 2, _NUMBERED)
    elif name != cell:
        to.put(len(name) - 1, _LONGEST_NAME)
        to.put(_LETTERS.index(name[0]), _FIRSTS)
        for letter in name[1:]:
            to.put(_LETTERS.index(letter), len(_LETTERS))


def _get_name(source: Unpacker, cell: str) -> str:
    kind = source.get(3)
    if kind == 0:
        return cell
    if kind == 1:
        return f"{cell}{source.get(_NUMBERED) + 2}"
    count = source.get(_LONGEST_NAME)
    first = _LETTERS[source.get(_FIRSTS)]
    return first + "".join(_LETTERS[source.get(len(_LETTERS))] for _ in range(count))
