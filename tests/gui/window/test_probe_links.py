"""A sequence of one's own on a real run: panels follow, undo, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from sandbox.experiment import Experiment
from sandbox.gui.panels.sentence.channel_strips import value_at
from sandbox.gui.session.session import OWN_DROPPED
from sandbox.tasks.base import Role
from sandbox.tasks.registry import with_param, with_task
from tests.gui.live import PATIENCE_MS, Live, live, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.run.messages import Frame


@pytest.fixture
def made(tmp_path: Path, qtbot: QtBot) -> Iterator[Live]:
    """Recall of four letters over a gap of 3, trained."""
    with live(tmp_path / "home", qtbot) as each:
        each.train_to(200)
        yield each


@pytest.fixture
def series(tmp_path: Path, qtbot: QtBot) -> Iterator[Live]:
    """Rows of numbers, untrained."""
    with live(tmp_path / "home", qtbot, tiny(task="adding", params={"length": 20})) as each:
        each.frame_of(0)
        yield each


def words(made: Live) -> list[str]:
    return made.window.stage.sentence.view.labels  # type: ignore[union-attr]


def shown(made: Live) -> Frame:
    """Wait for the pictures of the sequence on screen."""

    def there() -> bool:
        frame = made.session.shown.frame
        return frame is not None and frame.probe is made.session.examples

    made.qtbot.waitUntil(there, timeout=PATIENCE_MS)
    assert made.session.shown.frame is not None
    return made.session.shown.frame


def click(made: Live, step: int, twice: bool = False) -> None:
    panel = made.window.stage.sentence
    place = panel.place_of(step)
    assert place is not None
    at = place.center().toPoint()
    made.qtbot.mouseClick(panel, Qt.MouseButton.LeftButton, pos=at)
    if twice:
        made.qtbot.mouseDClick(panel, Qt.MouseButton.LeftButton, pos=at)


def test_that_a_word_is_edited_in_place_and_every_panel_follows(made: Live) -> None:
    editor, letter = made.window.probe_links.editor, words(made)[0]
    other = "B" if letter != "B" else "C"
    click(made, 0, twice=True)
    assert editor.field.hasFocus()
    assert editor.field.text() == letter
    made.qtbot.keyClicks(editor.field, other.lower())
    made.qtbot.keyClick(editor.field, Qt.Key.Key_Return)
    assert not editor.field.isVisible()
    assert words(made)[0] == other
    frame = shown(made)
    assert len(frame.probe) == 1
    traces = made.window.stage.nets._view.frame.traces  # type: ignore[union-attr]
    assert traces.keys() == frame.traces.keys()
    assert traces["lstm"] is frame.traces["lstm"]
    assert f"({other})" in made.session.task.question(frame.probe, 0)


def test_that_a_single_click_pins_and_a_double_click_leaves_no_pin(made: Live) -> None:
    click(made, 2)
    assert made.window.stage.pin is not None
    assert not made.window.probe_links.editor.field.isVisible()
    made.window.stage.show_pin(None)
    click(made, 2, twice=True)
    assert made.window.stage.pin is None
    assert made.window.probe_links.editor.field.isVisible()


def test_that_a_wrong_word_gets_a_sentence_and_stays_to_be_mended(made: Live) -> None:
    editor = made.window.probe_links.editor
    editor.begin(1)
    editor.field.setText("33")
    made.qtbot.keyClick(editor.field, Qt.Key.Key_Return)
    assert editor.field.isVisible()
    assert editor.field.refusal.startswith("“33” cannot be read here")
    assert made.session.own is None
    made.qtbot.keyClick(editor.field, Qt.Key.Key_Escape)
    assert not editor.field.isVisible()
    assert editor.field.refusal == ""
    assert made.session.own is None


def test_that_tab_goes_on_to_the_next_word(made: Live) -> None:
    editor = made.window.probe_links.editor
    editor.begin(1)
    editor.field.setText("7")
    made.qtbot.keyClick(editor.field, Qt.Key.Key_Tab)
    assert (words(made)[1], editor.step) == ("7", 2)
    assert editor.field.text() == words(made)[2]
    made.qtbot.keyClick(editor.field, Qt.Key.Key_Backtab)
    assert editor.step == 1


def test_that_keys_edit_the_marked_word(made: Live) -> None:
    panel, editor, before = made.window.stage.sentence, made.window.probe_links.editor, words(made)
    panel.setFocus()
    panel.mark(2)
    made.qtbot.keyClick(panel, Qt.Key.Key_Delete)
    assert words(made) == [*before[:2], *before[3:]]
    panel.mark(1)
    made.qtbot.keyClick(panel, Qt.Key.Key_Insert)
    assert len(words(made)) == len(before)
    assert editor.step == 1
    made.qtbot.keyClick(editor.field, Qt.Key.Key_Escape)
    panel.mark(3)
    made.qtbot.keyClick(panel, Qt.Key.Key_Return)
    assert editor.step == 3


def test_that_edits_are_undone_and_redone_one_by_one(made: Live) -> None:
    first, probe, stack = words(made), made.window.probe_links.probe, made.window.edits.stack
    probe.set_word(1, "9")
    second = words(made)
    probe.move_cue(2)
    third = words(made)
    assert stack.undoText() == "move the cue"
    assert made.session.task.labels(made.session.examples, 0) == third
    stack.undo()
    assert words(made) == second
    stack.undo()
    assert words(made) == first
    assert made.session.own is None
    stack.redo()
    assert words(made) == second
    shown(made)


def test_that_the_gap_is_stretched_to_a_thousand_steps(made: Live) -> None:
    before = words(made)
    assert made.window.probe_links.probe.stretch(1000) == ""
    frame = shown(made)
    assert frame.traces["lstm"].arrays["hidden"].shape[0] == 1002
    assert (frame.probe.roles == Role.FILLER).sum() == 1000
    assert words(made)[:4] == before[:4]
    made.window.stage.mark(900)
    made.window.probe_links.probe.stretch(0)
    assert len(words(made)) == 2
    assert shown(made).traces["lstm"].arrays["hidden"].shape[0] == 2


def test_that_the_header_names_it_and_has_the_way_back(made: Live) -> None:
    panel, before = made.window.stage.sentence, words(made)
    assert not panel.back_button.isVisible()
    made.session.select_example(1)
    chosen = words(made)
    made.window.probe_links.probe.insert(1)
    assert panel.back_button.isVisible()
    assert panel.accessibleDescription().startswith("Your own sequence: 6") or panel._described_late
    assert not made.window.actions_by_name["example_2"].isChecked()
    made.qtbot.mouseClick(panel.back_button, Qt.MouseButton.LeftButton)
    assert words(made) == chosen
    assert made.window.actions_by_name["example_2"].isChecked()
    made.window.probe_links.probe.insert(1)
    made.window.actions_by_name["example_1"].trigger()
    assert words(made) == before
    assert len(shown(made).probe) == 3


def test_that_an_own_sequence_goes_with_its_task_but_not_with_a_new_run(made: Live) -> None:
    probe = made.window.probe_links.probe
    probe.set_word(1, "9")
    own = made.session.own
    made.session.restart()
    assert made.session.own is own
    shown(made)
    made.session.attempt(lambda experiment: with_param(experiment, "gap", 5))
    assert made.session.own is None
    assert OWN_DROPPED in made.session.remark
    assert len(words(made)) == 7
    probe.set_word(1, "9")
    made.session.attempt(lambda experiment: with_task(experiment, "water"))
    assert made.session.own is None
    made.window.edits.stack.undo()
    made.window.edits.stack.undo()  # the edit of the sequence
    assert made.session.own is None


def test_that_a_frame_on_its_way_is_shown_with_its_own_words(made: Live) -> None:
    frame = shown(made)
    made.window.probe_links.probe.stretch(30)
    view = made.window.stage.nets._view
    assert view is not None
    if made.session.shown.frame is frame:  # not there yet: nets still show the example
        assert view.sequence.length == 5
    shown(made)
    view = made.window.stage.nets._view
    assert view is not None
    assert view.sequence.length == 32


def test_that_what_was_trained_is_not_changed_by_a_probe(made: Live) -> None:
    before = made.session.shown.frame
    probe = made.window.probe_links.probe
    probe.stretch(50)
    shown(made)
    probe.leave()
    after = shown(made)
    assert before is not None
    for key, trace in before.traces.items():
        assert np.array_equal(trace.answers, after.traces[key].answers)


def test_that_the_menu_has_every_edit(made: Live) -> None:
    editor, before = made.window.probe_links.editor, words(made)
    menu = editor.menu_at(2)
    names = [action.text().replace("&", "").partition("\t")[0] for action in menu.actions()]
    assert [name for name in names if name] == [
        "Edit here",
        "Insert before",
        "Delete",
        "Move the cue here",
        "Edit as text…",
        "Stretch the gap…",
        "Back to the example",
    ]
    by_name = dict(zip(names, menu.actions(), strict=True))
    assert not by_name["Back to the example"].isEnabled()
    by_name["Move the cue here"].trigger()
    assert words(made) == [*before[1:3], before[0], *before[3:]]
    assert not editor.menu_at(-1).actions()[0].isEnabled()


def test_that_a_refused_edit_is_told(made: Live) -> None:
    editor = made.window.probe_links.editor
    editor.menu_at(4).actions()[3].trigger()  # the cue to the question
    assert "before the question" in made.session.remark


def test_that_the_whole_sequence_is_typed_in_a_dialog(made: Live) -> None:
    editor = made.window.probe_links.editor
    editor.edit_text()
    dialog = made.window.findChild(object, "own_text_dialog")
    assert dialog.box.toPlainText() == " ".join(words(made))
    dialog.box.setPlainText("A 1 2 nonsense ?")
    dialog.take()
    assert "nonsense" in dialog.refusal.text()
    assert dialog.isVisible()
    dialog.box.setPlainText("1 2 B 3 A ?")
    dialog.take()
    assert words(made) == ["1", "2", "B", "3", "A", "?"]


def test_that_the_gap_is_chosen_in_a_dialog(made: Live) -> None:
    made.window.probe_links.editor.stretch()
    dialog = made.window.findChild(object, "gap_dialog")
    assert dialog.field.value == 3
    dialog.field.lineEdit().setText("40")
    dialog.field.commit()
    assert len(words(made)) == 42
    dialog.field.lineEdit().setText("4000")
    dialog.field.commit()
    assert "1,000" in dialog.refusal.text()
    assert len(words(made)) == 42
    dialog.close()


def test_that_a_drawn_stroke_sets_values_and_is_one_undo(series: Live) -> None:
    editor, panel = series.window.probe_links.editor, series.window.stage.sentence
    view = panel.view
    assert view is not None
    before = series.session.examples.inputs[0].copy()
    editor.draw(True)
    start, end = (panel.place_of(step).center().x() for step in (4, 9))  # type: ignore[union-attr]
    top = panel.area.top() + 4
    viewport = [QPoint(round(start), round(top)), QPoint(round(end), round(top))]
    series.qtbot.mousePress(panel, Qt.MouseButton.LeftButton, pos=viewport[0])
    series.qtbot.mouseMove(panel, viewport[1])
    move(panel, viewport[1])
    series.qtbot.mouseRelease(panel, Qt.MouseButton.LeftButton, pos=viewport[1])
    drawn = series.session.examples.inputs[0]
    value = value_at(panel.area, view, 0, viewport[1].y())
    assert value > 0.7
    assert drawn[4:10, 0] == pytest.approx([value] * 6, abs=1e-6)
    assert np.array_equal(drawn[10:], before[10:])
    assert np.array_equal(drawn[:, 1], before[:, 1])
    marked = drawn[drawn[:, 1] > 0, 0]
    frame = shown(series)
    assert frame.probe.targets[0, -1, 0] == pytest.approx(marked.sum())
    assert series.window.stage.pin is None
    series.window.edits.stack.undo()
    assert series.session.own is None
    series.qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not editor.drawing


def move(panel: object, to: QPoint) -> None:
    """Move with the button pressed, which qtbot does not."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    at = QPointF(to)
    event = QMouseEvent(QEvent.Type.MouseMove, at, at, left, left, none)
    QApplication.sendEvent(panel, event)  # type: ignore[call-overload]


