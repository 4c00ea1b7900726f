"""The panel of answers: what is said to be right, what is drawn of it, and what can be copied."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea

from sandbox.drawing.answer_text import answer_at
from sandbox.drawing.curve_axes import accuracy_name
from sandbox.drawing.styles import DARK, LIGHT
from sandbox.drawing.timeline import Timeline
from sandbox.engine.free_running import steps_ahead
from sandbox.gui.panels.answers import answers_column
from sandbox.gui.panels.answers.answers_column import in_pixels
from sandbox.gui.panels.answers.answers_content import AnswersView, continuation, listed
from sandbox.gui.panels.answers.answers_paint import needed_range
from sandbox.gui.panels.answers.answers_panel import AnswersPanel
from sandbox.gui.panels.shared.panel import REFRESH_MS
from sandbox.gui.panels.shared.views import NetsView
from sandbox.tasks.base import Units
from tests.engine.continuing import Alphabet, GoingOnParams, Wave
from tests.export.legal_task import Walk, WalkParams
from tests.gui.canned_frames import (
    SumTask,
    WordTask,
    nets_view,
    sequence_view,
    trace,
    view_of,
    waiting_view,
)
from tests.gui.controls import noted
from tests.gui.panels.nets.test_nets_panel import mapped, rgb

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

    from sandbox.gui.panels.answers.answers_content import AnswersContent
    from sandbox.tasks.base import Task
    from sandbox.tasks.shown import ShownSequence

EIGHT = {f"net{n}": cell for n, cell in enumerate(("rnn", "lstm", "gru", "rnn_relu") * 2)}


@pytest.fixture
def panel(qtbot: QtBot) -> AnswersPanel:
    """Shown, as large as in a window of 1440×900."""
    above = QScrollArea()
    qtbot.addWidget(above)
    made = AnswersPanel(above)
    qtbot.addWidget(made)
    made.resize(1110, 176)
    made.show()
    qtbot.waitExposed(made)
    return made


def shown(
    panel: AnswersPanel, view: ShownSequence, answers: np.ndarray, **more: Any
) -> AnswersContent:
    """An RNN and an LSTM give these answers to it (T, B, O); what the RNN's column draws."""
    nets = {key: trace(key, view, 4, answers=answers) for key in ("rnn", "lstm")}
    panel.show_view(AnswersView(nets_view(view, traces=nets), more.get("ahead", {})))
    content = panel.column("rnn").content
    assert content is not None
    return content


def answered(view: ShownSequence, seed: int = 0) -> np.ndarray:
    """Answers at random: probabilities, each symbol's own, or values, (T, B, O)."""
    rng, outputs = np.random.default_rng(seed), len(view.task.outputs)
    shape = (view.sequences.roles.shape[1], len(view.sequences), outputs)
    chances = rng.random(shape).astype(np.float32)
    if view.task.loss == "cross_entropy":
        chances /= chances.sum(2, keepdims=True)
    return chances


def picture(panel: AnswersPanel, key: str = "rnn") -> QImage:
    return panel.column(key).grab().toImage()


# Right and wrong ------------------------------------------------------------------------


def rightly(task: Task, given: list[float], target: Any) -> bool:
    """The rules of `Task.correct_within`, slowly."""
    if not all(np.isfinite(value) for value in given):
        return False
    if task.loss == "cross_entropy":
        return all(value < given[int(target)] for n, value in enumerate(given) if n != target)
    if task.loss == "legal_symbols":
        legal = [value for value, one in zip(given, target, strict=True) if one]
        others = [value for value, one in zip(given, target, strict=True) if not one]
        return all(low > high for low in legal for high in others)
    off = [abs(value - aim) for value, aim in zip(given, target, strict=True)]
    return all(each < task.correct_within for each in off)


