"""Tasks of the user's own: what is loaded, what is refused with its line, and what never runs."""

from __future__ import annotations

import builtins
import pickle
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.store import seqx
from sandbox.store.base import RunError
from sandbox.store.shorthand import to_text
from sandbox.store.task_template import write_template
from sandbox.tasks import registry, user_tasks, user_tasks_guard
from sandbox.tasks.preview import describe, example_sequences, show
from sandbox.tasks.registry import complete, task_class, task_of, tasks
from sandbox.tasks.user_tasks_check import check_draws
from sandbox.tasks.user_tasks_faults import OwnTaskError, Source
from sandbox.validation import ExperimentError
from tests.tasks.own_files import TEMPLATE, line_of, marker, registry_as_before, task_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DRAW = "        first = rng.integers(len(LETTERS), size=count)\n"
MINE = Experiment().changed(
    task="my_task",
    params={"gap": 2},
    contestants=[{"cell": "rnn", "hidden": 4}],
    batch=4,
    steps=60,
)


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    with registry_as_before():
        yield


def refused(path: Path) -> OwnTaskError:
    with pytest.raises(OwnTaskError) as caught:
        user_tasks.open_file(path)
    assert "my_task" not in tasks()
    return caught.value


# The template --------------------------------------------------------------------------


def test_that_the_template_passes_the_checks_and_is_listed_after_the_sandboxs_own() -> None:
    loaded = user_tasks.open_file(TEMPLATE)
    assert loaded.names == ("my_task",)
    assert loaded.remarks == ()
    assert list(tasks()) == [*registry.built_in(), "my_task"]
    assert describe(task_class("my_task"))["parameters"][0]["name"] == "gap"


def test_that_the_templates_answers_are_those_of_a_plain_comparison() -> None:
    user_tasks.open_file(TEMPLATE)
    task = task_of(MINE)
    for split, length in (("fresh", 5), ("longer", 7)):
        drawn = task.draw(np.random.default_rng(0), 200, split)
        assert drawn.inputs.shape == (200, length)
        for row, target in zip(drawn.inputs, drawn.targets, strict=True):
            words = [task.inputs.words[token] for token in row]  # type: ignore[union-attr]
            assert task.outputs[target[-1]] == ("same" if words[0] == words[-2] else "different")


def test_that_the_templates_words_can_be_typed_in_again() -> None:
    user_tasks.open_file(TEMPLATE)
    task = task_of(MINE)
    drawn = task.draw(np.random.default_rng(1), 20)
    for index in range(20):
        read = task.encode(" ".join(task.labels(drawn, index)))
        one = drawn.pick(index)
        for name in ("inputs", "targets", "scored", "roles"):
            assert np.array_equal(getattr(read, name), getattr(one, name))
    for text in ("", "A", "A 1 x B", "1 2 3"):
        with pytest.raises(ExperimentError, match="sequence"):
            task.encode(text)


def test_that_the_template_is_trained() -> None:
    user_tasks.open_file(TEMPLATE)
    trainer = Trainer(MINE)
    try:
        losses = trainer.run(20).curves["rnn"][0]
    finally:
        trainer.close()
    assert len(losses) == 20
    assert np.isfinite(losses).all()


def test_that_a_new_file_is_the_template_with_its_own_name(tmp_path: Path) -> None:
    path = write_template(tmp_path / "Count-Up.py")
    assert user_tasks.open_file(path).names == ("count_up",)
    with pytest.raises(ExperimentError, match="a file that does not exist"):
        write_template(path)
    with pytest.raises(ExperimentError, match=r"ends in \.py"):
        write_template(tmp_path / "x.txt")
    with pytest.raises(RunError, match="could not be written"):
        write_template(tmp_path / "nowhere" / "x.py")
    # a name of the sandbox's own is not taken
    assert user_tasks.open_file(write_template(tmp_path / "recall.py")).names == ("my_task",)


# Files ---------------------------------------------------------------------------------


