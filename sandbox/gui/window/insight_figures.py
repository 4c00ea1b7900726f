"""Figures for print of what was found in the nets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sandbox.gui.figures.figure_source import Further

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.drawing.dynamics_shown import DynamicsShown
    from sandbox.export.figures.paper import Figure
    from sandbox.export.figures.probe import Probe
    from sandbox.gui.panels.cell.cell_content import CellContent
    from sandbox.insight.cell_moment import Moment
    from sandbox.insight.why import Why


def figures_of(
    titles: Mapping[str, str],
    whys: Mapping[str, Why],
    dynamics: Mapping[str, DynamicsShown],
    with_cloud: bool,
    cells: Mapping[str, CellContent],
) -> dict[str, Further]:
    """A figure for each net and instrument that has found something; titles: of all nets."""
    found = {}
    for key, content in cells.items():
        draw = partial(_cell, content.moment, key, content.unit, content.step)
        found[f"cell:{key}"] = Further(f"The cell of {titles[key]}", draw)
        words = f"The cell of {titles[key]}, without numbers"
        found[f"plain cell:{key}"] = Further(words, partial(_plain_cell, key))
    for key, why in whys.items():
        if why.swaps is not None and why.swaps.told_apart:
            found[f"swaps:{key}"] = Further(f"Swaps in {titles[key]}", partial(_swaps, why, key))
            words = f"Who carries the cue in {titles[key]}"
            found[f"carriers:{key}"] = Further(words, partial(_carriers, why, key))
    for key, shown in dynamics.items():
        draw = partial(_dynamics, shown, titles[key], with_cloud)
        found[f"dynamics:{key}"] = Further(f"Dynamics of {titles[key]}", draw)
    return found


def _cell(
    moment: Moment, key: str, unit: int, step: int, probe: Probe, width_mm: int, titled: bool
) -> Figure:
    from sandbox.export.figures.cell_figure import cell_figure

    return cell_figure(probe, moment, key, unit, step, width_mm, titled)


def _plain_cell(key: str, probe: Probe, width_mm: int, titled: bool) -> Figure:
    from sandbox.export.figures.cell_figure import plain_cell_figure

    return plain_cell_figure(probe, key, width_mm, titled)


def _swaps(why: Why, key: str, probe: Probe, width_mm: int, titled: bool) -> Figure:
    from sandbox.export.figures.swap_figure import swap_figure

    assert why.swaps is not None
    return swap_figure(probe, why.swaps, key, width_mm, titled)


def _carriers(why: Why, key: str, probe: Probe, width_mm: int, titled: bool) -> Figure:
    from sandbox.export.figures.carriers_figure import carriers_figure

    return carriers_figure(probe, why.insight.carriers, key, width_mm, titled)


def _dynamics(
    shown: DynamicsShown, name: str, cloud: bool, probe: Probe, width_mm: int, titled: bool
) -> Figure:
    from sandbox.export.figures.dynamics_figure import dynamics_figure

    about = probe.run, probe.experiment, probe.task
    return dynamics_figure(shown, name, *about, width_mm, titled, cloud)
