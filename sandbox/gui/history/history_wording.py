"""How the history writes results, times and sizes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

from sandbox.drawing.wording import percent

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.gui.history.listing import Entrant, Row

Tone = Literal["text", "quiet", "right", "wrong"]
NOTHING = "–"
BETWEEN = " · "


class State(StrEnum):
    """The state of a run, beside its results; NONE if there is nothing to say."""

    NONE = ""
    DAMAGED = "damaged"
    HERE = "training here"
    ELSEWHERE = "training elsewhere"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Live:
    """What is training now.  here: the current run; elsewhere: runs of other windows."""

    here: str = ""
    training: bool = False
    elsewhere: frozenset[str] = field(default_factory=frozenset)

    def state(self, row: Row) -> State:
        """The state of this run."""
        if row.info.damage:
            return State.DAMAGED
        if row.run == self.here and self.training:
            return State.HERE
        if row.run in self.elsewhere:
            return State.ELSEWHERE
        return State.INTERRUPTED if row.info.interrupted else State.NONE


class Piece(NamedTuple):
    """Words in one colour."""

    words: str
    tone: Tone


def when(moment: datetime | None, now: datetime) -> str:
    """Local time in short: "today 14:03", "12 Nov 14:03", "12 Nov 2023"."""
    if moment is None:
        return NOTHING
    local, today = moment.astimezone(), now.astimezone()
    days = (today.date() - local.date()).days
    if days in (0, 1):
        return f"{'yesterday' if days else 'today'} {local:%H:%M}"
    date = f"{local.day} {local:%b}"
    return f"{date} {local:%H:%M}" if local.year == today.year else f"{date} {local.year}"


def in_full(moment: datetime | None) -> str:
    """Local time in full: "Wednesday, 12 November 2025, 14:03:22 (CET)"."""
    if moment is None:
        return "Start unknown."
    local = moment.astimezone()
    return f"{local:%A}, {local.day} {local:%B %Y, %H:%M:%S} ({local.tzname()})"


def result(row: Row, state: State) -> list[Piece]:
    """A run's state and results: "interrupted · LSTM solved at 312 · RNN 17%"."""
    if row.info.damage:
        return [Piece(row.info.damage, "wrong")]
    said = [Piece(state, "wrong" if state is State.INTERRUPTED else "text")] if state else []
    best_first = sorted(row.entrants, key=lambda entrant: entrant.merit, reverse=True)
    said += [outcome(entrant) for entrant in best_first]
    apart = [piece for each in said for piece in (Piece(BETWEEN, "quiet"), each)]
    return apart[1:] or [Piece(NOTHING, "quiet")]


def outcome(entrant: Entrant) -> Piece:
    """The result of a contestant: "LSTM solved at 312"."""
    count, who = len(entrant.results), entrant.title
    solved, diverged = entrant.solved, entrant.diverged
    if solved:
        many = f" {len(solved)} of {count}, first" if count > 1 else ""
        return Piece(f"{who} solved{many} at {solved[0]:,}", "right")
    if diverged:
        many = f" {len(diverged)} of {count}, first" if count > 1 else ""
        return Piece(f"{who} diverged{many} at {diverged[0]:,}", "wrong")
    if entrant.accuracy is None:
        return Piece(f"{who} not solved yet", "quiet")
    why = f" (not solved: {entrant.why})" if entrant.why else ""
    best = "at best " if count > 1 else ""
    return Piece(f"{who} {best}{percent(entrant.accuracy)}{why}", "text")


def duration(seconds: float) -> str:
    """A duration: "0.4 s", "41 s", "3 min 20 s", "2 h 05 min"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02d} min"


def short_id(run: str) -> str:
    """A run id without its task: "20260131-142233 ab12c3"."""
    return f"{run[:15]} {run.rpartition('-')[2]}" if run.count("-") >= 3 else run
