"""Experiments in a line: they come back exactly, and a damaged line is told."""

from __future__ import annotations

import base64
import itertools
import json
import re
import zlib
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.contestants import CONTESTANTS, LOOKS
from sandbox.experiment import Experiment, parse
from sandbox.store.shorthand import LONGEST, MOST_JSON, from_text, to_text
from sandbox.tasks.registry import complete, tasks
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import BaseModel

DEFAULT = "seqx1:gFeoizbUMQDBWAA"
OPTIMIZERS = ("adam", "rmsprop", "momentum", "sgd")
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
    inits = get_args(fields["recurrent_init"].annotation) if "recurrent_init" in fields else ["-"]
    optional: dict[str, Any] = {
        "name": names | st.integers(2, 70).map(lambda number: f"{cell}{number}"),
        "hidden": st.integers(1, 512),
        "layers": st.integers(1, 4),
        "lr": st.none() | rates,
        "clip": st.none() | norms,
        "optimizer": st.none() | st.sampled_from(OPTIMIZERS),
        "forget_bias": biases,
        "update_bias": biases,
        "chrono_max": st.none() | st.integers(2, 1_000_000),
        "recurrent_init": st.sampled_from(inits),
    }
    own = {name: values for name, values in optional.items() if name in fields}
    return {"cell": cell, **draw(st.fixed_dictionaries({}, optional=own))}


def _gaps(task: str) -> dict[str, st.SearchStrategy[Any]]:
    """Curricula that any gap allows, where the task has one."""
    if tasks()[task].gap_field is None:
        return {"gap_from": st.none() | st.integers(0, 100_000)}
    return {"curriculum": st.sampled_from(("fixed", "range", "power_law", "growing"))}


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
    if draw(st.booleans()):
        looks = draw(st.permutations(range(LOOKS)))
        found = [{**net, "look": look} for net, look in zip(found, looks, strict=False)]
    others = {
        "contestants": st.just(found),
        "optimizer": st.sampled_from(OPTIMIZERS),
        "lr": rates,
        "clip": st.none() | norms,
        "batch": st.integers(1, 1024),
        "steps": st.integers(1, 10**7),
        "seed": st.integers(0, 2**32 - 1),
        "replicates": st.integers(1, 64),
        "device": st.sampled_from(("cpu", "cuda")),
        "clip_by": st.sampled_from(("norm", "value")),
        "schedule": st.sampled_from(("constant", "linear", "cosine", "exponential")),
        "warmup": st.integers(0, 1_000_000),
        "gap_power": st.floats(-5, 5),
        "grow_at": st.floats(0, 1, exclude_min=True),
        "grow_by": st.floats(1, 100, exclude_min=True),
        **_gaps(task),
    }
    chosen = draw(st.fixed_dictionaries({}, optional=others))
    return parse({"task": task, "params": draw(params_of(task)), **chosen})


# Round trips ----------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(experiments())
def test_that_any_experiment_comes_back_exactly_or_is_told_to_be_too_long(
    experiment: Experiment,
) -> None:
    text = outcome(to_text, experiment)
    if isinstance(text, ExperimentError):
        assert TOO_LONG.fullmatch(str(text))
        return
    assert len(text) <= LONGEST
    assert re.fullmatch(r"seqx1:[0-9A-Za-z_-]+", text)
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
    accepts = "no text of your own in a short text: send an experiment file instead"
    assert str(refused.value) == f"{name}: {value!r} was given; it takes {accepts}."


# Lengths --------------------------------------------------------------------------------


def wide(name_length: int, digits: int, count: int) -> Experiment:
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


def five_digits(most: int, least: int = -10, signs: str = "") -> st.SearchStrategy[float]:
    """Real numbers of five digits, the last one of which counts 10^least to 10^most."""
    digits, powers = st.integers(10_001, 99_999), st.integers(least, most)
    return st.builds(
        lambda sign, number, power: float(f"{sign}{number}e{power}"),
        st.sampled_from(["", *signs]),
        digits,
        powers,
    )


