from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from sandbox.drawing.styles import DARK, LIGHT
from sandbox.experiment import Experiment
from sandbox.gui.panels.sentence import sentence_panel
from sandbox.gui.panels.sentence.channel_strips import (
    channel_timeline,
    names_placed,
    paint_channels,
    zero_share,
)
from sandbox.gui.panels.sentence.sentence_panel import SentencePanel, header
from sandbox.tasks.base import Channels, Role
from sandbox.tasks.latch import Latch, LatchParams
from sandbox.tasks.registry import task_class, task_of
from sandbox.tasks.shown import ShownSequence
from tests.gui.canned_frames import SumTask, sequence_view, view_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.tasks.base import Task


@pytest.fixture
def panel(qtbot: QtBot) -> SentencePanel:
    """Shown over the width of a window."""
    made = SentencePanel()
    qtbot.addWidget(made)
    made.resize(980, made.height())
    made.show()
    qtbot.waitExposed(made)
    return made


def word_rect(panel: SentencePanel, step: int) -> QRectF:
    """The place of a step's word, or of the ellipsis that stands for it."""
    piece = panel._ribbon.piece_of(step)
    return panel._rect(piece) if piece is not None else QRectF()


def test_that_hovering_a_word_marks_its_step(panel: SentencePanel, qtbot: QtBot) -> None:
    panel.show_view(sequence_view())
    with qtbot.waitSignal(panel.step_hovered) as told:
        qtbot.mouseMove(panel, word_rect(panel, 4).center().toPoint())
    assert told.args == [4]
    assert panel.marked == 4
    with qtbot.waitSignal(panel.step_hovered) as told:
        panel.leaveEvent(QEvent(QEvent.Type.Leave))
    assert told.args == [-1]


def test_that_every_word_can_be_hit(panel: SentencePanel) -> None:
    view = sequence_view(40)
    panel.show_view(view)
    assert [panel.step_at(word_rect(panel, t).center()) for t in range(40)] == list(range(40))


def test_that_marking_from_outside_repaints_and_tells_nobody(
    panel: SentencePanel, qtbot: QtBot
) -> None:
    panel.show_view(sequence_view())
    before = panel.grab().toImage()
    with qtbot.assertNotEmitted(panel.step_hovered):
        panel.mark(2)
    assert panel.grab().toImage() != before


def test_that_a_long_sequence_is_left_out_in_the_middle(panel: SentencePanel) -> None:
    view = sequence_view(500)
    panel.show_view(view)
    ellipsis = word_rect(panel, 250)
    assert ellipsis.isValid()
    assert word_rect(panel, 251) == ellipsis
    assert panel.step_at(ellipsis.center()) == -1
    assert panel.step_at(word_rect(panel, 499).center()) == 499
    assert word_rect(panel, 499).bottom() <= panel.height()


def test_that_the_height_never_changes(panel: SentencePanel) -> None:
    heights = set()
    for length in (1, 5, 60, 500):
        panel.show_view(sequence_view(length))
        heights.add(panel.height())
    assert len(heights) == 1


def test_that_the_cue_stands_out_in_its_colour(panel: SentencePanel) -> None:
    panel.show_view(sequence_view())
    rect = word_rect(panel, 1)
    image = panel.grab().toImage()
    underline = image.pixelColor(int(rect.center().x()), int(rect.bottom()) - 1)
    assert underline.name() == DARK.cue


def test_that_channels_are_drawn_and_hit(panel: SentencePanel, qtbot: QtBot) -> None:
    view = view_of(SumTask(10))
    panel.show_view(view)
    before = panel.grab().toImage()
    with qtbot.waitSignal(panel.step_hovered) as told:
        qtbot.mouseMove(panel, QPoint(panel.width() - 14, 40))
    assert told.args == [9]
    assert panel.grab().toImage() != before


def test_that_names_of_many_channels_lie_apart_in_their_order() -> None:
    names = ("value", "temp", "tariff", "hour sin", "hour cos", "weekday sin", "weekday cos")
    placed = names_placed(names, 57.0, 57 / 7, 11)
    assert [name for name, _ in placed] == ["value", "temp", "tariff", "hour", "weekday"]
    middles = [middle for _, middle in placed]
    assert (np.diff(middles) >= 11).all()
    assert 5.5 <= middles[0] < middles[-1] <= 57 - 5.5
    assert middles[-1] == pytest.approx(6 * 57 / 7, abs=3)  # between its sine and its cosine
    assert names_placed(("value", "temp"), 57.0, 57 / 2, 11) == [
        ("value", 57 / 4),
        ("temp", 57 * 3 / 4),
    ]
    few = names_placed(tuple(f"input {n}" for n in range(20)), 57.0, 57 / 20, 11)
    assert [name for name, _ in few] == ["input 0", "input 5", "input 10", "input 14", "input 19"]


