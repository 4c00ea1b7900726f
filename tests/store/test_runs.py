"""Runs in one database: round trips, lists, two windows, deleting, and wild names."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sandbox.store import database
from sandbox.store.base import Batch, Origin, Progress, RunError
from sandbox.store.runs import RunStore
from sandbox.validation import ExperimentError
from tests.store.blocks import EXPERIMENT, batch, checkpoint_steps, fork, put, settle, state, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

floats = st.floats(width=32)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with closing(RunStore(tmp_path / "runs.sqlite3")) as made:
        yield made


@pytest.fixture
def other(store: RunStore) -> Iterator[RunStore]:
    """Another window's store in the same file."""
    with closing(RunStore(store.path)) as made:
        yield made


def asked(store: RunStore, question: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store.path)) as connection, connection:
        return connection.execute(question, values).fetchall()


# Round trips ----------------------------------------------------------------------------


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lengths=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=4),
    data=st.data(),
)
def test_that_curves_and_state_come_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, lengths: Any, data: Any
) -> None:
    with closing(RunStore(tmp_path_factory.mktemp("runs") / "file")) as store:
        store.begin("one", EXPERIMENT)
        written: dict[str, list[Any]] = {"rnn": [], "lstm#2": []}
        first, points = 1, []
        for counts in lengths:
            block = {
                key: tuple(data.draw(arrays(np.float32, n, elements=floats)) for _ in range(3))
                for key, n in zip(written, counts, strict=True)
            }
            points.append((first, block, float(first)))
            for key, columns in block.items():
                written[key].append((np.arange(first, first + len(columns[0])), *columns))
            first += max(counts)
        weights = data.draw(arrays(np.float32, 7, elements=floats))
        latest = {"theta": weights, "n": np.array(3)}
        progress = Progress(first, 0.5, EXPERIMENT)
        put(store, "one", Batch(points=points, latest=latest, progress=progress))
        read = store.curves("one")
        for key, parts in written.items():
            steps, *columns = (np.concatenate(column) for column in zip(*parts, strict=True))
            assert (key in read) == bool(len(steps))
            if len(steps):
                np.testing.assert_array_equal(read[key][0], steps)
                for ours, theirs in zip(columns, read[key][1], strict=True):
                    np.testing.assert_array_equal(ours, theirs)
        back = store.load("one").state
        assert back["theta"].tobytes() == weights.tobytes()
        assert back["n"].shape == ()


def test_that_what_is_not_finite_comes_back_as_nothing_in_events(store: RunStore) -> None:
    store.begin("one", EXPERIMENT)
    event = {"step": 1, "kind": "evaluation", "splits": {"fresh": (np.inf, np.nan)}}
    latest, progress = state(1), Progress(1, 0.1, EXPERIMENT)
    put(store, "one", Batch(events=[event], latest=latest, progress=progress))
    assert store.load("one").events[0]["splits"] == {"fresh": [None, None]}


def test_that_a_whole_run_is_taken_in_as_it_was(store: RunStore, tmp_path: Path) -> None:
    store.begin("one", EXPERIMENT, Origin("mother", 0))
    for block in range(5):
        put(store, "one", batch(block, kept=block in (1, 3)))
    store.finish("one")
    store.annotate("one", "a note", star=True)
    record = store.record("one")
    assert list(record.checkpoints) == [20, 40, 50]
    with closing(RunStore(tmp_path / "colleague.sqlite3")) as theirs:
        assert theirs.import_run(record) == "one"
        assert theirs.import_run(record) == "one"  # it is there already
        assert theirs.import_run(replace(record, begun=EXPERIMENT.changed(lr=0.5))) == "one-2"
        back = theirs.record("one")
    assert (back.info.note, back.info.star, back.info.origin) == (
        "a note",
        True,
        record.info.origin,
    )
    assert (back.begun, back.events, back.info.cells) == (
        record.begun,
        record.events,
        record.info.cells,
    )
    np.testing.assert_array_equal(back.clock, record.clock)
    for key, (steps, columns) in record.curves.items():
        np.testing.assert_array_equal(back.curves[key][0], steps)
        np.testing.assert_array_equal(back.curves[key][1], columns)
    for step, arrays_of in record.checkpoints.items():
        for name, array in arrays_of.items():
            np.testing.assert_array_equal(back.checkpoints[step][name], array)