def test_that_reading_a_file_runs_nothing_of_it(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    file = user_tasks.read(task_file(tmp_path / "x.py", first=marker(ran)))
    assert not ran.exists()
    user_tasks.load(file)
    assert ran.exists()
    assert "my_task" not in tasks()


def test_that_what_was_read_is_what_runs_whatever_happens_to_the_file(tmp_path: Path) -> None:
    path, ran = task_file(tmp_path / "x.py"), tmp_path / "ran"
    file = user_tasks.read(path)
    task_file(path, first=marker(ran))
    user_tasks.load(file)
    assert not ran.exists()


@pytest.mark.parametrize("kind", ["missing", "folder", "huge"])
def test_that_what_is_no_task_file_is_refused_in_one_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.py"
    if kind == "folder":
        path.mkdir()
    elif kind == "huge":
        path.write_bytes(b"#" * (user_tasks.MOST_BYTES + 1))
    with pytest.raises(ExperimentError, match=r"^task file: .*Python file"):
        user_tasks.read(path)


def test_that_files_of_the_users_folder_are_found(home: Path) -> None:
    assert user_tasks.in_folder() == ()
    task_file(user_tasks.folder() / "b.py")
    task_file(user_tasks.folder() / "a.py")
    (user_tasks.folder() / "notes.txt").write_text("")
    assert [path.name for path in user_tasks.in_folder()] == ["a.py", "b.py"]
    assert user_tasks.folder() == home / "tasks"


def test_that_loading_again_replaces_the_task(tmp_path: Path) -> None:
    path = task_file(tmp_path / "x.py")
    user_tasks.open_file(path)
    before = task_of(MINE)
    task_file(path, ('"same", "different"', '"equal", "other"'))
    user_tasks.open_file(path)
    assert task_of(MINE).outputs == ("equal", "other")
    assert before.outputs == ("same", "different")  # a run under way keeps its own
    task_file(path, ('name = "my_task"', 'name = "renamed"'))
    user_tasks.open_file(path)
    assert "my_task" not in tasks()
    assert "renamed" in tasks()
    user_tasks.forget(path.resolve())
    assert tasks() == registry.built_in()


def test_that_a_fault_leaves_the_task_that_was_there(tmp_path: Path) -> None:
    path = task_file(tmp_path / "x.py")
    user_tasks.open_file(path)
    kind = task_class("my_task")
    path.write_text("1 / 0\n")
    with pytest.raises(OwnTaskError):
        user_tasks.open_file(path)
    assert task_class("my_task") is kind


def test_that_a_task_and_its_class_can_be_pickled() -> None:
    user_tasks.open_file(TEMPLATE)
    task = pickle.loads(pickle.dumps(task_of(MINE)))
    assert type(task) is task_class("my_task")
    assert task.length == 5


def test_that_what_a_task_prints_is_kept_out_of_the_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user_tasks.open_file(task_file(tmp_path / "x.py", first="print('hello')\n"))
    assert capsys.readouterr() == ("", "hello\n")


# What is wrong, with its line ----------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "where", "why"),
    [
        ("def draw(self, rng", "def draw(self rng", "def draw(self rng", "invalid syntax"),
        ("QUESTION = ", "QUESTION = 1 / 0 or ", "QUESTION = 1", "division by zero"),
        ("np.int32)  # places", "np.int64)  # places", "def draw", "inputs has dtype int64"),
        ("(count, gap + 3), np", "(count + 1, gap + 3), np", "inputs[:, 0]", "broadcast"),
        ("(first + different) %", "7 + (first + different) %", "def draw", "has the token 8"),
        (DRAW, f"{DRAW}        return first\n", "def draw", "returned ndarray, not Seq"),
        (DRAW, DRAW.replace("rng.", "np.random."), "first = np", "module 'numpy.random'"),
        ("self.params.gap if", "self.params.gapp if", "params.gapp", "no attribute 'gapp'"),
        ("Role.FILLER, np.uint8", "9, np.uint8", "def draw", "roles has 9"),
        ("Role.FILLER, np.uint8", "0, np.uint8", "def draw", "PADDING before the end"),
        ("scored[:, -1] = True", "scored[:, 0] = count", "scored[:, 0]", "'count' is not defined"),
        ("scored[:, -1] = True", "pass", "def draw", "without a scored step"),
        ("targets[:, -1] = classes", "targets[:, -1] = 2", "def draw", "class 2, outside"),
        ("self.length = params.gap + 3", "self.length = 4", "def draw", "13 steps, more than"),
        ("self.length = params.gap + 3", "self.length = 4.0", "def __init__", "length is 4.0"),
        ("self.dependency = params.gap + 2", "pass", "def __init__", "not set self.dependency"),
        ('name = "my_task"', 'name = "recall"', 'name = "recall"', "a task of the sandbox has"),
        ('name = "my_task"', 'name = "My task"', 'name = "My task"', "a word of a-z"),
        ('gap_field = "gap"', 'gap_field = "gup"', "gap_field =", "name of a field of Params"),
        ('generalisation = "longer"', 'generalisation = "x"', "generalisation =", "one of the spl"),
        ("        le=200,\n", "", "class MyTaskParams", "gap has no limits"),
        ("        10,\n", "", "class MyTaskParams", "gap has no default"),
        ("def question(", "def questions(", "class MyTask(", "has no method question"),
        ("self.inputs.words[token] for", "0 for", "def labels", "list of text"),
        ("words[-1:] != [QUESTION]", "words[-1] != QUESTION", "words[-1] !=", "IndexError"),
        ("import math\n", "import mathh\n", "import mathh", "No module named 'mathh'"),
        (
            "LETTERS = ",
            "raise SystemExit(3)\nLETTERS = ",
            "raise SystemExit",
            "not end the program",
        ),
    ],
)
def test_that_a_fault_is_told_with_file_and_line(
    tmp_path: Path, old: str, new: str, where: str, why: str
) -> None:
    path = tmp_path / "mine.py"
    text = TEMPLATE.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1))
    error = refused(path)
    assert error.line == line_of(path, where)
    assert str(error).startswith(f"mine.py, line {error.line}: ")
    assert why in str(error)
    assert str(error).endswith(".")
    assert str(error).isprintable()
    assert "\n" not in str(error)


