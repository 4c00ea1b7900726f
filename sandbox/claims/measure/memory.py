"""Claims 5 to 10: which nets learn a long dependency."""

from __future__ import annotations

from abc import abstractmethod
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
    from collections.abc import Mapping, Sequence

    from sandbox.claims.measure.claim import Measurement
    from sandbox.experiment import Experiment

LOSS, ACCURACY = 0, 1
QUICK_STEPS = 50
FEW_LOOKS = 8  # at a variation


class Training(Claim):
    """The preset's experiment over seeds, and variations that do not affect the verdict.

    split: the one that counts; "" is the task's first.  looks: evaluations of a run.  varied:
    the changed fields of each variation, by its name.
    """

    split: ClassVar[str] = ""
    metric: ClassVar[int] = LOSS
    axis: ClassVar[str]
    looks: ClassVar[int] = LOOKS
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
        picture = Picture(self.axis, curves=self._curves(results), levels=self.levels())
        return Outcome(passed, figures, picture, self._notes(results))

    @abstractmethod
    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """What was measured."""

    def levels(self) -> Mapping[str, float]:
        """Lines across the picture: the first baseline."""
        baseline = task_of(self.experiment(0, False)).baselines[0]
        value = baseline.loss if self.metric == LOSS else baseline.accuracy
        return {} if value is None else {"baseline": value}

    def series(self, result: Values, key: str) -> list[float]:
        """A contestant's metric at every evaluation."""
        splits = result["scores"][key]
        scores = splits[self.split or next(iter(splits))]
        return [score[self.metric] for score in scores]

    def last(self, results: Sequence[Values], key: str) -> list[float]:
        """The metric at the end, for each seed."""
        return [self.series(result, key)[-1] for result in results]

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

    name, seeds, seconds = "adding", 5, 70.0
    axis = "squared error on fresh sequences"
    SOLVED, STUCK, LEAST = 0.01, 0.14, 4

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """Seeds whose LSTM gets below 0.01; the RNN at the end and at its lowest."""
        lowest = {key: [min(self.series(r, key)) for r in results] for key in ("lstm", "rnn")}
        solved = [loss < self.SOLVED for loss in lowest["lstm"]]
        title, end = "LSTM: seeds with squared error < 0.01", self.last(results, "rnn")
        stuck, asks = all(loss > self.STUCK for loss in end), "> 0.14 on every seed"
        return (
            share_figure(title, solved, _least(self, results), 1.0),
            mean_figure("tanh RNN: squared error at the end", end, 1 / 6, asks, stuck),
            mean_figure("LSTM: squared error at the end", self.last(results, "lstm"), 0.01),
            mean_figure("tanh RNN: squared error at its lowest", lowest["rnn"], 1 / 6),
        )


class IrnnClaim(Training):
    """Claim 6."""

    name, seeds, seconds = "irnn", 5, 30.0
    axis = "squared error on fresh sequences"
    SOLVED, LEAST = 0.03, 3

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """Seeds that get below 0.03."""
        lowest = [min(self.series(result, "rnn_relu")) for result in results]
        solved = [loss < self.SOLVED for loss in lowest]
        return (
            share_figure(
                "IRNN: seeds with squared error < 0.03", solved, _least(self, results), 1.0
            ),
            mean_figure("IRNN: lowest squared error", lowest, 0.03),
            mean_figure("IRNN: squared error at the end", self.last(results, "rnn_relu")),
        )


class TemporalOrderClaim(Training):
    """Claim 7."""

    name, seeds, seconds = "temporal_order", 5, 6.0
    metric = ACCURACY
    axis = "share of right answers on fresh sequences"
    SOLVED, GUESSED, LEAST = 0.99, 0.35, 4

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """Seeds whose chrono net reaches 0.99; bias 1 at its best."""
        best = {key: [max(self.series(r, key)) for r in results] for key in ("chrono", "bias_1")}
        solved = [accuracy >= self.SOLVED for accuracy in best["chrono"]]
        guessed = all(accuracy < self.GUESSED for accuracy in best["bias_1"])
        return (
            share_figure("chrono: seeds with accuracy ≥ 0.99", solved, _least(self, results), 1.0),
            mean_figure(
                "bias 1: highest accuracy", best["bias_1"], 0.25, "< 0.35 on every seed", guessed
            ),
            mean_figure("chrono: accuracy at the end", self.last(results, "chrono"), 0.99),
            mean_figure("bias 1: accuracy at the end", self.last(results, "bias_1"), 0.25),
        )


