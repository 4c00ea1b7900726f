"""Every run that there is, as rows; read off the window's thread, and only what is new of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sandbox.gui.history.row import Row, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from sandbox.store.base import RunInfo, Store

ADVANCING_S = 45.0  # how long a run counts as trained after a step was seen: saves are 10 s apart


@dataclass(frozen=True)
class Listing:
    """All runs, newest first.

    advanced: when a run that this listing replaced was last seen to have fewer steps, by id, in
    seconds of the monotonic clock.
    """

    rows: tuple[Row, ...] = ()
    advanced: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def by_run(self) -> Mapping[str, Row]:
        """The rows by id."""
        return {row.info.run: row for row in self.rows}

    @cached_property
    def tasks(self) -> dict[str, str]:
        """Names of the tasks that there are runs of, and their titles, by title."""
        found = {row.info.task: row.task for row in self.rows if row.info.task}
        return dict(sorted(found.items(), key=lambda item: item[1].casefold()))

    @cached_property
    def gaps(self) -> list[int]:
        """The gaps that there are, in order."""
        return sorted({row.info.gap for row in self.rows if row.info.gap is not None})

    @cached_property
    def cells(self) -> list[str]:
        """The cells that there are, by name."""
        return sorted({entrant.cell for row in self.rows for entrant in row.entrants})

    def advancing(self, now: float) -> frozenset[str]:
        """Runs that took a step lately: somebody trains them."""
        return frozenset(run for run, at in self.advanced.items() if now - at < ADVANCING_S)

    def without(self, runs: Collection[str]) -> Listing:
        """This one without some runs."""
        return replace(self, rows=tuple(row for row in self.rows if row.run not in runs))

    def with_infos(self, infos: Iterable[RunInfo]) -> Listing:
        """This one with other lines for runs that are in it."""
        other = {info.run: row_of(info) for info in infos}
        return replace(self, rows=tuple(other.get(row.info.run, row) for row in self.rows))


def read(store: Store, known: Listing, now: Callable[[], float] = time.monotonic) -> Listing:
    """The store's runs; `known` itself where nothing is new, and its rows where they still hold."""
    infos = store.list()
    before = known.by_run
    if len(infos) == len(before) and all(_is_known(info, before) for info in infos):
        return known
    advanced = dict(known.advanced)
    rows = []
    for info in infos:
        old = before.get(info.run)
        if old is not None and info.step > old.info.step:
            advanced[info.run] = now()
        rows.append(old if old is not None and old.info == info else row_of(info))
    rows.sort(key=lambda row: row.order, reverse=True)
    return _with_facets(Listing(tuple(rows), advanced))


def _is_known(info: RunInfo, before: Mapping[str, Row]) -> bool:
    old = before.get(info.run)
    return old is not None and old.info == info


def _with_facets(listing: Listing) -> Listing:
    """Looked at here, so that the window does not wait for it."""
    _ = listing.by_run, listing.tasks, listing.gaps, listing.cells
    return listing
