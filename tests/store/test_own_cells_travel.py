"""Cells of one's own in short texts: as long as they are, they come back exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.experiment import Experiment, parse
from sandbox.store import seqx, shorthand
from sandbox.store.shorthand import LONGEST, LONGEST_WITH_CELLS, from_text, to_text
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError, NoExperiment
from tests.cells.random_equations import cells, written
from tests.own_cell import PLAIN, TWO_SPEEDS

if TYPE_CHECKING:
    from pathlib import Path


def with_cells(*texts: str, **fields: object) -> Experiment:
    own = [
        {"cell": "own", "equations": text, "name": f"net{n}", **fields}
        for n, text in enumerate(texts)
    ]
    return complete(parse({"contestants": [{"cell": "lstm"}, *own]}))


def test_that_a_short_text_has_the_cells_text() -> None:
    experiment = with_cells(TWO_SPEEDS, PLAIN, hidden=7)
    text = to_text(experiment)
    assert from_text(text) == experiment
    assert from_text(f"> look:\n> {text[:50]}\n> {text[50:]} (nice)") == experiment


def test_that_its_own_settings_come_back() -> None:
    experiment = with_cells(TWO_SPEEDS, forget_bias=1.25, recurrent_init="identity", lr=0.02)
    assert from_text(to_text(experiment)) == experiment


def test_that_other_experiments_are_as_short_as_before() -> None:
    assert len(to_text(complete(Experiment()))) <= LONGEST


@settings(max_examples=40, deadline=None)
@given(cells(), st.text(st.characters(exclude_categories=("C", "Z")), max_size=30))
def test_that_any_cell_comes_back_exactly(lines: list, comment: str) -> None:
    equations = [f"{name} = {written(node)}" for name, node in lines]
    text = "\n".join([*equations, f"# {comment.replace('<', ' ')}"])
    experiment = with_cells(text)
    assert from_text(to_text(experiment)) == experiment


def test_that_eight_of_the_longest_are_read_or_told_to_be_too_long() -> None:
    noise = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(3_900))
    with pytest.raises(ExperimentError, match="up to 6,000 characters: shorten the comments"):
        to_text(with_cells(f"{PLAIN}# {noise}"))
    experiment = with_cells(*[f"{PLAIN}# {'a' * 3900} {n}" for n in range(7)])
    text = to_text(experiment)
    assert len(text) <= LONGEST_WITH_CELLS
    assert from_text(text) == experiment


def test_that_a_text_from_elsewhere_is_no_cell_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is packed is checked as any text is."""
    good = to_text(with_cells(PLAIN))
    packed = list(shorthand._packed(from_text(good)))
    for other in ("hidden = tahn(x W + b)", 5, None, "\ud800"):
        changed = [other if each == PLAIN else each for each in packed]
        monkeypatch.setattr(shorthand, "_numbers", lambda behind, changed=changed: list(changed))
        with pytest.raises(NoExperiment):
            from_text(good)


def test_that_an_experiment_file_has_room_for_eight_of_the_longest(tmp_path: Path) -> None:
    letters = "".join(chr(0x20000 + n % 20_000) for n in range(3_900))
    own = [
        {"cell": "own", "equations": f"{PLAIN}# {n} {letters}", "name": f"net{n}", "hidden": 2}
        for n in range(8)
    ]
    experiment = complete(parse({"task": "recall", "params": {"gap": 1}, "contestants": own}))
    path = tmp_path / "plan.seqx"
    seqx.write_experiment(path, experiment)
    assert seqx.read(path).experiment == experiment