TASKS = [
    Alphabet(GoingOnParams(length=40, shorter=7)),
    Walk(WalkParams(length=20)),
    Wave(GoingOnParams(length=40)),
    WordTask(12, padding=3),
]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
@pytest.mark.parametrize("index", [0, 1])
def test_that_each_question_is_right_by_the_tasks_own_rule(
    panel: AnswersPanel, task: Task, index: int
) -> None:
    view = replace(view_of(task), index=index)
    answers = answered(view)
    answers[5] = np.nan
    content = shown(panel, view, answers)
    for step in range(view.length):
        asked = bool(view.sequences.scored[index, step])
        target = view.sequences.targets[index, step]
        expected = asked and rightly(task, answers[step, index].tolist(), target)
        assert bool(content.right[step]) == expected, step
        if asked:
            assert answer_at(view, content.trace.answers, step).right == expected  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("chances", "said", "verdict", "right"),
    [
        ((0.9, 0.8, 0.1), "{a, b}", "right: all legal symbols rank first", True),
        ((0.4, 0.3, 0.1), "{a, b}", "right: all legal symbols rank first", True),
        ((0.9, 0.8, 0.7), "{a, b}", "right: all legal symbols rank first", True),
        ((0.9, 0.2, 0.7), "{a, c}", "wrong; {a, b} should rank first", False),
        ((np.nan, 0.2, 0.7), "no answer", "{a, b} should rank first", False),
    ],
)
def test_that_legal_symbols_are_said_as_a_set(
    chances: tuple[float, ...], said: str, verdict: str, right: bool
) -> None:
    view = view_of(Walk(WalkParams(length=6)))
    view.sequences.targets[0, 3] = (1, 1, 0)
    answers = np.tile(np.float32(chances), (6, 2, 1))
    found = answer_at(view, answers, 3)
    assert (found.answer, found.verdict, found.right) == (said, verdict, right)
    assert accuracy_name(view.task) == "accuracy"


def test_that_a_value_is_told_with_what_is_right_and_how_near_it_is() -> None:
    view = view_of(SumTask(12))
    near, far = (
        answer_at(view, np.full((12, 2, 1), value, np.float32), 11) for value in (0.93, 0.5)
    )
    assert (near.answer, near.verdict) == ("0.93", "right, it is 0.91, within 0.04")
    assert (far.answer, far.verdict) == (
        "0.50",
        "wrong, it is 0.91, off by 0.41 (right within 0.04)",
    )
    assert near.right
    assert not far.right


@pytest.mark.parametrize("task", [SumTask(12), WordTask(12)], ids=lambda task: task.name)
def test_that_an_untrained_nets_answers_are_guesses(panel: AnswersPanel, task: Task) -> None:
    view = view_of(task)
    answers = np.full((12, 2, 1), 0.5, np.float32)
    if task.loss == "cross_entropy":
        answers = np.tile(np.float32([0.9, 0.05, 0.05]), (12, 2, 1))
    shown(panel, view, answers)
    assert DARK.wrong in colours(picture(panel))
    nets = nets_view(view, traces={"rnn": trace("rnn", view, 4, answers=answers)})
    head = replace(nets.heads["rnn"], accuracy=None, loss=None)
    panel.show_view(AnswersView(replace(nets, heads={"rnn": head}), {}))
    assert DARK.wrong not in colours(picture(panel))
    content = panel.column("rnn").content
    assert content is not None
    assert (content.said(11).verdict[:7], content.said(11).sure) == ("a guess", False)
    assert ", a guess; it is" in panel._in_words(panel._view)


def test_that_a_trained_nets_guess_is_as_quiet_as_in_its_head(panel: AnswersPanel) -> None:
    view = sequence_view()
    for chances in ((0.4, 0.3, 0.3), (0.3, 0.4, 0.3), (0.3, 0.3, 0.4)):
        content = shown(panel, view, np.tile(np.float32(chances), (12, 2, 1)))
        assert "guess" in content.said(11).verdict
        assert not {DARK.right, DARK.wrong} & colours(picture(panel))


