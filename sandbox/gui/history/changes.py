"""Calls of the store off the window's thread, and the changes that a person makes with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sandbox.gui.session.background import REFUSALS, Background, sentence
from sandbox.run.words import counted
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sandbox.store.base import RunInfo
    from sandbox.store.runs import RunStore

NOT_YET = "The store of runs is not open yet."
NOTHING_TO_UNDO = "There is nothing to undo."


class StoreCalls:
    """Asks the store. `store` is called on the other thread and returns None until it is open."""

    def __init__(self, store: Callable[[], RunStore | None], parent: QObject | None = None) -> None:
        self._store = store
        self._background = Background("history", parent)
        self.forget, self.close = self._background.forget, self._background.close

    def ask(
        self,
        kind: str,
        job: Callable[[RunStore], object],
        then: Callable[[Any], None],
        refused: Callable[[str], None],
    ) -> None:
        """Do the job with the store, then pass on its result or the sentence of its refusal.

        A newer question replaces the open ones of its kind.
        """
        self._ask(job, then, refused, kind, always=False)

    def change(
        self,
        job: Callable[[RunStore], object],
        then: Callable[[Any], None],
        refused: Callable[[str], None],
    ) -> None:
        """Ask for a change; it is carried out even if the window closes first."""
        self._ask(job, then, refused, "", always=True)

    def _ask(
        self,
        job: Callable[[RunStore], object],
        then: Callable[[Any], None],
        refused: Callable[[str], None],
        kind: str,
        always: bool,
    ) -> None:
        def asked() -> object:
            store = self._store()
            if store is None:
                raise RunError(NOT_YET)
            return job(store)

        self._background.ask(asked, then, lambda error: refused(sentence(error)), kind, always)


@dataclass(frozen=True)
class Done:
    """The runs that something was done to, and the sentences of those that refused."""

    runs: tuple[str, ...]
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Undo:
    words: str
    runs: tuple[str, ...]
    job: Callable[[RunStore, str], None]


class Changes(QObject):
    """Deletes, restores, notes and stars, carried out in order; each can be undone."""

    deleted = Signal(object)  # Done
    said = Signal(str, bool)  # a sentence, and whether Undo belongs to it
    begun = Signal()  # what was read from the store before is out of date
    written = Signal()  # the store has changed, or has refused to

    def __init__(self, calls: StoreCalls, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls = calls
        self._undos: list[_Undo] = []

    def delete(self, runs: Iterable[str]) -> None:
        """Delete runs."""
        chosen = tuple(runs)
        if chosen:
            self._do(lambda store: _each(chosen, store.delete), self._have_deleted)

    def note(self, info: RunInfo, note: str) -> None:
        """Replace the note of a run."""
        old = info.note

        def put_back(store: RunStore, run: str) -> None:
            store.annotate(run, note=old)

        self._annotate((info.run,), lambda store, run: store.annotate(run, note=note))
        self._undos.append(_Undo("Note restored.", (info.run,), put_back))

    def star(self, runs: Iterable[str], star: bool) -> None:
        """Star runs, or remove their stars."""
        chosen = tuple(runs)

        def put_back(store: RunStore, run: str) -> None:
            store.annotate(run, star=not star)

        self._annotate(chosen, lambda store, run: store.annotate(run, star=star))
        self._undos.append(
            _Undo("Star restored." if not star else "Star removed.", chosen, put_back)
        )

    def undo(self) -> None:
        """Undo the last change that has not been undone."""
        if not self._undos:
            self.said.emit(NOTHING_TO_UNDO, False)
            return
        undo = self._undos.pop()

        def job(store: RunStore) -> Done:
            return _each(undo.runs, lambda run: undo.job(store, run))

        self._do(job, lambda done: self._have_undone(undo.words, done))

    def _annotate(self, runs: tuple[str, ...], job: Callable[[RunStore, str], None]) -> None:
        self._do(lambda store: _each(runs, lambda run: job(store, run)), self._tell_refusals)

    def _do(self, job: Callable[[RunStore], Done], then: Callable[[Done], None]) -> None:
        def answered(done: Done) -> None:
            then(done)
            self.written.emit()

        self.begun.emit()
        self._calls.change(job, answered, self._refused)

    def _have_deleted(self, done: Done) -> None:
        words = [f"{counted(len(done.runs), 'run')} deleted."] if done.runs else []
        if done.runs:
            back = f"{counted(len(done.runs), 'run')} restored."
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
    """Do the job for every run; a run that refuses does not stop the others."""
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
    return [*refusals[:2], *([f"The same goes for {more:,} more."] if more > 0 else [])]