class CopyClaim(Training):
    """Claim 8: judged at 4,000 steps, then trained further."""

    name, seeds, seconds = "copy", 5, 200.0
    axis = "cross-entropy on fresh sequences, nats"
    looks = 48  # one is at step 4,000
    JUDGED, NEAR, BELOW = 4000, 0.01, 0.05
    varied: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "batch 20": {"batch": 20, "steps": JUDGED},
        "no clipping": {"clip": None, "steps": JUDGED},
        "orthogonal": {"every": {"recurrent_init": "orthogonal"}, "steps": JUDGED},
        "T_max = 3 T / 2": {"every": {"chrono_max": 150}, "steps": JUDGED},
    }

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """Both as shares of the baseline: when judged, at the end, and in variations."""
        chrono, bias = (self._shares(results, key, self.JUDGED) for key in ("chrono", "bias_1"))
        return (
            mean_figure(
                f"chrono: share of the baseline at step {self.JUDGED:,}", chrono, 1 - self.BELOW,
                "≤ 0.95 on every seed", max(chrono) <= 1 - self.BELOW,
            ),
            mean_figure(
                f"bias 1: share of the baseline at step {self.JUDGED:,}", bias, 1.0,
                "within 0.01 of 1 on every seed", all(abs(v - 1) <= self.NEAR for v in bias),
            ),
            *self._beside(results, "at the end"),
            *(
                figure
                for name in results[0]["varied"]
                for figure in self._beside([r["varied"][name] for r in results], name)
            ),
        )  # fmt: skip

    def _beside(self, results: Sequence[Values], what: str) -> tuple[Figure, ...]:
        names = {"chrono": "chrono", "bias_1": "bias 1"}
        return tuple(
            mean_figure(f"{title}, {what}: share of the baseline", self._shares(results, key))
            for key, title in names.items()
        )

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

    name, seeds, seconds = "reber", 10, 60.0
    split, metric = "outer symbol", ACCURACY
    axis = "outer symbols right on fresh strings"
    LEAST = 9

    def levels(self) -> Mapping[str, float]:
        """What guessing the outer symbol gives."""
        return {"guessed": 0.5}

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """Seeds that get every outer symbol right."""
        best = [max(self.series(result, "lstm_no_forget")) for result in results]
        solved = [accuracy == 1 for accuracy in best]
        return (
            share_figure("seeds with every outer symbol right", solved, _least(self, results), 1.0),
            mean_figure("outer symbols right, at best", best, 1.0),
            mean_figure(
                "outer symbols right at the end", self.last(results, "lstm_no_forget"), 1.0
            ),
        )


class ContinualReberClaim(Training):
    """Claim 10.

    The net without a forget gate is an LSTM with a forget bias of 20: in float32 its gate is
    exactly 1, so c_t = c_{t-1} + i * g, and no gradient moves it.  It is the cell of 1997 at the
    speed of the kernels; one variation has that cell itself.
    """

    name, seeds, seconds = "continual_reber", 5, 150.0
    split, metric = "10,000 symbols", ACCURACY
    axis = "outer symbols right in a stream of 10,000 symbols"
    WITH, WITHOUT, LEAST = 0.95, 0.75, 4
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

    def levels(self) -> Mapping[str, float]:
        """What guessing the outer symbol gives."""
        return {"guessed": 0.5}

    def figures(self, results: Sequence[Values]) -> tuple[Figure, ...]:
        """With and without the forget gate, at the end of training."""
        having, lacking = (self.last(results, key) for key in ("lstm", "no_forget"))
        holds = [a >= self.WITH and b <= self.WITHOUT for a, b in zip(having, lacking, strict=True)]
        title = "seeds with ≥ 0.95 with the forget gate and ≤ 0.75 without"
        return (
            share_figure(title, holds, _least(self, results), 1.0),
            *self._beside(results, "outer symbols right", (self.WITH, self.WITHOUT)),
            *(
                figure
                for name in results[0]["varied"]
                for figure in self._beside([r["varied"][name] for r in results], name)
            ),
        )

    def _beside(
        self, results: Sequence[Values], what: str, limits: tuple[float | None, ...] = (None, None)
    ) -> tuple[Figure, ...]:
        names = {"lstm": "with the forget gate", "no_forget": "without"}
        return tuple(
            mean_figure(f"{title}: {what}", self.last(results, key), limit)
            for (key, title), limit in zip(names.items(), limits, strict=True)
        )


def _changed(experiment: Experiment, fields: Mapping[str, Any]) -> Experiment:
    """The experiment with other fields; "every" has those of all contestants."""
    own = dict(fields)
    every = own.pop("every", {})
    contestants = [{**one.model_dump(), **every} for one in experiment.contestants]
    return experiment.changed(**{"contestants": contestants, **own})


def _least(
    claim: AddingClaim | IrnnClaim | TemporalOrderClaim | ReberClaim | ContinualReberClaim,
    results: Sequence[Values],
) -> int:
    """The number of seeds it must hold on, in proportion to those measured."""
    return -(-claim.LEAST * len(results) // claim.seeds)
