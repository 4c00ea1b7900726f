"""The editor of cells: what is typed is checked, used, kept, and trains as any cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QMenu

from sandbox.cells.known import OWN, cell_named, own_cell
from sandbox.cli import main
from sandbox.gui.own.own_cells import OwnCells
from sandbox.gui.window.process import beginning_of
from sandbox.run.messages import Phase
from sandbox.store.cell_files import example
from sandbox.store.runs import runs_file
from tests.gui.controls import named, sentences
from tests.gui.live import PATIENCE_MS, assert_same_pictures, live, tiny
from tests.own_cell import PLAIN, TWO_SPEEDS, WRONG

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.own.cell_editor import CellEditor
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


def opened(window: MainWindow, name: str = "") -> CellEditor:
    window.own_cells.edit(name)
    return there(window)


def there(window: MainWindow) -> CellEditor:
    editor = window.own_cells.editor
    assert editor is not None
    return editor


def from_menu(window: MainWindow) -> CellEditor:
    """The editor, as a person opens it."""
    (menu,) = (
        each
        for each in window.contestants_part.findChildren(QMenu)
        if any(action.data() == OWN for action in each.actions())
    )
    next(action for action in menu.actions() if action.data() == OWN).trigger()
    return there(window)


def typed(qtbot: QtBot, editor: CellEditor, text: str) -> None:
    """The text replaced by one that is typed, and the check waited for."""
    editor.text.selectAll()
    qtbot.keyClick(editor.text, Qt.Key.Key_Delete)
    for number, line in enumerate(text.rstrip("\n").split("\n")):
        if number:
            qtbot.keyClick(editor.text, Qt.Key.Key_Return)
        qtbot.keyClicks(editor.text, line)
    with qtbot.waitSignal(editor.drafted):
        pass


def press(qtbot: QtBot, button: Any) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


# Checking.


def test_that_the_editor_begins_with_an_example_and_tells_what_it_has(
    window: MainWindow,
) -> None:
    editor = opened(window)
    assert editor.text.toPlainText() == example()
    assert not editor.refusal.isVisible()
    assert named(editor, "Gates: keep, write, candidate, show").isVisible()
    assert named(editor, "States: hidden, slow").isVisible()
    inputs = window.session.task.inputs.size
    size = 4 * 32 * (inputs + 32 + 1) + 32
    words = f"4H(I + H + 1) + H in a layer: {size:,} with I = {inputs} and H = 32"
    assert named(editor, f"Parameters: {words}").isVisible()


def test_that_what_is_wrong_is_said_and_marked_while_one_types(
    window: MainWindow, qtbot: QtBot
) -> None:
    editor = opened(window)
    typed(qtbot, editor, WRONG)
    assert editor.refusal.text().startswith("Line 2, column 10: expected a function, and tahn")
    marked = [each.cursor.selectedText() for each in editor.text.extraSelections()]
    assert marked[-1] == "tahn"
    assert not editor.use_button.isEnabled()
    assert named(editor, "Gates: –").isVisible()
    press(qtbot, editor.show_button)
    cursor = editor.text.textCursor()
    assert (cursor.blockNumber() + 1, cursor.positionInBlock() + 1) == (2, 10)
    editor.text.replace(WRONG.replace("tahn", "tanh"))
    qtbot.waitUntil(editor.use_button.isEnabled)
    assert not editor.refusal.isVisible()
    assert editor.text.extraSelections() == []


@pytest.mark.parametrize("text", ["", "\n\n", "hidden", "hidden = ", "x" * 5_000, "title:", "é\t#"])
def test_that_any_text_is_told_of(window: MainWindow, text: str) -> None:
    editor = opened(window)
    editor.replace(text)
    assert editor.refusal.isVisible()
    assert not editor.use_button.isEnabled()
    editor.use()
    assert len(window.session.experiment.contestants) == 2


def test_that_another_beginning_can_be_undone_in_the_text(window: MainWindow, qtbot: QtBot) -> None:
    editor = opened(window)
    editor.start.activated.emit(editor.start.findData("gru"))
    assert "title: Own GRU" in editor.text.toPlainText()
    assert editor.use_button.isEnabled()
    qtbot.keySequence(editor.text, "Ctrl+Z")
    assert editor.text.toPlainText() == example()


def test_that_every_copy_can_be_used(window: MainWindow) -> None:
    editor = opened(window)
    for index in range(editor.start.count()):
        editor.start.activated.emit(index)
        assert editor.refusal.text() == ""


# Using.


def test_that_a_cell_becomes_a_contestant_of_the_last_ones_size(
    desk: Desk, window: MainWindow
) -> None:
    desk.session.attempt(lambda e: e.with_contestant("lstm", hidden=11))
    editor = from_menu(window)
    editor.replace(TWO_SPEEDS)
    editor.use()
    one = desk.session.experiment.contestants[-1]
    assert (one.name, one.hidden, one.cell) == ("two_speeds", 11, own_cell(TWO_SPEEDS).name)
    assert window.own_cells.editor is None
    assert named(window, "Name of Two speeds") is not None
    assert "Two speeds added" in desk.session.remark


def test_that_twice_the_same_cell_has_two_names(desk: Desk, window: MainWindow) -> None:
    for _ in range(2):
        editor = opened(window)
        editor.replace(TWO_SPEEDS)
        editor.use()
    names = [each.name for each in desk.session.experiment.contestants]
    assert names == ["rnn", "lstm", "two_speeds", "two_speeds2"]


def with_own(desk: Desk, text: str = TWO_SPEEDS) -> None:
    new = {"cell": "own", "equations": text, "name": "mine"}
    error = desk.session.attempt(lambda e: e.changed(contestants=[*e.contestants, new]))
    assert error is None


def test_that_a_contestants_cell_is_changed_and_undone(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    with_own(desk)
    before = desk.session.experiment
    card = window.contestants_part._cards["mine"]
    card.more.click()
    card.cell_button.click()
    editor = there(window)
    assert editor.text.toPlainText() == TWO_SPEEDS
    assert editor.windowTitle() == "The cell of Two speeds mine"
    editor.replace(PLAIN)
    editor.use()
    after = desk.session.experiment
    assert after.contestant("mine").equations == PLAIN
    assert [each.name for each in after.contestants] == ["rnn", "lstm", "mine"]
    assert after.looks == before.looks
    window.edits.undo()
    assert desk.session.experiment == before


def test_that_what_was_changed_in_a_cell_is_said(desk: Desk, window: MainWindow) -> None:
    with_own(desk)
    editor = opened(window, "mine")
    editor.replace(TWO_SPEEDS.replace("tanh(slow)", "slow"))
    editor.use()
    changed = "hidden = show * tanh(slow) + (1 - show) * new → show * slow + (1 - show) * new"
    assert desk.session.remark == f"new run: Two speeds mine {changed}"


def test_that_only_ones_own_cells_have_the_button(desk: Desk, window: MainWindow) -> None:
    with_own(desk)
    cards = window.contestants_part._cards
    assert {name: not card.cell_button.isHidden() for name, card in cards.items()} == {
        "rnn": False,
        "lstm": False,
        "mine": True,
    }


def test_that_a_ninth_is_refused_in_the_editor(desk: Desk, window: MainWindow) -> None:
    editor = opened(window)
    eight = [{"cell": "rnn", "name": f"r{n}"} for n in range(8)]
    desk.session.attempt(lambda e: e.changed(contestants=eight))
    editor.use()
    assert "a list of 1 to 8" in editor.refusal.text()
    assert editor.isVisible()


# Nothing is lost.


def test_that_escape_keeps_a_draft(window: MainWindow, qtbot: QtBot) -> None:
    editor = opened(window)
    typed(qtbot, editor, WRONG)
    qtbot.keyClick(editor.text, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.own_cells.editor is None)
    again = opened(window)
    assert again.text.toPlainText() == WRONG.rstrip("\n")
    other = OwnCells(window, window.session, window.preferences, window.theme)  # the next start
    other.edit()
    assert other.editor is not None
    assert other.editor.text.toPlainText() == WRONG.rstrip("\n")
    other.editor.close()


def test_that_escape_keeps_what_was_typed_last(window: MainWindow, qtbot: QtBot) -> None:
    editor = opened(window)
    editor.text.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(editor.text, "# more")
    qtbot.keyClick(editor.text, Qt.Key.Key_Escape)
    assert opened(window).text.toPlainText().endswith("# more")


def test_that_a_draft_of_a_contestant_is_its_own(desk: Desk, window: MainWindow) -> None:
    with_own(desk)
    editor = opened(window, "mine")
    editor.replace(WRONG)
    editor.close()
    assert desk.session.experiment.contestant("mine").equations == TWO_SPEEDS
    assert opened(window).text.toPlainText() == example()
    there(window).close()
    assert opened(window, "mine").text.toPlainText() == WRONG


def test_that_a_used_draft_is_done_with(window: MainWindow) -> None:
    editor = opened(window)
    editor.replace(TWO_SPEEDS)
    editor.use()
    assert opened(window).text.toPlainText() == example()


# Files.


def test_that_a_cell_goes_through_a_file(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "mine.cell"
    editor = opened(window)
    editor.replace(TWO_SPEEDS)
    editor.save(str(path))
    assert path.read_text("utf-8") == TWO_SPEEDS
    editor.replace(PLAIN)
    editor.open_file(str(path))
    assert editor.text.toPlainText() == TWO_SPEEDS


def test_that_what_cannot_be_written_or_read_is_said(window: MainWindow, tmp_path: Path) -> None:
    editor = opened(window)
    editor.save(str(tmp_path / "none" / "mine.cell"))
    assert "could not be written" in editor.refusal.text()
    editor.open_file(str(tmp_path))
    assert "Is a directory" in editor.refusal.text()
    assert editor.text.toPlainText() == example()


def test_that_a_dropped_cell_is_shown_in_the_editor(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "mine.cell"
    path.write_bytes(b"\xef\xbb\xbf" + TWO_SPEEDS.replace("\n", "\r\n").encode())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    window._dropping.take(mime)
    assert there(window).text.toPlainText() == TWO_SPEEDS
    assert window.preferences.texts("recent/files")[0] == str(path)
    there(window).text.insertFromMimeData(mime)
    assert there(window).text.toPlainText() == TWO_SPEEDS


def test_that_a_dropped_cell_leaves_the_draft_of_a_new_one(
    window: MainWindow, tmp_path: Path
) -> None:
    opened(window).replace(WRONG)
    there(window).close()
    path = tmp_path / "mine.cell"
    path.write_text(PLAIN, "utf-8")
    window.commands.open(str(path))
    there(window).replace(f"{PLAIN}# more\n")
    there(window).close()
    assert opened(window).text.toPlainText() == WRONG
    there(window).close()
    window.commands.open(str(path))
    assert there(window).text.toPlainText() == f"{PLAIN}# more\n"
    there(window).use()
    assert len(window.session.experiment.contestants) == 3


def test_that_a_dropped_file_that_is_no_text_gives_one_sentence(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "mine.cell"
    path.write_bytes(b"\xff\xfe\0")
    window.commands.open(str(path))
    (said,) = sentences()
    assert "a text of equations, in UTF-8" in said
    assert window.own_cells.editor is None


def test_that_a_named_cell_file_is_opened_at_the_start(tmp_path: Path) -> None:
    assert beginning_of([str(tmp_path / "mine.cell")]).run_file == str(tmp_path / "mine.cell")


# Keys and looks.


def test_that_tab_goes_through_the_editor_in_order(window: MainWindow, qtbot: QtBot) -> None:
    editor = opened(window)
    editor.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is editor)
    editor.text.setFocus()
    names = []
    for _ in range(7):
        names.append(QApplication.focusWidget().accessibleName())  # type: ignore[union-attr]
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    term = "How is a cell of one's own written?"
    assert names == ["The cell's text", "Use it", "Close", "Start from", "Open…", "Save…", term]


def test_that_it_fits_a_small_screen_in_both_themes(window: MainWindow) -> None:
    editor = opened(window)
    assert editor.width() <= 1280
    assert editor.height() <= 720
    editor.replace(WRONG)
    for theme in ("light", "dark"):
        window.theme.choose(theme)
        marked = editor.text.extraSelections()[-1]
        assert marked.format.underlineColor().name() == window.theme.palette.wrong


# All of it, with the engine and the store.


def test_that_a_typed_cell_trains_is_held_saved_and_goes_on_in_another_home(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = tmp_path / "run.seqx", tmp_path / "trace.npz"
    with live(runs_file().parent, qtbot, tiny(steps=60)) as at:
        editor = from_menu(at.window)
        typed(qtbot, editor, TWO_SPEEDS)
        press(qtbot, editor.use_button)
        frame = at.train_to(40)
        gates = cell_named(frame.traces["two_speeds"].cell).pictures
        assert [each.name for each in gates if each.kind == "gate"] == ["keep", "show"]
        run = at.session.run
        qtbot.waitUntil(lambda: stored_step(at) == 40, timeout=PATIENCE_MS)
        with qtbot.waitSignal(at.window.library.filed, timeout=PATIENCE_MS):
            at.window.commands.save(str(path))
        whole, curves = at.train_to(60), at.curves()
    hold = ["trace", "--run", run, "--step", "40", "--clamp", "two_speeds.keep=1"]
    assert main([*hold, "--out", str(out)]) == 0
    with np.load(out) as arrays:
        assert (arrays["two_speeds.keep"] == 1).all()
    monkeypatch.setenv("SEQUENCE_SANDBOX_HOME", str(tmp_path / "elsewhere"))
    with live(runs_file().parent, qtbot, tiny(seed=5)) as at:
        at.window.commands.open(str(path))
        qtbot.waitUntil(lambda: at.session.run == run, timeout=PATIENCE_MS)
        at.until(Phase.PAUSED, 40)
        assert_same_pictures(at.train_to(60), whole)
        for key, (steps, loss) in at.curves().items():
            np.testing.assert_array_equal(steps, curves[key][0])
            np.testing.assert_array_equal(loss, curves[key][1])


def stored_step(at: Any) -> int:
    return max((each.step for each in at.store.list()), default=0)


def test_that_a_fork_keeps_nets_of_the_same_text_only(qtbot: QtBot, tmp_path: Path) -> None:
    texts = {"same": TWO_SPEEDS, "other": TWO_SPEEDS}
    nets = [
        {"cell": "own", "equations": text, "name": name, "hidden": 4}
        for name, text in texts.items()
    ]
    with live(tmp_path, qtbot, tiny(contestants=nets)) as at:
        at.train_to(30)
        at.session.fork()
        editor = opened(at.window, "other")
        editor.replace(TWO_SPEEDS.replace("tanh(slow)", "slow"))
        editor.use()
        at.train_to(40)
        run = at.session.run
        qtbot.waitUntil(lambda: stored_step(at) == 40, timeout=PATIENCE_MS)
        (told,) = (e["text"] for e in at.store.record(run).events if e["kind"] == "forked")
        assert "Two speeds other starts untrained" in told
        assert "same" not in told
