"""The description of a run: round trips, a stable hash, and refusals that a person can read."""

import contextlib
import hashlib
import json
import pickle
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sandbox.contestants import CONTESTANTS, MAX_CONTESTANTS, Contestant
from sandbox.experiment import Experiment, from_json, parse
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError

CELLS = f"one of {', '.join(sorted([*CONTESTANTS, 'own']))}"
FIELDS = (
    "batch, clip, clip_by, contestants, curriculum, device, format, gap_from, gap_power, grow_at, "
    "grow_by, lr, optimizer, params, replicates, schedule, seed, steps, task, warmup"
)


# Round trips and the hash.


def test_that_the_default_experiment_is_the_one_that_the_window_opens_on() -> None:
    default = complete(Experiment())
    assert default.task == "fluent"
    assert dict(default.params) == {"gap": 50, "countries": 6, "distractors": False}
    assert [(net.cell, net.hidden) for net in default.contestants] == [("rnn", 32), ("lstm", 32)]
    assert default.seed == 0


def test_that_the_hash_is_of_everything_that_decides_the_numbers() -> None:
    net = {"hidden": 32, "layers": 1, "lr": None, "clip": None, "optimizer": None}
    rnn = {"cell": "rnn", "name": "rnn", **net, "recurrent_init": "default"}
    chrono = {"forget_bias": "chrono", "chrono_max": None}
    lstm = {"cell": "lstm", "name": "lstm", **net, "recurrent_init": "default", **chrono}
    fields = {
        **{"format": 1, "task": "fluent", "params": {}, "contestants": [rnn, lstm]},
        **{"lr": 0.003, "schedule": "constant", "warmup": 0, "optimizer": "adam", "clip": 1.0},
        **{"clip_by": "norm", "batch": 32, "steps": 3000, "replicates": 1, "seed": 0},
        **{"device": "cpu", "curriculum": "fixed", "gap_from": None, "gap_power": 1.0},
        **{"grow_by": 1.5, "grow_at": 0.9},
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    assert Experiment().digest == hashlib.sha256(text.encode()).hexdigest()[:16]


def test_that_how_a_contestant_looks_does_not_count_in_the_hash() -> None:
    other = Experiment().with_contestant("lstm", look=7)
    assert other.looks == {"rnn": 0, "lstm": 7}
    assert other.digest == Experiment().digest


# Looks ------------------------------------------------------------------------------------


def without(experiment: Experiment, name: str) -> Experiment:
    contestants = [each for each in experiment.contestants if each.name != name]
    return experiment.changed(contestants=contestants)


def with_another(experiment: Experiment, cell: str, name: str) -> Experiment:
    return experiment.changed(contestants=[*experiment.contestants, CONTESTANTS[cell](name=name)])


def test_that_a_look_stays_with_its_contestant_when_others_go_and_come() -> None:
    lstms = [{"cell": "lstm", "name": f"lstm{n}"} for n in range(1, 5)]
    first = parse({"contestants": lstms})
    less = without(without(first, "lstm1"), "lstm3")
    assert less.looks == {name: first.looks[name] for name in ("lstm2", "lstm4")}
    more = with_another(less, "gru", "gru")
    assert more.looks == {**less.looks, "gru": more.looks["gru"]}
    assert from_json(less.to_json()).looks == less.looks


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(list(CONTESTANTS))), max_size=30))
def test_that_no_contestant_ever_shares_or_changes_its_look(
    edits: list[tuple[bool, str]],
) -> None:
    experiment = Experiment()
    for number, (adds, cell) in enumerate(edits):
        before, count = experiment.looks, len(experiment.contestants)
        if adds and count < MAX_CONTESTANTS:
            experiment = with_another(experiment, cell, f"net_{number}")
        elif count > 1:
            experiment = without(experiment, experiment.contestants[number % count].name)
        looks = experiment.looks
        assert len(set(looks.values())) == len(looks)
        assert all(looks[name] == look for name, look in before.items() if name in looks)


def test_that_two_contestants_cannot_be_given_the_same_look() -> None:
    with pytest.raises(ExperimentError, match="a look of its own for each"):
        Experiment().with_contestant("lstm", look=0)


