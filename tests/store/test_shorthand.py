"""Experiments in a line: they come back exactly, and a damaged line is told."""

from __future__ import annotations

import itertools
import math
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.experiment import CONTESTANTS, MAX_CONTESTANTS, Experiment, parse
from sandbox.store import shorthand
from sandbox.store.shorthand import LONGEST, from_text, to_text
from sandbox.store.shorthand_digits import Packer, Unpacker
from sandbox.tasks.registry import complete, tasks
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT = "seqx1:04AhtY"
TOO_LONG = re.compile(
    r"short text: \d+ was given; it takes up to 300 characters: give nets shorter names "
    r"or fewer settings of their own, or send an experiment file\."
)


def outcome(act: Callable[[Any], Any], given_to_it: object) -> Any:
    """What came of it, be it a refusal."""
    try:
        return act(given_to_it)
    except ExperimentError as error:
        return error


def params_of(task: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any of the task's parameters, within its limits, but for text of one's own."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for name, schema in tasks()[task].Params.model_json_schema()["properties"].items():
        low = max(schema.get("minimum", 0), 3 if name == "countries" else 0)  # with distractors
        high = schema.get("maximum", 0)
        if "enum" in schema:
            fields[name] = st.sampled_from(schema["enum"])
        elif schema["type"] == "number":
            fields[name] = st.floats(low, high)
        elif schema["type"] != "string":
            fields[name] = st.booleans() if schema["type"] == "boolean" else st.integers(low, high)
    if task == "own":  # the sample is short
        fields["length"] = st.integers(2, 60)
    if task == "forecast":
        fields["gap"] = fields["forecasts"] = st.integers(10, 50)
    return st.fixed_dictionaries({}, optional=fields)


rates = st.floats(0, 10, exclude_min=True)
norms = st.floats(0, exclude_min=True, allow_infinity=False)
biases = st.just("chrono") | st.floats(-20, 20)
names = st.from_regex(r"[a-z][a-z0-9_]{0,23}", fullmatch=True)


@st.composite
def nets(draw: st.DrawFn, cell: str) -> dict[str, Any]:
    """A contestant of this cell with any of its own fields."""
    fields = CONTESTANTS[cell].model_fields
    optional: dict[str, Any] = {
        "name": names | st.integers(2, 70).map(lambda number: f"{cell}{number}"),
        "hidden": st.integers(1, 512),
        "layers": st.integers(1, 4),
        "lr": st.none() | rates,
        "clip": st.none() | norms,
        "optimizer": st.none() | st.sampled_from(shorthand.OPTIMIZERS),
        "forget_bias": biases,
        "update_bias": biases,
        "chrono_max": st.none() | st.integers(2, 1_000_000),
        "recurrent_init": st.sampled_from(shorthand.INITS[: 4 if cell == "rnn_relu" else 3]),
    }
    own = {name: values for name, values in optional.items() if name in fields}
    return {"cell": cell, **draw(st.fixed_dictionaries({}, optional=own))}


def _gaps(task: str) -> dict[str, st.SearchStrategy[Any]]:
    """Curricula that any gap allows, where the task has one."""
    if tasks()[task].gap_field is None:
        return {"gap_from": st.none() | st.integers(0, 100_000)}
    return {"curriculum": st.sampled_from(shorthand.CURRICULA)}


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Any experiment with names of its nets' own."""
    task = draw(st.sampled_from(sorted(tasks())))
    cells = draw(st.lists(st.sampled_from(sorted(CONTESTANTS)), min_size=1, max_size=8))
    found = [draw(nets(cell)) for cell in cells]
    taken: set[str] = set()
    for net in found:
        name = net.setdefault("name", net["cell"])
        numbers = (f"{net['cell']}{number}" for number in range(2, 99))
        net["name"] = next(n for n in itertools.chain([name], numbers) if n not in taken)
        taken.add(net["name"])
    others = {
        "contestants": st.just(found),
        "optimizer": st.sampled_from(shorthand.OPTIMIZERS),
        "lr": rates,
        "clip": st.none() | norms,
        "batch": st.integers(1, 1024),
        "steps": st.integers(1, 10**7),
        "seed": st.integers(0, 2**32 - 1),
        "replicates": st.integers(1, 64),
        "device": st.sampled_from(shorthand.DEVICES),
        "clip_by": st.sampled_from(shorthand.CLIPS),
        "schedule": st.sampled_from(shorthand.SCHEDULES),
        "warmup": st.integers(0, 1_000_000),
        "gap_power": st.floats(-5, 5),
        "grow_at": st.floats(0, 1, exclude_min=True),
        "grow_by": st.floats(1, 100, exclude_min=True),
        **_gaps(task),
    }
    chosen = draw(st.fixed_dictionaries({}, optional=others))
    return parse({"task": task, "params": draw(params_of(task)), **chosen})


# Round trips ----------------------------------------------------------------------------


@settings(max_examples=500, deadline=None)
@given(experiments())
def test_that_any_experiment_comes_back_exactly_or_is_told_to_be_too_long(
    experiment: Experiment,
) -> None:
    text = outcome(to_text, experiment)
    if isinstance(text, ExperimentError):
        assert TOO_LONG.fullmatch(str(text))
        return
    assert len(text) <= LONGEST
    assert re.fullmatch(r"seqx1:[0-9A-Za-z]+", text)
    again = from_text(text)
    assert again == complete(experiment)
    assert again.to_json() == complete(experiment).to_json()
    assert to_text(again) == text


@pytest.mark.parametrize(
    ("task", "params"),
    [
        ("own", {"cues": "e"}),
        ("forecast", {"series": "csv", "column": "visitors a day"}),
    ],
)
def test_that_text_of_ones_own_is_refused_in_one_sentence(task: str, params: Any) -> None:
    with pytest.raises(ExperimentError) as refused:
        to_text(Experiment(task=task, params=params))
    name, value = list(params.items())[-1]
    accepts = "no text of one's own in a short text: send an experiment file instead"
    assert str(refused.value) == f"{name}: {value!r} was given; it takes {accepts}."


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_that_real_numbers_come_back_to_the_last_bit(value: float) -> None:
    packer = Packer()
    packer.put_number(value, signed=True)
    packer.put(3, 7)
    unpacker = Unpacker(packer.number)
    back = unpacker.get_real(signed=True)
    assert (back, math.copysign(1, back)) == (value, math.copysign(1, value))
    assert (unpacker.get(7), unpacker.left) == (3, 0)


@given(st.integers(-(10**18), 10**18))
def test_that_whole_numbers_come_back(value: int) -> None:
    packer = Packer()
    packer.put_number(value, signed=True)
    assert Unpacker(packer.number).get_whole(signed=True) == value


def test_that_a_digit_beyond_its_base_is_refused() -> None:
    with pytest.raises(ValueError, match="no digit of base 7"):
        Packer().put(7, 7)


# Lengths --------------------------------------------------------------------------------


def wide(name_length: int, digits: int, count: int = MAX_CONTESTANTS) -> Experiment:
    """Nets with names of so many letters, and every setting their own, of so many digits."""
    number = float("0." + "123456789123456789"[:digits])
    contestants = [
        {
            "cell": "lstm_peephole",
            "name": "abcdefghijklmnopqrstuvwxyz"[: name_length - 1] + str(net),
            "hidden": 200 + net,
            "layers": 4,
            "lr": number + net,
            "clip": number + net,
            "optimizer": "momentum",
            "recurrent_init": "identity",
            "forget_bias": number - net,
        }
        for net in range(count)
    ]
    return parse(
        {
            "task": "recall",
            "params": {"gap": 999, "symbols": 13, "fillers": 63},
            "contestants": contestants,
            "optimizer": "rmsprop",
            "lr": 0.001234,
            "clip": 0.1234,
            "batch": 1023,
            "steps": 9_999_999,
            "seed": 2**32 - 1,
            "replicates": 63,
            "device": "cuda",
        }
    )


def test_that_the_default_experiment_is_the_shortest() -> None:
    assert to_text(Experiment()) == to_text(complete(Experiment())) == DEFAULT


@pytest.mark.parametrize(
    ("fields", "longest"),
    [
        ({"task": "recall"}, 14),
        ({"params": {"gap": 200}}, 20),
        ({"lr": 0.001, "steps": 10_000, "seed": 7}, 24),
        ({"contestants": [{"cell": cell} for cell in list(CONTESTANTS)[:8]]}, 60),
        ({"contestants": [{"cell": "lstm", "name": f"lstm{n}"} for n in range(2, 10)]}, 75),
    ],
)
def test_that_only_what_differs_takes_room(fields: dict[str, Any], longest: int) -> None:
    assert len(to_text(parse(fields))) <= longest


@pytest.mark.parametrize(("letters", "digits"), [(15, 4), (17, 3), (19, 2), (21, 1)])
def test_that_eight_nets_with_names_and_settings_of_their_own_fit(
    letters: int, digits: int
) -> None:
    experiment = wide(letters, digits)
    assert from_text(to_text(experiment)) == complete(experiment)


def test_that_the_longest_of_all_is_refused_in_one_sentence() -> None:
    with pytest.raises(ExperimentError, match="up to 300 characters: give nets shorter names"):
        to_text(wide(24, 17))
    with pytest.raises(ExperimentError, match="or send an experiment file"):
        to_text(wide(24, 4))


# The format -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (DEFAULT, {}),
        (
            "seqx1:0B7NPUEIEEz75",
            {"task": "recall", "params": {"gap": 200}, "lr": 1e-3, "clip": None},
        ),
        (
            "seqx1:0gvo7yj1OtThOIRXrQQynOpMQdbhLFbcJgdFTE2eCbvM",
            {
                "task": "temporal_order",
                "contestants": [
                    {"cell": "gru", "update_bias": -1.5, "optimizer": "sgd"},
                    {"cell": "rnn_relu", "name": "plain", "hidden": 100, "layers": 2},
                    {"cell": "minlstm", "name": "minlstm2", "lr": 0.01, "forget_bias": 1},
                ],
                "batch": 64,
                "steps": 20_000,
                "seed": 123,
                "replicates": 5,
            },
        ),
    ],
)
def test_that_lines_of_today_are_read_for_ever(text: str, fields: dict[str, Any]) -> None:
    """Where this fails, a default or a table was changed: that takes another VERSION."""
    assert from_text(text) == complete(parse(fields))
    assert to_text(parse(fields)) == text


