"""All that is asked about one net at once, on nets of which the answers are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sandbox.cells.surgery import read_surgery
from sandbox.engine.network import Network
from sandbox.insight.asking import Insight, ask
from sandbox.insight.subject import Subject
from tests.insight.nets import OPEN, one_memory, recall_task

TASK = recall_task(gap=16)  # the cue at step 0, the question at step 17


def answered(subject: Subject) -> Insight:
    found = ask(subject, "LSTM", subject.fresh(4), 1)
    assert found is not None
    return found


def said(found: Insight) -> dict[str, str]:
    return {each.kind: each.text for each in found.findings()}


def test_that_the_one_unit_that_remembers_is_found_and_said() -> None:
    found = answered(one_memory(TASK))
    assert [found.carriers.ranked(by)[0] for by in ("swap", "lesion", "tells")] == [2, 2, 2]
    assert found.accuracy == 1
    words = said(found)
    assert words["carriers"] == (
        "Swapping unit 3 of the LSTM, 9 symbols after the cue, flips 100% of its answers; none "
        "of 5 other units flips any."
    )
    assert words["lesion"].startswith("Without unit 3 the LSTM is right ")
    assert words["lesion"].endswith("% of the time on fresh sequences; with it, 100%.")
    assert words["keeping"] == (
        "Unit 3 of the LSTM keeps more than 0.9999 of its memory at each symbol of filler."
    )
    assert "loss" not in words
    assert "disagreement" not in words


def test_that_evidence_counts_from_0_and_has_the_numbers_of_the_sentence() -> None:
    evidence = {each.kind: each.evidence for each in answered(one_memory(TASK)).findings()}
    assert evidence["carriers"]["units"] == [2]
    assert evidence["carriers"]["step"] == 9
    assert evidence["lesion"]["unit"] == evidence["keeping"]["unit"] == 2
    assert evidence["lesion"]["lost"] == pytest.approx(0.5, abs=0.05)
    share = 1 / (1 + np.exp(-OPEN))
    assert evidence["keeping"]["kept"] == pytest.approx(share)
    assert evidence["keeping"]["half_life"] == pytest.approx(np.log(0.5) / np.log(share), rel=0.05)


def test_that_without_that_unit_nothing_is_remembered() -> None:
    subject = one_memory(TASK)
    net = subject.net
    sizes = (TASK.inputs.size, net.hidden, 2)
    for surgery in ("lesion", "lesion[2]"):
        operated = Network(net.cell, net.theta.copy(), *sizes, surgery=read_surgery(surgery))
        found = answered(replace(subject, net=operated))
        assert found.loss == pytest.approx(TASK.baselines[0].loss, rel=1e-4)
        words = said(found)
        assert words["loss"] == (
            "The LSTM's loss on fresh sequences is 0.693. A net that knows everything but the cue "
            "reaches ln 2 = 0.693: nothing of use was remembered."
        )
        assert set(words) <= {"loss", "gradient"}
        assert np.isnan(found.carriers.swap).all()


def test_that_a_unit_that_nobody_reads_is_where_measures_disagree() -> None:
    subject = one_memory(TASK)
    views = subject.net.layout.views(subject.net.theta)
    for n in range(4):  # unit 4 does what unit 2 does, but no weight leads from it
        for name in ("b", "W_x"):
            views[name][..., n * 6 + 4] = views[name][..., n * 6 + 2]
    words = said(answered(Subject("lstm", subject.net, TASK)))
    assert words["disagreement"].startswith(
        "From unit 5 of the LSTM alone a linear readout gets the answer right 100% of the time"
    )
    assert words["carriers"].startswith("Swapping unit 3 of the LSTM, ")


def test_that_it_stops_when_it_is_told_to() -> None:
    subject = one_memory(TASK)
    assert ask(subject, "LSTM", subject.fresh(4), stop=lambda: True) is None
