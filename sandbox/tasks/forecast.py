"""forecast: the next value of a series, at every step."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.base import Ahead, Channels, Criterion, Drawn, Role, Sequences, Task, Units
from sandbox.tasks.forecast_column import (
    column_windows,
    last_known,
    naive,
    standard_parts,
    window_starts,
)
from sandbox.tasks.forecast_params import ForecastParams
from sandbox.tasks.forecast_series import (
    SERIES,
    UNSEEN,
    WITHIN,
    delay_of,
    seasonal_values,
    sine_values,
    trajectories,
    trajectory_windows,
    units_for,
)
from sandbox.tasks.samples import VISITORS
from sandbox.tasks.streams import Purpose, stream
from sandbox.tasks.text import number_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray


NEAR_THE_FLOOR = 1.1  # times the noise floor
OF_CHAOS, OF_A_COLUMN = 0.01, 0.5  # of what the best line leaves
TESTED, TESTED_OF_A_COLUMN = 2000, 256  # windows an evaluation looks at
LARGEST = 1e6  # the largest typed value, in units of the series
AHEAD = 1 << 20  # number of the random stream of series to forecast further
READ = 3  # values before a question that are written beside it


def draw_seasonal(
    rng: np.random.Generator, count: int, gap: int, forecasts: int, noise: float
) -> Drawn:
    """A series that repeats, weakened and noisy, what it was `gap` steps ago; (count, T, 1)."""
    return next_asked(seasonal_values(rng, count, gap + forecasts, gap, noise), gap)


def draw_sines(
    rng: np.random.Generator, count: int, gap: int, forecasts: int, noise: float
) -> Drawn:
    """Three sines with noise, (count, T, 1); `gap` is the period of the slowest."""
    return next_asked(sine_values(rng, count, gap + forecasts, gap, noise), gap)


def draw_mackey_glass(
    rng: np.random.Generator, count: int, series: str, gap: int, forecasts: int
) -> Drawn:
    """Windows of chaotic trajectories, (count, T, 1); ValueError if no delay ends the name."""
    paths = trajectories(delay_of(series), units_for(gap + forecasts))[0][UNSEEN:]
    return next_asked(trajectory_windows(rng, count, gap + forecasts, paths), gap)


def draw_sample_column(rng: np.random.Generator, count: int, gap: int, forecasts: int) -> Drawn:
    """Windows of the standardised sample without its last fifth, (count, T, 1)."""
    (values, _), _, _ = standard_parts(np.array(VISITORS.split(), np.float64))
    starts = window_starts(values, gap, forecasts)
    return next_asked(column_windows(rng, count, gap + forecasts, values, starts), gap)


def next_asked(values: NDArray[np.floating], gap: int) -> Drawn:
    """Values (N, T + 1) as inputs and next values, scored once `gap` values have been read."""
    inputs = values[:, :-1, None].astype(np.float32)
    targets = values[:, 1:, None].astype(np.float32)
    scored = np.arange(1, values.shape[1]) >= gap
    return inputs, targets, np.broadcast_to(scored, inputs.shape[:2])


RULES: Mapping[str, Callable[..., Drawn]] = {
    "seasonal": draw_seasonal,
    "sines": draw_sines,
    "mackey_glass_17": draw_mackey_glass,
    "mackey_glass_30": draw_mackey_glass,
    "csv": draw_sample_column,
}


class Forecast(Task):
    """First channel: the value; the target at each step is the next one.  Of a table there are
    more: further columns at the same row, and what is known beforehand of the next row.

    T = gap - 1 + `forecasts` steps, of which those from step gap - 1 on, when a whole season has
    been read, are scored.  Seasonal and sines are in their own units; Mackey-Glass and columns have
    mean 0 and deviation 1.  For these the first scored value has `gap` values before it.

    The second split: twice as many forecasts of seasonal and sines, trajectories that were not
    trained on of Mackey-Glass, and the last fifth of a column, of which nothing is trained on.
    """

    name = "forecast"
    title = "Forecast a series"
    summary = "Values come one after another: what is the next one?"
    explanation = (
        "At every step the net predicts the next value. The seasonal series repeats, weakened and "
        "with new noise, what it did one gap ago, so a good forecast needs exactly the value from "
        "that long ago; sines with noise need several; Mackey-Glass is chaos without noise, made "
        "by a delay of 17 or 30; and csv is a column of a table of your own, whose last fifth is "
        "held out for testing. Beside it the net may read further columns, and what is known of "
        "the next row beforehand: its hour, weekday or month, or columns such as a tariff. No "
        "forecast can be better than the noise floor, where it is known. A forecast within 0.2 "
        "counts as right, for Mackey-Glass and a table in units of the series' standard deviation."
    )
    source = "Yule 1927 (autoregression); Mackey & Glass 1977; Box & Jenkins 1970 (seasonal series)"
    gap_field = "gap"
    Params = ForecastParams
    splits = ("fresh", "unseen")
    generalisation = "unseen"
    loss = "squared_error"
    correct_within = WITHIN

    params: ForecastParams
    inputs: Channels

    def __init__(self, params: ForecastParams) -> None:
        super().__init__(params)
        if params.series != "csv" or not params.data:
            self.rule = RULES[params.series]
        self.series = SERIES[params.series](params)
        table, series = self.series.table, self.series
        self.units = None if table is None else Units(series.offset, series.scale, table.unit)
        self.covariates = () if table is None else table.covariates
        names = (name for covariate in self.covariates for name in covariate.channels)
        self.inputs = Channels(("value", *names), self.series.low, self.series.high)
        self.outputs = ("next value",)
        self.length = params.gap - 1 + params.forecasts
        self.dependency = max(2, params.gap - 1)
        self.baselines = self.series.baselines
        self.criterion = self._criterion()

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        """Series (count, T, I), made of T + 1 values of which the last is only a target."""
        unseen, steps = split != "fresh", self.length + 1
        if unseen and self.series.floor is not None:  # always new: no window could overlap
            steps += self.params.forecasts
        if self.series.table is None:
            return self._asked(self.series.draw[unseen](rng, count, steps))
        gap, forecasts = self.params.gap, self.params.forecasts
        return self._of_rows(self.series.table.rows(rng, count, gap, forecasts, unseen=unseen))

    def encode(self, text: str) -> Sequences:
        """As in "0.3 -0.5 0.2 ___ (0.1)", in the column's units, (1, T, I); or ExperimentError.

        Without ___ nothing is asked at the last value.  What is read beside a value follows it:
        "20.5/0.3/14", known ahead being of the next row.
        """
        before, _, behind = text.partition("___")
        steps = [word.split("/") for word in _words(before)]
        answer = [self._value(word) for word in _words(behind.strip(" ()"))][:1]
        values = [self._value(step[0]) for step in steps] + answer
        least = self.params.gap + 1
        if len(values) < least:
            accepts = f"at least {least:,} numbers, since nothing is asked before the gap is over"
            raise ExperimentError("sequence", text, accepts)
        beside = np.array([self._beside(step) for step in steps])[None]
        if answer:
            return self._asked(np.array([values]), beside)
        asked = self._asked(np.array([[*values, 0.0]]), beside)
        known = np.arange(len(values)) < len(values) - 1
        return replace(asked, scored=asked.scored & known)

    def labels(self, sequences: Sequences, index: int) -> list[str]:
        """The values as a person reads them, in the column's own units: '0.53', '20.5/0.3/14'."""
        return ["/".join(step) for step in self._read(sequences, index)]

    def short_labels(self, sequences: Sequences, index: int) -> list[str]:
        """The values alone: '20.5'."""
        return [self._written(value) for value in sequences.inputs[index, :, 0]]

    def told_steps(self, sequences: Sequences, index: int) -> list[str]:
        """The values with what is read beside them: '20.5, temp 0.3, hour 14'."""
        names = ["", *(f"{covariate.name} " for covariate in self.covariates)]
        steps = self._read(sequences, index)
        return [", ".join(map("".join, zip(names, step, strict=True))) for step in steps]

    def typed(self, sequences: Sequences, index: int) -> list[str]:
        """The values with all their digits, with what is read beside them, and the last target."""
        series, exact = self.series, sequences.inputs[index, :, 0].astype(np.float64)
        values = [f"{value * series.scale + series.offset:.17g}" for value in exact]
        steps = zip(values, self._read(sequences, index), strict=True)
        read = ["/".join([value, *step[1:]]) for value, step in steps]
        if not sequences.scored[index, -1]:
            return read
        answer = float(sequences.targets[index, -1, 0]) * series.scale + series.offset
        return [*read, f"___ ({answer:.17g})"]

    def question(self, sequences: Sequences, index: int) -> str:
        """'… 0.12 0.53 -0.20 ___ (0.31)'; where answers are told in other units, also in these."""
        asked = int(np.flatnonzero(sequences.scored[index])[-1])
        values = sequences.inputs[index, max(asked + 1 - READ, 0) : asked + 1, 0]
        read = [self._written(value) for value in values]
        value, series = float(sequences.targets[index, asked, 0]), self.series
        if self.units is not None:
            return f"… {' '.join(read)} ___ ({self.units.value(value)})"
        standardised = (series.offset, series.scale) != (0.0, 1.0)
        held_to = f"; standardised {value:.2f}" if standardised else ""
        return f"… {' '.join(read)} ___ ({self._written(value)}{held_to})"

    def judged_on(self) -> tuple[str, ...]:
        """If windows overlap those trained on, the split that is not trained on."""
        if self.params.series == "csv":
            return ("unseen",)
        return self.splits if self.params.series.startswith("mackey") else ("fresh",)

    def in_units(self, loss: float) -> str:
        """The root of the mean squared error in the column's units; "" for series without any."""
        if self.units is None or not math.isfinite(loss):
            return ""
        return f"RMS error {self.units.distance(math.sqrt(loss))}"

    def continued(self, sequences: Sequences, answers: NDArray[np.float32]) -> Sequences | None:
        """One more step, (N, T + 1, I), on the forecasts (N, 1); nothing is asked there.

        Further columns stay as they are.  None if more is known ahead and the rows are not.
        """
        table = self.series.table
        beside = sequences.inputs[:, -1, 1:]
        if table is not None and table.known:
            if sequences.rows is None:
                return None
            rows = np.minimum(sequences.rows + sequences.inputs.shape[1] + 1, table.last_ahead)
            known = table.ahead[rows]
            beside = np.concatenate([beside[:, : -known.shape[1]], known], axis=1)
        return sequences.with_step(np.concatenate([answers, beside], axis=1), Role.FILLER)

    def ahead(self, steps: int, count: int) -> Ahead | None:
        """Places in the held-out rows of a table, or in new series of the others."""
        table, gap, length = self.series.table, self.params.gap, self.length
        if table is not None:
            rows = table.places(length, steps, count)
            if not len(rows):
                return None
            values = table.values[rows[:, None] + np.arange(length + steps)]
            read = self._of_rows(rows)
        else:
            rng = stream(0, Purpose.EXAMPLES, AHEAD)
            values = self.series.draw[1](rng, count, length + steps).astype(np.float64)
            read = self._asked(values[:, : length + 1])
        unit = "" if table is None else table.unit
        simple = naive(values, length, gap)
        return Ahead(read, values[:, length:], simple, self.series.scale, unit)

    def _criterion(self) -> Criterion:
        of_a_column, floor = self.params.series == "csv", self.series.floor
        if floor is not None:
            text = f"squared error within 10% of the noise floor, {floor:.3g}"
            limit = NEAR_THE_FLOOR * floor
            return Criterion("loss", limit, TESTED, f"{text}, on 2,000 fresh sequences")
        line, share = self.baselines[of_a_column].loss, OF_A_COLUMN if of_a_column else OF_CHAOS
        where = "the held-out rows" if of_a_column else "new trajectories"
        told = f" ({words})" if (words := self.in_units(share * line)) else ""
        text = (
            f"squared error on {where} below {share * line:.3g}{told}, {share:.0%} of what the "
            "best line through the last value leaves; an arbitrary limit, since no noise floor is "
            "known"
        )
        count = TESTED_OF_A_COLUMN if of_a_column else TESTED
        return Criterion("loss", share * line, count, text)

    def _of_rows(self, rows: NDArray[np.intp]) -> Sequences:
        """Sequences (N, T) of a table that begin in these rows (N,)."""
        table = self.series.table
        assert table is not None
        every = rows[:, None] + np.arange(self.length + 1)
        beside = table.channels_at(every[:, :-1])
        return replace(self._asked(table.values[every], beside), rows=rows)

    def _asked(
        self, values: NDArray[np.floating], beside: NDArray[np.floating] | None = None
    ) -> Sequences:
        """Sequences of values (N, T + 1): each but the last read, each but the first a target.

        An unknown value, NaN, is read as the last one known, and is not asked for.  beside: the
        other channels, (N, T, I - 1).
        """
        inputs, targets, scored = next_asked(last_known(values), self.params.gap)
        if beside is not None:
            inputs = np.concatenate([inputs, beside.astype(np.float32)], axis=2)
        asked = scored & np.isfinite(values[:, 1:])
        roles = np.full(asked.shape, Role.FILLER, np.uint8)
        if self.params.series == "seasonal":
            roles[:, -self.params.gap] = Role.CUE
        last = asked.shape[1] - 1 - asked[:, ::-1].argmax(axis=1)
        roles[np.arange(len(asked)), last] = Role.QUERY
        return Sequences(inputs, targets, asked, roles)

    def _read(self, sequences: Sequences, index: int) -> list[tuple[str, ...]]:
        """The value of each step, and what is read beside it, as a person reads them."""
        read, at = [self.short_labels(sequences, index)], 1
        for covariate in self.covariates:
            channels = sequences.inputs[index, :, at : at + len(covariate.channels)]
            read.append([covariate.written(value) for value in covariate.said(channels)])
            at += len(covariate.channels)
        return list(zip(*read, strict=True))

    def _beside(self, step: list[str]) -> NDArray[np.float64]:
        """The channels of what was typed behind a value, (I - 1,)."""
        if len(step) != 1 + len(self.covariates):
            names = "/".join(["value", *(covariate.name for covariate in self.covariates)])
            raise ExperimentError("sequence", "/".join(step), f"steps such as {names}, in numbers")
        typed = zip(self.covariates, step[1:], strict=True)
        return np.concatenate([np.empty(0), *(covariate.typed(word) for covariate, word in typed)])

    def _written(self, value: float) -> str:
        """A value in the column's units, to a hundredth of the standard deviation or finer."""
        digits = max(0, 2 - math.floor(math.log10(self.series.scale)))
        return f"{value * self.series.scale + self.series.offset:.{digits}f}"

    def _value(self, word: str) -> float:
        """A typed value in the nets' units."""
        offset, scale = self.series.offset, self.series.scale
        low, high = offset - LARGEST * scale, offset + LARGEST * scale
        value = number_of(word, low, high, "numbers with white space between them")
        return (value - offset) / scale


def _words(text: str) -> list[str]:
    return text.replace(",", " ").replace("…", " ").split()
