"""Findings in words: each where it is true, where it just is not, and where there is only noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sandbox.insight import findings
from sandbox.insight.asking import ask
from sandbox.insight.carriers import Carriers, Missed
from sandbox.insight.findings import Finding, FindingsLog
from sandbox.insight.gradient_flow import Arrival
from sandbox.insight.linear_readout import Told, told
from sandbox.insight.retention import Keeper, Kept
from sandbox.insight.unit_sets import Carrying
from sandbox.tasks.registry import tasks
from tests.insight.nets import drawn_at_random, recall_task

HIDDEN = 16
KEEPER = Keeper("cell", "forget", rest=False)


def text(found: Finding | None) -> str:
    assert found is not None
    return found.text


def task_called(name: str) -> Any:
    kind = tasks()[name]
    return kind(kind.Params())


def measures(told_by: dict[int, float] | None = None, **changed: Any) -> Carriers:
    """A net in which no unit does anything, but for what is given."""
    nothing = np.zeros(HIDDEN)
    by_unit = np.full(HIDDEN, 0.25)
    for unit, share in (told_by or {}).items():
        by_unit[unit] = share
    readout = Told(by_unit, whole=0.9, chance=0.25, noise=0.05)
    plain = Carriers(31, 1, 48, nothing, nothing.copy(), {"cell": readout}, 1.0, None)
    return replace(plain, **changed)


def effects(**by_unit: float) -> np.ndarray:
    values = np.zeros(HIDDEN)
    for unit, value in by_unit.items():
        values[int(unit.removeprefix("unit"))] = value
    return values


# The loss --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "loss", "accuracy", "sentence"),
    [
        (
            "fluent",
            1.80,
            0.17,
            "The RNN's loss on fresh sequences is 1.8. A net that knows everything but the "
            "country reaches ln 6 = 1.79: nothing of use was remembered.",
        ),
        (
            "adding",
            0.1668,
            0.08,
            "The RNN's loss on fresh sequences is 0.167. A net that remembers neither number "
            "reaches 1/6 = 0.167: nothing of use was remembered.",
        ),
        (
            "selective_copy",
            2.08,
            0.125,
            "The RNN's loss on fresh sequences is 2.08. A net that knows everything but the "
            "letters reaches ln 8 = 2.08: nothing of use was remembered.",
        ),
        (
            "reber",
            0.0181,
            0.98,
            "The RNN's loss on fresh sequences is 0.0181. A net that guesses the outer symbol "
            "reaches 0.018: nothing of use was remembered.",
        ),
    ],
)
def test_that_a_loss_at_the_baseline_is_said(
    name: str, loss: float, accuracy: float, sentence: str
) -> None:
    found = findings.of_loss("rnn", "RNN", task_called(name), loss, accuracy)
    assert text(found) == sentence
    assert found is not None
    assert (found.kind, found.key, found.panel) == ("loss", "rnn", "loss")
    assert found.evidence["loss"] == loss


@pytest.mark.parametrize(
    ("loss", "accuracy"),
    [
        (1.75, 0.19),  # 2.3% below: something was learned
        (1.85, 0.17),  # 3% above: worse than guessing says nothing about memory
        (1.79, 0.45),  # answers are right far more often than by guessing, if too sure when wrong
        (np.nan, 0.17),
        (0.01, 1.0),
    ],
)
def test_that_another_loss_is_not_said(loss: float, accuracy: float) -> None:
    assert findings.of_loss("rnn", "RNN", task_called("fluent"), loss, accuracy) is None


# The gradient ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrived", "sentence"),
    [
        (
            Arrival(3.2e-13, 1e-13, 9e-13, 64),
            "At the cue the RNN's gradient is 3e-13 of what it is at the question.",
        ),
        (
            Arrival(0.0, 0.0, 0.0, 64),
            "At the cue the RNN's gradient is too small for a float32, unlike at the question.",
        ),
        (
            Arrival(0.022, 0.004, 0.1, 64),
            "The RNN's gradient reaches the cue with about 2% of its size at the question.",
        ),
        (
            Arrival(12.3, 4.0, 20.0, 64),
            "The RNN's gradient reaches the cue with 12.3 times its size at the question.",
        ),
    ],
)
def test_that_a_gradient_that_fades_or_arrives_is_said(arrived: Arrival, sentence: str) -> None:
    found = findings.of_gradient("rnn", "RNN", arrived)
    assert text(found) == sentence
    assert found is not None
    assert found.evidence["at_cue"] == arrived.typical
    assert (found.evidence["low"], found.evidence["high"]) == (arrived.low, arrived.high)


@pytest.mark.parametrize(
    "arrived",
    [
        None,
        Arrival(5e-4, 1e-4, 1.1e-3, 64),  # has not quite faded in every sequence
        Arrival(9e-3, 5e-3, 2e-2, 64),  # hardly arrives
        Arrival(0.3, 1e-6, 0.9, 64),  # arrives in some and fades in others
    ],
)
def test_that_a_gradient_between_the_two_is_not_said(arrived: Arrival | None) -> None:
    assert findings.of_gradient("rnn", "RNN", arrived) is None


# Units that carry the cue ----------------------------------------------------------------

WHERE = "27 words after the cue"
THREE = Carrying((3, 8, 11), flips=0.96, others=0.12, tried=61, pairs=48)
ONE = Carrying((3,), flips=1.0, others=0.0, tried=15, pairs=48)
SEVEN = Carrying((0, 1, 2, 3, 4, 5, 6), flips=0.9, others=0.2, tried=36, pairs=48)


def of_set(carrying: Carrying | None) -> Finding | None:
    return findings.of_carriers("lstm", "LSTM", measures(set=carrying), WHERE)


def test_that_a_few_units_that_carry_the_cue_are_named_from_1() -> None:
    found = of_set(THREE)
    assert text(found) == (
        "Swapping units 4, 9 and 12 of the LSTM, 27 words after the cue, flips 96% of its "
        "answers; none of 61 other sets of three flips more than 12%."
    )
    assert found is not None
    assert found.evidence["units"] == [3, 8, 11]
    assert (found.evidence["flips"], found.evidence["pairs"], found.panel) == (0.96, 48, "swap")
    assert text(of_set(ONE)) == (
        "Swapping unit 4 of the LSTM, 27 words after the cue, flips 100% of its answers; none "
        "of 15 other units flips any."
    )


def test_that_a_memory_in_many_units_is_called_spread() -> None:
    assert text(of_set(SEVEN)) == (
        "The LSTM's memory of the cue is spread over many units: it takes the 7 strongest of 16, "
        "swapped together 27 words after the cue, to flip 90% of its answers."
    )
    nine = Carrying(tuple(range(9)), flips=0.9, others=None, tried=0, pairs=48)
    assert "the 9 strongest of 16" in text(of_set(nine))


@pytest.mark.parametrize(
    "carrying",
    [
        None,
        replace(THREE, pairs=9),  # too few pairs to count shares
        replace(THREE, flips=0.79),  # does not hold on the pairs that judge it
        replace(THREE, others=0.51),  # any three do it
        replace(SEVEN, units=(0, 1, 2, 3, 4)),  # neither few nor many
    ],
)
def test_that_units_that_do_not_stand_out_are_not_named(carrying: Carrying | None) -> None:
    assert of_set(carrying) is None


# Lesions ---------------------------------------------------------------------------------


def of_lesion(missed: Missed | None, of_values: bool = False) -> Finding | None:
    return findings.of_lesion("lstm", "LSTM", measures(missed=missed, of_values=of_values))


def test_that_a_unit_that_is_missed_is_said() -> None:
    found = of_lesion(Missed(30, without=0.54, whole=1.0, sequences=1000))
    assert text(found) == (
        "Without unit 31 the LSTM is right 54% of the time on fresh sequences; with it, 100%."
    )
    assert found is not None
    assert found.evidence["lost"] == pytest.approx(0.46)
    assert found.evidence["unit"] == 30
    assert text(of_lesion(Missed(2, without=0.15, whole=0.0012, sequences=1000), True)) == (
        "Without unit 3 the LSTM's loss on fresh sequences is 0.15; with it, 0.0012."
    )


@pytest.mark.parametrize(
    ("missed", "of_values"),
    [
        (None, False),
        (Missed(30, without=0.81, whole=1.0, sequences=1000), False),
        (Missed(30, without=0.16, whole=0.17, sequences=1000), False),  # knew nothing before
        (Missed(30, without=0.0019, whole=0.001, sequences=1000), True),
        (Missed(30, without=0.05, whole=0.06, sequences=1000), True),
    ],
)
def test_that_a_unit_that_is_hardly_missed_is_not_said(
    missed: Missed | None, of_values: bool
) -> None:
    assert of_lesion(missed, of_values) is None


# Where the measures disagree -------------------------------------------------------------


def test_that_a_unit_that_tells_but_does_not_matter_is_said() -> None:
    found = measures(
        {3: 1.0, 5: 0.97, 6: 0.8},
        set=ONE,
        swap=effects(unit3=1.0, unit5=0.01, unit6=0.04),
        lesion=effects(unit3=0.5, unit6=0.04),
    )
    said = findings.of_disagreement("lstm", "LSTM", found)
    assert text(said) == (
        "From unit 6 of the LSTM alone a linear readout gets the answer right 97% of the time "
        "(25% by guessing). Yet swapping that unit moves answers less than 5% of the way, and a "
        "lesion costs less than 5% of them."
    )
    assert said is not None
    assert said.evidence["units"] == [5, 6]
    assert (said.evidence["unit"], said.evidence["state"]) == (5, "cell")


def test_that_of_values_a_readout_explains() -> None:
    found = measures({5: 0.97}, set=ONE, of_values=True)
    assert text(findings.of_disagreement("lstm", "LSTM", found)) == (
        "From unit 6 of the LSTM alone a linear readout explains 97% of how answers differ. Yet "
        "swapping that unit moves answers less than 5% of the way, and with a lesion the loss "
        "grows by less than 5%."
    )


@pytest.mark.parametrize(
    "found",
    [
        measures({5: 0.97}),  # no set of units flips answers: the net may not remember at all
        measures({5: 0.97}, set=ONE, swap=effects(unit5=0.06)),
        measures({5: 0.97}, set=ONE, swap=effects(unit5=-0.3)),  # it matters: against the answer
        measures({5: 0.97}, set=ONE, lesion=effects(unit5=0.06)),
        measures({5: 0.60}, set=ONE),  # told, but not well
        measures({5: 0.33}, set=ONE),  # within what chance does
    ],
)
def test_that_a_unit_that_matters_or_hardly_tells_is_not_said(found: Carriers) -> None:
    assert findings.of_disagreement("lstm", "LSTM", found) is None


def test_that_a_readout_of_noise_is_not_said() -> None:
    rng = np.random.default_rng(0)
    states, classes = rng.normal(size=(800, HIDDEN)), rng.integers(0, 4, 800)
    readout = told(states[:400], classes[:400], states[400:], classes[400:])
    found = measures(set=ONE, told={"cell": readout})
    assert findings.of_disagreement("lstm", "LSTM", found) is None


# What is kept ----------------------------------------------------------------------------


def of_keeping(share: float, least: float | None = None, carrying: Carrying | None = ONE) -> Any:
    shares = np.full(HIDDEN, 0.5)
    shares[3] = share
    leasts = shares.copy()
    leasts[3] = share if least is None else least
    found = measures(set=carrying, swap=effects(unit3=1.0))
    kept = Kept(KEEPER, shares, leasts, steps=50)
    return findings.of_keeping("lstm", "LSTM", kept, found, "word")


@pytest.mark.parametrize(
    ("share", "tail"),
    [
        (0.98, "0.98 of its memory at each word of filler: half of it is left after 34 words."),
        (0.9, "0.9 of its memory at each word of filler: half of it is left after 7 words."),
        (0.9985, "0.9985 of its memory at each word of filler: 93% of it is left after 50 words."),
        (0.99999, "more than 0.9999 of its memory at each word of filler."),
        (1.0, "all of its memory at each word of filler."),
    ],
)
def test_that_what_the_strongest_carrier_keeps_is_said(share: float, tail: str) -> None:
    found = of_keeping(share)
    assert text(found) == f"Unit 4 of the LSTM keeps {tail}"
    assert found.evidence["gate"] == "forget"
    assert found.evidence["kept"] == share
    if share < 1:
        assert share ** found.evidence["half_life"] == pytest.approx(0.5)


def test_that_a_unit_that_forgets_or_is_no_carrier_is_not_said() -> None:
    assert of_keeping(0.89) is None
    assert of_keeping(0.98, least=0.87) is None  # in some sequences it forgets
    assert of_keeping(0.98, least=0.89) is not None
    assert of_keeping(0.98, carrying=None) is None


# All together ----------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_that_of_a_net_that_learned_nothing_no_unit_is_named(cell: str) -> None:
    subject = drawn_at_random(recall_task(gap=30), cell, hidden=12)
    found = ask(subject, cell.upper(), subject.fresh(4))
    assert found is not None
    kinds = {each.kind for each in found.findings()}
    assert kinds <= {"gradient", "loss"}


def test_that_a_list_of_units_is_read_aloud() -> None:
    said = [findings.units_in_words(units) for units in [(3,), (3, 8), (3, 8, 20)]]
    assert said == ["unit 4", "units 4 and 9", "units 4, 9 and 21"]


# The log ---------------------------------------------------------------------------------


def finding(kind: str, key: str = "lstm", weight: float = 1.0, words: str = "") -> Finding:
    return Finding(kind, key, words or kind, weight=weight)


def test_that_a_finding_is_shown_once_it_has_come_up_three_times_in_a_row() -> None:
    log = FindingsLog()
    for step in (25, 50):
        log.note(step, [finding("loss")], ["lstm"])
        assert log.shown() == []
    log.note(75, [finding("loss", words="the last")], ["lstm"])
    assert [each.text for each in log.shown()] == ["the last"]
    assert [(step, each.kind) for step, each in log.log] == [(75, "loss")]


def test_that_a_finding_that_is_gone_begins_anew() -> None:
    log = FindingsLog()
    for found in (["loss"], ["loss"], [], ["loss"], ["loss"]):
        log.note(1, [finding(kind) for kind in found], ["lstm"])
    assert log.shown() == []
    log.note(2, [finding("loss")], ["lstm"])
    assert len(log.shown()) == 1
    log.note(3, [], ["lstm"])
    assert log.shown() == []
    assert len(log.log) == 1  # what was shown stays in the log


def test_that_of_a_net_that_rests_once_is_enough() -> None:
    log = FindingsLog()
    log.note(25, [finding("loss")], ["lstm"])
    log.note(50, [finding("loss")], ["lstm"], resting=True)
    assert len(log.shown()) == 1
    log.note(50, [finding("loss")], ["lstm"], resting=True)
    assert [step for step, _ in log.log] == [50]  # noted once
    log.note(75, [], ["lstm"], resting=True)
    assert log.shown() == []


def test_that_nets_that_were_not_asked_keep_their_findings() -> None:
    log = FindingsLog()
    for _ in range(3):
        log.note(1, [finding("loss", "rnn")], ["rnn"])
        log.note(1, [finding("loss", "lstm")], ["lstm"])
    assert {each.key for each in log.shown()} == {"rnn", "lstm"}


def test_that_the_three_that_matter_most_are_shown_and_all_are_kept() -> None:
    log = FindingsLog()
    found = [finding(str(n), weight=n) for n in range(5)]
    for step in range(4):
        log.note(step, found, ["lstm"])
    assert [each.kind for each in log.shown()] == ["4", "3", "2"]
    assert len(log.log) == 5