# Live fields ------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"lr": 0.1}, {"clip": None}, {"steps": 9}])
def test_that_a_run_goes_on_with_other_live_fields(fields: dict[str, Any]) -> None:
    assert Experiment().goes_on_as(Experiment().changed(**fields))
    assert Experiment().with_live(Experiment().changed(**fields)) == Experiment().changed(**fields)


@pytest.mark.parametrize("fields", [{"optimizer": "sgd"}, {"batch": 8}, {"task": "water"}])
def test_that_a_run_does_not_go_on_with_others(fields: dict[str, Any]) -> None:
    other = Experiment().changed(**fields, lr=0.1)
    assert not Experiment().goes_on_as(other)
    assert Experiment().with_live(other) == Experiment().changed(lr=0.1)


def test_that_a_contestants_own_rate_is_live_and_its_own_optimiser_is_not() -> None:
    assert Experiment().goes_on_as(Experiment().with_contestant("lstm", lr=0.1))
    other = Experiment().with_contestant("lstm", lr=0.1, optimizer="sgd")
    assert not Experiment().goes_on_as(other)
    assert Experiment().with_live(other) == Experiment().with_contestant("lstm", lr=0.1)


@pytest.mark.parametrize(
    "fields",
    [
        {"task": "water"},
        {"params": {"gap": 5}},
        {"optimizer": "sgd"},
        {"lr": 0.1},
        {"clip": None},
        {"batch": 1},
        {"steps": 1},
        {"seed": 1},
        {"replicates": 2},
        {"contestants": [{"cell": "rnn"}]},
        {"contestants": [{"cell": "rnn"}, {"cell": "lstm", "forget_bias": 1}]},
    ],
)
def test_that_every_field_counts_in_the_hash(fields: dict[str, Any]) -> None:
    assert parse(fields).digest != Experiment().digest


def test_that_the_order_of_names_and_the_kind_of_number_do_not_count_in_the_hash() -> None:
    one = parse({"lr": 1, "params": {"gap": 5, "countries": 3}})
    other = parse({"params": {"countries": 3, "gap": 5}, "lr": 1.0})
    assert one.digest == other.digest
    assert one == other


contestants = st.builds(
    lambda cell, number, hidden, bias, lr: {
        "cell": cell,
        "name": f"net_{number}",
        "hidden": hidden,
        "lr": lr,
        **({"forget_bias": bias} if cell == "lstm" else {}),
    },
    st.sampled_from(["rnn", "lstm"]),
    st.integers(0, 99),
    st.integers(1, 512),
    st.just("chrono") | st.floats(-20, 20),
    st.none() | st.floats(1e-9, 10),
)
good = st.fixed_dictionaries(
    {},
    optional={
        "task": st.sampled_from(["fluent", "water"]),
        "params": st.dictionaries(
            st.text(max_size=8),
            st.booleans() | st.integers(-(2**60), 2**60) | st.floats(-9, 9) | st.text(max_size=8),
            max_size=4,
        ),
        "contestants": st.lists(
            contestants, min_size=1, max_size=8, unique_by=lambda net: net["name"]
        ),
        "optimizer": st.sampled_from(["adam", "rmsprop", "momentum", "sgd"]),
        "lr": st.floats(1e-9, 10),
        "clip": st.none() | st.floats(1e-9, 1e9),
        "batch": st.integers(1, 1024),
        "steps": st.integers(1, 10**7),
        "seed": st.integers(0, 2**32 - 1),
        "replicates": st.integers(1, 64),
    },
)


@given(good)
def test_that_json_brings_back_the_same_experiment(data: dict[str, Any]) -> None:
    experiment = parse(data)
    again = from_json(experiment.to_json())
    assert again == experiment
    assert again.to_json() == experiment.to_json()
    assert again.digest == experiment.digest
    assert parse(experiment.model_dump()) == experiment


def test_that_json_is_canonical_ascii_on_one_line() -> None:
    text = parse({"params": {"ü": "\n"}}).to_json()
    assert text.isascii()
    assert "\n" not in text
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


# Nothing can be changed in place.


def test_that_no_field_can_be_set() -> None:
    experiment = Experiment()
    with pytest.raises(ValidationError):
        experiment.lr = 1.0
    with pytest.raises(ValidationError):
        experiment.contestants[0].hidden = 5
    assert isinstance(experiment.contestants, tuple)