def test_that_every_task_cell_and_choice_has_its_place() -> None:
    known = {name: tuple(kind.Params.model_fields) for name, kind in tasks().items()}
    assert dict(shorthand.TASKS) == known
    assert set(shorthand.CELLS) == set(CONTESTANTS)
    schema = Experiment.model_json_schema()
    assert set(schema["properties"]["optimizer"]["enum"]) == set(shorthand.OPTIMIZERS)
    assert set(schema["properties"]["device"]["enum"]) == set(shorthand.DEVICES)
    assert set(schema["properties"]) == {
        *("format", "task", "params", "contestants", "optimizer", "lr", "clip", "batch"),
        *("steps", "seed", "replicates", "device", "clip_by", "schedule", "curriculum"),
        *(*shorthand.LATER_WHOLE, *shorthand.LATER_REAL),
    }
    for field, known in (
        ("clip_by", shorthand.CLIPS),
        ("schedule", shorthand.SCHEDULES),
        ("curriculum", shorthand.CURRICULA),
    ):
        assert set(schema["properties"][field]["enum"]) == set(known)
    own = {name for kind in CONTESTANTS.values() for name in kind.model_fields}
    assert own == {
        *("cell", "name", "hidden", "layers", "lr", "clip", "optimizer"),
        *("recurrent_init", "forget_bias", "update_bias", "chrono_max"),
    }