@st.composite
def full(draw: st.DrawFn) -> Experiment:
    """Four contestants with names of 24 letters, and no field of the run or of theirs left out."""
    letters = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=23, max_size=23)
    cells = [
        cell
        for cell, kind in CONTESTANTS.items()
        if {"lr", "chrono_max"} <= kind.model_fields.keys()
    ]
    looks = draw(st.permutations(range(LOOKS)))
    nets = {
        f"{first}{draw(letters)}": {
            "cell": draw(st.sampled_from(cells)),
            "look": looks[place],
            "hidden": draw(st.integers(33, 512)),
            "layers": draw(st.integers(2, 4)),
            "lr": draw(five_digits(-4)),
            "clip": draw(five_digits(2)),
            "optimizer": draw(st.sampled_from(OPTIMIZERS)),
            "recurrent_init": "identity",
            "forget_bias": draw(five_digits(-4, signs="-")),
            "update_bias": draw(five_digits(-4, signs="-")),
            "chrono_max": draw(st.integers(2, 10**6)),
        }
        for place, first in enumerate("abcd")
    }
    contestants = [
        {
            k: v
            for k, v in {"name": name, **net}.items()
            if k == "cell" or k in CONTESTANTS[str(net["cell"])].model_fields
        }
        for name, net in nets.items()
    ]
    return parse(
        {
            "task": "selective_copy",
            "params": {"blanks": draw(st.integers(20, 200)), "data": 8, "symbols": 7},
            "contestants": contestants,
            "optimizer": "momentum",
            "lr": draw(five_digits(-4)),
            "clip": draw(five_digits(2)),
            "clip_by": "value",
            "batch": draw(st.integers(1, 1024)),
            "steps": draw(st.integers(1, 10**7)),
            "seed": draw(st.integers(1, 2**32 - 1)),
            "replicates": draw(st.integers(2, 64)),
            "device": "cuda",
            "schedule": "cosine",
            "warmup": draw(st.integers(1, 10**6)),
            "curriculum": "growing",
            "gap_from": 1,
            "gap_power": draw(five_digits(-5, signs="-")),
            "grow_by": draw(five_digits(-3, -4)),
            "grow_at": draw(five_digits(-5)),
        }
    )


@settings(max_examples=200, deadline=None)
@given(full())
def test_that_any_experiment_of_four_contestants_fits(experiment: Experiment) -> None:
    text = to_text(experiment)
    assert len(text) <= 300
    assert from_text(text) == complete(experiment)


def test_that_the_default_experiment_is_the_shortest() -> None:
    assert to_text(Experiment()) == to_text(complete(Experiment())) == DEFAULT


@pytest.mark.parametrize(
    ("fields", "longest"),
    [
        ({"task": "recall"}, 25),
        ({"params": {"gap": 200}}, 30),
        ({"lr": 0.001, "steps": 10_000, "seed": 7}, 50),
        ({"contestants": [{"cell": cell} for cell in list(CONTESTANTS)[:8]]}, 70),
        ({"contestants": [{"cell": "lstm", "name": f"lstm{n}"} for n in range(2, 10)]}, 140),
    ],
)
def test_that_only_what_differs_takes_room(fields: dict[str, Any], longest: int) -> None:
    assert len(to_text(parse(fields))) <= longest


def test_that_what_does_not_fit_is_refused_in_one_sentence() -> None:
    with pytest.raises(ExperimentError, match="up to 300 characters: give nets shorter names"):
        to_text(wide(24, 17, 8))
    with pytest.raises(ExperimentError, match="or send an experiment file"):
        to_text(wide(24, 17, 8))