def test_that_a_guess_is_called_one_where_its_step_has_no_room_for_its_whole_name(
    panel: AnswersPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = noted(monkeypatch, answers_column)
    view = sequence_view()
    for wide in range(960, 640, -20):  # from a window of 1280 pixels down to the least width
        panel.resize(wide, 176)
        shown(panel, view, np.tile(np.float32((0.4, 0.3, 0.3)), (12, 2, 1)))
        written.clear()
        picture(panel)
        assert any("guess" in text for text in written), wide


def colours(image: QImage) -> set[str]:
    places = itertools.product(range(image.width()), range(image.height()))
    return {image.pixelColor(x, y).name() for x, y in places}


# What is drawn --------------------------------------------------------------------------


def colour_at(panel: AnswersPanel, content: AnswersContent, output: int, step: int) -> Any:
    """The colour of an answer's row at a step, above its mark."""
    places = panel.column("rnn").places
    assert places is not None
    rows = listed(content, places.rows).tolist()
    rect = places.row(rows.index(output), len(rows))
    return rgb(picture(panel), int(places.timeline.centre(step)), rect.top() + 1)


def test_that_a_rows_colour_is_the_probability_where_something_is_asked(
    panel: AnswersPanel,
) -> None:
    view = view_of(Alphabet(GoingOnParams(length=12)))
    answers = answered(view)
    content = shown(panel, view, answers)
    for output in range(5):
        share = float(answers[6, 0, output])
        assert np.allclose(colour_at(panel, content, output, 6), mapped("viridis", share), atol=2)


def test_that_what_it_would_say_elsewhere_is_faint_and_can_be_left_out(
    panel: AnswersPanel,
) -> None:
    content = shown(panel, sequence_view(), answered(sequence_view()))
    bright = np.array(mapped("viridis", float(content.given[7, 0])))
    ground = np.array([int(DARK.ground[n : n + 2], 16) for n in (1, 3, 5)])
    faint = np.array(colour_at(panel, content, 0, 7))
    assert np.abs(faint - ground).sum() < np.abs(bright - ground).sum()
    assert not np.allclose(faint, ground)
    panel.head.every.click()
    content = panel.column("rnn").content  # type: ignore[assignment]
    assert np.allclose(colour_at(panel, content, 0, 7), ground)
    assert not np.allclose(colour_at(panel, content, 0, 11), ground)


def test_that_many_questions_have_a_lane_for_wrong_ones_above_that_for_right_ones(
    panel: AnswersPanel,
) -> None:
    view = view_of(Alphabet(GoingOnParams(length=100)))
    answers = np.zeros((100, 2, 5), np.float32)
    np.put_along_axis(answers, view.sequences.targets.T[..., None], 1, 2)
    answers[50:] = np.roll(answers[50:], 1, axis=2)  # the second half is wrong
    content = shown(panel, view, answers)
    assert content.right.sum() == 50
    places, image = panel.column("rnn").places, picture(panel)
    assert places is not None
    upper, lower = places.lanes.top() + 2, places.lanes.top() + places.lanes.height() // 2 + 2
    early, late = (int(places.timeline.centre(step)) for step in (20, 80))
    ground = image.pixelColor(early, upper).name()
    assert image.pixelColor(early, lower).name() == DARK.right
    assert image.pixelColor(late, upper).name() == DARK.wrong
    assert ground == image.pixelColor(late, lower).name() == DARK.ground


def test_that_guesses_among_many_questions_are_quiet(panel: AnswersPanel) -> None:
    view = view_of(Alphabet(GoingOnParams(length=100)))
    answers = np.full((100, 2, 5), 0.15, np.float32)
    np.put_along_axis(answers, view.sequences.targets.T[..., None], 0.4, 2)
    answers[50:] = np.roll(answers[50:], 1, axis=2)  # the second half is wrong
    shown(panel, view, answers)
    places, image = panel.column("rnn").places, picture(panel)
    assert places is not None
    upper, lower = places.lanes.top() + 2, places.lanes.top() + places.lanes.height() // 2 + 2
    early, late = (int(places.timeline.centre(step)) for step in (20, 80))
    assert image.pixelColor(early, lower).name() == DARK.quiet
    assert image.pixelColor(late, upper).name() == DARK.quiet


def test_that_no_wrong_step_is_lost_where_steps_share_a_pixel() -> None:
    flags = np.zeros(1000, np.bool_)
    flags[777] = True
    assert in_pixels(flags, Timeline(0, 100, 1000), 1.0).sum() == 1


def test_that_of_a_thousand_answers_the_likeliest_are_listed_with_the_right_one(
    panel: AnswersPanel,
) -> None:
    task = WordTask(12)
    task.outputs = tuple(f"word {n}" for n in range(1000))
    view = view_of(task)
    answers = np.full((12, 2, 1000), 1e-4, np.float32)
    answers[..., 900:903] = (0.5, 0.3, 0.1)
    view.sequences.targets[0, 11] = 77
    content = shown(panel, view, answers)
    assert listed(content, 3).tolist() == [900, 901, 77]
    assert listed(content, 1000).tolist() == list(range(1000))
    assert listed(content, 1).tolist() == [77]


def test_that_the_marked_step_is_told_in_every_column_and_its_line_drawn(
    panel: AnswersPanel, qtbot: QtBot
) -> None:
    shown(panel, sequence_view(), answered(sequence_view()))
    column = panel.column("lstm")
    assert column.places is not None
    x = int(column.places.timeline.centre(4))
    with qtbot.waitSignal(panel.step_hovered) as told:
        qtbot.mouseMove(column, QPoint(x, column.places.body.center().y()))
    assert told.args == [4]
    for key in ("rnn", "lstm"):
        content = panel.column(key).content
        assert content is not None
        assert (content.step, content.marked) == (4, True)
        places = panel.column(key).places
        assert places is not None
        x, middle = round(places.timeline.centre(4)), places.body.center().y()
        assert picture(panel, key).pixelColor(x, middle).name() == DARK.text
    panel.mark(-1)
    content = panel.column("rnn").content
    assert content is not None
    assert (content.step, content.marked) == (11, False)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda palette: palette.name)
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_that_eight_nets_are_drawn_before_training_and_when_they_are_no_numbers(
    panel: AnswersPanel, task: Task, palette: Any
) -> None:
    view, traces = view_of(task), {}
    for n, (key, cell) in enumerate(EIGHT.items()):
        answers = answered(view, n)
        answers[n:] = np.nan if n % 2 else answers[n:]
        traces[key] = trace(cell, view, 4, layers=1 + n % 3, answers=answers)
    panel.set_palette(palette)
    panel.show_view(AnswersView(nets_view(view, cells=EIGHT, traces=traces), {}))
    for key in EIGHT:
        assert not picture(panel, key).isNull()
    panel.show_view(AnswersView(waiting_view("preparing the engine"), {}))
    assert not picture(panel).isNull()


