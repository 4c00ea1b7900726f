"""Calls of the store off the window's thread, and the changes that a person makes with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sandbox.gui.session.background import REFUSALS, Background, sentence
from sandbox.run.words import counted
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sandbox.store.base import RunInfo
    from sandbox.store.runs import RunStore

    Job = Callable[[RunStore, str], None]  # something done to one run

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
        job: Callable[[RunStore], object],
        then: Callable[[Any], None],
        refused: Callable[[str], None],
        kind: str = "",
        always: bool = False,
    ) -> None:
        """Do the job with the store, then pass on its result or the sentence of its refusal.

        kind: a newer question replaces the open ones of its kind.  always: carry it out even if
        the window closes first.
        """

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

    def told(self, words: str) -> str:
        """These words, if anything was done, and the first two refusals."""
        said = [words] if words and self.runs else []
        more = len(self.refusals) - 2
        rest = [f"The same goes for {more:,} more."] if more > 0 else []
        return " ".join([*said, *self.refusals[:2], *rest])


@dataclass(frozen=True)
class _Undo:
    job: Job
    runs: Sequence[str]
    words: str


class Changes(QObject):
    """Deletes, restores, notes and stars, carried out in order; each can be undone."""

    deleted = Signal(object)  # tuple[str, ...]: runs
    said = Signal(str, bool)  # a sentence, and whether Undo belongs to it
    begun = Signal()  # what was read from the store before is out of date
    written = Signal()  # the store has changed, or has refused to

    def __init__(self, calls: StoreCalls, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls = calls
        self._undos: list[_Undo] = []

    def delete(self, runs: Sequence[str]) -> None:
        """Delete runs."""

        def deleted(done: Done) -> None:
            number = counted(len(done.runs), "run")
            if done.runs:
                back = _Undo(
                    lambda store, run: store.restore(run), done.runs, f"{number} restored."
                )
                self._undos.append(back)
            self.deleted.emit(done.runs)
            self.said.emit(done.told(f"{number} deleted."), bool(done.runs))

        if runs:
            self._do(lambda store, run: store.delete(run), runs, deleted)

    def note(self, info: RunInfo, note: str) -> None:
        """Replace the note of a run."""
        self._annotate([info.run], "Note restored.", {"note": info.note}, {"note": note})

    def star(self, runs: Sequence[str], star: bool) -> None:
        """Star runs, or remove their stars."""
        undone = "Star removed." if star else "Star restored."
        self._annotate(runs, undone, {"star": not star}, {"star": star})

    def _annotate(
        self, runs: Sequence[str], undone: str, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        self._undos.append(_Undo(lambda store, run: store.annotate(run, **old), runs, undone))
        self._do(lambda store, run: store.annotate(run, **new), runs)

    def undo(self) -> None:
        """Undo the last change that has not been undone."""
        if not self._undos:
            self.said.emit(NOTHING_TO_UNDO, False)
            return
        undo = self._undos.pop()
        self._do(undo.job, undo.runs, lambda done: self._tell(done.told(undo.words)))

    def _do(
        self, job: Job, runs: Sequence[str], then: Callable[[Done], None] | None = None
    ) -> None:
        """Do the job for every run, then `then`, which also tells refusals."""

        def answered(done: Done) -> None:
            if then is None:
                self._tell(done.told(""))
            else:
                then(done)
            self.written.emit()

        def refused(sentence: str) -> None:
            self._tell(sentence)
            self.written.emit()

        self.begun.emit()
        self._calls.ask(lambda store: _each(store, runs, job), answered, refused, always=True)

    def _tell(self, sentence: str) -> None:
        if sentence:
            self.said.emit(sentence, False)


def _each(store: RunStore, runs: Iterable[str], job: Job) -> Done:
    """Do the job for every run; a run that refuses does not stop the others."""
    done, refusals = [], []
    for run in runs:
        try:
            job(store, run)
        except REFUSALS as error:
            refusals.append(str(error))
        else:
            done.append(run)
    return Done(tuple(done), tuple(refusals))
