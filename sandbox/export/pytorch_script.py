"""A stand-alone script's parts: settings, the task, batches, nets, and what is done with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sandbox.export.own_data import refuse_own_data
from sandbox.export.own_tasks import cutting_out
from sandbox.export.pytorch_settings import Settings
from sandbox.export.pytorch_sources import EQUATIONS, PARTS, SETTINGS, edits
from sandbox.export.source import Extract
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.store.base import RunRecord

DRAWING = ("sandbox.tasks.streams", "sandbox.tasks.batches", "sandbox.tasks.curriculum")
STEPPED = (PARTS + "stepwise", EQUATIONS)
START = ("sandbox.engine.initialisation", PARTS + "start")
NUMBERS = (
    *("SEED", "BATCH", "STEPS", "REPLICATES", "FIRST", "START", "DEVICE", "WITHIN"),
    *("SCHEDULE", "WARMUP", "PLANNED"),
    *("GAPS", "GAP_POWER", "STAGES", "GROW_AT", "RECENT", "GROW_EVERY"),
)
STEPPED_TITLES = {True: "Cells that torch.nn does not have", False: "The cells, step by step"}
BEFORE = {"training": ("sandbox.engine.schedules",)}
STATED = {"training": ("OPTIMIZERS", "MEMORY"), "gates": ("STEPPED",)}
ELSEWHERE = {*DRAWING, *STEPPED, *START, *sum(BEFORE.values(), ())}


@dataclass(frozen=True)
class Section:
    """A part of a script, or a cell of a notebook."""

    title: str
    code: str


@dataclass(frozen=True)
class Script:
    """What a script of this run consists of.

    parts: the modules of `pytorch_parts` that it is for, with their titles and the functions
    that are wanted of them.  given: settings that the script gets in another way.
    """

    record: RunRecord
    parts: Mapping[str, tuple[str, tuple[str, ...]]]
    given: frozenset[str] = frozenset()

    @cached_property
    def imports(self) -> str:
        """The import statements."""
        return f"from __future__ import annotations\n\n{self._extract.imports()}"

    @cached_property
    def sections(self) -> list[Section]:
        """In the order in which they are read and run, without the empty ones."""
        stepped = Section(STEPPED_TITLES[self.settings.facts.stepped], self._extract.code(STEPPED))
        before = [
            Section("Settings", self._settings),
            Section("The task", self._task),
            Section("The batches", self._batches),
        ]
        nets = [
            Section("The nets", self._with(["RECURRENT"], [PARTS + "nets"])),
            Section("The first weights", self._with(["GATES"], START)),
        ]
        parts = [
            Section(title, self._with(STATED.get(part, ()), [*BEFORE.get(part, ()), PARTS + part]))
            for part, (title, _) in self.parts.items()
        ]
        if self.settings.facts.stepped:
            sections = [*before, stepped, *nets, *parts]
        else:  # the equations are only for looking inside, which comes last
            sections = [*before, *nets, *parts[:-1], stepped, parts[-1]]
        return [section for section in sections if section.code]

    @cached_property
    def settings(self) -> Settings:
        """What the script states."""
        return Settings(self.record)

    @cached_property
    def _extract(self) -> Extract:
        roots = [(PARTS + part, name) for part, (_, names) in self.parts.items() for name in names]
        experiment = self.settings.experiment
        refuse_own_data(experiment)
        with cutting_out(experiment.task):
            return Extract(roots, edits(task_of(experiment), self.settings))

    @property
    def _settings(self) -> str:
        groups = [NUMBERS, [self._params], ["Net"], ["NETS", "CHANGES"]]
        return "\n\n\n".join(filter(None, (self._stated(group) for group in groups)))

    @property
    def _task(self) -> str:
        own = [m for m in self._extract.modules if m not in ELSEWHERE and not m.startswith(PARTS)]
        return f"{self._extract.code(own, [self._params])}\n\n\n{self._stated(['TASK'])}"

    @property
    def _batches(self) -> str:
        drawing, own = self._extract.code(DRAWING), self._extract.code([PARTS + "batches"])
        return "\n\n\n".join(filter(None, (drawing, self._stated(["MIXTURE"]), own)))

    @property
    def _params(self) -> str:
        """The class of the task's parameters, which a reader will want to change."""
        return type(task_of(self.settings.experiment).params).__name__

    def _with(self, stated: Iterable[str], modules: Iterable[str]) -> str:
        return "\n\n\n".join(filter(None, (self._stated(stated), self._extract.code(modules))))

    def _stated(self, names: Iterable[str]) -> str:
        """Those of the settings' definitions that are needed."""
        params = type(task_of(self.settings.experiment).params)
        places = [
            (params.__module__ if name == params.__name__ else SETTINGS, name)
            for name in names
            if name not in self.given
        ]
        return "\n".join(self._extract.definition(*at) for at in places if self._extract.has(*at))