def test_that_numbers_are_typed_over_their_bars(series: Live) -> None:
    editor = series.window.probe_links.editor
    editor.begin(3)
    editor.field.setText("0.5")
    series.qtbot.keyClick(editor.field, Qt.Key.Key_Return)
    own = series.session.own
    if own is None:  # step 3 was marked, and a third number may not be missing
        assert "exactly two" in editor.field.refusal
    else:
        assert own.sequences.inputs[0, 3, 0] == 0.5


def test_that_why_looks_at_an_own_sequence(made: Live) -> None:
    links = made.window.insight_links
    links.views.show("why")
    made.qtbot.waitUntil(lambda: links.feed.answer("why", "lstm") is not None, timeout=PATIENCE_MS)
    made.window.probe_links.probe.set_word(2, "5")
    assert links.feed.answer("why", "lstm") is None
    made.qtbot.waitUntil(lambda: links.feed.answer("why", "lstm") is not None, timeout=PATIENCE_MS)
    made.window.probe_links.probe.stretch(12)
    shown(made)
    assert links.feed.answer("why", "lstm") is None
    assert links.why._view is not None
    assert "another length" in links.why._view.waiting
    made.window.grab()  # painted with as many steps as it has
    made.window.probe_links.probe.leave()
    made.qtbot.waitUntil(lambda: links.feed.answer("why", "lstm") is not None, timeout=PATIENCE_MS)


def test_that_the_default_experiment_has_words_to_complete(tmp_path: Path, qtbot: QtBot) -> None:
    with live(tmp_path / "home", qtbot, tiny(task="fluent", params={"gap": 6})) as made:
        made.frame_of(0)
        editor = made.window.probe_links.editor
        editor.begin(4)
        made.qtbot.keyClicks(editor.field, "fra")
        completer = editor.field.completer()
        assert completer.currentCompletion() == "FRANCE"
        made.qtbot.keyClick(editor.field, Qt.Key.Key_Return)
        assert "fra" in editor.field.refusal
        assert "france" in editor.field.refusal
        editor.field.setText("FRANCE")
        made.qtbot.keyClick(editor.field, Qt.Key.Key_Return)
        assert words(made)[4] == "FRANCE"
        assert isinstance(made.session.experiment, Experiment)
