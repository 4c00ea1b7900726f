from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage

from sandbox.cells.known import CELLS
from sandbox.drawing.answer_text import AnswerText, answer_at, as_guess
from sandbox.drawing.styles import DARK, LIGHT, line_styles
from sandbox.gui.look import typeface
from sandbox.gui.look.colourmaps import SIGNED_MAPS
from sandbox.gui.look.theme import Theme
from sandbox.gui.panels.nets.column_geometry import (
    TALLEST_UNIT,
    WORDS,
    arrange,
    least_height,
)
from sandbox.gui.panels.nets.column_head import chosen_words, figures_of, verdict_color
from sandbox.gui.panels.nets.nets_panel import NetsPanel
from sandbox.gui.panels.nets.nets_scales import gradient_curves, shown_traces
from sandbox.tasks.base import Units
from sandbox.tasks.parity import Parity, ParityParams
from sandbox.tasks.registry import task_class
from sandbox.tasks.shown import unit_of_length
from tests.gui.canned_frames import (
    SumTask,
    WordTask,
    heads,
    nets_view,
    picture_rect,
    sequence_view,
    trace,
    view_of,
    waiting_view,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.gui.panels.shared.views import NetsView

FOUR = {"rnn": "rnn", "lstm": "lstm", "lstm#1": "lstm", "rnn#1": "rnn"}


@pytest.fixture
def panel(qtbot: QtBot) -> NetsPanel:
    """Shown, as large as in a window of 1280×720."""
    made = NetsPanel()
    qtbot.addWidget(made)
    made.resize(1280, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def picture(panel: NetsPanel, key: str) -> QImage:
    """What a contestant's column looks like."""
    return panel.column(key).grab().toImage()


def pixel_of(
    panel: NetsPanel, key: str, name: str, step: int, unit: int, units: int
) -> tuple[int, int]:
    """The middle of a heatmap's cell."""
    column = panel.column(key)
    rect = picture_rect(column, name)
    assert column.places is not None
    x = column.places.timeline.centre(step)
    return int(x), int(rect.top() + (unit + 0.5) * rect.height() / units)


def rgb(image: QImage, x: int, y: int) -> tuple[int, int, int]:
    colour = image.pixelColor(x, y)
    return colour.red(), colour.green(), colour.blue()


def mapped(name: str, share: float) -> tuple[int, ...]:
    """The colour map's own colour at 0..1."""
    table = pg.colormap.get(name).getLookupTable(nPts=256, alpha=False)
    return tuple(int(part) for part in table[int(share * 255 + 0.5)])


def test_that_a_pixel_of_a_gate_has_the_colour_maps_colour_of_its_value(panel: NetsPanel) -> None:
    panel.show_view(nets_view(hidden=4))
    image = picture(panel, "lstm")
    for unit in range(4):
        x, y = pixel_of(panel, "lstm", "forget", 5, unit, 4)
        assert rgb(image, x, y) == mapped("viridis", (unit + 1) / 5)


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_that_a_hidden_state_is_drawn_in_the_palettes_diverging_map(
    panel: NetsPanel, palette: object
) -> None:
    panel.set_palette(palette)  # type: ignore[arg-type]
    panel.show_view(nets_view(hidden=1))
    x, y = pixel_of(panel, "rnn", "hidden", 5, 0, 1)
    wanted = mapped(SIGNED_MAPS[palette.name], (0.25 + 1) / 2)  # type: ignore[attr-defined]
    assert rgb(picture(panel, "rnn"), x, y) == wanted


def test_that_a_single_step_is_lit_at_the_same_pixels_in_every_heatmap(panel: NetsPanel) -> None:
    view = sequence_view(13)
    arrays = {p.name: np.zeros((13, 2, 3), np.float32) for p in CELLS["lstm"].pictures}
    for array in arrays.values():
        array[6] = 1.0
    panel.show_view(nets_view(view, traces={"lstm": trace("lstm", view, 3, **arrays)}))
    image, column = picture(panel, "lstm"), panel.column("lstm")
    spans = set()
    for each in CELLS["lstm"].pictures:
        y = picture_rect(column, each.name).center().y()
        row = [rgb(image, x, y) for x in range(image.width())]
        lit = row[pixel_of(panel, "lstm", each.name, 6, 0, 1)[0]]
        bar = picture_rect(column, each.name).right()
        span = [x for x, colour in enumerate(row[: bar + 1]) if colour == lit]
        spans.add((span[0], span[-1]))
    assert len(spans) == 1
    timeline = column.places.timeline  # type: ignore[union-attr]
    first, last = spans.pop()
    assert (first, last + 1) == (round(timeline.edge(6)), round(timeline.edge(7)))


def test_that_the_gradient_reads_the_same_time_axis_as_the_heatmaps(panel: NetsPanel) -> None:
    panel.show_view(nets_view())
    places = panel.column("lstm").places
    assert places is not None
    rect = picture_rect(panel.column("lstm"), "forget")
    assert (rect.left(), rect.width()) == (places.gradient.left(), places.gradient.width())
    assert (rect.left(), rect.width()) == (places.timeline.left, places.timeline.width)


def test_that_hovering_marks_the_step_in_every_column_and_tells_it(
    panel: NetsPanel, qtbot: QtBot
) -> None:
    panel.show_view(nets_view())
    column = panel.column("rnn")
    x, y = pixel_of(panel, "rnn", "hidden", 7, 2, 4)
    before = picture(panel, "lstm")
    with qtbot.waitSignal(panel.step_hovered) as told:
        qtbot.mouseMove(column, QPoint(x, y))
    assert told.args == [7]
    assert panel.marked == 7
    at = panel.column("lstm").places.timeline.centre(7)  # type: ignore[union-attr]
    assert before != picture(panel, "lstm")
    line = rgb(picture(panel, "lstm"), round(at), picture_rect(panel.column("lstm"), "cell").top())
    assert QColor(*line).name() == DARK.text


def test_that_the_readout_says_the_unit_under_the_pointer(panel: NetsPanel, qtbot: QtBot) -> None:
    panel.show_view(nets_view(hidden=4))
    x, y = pixel_of(panel, "lstm", "forget", 1, 3, 4)
    qtbot.mouseMove(panel.column("lstm"), QPoint(x, y))
    said = panel.readout(1)
    assert said.startswith('word 2 "GERMANY" (cue) · LSTM unit 4: forget 0.80 input 0.80')
    assert "RNN" not in said


def test_that_the_readout_names_step_word_role_and_means(panel: NetsPanel) -> None:
    panel.show_view(nets_view(hidden=4))
    said = panel.readout(1)
    assert said.startswith('word 2 "GERMANY" (cue)')
    assert "RNN hidden 0.25 gradient 2.0e-2" in said
    assert "LSTM forget 0.50 input 0.50" in said
    assert not said.endswith("…")
    assert panel.readout(99) == ""


def test_that_marking_from_outside_tells_nobody(panel: NetsPanel, qtbot: QtBot) -> None:
    panel.show_view(nets_view())
    with qtbot.assertNotEmitted(panel.step_hovered):
        panel.mark(3)
    assert panel.marked == 3


def test_that_the_keys_move_the_mark_and_escape_takes_it_away(
    panel: NetsPanel, qtbot: QtBot
) -> None:
    panel.show_view(nets_view())
    told: list[int] = []
    panel.step_hovered.connect(told.append)
    keys = ("Right", "Right", "Left", "End", "Right", "Home", "Escape", "Left")
    for key in keys:
        qtbot.keyClick(panel, getattr(Qt.Key, f"Key_{key}"))
    assert told == [0, 1, 0, 11, 0, -1, 11]


def test_that_zero_infinite_and_missing_gradients_are_drawn_without_fault(
    panel: NetsPanel,
) -> None:
    view = sequence_view()
    gradient = np.full((12, 2, 4), 1e-5, np.float32)
    gradient[0], gradient[3], gradient[5], gradient[7] = 0.0, np.nan, np.inf, 1e-38
    traces = {"rnn": trace("rnn", view, 4, grad_hidden=gradient), "lstm": trace("lstm", view, 4)}
    panel.show_view(nets_view(view, traces=traces))
    panel.set_relative(True)
    assert not picture(panel, "rnn").isNull()
    assert "not a number" in panel.readout(3)
    assert "infinite" in panel.readout(5)
    assert "gradient 0" in panel.readout(0)


def test_that_a_net_without_a_gradient_is_not_called_faulty(panel: NetsPanel) -> None:
    view = sequence_view()
    nothing = np.zeros((12, 2, 4), np.float32)
    traces = {"rnn": trace("rnn", view, 4, grad_hidden=nothing), "lstm": trace("lstm", view, 4)}
    shown = nets_view(view, traces=traces)
    curves = gradient_curves(shown, traces, relative=True)
    assert np.all(curves[0].norms == 0)
    assert np.all(np.isfinite(curves[1].norms))
    panel.show_view(shown)
    panel.set_relative(True)
    assert "gradient 0" in panel.readout(5)


def test_that_the_relative_gradient_is_one_at_the_query() -> None:
    view = nets_view()
    curves = gradient_curves(view, shown_traces(view), relative=True)
    assert [curve.norms[-1] for curve in curves] == [1.0, 1.0]


@pytest.mark.parametrize("length", [1, 2, 500])
@pytest.mark.parametrize("hidden", [1, 128])
def test_that_any_length_and_width_is_drawn(panel: NetsPanel, length: int, hidden: int) -> None:
    panel.show_view(nets_view(sequence_view(length), hidden=hidden))
    panel.mark(length - 1)
    assert not picture(panel, "lstm").isNull()
    assert panel.readout(length - 1)


def test_that_cue_and_query_are_among_the_pixels_where_steps_outnumber_them(
    panel: NetsPanel,
) -> None:
    panel.show_view(nets_view(sequence_view(5000)))
    timeline = panel.column("lstm").places.timeline  # type: ignore[union-attr]
    shown = timeline.columns(1.0, (1, 4999))
    assert len(shown) == timeline.width
    assert {1, 4999} <= set(shown.tolist())


def test_that_padding_is_not_drawn(panel: NetsPanel) -> None:
    panel.show_view(nets_view(sequence_view(9, padding=4)))
    assert panel.column("lstm").places.timeline.steps == 9  # type: ignore[union-attr]
    assert panel.readout(9) == ""


@pytest.mark.parametrize("cells", [{"lstm": "lstm"}, {"rnn": "rnn"}, FOUR])
def test_that_one_to_four_contestants_each_have_a_column(
    panel: NetsPanel, cells: dict[str, str]
) -> None:
    panel.show_view(nets_view())
    panel.show_view(nets_view(cells=cells))
    assert all(panel.column(key).isVisible() for key in cells)
    lefts = [panel.column(key).x() for key in cells]
    assert lefts == sorted(lefts)


def test_that_columns_are_kept_when_contestants_come_and_go(panel: NetsPanel) -> None:
    panel.show_view(nets_view(cells=FOUR))
    kept = {panel.column(key) for key in FOUR}
    panel.show_view(nets_view(cells={"lstm": "lstm"}))
    panel.show_view(nets_view(cells=FOUR))
    assert {panel.column(key) for key in FOUR} == kept


def test_that_a_change_of_palette_repaints_the_ground(panel: NetsPanel) -> None:
    panel.show_view(nets_view())
    assert picture(panel, "rnn").pixelColor(1, 1).name() == DARK.ground
    panel.set_palette(LIGHT)
    assert picture(panel, "rnn").pixelColor(1, 1).name() == LIGHT.ground


def test_that_the_waiting_words_stand_in_the_pictures_place(panel: NetsPanel) -> None:
    panel.show_view(waiting_view("The engine is warming up…"))
    assert panel.accessibleDescription() == "The engine is warming up…"
    bare = picture(panel, "rnn")
    panel.show_view(nets_view())
    assert picture(panel, "rnn") != bare


def test_that_a_frame_of_another_probe_is_not_drawn() -> None:
    view = replace(nets_view(sequence_view(5)), sequence=sequence_view(30))
    assert shown_traces(view) == {}


def test_that_the_description_speaks_of_the_numbers(panel: NetsPanel, qtbot: QtBot) -> None:
    panel.show_view(nets_view())
    said = panel.accessibleDescription()
    for words in (
        "RNN: accuracy 17%",
        'says "French" 97%, right',
        "forget gate 0.50",
        "at the cue",
    ):
        assert words in said
    wrong = sequence_view()
    answers = np.tile(np.float32([0.9, 0.05, 0.05]), (12, 2, 1))
    panel.show_view(nets_view(wrong, traces={"lstm": trace("lstm", wrong, 4, answers=answers)}))
    qtbot.waitUntil(
        lambda: 'says "German" 90%, wrong, it is "French"' in panel.accessibleDescription()
    )


def test_that_a_regression_says_values(panel: NetsPanel) -> None:
    view = view_of(SumTask(12))
    answers = np.full((12, 2, 1), 0.88, np.float32)
    panel.show_view(nets_view(view, traces={"lstm": trace("lstm", view, 4, answers=answers)}))
    said = panel.accessibleDescription()
    assert "says 0.88, right, it is 0.91" in said
    assert "within 0.04 17%" in said


def test_that_a_net_without_finite_answers_says_so(panel: NetsPanel) -> None:
    view = sequence_view()
    broken = trace("lstm", view, 4, answers=np.full((12, 2, 3), np.nan, np.float32))
    head = replace(heads()["lstm"], status="diverged at step 40", tone="wrong", loss=float("nan"))
    shown = replace(nets_view(view, traces={"lstm": broken}), heads={"lstm": head})
    panel.show_view(shown)
    said = panel.accessibleDescription()
    assert "diverged at step 40" in said
    assert "no answer" in said
    assert not picture(panel, "lstm").isNull()


def test_that_a_hidden_panel_does_not_draw_and_catches_up(qtbot: QtBot) -> None:
    panel = NetsPanel()
    qtbot.addWidget(panel)
    panel.resize(1280, 400)
    panel.show_view(nets_view())
    panel.show()
    qtbot.waitUntil(lambda: panel.column("lstm").paint_count == 1)
    panel.hide()
    for _ in range(5):
        panel.show_view(nets_view(hidden=8))
    assert panel.column("lstm").paint_count == 1
    panel.show()
    qtbot.waitUntil(lambda: panel.column("lstm").paint_count == 2)
    assert "forget" in panel.readout(1)


def test_that_moving_the_mark_paints_no_picture_again(panel: NetsPanel, qtbot: QtBot) -> None:
    panel.show_view(nets_view())
    column = panel.column("lstm")
    qtbot.waitUntil(lambda: column.paint_count > 0)
    painted = column.paint_count
    for step in range(12):
        panel.mark(step)
        column.grab()
    assert column.paint_count == painted


def test_that_nothing_moves_from_frame_to_frame(panel: NetsPanel) -> None:
    def places(view: NetsView) -> object:
        panel.show_view(view)
        return panel.column("lstm").places

    big = trace("lstm", sequence_view(), 4, cell=np.full((12, 2, 4), 123.0, np.float32))
    small = {"rnn": trace("rnn", sequence_view(), 4), "lstm": big}
    assert places(nets_view()) == places(nets_view(traces=small))


def test_that_the_pointer_outside_the_time_axis_marks_nothing(
    panel: NetsPanel, qtbot: QtBot
) -> None:
    panel.show_view(nets_view(view_of(WordTask(12))))
    column = panel.column("rnn")
    x, y = pixel_of(panel, "rnn", "hidden", 3, 0, 4)
    qtbot.mouseMove(column, QPoint(x, y))
    qtbot.mouseMove(column, QPointF(3, y).toPoint())
    assert panel.marked == -1


@pytest.mark.parametrize(("kind", "said"), [(1, "a lucky guess"), (0, 'a guess; it is "French"')])
def test_that_an_answer_below_an_even_chance_is_a_guess(kind: int, said: str) -> None:
    view = sequence_view()
    answers = np.full((12, 2, 3), 0.3, np.float32)
    answers[..., kind] = 0.4
    answer = answer_at(view, answers)
    assert (answer.verdict, answer.sure) == (said, False)
    assert verdict_color(answer, DARK) == DARK.quiet


def test_that_of_two_answers_one_just_above_chance_is_a_guess() -> None:
    sequence = Parity(ParityParams(length=4))
    view = view_of(sequence)
    answers = np.tile(np.float32([0.54, 0.46]), (view.sequences.inputs.shape[1], 2, 1))
    told = answer_at(view, answers)
    assert "guess" in told.verdict
    assert not told.sure


def test_that_an_untrained_nets_value_is_a_guess() -> None:
    wrong = AnswerText("0.50", "wrong, it is 0.91, off by 0.41")
    assert (as_guess(wrong).sure, as_guess(wrong).verdict) == (
        False,
        "a guess; it is 0.91, off by 0.41",
    )
    assert not as_guess(AnswerText("0.50", "right", right=True)).verdict.startswith("right")


def test_that_an_answer_from_an_even_chance_on_is_right_or_wrong() -> None:
    view = sequence_view()
    answers = np.tile(np.float32([0.25, 0.5, 0.25]), (12, 2, 1))
    answer = answer_at(view, answers)
    assert (answer.verdict, answer.sure) == ("right", True)
    assert verdict_color(answer, DARK) == DARK.right


def test_that_the_recurrence_can_be_read_off_the_pictures() -> None:
    meanings = {picture.name: picture.meaning for picture in CELLS["lstm"].pictures}
    assert meanings["cell"] == "forget × old memory + input × candidate"
    assert meanings["candidate"] == "the new content"


def test_that_the_cells_colour_bar_says_where_it_ends_and_why(panel: NetsPanel) -> None:
    panel.show_view(nets_view())
    column = panel.column("lstm")
    rect = picture_rect(column, "cell")
    tip = column._tip(QPoint(rect.right() + 10, rect.center().y()))
    assert "tanh" in tip
    assert "±3" in tip


@pytest.mark.parametrize("cells", [["rnn"] * 8, ["lstm"] * 8, ["rnn", "lstm"] * 4])
def test_that_eight_contestants_can_be_told_apart(cells: list[str]) -> None:
    styles = list(line_styles({str(n): cell for n, cell in enumerate(cells)}).values())
    for n, one in enumerate(styles):
        for other in styles[n + 1 :]:
            apart = one.dash != other.dash and one.marker != other.marker
            assert one.slot != other.slot or apart
    assert styles[0].slot == {"rnn": 0, "lstm": 1}[cells[0]]


def test_that_what_does_not_fit_the_status_bar_is_left_out_by_whole_contestants(
    panel: NetsPanel,
) -> None:
    panel.show_view(nets_view(cells=FOUR))
    said = panel.readout(1)
    assert said.endswith(" · …")
    whole = panel.readout(1).removesuffix(" · …").split(" · ")
    panel.resize(9000, 400)
    assert panel.readout(1).split(" · ")[: len(whole)] == whole


@pytest.mark.parametrize("rows", [4, 6])
def test_that_a_columns_least_height_holds_everything_it_draws(rows: int) -> None:
    least = arrange(312, least_height(rows), 12, rows)
    assert least.body.top() + least.body.height() <= least.gradient.top()
    assert least.words.height() == WORDS
    assert least.roles.top() + least.roles.height() == least_height(rows)
    assert all(least.picture(n, rows).height() >= 8 for n in range(rows))
    taller = arrange(312, least_height(rows) + 20, 12, rows)
    assert taller.gradient.height() == least.gradient.height()


def test_that_the_panel_scrolls_only_where_it_is_lower_than_its_columns(panel: NetsPanel) -> None:
    panel.show_view(nets_view())
    panel.resize(660, 230)
    assert panel.column("lstm").height() <= 230


@pytest.mark.parametrize("units", [4, 32, 512])
def test_that_a_picture_that_is_alone_takes_the_height_that_is_free(units: int) -> None:
    geometry = arrange(800, 720, 58, 6, units)
    picture, free = geometry.picture(0, 1), geometry.free(1)
    assert picture.height() <= max(units * TALLEST_UNIT, 96)
    assert free.top() + free.height() == picture.top()
    assert picture.bottom() <= geometry.gradient.top()
    if units > 4:
        assert free.height() < 80


def test_that_a_status_keeps_its_number_where_room_is_short(panel: NetsPanel) -> None:
    head = replace(heads()["lstm"], status="solved at step 175", tone="right")
    figures = figures_of(head, WordTask(12))
    seen = [chosen_words(figures, float(room)) for room in range(500, 0, -1)]
    assert seen[0] == ("accuracy", True, "solved at step 175")
    assert all("175" in status for _, _, status in seen)
    assert ("", True) not in {each[:2] for each in seen}  # "15% loss 1.79": a loss of 15%?


def test_that_a_reason_is_left_out_before_the_name_of_a_figure(panel: NetsPanel) -> None:
    status = "not solved: 98.4% on unseen filler (needs 99%)"
    figures = figures_of(replace(heads()["lstm"], status=status), WordTask(12))
    seen = [chosen_words(figures, float(room)) for room in range(700, 0, -1)]
    assert seen[0] == ("accuracy", True, status)
    assert ("accuracy", False, "not solved: 98.4% on unseen filler") in seen  # before the loss
    assert ("accuracy", True, "not solved") in seen


def test_that_a_task_judged_by_its_loss_shows_the_loss_large(panel: NetsPanel) -> None:
    head = replace(heads()["lstm"], loss=0.008, accuracy=0.4)
    figures = figures_of(head, SumTask(12))
    assert (figures.large, figures.names[0]) == ("0.008", "mean loss, solved below 0.01")
    assert (figures.small_name, figures.small) == ("within 0.04", "40%")
    assert figures_of(head, WordTask(12)).large == "40%"
    seen = [chosen_words(figures, float(room))[:2] for room in range(500, 0, -1)]
    assert ("", True) not in seen


def test_that_a_loss_has_its_units_beside_it_where_there_is_room(panel: NetsPanel) -> None:
    head, task = replace(heads()["lstm"], loss=0.25, status="solved at step 175"), SumTask(12)
    task.units = Units(0.0, 10.0, "cm")
    task.in_units = lambda loss: f"RMS error {10 * loss**0.5:g} cm"  # type: ignore[method-assign]
    figures = figures_of(head, task)
    assert figures.small_name == "within 0.4 cm"
    long = "mean loss (RMS error 5 cm), solved below 0.01 (RMS error 1 cm)"
    names = long, "loss (RMS error 5 cm)"
    assert figures.names == (*names, "loss (5 cm)", "loss")
    seen = [chosen_words(figures, float(room)) for room in range(700, 0, -1)]
    assert seen[0] == (names[0], True, "solved at step 175")
    assert all(("175" in status) for name, _, status in seen if name in names)
    untrained = figures_of(replace(head, loss=None), task)
    assert untrained.names[0] == "mean loss, solved below 0.01"


def test_that_a_relative_gradient_is_a_short_share_of_one(panel: NetsPanel) -> None:
    panel.set_relative(True)
    panel.show_view(nets_view())
    assert panel._scales.decades[1] == 0
    assert not picture(panel, "rnn").isNull()


def test_that_panels_say_question_and_one_word_a_kind_of_task(panel: NetsPanel) -> None:
    panel.show_view(nets_view())
    assert "question" in panel.accessibleDescription()
    assert "query" not in panel.accessibleDescription()
    assert "(question)" in panel.readout(11)
    units = {task: unit_of_length(task) for task in (WordTask(5), SumTask(5))}
    assert list(units.values()) == ["words", "steps"]


def test_that_letters_between_a_start_and_an_end_are_symbols() -> None:
    named = ("fluent", "temporal_order", "counting", "recall", "latch")
    made = [unit_of_length(task_class(name)(task_class(name).Params())) for name in named]
    assert made == ["words", "symbols", "symbols", "symbols", "steps"]


def test_that_two_contestants_fit_the_status_bar_of_a_small_window(panel: NetsPanel) -> None:
    panel.show_view(nets_view(sequence_view(58), hidden=32))
    assert all(name in panel.readout(1) for name in ("RNN hidden", "LSTM forget"))


@pytest.mark.parametrize("factor", [1.0, 1.5, 2.0])
def test_that_columns_grow_with_the_type(panel: NetsPanel, factor: float) -> None:
    panel.show_view(nets_view())
    column, before = panel.column("lstm"), panel.column("lstm").minimumSizeHint()
    typeface.set_scale(factor)
    try:
        panel.set_palette(DARK)
        after = column.minimumSizeHint()
        assert after.width() == pytest.approx(factor * before.width(), abs=2)
        assert after.height() == pytest.approx(factor * before.height(), abs=12)
        column.resize(after)
        places = column.places
        assert places is not None
        line = typeface.metrics(typeface.SMALL_PX).ascent()
        assert places.words.height() >= line
        assert places.roles.bottom() <= after.height()
        assert all(places.picture(n, 6).height() >= 8 for n in range(6))
        assert not picture(panel, "lstm").isNull()
    finally:
        typeface.set_scale(1.0)


@pytest.mark.parametrize("size", [100, 175, 250])
def test_that_a_scroll_bar_cuts_neither_the_words_nor_relative(
    panel: NetsPanel, qtbot: QtBot, size: int
) -> None:
    theme = Theme("dark")
    theme.changed.connect(panel.set_palette)
    theme.set_type_size(size)
    try:
        panel.resize(620, 100)
        panel.show_view(nets_view(cells=FOUR))
        qtbot.waitUntil(lambda: panel.area.horizontalScrollBar().isVisible())
        panel.resize(620, panel.minimumSizeHint().height())
        column, button = panel.column("rnn"), panel.relative_button
        qtbot.waitUntil(lambda: panel.area.verticalScrollBar().maximum() == 0)
        assert column.height() <= panel.area.viewport().height()
        assert button.geometry().bottom() <= column.height()
        assert button.width() >= button.sizeHint().width()
        assert button.geometry().right() < column.places.timeline.left  # type: ignore[union-attr]
    finally:
        theme.set_type_size(100)
