"""Figures for print of what was found in the nets of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.gui.figures.figure_source import Wanted, figure_of
from tests.gui.live import PATIENCE_MS, live, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.experiment import Experiment


def easy() -> Experiment:
    """A task that the LSTM learns in the steps that it has, so that swaps move something."""
    return tiny(steps=400, lr=0.02, batch=16, params={"gap": 1})


def test_that_every_view_has_its_figures(tmp_path: Path, qtbot: QtBot) -> None:
    with live(tmp_path / "home", qtbot, easy()) as made:
        made.train_to(400)
        links, source = made.window.insight_links, made.window.figure_links.source
        assert not source().further
        for view in ("why", "dynamics"):
            made.window.actions_by_name[f"view_{view}"].trigger()
            found = [lambda k=key, v=view: links.feed.answer(v, k) for key in ("rnn", "lstm")]
            qtbot.waitUntil(lambda f=found: all(each() for each in f), timeout=PATIENCE_MS)
        made.window.actions_by_name["view_cell"].trigger()
        qtbot.waitUntil(lambda: bool(links.cell.shown_contents), timeout=PATIENCE_MS)
        names = source().names
        assert names["cell:lstm"] == "The cell of LSTM"
        assert names["swaps:lstm"] == "Swaps in LSTM"
        assert names["carriers:lstm"] == "Who carries the cue in LSTM"
        assert names["dynamics:rnn"] == "Dynamics of RNN"
        for name in (
            "cell:lstm",
            "plain cell:lstm",
            "swaps:lstm",
            "carriers:lstm",
            "dynamics:rnn",
            "dynamics:lstm",
        ):
            assert figure_of(source(), Wanted(name)).svg()
        made.window.stage.pin_unit("rnn", 1)
        named = links.named_figures
        assert named[links.dynamics]() == "dynamics:rnn"
        assert made.window.figure_links._name_of(links.why).startswith("swaps:")
