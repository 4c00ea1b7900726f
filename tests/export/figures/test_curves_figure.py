"""Curves as figures: what is written in them, how large they are, and where lines lie."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from sandbox.drawing.smoothing import Smoothing
from sandbox.drawing.styles import PRINT
from sandbox.experiment import parse
from sandbox.export.figures.curves_figure import curves_figure
from sandbox.export.figures.paper import WIDTHS_MM, Figure, print_style
from sandbox.store.base import RunError
from sandbox.tasks.registry import complete
from tests.export.figures.figure_data import (
    EIGHT,
    TWO,
    all_words,
    assert_words_on_paper,
    lines,
    run,
    texts,
)
from tests.export.records import trained

BEYOND = (
    {"step": 25, "kind": "generalisation", "cell": "lstm", "splits": {"longer": [2.0, 0.1]}},
    {"step": 50, "kind": "generalisation", "cell": "lstm", "splits": {"longer": [None, 0.2]}},
    {"step": 60, "kind": "generalisation", "cell": "lstm", "splits": {"longer": [1.0, 0.3]}},
)


def small() -> object:
    return trained(complete(parse({"task": "recall", "params": {"gap": 3}, "steps": 60})))


@pytest.mark.parametrize("width", WIDTHS_MM)
def test_that_axes_units_and_legend_are_text(width: int) -> None:
    figure = curves_figure(run(solved_at=120), width_mm=width)
    written = all_words(figure)
    for wanted in (
        "loss: cross-entropy, nats",
        "accuracy: share of right answers",
        "gradient norm before clipping",
        "training step",
        "RNN, solved at step 120",
        "LSTM, solved at step 120",
        "knows everything but the cue: ln 4",
    ):
        assert wanted in written


def test_that_regression_names_its_own_units() -> None:
    written = all_words(curves_figure(run(task="adding"), by="seconds"))
    for wanted in ("loss: squared error", "within 0.04", "training time, s", "below 0.01"):
        assert wanted in written


def test_that_a_trained_run_is_drawn_with_its_curves_where_they_are() -> None:
    record = small()
    steps, (loss, _, norm) = record.curves["lstm"]  # type: ignore[attr-defined]
    figure = curves_figure(record, metrics=("loss", "grad_norm"))  # type: ignore[arg-type]
    for plot, values in enumerate((loss, norm)):
        line = lines(figure, "strong", plot)[-1]
        np.testing.assert_array_equal(line.get_xdata(), steps)
        np.testing.assert_allclose(line.get_ydata(), Smoothing().extend(values))


def test_that_seconds_run_along_the_axis() -> None:
    curves = run(steps=100)
    line = lines(curves_figure(curves, by="seconds"), "strong")[-1]
    # Half the steps take the first second, the others three more.
    assert np.interp([25, 50, 75, 100], np.arange(1, 101), line.get_xdata()) == pytest.approx(
        [0.5, 1, 2.5, 4]
    )


def test_that_seconds_without_a_clock_are_refused() -> None:
    untimed = replace(run(), clock=None)
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


@pytest.mark.parametrize("log", [False, True])
def test_that_neither_divergence_nor_generalisation_flattens_the_other_curves(log: bool) -> None:
    far = run()
    series = tuple(replace(one, generalisation=((100, 1e4, 0.0),)) for one in far.series)
    for curves in (run(diverged="rnn"), replace(far, series=series)):
        axes = (figure := curves_figure(curves, log=log, metrics=("loss",))).canvas.axes[0]
        calm = np.asarray(lines(figure, "strong")[-1].get_ydata())
        ends, high = (np.log10(each) if log else each for each in (calm, axes.get_ylim()))
        wanted = 0.1 if log and curves is not far else 0.2
        assert np.ptp(ends) > wanted * np.ptp(high) or log


def test_that_the_log_axis_is_marked_at_powers_of_ten() -> None:
    figure = curves_figure(run(diverged="rnn"), log=True, metrics=("loss",))
    axes = figure.canvas.axes[0]
    exponents = np.log10(axes.get_yticks())
    np.testing.assert_allclose(exponents, np.round(exponents))
    assert len(exponents) >= 3
    assert len({label.get_text() for label in axes.get_yticklabels()}) == len(exponents)
    assert "cut off" not in all_words(figure)


def test_that_replicates_are_thin_lines_with_their_mean() -> None:
    curves = run(replicates=3)
    figure = curves_figure(curves, metrics=("loss",))
    assert len(lines(figure, "faint")) == 3 * len(TWO)
    smooth = [Smoothing().extend(s.loss) for s in curves.series if s.contestant == "lstm"]
    np.testing.assert_allclose(lines(figure, "strong")[-1].get_ydata(), np.mean(smooth, axis=0))
    assert "LSTM, mean of 3" in texts(figure)


def test_that_a_mean_ends_where_the_first_replicate_does() -> None:
    curves = run({"lstm": "lstm"}, replicates=2)
    first, second = curves.series
    short = replace(first, steps=first.steps[:50], loss=first.loss[:50])
    figure = curves_figure(replace(curves, series=(short, second)), metrics=("loss",))
    assert np.asarray(lines(figure, "strong")[-1].get_xdata())[-1] == 50


def test_that_other_runs_are_drawn_into_the_same_plots() -> None:
    figure = curves_figure(run(), overlays=[run(name="other"), run({"gru": "gru"}, name="third")])
    assert {"RNN", "LSTM", "RNN in other", "LSTM in other", "GRU in third"} <= set(texts(figure))
    assert len(lines(figure, "strong")) == 5


def test_that_a_million_steps_stay_small_and_keep_their_peaks() -> None:
    curves = run(steps=1_000_000)
    curves.series[1].loss[123_456] = 1.3125  # alone among values around 1.2
    figure = curves_figure(curves)
    assert len(figure.svg()) < 1_000_000
    peaks = [x for x, y in zip(*lines(figure, "faint")[1].get_data(), strict=True) if y == 1.3125]
    assert peaks == pytest.approx([123_456], abs=10_000)


def test_that_many_replicates_stay_small() -> None:
    assert len(curves_figure(run(EIGHT, steps=4000, replicates=32)).svg()) < 1_000_000


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("cells", [{"lstm": "lstm"}, TWO, EIGHT], ids=len)
@pytest.mark.parametrize("width", WIDTHS_MM)
def test_that_hardly_trained_runs_can_be_drawn(
    cells: dict[str, str], steps: int, width: int
) -> None:
    assert curves_figure(run(cells, steps=steps), log=steps == 3, width_mm=width).svg()


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
    for width, cells in itertools.product(WIDTHS_MM, (TWO, EIGHT)):
        figure = curves_figure(
            run(cells, solved_at=100, task="fluent", gap=300, distractors=True), width_mm=width
        )
        assert_words_on_paper(figure)


def test_that_a_title_can_be_left_out() -> None:
    titled, bare = curves_figure(run()), curves_figure(run(), titled=False)
    assert "Recall a symbol" in all_words(titled)
    assert "Recall a symbol" not in all_words(bare)
    assert bare.height < titled.height


def test_that_contestants_look_as_they_do_on_screen() -> None:
    eight = {f"lstm_{n}": "lstm" for n in range(8)}
    curves = run(eight)
    given = [
        each.model_copy(update={"look": 7 - n})
        for n, each in enumerate(curves.experiment.contestants)
    ]
    changed = replace(curves, experiment=curves.experiment.changed(contestants=tuple(given)))
    for one in (curves, changed):
        figure = curves_figure(one, metrics=("loss",))
        colours = [line.get_color() for line in lines(figure, "strong")]
        assert colours == [PRINT.contestants[each.look] for each in one.experiment.contestants]


def test_that_what_is_not_trained_on_is_drawn_where_it_was_measured() -> None:
    record = replace(small(), events=BEYOND)  # type: ignore[type-var]
    figure = curves_figure(record, metrics=("accuracy", "loss", "grad_norm"))  # type: ignore[arg-type]
    (line,) = lines(figure, "generalisation", 0)
    np.testing.assert_array_equal(line.get_xdata(), [25, 50, 60])
    np.testing.assert_allclose(line.get_ydata(), [0.1, 0.2, 0.3])
    assert "longer gap, not trained on." in all_words(figure)
    (line,) = lines(figure, "generalisation", 1)
    np.testing.assert_array_equal(line.get_ydata(), [2.0, np.nan, 1.0])
    assert not lines(figure, "generalisation", 2)


def test_that_it_is_the_mean_of_replicates_where_all_were_evaluated() -> None:
    curves = run({"lstm": "lstm"}, replicates=2)
    first, second = curves.series
    first = replace(first, generalisation=((100, 1.0, 0.2), (200, 1.0, 0.4), (300, 1.0, 0.6)))
    second = replace(second, generalisation=((100, 0.5, 0.4), (200, 0.5, 0.8)))
    figure = curves_figure(replace(curves, series=(first, second)), metrics=("accuracy",))
    (line,) = lines(figure, "generalisation")
    np.testing.assert_array_equal(line.get_xdata(), [100, 200])
    np.testing.assert_allclose(line.get_ydata(), [0.3, 0.6])


def test_that_a_clip_by_value_is_no_norm() -> None:
    curves = run()
    by_value = replace(curves, experiment=curves.experiment.changed(clip_by="value", clip=0.5))
    figure = curves_figure(by_value, metrics=("grad_norm",))
    assert "clipping by value" in all_words(figure)
    assert "clipped at" not in all_words(figure)
    assert "clipped at 1" in all_words(curves_figure(curves, metrics=("grad_norm",)))


def test_that_schedule_and_curriculum_stand_beside_the_title() -> None:
    curves = run()
    fields = {"schedule": "cosine", "warmup": 20, "curriculum": "growing"}
    other = replace(curves, experiment=curves.experiment.changed(**fields))
    for words in ("cosine schedule", "warm-up 20", "growing gap"):
        assert words in all_words(curves_figure(other))
        assert words not in all_words(curves_figure(curves))


@pytest.mark.parametrize("width", WIDTHS_MM)
@pytest.mark.parametrize("task", ["counting", "reber", "continual_reber", "adding"])
def test_that_no_words_stand_on_others(task: str, width: int) -> None:
    figure = curves_figure(run(task=task), width_mm=width)
    assert_words_on_paper(figure)
    boxes = word_boxes(figure)
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        assert not a.overlaps(b), f"{one} on {other}"


def word_boxes(figure: Figure) -> list[tuple[str, object]]:
    """Titles, ticks and notes with their boxes, a little smaller than they are."""
    from matplotlib.text import Text

    with print_style():
        canvas = FigureCanvasAgg(figure.canvas)
        canvas.draw()
        written = set(texts(figure))  # not the ticks beyond an axis' ends
        found = [
            t for t in figure.canvas.findobj(Text) if t.get_visible() and t.get_text() in written
        ]
        return [
            (t.get_text(), t.get_window_extent(canvas.get_renderer()).padded(-0.8)) for t in found
        ]
