"""Pictures of claims as data, and drawn from it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.claims.drawing import bare_figure, claim_figure
from sandbox.claims.intervals import of_mean
from sandbox.claims.pictures import Curve, Picture, Row, load, to_json
from sandbox.claims.presets import preset
from sandbox.drawing.styles import DARK, PRINT
from tests.export.figures.figure_data import all_words, assert_words_on_paper, lines

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = ((1.0, 0.5, 0.25), (0.9, 0.4, 0.05), (0.8, 0.6, 0.15))
CURVES = Picture(
    "squared error",
    curves=(Curve("rnn", "rnn", (10, 20, 30), SEEDS), Curve("bias_1", "lstm", (10, 20, 30), SEEDS)),
    levels={"baseline": 1 / 6},
)
ROWS = Picture("error", log=True, rows=(Row("lstm", 1e-9, (1e-10, 1e-8)),), levels={"1e-5": 1e-5})


def test_that_pictures_are_read_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(to_json({"adding": CURVES, "gradients": ROWS}))
    found = load(tmp_path / "x.json")
    assert list(found) == ["adding", "gradients"]
    for one, other in zip(found["adding"].curves, CURVES.curves, strict=True):
        assert (one.name, one.cell, list(one.steps)) == (other.name, other.cell, [10, 20, 30])
        np.testing.assert_allclose(one.values, other.values, rtol=1e-5)
    assert found["gradients"].rows[0].value == 1e-9
    assert found["adding"].levels["baseline"] == pytest.approx(1 / 6, rel=1e-5)


def test_that_what_is_not_finite_is_left_out(tmp_path: Path) -> None:
    odd = Picture("loss", curves=(Curve("rnn", "rnn", (1, 2), ((1.0, math.inf),)),))
    (tmp_path / "x.json").write_text(to_json({"adding": odd}))
    assert load(tmp_path / "x.json")["adding"].curves[0].values[0][1] is None
    assert claim_figure(preset("adding"), None, load(tmp_path / "x.json")["adding"]).svg()


@pytest.mark.parametrize("text", ["{", "[1]", '{"adding": {"axis": "loss"}}', '{"adding": 3}'])
def test_that_a_damaged_file_is_a_value_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(ValueError, match=r"x.json|delimiter|Expecting"):
        load(tmp_path / "x.json")
    assert load(tmp_path / "none.json") == {}


def test_that_the_strong_line_is_the_mean_and_the_band_its_interval() -> None:
    figure = claim_figure(preset("adding"), True, CURVES)
    axes = figure.canvas.axes[0]
    np.testing.assert_allclose(lines(figure, "strong")[0].get_ydata(), np.mean(SEEDS, axis=0))
    band = axes.collections[0].get_paths()[0].vertices
    for step, values in zip((10, 20, 30), zip(*SEEDS, strict=True), strict=True):
        ends = band[band[:, 0] == step, 1]
        low, high = of_mean(list(values))
        assert (ends.min(), ends.max()) == pytest.approx((low, high))


def test_that_a_claim_says_its_protocol_verdict_and_baseline() -> None:
    written = all_words(claim_figure(preset("adding"), False, CURVES))
    for words in ("5. Adding", "10,000 steps", "Measured: FAIL.", "0.1667", "bias 1", "3 seeds"):
        assert words in written
    assert "no verdict" in all_words(claim_figure(preset("adding"), None, CURVES))


def test_that_rows_stand_at_their_values_with_their_limits() -> None:
    figure = claim_figure(preset("gradients"), True, ROWS)
    axes = figure.canvas.axes[0]
    assert any(1e-9 in np.asarray(line.get_xdata()) for line in axes.lines)
    assert any(np.allclose(line.get_xdata(), 1e-5) for line in axes.lines)
    low, high = axes.get_xlim()
    assert low <= 1e-10
    assert high >= 1e-5


@pytest.mark.parametrize("palette", [DARK, PRINT], ids=lambda palette: palette.name)
def test_that_a_bare_picture_has_the_windows_colours(palette: object) -> None:
    figure = bare_figure(CURVES, 140, 120, palette)  # type: ignore[arg-type]
    svg = figure.svg().decode()
    assert palette.ground in svg  # type: ignore[attr-defined]
    assert palette.contestants[1] in svg  # type: ignore[attr-defined]
    assert "Adding" not in all_words(figure)


def test_that_words_of_the_committed_pictures_stay_on_the_paper() -> None:
    for name, picture in load().items():
        assert_words_on_paper(claim_figure(preset(name), True, picture))