def test_that_the_latest_checkpoint_replaces_the_one_before_and_the_kept_ones_stay(
    store: RunStore,
) -> None:
    store.begin("one", EXPERIMENT)
    for block in range(6):
        put(store, "one", batch(block, kept=block in (1, 3)))
    assert checkpoint_steps(store, "one") == (20, 40, 60)
    put(store, "one", Batch(dropped={20}))
    assert checkpoint_steps(store, "one") == (40, 60)
    assert store.checkpoint("one", 59)[0] == 40
    with pytest.raises(RunError, match="no checkpoint at or before step 39"):
        store.checkpoint("one", 39)


def test_that_a_part_of_the_curves_is_read_alone(store: RunStore) -> None:
    write(store, blocks=6)
    whole = store.curves("one")["rnn"]
    for first, last in ((1, 60), (15, 15), (20, 31), (55, 90), (70, 80)):
        part = store.curves("one", first, last)
        wanted = (whole[0] >= first) & (whole[0] <= last)
        assert ("rnn" in part) == bool(wanted.any())
        if wanted.any():
            np.testing.assert_array_equal(part["rnn"][0], whole[0][wanted])
            np.testing.assert_array_equal(part["rnn"][1][2], whole[1][2][wanted])


# The list -------------------------------------------------------------------------------


def test_that_runs_are_listed_oldest_first_and_last_is_the_newest(store: RunStore) -> None:
    names = [f"20260101-00000{n}-{task}-0000{n}0" for n, task in enumerate(("water", "adding"))]
    for name in reversed(names):
        write(store, name)
    assert [run.run for run in store.list()] == names
    assert store.resolve("last") == names[-1]
    assert store.resolve(names[0]) == names[0]


def test_that_a_line_of_the_list_says_what_the_run_is(store: RunStore) -> None:
    write(store, "one")
    fork(store, "two", "one", 30)
    one, two = store.list()
    assert (one.task, one.gap, one.seed, one.step, one.steps) == ("recall", None, 0, 30, 100)
    assert one.cells == {"rnn": {"accuracy": 0.5}}
    assert two.origin == Origin("one", 30)
    ((latest,),) = asked(store, "SELECT length(data) FROM checkpoints WHERE run = 1")
    assert one.size == 3 * 2 * 3 * 10 * 4 + latest  # blocks, nets, measures, steps, bytes


def test_that_experiments_are_read_without_those_that_are_damaged(store: RunStore) -> None:
    write(store, "one")
    write(store, "two")
    asked(store, "UPDATE runs SET begun = '{' WHERE run = 'two'")
    assert store.timelines(store.list()) == {"one": store.load("one").timeline}


def test_that_a_run_that_nobody_let_go_of_was_interrupted(store: RunStore, tmp_path: Path) -> None:
    write(store, finish=False)
    assert not store.list()[0].interrupted
    copy = tmp_path / "after" / "runs.sqlite3"
    copy.parent.mkdir()
    copy.write_bytes(store.path.read_bytes())
    with closing(RunStore(copy)) as after:
        assert after.list()[0].interrupted
        after.mark_closed("one")
        assert not after.list()[0].interrupted
    store.finish("one")
    settle(store)
    assert not store.list()[0].interrupted


def test_that_deleting_is_undone_and_final_after_a_week(store: RunStore, tmp_path: Path) -> None:
    write(store, "one")
    write(store, "two")
    store.delete("one")
    assert [run.run for run in store.list()] == ["two"]
    assert store.deleted() == ("one",)
    with pytest.raises(ExperimentError, match="no such run"):
        store.resolve("one")
    store.restore("one")
    assert [run.run for run in store.list()] == ["one", "two"]
    store.delete("one")
    asked(store, "UPDATE runs SET deleted = '2026-01-01T00:00:00.000+00:00' WHERE run = 'one'")
    with closing(RunStore(store.path)) as later:
        later.annotate("two", "anything")
        assert later.deleted() == ()
    assert not asked(store, "SELECT 1 FROM points WHERE run NOT IN (SELECT id FROM runs)")


def test_that_a_deleted_run_that_is_gone_on_with_is_on_the_list_again(store: RunStore) -> None:
    write(store)
    store.delete("one")
    store.resume("one")
    assert [run.run for run in store.list()] == ["one"]
    store.finish("one")


def test_that_a_note_and_a_star_stay(store: RunStore, other: RunStore) -> None:
    write(store)
    store.annotate("one", star=True)
    other.annotate("one", note="the one with the plateau")
    (info,) = store.list()
    assert (info.star, info.note) == (True, "the one with the plateau")


# Two windows ----------------------------------------------------------------------------