# As people send it ----------------------------------------------------------------------

LINE = to_text(wide(8, 2, 3))


@pytest.mark.parametrize(
    "text",
    [
        f"  {LINE}\n",
        f'"{LINE}"',
        f"`{LINE}`",
        f"“{LINE}”",
        f"**{LINE}**",
        f"<{LINE}>",
        f"Try this one: {LINE}, it is solved at step 400.",
        f"Try this one: {LINE}. It is solved.",
        f"Try ({LINE})!",
        f"https://example.org/open?run={LINE}&more=1",
        f"https://example.org/open?run={LINE.replace(':', '%3A')}",
        "\n".join(LINE[i : i + 20] for i in range(0, len(LINE), 20)),
        "> " + "\r\n> ".join(LINE[i : i + 50] for i in range(0, len(LINE), 50)),
        LINE[:40] + "\u200b" + LINE[40:60] + "\u00ad" + LINE[60:],
        LINE.replace("seqx1:", "Seqx1: "),
        f"They begin with seqx1: and this is one: {LINE}",
        f"{LINE[:-5]} was cut off, so here it is again: {LINE}",
        LINE + DEFAULT,
    ],
)
def test_that_a_line_is_found_in_what_people_send(text: str) -> None:
    assert from_text(text) == complete(wide(8, 2, 3))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it has no line that begins with seqx1:"),
        ("hello", "it has no line that begins with seqx1:"),
        ("seqx:04AAAA", "it has no line that begins with seqx1:"),
        ("seqx1:", "it is cut off behind its beginning; copy all of it"),
        ("seqx1:0", "it is cut off behind its beginning; copy all of it"),
        (DEFAULT[:-1], "it is cut off: 3 of its 4 characters are there; copy all of it"),
        (
            LINE[:60],
            f"it is cut off: 52 of its {len(LINE) - 8} characters are there; copy all of it",
        ),
        (
            DEFAULT[:-1] + ("A" if DEFAULT[-1] != "A" else "B"),
            "its checksum is wrong, so a character was changed; copy it again",
        ),
        ("seqx1:00", "its checksum is wrong, so a character was changed; copy it again"),
        ("seqx1:zz" + "A" * 4000, "it is cut off: 298 of its 3843 characters are there; copy all"),
        (
            "seqx2:04AAAA",
            "it was made by a later version of Sequence Sandbox; use that one",
        ),
        ("seqx1:" + "A" * 200_000, "it is longer than 100,000 characters"),
    ],
)
def test_that_what_is_wrong_is_told_in_one_sentence(text: str, why: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        from_text(text)
    assert str(caught.value).startswith(f"this is no experiment: {why}")
    assert str(caught.value).endswith(".")


def packed(*values: tuple[int, int]) -> str:
    packer = Packer()
    for value, base in values:
        packer.put(value, base)
    return shorthand._spelled(packer.number)


@pytest.mark.parametrize(
    "values",
    [
        [(20, 32)],  # a task that is not there
        [(0, 32), (9, 16)],  # a parameter
        [(0, 32), (0, 16), (1, 2), (0, 8), (30, 32)],  # a cell
        [(0, 32), (0, 16), (0, 2), (7, 8)],  # an optimiser
        [(0, 32), (0, 16), (0, 2), (0, 8), (0, 3), (0, 32), (5, 8)],  # a device
        [(0, 32), (0, 16), (0, 2), (0, 8), (0, 3), (0, 32), (0, 8), (5, 8)],  # a way to clip
        # more than there is
        [(0, 32), (0, 16), (0, 2), (0, 8), (0, 3), (0, 32), (0, 8), (0, 512), (0, 64), (1, 2)],
    ],
)
def test_that_names_of_a_later_version_are_not_called_damage(
    values: list[tuple[int, int]],
) -> None:
    with pytest.raises(ExperimentError, match="made by a later version"):
        from_text(packed(*values))


def test_that_a_line_made_by_hand_is_checked_like_any_experiment() -> None:
    text = packed((0, 32), (0, 16), (1, 2), (0, 8), (0, 32), (0, 3), (1000, 1024))
    with pytest.raises(ExperimentError, match="hidden: 1,000 was given; it takes a whole number"):
        from_text(text)


def test_that_a_letter_changed_anywhere_is_noticed() -> None:
    noticed = 0
    for place in range(8, len(LINE)):
        for letter in "aZ5":
            if LINE[place] != letter:
                with pytest.raises(ExperimentError, match="checksum is wrong"):
                    from_text(LINE[:place] + letter + LINE[place + 1 :])
                noticed += 1
    assert noticed > 200


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, len(LINE)))
def test_that_no_text_at_all_breaks_it(before: str, behind: str, cut: int) -> None:
    for text in (before, f"seqx1:{before}", before + LINE[:cut] + behind):
        started = time.perf_counter()
        found = outcome(from_text, text)
        if isinstance(found, ExperimentError):
            assert str(found).isprintable()
        else:
            assert found == complete(wide(8, 2, 3))
        assert time.perf_counter() - started < 1


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 2**1600))
def test_that_any_number_with_a_right_checksum_is_an_experiment_or_refused(number: int) -> None:
    found = outcome(from_text, shorthand._spelled(number))
    if isinstance(found, ExperimentError):
        assert str(found).isprintable()
    else:
        assert found == complete(found)
