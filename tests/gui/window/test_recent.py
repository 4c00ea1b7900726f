"""The files that were opened or saved last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.experiment import Experiment
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.window.recent import MOST
from sandbox.store import seqx
from tests.gui.conftest import open_window
from tests.gui.controls import sentences

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


def entries(window: MainWindow) -> list[QAction]:
    """What the menu offers when it is opened, but for the one that clears it."""
    window.recent.menu.aboutToShow.emit()
    return [action for action in window.recent.menu.actions() if action.data() is not None]


def written(path: Path, **fields: object) -> str:
    path.write_text(Experiment().changed(**fields).to_json())
    return str(path)


def test_that_there_is_nothing_to_open_at_first(window: MainWindow) -> None:
    assert entries(window) == []
    assert not window.recent.menu.isEnabled()
    assert window.recent.menu.menuAction() in window.menuBar().actions()[0].menu().actions()


def test_that_what_was_opened_or_saved_is_offered_newest_first(
    window: MainWindow, tmp_path: Path
) -> None:
    opened, saved = written(tmp_path / "a.json", seed=1), str(tmp_path / "b & c.json")
    window.commands.open(opened)
    window.commands.save(saved)
    assert [action.data() for action in entries(window)] == [saved, opened]
    first = entries(window)[0]
    assert first.text() == f"&1 b && c.json  –  {tmp_path}"
    assert first.toolTip() == saved
    window.commands.open(opened)
    assert [action.data() for action in entries(window)] == [opened, saved]


@pytest.mark.parametrize("act", ["opened", "saved"])
def test_that_a_seqx_file_is_offered_once_it_is_read_or_written(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path, act: str
) -> None:
    path = tmp_path / "x.seqx"
    if act == "opened":
        seqx.write_experiment(path, Experiment(task="recall"))
        window.commands.open(str(path))
    else:
        window.commands.save(str(path))
    qtbot.waitUntil(lambda: window.recent.paths == [str(path)])
    window.library.close()


def test_that_a_file_that_could_not_be_opened_is_not_offered(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("broken.json", "broken.seqx"):
        (tmp_path / name).write_text("nonsense")
        window.commands.open(str(tmp_path / name))
    said: list[str] = []
    qtbot.waitUntil(lambda: len(said.extend(sentences()) or said) == 2)
    assert entries(window) == []
    window.library.close()


def test_that_choosing_one_opens_it(desk: Desk, window: MainWindow, tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", seed=1)
    window.commands.open(path)
    written(tmp_path / "a.json", seed=2)
    entries(window)[0].trigger()
    assert desk.session.experiment.seed == 2
    assert window.recent.paths == [path]


def test_that_a_missing_file_is_told_and_taken_off(
    desk: Desk, window: MainWindow, tmp_path: Path
) -> None:
    paths = [written(tmp_path / f"{name}.json") for name in "ab"]
    for path in paths:
        window.commands.open(path)
    Path(paths[1]).unlink()
    entries(window)[0].trigger()
    (said,) = sentences()
    assert said.startswith(f"{paths[1]} was moved or deleted")
    assert [action.data() for action in entries(window)] == paths[:1]


def test_that_there_are_ten_at_most_and_that_they_come_back(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    paths = [str(tmp_path / f"{number}, or so.json") for number in range(MOST + 3)]
    for path in paths:
        window.recent.add(path)
    again = open_window(desk, qtbot)
    assert [action.data() for action in entries(again)] == paths[:2:-1]
    assert len(entries(again)) == MOST == 10
    assert entries(again)[-1].text().startswith("&0 ")
    again.close()


def test_that_a_single_path_and_none_survive_the_settings() -> None:
    for texts in (["/a, b/c.json"], [], ["/x", "/ä ö"]):
        Preferences().keep_texts("recent/files", texts)
        assert Preferences().texts("recent/files") == texts


def test_that_the_list_can_be_cleared(window: MainWindow, tmp_path: Path) -> None:
    path = written(tmp_path / "a.json")
    window.commands.open(path)
    entries(window)
    (clear,) = [a for a in window.recent.menu.actions() if "Clear" in a.text()]
    clear.trigger()
    assert (entries(window), Preferences().texts("recent/files")) == ([], [])
    assert Path(path).is_file()


def test_that_a_relative_path_is_kept_as_an_absolute_one(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    window.recent.add("a.json")
    assert window.recent.paths == [str(tmp_path / "a.json")]
