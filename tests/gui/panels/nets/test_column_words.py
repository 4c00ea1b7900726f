"""What stands above heatmaps, and that it leaves these high enough to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QLabel

from sandbox.cells.known import CELLS
from sandbox.drawing.styles import DARK
from sandbox.gui.look.formulas import shared
from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX
from sandbox.gui.panels.nets import column_words
from sandbox.gui.panels.nets.column_geometry import EXPLANATION, arrange
from sandbox.gui.panels.nets.column_words import (
    NO_GATES,
    SMALL_ROW,
    Above,
    Said,
    above,
    paint_above,
    strip_height,
)
from sandbox.gui.panels.nets.equations_sheet import EquationsSheet
from sandbox.gui.panels.nets.nets_panel import NetsPanel
from tests.gui.canned_frames import nets_view, picture_rect

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

COMMENT = "The input gate opens on filler words as well: each of them is written into the memory."
SEVERAL = {name: cell for name, cell in CELLS.items() if len(cell.pictures) > 1}
BOTH = {"rnn": "rnn", "lstm": "lstm"}

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def panel(qtbot: QtBot) -> NetsPanel:
    """Shown, as large as in a window of 1280×720."""
    made = NetsPanel()
    qtbot.addWidget(made)
    made.resize(950, 322)
    made.show()
    qtbot.waitExposed(made)
    return made


def words_of(what: Above) -> tuple[str, str, str]:
    """Comment, plain words and equations as texts."""
    formulas = " ".join(p.text for row in what.equations for p in row if not p.remark)
    return " ".join(what.comment), " ".join(what.words), formulas


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("width", [60, 288, 460, 800])
def test_that_each_part_is_whole_or_not_there(cell: str, width: int) -> None:
    whole = " ".join(line for line, _ in shared(CELLS[cell].equations))
    for most in range(0, 220, 7):
        what = above(Said(cell, COMMENT), width, most)
        comment, words, equations = words_of(what)
        assert comment in ("", COMMENT)
        assert words in ("", NO_GATES)
        assert equations in ("", whole)
        assert what.height <= most


def test_that_the_comment_comes_first_then_equations_then_plain_words() -> None:
    full = above(Said("rnn", COMMENT), 460, 500)
    assert all(words_of(full))
    seen = [above(Said("rnn", COMMENT), 460, most) for most in range(full.height, -1, -1)]
    kinds = [tuple(map(bool, words_of(each))) for each in seen]
    order = [(True, True, True), (True, False, True), (True, False, False), (False, False, False)]
    assert [kind for kind in order if kind in kinds] == order
    assert kinds == sorted(kinds, key=order.index)
    sizes = [each.size for each in seen if each.equations]
    assert sizes == sorted(sizes, reverse=True)  # large type before small
    assert set(sizes) == {SMALL_PX, TEXT_PX}


def test_that_only_a_cell_without_gates_is_said_to_have_none() -> None:
    assert above(Said("rnn"), 460, 500).words
    assert not above(Said("lstm"), 460, 500).words


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("cell", list(SEVERAL))
@pytest.mark.parametrize("comment", ["", COMMENT])
def test_that_heatmaps_stay_high_enough_to_be_read(cell: str, comment: str, folded: bool) -> None:
    rows = max(len(SEVERAL[cell].pictures), 4)
    for height in range(rows * 12, 500, 11):
        strip = strip_height([Said(cell, comment)], 450, height, rows, folded)
        assert 0 <= strip
        assert strip == 0 or (height - strip) / rows >= SMALL_ROW
        assert not folded or strip <= above(Said(cell, comment), 450, 60).height


def test_that_equations_of_an_lstm_are_seen_in_a_window_of_720_pixels(panel: NetsPanel) -> None:
    panel.show_view(nets_view(cells=BOTH))
    column = panel.column("lstm")
    assert not column.buttons.equations.isVisible()
    assert picture_rect(column, "forget").height() >= SMALL_ROW - 2
    assert picture_rect(column, "hidden").bottom() < column.places.gradient.top()  # type: ignore[union-attr]
    assert not panel.column("rnn").buttons.equations.isVisible()


def test_that_folded_equations_leave_the_heatmaps_as_they_were(panel: NetsPanel) -> None:
    panel.show_view(nets_view(cells=BOTH))
    panel.set_equations(False)
    column = panel.column("lstm")
    plain = arrange(column.even_width, column.height(), 12, 6)
    assert column.places is not None
    assert column.places.body == plain.body
    assert column.buttons.equations.isVisible()
    panel.set_equations(True)
    assert not column.buttons.equations.isVisible()


def test_that_columns_share_the_rows_of_their_heatmaps(panel: NetsPanel) -> None:
    panel.resize(1400, 420)
    panel.show_view(nets_view(cells={"lstm": "lstm", "gru": "gru", "peep": "lstm_peephole"}))
    tops = {picture_rect(panel.column(key), "hidden").top() for key in ("lstm", "gru", "peep")}
    assert len(tops) == 1


def test_that_where_one_cells_equations_leave_too_little_none_takes_room(panel: NetsPanel) -> None:
    panel.show_view(nets_view(cells={"slstm": "slstm", "lstm": "lstm"}))
    column = panel.column("slstm")
    assert column.places is not None
    assert column.places.body.top() == column.places.top
    assert column.buttons.equations.isVisible()


def test_that_a_heatmap_that_is_alone_keeps_its_least_height(panel: NetsPanel) -> None:
    for height in range(230, 420, 9):
        panel.resize(950, height)
        panel.show_view(nets_view(cells=BOTH, hidden=32))
        column = panel.column("rnn")
        assert column.places is not None
        free, picture = column.places.free(1), picture_rect(column, "hidden")
        assert picture.height() >= min(96, column.places.body.height() - 4)
        assert free.height() <= EXPLANATION + 4


def test_that_a_comment_stands_above_the_pictures_it_is_about(panel: NetsPanel) -> None:
    panel.show_view(nets_view(cells=BOTH))
    before = picture_rect(panel.column("lstm"), "forget")
    panel.show_comments({"lstm": COMMENT})
    column = panel.column("lstm")
    assert column.places is not None
    said = column._above(column.content, column.places)  # type: ignore[arg-type]
    assert " ".join(said.comment) == COMMENT
    assert not panel.column("rnn").content.said["rnn"].comment  # type: ignore[union-attr]
    panel.show_comments({})
    assert picture_rect(panel.column("lstm"), "forget") == before


def test_that_nothing_is_painted_below_the_height_that_was_reckoned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lowest: list[float] = []
    monkeypatch.setattr(column_words, "write_formula", lambda p, x, y, *more: lowest.append(y))
    image = QImage(900, 400, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for cell in CELLS:
        what = above(Said(cell, COMMENT), 460, 300)
        lowest.clear()
        paint_above(painter, QRect(0, 10, 460, what.height), what, DARK)
        assert bool(lowest) == bool(what.equations)
        assert max(lowest, default=0) <= 10 + what.height - 3
    painter.end()


def test_that_the_sheet_has_every_equation_with_its_meaning(panel: NetsPanel, qtbot: QtBot) -> None:
    panel.show_view(nets_view(cells=BOTH))
    sheet = panel.column("lstm").open_equations()
    assert isinstance(sheet, EquationsSheet)
    assert sheet.accessibleDescription() == CELLS["lstm"].equations
    qtbot.waitUntil(sheet.isVisible)
    texts = [label.text() for label in sheet.findChildren(QLabel)]
    assert "1 keeps the memory, 0 erases it" in texts
    assert "cell = forget * cell<sub>t−1</sub> + input * candidate" in texts
    sheet.close()