def test_that_an_exceptions_traceback_begins_in_the_users_file(tmp_path: Path) -> None:
    path = task_file(tmp_path / "x.py", ("QUESTION = ", "QUESTION = 1 / 0 or "))
    report = refused(path).report
    assert "ZeroDivisionError" in report
    assert str(path) in report
    assert "user_tasks" not in report


def test_that_numbers_from_elsewhere_than_rng_are_refused(tmp_path: Path) -> None:
    own = "first = np.random.default_rng().integers(2, size=count)"
    path = task_file(tmp_path / "x.py", (DRAW.strip(), own))
    assert "random numbers from `rng` only" in str(refused(path))


def test_that_two_tasks_of_one_name_are_refused(tmp_path: Path) -> None:
    text = TEMPLATE.read_text("utf-8")
    (tmp_path / "two.py").write_text(text + "\n\nclass Other(MyTask):\n    pass\n\n\n")
    user_tasks.open_file(tmp_path / "two.py")  # one is built on the other: that one is meant
    with pytest.raises(OwnTaskError, match=r'name is "my_task", which the task in .*two\.py has'):
        user_tasks.open_file(task_file(tmp_path / "three.py"))


def test_that_a_file_without_a_task_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("x = 1\n")
    assert str(refused(tmp_path / "x.py")) == ("x.py: it has no class derived from Task.")


def test_that_a_draw_that_takes_long_is_told_and_one_that_takes_too_long_refused() -> None:
    user_tasks.open_file(TEMPLATE)
    kind, source = task_class("my_task"), Source(str(TEMPLATE), TEMPLATE.read_bytes())
    assert "64 sequences take 0.5 s, so an evaluation of 2,000 takes about 16 s." in check_draws(
        kind, source, clock=iter([0.0, 0.5, 1.0, 1.0]).__next__
    )
    with pytest.raises(OwnTaskError, match=r"draw takes 6\.0 s for 64 sequences"):
        check_draws(kind, source, clock=iter([0.0, 6.0]).__next__)


def test_that_a_wrong_array_in_a_later_batch_is_told_before_the_nets_see_it(tmp_path: Path) -> None:
    late = f"{DRAW}        if count == 200:\n            first = first + 100\n"
    path = task_file(tmp_path / "x.py", (DRAW, late))
    user_tasks.open_file(path)
    trainer = Trainer(MINE)  # 50 batches of 4 at once
    try:
        with pytest.raises(OwnTaskError, match="inputs has the token"):
            trainer.run(60)
    finally:
        trainer.close()


