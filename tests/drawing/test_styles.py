from __future__ import annotations

import pytest

from sandbox.cells.known import CELLS
from sandbox.contestants import LOOKS
from sandbox.drawing.styles import DARK, LIGHT, PRINT, Palette, line_styles


def brightness(color: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [DARK, LIGHT, PRINT], ids=lambda palette: palette.name)
def test_that_every_text_colour_can_be_read_on_both_grounds(palette: Palette) -> None:
    text = (palette.text, palette.quiet, palette.cue, palette.wrong, palette.right)
    for color in (*text, *palette.contestants):
        for ground in (palette.ground, palette.panel):
            low, high = sorted((brightness(color), brightness(ground)))
            assert (high + 0.05) / (low + 0.05) >= 4.5, f"{color} on {ground}"


@pytest.mark.parametrize("palette", [DARK, LIGHT, PRINT], ids=lambda palette: palette.name)
def test_that_every_palette_has_as_many_colours_as_there_are_slots(palette: Palette) -> None:
    assert len(set(palette.contestants)) == LOOKS == 8


def test_that_rnn_lstm_and_gru_have_their_own_colours_whatever_stands_before_them() -> None:
    alone = line_styles({"rnn": "rnn", "lstm": "lstm", "gru": "gru"})
    among = line_styles({"a": "mingru", "b": "lstm", "rnn": "rnn", "lstm": "lstm", "gru": "gru"})
    assert among["rnn"] == alone["rnn"]
    assert among["gru"] == alone["gru"]
    assert among["b"] == alone["lstm"]  # the first LSTM


@pytest.mark.parametrize("cells", [list(CELLS)[:8], list(CELLS)[-8:], ["lstm"] * 8, ["mgu"] * 8])
def test_that_eight_contestants_have_eight_colours_dashes_and_markers(cells: list[str]) -> None:
    styles = line_styles({f"{cell}_{n}": cell for n, cell in enumerate(cells)}).values()
    for part in ("slot", "dash", "marker"):
        assert len({getattr(style, part) for style in styles}) == 8


def test_that_replicates_share_their_contestants_style() -> None:
    styles = line_styles({"lstm#0": "lstm", "lstm#1": "lstm", "rnn#0": "rnn", "rnn#1": "rnn"})
    assert styles["lstm#0"] == styles["lstm#1"] != styles["rnn#1"]


def test_that_a_look_stays_with_its_contestant_when_others_go_and_come() -> None:
    first = line_styles({"lstm": "lstm", "lstm_2": "lstm", "lstm_3": "lstm"})
    looks = {name: style.slot for name, style in first.items()}
    later = line_styles({"lstm_2": "lstm", "lstm_3": "lstm", "lstm_4": "lstm"}, looks)
    assert (later["lstm_2"], later["lstm_3"]) == (first["lstm_2"], first["lstm_3"])
    assert len({style.slot for style in later.values()}) == 3


def test_that_no_two_of_many_curves_on_paper_look_the_same() -> None:
    many = list(line_styles({f"lstm in {n}": "lstm" for n in range(40)}).values())
    assert len(set(many)) == 40
    assert many[:8] == list(line_styles({str(n): "lstm" for n in range(8)}).values())
    for one in many:
        alike = [other for other in many if other.slot == one.slot and other is not one]
        assert all(one.dash != each.dash and one.marker != each.marker for each in alike)