def test_that_a_hidden_panel_draws_nothing_and_catches_up(panel: AnswersPanel) -> None:
    view = sequence_view()
    shown(panel, view, answered(view, 1))
    before = panel.column("rnn").content
    panel.hide()
    panel.show_view(AnswersView(nets_view(view), {}))
    assert panel.column("rnn").content is before
    panel.show()
    assert panel.column("rnn").content is not before


# Fed on itself --------------------------------------------------------------------------


def test_that_only_a_panel_that_is_seen_wants_to_look_ahead_where_the_task_can(
    panel: AnswersPanel,
) -> None:
    wave = view_of(Wave(GoingOnParams(length=40)))
    shown(panel, wave, answered(wave))
    assert panel.wanted == steps_ahead(40) == 20
    panel.head.ahead.click()
    assert panel.wanted == 0
    panel.head.ahead.click()
    panel.hide()
    assert panel.wanted == 0
    panel.show()
    assert panel.wanted == 20
    shown(panel, sequence_view(), answered(sequence_view()))
    assert panel.wanted == 0
    assert not panel.head.ahead.isVisible()


def test_that_values_go_on_behind_the_end_of_the_sequence(panel: AnswersPanel) -> None:
    view = view_of(Wave(GoingOnParams(length=40)))
    answers = np.zeros((40, 2, 1), np.float32)
    ahead = np.concatenate([answers, np.full((20, 2, 1), 0.5, np.float32)])
    content = shown(panel, view, answers, ahead={"rnn": ahead, "lstm": ahead})
    assert content.ahead is not None
    assert content.ahead[:, 0].tolist() == [0.0] + 20 * [0.5]
    places = panel.column("lstm").places
    assert places is not None
    assert places.timeline.steps == 60
    y = (
        places.body.top()
        + 2
        + (content.high - 0.5) / (content.high - content.low) * (places.body.height() - 5)
    )
    image = picture(panel, "lstm")
    x = int(places.timeline.centre(55))
    near = [image.pixelColor(x, round(y) + by) for by in (-1, 0, 1)]
    assert max(color.blue() - color.red() for color in near) > 100  # the LSTM's colour
    assert "at 0.50 after 20 steps" in panel._in_words(panel._view)