# The format -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (DEFAULT, {}),
        (
            "seqx1:lBzpizbWMTTXMTQz18krzckBMgwMdQxiAQ",
            {"task": "recall", "params": {"gap": 200}, "lr": 1e-3, "clip": None},
        ),
        (
            "seqx1:Ty2OBcGBDQNACALAhWgCIq_O0nT_NXr3HaQ2fenhpE3uaxCGYV_ho7yDoNqk88p3Y_rkdLYrk9rulltjFusgYeaRWVO3Vwe9hYa_Pw",
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
        ("seqx1:", "part of it is missing"),
        ("seqx1:0", "part of it is missing"),
        ("seqx1:AAAAA", "part of it is missing"),
        (DEFAULT[:-4], "part of it is missing"),
        (LINE[:60], "part of it is missing"),
        ("seqx1:zz" + "A" * 4000, "part of it is missing"),
        ("seqx2:04AAAA", "it was made by a later version of Sequence Sandbox; use that one"),
        ("seqx1:" + "A" * 200_000, "it is longer than 100,000 characters"),
    ],
)
def test_that_what_is_wrong_is_told_in_one_sentence(text: str, why: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        from_text(text)
    assert str(caught.value).startswith(f"this is not an experiment: {why}")
    assert str(caught.value).endswith(".")


def spelled(data: bytes) -> str:
    """A short text around any data, with a right check sum."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    squeezed = squeezer.compress(data) + squeezer.flush()
    check = zlib.crc32(b"seqx1" + data).to_bytes(4, "big")[1:]
    return f"seqx1:{base64.urlsafe_b64encode(check + squeezed).decode().rstrip('=')}"


def test_that_a_text_made_after_the_description_is_read() -> None:
    assert from_text(spelled(b"[1,0,0,0]")) == complete(Experiment())  # the second task


@pytest.mark.parametrize(
    "numbers",
    [
        [99, 0, 0, 0],  # a task that is not there
        [-1, 0, 0, 0],
        [1, 2**400, 0, 0],  # more than the fields of a run
        [1, 0, 2**90, 0],  # more than the parameters
        [1, 0, 0, 1, 99, 0],  # a cell
        [1, 0, 0, 0, 5],  # something behind the end
        [1, 0, 0, 2, 0, 0],  # a contestant too few
        [1, 0, 0],
        [],
        [None, 0, 0, 0],
        [1, "a", 0, 0],
        [1, 0, 0, [2]],
    ],
)
def test_that_what_is_not_known_here_is_not_called_damage(numbers: list[Any]) -> None:
    with pytest.raises(ExperimentError, match="made by a later version"):
        from_text(spelled(json.dumps(numbers).encode()))


def test_that_a_line_made_by_hand_is_checked_like_any_experiment() -> None:
    lr = 1 << list(shown(Experiment)).index("lr")
    with pytest.raises(ExperimentError, match=r"lr: 20[.]0 was given; it takes a number above 0"):
        from_text(spelled(json.dumps([1, lr, 20.0, 0, 0]).encode()))


def shown(model: type[BaseModel]) -> Iterator[str]:
    """The fields that the mask is about."""
    structure = {"format", "task", "params", "contestants"}
    yield from (name for name in model.model_fields if name not in structure)


@pytest.mark.parametrize("data", [b"{}", b"7", b"[1,0,0,0", b"[" * 3000, b"1" * 3999, b"\xff"])
def test_that_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(ExperimentError, match="this is not an experiment"):
        from_text(spelled(data))


def test_that_a_bomb_is_not_inflated() -> None:
    text = spelled(b"[" + b"0," * MOST_JSON + b"0]")
    assert len(text) < 1_000
    with pytest.raises(ExperimentError, match="part of it is missing"):
        from_text(text)


def test_that_a_letter_changed_anywhere_is_noticed_or_changes_nothing() -> None:
    noticed = 0
    for place in range(6, len(LINE)):
        for letter in "aZ5":
            if LINE[place] != letter:
                found = outcome(from_text, LINE[:place] + letter + LINE[place + 1 :])
                noticed += isinstance(found, ExperimentError)
                assert isinstance(found, ExperimentError) or found == complete(wide(8, 2, 3))
    assert noticed > 200


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, len(LINE)))
def test_that_no_text_at_all_breaks_it(before: str, behind: str, cut: int) -> None:
    for text in (before, f"seqx1:{before}", before + LINE[:cut] + behind):
        found = outcome(from_text, text)
        if isinstance(found, ExperimentError):
            assert str(found).isprintable()
        else:
            assert found == complete(wide(8, 2, 3))


numbers = st.integers() | st.integers(0, 2**60) | st.floats() | st.none() | st.booleans()


@settings(max_examples=300, deadline=None)
@given(st.lists(numbers | st.text(max_size=3), max_size=12))
def test_that_any_list_with_a_right_check_sum_is_an_experiment_or_refused(found: list[Any]) -> None:
    for values in (found, [1, *found], [1, 0, 0, 1, 2, *found]):
        read = outcome(from_text, spelled(json.dumps(values).encode()))
        if isinstance(read, ExperimentError):
            assert str(read).isprintable()
        else:
            assert read == complete(read)
