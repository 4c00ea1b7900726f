"""Everything that is asked about one net at once, for `ask` and for the window's findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.insight import findings
from sandbox.insight.carriers import carriers
from sandbox.insight.gradient_flow import arrival, gradient_flow
from sandbox.insight.retention import kept
from sandbox.tasks.shown import unit_of_length

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.insight.carriers import Carriers
    from sandbox.insight.findings import Finding
    from sandbox.insight.gradient_flow import Arrival, GradientFlow
    from sandbox.insight.retention import Kept
    from sandbox.insight.subject import Subject
    from sandbox.tasks.base import Sequences

TESTED = 2000  # fresh sequences


@dataclass(frozen=True)
class Insight:
    """What was measured of a net; title: what it is called in sentences.

    flow and the step of carriers: of one sequence; everything else: of fresh ones.
    """

    subject: Subject
    title: str
    flow: GradientFlow
    loss: float
    accuracy: float
    carriers: Carriers
    kept: Kept | None
    arrival: Arrival | None

    def findings(self) -> Iterator[Finding]:
        """What there is to say, each once."""
        key, task = self.subject.key, self.subject.task
        per = unit_of_length(task).removesuffix("s")
        said = [
            findings.of_loss(key, self.title, task, self.loss, self.accuracy),
            findings.of_gradient(key, self.title, self.arrival),
            findings.of_carriers(key, self.title, self.carriers, self._where(per)),
            findings.of_lesion(key, self.title, self.carriers),
            findings.of_disagreement(key, self.title, self.carriers),
        ]
        if self.kept is not None:
            said.append(findings.of_keeping(key, self.title, self.kept, self.carriers, per))
        yield from (each for each in said if each is not None)

    def _where(self, per: str) -> str:
        """The step at which units were swapped, in words."""
        if self.carriers.cue is None:
            return "halfway to the question"
        count = self.carriers.step - self.carriers.cue
        return f"{count} {per}{'s' if count != 1 else ''} after the cue" if count else "at the cue"


def ask(
    subject: Subject,
    title: str,
    sequences: Sequences,
    index: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> Insight | None:
    """Measure a net on one of the sequences and on fresh ones; None if `stop` said so."""
    flow = gradient_flow(subject.net.trace(sequences.pick(index)), sequences.pick(index), 0)
    loss, accuracy = subject.net.evaluate(subject.fresh(TESTED))
    found = None if stop() else carriers(subject, sequences, index, stop=stop)
    if found is None:
        return None
    return Insight(subject, title, flow, loss, accuracy, found, kept(subject), arrival(subject))
