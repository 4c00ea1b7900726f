"""Words laid out in lines, without the middle of a long sequence."""

from __future__ import annotations

from sandbox.drawing.ribbon import Word, lay_out

LINES = 3
WORDS = [Word("word", step, False) for step in range(100)]


def ten_a_letter(text: str, bold: bool) -> float:
    return 10.0 * len(text)


def test_that_the_ribbon_says_how_many_words_it_leaves_out() -> None:
    ribbon = lay_out(WORDS, 300.0, LINES, 6.0, ten_a_letter)
    first, after = ribbon.hidden
    gap = next(piece for piece in ribbon.pieces if piece.step == -1)
    assert gap.text == f"… {after - first} words …"
    assert ribbon.lines <= LINES
    shown = [piece.step for piece in ribbon.pieces if piece.step >= 0]
    assert shown == [*range(first), *range(after, 100)]
    assert all(piece.x + piece.width <= 300 for piece in ribbon.pieces)


def test_that_a_short_sequence_stands_whole_and_breaks_between_words() -> None:
    ribbon = lay_out(WORDS[:8], 300.0, LINES, 6.0, ten_a_letter)
    assert ribbon.hidden == (0, 0)
    assert [piece.line for piece in ribbon.pieces] == [0] * 6 + [1] * 2
    assert [piece.x for piece in ribbon.pieces[5:7]] == [230.0, 0.0]
