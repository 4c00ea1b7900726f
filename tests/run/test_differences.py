"""What two runs differ in."""

from __future__ import annotations

import csv
import io
import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.cells.known import CELLS
from sandbox.contestants import CONTESTANTS
from sandbox.experiment import Experiment, parse
from sandbox.run.differences import (
    WHILE_RUNNING,
    Difference,
    as_tsv,
    differences,
    distinguish,
    distinguish_contestants,
    timeline_differences,
)
from sandbox.run.words import edited
from sandbox.store.base import ExperimentTimeline, Origin, RunInfo, StoredRun
from sandbox.tasks.registry import complete
from tests.own_cell import PLAIN, TWO_SPEEDS

if TYPE_CHECKING:
    from collections.abc import Sequence


def experiment(**fields: Any) -> Experiment:
    return complete(parse(fields))


def told(found: Sequence[Difference]) -> list[str]:
    return [str(each) for each in found]


def apart(*experiments: Experiment, nets: bool = True) -> list[str]:
    return distinguish([ExperimentTimeline(each) for each in experiments], nets)


ONE = experiment()
STRUCTURE = ("format", "task", "params", "contestants")


def test_that_a_run_does_not_differ_from_itself() -> None:
    assert differences(ONE, experiment()) == ()
    assert timeline_differences(ExperimentTimeline(ONE), ExperimentTimeline(experiment())) == ()


def test_that_defaults_that_were_left_out_are_no_difference() -> None:
    assert differences(Experiment(), ONE) == ()


def test_that_a_changed_gap_is_given_with_both_values() -> None:
    found = differences(experiment(params={"gap": 20}), experiment(params={"gap": 50}))
    assert told(found) == ["task · gap: 20 → 50"]


def test_that_another_task_is_called_by_its_title_and_has_its_own_parameters() -> None:
    found = differences(ONE, experiment(task="adding"))
    assert found[0] == Difference("task", "name", "I speak fluent …", "Add two marked numbers")
    by_field = {each.field: each for each in found}
    assert by_field["gap"].other is None
    assert by_field["length"].one is None
    assert "task · gap: 50 → absent" in told(found)


def test_that_a_task_that_this_version_does_not_know_is_compared_as_it_is() -> None:
    found = differences(ONE, parse({"task": "of_tomorrow", "params": {"gap": 50, "depth": 3}}))
    assert told(found)[0] == "task · name: I speak fluent … → of_tomorrow"
    assert "task · depth: absent → 3" in told(found)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("lr", 0.001, "training · learning rate: 0.003 → 0.001"),
        ("clip", None, "training · clip: 1 → none"),
        ("optimizer", "sgd", "training · optimiser: adam → sgd"),
        ("batch", 64, "training · batch: 32 → 64"),
        ("steps", 12_000, "training · steps: 3,000 → 12,000"),
        ("seed", 7, "training · seed: 0 → 7"),
        ("replicates", 3, "training · replicates: 1 → 3"),
        ("device", "cuda", "training · device: processor → NVIDIA GPU"),
    ],
)
def test_that_every_training_field_is_compared(field: str, value: object, words: str) -> None:
    assert told(differences(ONE, ONE.changed(**{field: value}))) == [words]


@pytest.mark.parametrize("field", [n for n in Experiment.model_fields if n not in STRUCTURE])
def test_that_no_field_of_an_experiment_is_forgotten(field: str) -> None:
    default, schema = getattr(ONE, field), Experiment.model_json_schema()["properties"][field]
    other = schema["enum"][-1] if "enum" in schema else 2 if default != 2 else 3
    other = 0.5 if field == "grow_at" else other
    changed = ONE.model_copy(update={field: other})  # whether or not the task can have it
    (found,) = differences(ONE, changed)
    assert found.where == "training"
    assert found.field == (Experiment.model_fields[field].title or field)


@pytest.mark.parametrize("cell", list(CONTESTANTS))
def test_that_no_field_of_a_contestant_is_forgotten(cell: str) -> None:
    one = experiment(contestants=[{"cell": cell}])
    fields = {
        "hidden": 48,
        "layers": 2,
        "lr": 0.5,
        "clip": 2.0,
        "optimizer": "sgd",
        "recurrent_init": "orthogonal" if CELLS[cell].recurrent else "default",
        "forget_bias": 3.0,
        "update_bias": 3.0,
        "chrono_max": 70,
        "surgery": "lesion[3]; hidden@1-2=0.5",
    }
    own = set(CONTESTANTS[cell].model_fields) - {"name", "cell", "look"}
    assert own <= set(fields)
    other = one.with_contestant(cell, **{name: fields[name] for name in own})
    found = differences(one, other)
    assert len(found) == len(own)
    titles = {name: field.title for name, field in CONTESTANTS[cell].model_fields.items()}
    assert {each.field for each in found} == {titles[name] or name for name in own}


