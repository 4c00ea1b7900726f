"""What has been measured is kept, a file a seed, so that nothing is measured twice.

A file's name is a hash of the claim, its protocol, the seed and the sources that decide the
numbers, so a result of other code is never taken for this one's.
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
from sandbox.claims.catalogue import claims
from sandbox.folders import data_folder
from sandbox.input_files import MAX_REPORT, read_text
from sandbox.store import atomic
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from sandbox.claims.measure.claim import Values

SOURCES = ("engine", "tasks", "claims/measure", "experiment.py")


@dataclass(frozen=True)
class Job:
    """One seed of one claim."""

    claim: str
    seed: int
    quick: bool

    @property
    def key(self) -> str:
        """What its result is kept under: 24 hex digits."""
        protocol = claims()[self.claim].protocol(self.quick)
        whole = [self.claim, protocol, self.seed, self.quick, code_version()]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Measured:
    """A job's result, and the seconds it took."""

    values: Values
    seconds: float


class Kept:
    """The results in one folder; it is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, job: Job) -> Measured | None:
        """What was measured before; None where nothing sound is there."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            data = json.loads(read_text(self._file(job), MAX_REPORT))
            return Measured(dict(data["values"]), float(data["seconds"]))
        return None

    def save(self, job: Job, measured: Measured) -> None:
        """Keep it; RunError where that cannot be written."""
        data = {"claim": job.claim, "seed": job.seed, "quick": job.quick}
        text = json.dumps({**data, "seconds": measured.seconds, "values": measured.values})
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(self._file(job), text.encode())
            self._drop_unfinished(job)
        except OSError as error:
            raise RunError(
                f"Results could not be kept in {self._folder}: {error.strerror}."
            ) from None

    def unfinished(self, job: Job) -> Path:
        """Where a job that was interrupted is gone on from; its parts add a number to the name."""
        return self._folder / f"{job.claim}-{job.key}.npz"

    def forget(self, job: Job) -> None:
        """Measure it anew."""
        with contextlib.suppress(OSError):
            self._file(job).unlink(missing_ok=True)
            self._drop_unfinished(job)

    def prepare(self) -> None:
        """Make the folder; RunError where that cannot be."""
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
    """In the user's folder."""
    return data_folder() / "claims" / "kept"


@cache
def code_version() -> str:
    """A hash of the sources that decide what is measured: 16 hex digits."""
    root = Path(sandbox.__file__).parent
    whole = hashlib.sha256()
    for name in SOURCES:
        path = root / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            whole.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()[:16]
