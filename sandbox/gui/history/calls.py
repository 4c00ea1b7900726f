"""Calls of the store, made one after another off the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.gui.session.background import REFUSALS, Background, sentence
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from sandbox.store.base import Store

NOT_YET = "The store of runs is not open yet."
__all__ = ["NOT_YET", "REFUSALS", "Calls"]


class Calls:
    """Asks the store. `store` is called on the other thread and gives None before there is one."""

    def __init__(self, store: Callable[[], Store | None], parent: QObject | None = None) -> None:
        self._store = store
        self._background = Background("history", parent)
        self.forget, self.close = self._background.forget, self._background.close

    def ask(
        self,
        kind: str,
        job: Callable[[Store], object],
        then: Callable[[Any], None],
        otherwise: Callable[[str], None],
        changes: bool = False,
    ) -> None:
        """Do the job with the store, then hand on its result or the sentence that refuses it.

        A newer question replaces those of its kind, unless it `changes` the store.
        """

        def asked() -> object:
            store = self._store()
            if store is None:
                raise RunError(NOT_YET)
            return job(store)

        name = "" if changes else kind
        self._background.ask(
            asked, then, lambda error: otherwise(sentence(error)), name, always=changes
        )
