"""The claims to measure, and their results: one file for each seed, so none is measured twice.

A file's name has a hash of the claim, its protocol, the seed and the sources that decide the
numbers, so results of different code are never used.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sandbox
from sandbox.claims.measure.baselines import Baselines
from sandbox.claims.measure.exact_gradients import Gradients
from sandbox.claims.measure.flow import DirectPath, GradientFlow
from sandbox.claims.measure.memory import (
    AddingClaim,
    ContinualReberClaim,
    CopyClaim,
    IrnnClaim,
    ReberClaim,
    TemporalOrderClaim,
)
from sandbox.folders import data_folder
from sandbox.input_files import MAX_REPORT, read_text
from sandbox.store import atomic
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.claims.measure.claim import Claim, Values

SOURCES = ("engine", "tasks", "claims/measure", "contestants.py", "experiment.py")


@cache
def claims() -> Mapping[str, Claim]:
    """Every claim by its preset's name, in the presets' order."""
    kinds = (
        Baselines,
        Gradients,
        GradientFlow,
        DirectPath,
        AddingClaim,
        IrnnClaim,
        TemporalOrderClaim,
        CopyClaim,
        ReberClaim,
        ContinualReberClaim,
    )
    return {kind.name: kind() for kind in kinds}


@dataclass(frozen=True)
class Job:
    """One seed of one claim."""

    claim: str
    seed: int
    quick: bool

    @property
    def key(self) -> str:
        """The name of its result: 24 hex digits."""
        protocol = claims()[self.claim].protocol(self.quick)
        whole = [self.claim, protocol, self.seed, self.quick, code_version()]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Measured:
    """A job's result, and the seconds it took."""

    values: Values
    seconds: float


class Kept:
    """The results in one folder, which is made when needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, job: Job) -> Measured | None:
        """The stored result; None if there is none or it is damaged."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            data = json.loads(read_text(self._file(job), MAX_REPORT))
            return Measured(dict(data["values"]), float(data["seconds"]))
        return None

    def save(self, job: Job, measured: Measured) -> None:
        """Store a result; RunError if it cannot be written."""
        data = {"claim": job.claim, "seed": job.seed, "quick": job.quick}
        text = json.dumps({**data, "seconds": measured.seconds, "values": measured.values})
        try:
            atomic.write_bytes(self._file(job), text.encode())
            self._drop_unfinished(job)
        except OSError as error:
            raise RunError(
                f"Results could not be kept in {self._folder}: {error.strerror}."
            ) from None

    def unfinished(self, job: Job) -> Path:
        """The file from which an interrupted job resumes; its parts add a number to the name."""
        return self._folder / f"{job.claim}-{job.key}.npz"

    def forget(self, job: Job) -> None:
        """Delete a result, so that it is measured again."""
        with contextlib.suppress(OSError):
            self._file(job).unlink(missing_ok=True)
            self._drop_unfinished(job)

    def prepare(self) -> None:
        """Make the folder; RunError if that fails."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"{self._folder} could not be made: {error.strerror}.") from None

    def _drop_unfinished(self, job: Job) -> None:
        for file in self._folder.glob(f"{job.claim}-{job.key}*.npz"):
            file.unlink(missing_ok=True)

    def _file(self, job: Job) -> Path:
        return self._folder / f"{job.claim}-{job.key}.json"


def kept_folder() -> Path:
    """The folder of results, in the data folder."""
    return data_folder() / "claims" / "kept"


@cache
def code_version() -> str:
    """A hash of the sources that decide the numbers: 16 hex digits."""
    root = Path(sandbox.__file__).parent
    whole = hashlib.sha256()
    for name in SOURCES:
        path = root / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            whole.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()[:16]
