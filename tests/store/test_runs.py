"""Runs as folders: round trips, crashes, full disks, damage and names that try to get out."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sandbox.experiment import Experiment
from sandbox.store import atomic
from sandbox.store.base import Progress, RunError
from sandbox.store.runs import RunStore
from sandbox.validation import ExperimentError

EXPERIMENT = Experiment(task="recall", steps=100)
ROOT = Path(__file__).resolve().parents[2]
floats = st.floats(width=32)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def measured(first: int, count: int) -> tuple[Any, Any, Any]:
    steps = np.arange(first, first + count, dtype=np.float32)
    return steps, steps / 7, np.sqrt(steps)


def state(step: int) -> dict[str, Any]:
    return {"step": np.array(step), "theta": np.full(5, step, np.float32)}


def write(store: RunStore, run: str = "one", blocks: int = 3, finish: bool = True) -> None:
    """Blocks of ten steps, each with an event and a checkpoint."""
    store.begin(run, EXPERIMENT)
    for block in range(blocks):
        append(store, run, block)
        checkpoint(store, run, 10 * block + 10)
    if finish:
        store.finish(run)


def append(store: RunStore, run: str, block: int) -> None:
    first = 10 * block + 1
    store.append_curves(run, first, {key: measured(first, 10) for key in ("rnn", "lstm")})
    store.append(run, {"step": first, "kind": "note", "text": f"block {block}"})


def checkpoint(store: RunStore, run: str, step: int) -> None:
    store.checkpoint(run, state(step), Progress(step, step / 10, EXPERIMENT, {"rnn": {}}))


def folder(store: RunStore, run: str = "one") -> Path:
    return store.root / run


# Round trips ----------------------------------------------------------------------------


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lengths=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=4),
    data=st.data(),
    seed=st.integers(0, 2**32 - 10),
    replicates=st.sampled_from([1, 3]),
)
def test_that_curves_and_state_come_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, lengths, data, seed, replicates
) -> None:
    store = RunStore(tmp_path_factory.mktemp("runs"))
    store.begin("one", EXPERIMENT.changed(seed=seed, replicates=replicates))
    keys = ("rnn#0", "lstm#2") if replicates > 1 else ("rnn", "lstm")
    written: dict[str, list[Any]] = {key: [] for key in keys}
    first = 1
    for counts in lengths:
        block = {
            key: tuple(data.draw(arrays(np.float32, count, elements=floats)) for _ in range(3))
            for key, count in zip(keys, counts, strict=True)
        }
        store.append_curves("one", first, block)
        for key, columns in block.items():
            written[key].append((np.arange(first, first + len(columns[0])), *columns))
        first += max(counts)
    weights = data.draw(arrays(np.float32, 7, elements=floats))
    store.checkpoint("one", {"theta": weights, "n": np.array(3)}, Progress(first, 0.5, EXPERIMENT))
    store.finish("one")
    read = store.curves("one")
    for key, parts in written.items():
        steps, *columns = (np.concatenate(column) for column in zip(*parts, strict=True))
        if len(steps):
            np.testing.assert_array_equal(read[key][0], steps)
            for ours, theirs in zip(columns, read[key][1], strict=True):
                np.testing.assert_array_equal(ours, theirs)
        else:
            assert key not in read
    back = store.load("one").state
    assert back["theta"].tobytes() == weights.tobytes()
    assert back["n"].shape == ()


def test_that_the_columns_are_those_of_the_contract(store: RunStore) -> None:
    write(store)
    lines = (folder(store) / "curves.csv").read_text().splitlines()
    assert lines[0] == "step,cell,seed,loss,accuracy,grad_norm"
    assert lines[1] == "1,rnn,0,1,0.142857149,1"
    assert lines[2].startswith("1,lstm,0,")


def test_that_what_is_not_finite_comes_back_as_nothing_in_events(store: RunStore) -> None:
    store.begin("one", EXPERIMENT)
    store.append("one", {"step": 1, "kind": "evaluation", "splits": {"fresh": (np.inf, np.nan)}})
    checkpoint(store, "one", 1)
    store.finish("one")
    assert store.load("one").events[0]["splits"] == {"fresh": [None, None]}


def test_that_runs_are_listed_oldest_first_and_last_is_the_newest(store: RunStore) -> None:
    names = [f"20260101-00000{n}-{task}-0000{n}0" for n, task in enumerate(("water", "adding"))]
    for name in reversed(names):
        write(store, name)
    assert [run.run for run in store.list()] == names
    assert store.resolve("last") == names[-1]
    assert store.resolve(names[0]) == names[0]


def test_that_a_deleted_run_is_gone(store: RunStore) -> None:
    write(store)
    store.delete("one")
    assert store.list() == ()
    assert not folder(store).exists()


def test_that_saving_appends_and_never_writes_the_old_again(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, blocks=50, finish=False)
    before, written = (folder(store) / "curves.csv").stat(), []
    real = os.fsync
    monkeypatch.setattr("os.fsync", lambda handle: (written.append(handle), real(handle)))
    append(store, "one", 50)
    checkpoint(store, "one", 510)
    after = (folder(store) / "curves.csv").stat()
    assert (after.st_ino, after.st_size - before.st_size < 1000) == (before.st_ino, True)
    assert len(list(folder(store).glob("checkpoint-*"))) == 1
    assert len(written) >= 4
    store.finish("one")


# Crashes --------------------------------------------------------------------------------

WRITER = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.store.test_runs import append, checkpoint, write
from sandbox.store import atomic, journal
from sandbox.store.runs import RunStore
store = RunStore(Path({runs!r}))
write(store, blocks=3, finish=False)
append(store, "one", 3)
real, left = os.fsync, [{fsyncs}]
def fsync(handle):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), 9)
    real(handle)
os.fsync = fsync
checkpoint(store, "one", 40)
print("acknowledged", flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("fsyncs", [1, 2, 3, 4, 5, 6, 99])
def test_that_a_writer_killed_anywhere_leaves_the_last_acknowledged_checkpoint(
    store: RunStore, fsyncs: int
) -> None:
    code = WRITER.format(root=str(ROOT), runs=str(store.root), fsyncs=fsyncs)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    step = store.load("one").info.step
    assert step in (30, 40)
    assert step == 40 or b"acknowledged" not in done.stdout
    assert list(store.curves("one")["rnn"][0]) == list(range(1, step + 1))
    assert [event["text"] for event in store.load("one").events][-1] == f"block {step // 10 - 1}"


def test_that_what_was_not_acknowledged_is_cut_off_by_the_next_writer(store: RunStore) -> None:
    write(store)
    for name in ("curves.csv", "events.jsonl"):
        with open(folder(store) / name, "ab") as file:
            file.write(b"31,rnn,0,0.5\x00\x00torn")
    store.resume("one")
    append(store, "one", 3)
    checkpoint(store, "one", 40)
    store.finish("one")
    assert list(store.curves("one")["lstm"][0]) == list(range(1, 41))
    assert len(store.load("one").events) == 4


@pytest.mark.parametrize("fails_at", range(1, 7))
def test_that_a_full_disk_leaves_everything_whole_and_nothing_beside(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    write(store, finish=False)
    append(store, "one", 3)
    calls, real = [0], os.fsync

    def full(handle: int) -> None:
        calls[0] += 1
        if calls[0] == fails_at:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        try:
            checkpoint(store, "one", 40)
            failed = False
        except OSError:
            failed = True
    assert store.load("one").info.step == (30 if failed else 40)
    assert not list(folder(store).glob(f"*{atomic.PARTIAL}")) + list(folder(store).glob(".*.json*"))
    checkpoint(store, "one", 40)
    store.finish("one")
    assert list(store.curves("one")["rnn"][0]) == list(range(1, 41))


@pytest.mark.parametrize("name", ["os.replace", "os.fsync"])
def test_that_an_atomic_write_that_fails_keeps_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / "file"
    atomic.write_bytes(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(name, fail)
        with pytest.raises(OSError, match="No space"):
            atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]
    atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


def test_that_one_run_is_written_by_one_process_at_a_time(store: RunStore) -> None:
    write(store, finish=False)
    other = RunStore(store.root)
    with pytest.raises(RunError, match="by another process"):
        other.resume("one")
    with pytest.raises(RunError, match="is being trained"):
        other.delete("one")
    store.finish("one")
    other.resume("one")
    other.finish("one")


def test_that_a_run_never_writes_over_another(store: RunStore) -> None:
    write(store, blocks=2)
    store.begin("one", EXPERIMENT)
    append(store, "one", 0)
    with pytest.raises(RunError, match="already"):
        checkpoint(store, "one", 10)
    store.finish("one")
    assert store.load("one").info.step == 20


# Damage ---------------------------------------------------------------------------------


def spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20] + b"\xff" * 3)


@pytest.mark.parametrize(
    "name",
    ["info.json", "experiment.json", "curves.csv", "events.jsonl", "checkpoint-30.safetensors"],
)
@pytest.mark.parametrize("how", ["removed", "emptied", "spoilt"])
def test_that_damage_is_told_in_one_sentence(store: RunStore, name: str, how: str) -> None:
    write(store)
    path = folder(store) / name
    if how == "removed":
        path.unlink()
    elif how == "emptied":
        path.write_bytes(b"")
    else:
        spoil(path)
    with pytest.raises(RunError) as caught:
        store.curves("one") if name == "curves.csv" else store.load("one")
    text = str(caught.value)
    assert name in text
    assert "\n" not in text
    assert text.endswith(".")


def test_that_a_spoilt_line_of_the_curves_is_found(store: RunStore) -> None:
    write(store)
    path = folder(store) / "curves.csv"
    path.write_bytes(path.read_bytes().replace(b"17,rnn,0,", b"17,rnn,x,"))
    with pytest.raises(RunError, match="a line is damaged"):
        store.curves("one")


def test_that_the_list_shows_a_damaged_run_and_the_others(store: RunStore) -> None:
    write(store, "one")
    write(store, "two")
    (folder(store, "one") / "info.json").write_text("{")
    one, two = store.list()
    assert "info.json is damaged" in (one.damage or "")
    assert two.damage is None
    store.delete("one")
    assert [run.run for run in store.list()] == ["two"]


def test_that_a_run_of_a_later_version_is_not_called_damaged(store: RunStore) -> None:
    write(store)
    path = folder(store) / "info.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 99}))
    with pytest.raises(RunError, match="later version"):
        store.load("one")


# Names ----------------------------------------------------------------------------------

WILD = [
    "",
    ".",
    "..",
    "../one",
    "a/b",
    "/etc/passwd",
    "one/../../x",
    "one\x00",
    ".lock",
    "-rf",
    "a\\b",
]


@pytest.mark.parametrize("name", WILD)
@pytest.mark.parametrize("call", ["load", "curves", "resolve", "delete", "resume"])
def test_that_a_name_cannot_leave_the_folder(store: RunStore, name: str, call: str) -> None:
    write(store)
    with pytest.raises(ExperimentError, match="run"):
        getattr(store, call)(name)
    assert len(store.list()) == 1


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.text(max_size=20))
def test_that_no_text_at_all_names_anything_outside(tmp_path: Path, name: str) -> None:
    store = RunStore(tmp_path / "runs")
    if not (tmp_path / "runs" / "one").exists():
        write(store)
    try:
        found = store.resolve(name)
    except ExperimentError:
        return
    assert found == "one"


def test_that_a_checkpoint_named_elsewhere_is_not_read(store: RunStore, tmp_path: Path) -> None:
    write(store)
    (tmp_path / "secret").write_bytes(b"nothing to read here")
    path = folder(store) / "info.json"
    info = {**json.loads(path.read_text()), "checkpoint": "../../secret"}
    path.write_text(json.dumps(info))
    with pytest.raises(RunError, match="secret is damaged: No such file"):
        store.load("one")


@pytest.mark.parametrize("name", ["last", "none"])
def test_that_a_run_that_is_not_there_is_told(store: RunStore, name: str) -> None:
    with pytest.raises(ExperimentError, match=r"there (are no runs yet|is no such run)"):
        store.resolve(name)


def test_that_runs_lie_where_the_variable_says(home: Path) -> None:
    from sandbox.store.paths import runs_folder

    assert runs_folder() == home / "runs"