def test_that_one_run_is_written_by_one_window_at_a_time(store: RunStore, other: RunStore) -> None:
    write(store, finish=False)
    with pytest.raises(RunError, match="by another process"):
        other.resume("one")
    with pytest.raises(RunError, match="is being trained"):
        other.delete("one")
    store.finish("one")
    settle(store)
    other.resume("one")
    other.finish("one")


def test_that_a_run_never_writes_over_another(store: RunStore) -> None:
    write(store, blocks=2)
    store.begin("one", EXPERIMENT)
    with pytest.raises(RunError, match="There is already a run one"):
        put(store, "one", batch(0))
    store.finish("one")
    settle(store)
    assert store.load("one").info.step == 20


def test_that_two_windows_write_their_runs_at_the_same_time(
    store: RunStore, other: RunStore
) -> None:
    for each, run in ((store, "one"), (other, "two")):
        each.begin(run, EXPERIMENT)
    waiting = []
    for block in range(20):
        waiting += [store.write("one", batch(block)), other.write("two", batch(block))]
    for future in waiting:
        future.result(30)
    for run in ("one", "two"):
        assert list(store.curves(run)["rnn"][0]) == list(range(1, 201))


def test_that_what_came_after_the_checkpoint_is_cut_off_by_who_goes_on(store: RunStore) -> None:
    store.begin("one", EXPERIMENT)
    for block in range(3):
        put(store, "one", batch(block, kept=True))
    store.finish("one")
    settle(store)
    asked(store, "UPDATE checkpoints SET data = x'00' WHERE step = 30")
    stored = store.resume("one")
    assert stored.info.step == 20
    assert "resumes at step 20" in (stored.info.damage or "")
    put(store, "one", batch(2))
    store.finish("one")
    settle(store)
    assert list(store.curves("one")["lstm"][0]) == list(range(1, 31))
    assert [event["text"] for event in store.load("one").events] == [f"block {n}" for n in range(3)]


# Versions -------------------------------------------------------------------------------


def test_that_a_file_of_a_later_version_is_refused_and_left_alone(store: RunStore) -> None:
    write(store)
    asked(store, "PRAGMA user_version = 99")
    before = store.path.read_bytes()
    with closing(RunStore(store.path)) as later:
        with pytest.raises(RunError, match="later version"):
            later.list()
        later.begin("two", EXPERIMENT)
        with pytest.raises(RunError, match="later version"):
            put(later, "two", batch(0))
    assert store.path.read_bytes() == before


def test_that_every_step_of_the_schema_is_one_file_and_counted(store: RunStore) -> None:
    write(store)
    assert asked(store, "PRAGMA user_version") == [(len(database.schema_steps()),)]
    assert asked(store, "PRAGMA journal_mode") == [("delete",)]
    with closing(database.opened(store.path, create=False)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


# Names ----------------------------------------------------------------------------------

WILD = ["", ".", "..", "../one", "a/b", "/etc/passwd", "one\x00", ".lock", "-rf", "a\\b"]


@pytest.mark.parametrize("name", WILD)
def test_that_a_name_cannot_leave_the_folder(store: RunStore, name: str) -> None:
    write(store)
    for call in (store.resolve, store.resume, store.delete):
        with pytest.raises(ExperimentError, match="run"):
            call(name)
    with pytest.raises(ExperimentError, match="run"):
        store.begin(name, EXPERIMENT)
    assert len(store.list()) == 1


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.text(max_size=20))
def test_that_no_text_at_all_names_anything_else(store: RunStore, name: str) -> None:
    if not store.path.exists():
        write(store)
    try:
        found = store.resolve(name)
    except ExperimentError:
        return
    assert found == "one"


@pytest.mark.parametrize("name", ["last", "none"])
def test_that_a_run_that_is_not_there_is_told(store: RunStore, name: str) -> None:
    with pytest.raises(ExperimentError, match=r"there (are no runs yet|is no such run)"):
        store.resolve(name)
    with pytest.raises(RunError, match="There is no run"):
        store.load("none")
    assert not store.path.exists()


def test_that_runs_lie_where_the_variable_says(home: Path) -> None:
    from sandbox.store.runs import runs_file

    assert runs_file() == home / "runs.sqlite3"


def test_that_a_line_that_is_not_ours_is_told_and_the_others_shown(store: RunStore) -> None:
    write(store, "one")
    write(store, "two")
    asked(store, "UPDATE runs SET cells = ? WHERE run = 'one'", json.dumps([1]))
    one, two = store.list()
    assert "damaged" in (one.damage or "")
    assert two.damage is None
