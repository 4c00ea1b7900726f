"""A sequence on paper, and what the nets answer to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.export.figures.paper import WIDTHS_MM
from sandbox.export.figures.sentence_figure import sentence_figure
from tests.export.figures.figure_data import (
    EIGHT,
    TWO,
    all_words,
    assert_words_on_paper,
    probe,
    texts,
)

if TYPE_CHECKING:
    from sandbox.export.figures.probe import Probe


def asks(given: Probe) -> int:
    return int(given.sequences.targets[given.index, given.asked_at])


def answering(given: Probe, value: float) -> Probe:
    """Every answer of the LSTM is this number."""
    trace = given.traces["lstm"]
    trace.answers.setflags(write=True)
    trace.answers[...] = value
    return given


def test_that_answers_are_named_with_their_probability() -> None:
    given = probe(gap=5)
    written = all_words(sentence_figure(given))
    assert given.task.outputs[0] in written
    assert "70%" in written  # of the first symbol, in these traces


def test_that_a_wrong_answer_says_what_is_right() -> None:
    given = next(p for p in (replace(probe(gap=5), index=n) for n in range(3)) if asks(p) != 0)
    written = texts(sentence_figure(given))
    assert "×" in written
    assert "✓" not in written
    assert any(given.task.outputs[asks(given)] in each for each in written if "wrong" in each)


def test_that_a_number_is_judged_by_how_near_it_is() -> None:
    given = probe({"lstm": "lstm"}, task="adding", length=20)
    target = float(given.sequences.targets[0, -1, 0])
    assert "✓" in texts(sentence_figure(answering(given, target + 0.03)))
    wrong = texts(sentence_figure(answering(given, target + 0.05)))
    assert "×" in wrong
    assert f"{target + 0.05:.2f}" in wrong
    assert "no answer" in texts(sentence_figure(answering(given, np.nan)))


def test_that_an_answer_exactly_on_the_tolerance_is_wrong_as_it_is_in_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = probe({"lstm": "lstm"}, task="adding", length=20)
    monkeypatch.setattr(type(given.task), "correct_within", 0.5)
    given.sequences.targets.setflags(write=True)
    given.sequences.targets[...] = 0.25
    assert "×" in texts(sentence_figure(answering(given, 0.75)))
    assert "✓" in texts(sentence_figure(answering(given, 0.7490)))


def test_that_the_middle_of_a_long_sequence_is_left_out_and_counted() -> None:
    given = probe(task="fluent", gap=400)
    written = texts(sentence_figure(given, titled=False))
    (said,) = [each for each in written if each.startswith("…")]
    left_out = int(said.split()[1].replace(",", ""))
    first, last = written.index(said), written.index(given.labels[-1])
    assert first + left_out + last - first == given.length
    assert written[:first] == given.labels[:first]


@pytest.mark.parametrize("width", WIDTHS_MM)
@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"cells": {"lstm": "lstm"}, "gap": 0}, id="gap 0"),
        pytest.param({"cells": EIGHT, "gap": 10}, id="8 contestants"),
        pytest.param({"cells": TWO, "task": "fluent", "gap": 300}, id="gap 300"),
        pytest.param({"cells": TWO, "task": "adding", "length": 300}, id="adding"),
        pytest.param({"cells": TWO, "task": "reber"}, id="reber"),
    ],
)
def test_that_words_stay_on_the_paper(given: dict[str, object], width: int) -> None:
    figure = sentence_figure(probe(**given), width)  # type: ignore[arg-type]
    assert_words_on_paper(figure)
    assert len(figure.svg()) < 1_000_000
