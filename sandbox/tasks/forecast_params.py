"""The parameters of `forecast`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import model_validator

from sandbox.experiment import Frozen
from sandbox.reading.data import DataId, Text, name_of
from sandbox.tasks.forecast_column import HELD_OUT, window_starts
from sandbox.tasks.forecast_table import Wanted, table_series
from sandbox.tasks.rule_task import param
from sandbox.validation import NUMBERS_ONLY, ExperimentError, Whole

if TYPE_CHECKING:
    from sandbox.tasks.forecast_table import TableSeries

LEAST_KNOWN = 0.5  # of the rows of either part that have a value
PARTS = ("first four fifths", "last fifth")  # of a column
# Parameters that have an effect only for a table.
OF_A_TABLE: dict[str, Any] = {"only_where": {"series": ["csv"]}}
OF_A_FILE: dict[str, Any] = {**OF_A_TABLE, "only_with": ["data"]}  # not of the sample


class ForecastParams(Frozen):
    """Which series, how far back it reaches, and how many forecasts are scored."""

    series: Literal["seasonal", "sines", "mackey_glass_17", "mackey_glass_30", "csv"] = param(
        "seasonal", "Where the values come from; csv: a column of a table of your own"
    )
    gap: Whole = param(
        10,
        "The seasonal lag, or the slowest sine's period; nothing is scored before it",
        "steps",
        ge=2,
        le=500,
    )
    forecasts: Whole = param(
        40, "Forecasts that are scored in a sequence, one a step", "steps", ge=10, le=500
    )
    noise: Annotated[float, NUMBERS_ONLY] = param(
        0.2,
        "Standard deviation of the noise in seasonal and sines; the others have none",
        ge=0.01,
        le=1,
        only_where={"series": ["seasonal", "sines"]},
    )
    data: DataId = param(
        "",
        "The table: the name of a file that was opened; empty for the sample",
        shown_as="data",
        **OF_A_TABLE,
    )
    column: Text = param(
        "",
        "The column that is forecast, by name or number; empty: the first one of numbers",
        max_length=200,
        words={"": "the first"},
        **OF_A_FILE,
    )
    missing: Literal["refuse", "skip", "carry", "interpolate", "unknown"] = param(
        "refuse",
        "Rows without a value: refuse the table, skip them, repeat the last value, take the line "
        "to the next value (which looks ahead), or read the last value again and ask nothing there",
        label="rows without a value",
        short="missing values: {}",
        **OF_A_FILE,
    )
    recipe: Text = param(
        "",
        "How the table is read, where that was settled by hand: decimal=, header=1, every=1h",
        max_length=1500,
        label="how it is read",
        short="read with {}",
        words={"": "as guessed"},
        shown_as="recipe",
        **OF_A_FILE,
    )
    inputs: Text = param(
        "",
        "Further columns that are read in each row, by name or number, with commas between",
        max_length=1500,
        label="columns read too",
        short="reads {} too",
        words={"": "none"},
        **OF_A_FILE,
    )
    known: Text = param(
        "",
        "Columns whose next value is read, since it is known beforehand, as of holidays or a "
        "tariff; by name or number, with commas between",
        max_length=1500,
        label="columns known ahead",
        short="{} known ahead",
        words={"": "none"},
        **OF_A_FILE,
    )
    calendar: Text = param(
        "",
        "What is read of the next row's date: hour, weekday, month, with commas between",
        max_length=60,
        words={"": "none"},
        **OF_A_FILE,
    )

    @property
    def wanted(self) -> Wanted:
        """Which columns of which table are read."""
        return Wanted(
            self.data,
            self.column,
            self.missing,
            self.recipe,
            self.inputs,
            self.known,
            self.calendar,
        )

    @model_validator(mode="after")
    def _the_table_will_do(self) -> ForecastParams:
        if self.series == "csv":
            self._there_is_enough(table_series(self.wanted))
        return self

    def _there_is_enough(self, series: TableSeries) -> None:
        count, needed = len(series.values), HELD_OUT * (self.gap + self.forecasts)
        name = name_of(self.data) or "the sample"
        if count < needed:
            accepts = (
                f"a smaller number, or a longer table than {name}: it has {count:,} values, "
                f"and {needed:,} are needed for that many after a gap of {self.gap:,}"
            )
            raise ExperimentError("forecasts", self.forecasts, accepts)
        for part, where in zip(series.parts, PARTS, strict=True):
            known = np.isfinite(part).mean()
            if known < LEAST_KNOWN or not len(window_starts(part, self.gap, self.forecasts)):
                accepts = "a column with more values"
                accepts += f", since only {known:.0%} of the rows in its {where} have one"
                raise ExperimentError("column", self.column or name, accepts)