def test_that_parameters_cannot_be_set_from_inside_or_from_outside() -> None:
    given_params = {"gap": 5}
    experiment = parse({"params": given_params})
    with pytest.raises(TypeError):
        experiment.params["gap"] = 6  # type: ignore[index]
    given_params["gap"] = 7
    assert experiment.params["gap"] == 5
    experiment.model_dump()["params"]["gap"] = 8
    assert experiment.params["gap"] == 5


def test_that_a_changed_experiment_leaves_the_first_one_as_it_was() -> None:
    before = Experiment()
    after = before.changed(lr=0.1).with_contestant("lstm", hidden=8)
    assert (after.lr, after.contestant("lstm").hidden) == (0.1, 8)
    assert before == Experiment()
    assert after.contestant("rnn") == before.contestant("rnn")


def test_that_changes_are_checked() -> None:
    with pytest.raises(ExperimentError, match=r"^lr: "):
        Experiment().changed(lr=-1)
    with pytest.raises(ExperimentError, match=r"^lstm\.hidden: "):
        Experiment().with_contestant("lstm", hidden=0)


def test_that_a_contestant_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="gru"):
        Experiment().contestant("gru")


# Refusals, as a person reads them.


def lstm(**fields: object) -> dict[str, Any]:
    return {"contestants": [{"cell": "lstm", **fields}]}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"lr": 0}, "lr: 0 was given; it takes a number above 0, up to 10."),
        ({"lr": True}, "lr: true was given; it takes a number above 0, up to 10."),
        ({"lr": "0.1"}, "lr: '0.1' was given; it takes a number above 0, up to 10."),
        ({"lr": None}, "lr: none was given; it takes a number above 0, up to 10."),
        ({"lr": float("nan")}, "lr: NaN was given; it takes a number above 0, up to 10."),
        ({"lr": float("inf")}, "lr: Infinity was given; it takes a number above 0, up to 10."),
        ({"clip": -1}, "clip: -1 was given; it takes a number above 0 or none."),
        ({"batch": 0}, "batch: 0 was given; it takes a whole number from 1 to 1,024."),
        ({"batch": 2.5}, "batch: 2.5 was given; it takes a whole number from 1 to 1,024."),
        ({"batch": True}, "batch: true was given; it takes a whole number from 1 to 1,024."),
        (
            {"seed": -1},
            "seed: -1 was given; it takes a whole number from 0 to 4,294,967,295.",
        ),
        (
            {"steps": 10**5000},
            "steps: a value of type int was given; it takes a whole number from 1 to 10,000,000.",
        ),
        (
            {"optimizer": "adamw"},
            "optimizer: 'adamw' was given; it takes one of adam, rmsprop, momentum, sgd.",
        ),
        ({"task": 3}, "task: 3 was given; it takes text."),
        ({"format": 2}, "format: 2 was given; it takes 1."),
        (
            {"speed": 1},
            f"speed: 1 was given; it takes nothing: there is no such field, only {FIELDS}.",
        ),
        ({"params": 3}, "params: 3 was given; it takes a set of names and values."),
        (
            {"params": {"gap": [1]}},
            "params.gap: [1] was given; it takes true, false, a number or text.",
        ),
        (
            {"params": {"gap": float("nan")}},
            "params.gap: NaN was given; it takes true, false, a number or text.",
        ),
        ({"contestants": []}, "contestants: [] was given; it takes a list of 1 to 8."),
        ({"contestants": "rnn"}, "contestants: 'rnn' was given; it takes a list of 1 to 8."),
        (
            {"contestants": ["rnn"]},
            f"contestants[0]: 'rnn' was given; it takes a set of values with \"cell\" {CELLS}.",
        ),
        (
            {"contestants": [{"cell": "transformer"}]},
            f"contestants[0].cell: 'transformer' was given; it takes {CELLS}.",
        ),
        (
            {"contestants": [{"cell": "rnn"}, {"hidden": 3}]},
            f"contestants[1].cell: nothing was given; it takes {CELLS}.",
        ),
        (
            {"contestants": [{"cell": "rnn"}, {"cell": "rnn"}]},
            'contestants: ["rnn", "rnn"] was given; it takes a name of its own for each.',
        ),
        (
            lstm(name="My net"),
            "lstm.name: 'My net' was given; "
            "it takes a name of a-z, 0-9 and _, a letter first, up to 24 long.",
        ),
        (
            lstm(name="big", hidden=513),
            "big.hidden: 513 was given; it takes a whole number from 1 to 512.",
        ),
        (
            lstm(forget_bias="high"),
            "lstm.forget_bias: 'high' was given; it takes \"chrono\" or a number from -20 to 20.",
        ),
        (
            lstm(recurrent_init="zeros"),
            "lstm.recurrent_init: 'zeros' was given; "
            "it takes one of default, orthogonal, identity.",
        ),
        (
            {"contestants": [{"cell": "rnn", "forget_bias": 1}]},
            "rnn.forget_bias: 1 was given; it takes nothing: there is no such field, "
            "only cell, clip, hidden, layers, look, lr, name, optimizer, recurrent_init, "
            "surgery.",
        ),
        (3, "experiment: 3 was given; it takes a set of names and values."),
        (None, "experiment: none was given; it takes a set of names and values."),
    ],
)
def test_that_a_refusal_names_the_field_what_was_given_and_what_is_accepted(
    data: object, sentence: str
) -> None:
    with pytest.raises(ExperimentError) as caught:
        parse(data)
    assert str(caught.value) == sentence


