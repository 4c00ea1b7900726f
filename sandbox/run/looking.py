"""Looking back: the run on screen as it was at another step, a slice of work at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.run.replay import Replay
from sandbox.run.tape import Tape

if TYPE_CHECKING:
    from sandbox.engine.trace import Trace
    from sandbox.run.replay import MakeTrainer
    from sandbox.run.training import Training
    from sandbox.store.base import State
    from sandbox.tasks.base import Sequences

SLICE_S = 0.03  # after so long a newer wish is looked for
FAR = 60  # steps to be trained again, from which on the checkpoint itself is shown first


class LookingBack:
    """A replay of one training run, which keeps what it passes, so that it is near next time."""

    def __init__(self, training: Training, make: MakeTrainer) -> None:
        self._training = training
        self._passed = Tape(*training.tape.before(training.tape.start))
        self._replay = Replay(make, training.begun, training.changes, self._checkpoint)
        self._wanted = -1
        self._shown = -1

    def seek(self, step: int) -> None:
        """Go to this step; nothing where it is on the way there already."""
        if step != self._wanted:
            self._wanted, self._shown = step, -1
            self._replay.seek(max(step, self._training.tape.start))

    @property
    def due(self) -> bool:
        """Whether there is work left, or a frame to be shown."""
        return self._wanted >= 0 and not (self._replay.arrived and self._shown == self._replay.step)

    def turn(self, probe: Sequences) -> tuple[int, dict[str, Trace]] | None:
        """A slice of work; the step and the traces of what is to be shown now, if anything."""
        if self._shown < 0 and self._left > FAR:
            return self._show(probe)
        if self._replay.advance(SLICE_S, self._keep):
            return self._show(probe)
        return None

    def trace(self, probe: Sequences) -> tuple[int, dict[str, Trace]]:
        """As it is now, also where that was shown before."""
        return self._show(probe)

    def close(self) -> None:
        """End the replay's threads."""
        self._replay.close()

    @property
    def _left(self) -> int:
        return self._wanted - self._replay.step

    def _show(self, probe: Sequences) -> tuple[int, dict[str, Trace]]:
        self._shown = self._replay.step
        return self._shown, self._replay.trace(probe)

    def _keep(self, replay: Replay) -> None:
        if self._passed.wants(replay.step) and self._nearest(replay.step)[0] < replay.step:
            self._passed.put(replay.step, replay.trainer.state())

    def _checkpoint(self, step: int) -> tuple[int, State]:
        return self._nearest(step)

    def _nearest(self, step: int) -> tuple[int, State]:
        found = self._training.tape.before(step), self._passed.before(step)
        return max(found, key=lambda each: each[0])
