"""Where a field `dropout` of the experiment is seen: run by test_about on a copy that has one."""

from __future__ import annotations

import json
from unittest.mock import MagicMock

from PySide6.QtWidgets import QApplication, QLabel

from sandbox.cli import main
from sandbox.experiment import Experiment
from sandbox.gui.forms.training_dock import TrainingPart
from sandbox.gui.session.session import Session
from sandbox.gui.widgets.fields import NumberField
from sandbox.run.differences import differences, distinguish
from sandbox.run.messages import Mailbox
from sandbox.run.words import edited
from sandbox.settings import with_settings
from sandbox.store.base import ExperimentTimeline
from sandbox.store.seqx_readme import readme
from sandbox.store.shorthand import from_text, to_text


def look() -> dict[str, object]:
    """What form, differences, files and command line have of it."""
    old, new = Experiment(), with_settings(Experiment(), ["dropout=0.25"])
    part = TrainingPart(Session(MagicMock(), Mailbox(), new))
    fields = part.findChildren(NumberField)
    return {
        "form": [each.shown_value() for each in fields if each.accessibleName() == "dropout share"],
        "labels": [label.text() for label in part.findChildren(QLabel)],
        "difference": [str(each) for each in differences(old, new)],
        "edit": edited(old, new),
        "apart": distinguish([ExperimentTimeline(old), ExperimentTimeline(new)]),
        "short text": getattr(from_text(to_text(new)), "dropout", None),
        "live": old.goes_on_as(new),
        "readme": readme("a.seqx", new, None, {}),
        "refused": main(["train", "--set", "dropout=7"]),
    }


if __name__ == "__main__":
    app = QApplication([])
    print(json.dumps(look()))
