"""Where a cell `fading` is seen: run by tests/cells on a copy that has one file more."""

from __future__ import annotations

import contextlib
import io
import json

from PySide6.QtWidgets import QApplication

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS, called
from sandbox.cli import main
from sandbox.contestants import looks_of
from sandbox.engine.initialisation import initial_vector
from sandbox.experiment import Experiment, parse
from sandbox.gui.forms.add_buttons import family, menu_of_others
from sandbox.gui.forms.contestant_card import Card, term_of
from sandbox.settings import with_settings
from sandbox.store.seqx_readme import readme
from sandbox.store.shorthand import from_text, to_text
from sandbox.tasks.registry import complete, task_of


def listed() -> dict[str, object]:
    """What `cells --json` says of it."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        main(["cells", "--json"])
    cells = [json.loads(line) for line in printed.getvalue().splitlines()]
    return next(each for each in cells if each["name"] == "fading")


def look() -> dict[str, object]:
    """What command line, experiment, short text, layout, weights and window have of it."""
    experiment = parse({"contestants": [{"cell": "fading", "hidden": 3, "layers": 2}]})
    experiment = complete(with_settings(experiment, ["fading.forget_bias=2"]))
    (made,), task = experiment.contestants, task_of(experiment)
    parts = layout(CELLS["fading"], task.inputs.size, 3, len(task.outputs), 2)
    views = parts.views(initial_vector(made, task, 0, 0))
    card = Card(made, called("fading2", "fading"))
    card.show_contestant(made, alone=False, longest=10)
    menu = menu_of_others()
    return {
        "listed": listed(),
        "fields": made.model_dump(),
        "shapes": {name: list(shape) for name, shape in parts.shapes.items() if "." not in name},
        "weights": {name: each.tolist() for name, each in views.items()},
        "short text": from_text(to_text(experiment)) == experiment,
        "look": looks_of(
            {"fading": "fading", **{e.name: e.cell for e in Experiment().contestants}}
        ),
        "readme": readme("a.seqx", experiment, None, {}),
        "family": family(CELLS["fading"]),
        "menu": [each.text() for each in menu.actions()],
        "title": called("fading2", "fading"),
        "paragraph": term_of(CELLS["fading"]).text,
        "refused": main(
            ["train", "--set", "forget_bias=chrono", "--cells", "fading", "--steps", "0"]
        ),
    }


if __name__ == "__main__":
    app = QApplication([])
    print(json.dumps(look()))
