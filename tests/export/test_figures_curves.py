"""Curves as figures: what is written in them, how large they are, and where lines lie."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
from PySide6.QtGui import QImage
from sandbox.export.figures.axes import Scale, across_ticks, up_ticks
from sandbox.export.figures.curves import curves_figure
from sandbox.export.figures.drawing import Box, Stroke, Words
from sandbox.export.figures.record import curves_of
from sandbox.export.figures.thinning import between, extremes, means
from sandbox.export.figures.typeface import width_of

from sandbox.drawing.smoothing import Smoothing
from sandbox.experiment import parse
from sandbox.export.figures import ink
from sandbox.store.base import RunError
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError
from tests.export.figure_data import EIGHT, TWO, assert_words_on_paper, run
from tests.export.records import forked, trained

if TYPE_CHECKING:
    from sandbox.export.figures.figure import Figure

pytestmark = pytest.mark.usefixtures("qapp")
SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).resolve().parents[2]


def texts(figure: Figure) -> list[str]:
    return [
        (each.text or "").replace("\N{NO-BREAK SPACE}", " ")
        for each in Xml.fromstring(figure.svg()).iter(f"{SVG}text")
    ]


def all_words(figure: Figure) -> str:
    return " ".join(texts(figure))


def strokes(figure: Figure, width: float) -> list[Stroke]:
    return [each for each in figure.items if isinstance(each, Stroke) and each.width == width]


def frame_of(figure: Figure) -> Box:
    """Of its only plot: the rectangle."""
    corners = next(each.points for each in strokes(figure, ink.FRAME) if len(each.points) == 5)
    return Box(*corners[0], *(corners[2] - corners[0]))


def contrast_on_white(colour: str) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 1.05 / (float(np.dot(linear, (0.2126, 0.7152, 0.0722))) + 0.05)


@pytest.mark.parametrize("width", ink.WIDTHS_MM)
def test_that_axes_units_and_legend_are_text(width: int) -> None:
    figure = curves_figure(run(solved_at=120), width_mm=width)
    written = texts(figure)
    for wanted in (
        "loss: cross-entropy, nats",
        "accuracy: share of right answers",
        "gradient norm before clipping",
        "training step",
        "RNN, solved at step 120",
        "LSTM, solved at step 120",
    ):
        assert wanted in written
    assert "knows everything but the cue: ln 4" in all_words(figure)


def test_that_regression_names_its_own_units() -> None:
    written = all_words(curves_figure(run(task="adding"), by="seconds"))
    assert "loss: squared error" in written
    assert "accuracy: share within 0.04" in written
    assert "training time, s" in written
    assert "solved below 0.01" in written


def test_that_a_trained_run_is_drawn_with_its_curves_where_they_are() -> None:
    record = trained(complete(parse({"task": "recall", "params": {"gap": 3}, "steps": 60})))
    figure = curves_figure(record, metrics=("loss",))
    steps, (loss, _, _) = record.curves["lstm"]
    expected = Smoothing().extend(loss)
    line = strokes(figure, ink.STRONG)[-1]
    frame = frame_of(figure)
    x = (line.points[:, 0] - frame.left) / frame.width * steps[-1]
    np.testing.assert_allclose(x, steps, atol=1e-6)
    # The frame's height stands for low..high; two points give the scale, all must agree.
    y = line.points[:, 1]
    slope, offset = np.polyfit(expected, y, 1)
    assert slope < 0
    np.testing.assert_allclose(slope * expected + offset, y, atol=1e-6)


def test_that_seconds_come_from_the_runs_clock() -> None:
    curves = run(steps=100)
    np.testing.assert_allclose(curves.seconds(np.array([0, 25, 50, 75, 100])), [0, 0.5, 1, 2.5, 4])


def test_that_a_forks_seconds_begin_where_it_does() -> None:
    whole = complete(parse({"task": "recall", "params": {"gap": 3}, "steps": 60}))
    fork = replace(forked(trained(whole), 30, whole, 60), clock=np.array([[50, 4.0], [60, 6.0]]))
    np.testing.assert_allclose(curves_of(fork).seconds(np.array([30, 35, 50, 60])), [0, 1, 4, 6])


def test_that_seconds_without_a_clock_are_refused() -> None:
    record = trained(complete(parse({"task": "recall", "params": {"gap": 3}, "steps": 60})))
    untimed = replace(record, clock=np.empty((0, 2)))
    with pytest.raises(RunError, match="by step instead"):
        curves_figure(untimed, by="seconds")
    assert curves_figure(untimed).svg()


def test_that_what_happened_is_marked_and_said() -> None:
    changes = ((40, "learning rate 0.003 → 0.001"),)
    written = all_words(curves_figure(run(diverged="rnn", changes=changes)))
    assert "RNN, diverged at step 150" in written
    assert "a: step 40, learning rate 0.003 → 0.001." in written
    assert "×: diverged." in written
    assert "cut off" in written


def test_that_a_diverging_loss_does_not_flatten_the_others() -> None:
    figure = curves_figure(run(diverged="rnn"), metrics=("loss",))
    calm = strokes(figure, ink.STRONG)[-1]
    frame = frame_of(figure)
    assert np.ptp(calm.points[:, 1]) > 0.2 * frame.height


def test_that_the_log_axis_has_powers_of_ten() -> None:
    written = texts(curves_figure(run(diverged="rnn"), log=True, metrics=("loss",)))
    assert {"10⁻²", "1", "10²"} <= set(written)
    assert "cut off" not in " ".join(written)


def test_that_replicates_are_thin_lines_with_their_mean() -> None:
    curves = run(replicates=3)
    figure = curves_figure(curves, metrics=("loss",))
    thin = [each for each in strokes(figure, ink.THIN) if 0.4 < each.opacity < 1]
    assert len(thin) == 3 * len(TWO)
    smooth = [Smoothing().extend(s.loss) for s in curves.series if s.contestant == "lstm"]
    mean, y = np.mean(smooth, axis=0), strokes(figure, ink.STRONG)[-1].points[:, 1]
    assert abs(np.corrcoef(mean, y)[0, 1]) > 0.999999
    assert "LSTM, mean of 3" in texts(figure)


def test_that_a_mean_ends_where_the_first_replicate_does() -> None:
    curves = run({"lstm": "lstm"}, replicates=2)
    first, second = curves.series
    short = replace(first, steps=first.steps[:50], loss=first.loss[:50])
    figure = curves_figure(replace(curves, series=(short, second)), metrics=("loss",))
    line = strokes(figure, ink.STRONG)[-1]
    frame = frame_of(figure)
    assert line.points[-1, 0] == pytest.approx(frame.left + frame.width * 50 / 300)


def test_that_other_runs_are_drawn_into_the_same_plots() -> None:
    figure = curves_figure(run(), overlays=[run(name="other"), run({"gru": "gru"}, name="third")])
    written = texts(figure)
    assert {"RNN", "LSTM", "RNN in other", "LSTM in other", "GRU in third"} <= set(written)


def test_that_a_million_steps_stay_small_and_keep_their_peaks() -> None:
    curves = run(steps=1_000_000)
    curves.series[1].loss[123_456] = 1.3  # within the axis, alone
    figure = curves_figure(curves)
    svg = figure.svg()
    assert len(svg) < 1_000_000
    points = sum(len(each.points) for each in figure.items if isinstance(each, Stroke))
    assert points < 60_000
    faint = strokes(figure, ink.THIN)
    peaks = [np.ptp(each.points[:, 1]) for each in faint if each.opacity == ink.FAINT]
    assert max(peaks) > 20


def test_that_many_replicates_stay_small() -> None:
    assert len(curves_figure(run(EIGHT, steps=4000, replicates=32)).svg()) < 1_000_000


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("cells", [{"lstm": "lstm"}, TWO, EIGHT], ids=len)
@pytest.mark.parametrize("width", ink.WIDTHS_MM)
def test_that_hardly_trained_runs_can_be_drawn(
    cells: dict[str, str], steps: int, width: int
) -> None:
    figure = curves_figure(run(cells, steps=steps), log=steps == 3, width_mm=width)
    assert figure.svg()
    assert not figure.image(1).isNull()


def test_that_an_untrained_run_says_so() -> None:
    curves = run(steps=1)
    none = np.empty(0, np.float32)
    empty = tuple(
        replace(each, steps=none, loss=none, accuracy=none, grad_norm=none, evaluations=())
        for each in curves.series
    )
    figure = curves_figure(replace(curves, series=empty))
    assert "No step has been trained yet." in texts(figure)


def test_that_words_stay_on_the_paper() -> None:
    for width, cells in itertools.product(ink.WIDTHS_MM, (TWO, EIGHT)):
        figure = curves_figure(
            run(cells, solved_at=100, task="fluent", gap=300, distractors=True), width_mm=width
        )
        assert_words_on_paper(figure)


def test_that_every_colour_stands_on_white() -> None:
    inks = (*ink.COLOURS, ink.INK, ink.QUIET, ink.CUE, ink.RIGHT, ink.WRONG)
    assert {colour for colour in inks if contrast_on_white(colour) < 4.5} == set()
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.01)  # as WCAG has it


def test_that_contestants_differ_without_colour() -> None:
    looks = ink.styles(EIGHT).values()
    assert len({look.dash for look in looks}) == len({look.marker for look in looks}) == 8
    assert len({look.colour for look in looks}) == 8


def test_that_an_lstm_looks_the_same_in_every_company() -> None:
    assert ink.styles({"lstm": "lstm"})["lstm"] == ink.styles(EIGHT)["lstm"]


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
@pytest.mark.parametrize("width", ink.WIDTHS_MM)
def test_that_pixels_follow_scale_and_width(width: int, scale: int) -> None:
    figure = curves_figure(run(), width_mm=width)
    image = QImage.fromData(figure.png(scale))
    dots = 144 * scale
    assert image.width() == round(width / 25.4 * dots)
    assert image.height() == pytest.approx(figure.height / 72 * dots, abs=1)
    assert image.dotsPerMeterX() == pytest.approx(dots / 0.0254, abs=1)


def test_that_files_say_where_they_come_from() -> None:
    curves = run()
    figure = curves_figure(curves)
    image = QImage.fromData(figure.png(1))
    root = Xml.fromstring(figure.svg())
    described = root.findtext(f"{SVG}desc") or ""
    assert curves.run in described
    assert curves.experiment.digest in described
    assert image.text("Description") == described
    assert image.text("Title") == root.findtext(f"{SVG}title") == "Recall a symbol, gap 50 symbols"
    assert root.get("width") == "170mm"


def test_that_the_type_is_generic_and_the_title_can_be_left_out() -> None:
    figure = curves_figure(run(), titled=False)
    assert Xml.fromstring(figure.svg()).get("font-family", "").endswith("sans-serif")
    assert "Recall a symbol" not in all_words(figure)


def test_that_control_characters_leave_the_svg_well_formed() -> None:
    figure = curves_figure(run(changes=((3, "a\x00b\x0b & <c> \ud800\uffff \U0001f600"),)))
    assert "ab & <c>  \U0001f600" in all_words(figure)


@pytest.mark.parametrize(
    ("given", "field"), [({"width_mm": 100}, "width"), ({"width_mm": 0}, "width")]
)
def test_that_other_widths_are_refused(given: dict[str, int], field: str) -> None:
    with pytest.raises(ExperimentError, match=field):
        curves_figure(run(), **given)


@pytest.mark.parametrize("scale", [0, 5, -1])
def test_that_other_scales_are_refused(scale: int) -> None:
    with pytest.raises(ExperimentError, match="scale"):
        curves_figure(run()).png(scale)


def test_that_evaluations_and_ends_are_read_from_the_events() -> None:
    record = trained(complete(parse({"task": "recall", "params": {"gap": 3}, "steps": 60})))
    events = (
        {
            "step": 25,
            "kind": "evaluation",
            "cell": "lstm",
            "splits": {"a": [1, 0.5], "b": [2, 0.4]},
        },
        {"step": 25, "kind": "solved", "cell": "lstm", "text": ""},
        {"step": 30, "kind": "changed", "cell": None, "text": "clip 1 → 2"},
    )
    curves = curves_of(replace(record, events=events))
    lstm = next(each for each in curves.series if each.key == "lstm")
    assert lstm.evaluations == ((25, 2, 0.4),)  # of the split where it does worst
    assert lstm.solved_at == 25
    unknown = {**events[0], "splits": {"a": [1, 0.5], "b": [None, None]}}
    (after,) = curves_of(replace(record, events=(unknown,))).series[1].evaluations
    np.testing.assert_array_equal(after, (25, np.nan, np.nan))
    assert curves.changes == ((30, "clip 1 → 2"),)


BEYOND = (
    {"step": 25, "kind": "generalisation", "cell": "lstm", "splits": {"longer": [2.0, 0.1]}},
    {"step": 50, "kind": "generalisation", "cell": "lstm", "splits": {"longer": [None, 0.2]}},
    {"step": 60, "kind": "generalisation", "cell": "lstm", "splits": {"longer": [1.0, 0.3]}},
)


def dotted(figure: Figure) -> list[Stroke]:
    return [each for each in strokes(figure, ink.BEYOND) if each.dash == ink.DOTTED]


def test_that_what_is_not_trained_on_is_a_dotted_line_where_it_was_measured() -> None:
    record = trained(complete(parse({"task": "recall", "params": {"gap": 3}, "steps": 60})))
    figure = curves_figure(replace(record, events=BEYOND), metrics=("accuracy",))
    (line,) = dotted(figure)
    frame = frame_of(figure)
    x = (line.points[:, 0] - frame.left) / frame.width * 60
    y = (frame.bottom - line.points[:, 1]) / frame.height * 1.08 - 0.03
    np.testing.assert_allclose(x, [25, 50, 60])
    np.testing.assert_allclose(y, [0.1, 0.2, 0.3])
    assert "Dotted: longer gap, not trained on." in all_words(figure)
    assert not dotted(curves_figure(replace(record, events=BEYOND), metrics=("grad_norm",)))
    whole = curves_figure(replace(record, events=BEYOND), metrics=("loss",))
    assert np.isnan(dotted(whole)[0].points).any(axis=1).tolist() == [False, True, False]


def test_that_it_is_the_mean_of_replicates_where_all_were_looked_at() -> None:
    curves = run({"lstm": "lstm"}, replicates=2)
    first, second = curves.series
    first = replace(first, generalisation=((100, 1.0, 0.2), (200, 1.0, 0.4), (300, 1.0, 0.6)))
    second = replace(second, generalisation=((100, 0.5, 0.4), (200, 0.5, 0.8)))
    figure = curves_figure(replace(curves, series=(first, second)), metrics=("accuracy",))
    (line,) = dotted(figure)
    frame = frame_of(figure)
    np.testing.assert_allclose(line.points[:, 0], frame.left + frame.width * np.array([1, 2]) / 3)
    rise = line.points[0, 1] - line.points[1, 1]
    assert rise == pytest.approx(0.3 / 1.08 * frame.height)


def test_that_it_does_not_flatten_what_is_trained_on() -> None:
    curves = run()
    far = tuple(replace(one, generalisation=((100, 1e4, 0.0),)) for one in curves.series)
    for log in (False, True):
        figure = curves_figure(replace(curves, series=far), metrics=("loss",), log=log)
        assert np.ptp(strokes(figure, ink.STRONG)[-1].points[:, 1]) > 0.2 * frame_of(figure).height


def test_that_a_clip_by_value_is_no_norm() -> None:
    curves = run()
    by_value = replace(curves, experiment=curves.experiment.changed(clip_by="value", clip=0.5))
    figure = curves_figure(by_value, metrics=("grad_norm",))
    assert "clip 0.5 by value" in all_words(figure)
    assert "clipped at" not in all_words(figure)
    assert "clipped at 1" in all_words(curves_figure(curves, metrics=("grad_norm",)))


def test_that_schedule_and_curriculum_stand_beside_the_title() -> None:
    curves = run()
    fields = {"schedule": "cosine", "warmup": 20, "curriculum": "growing"}
    other = replace(curves, experiment=curves.experiment.changed(**fields))
    for words in ("cosine schedule", "warm-up 20", "a gap that grows at 90%"):
        assert words in all_words(curves_figure(other))
        assert words not in all_words(curves_figure(curves))


@pytest.mark.parametrize("task", ["counting", "reber", "continual_reber"])
def test_that_names_of_legal_symbols_stand_beside_one_another(task: str) -> None:
    figure = curves_figure(run(task=task))
    names = [each for each in figure.items if isinstance(each, Words) and each.size == ink.NAME]
    names = [each for each in names if ":" in each.text or "norm" in each.text]
    assert len(names) == 3
    for left, right in itertools.pairwise(names):
        assert left.x + width_of(left.text, left.size) < right.x
    assert_words_on_paper(figure)


def test_that_thinning_keeps_extremes_and_means() -> None:
    x = np.linspace(0, 100, 10_000, endpoint=False)
    y = np.random.default_rng(0).normal(size=10_000)
    thin = extremes(x, y, 1.0)
    low, high = y.reshape(100, 100).min(1), y.reshape(100, 100).max(1)
    np.testing.assert_array_equal(np.sort(thin[:, 1].reshape(100, 2), 1), np.stack([low, high], 1))
    mean = means(x, y, 1.0)
    np.testing.assert_allclose(mean[:-1, 1], y.reshape(100, 100).mean(1))
    assert mean[-1].tolist() == [x[-1], y[-1]]


def test_that_lines_are_cut_at_the_frame() -> None:
    line = np.array([[0, 5], [1, -5], [2, 15], [3, np.nan], [4, 20], [5, 9], [6, -1]], float)
    cut = between(line, 0.0, 10.0)
    known = cut[~np.isnan(cut[:, 1])]
    wanted = [[0, 5], [0.5, 0], [1.25, 0], [1.75, 10], [4 + 10 / 11, 10], [5, 9], [5.9, 0]]
    np.testing.assert_allclose(known, wanted)
    pieces = np.flatnonzero(np.diff(np.concatenate([[0], ~np.isnan(cut[:, 1]), [0]])) > 0)
    assert len(pieces) == 3


def test_that_no_curve_leaves_its_frame() -> None:
    for log in (False, True):
        figure = curves_figure(run(diverged="rnn"), log=log, metrics=("loss",))
        frame = frame_of(figure)
        for line in (*strokes(figure, ink.STRONG)[-2:], *strokes(figure, ink.THIN)[-2:]):
            y = line.points[~np.isnan(line.points[:, 1]), 1]
            assert frame.top - 1e-6 <= y.min()
            assert y.max() <= frame.bottom + 1e-6


def test_that_few_points_are_not_thinned() -> None:
    x, y = np.arange(50.0), np.arange(50.0)
    np.testing.assert_array_equal(extremes(x, y, 1.0)[:, 1], y)


def test_that_steps_are_marked_at_whole_numbers() -> None:
    for last in (1, 2, 3, 7, 100, 3000, 999_999, 10_000_000):
        ticks = across_ticks(Scale(0, last, 0, 120), whole=True)
        assert ticks
        assert all(tick.value == round(tick.value) for tick in ticks)
        assert len({tick.text for tick in ticks}) == len(ticks)


def test_that_ticks_say_the_values_they_stand_at() -> None:
    ticks = up_ticks(Scale(-0.05, 2.5, 100, 0))
    assert [float(tick.text) for tick in ticks] == pytest.approx([tick.value for tick in ticks])
    assert [tick.text for tick in ticks] == ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]


def test_that_no_application_is_needed() -> None:
    program = (
        "from tests.export.figure_data import run\n"
        "from sandbox.export.figures.curves import curves_figure\n"
        "figure = curves_figure(run())\n"
        "print(len(figure.svg()), len(figure.png(1)), len(curves_figure(run()).png(1)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"\d+ (\d+) \1\n", done.stdout)
