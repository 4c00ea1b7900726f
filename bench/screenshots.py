"""Screenshots of the real window: before, during and after a run, in large type, presenting.

python bench/screenshots.py FOLDER [--scale 1] [KEY=VALUE …]

`resources/screenshots/finished-dark.png` of the README is finished-dark-720p.png.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["SEQUENCE_SANDBOX_HOME"] = tempfile.mkdtemp(prefix="sequence-sandbox-shots-")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from sandbox.experiment import Experiment
from sandbox.gui.look.theme import Theme
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.session.session import Session
from sandbox.gui.window.main_window import MainWindow
from sandbox.run.messages import Mailbox, Phase
from sandbox.run.worker import Worker
from sandbox.settings import with_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LARGE, PRESENTED = 150, 140  # type sizes in percent
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "540p": (960, 540)}
DURING, AFTER = 120, 900  # steps


def wait(done: Callable[[], bool], seconds: float = 600) -> None:
    """Run the event loop until done(); TimeoutError after so many seconds."""
    loop, poll, limit = QEventLoop(), QTimer(), QTimer()
    poll.timeout.connect(lambda: loop.quit() if done() else None)
    limit.timeout.connect(lambda: loop.exit(1))
    poll.start(20)
    limit.start(int(seconds * 1000))
    if loop.exec():
        raise TimeoutError("the window did not get there")


def settle() -> None:
    """Process pending paint events."""
    loop = QEventLoop()
    QTimer.singleShot(600, loop.quit)
    loop.exec()


class Studio:
    """One window, photographed."""

    def __init__(self, experiment: Experiment, folder: Path) -> None:
        mailbox = Mailbox()
        self.folder = folder
        self.worker = Worker(mailbox)
        self.session = Session(self.worker.commands, mailbox, experiment)
        self.theme = Theme()
        self.window = MainWindow(self.session, self.theme, Preferences())
        self.window.show()
        self.session.start()
        self.worker.start()

    def shoot(self, state: str, sizes: Sequence[str] = tuple(SIZES)) -> None:
        """Take pictures in both themes and these sizes."""
        for theme in ("dark", "light"):
            self.theme.choose(theme)
            for size in sizes:
                self.window.resize(*SIZES[size])
                settle()
                self.window.grab().save(str(self.folder / f"{state}-{theme}-{size}.png"))

    def run(self) -> None:
        """Start, during and after."""
        wait(lambda: self.session.feed.phase is Phase.READY)
        self.shoot("start")
        self._train_to(DURING)
        self.shoot("during")
        self._train_to(AFTER)
        self.shoot("finished")
        self.window.resize(*SIZES["1080p"])
        self.window.appearance.set_type_size(LARGE)
        self.shoot("large", ["1080p"])
        self.window.appearance.set_type_size(100)
        self._present()
        self.window.close()
        self.session.close()
        self.worker.join()

    def _present(self) -> None:
        """Take pictures for a projector of 1280 by 720 pixels."""
        self.window.actions_by_name["presentation"].trigger()
        self.window.showNormal()
        self.window.resize(*SIZES["720p"])
        self.window.appearance.set_type_size(PRESENTED)
        self.shoot("presentation", ["720p"])
        self.window.actions_by_name["answers"].setChecked(True)
        self.shoot("presentation-answers", ["720p"])
        self.window.appearance.leave()

    def _train_to(self, step: int) -> None:
        self.worker.commands.step(step - self._step())
        wait(lambda: self._step() == step and self.session.feed.phase is Phase.PAUSED)

    def _step(self) -> int:
        status = self.session.shown.status
        return status.step if status is not None else 0


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("settings", nargs="*")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    Studio(with_settings(Experiment(), given.settings), given.folder).run()


if __name__ == "__main__":
    main()
