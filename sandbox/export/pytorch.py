"""A run as PyTorch: a script that trains it anew, and one that loads its weights.

Both stand alone: torch, numpy and the standard library.  They are put together from this
project's own source (`pytorch_script`), so that sequences, first weights and equations are
the run's own.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from sandbox.engine.cells import CELLS
from sandbox.export.pytorch_script import Script
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
        "Draws the run's batches, starts from its weights and takes its steps; the losses are the",
        "run's but for rounding.  `--csv FILE` writes them, `--steps N` stops earlier.",
    ]
    if script.settings.facts.later:
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


def _text(script: Script, about: str) -> str:
    head = f'"""{_title(script.record)}\n\n{about}\n"""\n\n{script.imports}\n'
    return "\n\n\n".join([head.rstrip("\n"), *map(_headed, script.sections), END]).replace(
        f"\n\n\n{RULE}", f"\n\n{RULE}", 1
    )


def _headed(section: Section) -> str:
    plain = re.match(r"[\w#]+( =|[^@ ]*$)", section.code, re.M)
    return f"{RULE}\n# {section.title}\n{RULE}\n{'' if plain else chr(10)}\n{section.code}"


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