# What never runs -----------------------------------------------------------------------


def test_that_an_unknown_task_is_refused_with_what_to_do_and_nothing_runs(
    tmp_path: Path, home: Path
) -> None:
    ran = tmp_path / "ran"
    task_file(user_tasks.folder() / "my_task.py", first=marker(ran))
    with pytest.raises(ExperimentError) as caught:
        complete(MINE)
    assert str(caught.value).startswith("task: 'my_task' was given; it takes one of water, fluent")
    assert "has to be opened first (File > Open task file…, or --task-file FILE)" in str(
        caught.value
    )
    assert not ran.exists()


def test_that_an_experiment_file_of_an_unknown_task_runs_nothing(
    tmp_path: Path, home: Path
) -> None:
    ran, written = tmp_path / "ran", tmp_path / "x.seqx"
    path = task_file(user_tasks.folder() / "my_task.py", first=marker(ran))
    user_tasks.open_file(path)
    seqx.write_experiment(written, MINE)
    assert path.read_bytes() not in written.read_bytes()
    user_tasks.forget(path.resolve())
    ran.unlink()
    with pytest.raises(RunError, match="has to be opened first"):
        seqx.read(written)
    assert not ran.exists()
    user_tasks.open_file(path)
    assert seqx.read(written).experiment == complete(MINE)


def test_that_an_experiment_file_says_which_task_file_it_needs(tmp_path: Path) -> None:
    import zipfile

    user_tasks.open_file(TEMPLATE)
    seqx.write_experiment(tmp_path / "x.seqx", MINE)
    with zipfile.ZipFile(tmp_path / "x.seqx") as file:
        text = file.read("README.txt").decode()
    digest = user_tasks.read(TEMPLATE).sha256
    assert f"open task_template.py (SHA-256 {digest}) before this file." in text


def test_that_there_is_no_short_text_of_a_task_of_ones_own() -> None:
    user_tasks.open_file(TEMPLATE)
    with pytest.raises(ExperimentError, match="send an experiment file and the task's file"):
        to_text(MINE)


def test_that_examples_of_a_task_of_ones_own_can_be_shown() -> None:
    user_tasks.open_file(TEMPLATE)
    task = task_of(MINE)
    assert len(task.draw(np.random.default_rng(0), 3)) == 3
    assert "___" in show(task, 0, 3)


# Threads -------------------------------------------------------------------------------

KEEPS_STATE = """
import time
drawing = 0
"""
OVERLAPS = """        global drawing
        drawing += 1
        time.sleep(0.002)
        if drawing != 1:
            raise RuntimeError("two threads draw at once")
        drawing -= 1
"""


def test_that_one_thread_draws_at_a_time_whoever_asks(tmp_path: Path) -> None:
    """Batches ahead, evaluations and previews, each on a thread of its own."""
    own = task_file(tmp_path / "own.py", (DRAW, OVERLAPS + DRAW), first=KEEPS_STATE)
    user_tasks.open_file(own)
    task, trainer = task_of(MINE), Trainer(MINE)
    with ThreadPoolExecutor(2) as beside:
        previews = [beside.submit(example_sequences, task, seed, 3) for seed in range(40)]
        while not trainer.finished:
            trainer.run(5)
            trainer.evaluate()
        trainer.close()
        for each in previews:
            each.result()


def test_that_the_window_does_not_wait_for_ever_for_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, done = Event(), Event()
    monkeypatch.setattr(builtins, "hold_on", lambda: (begun.set(), done.wait(60)), raising=False)
    monkeypatch.setattr(user_tasks_guard, "MOST_WAIT_S", 0.05)
    slow = task_file(
        tmp_path / "own.py", (DRAW, "        if count == 7:\n            hold_on()\n" + DRAW)
    )
    user_tasks.open_file(slow)
    task = task_of(MINE)
    with ThreadPoolExecutor(1) as beside:
        other = beside.submit(task.draw, np.random.default_rng(0), 7)
        assert begun.wait(60)
        with pytest.raises(OwnTaskError, match=r"own\.py, line \d+: draw is still busy"):
            task.draw(np.random.default_rng(0), 3)
        done.set()
        other.result()
    assert len(task.draw(np.random.default_rng(0), 3)) == 3