def test_that_contestants_are_compared_by_name() -> None:
    other = ONE.with_contestant("lstm", hidden=64, forget_bias=1.0)
    found = told(differences(ONE, other))
    assert found == ["LSTM · units: 32 → 64", "LSTM · forget bias: chrono → 1"]


def test_that_a_field_left_to_the_run_is_given_with_the_runs_value() -> None:
    found = told(differences(ONE, ONE.with_contestant("rnn", lr=0.01)))
    assert found == ["RNN · learning rate: the run's (0.003) → 0.01"]


def test_that_a_contestant_of_one_run_only_is_described_in_words() -> None:
    other = experiment(contestants=[{"cell": "rnn"}, {"cell": "gru", "hidden": 16}])
    found = {each.where: each for each in differences(ONE, other)}
    assert found["LSTM"].other is None
    assert found["GRU"].one is None
    gru = found["GRU"].other
    assert gru is not None
    assert gru.startswith("GRU, units 16")
    assert set(found) == {"LSTM", "GRU"}


def test_that_another_cell_under_the_same_name_is_compared_with_the_fields_it_lacks() -> None:
    other = experiment(contestants=[{"cell": "rnn"}, {"cell": "rnn", "name": "lstm"}])
    found = told(differences(ONE, other))
    assert found == [
        "LSTM · cell: LSTM → RNN",
        "LSTM · forget bias: chrono → absent",
        "LSTM · T_max: the task's → absent",
    ]


def test_that_a_renamed_contestant_is_one_and_the_same() -> None:
    other = experiment(contestants=[{"cell": "rnn"}, {"cell": "lstm", "name": "mine"}])
    assert told(differences(ONE, other)) == ["LSTM · name: LSTM → LSTM mine"]


def test_that_the_order_counts_since_initial_weights_depend_on_it() -> None:
    other = experiment(contestants=[{"cell": "lstm"}, {"cell": "rnn"}])
    assert told(differences(ONE, other)) == ["contestants · order: RNN, LSTM → LSTM, RNN"]


@given(gap=st.integers(0, 500), lr=st.floats(1e-6, 1), seed=st.integers(0, 2**32 - 1))
def test_that_comparing_the_other_way_round_only_swaps_the_values(
    gap: int, lr: float, seed: int
) -> None:
    other = experiment(params={"gap": gap}, lr=lr, seed=seed)
    there, back = differences(ONE, other), differences(other, ONE)
    assert [(d.where, d.field, d.other, d.one) for d in back] == [
        (d.where, d.field, d.one, d.other) for d in there
    ]
    assert (not there) == (other == ONE)


def test_that_changes_made_while_running_are_given_with_their_steps() -> None:
    slower, longer = ONE.changed(lr=0.001), ONE.changed(lr=0.001, steps=6000)
    one = ExperimentTimeline(ONE, ((300, slower), (2500, longer)))
    found = timeline_differences(one, ExperimentTimeline(ONE, ((300, slower),)))
    assert found == (
        Difference(WHILE_RUNNING, "steps", "3,000 → 6,000 at step 2,500", "unchanged"),
    )


def test_that_a_field_that_was_changed_twice_is_one_difference() -> None:
    once = ONE.changed(lr=0.001)
    found = timeline_differences(
        ExperimentTimeline(ONE), ExperimentTimeline(ONE, ((10, once), (20, ONE)))
    )
    assert [each.other for each in found] == ["0.003 → 0.001 at step 10; 0.001 → 0.003 at step 20"]


def test_that_a_fork_says_where_it_came_from() -> None:
    found = timeline_differences(
        ExperimentTimeline(ONE), ExperimentTimeline(ONE, (), Origin("20260101-000000-x-1", 500))
    )
    assert told(found) == [
        "beginning · fork of: no other run → 20260101-000000-x-1 at step 500",
    ]


def test_that_a_stored_run_has_its_changes() -> None:
    changed = ONE.changed(lr=0.001)
    events = (
        {"step": 5, "kind": "note", "text": "x"},
        {"step": 9, "kind": "changed", "experiment": changed.model_dump(mode="json")},
    )
    assert StoredRun(RunInfo("a"), ONE, events, {}).changes == ((9, changed),)


