"""`ask RUN`: what a run's nets do and why, as text and as JSON."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from sandbox.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> str:
    """A short run of two small nets."""
    argv = ["train", "--task", "recall", "--cells", "rnn,lstm", "--steps", "20", "--json"]
    settings = ["gap=3", "hidden=4", "symbols=2"]
    assert main([*argv, *(part for each in settings for part in ("--set", each))]) == 0
    return str(json.loads(capsys.readouterr().out.splitlines()[-1])["run"])


def events(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, Any]]:
    assert main(["ask", *argv, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_that_every_net_has_its_events(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    *lines, end = events(capsys, run)
    assert end == {"event": "end", "run": run, "step": 20}
    for cell in ("rnn", "lstm"):
        kinds = [line["event"] for line in lines if line["cell"] == cell]
        assert kinds.count("unit") == 4
        assert kinds.count("gradient") == 1
        assert kinds.count("finding") >= 1
        assert kinds.count("fixed_point") >= 1
    only = events(capsys, run, "--cell", "lstm", "--step", "0")
    assert {line.get("cell", "lstm") for line in only} == {"lstm"}


def test_that_fixed_points_have_their_numbers(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    points = [line for line in events(capsys, run) if line["event"] == "fixed_point"]
    for point in points:
        size = {"rnn": 4, "lstm": 8}[point["cell"]]
        assert point["speed"] >= 0
        assert len(point["eigenvalues"]) == len(point["time_constants"]) == size
        sizes = [math.hypot(*each) for each in point["eigenvalues"]]
        assert sizes == sorted(sizes, reverse=True)
        for length, steps in zip(sizes, point["time_constants"], strict=True):
            if steps is not None and length > 1e-9:
                assert steps == pytest.approx(-1 / math.log(length))


def test_that_time_constants_that_are_not_finite_are_null(
    run: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandbox.insight.fixed_points import FixedPoint

    monkeypatch.setattr(FixedPoint, "time_constants", property(_endless))
    points = [line for line in events(capsys, run) if line["event"] == "fixed_point"]
    assert points
    assert all(each is None for point in points for each in point["time_constants"])


def _endless(point: Any) -> Any:
    return point.eigenvalues.real * math.inf


def test_that_dynamics_are_told_in_words(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    *lines, _ = events(capsys, run)
    told = [line for line in lines if "dynamics" in line.get("evidence", {})]
    assert [line["cell"] for line in told] == ["rnn", "lstm"]
    assert main(["ask", run]) == 0
    text = capsys.readouterr().out
    for line in told:
        assert f"Dynamics: {line['text']}" in text
        assert line["evidence"]["input"] in text
    assert "fixed point" in text


@pytest.mark.parametrize(
    ("argv", "said"), [(["--cell", "gru"], "--cell"), (["--step", "999"], "step")]
)
def test_that_wrong_requests_are_refused(
    run: str, argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", run, *argv]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
