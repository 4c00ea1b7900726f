"""The columns of every kind of cell, of stacked layers, and of many contestants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from sandbox.cells.known import CELLS
from sandbox.drawing.styles import DARK
from sandbox.drawing.wording import SHORTER_MEANINGS
from sandbox.engine.trace import layer_count, of_layer
from sandbox.gui.look import typeface
from sandbox.gui.look.typeface import SMALL_PX, fits, metrics
from sandbox.gui.panels.nets import column_head, column_paint
from sandbox.gui.panels.nets.column_buttons import LayerChooser
from sandbox.gui.panels.nets.column_geometry import LEAST_WIDTH, NARROW, arrange, head_height
from sandbox.gui.panels.nets.nets_panel import NetsPanel
from sandbox.gui.panels.nets.nets_scales import gradient_curves, shown_traces
from tests.gui.canned_frames import heads, nets_view, picture_rect, sequence_view, trace
from tests.gui.controls import noted

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

MEANINGS = {picture.meaning for cell in CELLS.values() for picture in cell.pictures}
THREE = {"rnn": "rnn", "lstm": "lstm", "gru": "gru"}
FIRST_SIX = dict(zip(list(CELLS)[:6], list(CELLS)[:6], strict=True))


@pytest.fixture
def panel(qtbot: QtBot) -> NetsPanel:
    """Shown, as large as in a window of 1280×720."""
    made = NetsPanel()
    qtbot.addWidget(made)
    made.resize(964, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def pixel(panel: NetsPanel, key: str, name: str, step: int, unit: int, units: int) -> QPoint:
    column = panel.column(key)
    rect = picture_rect(column, name)
    assert column.places is not None
    x = int(column.places.timeline.centre(step))
    return QPoint(x, int(rect.top() + (unit + 0.5) * rect.height() / units))


# Any cell -----------------------------------------------------------------------------


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_every_picture_of_every_cell_is_drawn_and_read(panel: NetsPanel, cell: str) -> None:
    panel.show_view(nets_view(cells={cell: cell}))
    column = panel.column(cell)
    places = [picture_rect(column, picture.name) for picture in CELLS[cell].pictures]
    assert all(rect.height() >= 8 for rect in places)
    assert [rect.top() for rect in places] == sorted(rect.top() for rect in places)
    said = panel.readout(3)
    for picture in CELLS[cell].pictures:
        assert f"{picture.name} 0." in said or picture.name == "candidate"
    assert "gradient 2.0e-2" in said


@pytest.mark.parametrize(
    ("cell", "name"), [("rnn_relu", "hidden"), ("mingru", "hidden"), ("slstm", "cell")]
)
def test_that_a_hidden_state_without_bounds_has_colours_that_reach_its_size(
    panel: NetsPanel, cell: str, name: str
) -> None:
    large = np.full((12, 2, 4), 180.0, np.float32)
    view = sequence_view()
    traces = {cell: trace(cell, view, 4, **{name: large}), "lstm": trace("lstm", view, 4)}
    panel.show_view(nets_view(view, cells={cell: cell, "lstm": "lstm"}, traces=traces))
    assert panel._scales.limits_of(cell)[name] == 200.0
    assert panel._scales.limits_of("lstm")["cell"] == 1.0


def test_that_only_the_cell_state_is_said_to_be_read_through_tanh(panel: NetsPanel) -> None:
    panel.show_view(nets_view(cells={"rnn_relu": "rnn_relu", "lstm": "lstm", "slstm": "slstm"}))

    def tip(key: str, name: str) -> str:
        column = panel.column(key)
        return column._tip(QPoint(4, picture_rect(column, name).center().y()))

    assert "its tanh" in tip("lstm", "cell")
    assert "its tanh" not in tip("rnn_relu", "hidden")
    assert "its tanh" not in tip("slstm", "cell")
    assert "overwritten at each step" in tip("rnn_relu", "hidden")


def test_that_the_heads_tool_tip_has_the_cells_equations(panel: NetsPanel) -> None:
    panel.show_view(nets_view(cells=THREE))
    assert CELLS["gru"].equations in panel.column("gru")._tip(QPoint(40, 8))


@pytest.mark.parametrize("meaning", sorted(MEANINGS))
def test_that_every_meaning_has_words_that_fit_two_lines_of_the_narrowest_gutter(
    panel: NetsPanel, meaning: str
) -> None:
    room = arrange(LEAST_WIDTH, 400, 12, 6).timeline.left - 20
    words = (meaning, *SHORTER_MEANINGS.get(meaning, ()))
    assert any(fits(each, room, 2, SMALL_PX) for each in words)


def test_that_a_meaning_stands_beside_its_title_where_a_picture_is_one_line_high(
    panel: NetsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = noted(monkeypatch, column_paint)
    typeface.set_scale(1.5)
    try:
        panel.set_palette(DARK)
        panel.resize(1920, 405)  # what a presentation at 1920×1080 leaves beside the answers
        panel.show_view(nets_view(cells={"rnn": "rnn", "lstm": "lstm"}))
        column = panel.column("lstm")
        column.grab()
        assert picture_rect(column, "forget").height() < 2 * metrics(SMALL_PX).height()
        assert "1 keeps, 0 erases" in written
        assert "the new content" in written
    finally:
        typeface.set_scale(1.0)


# Layers -------------------------------------------------------------------------------


def test_that_the_top_layer_is_shown_and_a_lower_one_on_request(panel: NetsPanel) -> None:
    panel.resize(1500, 400)
    view = sequence_view()
    traces = {"rnn": trace("rnn", view, 4), "lstm": trace("lstm", view, 4, layers=3)}
    panel.show_view(nets_view(view, traces=traces))
    assert "LSTM forget 0.50" in panel.readout(3)
    panel.show_layer("lstm", 2)
    assert "LSTM layer 2 forget 0.05" in panel.readout(3)
    assert "gradient 2.0e-3" in panel.readout(3)
    assert "RNN hidden 0.25" in panel.readout(3)
    panel.show_layer("lstm", 3)
    assert "LSTM forget 0.50" in panel.readout(3)


def test_that_a_chooser_stands_only_over_stacked_nets_and_lists_the_top_first(
    panel: NetsPanel, qtbot: QtBot
) -> None:
    panel.resize(1500, 400)
    view = sequence_view()
    traces = {"rnn": trace("rnn", view, 4), "lstm": trace("lstm", view, 4, layers=2)}
    panel.show_view(nets_view(view, traces=traces))
    choosers = {key: panel.column(key).findChild(LayerChooser) for key in ("rnn", "lstm")}
    assert not choosers["rnn"].isVisible()
    chooser = choosers["lstm"]
    assert chooser.isVisible()
    assert chooser.currentText() == "layer 2 of 2"
    assert chooser.accessibleName() == "LSTM layer shown"
    before = panel.column("lstm").grab().toImage()
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    assert chooser.currentText() == "layer 1 of 2"
    assert "LSTM layer 1 forget 0.05" in panel.readout(3)
    assert panel.column("lstm").grab().toImage() != before


def test_that_hovering_a_lower_layer_reads_its_unit(panel: NetsPanel, qtbot: QtBot) -> None:
    view = sequence_view()
    panel.show_view(nets_view(view, traces={"lstm": trace("lstm", view, 4, layers=2)}))
    panel.show_layer("lstm", 1)
    qtbot.mouseMove(panel.column("lstm"), pixel(panel, "lstm", "forget", 1, 3, 4))
    assert "LSTM layer 1 unit 4: forget 0.08" in panel.readout(1)


def test_that_the_chosen_layer_outlives_frames_and_waiting_but_not_its_layer(
    panel: NetsPanel,
) -> None:
    view = sequence_view()

    def show(layers: int) -> None:
        panel.show_view(nets_view(view, traces={"lstm": trace("lstm", view, 4, layers=layers)}))

    show(2)
    panel.show_layer("lstm", 1)
    panel.show_view(replace(nets_view(view), frame=None))
    show(2)
    assert "layer 1" in panel.readout(3)
    show(1)
    assert "layer" not in panel.readout(3)


def test_that_a_lower_layers_arrays_have_the_plain_names() -> None:
    view = sequence_view()
    whole = trace("gru", view, 4, layers=4)
    assert layer_count(whole) == 4
    assert of_layer(whole, 4) is whole
    lowest = of_layer(whole, 1)
    np.testing.assert_array_equal(lowest.arrays["update"], whole.arrays["layer1.update"])
    assert lowest.answers is whole.answers


def test_that_the_gradient_is_of_the_layer_that_is_shown() -> None:
    view = nets_view(sequence_view(), traces={"lstm": trace("lstm", sequence_view(), 4, layers=2)})
    traces = shown_traces(view, {"lstm": 1})
    (curve,) = gradient_curves(view, traces, False, {"lstm": 1})
    assert curve.title == "LSTM layer 1"
    np.testing.assert_allclose(curve.norms, 2e-3, rtol=1e-5)


# Many contestants, little room --------------------------------------------------------


@pytest.mark.parametrize("count", [3, 5, 8])
def test_that_columns_scroll_sideways_rather_than_become_too_narrow(
    panel: NetsPanel, qtbot: QtBot, count: int
) -> None:
    cells = {f"net{n}": list(CELLS)[n] for n in range(count)}
    panel.show_view(nets_view(cells=cells))
    qtbot.waitUntil(lambda: panel.column("net0").width() >= LEAST_WIDTH)
    assert all(panel.column(key).width() >= LEAST_WIDTH for key in cells)
    bar = panel.area.horizontalScrollBar()
    assert (bar.maximum() > 0) == (count > 3)
    assert panel.area.verticalScrollBar().maximum() == 0


def test_that_page_keys_show_the_columns_that_are_out_of_sight(
    panel: NetsPanel, qtbot: QtBot
) -> None:
    panel.show_view(nets_view(cells=FIRST_SIX))
    bar = panel.area.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    qtbot.keyClick(panel, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    for _ in range(5):
        qtbot.keyClick(panel, Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum()
    for _ in range(6):
        qtbot.keyClick(panel, Qt.Key.Key_PageUp)
    assert bar.value() == 0


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_lost_since_can_be_read_with_three_columns_in_a_small_window(
    panel: NetsPanel, cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = noted(monkeypatch, column_head)
    status = "solved at step 225, lost since"
    three = {"a": "rnn", cell: cell, "c": "gru"}
    shown = heads(three)
    shown[cell] = replace(shown[cell], title=CELLS[cell].title, status=status, tone="wrong")
    panel.show_view(replace(nets_view(cells=three), heads=shown))
    panel.column(cell).grab()
    assert status in written
    assert CELLS[cell].title in written


def test_that_columns_stay_aligned_where_their_width_is_odd(panel: NetsPanel) -> None:
    panel.show_view(nets_view())
    for spare in range(3):  # one column is a pixel wider, and that pixel is where heads grow
        panel.resize(2 * NARROW + 1 + spare, 400)
        rnn, lstm = panel.column("rnn"), panel.column("lstm")
        for column in (rnn, lstm):
            column.grab()
        assert rnn.places is not None
        assert lstm.places is not None
        assert rnn.places.tall_head == lstm.places.tall_head
        assert rnn.places.body == lstm.places.body
        assert rnn.places.timeline == lstm.places.timeline


def test_that_a_narrow_column_has_a_taller_head_and_no_less_room_below(panel: NetsPanel) -> None:
    wide, narrow = arrange(NARROW, 400, 12, 6), arrange(NARROW - 1, 400, 12, 6)
    assert (wide.head.height(), narrow.head.height()) == (46, 62)
    assert narrow.body.top() == head_height(tall=True)
    assert narrow.picture(5, 6).bottom() <= narrow.gradient.top()


def test_that_the_net_under_the_pointer_is_read_first(panel: NetsPanel, qtbot: QtBot) -> None:
    panel.show_view(nets_view(cells=THREE))
    assert "GRU" not in panel.readout(3)
    places = panel.column("gru").places
    assert places is not None
    over_the_gradient = QPoint(int(places.timeline.centre(3)), places.gradient.center().y())
    qtbot.mouseMove(panel.column("gru"), over_the_gradient)
    assert "mean |value|: GRU update 0.50 reset 0.50" in panel.readout(3)


def test_that_the_words_in_a_waiting_column_are_all_inside_it(
    panel: NetsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandbox.gui.panels.nets import column_paint as module

    waiting = "preparing the engine; the first time ever takes about twenty seconds"
    written: list[str] = []

    def note(
        painter: object, x: float, y: float, text: str, *more: object, **named: object
    ) -> None:
        written.append(text)

    monkeypatch.setattr(module, "write", note)
    panel.show_view(replace(nets_view(cells=THREE), frame=None, waiting=waiting))
    panel.column("gru").grab()
    assert " ".join(dict.fromkeys(written)) == waiting
    assert all(metrics().horizontalAdvance(line) < panel.column("gru").width() for line in written)
