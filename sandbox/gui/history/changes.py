"""What a person changes in the store: deletes, restores, notes and stars, and undoing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sandbox.gui.history.calls import REFUSALS, Calls
from sandbox.run.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sandbox.store.base import RunInfo, Store

CHANGE = "change"
NOTHING_TO_UNDO = "There is nothing to undo."


@dataclass(frozen=True)
class Done:
    """What was done to some runs, and the sentences of those that refused."""

    runs: tuple[str, ...]
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Undo:
    words: str
    runs: tuple[str, ...]
    job: Callable[[Store, str], None]


class Changes(QObject):
    """Each change is carried out off the window's thread, in order, and can be taken back."""

    deleted = Signal(object)  # Done
    said = Signal(str, bool)  # a sentence, whether there is something to undo in it
    begun = Signal()  # what was read of the store before is no longer so
    written = Signal()  # the store has changed, or has refused to

    def __init__(self, calls: Calls, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls = calls
        self._undos: list[_Undo] = []

    def delete(self, runs: Iterable[str]) -> None:
        """Take runs off the list."""
        chosen = tuple(runs)
        if chosen:
            self._do(lambda store: _each(chosen, store.delete), self._have_deleted)

    def note(self, info: RunInfo, note: str) -> None:
        """Write another note on a run."""
        old = info.note

        def put_back(store: Store, run: str) -> None:
            store.annotate(run, note=old)

        self._annotate((info.run,), lambda store, run: store.annotate(run, note=note))
        self._undos.append(_Undo("The note is as it was before.", (info.run,), put_back))

    def star(self, runs: Iterable[str], star: bool) -> None:
        """Star runs that are not, or take the star of runs that are."""
        chosen = tuple(runs)

        def put_back(store: Store, run: str) -> None:
            store.annotate(run, star=not star)

        self._annotate(chosen, lambda store, run: store.annotate(run, star=star))
        self._undos.append(_Undo("The star is as it was before.", chosen, put_back))

    def undo(self) -> None:
        """Take back the last change that is not taken back yet."""
        if not self._undos:
            self.said.emit(NOTHING_TO_UNDO, False)
            return
        undo = self._undos.pop()

        def job(store: Store) -> Done:
            return _each(undo.runs, lambda run: undo.job(store, run))

        self._do(job, lambda done: self._have_undone(undo.words, done))

    def _annotate(self, runs: tuple[str, ...], job: Callable[[Store, str], None]) -> None:
        self._do(lambda store: _each(runs, lambda run: job(store, run)), self._tell_refusals)

    def _do(self, job: Callable[[Store], Done], then: Callable[[Done], None]) -> None:
        def answered(done: Done) -> None:
            then(done)
            self.written.emit()

        self.begun.emit()
        self._calls.ask(CHANGE, job, answered, self._refused, changes=True)

    def _have_deleted(self, done: Done) -> None:
        words = [f"{counted(len(done.runs), 'run')} deleted."] if done.runs else []
        if done.runs:
            back = f"{counted(len(done.runs), 'run')} put back."
            self._undos.append(_Undo(back, done.runs, lambda store, run: store.restore(run)))
        self.deleted.emit(done)
        self.said.emit(" ".join([*words, *_told(done.refusals)]), bool(done.runs))

    def _have_undone(self, words: str, done: Done) -> None:
        said = [words] if done.runs else []
        self.said.emit(" ".join([*said, *_told(done.refusals)]), False)

    def _tell_refusals(self, done: Done) -> None:
        if done.refusals:
            self.said.emit(" ".join(_told(done.refusals)), False)

    def _refused(self, sentence: str) -> None:
        self.said.emit(sentence, False)
        self.written.emit()


def _each(runs: Iterable[str], job: Callable[[str], None]) -> Done:
    """The job for every run, whoever refuses it."""
    done, refusals = [], []
    for run in runs:
        try:
            job(run)
        except REFUSALS as error:
            refusals.append(str(error))
        else:
            done.append(run)
    return Done(tuple(done), tuple(refusals))


def _told(refusals: tuple[str, ...]) -> list[str]:
    """The first two sentences, and how many more there are."""
    more = len(refusals) - 2
    return [*refusals[:2], *([f"So it is with {more:,} more."] if more > 0 else [])]
