"""What was on screen is kept, and is there again at the next start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.experiment import Experiment
from sandbox.gui.session.autosave import BROKEN, FILE, MOST_BYTES, Autosave, Kept, kept
from sandbox.gui.window.process import beginning_of
from sandbox.tasks.registry import complete
from tests.gui.conftest import open_window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


ROOT = Path(__file__).resolve().parents[3]
PROCESS = """
import os, sys
from PySide6.QtCore import QTimer
from sandbox.gui import app
from sandbox.gui.window import main_window

whole = main_window.MainWindow.__init__
def init(self, *words, **more):
    whole(self, *words, **more)
    session = self.session
    def look():
        print(session.experiment.seed, session.example, flush=True)
        session.edit(session.experiment.changed(seed=7))
        session.select_example(1)
        QTimer.singleShot(1500, lambda: os.kill(os.getpid(), 9))
    self.painted.connect(look)
main_window.MainWindow.__init__ = init
app.main([])
"""


@pytest.fixture
def autosave(desk: Desk) -> Iterator[Autosave]:
    made = Autosave(desk.session)
    yield made
    made.close()


def test_that_nothing_is_kept_before_the_first_time() -> None:
    assert kept() == Kept()


def test_that_an_edit_is_kept_shortly_after(
    desk: Desk, autosave: Autosave, qtbot: QtBot, home: Path
) -> None:
    desk.session.edit(desk.session.experiment.changed(seed=7))
    desk.session.select_example(2)
    assert not (home / FILE).exists()
    qtbot.waitUntil(lambda: kept().example == 2)
    assert kept() == Kept(desk.session.experiment, 2)
    assert desk.session.experiment.seed == 7


def test_that_what_was_edited_last_is_kept_at_the_end(desk: Desk, autosave: Autosave) -> None:
    for seed in range(5):
        desk.session.edit(desk.session.experiment.changed(seed=seed + 1))
    autosave.close()
    assert kept().experiment == desk.session.experiment
    assert desk.session.experiment.seed == 5


def test_that_closing_the_window_keeps_it_and_that_the_folder_holds_nothing_half_written(
    desk: Desk, qtbot: QtBot, home: Path
) -> None:
    window = open_window(desk, qtbot)
    desk.session.edit(desk.session.experiment.changed(seed=7))
    window.close()
    assert kept().experiment == desk.session.experiment
    assert [path.name for path in home.iterdir() if "last" in path.name] == [FILE]


def test_that_an_undo_is_kept_too(desk: Desk, window: MainWindow) -> None:
    before = desk.session.experiment
    desk.session.edit(before.changed(seed=7))
    window.edits.undo()
    window.close()
    assert kept().experiment == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no json", "valid JSON"),
        (b"", "valid JSON"),
        (b"\xff\xfe", "valid JSON"),
        (b"[" * 100_000, "valid JSON"),
        (b"[1]", "something else"),
        (b'{"experiment": {}}', "something else"),
        (b'{"experiment": {"lr": -1}, "example": 0}', "lr: -1 was given"),
        (b'{"experiment": {"task": "nothing"}, "example": 0}', "nothing"),
        (b'{"experiment": null, "example": 0}', "none was given"),
        (b" " * (MOST_BYTES + 1), "larger"),
    ],
)
def test_that_a_broken_file_is_told_in_one_sentence_and_set_aside(
    home: Path, content: bytes, reason: str
) -> None:
    home.mkdir()
    (home / FILE).write_bytes(content)
    found = kept()
    assert found.experiment is None
    assert reason in found.refusal
    assert found.refusal.count(". ") == 0
    assert found.refusal.endswith(f"{home / (FILE + BROKEN)}.")
    assert (home / (FILE + BROKEN)).read_bytes() == content
    assert kept() == Kept()


def test_that_a_file_that_cannot_be_read_is_told(home: Path) -> None:
    (home / FILE).mkdir(parents=True)
    assert "cannot be read" in kept().refusal


def test_that_a_full_disk_is_told_once_until_it_is_kept_again(
    desk: Desk, autosave: Autosave, qtbot: QtBot, home: Path
) -> None:
    told: list[str] = []
    autosave.failed.connect(told.append)
    home.mkdir()
    (home / FILE).mkdir()  # nothing can be put in its place
    for seed in (1, 2):
        desk.session.edit(desk.session.experiment.changed(seed=seed))
        autosave.save()
        qtbot.waitUntil(lambda: not autosave._background.busy)
    assert len(told) == 1
    assert "cannot be kept" in told[0]
    (home / FILE).rmdir()
    autosave.save()
    qtbot.waitUntil(lambda: kept().experiment == desk.session.experiment)


def test_that_the_window_tells_of_it_without_a_dialog(
    desk: Desk, window: MainWindow, qtbot: QtBot, home: Path
) -> None:
    (home / FILE).mkdir()
    desk.session.edit(desk.session.experiment.changed(seed=1))
    qtbot.waitUntil(lambda: "cannot be kept" in window.offer.sentence)
    (home / FILE).rmdir()


# The next start -----------------------------------------------------------------------


def keep(home: Path, **fields: object) -> Experiment:
    """What an earlier window left; its experiment."""
    home.mkdir()
    last = complete(Experiment().changed(**fields))
    data = {"experiment": last.model_dump(mode="json"), "example": 1}
    (home / FILE).write_text(json.dumps(data))
    return last


def test_that_the_next_start_shows_it(home: Path) -> None:
    last = keep(home, task="adding", seed=3)
    begun = beginning_of([])
    assert (begun.experiment, begun.example) == (last, 1)
    assert not any(begun.sentences.values())


def test_that_a_named_file_is_shown_instead(home: Path, tmp_path: Path) -> None:
    keep(home, task="adding")
    path = tmp_path / "named.json"
    path.write_text(Experiment(task="recall").to_json())
    begun = beginning_of([str(path)])
    assert (begun.experiment.task, begun.example, begun.opened) == ("recall", 0, str(path))


@pytest.mark.parametrize("name", ["missing.json", "run.seqx"])
def test_that_it_is_there_where_a_named_file_is_not_shown_or_not_yet(
    home: Path, tmp_path: Path, name: str
) -> None:
    last = keep(home, task="adding")
    begun = beginning_of([str(tmp_path / name)])
    assert (begun.experiment, begun.opened) == (last, "")
    assert bool(begun.run_file) == name.endswith("seqx")
    assert any(begun.sentences.values()) != bool(begun.run_file)


def test_that_a_broken_file_lets_the_window_open_on_the_default(home: Path) -> None:
    home.mkdir()
    (home / FILE).write_text("no json")
    begun = beginning_of([])
    assert begun.experiment == Experiment()
    assert [title for title, sentence in begun.sentences.items() if sentence] == [
        "The last experiment"
    ]


def test_that_a_broken_file_is_left_alone_where_a_named_one_is_shown(
    home: Path, tmp_path: Path
) -> None:
    home.mkdir()
    (home / FILE).write_text("no json")
    path = tmp_path / "named.json"
    path.write_text(Experiment(task="recall").to_json())
    assert beginning_of([str(path)]).opened == str(path)
    assert (home / FILE).read_text() == "no json"


def test_that_an_example_that_is_not_there_is_passed_over(desk: Desk, home: Path) -> None:
    home.mkdir()
    data = {"experiment": {}, "example": 99}
    (home / FILE).write_text(json.dumps(data))
    desk.session.select_example(beginning_of([]).example)
    assert desk.session.example == 0


def test_that_it_survives_a_process_that_is_killed(home: Path) -> None:
    env = {**os.environ, "SEQUENCE_SANDBOX_HOME": str(home), "PYTHONPATH": str(ROOT)}
    for shown in ("0 0", "7 1"):
        done = subprocess.run(
            [sys.executable, "-c", PROCESS],
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.stdout.strip(), done.returncode) == (shown, -signal.SIGKILL), done.stderr
