"""Measure several claims: the remaining jobs, the time they take, the results."""

from __future__ import annotations

import os
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sandbox import pytorch
from sandbox.claims import pool
from sandbox.claims.keeping import Job, Kept, Measured, claims
from sandbox.engine.compilation import is_compiled
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from sandbox.claims.measure.claim import Outcome
    from sandbox.claims.presets import Preset

    # Hears what is being measured, the share that is done, and the seconds left.
    Listener = Callable[[str, float, float], None]

Line = dict[str, Any]


class Interrupted(Exception):
    """The campaign was stopped; finished jobs are kept."""


@dataclass(frozen=True)
class Finding:
    """The result of a claim over its seeds.  seconds: the sum over all seeds."""

    preset: Preset
    outcome: Outcome
    seeds: int
    seconds: float

    def line(self) -> Line:
        """As `reproduce --json` prints it and claims.json keeps it."""
        first = self.outcome.figures[0]
        return {
            "claim": self.preset.name,
            "passed": self.outcome.passed,
            "paper": first.paper,
            "measured": first.measured,
            "interval": first.interval,
            "seeds": self.seeds,
            "seconds": round(self.seconds, 1),
            "figure": first.name,
            "figures": [asdict(figure) for figure in self.outcome.figures],
            "notes": self.outcome.notes,
        }


class Campaign:
    """Measures the claims of these presets.  workers: processes; 0 measures in this one."""

    def __init__(
        self,
        presets: Sequence[Preset],
        quick: bool,
        folder: Path,
        workers: int | None = None,
        fresh: bool = False,
    ) -> None:
        self._presets, self._quick, self._folder = presets, quick, folder
        self._workers = (os.cpu_count() or 1) if workers is None else workers
        self._kept = Kept(folder)
        self._jobs = [
            Job(preset.name, seed, quick)
            for preset in presets
            for claim in (claims()[preset.name],)
            for seed in range(claim.quick_seeds if quick else claim.seeds)
        ]
        if fresh:
            for job in self._jobs:
                self._kept.forget(job)

    def findings(
        self, listener: Listener, stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[Finding]:
        """Yield each claim when its last seed is done, first those measured earlier.

        Raises Interrupted when `stopped` returns True, RunError if results cannot be kept or a
        claim needs PyTorch, which is not here.
        """
        done = {job: kept for job in self._jobs if (kept := self._kept.load(job)) is not None}
        told: set[str] = set()
        yield from self._ready(done, told)
        left = [job for job in self._jobs if job not in done]
        if not left:
            return
        _check_pytorch({job.claim for job in left}, self._quick)
        self._kept.prepare()
        expected = _Expected(left, self._workers, listener)
        run = pool.run_in_processes if self._workers else pool.run_inline
        with closing(run(left, self._folder, self._workers)) as news:
            for each in news:
                if stopped():
                    raise Interrupted
                expected.hear(each)
                if each is None or each.measured is None:
                    continue
                self._kept.save(each.job, each.measured)
                done[each.job] = each.measured
                yield from self._ready(done, told)

    def _ready(self, done: dict[Job, Measured], told: set[str]) -> Iterator[Finding]:
        for preset in self._presets:
            jobs = [job for job in self._jobs if job.claim == preset.name]
            if preset.name in told or not all(job in done for job in jobs):
                continue
            told.add(preset.name)
            values = [done[job].values for job in jobs]
            outcome = claims()[preset.name].conclude(values, self._quick)
            seconds = sum(done[job].seconds for job in jobs)
            yield Finding(preset, outcome, len(jobs), seconds)


def _check_pytorch(names: Iterable[str], quick: bool) -> None:
    """Raise RunError if a claim checks cells that PyTorch trains, and PyTorch is not here."""
    for name in names:
        cells = claims()[name].protocol(quick).get("cells", ())
        if not all(map(is_compiled, cells)):
            try:
                pytorch.check()
            except ImportError as error:
                raise RunError(f"{name} cannot be measured, {error}.") from None


class _Expected:
    """Estimates the remaining time from the expected and the measured time of jobs."""

    def __init__(self, jobs: Sequence[Job], workers: int, listener: Listener) -> None:
        self._weights = {job: claims()[job.claim].seconds for job in jobs}
        self._shares = dict.fromkeys(jobs, 0.0)
        self._busy: list[Job] = []
        self._workers, self._listener = max(workers, 1), listener
        self._began = time.monotonic()

    def hear(self, told: pool.JobNews | None) -> None:
        if told is not None:
            self._shares[told.job] = told.share
            self._busy = [job for job in self._busy if self._shares[job] < 1 and job != told.job]
            self._busy += [told.job] if told.share < 1 else []
        whole = sum(self._weights.values())
        done = sum(self._weights[job] * share for job, share in self._shares.items())
        spent = time.monotonic() - self._began
        guess = (whole - done) / self._workers
        # Trust the measured speed more as more of the work is done.
        left = (whole - done) * spent / done if done else guess
        share = done / whole
        trust = min(1.0, 4 * share)
        busy = ", ".join(f"{job.claim} seed {job.seed}" for job in self._busy)
        self._listener(busy or "starting", share, trust * left + (1 - trust) * guess)