def test_that_standardised_values_are_drawn_and_told_as_they_are_read(panel: AnswersPanel) -> None:
    task = Wave(GoingOnParams(length=40))
    task.units = Units(50.0, 8.0, "MW")
    view = view_of(task)
    content = shown(panel, view, np.full((40, 2, 1), 0.5, np.float32))
    right = 50 + 8 * view.sequences.targets[view.sequences.scored]
    assert 0 < content.low <= right.min() <= right.max() <= content.high < 100
    places = panel.column("lstm").places
    assert places is not None
    share = (content.high - 54.0) / (content.high - content.low)
    y = round(places.body.top() + 2 + share * (places.body.height() - 5))
    image, x = picture(panel, "lstm"), int(places.timeline.centre(20))
    near = [image.pixelColor(x, y + by) for by in (-1, 0, 1)]
    assert max(color.blue() - color.red() for color in near) > 100  # the LSTM's colour
    assert "54.00 MW" in panel._in_words(panel._view)
    last = rows_of(panel.as_text())[-1]
    assert last["RNN answers (MW)"] == "54"
    assert 40 < float(last["right answer (MW)"]) < 60


def test_that_shorter_sequences_go_on_behind_their_own_end(panel: AnswersPanel) -> None:
    view = replace(view_of(Wave(GoingOnParams(length=12, shorter=4))), index=1)
    ahead = np.arange(22, dtype=np.float32)[:, None, None] * np.ones((1, 2, 1), np.float32)
    content = shown(panel, view, answered(view), ahead={"rnn": ahead})
    assert content.ahead is not None
    assert content.ahead[:, 0].tolist() == list(range(7, 18))


def test_that_symbols_go_on_in_words_and_keep_the_columns_axis(panel: AnswersPanel) -> None:
    view = view_of(Alphabet(GoingOnParams(length=12)))
    ahead = np.zeros((22, 2, 5), np.float32)
    ahead[np.arange(22), :, np.arange(22) % 5] = 1
    content = shown(panel, view, answered(view), ahead={"rnn": ahead})
    assert content.ahead is not None
    assert continuation(view.task, content.ahead) == "bcdeabcdeab"  # the first answers step 12
    assert content.further == 0
    view.task.outputs = ("the", "rain", "fell", "on", "it")
    assert continuation(view.task, content.ahead[:3]) == "rain fell on"


# The axis of values ---------------------------------------------------------------------


def test_that_the_axis_holds_what_is_right_and_does_not_run_after_what_is_far_out() -> None:
    right = np.array([-1.0, 0.3, 1.0])
    assert needed_range(right, []) == (-1.0, 1.0)
    low, high = needed_range(right, [np.array([1.4, np.nan, np.inf])])
    assert (low, high) == (-1.0, 1.5)
    low, high = needed_range(right, [np.array([1e6])])
    assert 1.0 < high <= 5.0
    assert needed_range(np.array([np.nan]), []) == (0.0, 1.0)


