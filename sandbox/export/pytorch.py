"""A run as PyTorch: a script that trains it again, and one that loads its weights.

Both are self-contained.  Their text comes from the templates in `pytorch_parts` and from this
project's own functions (`inline`), so that sequences, first weights and equations are the run's.
"""

from __future__ import annotations

import textwrap
from importlib.util import decode_source
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.engine.cells import CELLS
from sandbox.export.inline import DEFINES, Inliner, Module, needed
from sandbox.export.pytorch_context import context
from sandbox.export.pytorch_weights import starting_weights, weights
from sandbox.export.recorded import first_step, state_at
from sandbox.store.base import RunError
from sandbox.tasks import user_tasks
from sandbox.tasks.data import name_of
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from sandbox.store.base import RunRecord

SECTIONS = {  # by template: the title
    "settings": "Settings",
    "data": "Sequences and batches",
    "nets": "The nets",
    "training": "Training",
    "loading": "Asking the trained nets",
    "inside": "Looking inside",
}
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pytorch_parts"),
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


def training_script(record: RunRecord) -> str:
    """A script that trains the run from its start, with the same numbers.

    It prints its losses, and writes them to the file of `--csv FILE`; `--steps N` stops earlier.
    A fork's script reads the file of `starting_weights`, which has the script's name with
    ".start.npz".  RunError if those weights are not kept, or the run is about own data.
    """
    first, origin = first_step(record), record.info.origin
    about = (
        "Draws the run's batches, starts from its first weights and takes its steps.  The losses\n"
        "agree with the run's to about six digits, until one falls steeply: training then\n"
        "magnifies differences in rounding, as between any two machines.  Needs torch and numpy."
    )
    if first:
        state_at(record, first)  # fails early: the script is useless without these weights
        whose = f"run {origin.parent}" if origin else "a run"
        about += (
            f"\n\nIt continues from {whose} after step {first:,}: weights and the optimisers' "
            "running\nmeans are read from the file with this name that ends in .start.npz."
        )
    return _script(record, "training", about)


def loading_script(record: RunRecord) -> str:
    """A script that loads the weights and answers three example sequences.

    It reads the file of `weights`, which has the script's name with ".safetensors".  RunError as
    for `training_script`.
    """
    about = (
        f"Loads the weights after step {record.info.step:,} from the file with this name that\n"
        "ends in .safetensors, and answers three sequences.\n\nNeeds torch, numpy and safetensors."
    )
    return _script(record, "loading", about)


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


def code_of(record: RunRecord, *uses: str) -> tuple[str, dict[str, str]]:
    """The import statements, and the code of each section by its title.

    uses: "training", "loading", or both and "inside" for a notebook.  RunError if the run needs a
    data file that a script would not have, or a user's task that does not stand alone.
    """
    task, params = task_of(record.begun), record.begun.params
    data = params.get("data")
    if data and isinstance(data, str) and params.get("series") in (None, "csv"):
        raise RunError(
            f"No script can be made of this run, since it would need {name_of(data)}: "
            "export it as .seqx, .csv, .json, .onnx or .safetensors."
        )
    file, values = user_tasks.file_of(task.name), context(record, uses)
    rendered = {
        name: TEMPLATES.get_template(f"{name}.py.jinja").render(values)
        for name in ("imports", "settings", "data", "nets", *uses)
    }
    imports = rendered.pop("imports")
    parts = {SECTIONS[name]: f"{imports}\n{text}" for name, text in rendered.items()}
    inliner, sections = Inliner(), dict[str, str]()
    try:
        kept = needed(parts.values(), ("train", "load", "ask", "look"))
        if file:
            own = decode_source(file.text)
            if taken := kept & Module(file.path.name, own).definitions.keys():
                raise LookupError(f"the script has its own {min(taken)}")
            sections["The task"] = inliner.part(own)
        sections |= {title: inliner.part(text, kept) for title, text in parts.items()}
    except (LookupError, SyntaxError, TypeError, OSError) as error:
        if file is None:
            raise
        raise RunError(
            f"{file.path.name} cannot be made into a self-contained script ({error}): follow "
            "the task template, or export another kind of file."
        ) from error
    return f"from __future__ import annotations\n\n{inliner.imports()}", sections


def _script(record: RunRecord, use: str, about: str) -> str:
    imports, sections = code_of(record, use)
    cells = [CELLS[one.cell].title for one in record.begun.contestants]
    compared = " and ".join(filter(None, [", ".join(cells[:-1]), cells[-1]]))
    title = task_of(record.begun).title
    line = f'{compared} on "{title}": run {record.info.run} of Sequence Sandbox.'
    parts = [f"# {title} {'-' * (97 - len(title))}\n{code}" for title, code in sections.items()]
    head = f'"""{textwrap.fill(line, 96)}\n\n{about}\n"""\n\n{imports}'
    apart = "\n\n\n" if DEFINES.match(parts[0]) else "\n\n"  # as ruff expects after imports
    return apart.join([head, "\n\n\n".join(parts)]) + "\n"
