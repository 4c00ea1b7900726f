"""Which net is meant where nobody says which one."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from sandbox.experiment import parse
from sandbox.export import files
from tests.export.records import trained


@pytest.mark.parametrize(
    ("losses", "key"),
    [
        ({"rnn": 0.5, "lstm": 0.1}, "lstm"),
        ({"rnn": 0.5, "lstm": 0.7}, "rnn"),
        ({"rnn": math.nan, "lstm": 0.7}, "lstm"),
        ({"rnn": None, "lstm": 0.7}, "lstm"),
        ({"rnn": math.inf}, "lstm"),
        ({}, "lstm"),
    ],
)
def test_that_the_best_net_has_the_lowest_loss_that_is_a_number(
    losses: dict[str, Any], key: str
) -> None:
    record = trained(parse({"task": "recall", "params": {"gap": 3}}), 20)
    cells = {name: {"loss": loss} for name, loss in losses.items()}
    assert files.best(replace(record, info=replace(record.info, cells=cells))) == key
