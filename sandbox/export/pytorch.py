"""A run as PyTorch: a script that trains it again, and one that loads its weights.

Both are self-contained: they need torch and numpy only.  Their text comes from the templates in
`pytorch_parts` and from this project's own functions (`inline`), so that sequences, first weights
and equations are the run's.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.engine.cells import CELLS
from sandbox.export.inline import DEFINES, Inliner, module_of
from sandbox.export.pytorch_context import context, rule_of
from sandbox.export.pytorch_weights import starting_weights, weights
from sandbox.export.recorded import first_step, state_at
from sandbox.store.base import RunError
from sandbox.tasks import user_tasks
from sandbox.tasks.data import name_of
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    import jinja2

    from sandbox.store.base import RunRecord
    from sandbox.tasks.base import Task

STAND_INS = "sandbox.export.stand_ins"
SECTIONS = {  # by template: its title, and which use needs it, "" for all
    "settings": ("Settings", ""),
    "own": ("The task", ""),
    "data": ("Sequences and batches", ""),
    "nets": ("The nets", ""),
    "start": ("", "training"),
    "training": ("Training", "training"),
    "loading": ("Asking the trained nets", "loading"),
    "inside": ("Looking inside", "notebook"),
}


@dataclass(frozen=True)
class Script:
    """The text of a script or notebook, by section.

    uses: what it is for: "training", "loading", or both and "notebook".
    """

    record: RunRecord
    uses: frozenset[str]

    @property
    def imports(self) -> str:
        """The import statements."""
        return f"from __future__ import annotations\n\n{self._texts[0]}"

    @property
    def sections(self) -> dict[str, str]:
        """The code of each section, by its title, in order."""
        return self._texts[1]

    @cached_property
    def _texts(self) -> tuple[str, dict[str, str]]:
        task = task_of(self.record.begun)
        rule = rule_of(task)
        refuse_own_data(self.record)
        inliner = Inliner(
            {} if rule else dict.fromkeys(module_of(STAND_INS).definitions, STAND_INS)
        )
        try:
            sections: dict[str, str] = {}
            for name, (title, use) in SECTIONS.items():
                if (use in self.uses or not use) and (name != "own" or not rule):
                    code = inliner.part(self._rendered(name))
                    last = title or list(sections)[-1]
                    sections[last] = "\n\n\n".join(filter(None, (sections.get(last), code)))
        except (LookupError, SyntaxError, TypeError, OSError) as error:
            file = user_tasks.file_of(task.name)
            if file is None:
                raise
            raise RunError(
                f"{file.path.name} cannot be made into a self-contained script ({error}): follow "
                "the task template, or export another kind of file."
            ) from error
        return inliner.imports(), sections

    def _rendered(self, name: str) -> str:
        """A part's text, after all imports that any part may need."""
        parts = ("imports", name) if name != "own" else (name,)
        found = (_templates().get_template(f"{part}.py.jinja") for part in parts)
        return "\n".join(part.render(self._context) for part in found)

    @cached_property
    def _context(self) -> dict[str, Any]:
        """The values of the templates."""
        task = task_of(self.record.begun)
        found = context(self.record, self.uses)
        if rule := rule_of(task):
            return found | {"rule_module": rule.__module__, "rule": rule.__name__}
        kinds = {"rule": type(task).__name__, "rule_params": type(task.params).__name__}
        return found | kinds | {"rule_module": "", "own_text": _own_text(task)}


def training_script(record: RunRecord) -> str:
    """A script that trains the run from its start, with the same numbers.

    It prints its losses, and writes them to the file of `--csv FILE`; `--steps N` stops earlier.
    A fork's script reads the file of `starting_weights`, which has the script's name with
    ".start.npz".  RunError if those weights are not kept, or the run is about own data.
    """
    first, origin = first_step(record), record.info.origin
    about = [
        "Draws the run's batches, starts from its first weights and takes its steps.  The losses",
        "agree with the run's to about six digits, until one falls steeply: training then",
        "magnifies differences in rounding, as between any two machines.  Needs torch and numpy.",
    ]
    if first:
        state_at(record, first)  # fails early: the script is useless without these weights
        whose = f"run {origin.parent}" if origin else "a run"
        about += [
            "",
            f"It continues from {whose} after step {first:,}: weights and the optimisers' running",
            "means are read from the file with this name that ends in .start.npz.",
        ]
    return _text(Script(record, frozenset({"training"})), "\n".join(about))


def loading_script(record: RunRecord) -> str:
    """A script that loads the weights and answers three example sequences.

    It reads the file of `weights`, which has the script's name with ".safetensors".  RunError as
    for `training_script`.
    """
    about = (
        f"Loads the weights after step {record.info.step:,} from the file with this name that\n"
        "ends in .safetensors, and answers three sequences.\n\nNeeds torch, numpy and safetensors."
    )
    return _text(Script(record, frozenset({"loading"})), about)


def script_files(record: RunRecord, name: str) -> dict[str, bytes]:
    """Both scripts and the files they read, by file name.

    "NAME.py" trains, "NAME_trained.py" loads the last weights.  RunError as for
    `training_script`.
    """
    start = starting_weights(record)
    return {
        f"{name}.py": training_script(record).encode(),
        **({} if start is None else {f"{name}.start.npz": start}),
        f"{name}_trained.py": loading_script(record).encode(),
        f"{name}_trained.safetensors": weights(record),
    }


def refuse_own_data(record: RunRecord) -> None:
    """Raise RunError if the run needs a data file that a script would not have."""
    params = record.begun.params
    data = params.get("data")
    if data and isinstance(data, str) and params.get("series") in (None, "csv"):
        raise RunError(
            f"No script can be made of this run, since it would need {name_of(data)}: "
            "export it as .seqx, .csv, .json, .onnx or .safetensors."
        )


def _text(script: Script, about: str) -> str:
    record = script.record
    cells = [CELLS[one.cell].title for one in record.begun.contestants]
    compared = " and ".join(filter(None, [", ".join(cells[:-1]), cells[-1]]))
    title = task_of(record.begun).title
    line = f'{compared} on "{title}": run {record.info.run} of Sequence Sandbox.'
    parts = [
        f"# {title} {'-' * (97 - len(title))}\n{code}" for title, code in script.sections.items()
    ]
    head = f'"""{textwrap.fill(line, 96)}\n\n{about}\n"""\n\n{script.imports}'
    apart = "\n\n\n" if DEFINES.match(parts[0]) else "\n\n"  # as ruff expects after imports
    return apart.join([head, "\n\n\n".join(parts)]) + "\n"


def _own_text(task: Task) -> str:
    """The text of the file that defines the task."""
    file = user_tasks.file_of(task.name)
    return file.text.decode() if file else module_of(type(task).__module__).text


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pytorch_parts"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
