"""Claims 5 to 10: which nets learn a long dependency."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from sandbox.claims.measure.claim import (
    Claim,
    Figure,
    Outcome,
    Values,
    mean_figure,
    share_figure,
)
from sandbox.claims.measure.judged_training import LOOKS, train
from sandbox.claims.pictures import Curve, Picture
from sandbox.claims.presets import preset
from sandbox.tasks.registry import complete, task_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sandbox.claims.measure.claim import Measurement
    from sandbox.experiment import Experiment

LOSS, ACCURACY = 0, 1
Extreme = Callable[[Iterable[float]], float]
QUICK_STEPS = 50
FEW_LOOKS = 8  # at a variation


class Training(Claim):
    """The preset's experiment over seeds, and variations that do not affect the verdict.

    split: the one that counts; "" is the task's first.  looks: evaluations of a run.  guessed:
    what guessing gives, drawn in place of the first baseline.  least: the number of all seeds on
    which the claim must hold.  titles: of nets in figures, by key.  varied: the changed fields of
    each variation, by its name.
    """

    split: ClassVar[str] = ""
    metric: ClassVar[int] = LOSS
    axis: ClassVar[str]
    looks: ClassVar[int] = LOOKS
    guessed: ClassVar[float | None] = None
    least: ClassVar[int] = 0
    titles: ClassVar[Mapping[str, str]] = {}
    beside_name: ClassVar[str] = "{title}: {what}"
    varied: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def experiment(self, seed: int, quick: bool) -> Experiment:
        """The preset's experiment with this seed."""
        experiment = complete(preset(self.name).experiment.changed(seed=seed))
        return experiment.changed(steps=QUICK_STEPS) if quick else experiment

    def protocol(self, quick: bool) -> Values:
        """The experiments without their seed, and the number of evaluations."""
        experiments = [experiment.to_json() for experiment in self._all(0, quick).values()]
        return {"experiments": experiments, "looks": self.looks}

    def measure(self, seed: int, quick: bool, measurement: Measurement) -> Values:
        """See `judged_training.train`; "varied" has the same for each variation by name."""
        every, results = self._all(seed, quick), dict[str, Values]()
        for number, (name, experiment) in enumerate(every.items()):
            looks = FEW_LOOKS if name else self.looks
            results[name] = train(experiment, measurement.part(number, len(every)), looks)
        return {**results.pop(""), "varied": results}

    def _all(self, seed: int, quick: bool) -> dict[str, Experiment]:
        """The preset's experiment as "", and its variations unless quick."""
        own = self.experiment(seed, quick)
        others = {} if quick else self.varied
        return {"": own, **{name: _changed(own, fields) for name, fields in others.items()}}

    def conclude(self, results: Sequence[Values], quick: bool) -> Outcome:
        """Shares and means over seeds; no verdict if quick."""
        figures = self.figures(results)
        passed = None if quick else all(figure.met for figure in figures if figure.met is not None)
        picture = Picture(self.axis, curves=self._curves(results), levels=self._levels())
        return Outcome(passed, figures, picture, self._notes(results))

    @abstractmethod
    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """What was measured."""

    def _levels(self) -> Mapping[str, float]:
        """Lines across the picture."""
        if self.guessed is not None:
            return {"guessed": self.guessed}
        baseline = task_of(self.experiment(0, False)).baselines[0]
        value = baseline.loss if self.metric == LOSS else baseline.accuracy
        return {} if value is None else {"baseline": value}

    def holds(self, title: str, hits: Sequence[bool]) -> Figure:
        """The share of seeds on which the claim holds; it must on `least`, in proportion."""
        return share_figure(title, hits, -(-self.least * len(hits) // self.seeds), 1.0)

    def beside(
        self, results: Sequence[Values], what: str, limits: Sequence[float | None] = (None, None)
    ) -> Iterator[Figure]:
        """What each net in `titles` has reached at the end."""
        for (key, title), limit in zip(self.titles.items(), limits, strict=True):
            name = self.beside_name.format(title=title, what=what)
            yield mean_figure(name, self.last(results, key), limit)

    def variations(self, results: Sequence[Values]) -> Iterator[Figure]:
        """The same of each variation."""
        for name in results[0]["varied"]:
            yield from self.beside([result["varied"][name] for result in results], name)

    def series(self, result: Values, key: str) -> list[float]:
        """A contestant's metric at every evaluation."""
        splits = result["scores"][key]
        scores = splits[self.split or next(iter(splits))]
        return [score[self.metric] for score in scores]

    def last(self, results: Sequence[Values], key: str) -> list[float]:
        """The metric at the end, for each seed."""
        return [self.series(result, key)[-1] for result in results]

    def most(self, extreme: Extreme, results: Sequence[Values], key: str) -> list[float]:
        """The lowest or highest value of the metric (min or max), for each seed."""
        return [extreme(self.series(result, key)) for result in results]

    def _curves(self, results: Sequence[Values]) -> tuple[Curve, ...]:
        """Curves of the contestants, cut where the first run ended."""
        cells = {one.name: one.cell for one in preset(self.name).experiment.contestants}
        count = min(len(result["steps"]) for result in results)
        steps = tuple(results[0]["steps"][:count])
        return tuple(
            Curve(key, cell, steps, tuple(tuple(self.series(r, key)[:count]) for r in results))
            for key, cell in cells.items()
        )

    def _notes(self, results: Sequence[Values]) -> tuple[str, ...]:
        return tuple(
            f"Seed {seed}: {key} diverged at step {step:,}."
            for seed, result in enumerate(results)
            for key, step in result["diverged"].items()
            if step is not None
        )


class AddingClaim(Training):
    """Claim 5."""

    name, seeds, least, seconds = "adding", 5, 4, 70.0
    axis = "squared error on fresh sequences"

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """Seeds whose LSTM gets below 0.01; the RNN at the end and at its lowest."""
        solved, end = (
            [loss < 0.01 for loss in self.most(min, results, "lstm")],
            self.last(results, "rnn"),
        )
        stuck, asks = all(loss > 0.14 for loss in end), "> 0.14 on every seed"
        lowest = self.most(min, results, "rnn")
        return (
            self.holds("LSTM: seeds with squared error < 0.01", solved),
            mean_figure("tanh RNN: squared error at the end", end, 1 / 6, asks, stuck),
            mean_figure("LSTM: squared error at the end", self.last(results, "lstm"), 0.01),
            mean_figure("tanh RNN: squared error at its lowest", lowest, 1 / 6),
        )


class IrnnClaim(Training):
    """Claim 6."""

    name, seeds, least, seconds = "irnn", 5, 3, 30.0
    axis = "squared error on fresh sequences"

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """Seeds that get below 0.03."""
        lowest = self.most(min, results, "rnn_relu")
        solved = [loss < 0.03 for loss in lowest]
        return (
            self.holds("IRNN: seeds with squared error < 0.03", solved),
            mean_figure("IRNN: lowest squared error", lowest, 0.03),
            mean_figure("IRNN: squared error at the end", self.last(results, "rnn_relu")),
        )


class TemporalOrderClaim(Training):
    """Claim 7."""

    name, seeds, least, seconds = "temporal_order", 5, 4, 6.0
    metric = ACCURACY
    axis = "share of right answers on fresh sequences"

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """Seeds whose chrono net reaches 0.99; bias 1 at its best."""
        solved = [accuracy >= 0.99 for accuracy in self.most(max, results, "chrono")]
        bias = self.most(max, results, "bias_1")
        guessed, asks = all(accuracy < 0.35 for accuracy in bias), "< 0.35 on every seed"
        return (
            self.holds("chrono: seeds with accuracy ≥ 0.99", solved),
            mean_figure("bias 1: highest accuracy", bias, 0.25, asks, guessed),
            mean_figure("chrono: accuracy at the end", self.last(results, "chrono"), 0.99),
            mean_figure("bias 1: accuracy at the end", self.last(results, "bias_1"), 0.25),
        )


class CopyClaim(Training):
    """Claim 8: judged at 4,000 steps, then trained further."""

    name, seeds, seconds = "copy", 5, 200.0
    axis = "cross-entropy on fresh sequences, nats"
    looks = 48  # one is at step 4,000
    titles: ClassVar[Mapping[str, str]] = {"chrono": "chrono", "bias_1": "bias 1"}
    beside_name = "{title}, {what}: share of the baseline"
    JUDGED = 4000
    varied: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "batch 20": {"batch": 20, "steps": JUDGED},
        "no clipping": {"clip": None, "steps": JUDGED},
        "orthogonal": {"every": {"recurrent_init": "orthogonal"}, "steps": JUDGED},
        "T_max = 3 T / 2": {"every": {"chrono_max": 150}, "steps": JUDGED},
    }

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """Both as shares of the baseline: when judged, at the end, and in variations."""
        chrono, bias = (self._shares(results, key, self.JUDGED) for key in self.titles)
        what = f"share of the baseline at step {self.JUDGED:,}"
        learned, stuck = max(chrono) <= 0.95, all(abs(share - 1) <= 0.01 for share in bias)
        return (
            mean_figure(f"chrono: {what}", chrono, 0.95, "≤ 0.95 on every seed", learned),
            mean_figure(f"bias 1: {what}", bias, 1.0, "within 0.01 of 1 on every seed", stuck),
            *self.beside(results, "at the end"),
            *self.variations(results),
        )

    def last(self, results: Sequence[Values], key: str) -> list[float]:
        """The loss at the end as a share of the baseline."""
        return self._shares(results, key)

    def _shares(self, results: Sequence[Values], key: str, step: int | None = None) -> list[float]:
        """The loss as a share of the baseline at a step, or at the last evaluation before it."""
        baseline = task_of(self.experiment(0, False)).baselines[0].loss
        shares = []
        for result in results:
            looked = [n for n, at in enumerate(result["steps"]) if step is None or at <= step]
            shares.append(self.series(result, key)[looked[-1]] / baseline)
        return shares


class ReberClaim(Training):
    """Claim 9."""

    name, seeds, least, seconds = "reber", 10, 9, 60.0
    split, metric, guessed = "outer symbol", ACCURACY, 0.5
    axis = "outer symbols right on fresh strings"

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """Seeds that get every outer symbol right."""
        best, end = self.most(max, results, "lstm_no_forget"), self.last(results, "lstm_no_forget")
        return (
            self.holds("seeds with every outer symbol right", [share == 1 for share in best]),
            mean_figure("outer symbols right, at best", best, 1.0),
            mean_figure("outer symbols right at the end", end, 1.0),
        )


class ContinualReberClaim(Training):
    """Claim 10.

    The net without a forget gate is an LSTM with a forget bias of 20: in float32 its gate is
    exactly 1, so c_t = c_{t-1} + i * g, and no gradient moves it.  It is the cell of 1997 at the
    speed of the kernels; one variation has that cell itself.
    """

    name, seeds, least, seconds = "continual_reber", 5, 4, 150.0
    split, metric, guessed = "10,000 symbols", ACCURACY, 0.5
    axis = "outer symbols right in a stream of 10,000 symbols"
    titles: ClassVar[Mapping[str, str]] = {"lstm": "with the forget gate", "no_forget": "without"}
    WITH, WITHOUT = 0.95, 0.75
    varied: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "6,000 steps": {"steps": 6000},
        "Adam 1e-2": {"lr": 1e-2},
        "Adam 1e-2, streams of 100 symbols, the cell of 1997 itself": {
            "lr": 1e-2,
            "params": {"length": 100},
            "contestants": (
                {"cell": "lstm", "hidden": 12, "forget_bias": 0},
                {"cell": "lstm_no_forget", "name": "no_forget", "hidden": 12},
            ),
        },
        "momentum 0.9 at rate 1, streams of 1,000 symbols one by one": {
            **{"optimizer": "momentum", "lr": 1.0, "batch": 1, "params": {"length": 1000}},
            "contestants": (
                {"cell": "lstm", "hidden": 12, "forget_bias": 1},
                {"cell": "lstm", "name": "no_forget", "hidden": 12, "forget_bias": 20},
            ),
        },
    }

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """With and without the forget gate, at the end of training."""
        having, lacking = (self.last(results, key) for key in self.titles)
        hits = [a >= self.WITH and b <= self.WITHOUT for a, b in zip(having, lacking, strict=True)]
        return (
            self.holds("seeds with ≥ 0.95 with the forget gate and ≤ 0.75 without", hits),
            *self.beside(results, "outer symbols right", (self.WITH, self.WITHOUT)),
            *self.variations(results),
        )


def _changed(experiment: Experiment, fields: Mapping[str, Any]) -> Experiment:
    """The experiment with other fields; "every" has those of all contestants."""
    own = dict(fields)
    every = own.pop("every", {})
    contestants = [{**one.model_dump(), **every} for one in experiment.contestants]
    return experiment.changed(**{"contestants": contestants, **own})