# In words -------------------------------------------------------------------------------


def test_that_the_description_says_every_contestants_answer_and_follows_the_mark(
    panel: AnswersPanel, qtbot: QtBot
) -> None:
    view = sequence_view()
    answers = np.tile(np.float32([0.2, 0.7, 0.1]), (12, 2, 1))
    shown(panel, view, answers)
    words = 'RNN says "French" 70%, right; likeliest: French 70%, German 20%, Polish 10%.'
    qtbot.waitUntil(lambda: words in panel.accessibleDescription(), timeout=8 * REFRESH_MS)
    panel.mark(3)
    words = 'LSTM would say "French" 70%, nothing is asked here'
    qtbot.waitUntil(lambda: words in panel.accessibleDescription(), timeout=8 * REFRESH_MS)


def rows_of(text: str) -> list[dict[str, str]]:
    names, *rows = (line.split("\t") for line in text.splitlines())
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_that_the_table_has_every_answer_with_its_probability(panel: AnswersPanel) -> None:
    view = view_of(Alphabet(GoingOnParams(length=12)))
    answers = answered(view)
    content = shown(panel, view, answers, ahead={"rnn": np.concatenate([answers, answers[:10]])})
    rows = rows_of(panel.as_text())
    assert [row["step"] for row in rows] == [str(n) for n in range(1, 23)]
    for step, row in enumerate(rows[:12]):
        best = max(range(5), key=lambda n: answers[step, 0, n])
        assert (row["read"], row["RNN answers"]) == (view.labels[step], "abcde"[best])
        assert float(row["RNN probability"]) == pytest.approx(answers[step, 0, best], abs=1e-6)
        assert row["right answer"] == "abcde"[view.sequences.targets[0, step]]
        assert row["RNN right"] == ("right" if content.right[step] else "wrong")
    assert rows[12]["RNN answers"] == "abcde"[int(answers[0, 0].argmax())]
    assert (rows[12]["LSTM answers"], rows[12]["right answer"]) == ("", "")


def test_that_the_table_without_every_step_has_the_questions_alone(panel: AnswersPanel) -> None:
    shown(panel, sequence_view(), answered(sequence_view()))
    assert len(rows_of(panel.as_text())) == 12
    panel.head.every.click()
    assert [row["step"] for row in rows_of(panel.as_text())] == ["12"]


def test_that_sets_and_values_are_in_the_table_too(panel: AnswersPanel) -> None:
    walk, sums = view_of(Walk(WalkParams(length=6))), view_of(SumTask(12))
    shown(panel, walk, np.tile(np.float32([0.9, 0.2, 0.7]), (6, 2, 1)))
    assert {row["RNN answers"] for row in rows_of(panel.as_text())} == {"a c"}
    shown(panel, sums, np.full((12, 2, 1), 0.25, np.float32))
    last = rows_of(panel.as_text())[-1]
    assert (last["RNN answers"], last["right answer"]) == ("0.25", "0.91")


def test_that_the_menu_copies_the_table_before_the_picture(
    panel: AnswersPanel, qtbot: QtBot
) -> None:
    shown(panel, sequence_view(), answered(sequence_view()))
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Copy figure")
    panel.add_to(menu)
    first = menu.actions()[0]
    assert first.text() == "Copy answers as &table"
    first.trigger()
    assert QApplication.clipboard().text() == panel.as_text()


def test_that_nothing_is_there_to_be_copied_before_the_first_frame(
    panel: AnswersPanel, qtbot: QtBot
) -> None:
    panel.show_view(AnswersView(NetsView(sequence_view(), {}, None, "warming up"), {}))
    menu = QMenu()
    qtbot.addWidget(menu)
    menu.addAction("Copy figure")
    panel.add_to(menu)
    assert not menu.actions()[0].isEnabled()
