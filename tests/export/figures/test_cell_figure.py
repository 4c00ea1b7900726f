"""A cell on paper: its numbers, its widths, and what is refused."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sandbox.cells.known import CELLS
from sandbox.drawing.cell_drawing import cell_drawing
from sandbox.export.figures.cell_figure import (
    THICK,
    cell_figure,
    line_look,
    plain_cell_figure,
)
from sandbox.export.figures.paper import print_style
from sandbox.insight.cell_moment import Moment, number
from sandbox.validation import ExperimentError
from tests.export.figures.figure_data import all_words, assert_words_on_paper, probe
from tests.insight.nets import drawn_at_random, recall_task
from tests.insight.test_cell_moment import at


def of(cell: str) -> Moment:
    return at(drawn_at_random(recall_task(), cell), 4, 2)


def test_that_every_number_of_the_unit_is_on_paper() -> None:
    found = of("lstm")
    figure = cell_figure(probe(gap=3), found, "lstm", 2, 1)
    words = all_words(figure)
    for name in ("input", "forget", "candidate", "output", "cell", "hidden"):
        assert number(found.line(name)) in words
    assert "unit 3 at step 2" in words
    assert_words_on_paper(figure)


@pytest.mark.parametrize("width", [85, 170])
def test_that_it_is_drawn_in_every_format(width: int) -> None:
    figure = cell_figure(probe(gap=3), of("lstm"), "lstm", 2, 1, width, titled=False)
    assert figure.svg().startswith(b"<?xml")
    assert figure.pdf().startswith(b"%PDF")
    assert figure.png().startswith(b"\x89PNG")


def test_that_an_unknown_net_and_a_width_that_is_too_small_are_refused() -> None:
    with pytest.raises(ExperimentError, match="contestant: 'gru' was given; it takes one of"):
        cell_figure(probe(gap=3), of("lstm"), "gru", 0, 0)
    with pytest.raises(ExperimentError, match="width: 40 was given"):
        cell_figure(probe(gap=3), of("lstm"), "lstm", 0, 0, 40)


def test_that_a_line_is_wider_for_a_larger_value_and_tells_its_sign() -> None:
    assert line_look(0.2)[0] < line_look(-0.9)[0] < line_look(4.0)[0] == THICK
    assert line_look(0.2)[1] != line_look(-0.2)[1]


def test_that_all_cells_can_be_read_on_a_whole_page() -> None:
    assert all(cell_drawing(each).width < 2 * 470 for each in CELLS.values())


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_no_word_lies_on_anything_else(cell: str) -> None:
    """Each stays where the drawing has room for it: the drawing's own test has the rest."""
    wide = tuple(-123.456 if n % 2 else -0.314 for n in range(len(of(cell).values)))
    given = probe({cell: cell}, gap=3)
    figure = cell_figure(given, Moment(CELLS[cell], wide), cell, 2, 1, 170)
    drawing, (axes,) = cell_drawing(CELLS[cell]), figure.canvas.axes
    rooms = [drawing.box(label) for label in drawing.labels]
    with print_style():
        canvas = FigureCanvasAgg(figure.canvas)
        canvas.draw()
        labels = [text for text in axes.texts if text.get_gid()]
        for text, room in zip(labels, rooms, strict=True):
            extent = text.get_window_extent(canvas.get_renderer())
            box = axes.transData.inverted().transform_bbox(extent)
            if text.get_text():
                assert room.left - 1 <= min(box.x0, box.x1), text.get_text()
                assert max(box.x0, box.x1) <= room.right + 2, text.get_text()
                assert room.top - 2 <= min(box.y0, box.y1)
                assert max(box.y0, box.y1) <= room.bottom + 2


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_that_without_numbers_the_equations_are_as_they_are(cell: str) -> None:
    figure = plain_cell_figure(probe({cell: cell}, gap=3), cell)
    words = all_words(figure)
    for line in CELLS[cell].equations.splitlines():
        assert line.split(" = ")[1].split(" ")[0] in words
    drawing = cell_drawing(CELLS[cell], False)
    (axes,) = figure.canvas.axes
    named = [text.get_text() for text in axes.texts if text.get_gid()]
    assert named == [label.text for label in drawing.labels]
    drawn = {line.get_color() for line in axes.lines if line.get_gid() == "wire"}
    assert drawn == {line_look(float("nan"))[1]}
    assert_words_on_paper(figure)