def test_that_a_copied_table_can_be_read_back_whatever_is_in_it() -> None:
    found = differences(ONE, ONE.changed(lr=0.001, seed=3))
    text = as_tsv(found, 'A: "mine"\tnew', "B")
    rows = list(csv.reader(io.StringIO(text), "excel-tab"))
    assert rows[0] == ["where", "field", 'A: "mine"\tnew', "B"]
    assert [tuple(row) for row in rows[1:]] == [each.words for each in found]


# Telling runs and contestants apart ------------------------------------------------------


def test_that_runs_are_told_apart_by_the_one_field_in_which_they_differ() -> None:
    runs = [experiment(params={"gap": gap}) for gap in (20, 50, 100)]
    assert apart(*runs) == ["gap 20", "gap 50", "gap 100"]


def test_that_equal_runs_have_nothing_that_tells_them_apart() -> None:
    assert apart(ONE, experiment()) == ["", ""]
    assert apart(ONE) == [""]
    assert distinguish([]) == []


def test_that_only_as_many_fields_are_named_as_it_takes() -> None:
    runs = [ONE, ONE.changed(lr=0.1, seed=1), ONE.changed(lr=0.1, seed=2, batch=64)]
    assert apart(*runs) == ["seed 0", "seed 1", "seed 2"]


def test_that_several_fields_are_named_where_one_is_not_enough() -> None:
    runs = [ONE.changed(lr=lr, batch=batch) for lr in (0.1, 0.01) for batch in (32, 64)]
    words = apart(*runs)
    assert len(set(words)) == 4
    assert words[0] == "rate 0.1 · batch 32"


def test_that_runs_of_other_tasks_and_other_nets_are_told_apart_by_them() -> None:
    assert apart(ONE, experiment(task="adding")) == [
        "I speak fluent …",
        "Add two marked numbers",
    ]
    gru = experiment(contestants=[{"cell": "rnn"}, {"cell": "gru"}])
    assert apart(ONE, gru) == ["RNN, LSTM", "RNN, GRU"]


def test_that_a_field_of_one_contestant_is_given_with_its_title() -> None:
    other = ONE.with_contestant("lstm", forget_bias=1.0)
    assert apart(ONE, other) == ["LSTM chrono", "LSTM bias 1"]


def test_that_forks_are_told_apart_by_where_they_began_and_what_was_changed() -> None:
    parent, early, late = ExperimentTimeline(ONE), Origin("run 1", 400), Origin("run 1", 800)
    faster = ((400, ONE.changed(lr=0.01)),)  # an edit before the fork's first training step
    forks = [ExperimentTimeline(ONE, (), early), ExperimentTimeline(ONE, faster, early)]
    assert distinguish([parent, *forks]) == [
        "rate 0.003",
        "fork at 400: rate 0.003",
        "fork at 400: rate 0.01",
    ]
    same = [ExperimentTimeline(ONE, (), origin) for origin in (early, late)]
    assert distinguish([parent, *same]) == ["", "fork at 400", "fork at 800"]


def test_that_runs_are_told_apart_by_what_was_changed_while_they_trained() -> None:
    origin = Origin("run 1", 400)
    slowed = ExperimentTimeline(ONE, ((500, ONE.changed(lr=0.001)),), origin)
    assert distinguish([ExperimentTimeline(ONE, (), origin), slowed], nets=False) == [
        "",
        "learning rate 0.003 → 0.001 at step 500",
    ]


def test_that_an_edit_before_the_first_step_is_no_change_while_running() -> None:
    fork = ExperimentTimeline(ONE, ((400, ONE.changed(lr=0.01)),), Origin("run 1", 400))
    assert told(timeline_differences(ExperimentTimeline(ONE), fork)) == [
        "training · learning rate: 0.003 → 0.01",
        "beginning · fork of: no other run → run 1 at step 400",
    ]


@given(st.lists(st.tuples(st.sampled_from([10, 20]), st.sampled_from([1, 2])), max_size=6))
def test_that_words_are_the_same_for_the_same_experiments_only(
    fields: list[tuple[int, int]],
) -> None:
    runs = [experiment(params={"gap": gap}, seed=seed) for gap, seed in fields]
    words = apart(*runs)
    for one, other in itertools.combinations(range(len(runs)), 2):
        assert (words[one] == words[other]) == (runs[one] == runs[other])


