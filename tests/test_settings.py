"""--set KEY=VALUE."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.cells.known import CELLS
from sandbox.contestants import CONTESTANTS
from sandbox.experiment import Experiment
from sandbox.settings import with_settings
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError


def after(*settings: str) -> Experiment:
    return complete(with_settings(Experiment(), settings))


def test_that_no_setting_changes_nothing() -> None:
    assert with_settings(Experiment(), []) == Experiment()


@pytest.mark.parametrize(
    ("setting", "field", "value"),
    [
        ("lr=0.1", "lr", 0.1),
        ("lr=1", "lr", 1.0),
        (" batch = 8 ", "batch", 8),
        ("clip=none", "clip", None),
        ("clip=NULL", "clip", None),
        ("optimizer=sgd", "optimizer", "sgd"),
        ("steps=1e3", "steps", 1000),
        ("seed=7", "seed", 7),
        ("task=water", "task", "water"),
    ],
)
def test_that_a_bare_key_sets_a_field_of_the_run(setting: str, field: str, value: Any) -> None:
    assert getattr(after(setting), field) == value


def test_that_a_bare_key_sets_every_contestant_that_has_it() -> None:
    hidden = after("hidden=8")
    assert [net.hidden for net in hidden.contestants] == [8, 8]
    assert after("forget_bias=1").contestant("lstm").forget_bias == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("units", "hidden"),
        ("learning rate", "lr"),
        ("optimiser", "optimizer"),
        ("T_max", "chrono_max"),
    ],
)
def test_that_a_fields_label_is_refused_with_the_name_to_type(label: str, name: str) -> None:
    with pytest.raises(ExperimentError, match=f"^{label}: 3 was given; .* that field is {name}"):
        after(f"{label}=3")


def test_that_a_dotted_key_sets_one_contestant() -> None:
    changed = after("rnn.hidden=64", "lstm.forget_bias=5", "lstm.lr=0.5", "lstm.clip=none")
    assert [net.hidden for net in changed.contestants] == [64, 32]
    assert changed.contestant("lstm").forget_bias == 5  # type: ignore[union-attr]
    assert [net.lr for net in changed.contestants] == [None, 0.5]


def test_that_layers_are_set_for_all_or_for_one() -> None:
    assert [net.layers for net in after("layers=2").contestants] == [2, 2]
    assert [net.layers for net in after("lstm.layers=3").contestants] == [1, 3]


def test_that_the_device_is_a_field_of_the_run() -> None:
    assert after("device=cuda").device == "cuda"
    with pytest.raises(ExperimentError, match="device: 'tpu' was given; it takes one of cpu, cuda"):
        after("device=tpu")


def test_that_a_field_that_no_contestant_has_is_refused_with_the_cells_that_have_it() -> None:
    with pytest.raises(ExperimentError) as caught:
        after("update_bias=chrono")
    assert str(caught.value) == (
        "update_bias: 'chrono' was given; it takes no value here, since none of rnn, lstm has it; "
        "the cells that have it are gru, mingru, gru_reset_before, ugrnn."
    )


@pytest.mark.parametrize("cell", list(CONTESTANTS))
def test_that_every_field_of_every_cell_can_be_set(cell: str) -> None:
    one = Experiment(contestants=(CONTESTANTS[cell](name=cell),))  # type: ignore[arg-type]
    fields = set(CONTESTANTS[cell].model_fields) - {"cell", "name", "look"}
    init = "orthogonal" if CELLS[cell].recurrent else "default"
    values = {"optimizer": "sgd", "recurrent_init": init, "surgery": "lesion[1]"}
    for field in fields:
        new = with_settings(one, [f"{cell}.{field}={values.get(field, 2)}"])
        assert getattr(new.contestants[0], field) == values.get(field, 2)


def test_that_other_keys_are_the_tasks_own() -> None:
    assert dict(after("gap=7", "distractors=TRUE").params) == {
        "gap": 7,
        "countries": 6,
        "distractors": True,
    }


def test_that_the_last_of_two_settings_counts() -> None:
    assert after("gap=7", "gap=9").params["gap"] == 9


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("gap", "--set: 'gap' was given; it takes KEY=VALUE, such as gap=50."),
        ("=5", "--set: '=5' was given; it takes KEY=VALUE, such as gap=50."),
        ("gap=", "gap: nothing was given; it takes a whole number from 0 to 500."),
        ("gap=501", "gap: 501 was given; it takes a whole number from 0 to 500."),
        ("gap=5.5", "gap: 5.5 was given; it takes a whole number from 0 to 500."),
        ("gap=many", "gap: 'many' was given; it takes a whole number from 0 to 500."),
        ("distractors=1", "distractors: 1 was given; it takes true or false."),
        ("lr=nan", "lr: NaN was given; it takes a number above 0, up to 10."),
        ("lr=none", "lr: none was given; it takes a number above 0, up to 10."),
        (
            "length=50",
            "length: 50 was given; it takes nothing: there is no such field, "
            "only countries, distractors, gap.",
        ),
        ("name=x", "name: 'x' was given; it takes no value here: it is not a setting."),
        (
            "gru.hidden=5",
            "gru.hidden: 5 was given; it takes a contestant before the dot: rnn, lstm.",
        ),
        (
            "rnn.forget_bias=5",
            "rnn.forget_bias: 5 was given; it takes one of rnn's own fields: "
            "clip, hidden, layers, lr, optimizer, recurrent_init, surgery.",
        ),
        ("lstm.hidden=0", "lstm.hidden: 0 was given; it takes a whole number from 1 to 512."),
    ],
)
def test_that_a_wrong_setting_is_refused_in_a_sentence(setting: str, sentence: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        after(setting)
    assert str(caught.value) == sentence


keys = st.sampled_from(["lr", "gap", "hidden", "lstm.hidden", "task", "steps", "x", "rnn.", "."])
values = st.integers().map(str) | st.floats().map(str) | st.text(max_size=12)


@given(st.lists(st.text(max_size=20) | st.builds("{}={}".format, keys, values), max_size=4))
@example(["gap=" + "9" * 5000])
@example(["lstm.cell=rnn"])
@example(["params=3"])
def test_that_any_setting_is_taken_or_refused_in_one_line(settings: list[str]) -> None:
    try:
        after(*settings)
    except ExperimentError as error:
        sentence = str(error)
    else:
        return
    assert sentence.isprintable()
    assert sentence.endswith(".")
