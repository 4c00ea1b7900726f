"""A cell on paper: its numbers, its widths, and what is refused."""

from __future__ import annotations

import pytest

from sandbox.cells.known import CELLS
from sandbox.export.figures.cell_figure import THICK, cell_figure, line_look
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
    from sandbox.drawing.cell_drawing import cell_drawing

    assert all(cell_drawing(each).width < 2 * 470 for each in CELLS.values())