def test_that_contestants_of_one_cell_are_told_apart() -> None:
    run = experiment(
        contestants=[
            {"cell": "rnn"},
            {"cell": "lstm"},
            {"cell": "lstm", "name": "lstm2", "forget_bias": 1},
        ]
    )
    assert distinguish_contestants(run) == {"lstm": "chrono", "lstm2": "bias 1"}


LABELS = {"missing": "rows without a value", "recipe": "how it is read"}


@pytest.mark.parametrize(
    ("task", "params", "difference", "label"),
    [
        ("own", {"normal_form": "as it stands"}, "C → as it stands", "normal form as it stands"),
        ("own", {"level": "code points"}, "characters → code points", "level code points"),
        ("forecast", {"missing": "unknown"}, "refuse → unknown", "missing values: unknown"),
        (
            "forecast",
            {"recipe": "'every=1 hour' skip_before=3"},
            "as guessed → every 1 hour, skip before 3",
            "read with every 1 hour, skip before 3",
        ),
    ],
)
def test_that_how_a_persons_file_is_read_tells_runs_apart(
    task: str, params: dict[str, str], difference: str, label: str
) -> None:
    common = {"series": "csv"} if task == "forecast" else {}
    one, other = (complete(Experiment(task=task, params=common | more)) for more in ({}, params))
    (name,) = params
    caption = LABELS.get(name, name.replace("_", " "))
    assert told(differences(one, other)) == [f"task · {caption}: {difference}"]
    assert apart(one, other)[1] == label


# Edits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"params": {"gap": 60}}, "gap 50 → 60"),
        ({"lr": 0.01, "clip": None}, "learning rate 0.003 → 0.01, clip 1 → none"),
        ({"contestants": [{"cell": "rnn"}]}, "LSTM removed"),
        ({"contestants": [*ONE.contestants, {"cell": "gru"}]}, "GRU added"),
        ({"task": "adding", "params": {}}, "task I speak fluent … → Add two marked numbers"),
        ({"clip_by": "value"}, "clipping by norm → by value"),
        ({}, ""),
    ],
)
def test_that_an_edit_is_described_as_an_action(fields: dict[str, Any], words: str) -> None:
    assert edited(ONE, ONE.changed(**fields)) == words


def test_that_contestants_can_be_left_out_of_what_tells_runs_apart() -> None:
    three = Experiment()
    two = three.changed(contestants=[{"cell": "rnn"}, {"cell": "lstm"}])
    assert apart(three, two, nets=False) == ["", ""]
    faster = two.changed(lr=0.01)
    found = apart(three, two, faster, nets=False)
    assert found[0] == found[1] != found[2]
    assert "0.01" in found[2]


# Cells of one's own -----------------------------------------------------------------------


def with_own(text: str) -> Experiment:
    own = {"cell": "own", "equations": text, "name": "mine"}
    return parse({"contestants": [{"cell": "rnn"}, own]})


def changes(one: str, other: str) -> list[str]:
    return [str(each) for each in differences(with_own(one), with_own(other))]


def test_that_two_of_ones_own_cells_differ_by_lines() -> None:
    other = TWO_SPEEDS.replace("tanh(slow)", "slow").replace("Two speeds", "One speed")
    assert changes(TWO_SPEEDS, other) == [
        "Two speeds mine · cell: Two speeds → One speed",
        "Two speeds mine · hidden =: show * tanh(slow) + (1 - show) * new → "
        "show * slow + (1 - show) * new",
    ]


def test_that_other_comments_are_a_difference() -> None:
    other = TWO_SPEEDS.replace("the new content", "what is new")
    assert changes(TWO_SPEEDS, other) == ["Two speeds mine · comments of the cell: old → new"]
    assert changes(TWO_SPEEDS, TWO_SPEEDS) == []


def test_that_many_lines_are_told_in_brief_in_an_edit() -> None:
    told = edited(with_own(TWO_SPEEDS), with_own(PLAIN))
    assert "Two speeds mine equations changed" in told
    assert told.count("equations") == 1
    assert "slow =" not in told


def test_that_runs_with_other_equations_are_told_apart() -> None:
    other = TWO_SPEEDS.replace("tanh(slow)", "slow")
    runs = [ExperimentTimeline(with_own(text)) for text in (TWO_SPEEDS, other)]
    one, two = distinguish(runs)
    assert one != two
    assert "hidden = show * slow" in two