def test_that_bars_of_numbers_with_both_signs_go_up_and_down_from_zero(qapp: object) -> None:
    picture = QImage(400, 80, QImage.Format.Format_RGB32)
    picture.fill(QColor(DARK.ground))
    task = Latch(LatchParams(length=10, signal=3))
    view = ShownSequence(task, task.encode("-1 -1 -1 1 0 1 1 1 1 1"), 0)
    painter = QPainter(picture)
    paint_channels(painter, QRectF(0, 0, 400, 80), view, DARK, -1)
    painter.end()
    left = channel_timeline(0, 600, view).left
    first, fourth = (round(left + (step + 0.3) * (400 - left) / 10) for step in (0, 3))
    bar = QColor(DARK.cue)
    assert picture.pixelColor(first, 50) == bar  # -1 of -2 to 2: from 40 down to 60
    assert picture.pixelColor(first, 30) != bar
    assert picture.pixelColor(first, 70) != bar
    assert picture.pixelColor(fourth, 30) != picture.pixelColor(fourth, 50)
    assert picture.pixelColor(fourth, 50) == picture.pixelColor(fourth, 70)


def test_that_bars_of_numbers_with_one_sign_stand_on_the_end_nearest_to_zero() -> None:
    ranges = ((0.0, 1.0), (2.0, 5.0), (-3.0, -1.0), (-1.0, 3.0))
    assert [zero_share(Channels(("value",), *ends)) for ends in ranges] == [0, 0, 1, 0.25]


def test_that_the_first_of_several_cues_is_the_one_whose_distance_is_told() -> None:
    kind = task_class("temporal_order")
    task = kind(kind.Params())
    assert "the first cue 5 steps before" in header(
        ShownSequence(task, task.encode("a X b c Y d"), 0)
    )


def test_that_the_keys_move_the_mark(panel: SentencePanel, qtbot: QtBot) -> None:
    panel.show_view(sequence_view())
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(panel, key)
    assert panel.marked == 1
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.marked == -1


def test_that_the_description_has_cue_question_and_words(panel: SentencePanel) -> None:
    panel.show_view(sequence_view())
    said = panel.accessibleDescription()
    assert '"GERMANY" (cue)' in said
    assert "I speak fluent ___ (French)" in said
    assert header(sequence_view()) in said
    assert "the cue 10 steps before the question" in said


def test_that_a_change_of_palette_repaints(panel: SentencePanel) -> None:
    panel.show_view(sequence_view())
    panel.set_palette(LIGHT)
    assert panel.grab().toImage().pixelColor(2, 40).name() == LIGHT.ground


def test_that_a_hidden_panel_catches_up(qtbot: QtBot) -> None:
    panel = SentencePanel()
    qtbot.addWidget(panel)
    panel.resize(980, panel.height())
    panel.show_view(sequence_view())
    panel.show()
    qtbot.waitExposed(panel)
    panel.hide()
    panel.show_view(sequence_view(20))
    assert not word_rect(panel, 19).isValid()
    panel.show()
    assert word_rect(panel, 19).isValid()


def example(task: Task) -> ShownSequence:
    return ShownSequence(task, task.draw(np.random.default_rng(0), 2), 0)


def test_that_the_header_says_how_the_gap_and_the_distance_belong_together() -> None:
    task = task_of(Experiment(task="fluent", params={"gap": 20}))
    view = example(task)
    (cue,) = np.flatnonzero(view.roles == Role.CUE).tolist()
    far = view.asked_at - cue
    assert f"{far} steps before the question (the gap of 20 and {far - 20} more)" in header(view)


def test_that_cues_asked_one_by_one_are_told_with_their_own_distance() -> None:
    assert "each cue 30 steps before its question" in header(
        example(task_of(Experiment(task="copy", params={"gap": 20})))
    )


def test_that_a_slider_which_counts_something_else_is_not_called_the_gap() -> None:
    assert "gap" not in header(example(task_of(Experiment(task="reber"))))


@pytest.mark.parametrize("width", [640, 980, 1600])
def test_that_the_question_is_announced_however_little_room_there_is(
    panel: SentencePanel, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(
        sentence_panel, "write", lambda p, x, y, text, *a, **k: written.append(text) or x
    )
    panel.resize(width, panel.height())
    panel.show_view(example(task_of(Experiment(task="copy"))))
    panel.grab()
    assert set(written) & set(sentence_panel.INTROS)
