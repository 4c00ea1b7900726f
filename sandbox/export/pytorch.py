"""A run as PyTorch: a script that trains it anew, and one that loads its weights.

Both stand alone: torch, numpy and the standard library.  They are put together from this
project's own source (`pytorch_script`), so that sequences, first weights and equations are
the run's own.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from sandbox.engine.cells import CELLS
from sandbox.export.pytorch_script import Script, Section
from sandbox.export.pytorch_weights import starting_weights, weights
from sandbox.export.recorded import state_at
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from sandbox.store.base import RunRecord

RULE = "# " + "-" * 78
END = 'if __name__ == "__main__":\n    main()\n'


def training_script(record: RunRecord) -> str:
    """A script that trains the run from its beginning, with the same numbers.

    It prints its losses, and writes them where asked by `--csv FILE`; `--steps N` ends earlier.
    For a run that goes on from another one's weights it reads the file of `starting_weights`
    from beside it: its own name with ".start.npz".  RunError where those weights are not kept.
    """
    script = Script(record, {"training": ("Training", ("main",))})
    about = [
        "Draws the run's batches, starts from its weights and takes its steps.  The losses are the",
        "run's but for rounding, to six digits or so, until one falls steeply: there training lets",
        "a difference in the last digit grow, as between any two machines.  `--csv FILE` writes",
        "the losses, `--steps N` stops earlier.",
    ]
    if script.settings.facts.later:
        state_at(record, script.settings.first)  # a script without its first weights is of no use
        about = [*about, "", *_later(script)]
    return _text(script, "\n".join([*about, "", "Needs torch and numpy."]))


def loading_script(record: RunRecord) -> str:
    """A script that loads the weights and answers three example sequences.

    It reads the file of `weights` from beside it: its own name with ".safetensors".
    """
    script = Script(record, {"loading": ("The trained nets", ("main",))})
    about = (
        f"Loads the weights after step {record.info.step:,} from the file of this name that ends\n"
        "in .safetensors, and answers three sequences.\n\nNeeds torch, numpy and safetensors."
    )
    return _text(script, about)


def script_files(record: RunRecord, name: str) -> dict[str, bytes]:
    """All that belongs together, by file name: both scripts and what they read.

    "NAME.py" trains, "NAME_trained.py" loads the last weights.  RunError as above.
    """
    start = starting_weights(record)
    return {
        f"{name}.py": training_script(record).encode(),
        **({} if start is None else {f"{name}.start.npz": start}),
        f"{name}_trained.py": loading_script(record).encode(),
        f"{name}_trained.safetensors": weights(record),
    }


def _text(script: Script, about: str) -> str:
    head = f'"""{_title(script.record)}\n\n{about}\n"""\n\n{script.imports}'
    first, *others = map(_headed, script.sections)
    return "\n\n\n".join([f"{head}\n\n{first}", *others, END])


def _headed(section: Section) -> str:
    """A section under its title, as far from it as ruff wants definitions to be."""
    apart = "\n\n\n" if section.code.startswith(("class ", "def ", "@")) else "\n\n"
    return f"{RULE}\n# {section.title}\n{RULE}{apart}{section.code}"


def _title(record: RunRecord) -> str:
    """What was compared on what, in a line or two."""
    task = task_of(record.begun)
    names = [CELLS[one.cell].title for one in record.begun.contestants]
    cells = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    line = f'{cells} on "{task.title}": run {record.info.run} of Sequence Sandbox.'
    return textwrap.fill(line, 96)


def _later(script: Script) -> list[str]:
    origin = script.record.info.origin
    whose = f"run {origin.parent}" if origin else "a run"
    return [
        f"It goes on from {whose} after step {script.settings.first:,}: weights and the",
        "optimisers' running means are read from the file of this name that ends in .start.npz.",
    ]