def test_that_more_contestants_than_there_is_room_for_are_refused() -> None:
    nets = [{"cell": "rnn", "name": f"net{number}"} for number in range(9)]
    with pytest.raises(ExperimentError, match=r"^contestants: .* it takes a list of 1 to 8\.$"):
        parse({"contestants": nets})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "this is not an experiment: line 1, column 1 is not valid JSON."),
        ('{"lr": 1,\n oops}', "this is not an experiment: line 2, column 2 is not valid JSON."),
        ("[" * 100_000, "this is not an experiment: it is larger or deeper than any experiment."),
        (
            '{"steps": ' + "9" * 5000 + "}",
            "this is not an experiment: it is larger or deeper than any experiment.",
        ),
        ('{"lr": NaN}', "lr: NaN was given; it takes a number above 0, up to 10."),
    ],
)
def test_that_text_that_is_no_experiment_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        from_json(text)
    assert str(caught.value) == sentence
    assert str(pickle.loads(pickle.dumps(caught.value))) == sentence


def test_that_a_refusal_can_be_sent_between_processes() -> None:
    error = ExperimentError("gap", 5, "more")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert (again.field, again.given, again.accepted) == ("gap", 5, "more")


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from([10**400, -(10**400), "chrono", "rnn", "lstm", 1, 2**63]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=6) | st.sampled_from(["cell", "gap"]), inner, max_size=4)
    ),
    max_leaves=8,
)
nets = st.dictionaries(
    st.sampled_from([*CONTESTANTS["lstm"].model_fields, "spin"]), junk, max_size=4
) | st.fixed_dictionaries(
    {"cell": st.sampled_from(["rnn", "lstm", "gru"])},
    optional=dict.fromkeys([*Contestant.model_fields, "forget_bias", "a\nb"], junk),
)
nearly = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys([*Experiment.model_fields, "speed", "a\nb", "\ud800"], junk),
        "contestants": st.lists(nets | junk, max_size=3) | junk,
        "params": st.dictionaries(st.text(max_size=6), junk, max_size=3) | junk,
    },
)


@given(junk | nearly)
@example({"contestants": [{"cell": {}}]})
@example({"contestants": [{"cell": "lstm", "forget_bias": [[]]}]})
@example({"params": {"a\nb": None}})
@settings(max_examples=600, deadline=None)
def test_that_anything_is_an_experiment_or_is_refused_in_one_readable_line(data: object) -> None:
    try:
        parse(data)
    except ExperimentError as error:
        sentence = str(error)
    else:
        return
    assert sentence.isprintable()
    assert sentence.endswith(".")
    assert " was given; it takes " in sentence
    assert len(sentence) < 400


def as_text(data: object) -> str:
    try:
        return json.dumps(data)
    except ValueError:  # Python writes no number of 5,000 digits
        return "9" * 5000


@given(st.text(max_size=30) | (junk | nearly).map(as_text))
@settings(max_examples=300, deadline=None)
def test_that_any_text_is_an_experiment_or_is_refused(text: str) -> None:
    with contextlib.suppress(ExperimentError):
        from_json(text)
