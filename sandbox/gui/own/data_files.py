"""What is read of a user's file before it becomes a task: a copy, its kind, a first look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.experiment import Experiment
from sandbox.tasks.corpus_files import corpus_of_file
from sandbox.tasks.data import adopt, kept, located
from sandbox.tasks.encoding import encoding_of, text_chunks
from sandbox.tasks.registry import task_of
from sandbox.tasks.tables import opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sandbox.tasks.data import Report
    from sandbox.tasks.table_layout import Layout
    from sandbox.tasks.tables import Column

TEXTS, TABLES = (".txt", ".md"), (".csv", ".tsv")
ENDINGS = (*TEXTS, *TABLES)
HEAD = 2000  # characters of a text that are shown
ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252 (Latin-1)"}


@dataclass(frozen=True)
class Copy:
    """An adopted file.  fresh: whether there was no copy of it before."""

    data: str
    fresh: bool


@dataclass(frozen=True)
class Look:
    """The beginning of a text, and what it is written in."""

    encoding: str
    head: str


@dataclass(frozen=True)
class Facts:
    """What there is in a text at one level."""

    level: str
    count: int
    kinds: int


def copied(path: str, report: Report) -> Copy:
    """A copy of the file is kept."""
    before = kept()
    data = adopt(path, report)
    return Copy(data, data not in before)


def looked_at(data: str, report: Report) -> Look:
    """The first characters of a text."""
    path = located(data)
    encoding = encoding_of(path, report)
    head = next(iter(text_chunks(path, encoding)), "")[:HEAD]
    return Look(ENCODINGS.get(encoding, encoding.upper()), head)


def counted(data: str, level: str, report: Report) -> Facts:
    """All of a text cut up; the next time it comes from the cache."""
    text = corpus_of_file(data, level, report)
    return Facts(level, len(text), len(text.words))


def columns(data: str, report: Report) -> tuple[Layout, Mapping[int, Column]]:
    """All columns of numbers of a table."""
    return opened(located(data), report)


def checked(task: str, params: Mapping[str, Any], report: Report) -> Mapping[str, Any]:
    """The parameters, once the task could be made with them; it then can be at once again."""
    return dict(task_of(Experiment(task=task, params=dict(params))).params.model_dump())
