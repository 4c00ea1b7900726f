"""A run's settings as a PyTorch script states them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sandbox.engine.cells import CELLS
from sandbox.engine.checkpoint import RECENT
from sandbox.engine.optimizers import MOMENTUM, RMSPROP_ALPHA
from sandbox.engine.trainer import EVALUATE_EVERY
from sandbox.experiment import ForgetBias, UpdateBias
from sandbox.export.pytorch_parts.facts import Facts
from sandbox.export.recorded import first_step
from sandbox.tasks import curriculum
from sandbox.tasks.base import Tokens
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sandbox.experiment import AnyContestant, Experiment
    from sandbox.store.base import RunRecord

WIDTH = 100  # characters a line
# What torch.nn has a module for; the other cells are stepped by hand.
MODULES = {
    "rnn": "nn.RNN",
    "rnn_relu": 'partial(nn.RNN, nonlinearity="relu")',
    "lstm": "nn.LSTM",
    "gru": "nn.GRU",
}
OPTIMIZERS = {
    "adam": "torch.optim.Adam",
    "rmsprop": f"partial(torch.optim.RMSprop, alpha={RMSPROP_ALPHA})",
    "momentum": f"partial(torch.optim.SGD, momentum={MOMENTUM})",
    "sgd": "torch.optim.SGD",
}
# By torch's names for an optimiser's running means, ours.
MEMORY = {
    "adam": {"exp_avg": "m", "exp_avg_sq": "v"},
    "rmsprop": {"square_avg": "v"},
    "momentum": {"momentum_buffer": "m"},
    "sgd": {},
}


@dataclass(frozen=True)
class Settings:
    """What a script of this run has to state, and which code it needs."""

    record: RunRecord

    @property
    def experiment(self) -> Experiment:
        """The experiment at the run's first step."""
        return self.record.begun

    @property
    def cells(self) -> list[str]:
        """The cells of the contestants, each once, in their order."""
        return list(dict.fromkeys(one.cell for one in self.experiment.contestants))

    @property
    def first(self) -> int:
        """The step that the run goes on from; 0 where it began from the seed."""
        return first_step(self.record)

    @cached_property
    def changes(self) -> dict[int, dict[str, tuple[float, float | None]]]:
        """After which step whose learning rate and clip changed, and to what."""
        found: dict[int, dict[str, tuple[float, float | None]]] = {}
        now = {one.name: rates(self.experiment, one) for one in self.experiment.contestants}
        for step, experiment in self.record.changes:
            new = {one.name: rates(experiment, one) for one in experiment.contestants}
            different = {name: rate for name, rate in new.items() if rate != now.get(name)}
            if different:
                found[step] = found.get(step, {}) | different
            now |= new
        return found

    @cached_property
    def facts(self) -> Facts:
        """Which code the script needs."""
        task, cells = task_of(self.experiment), self.cells
        inits = {recurrent_init(one) for one in self.experiment.contestants}
        memories = [memory(one) for one in self.experiment.contestants]
        chrono, biased = (any(name in each for each in memories) for name in ("chrono", "bias"))
        initialised = inits != {"default"}
        return Facts(
            tokens=isinstance(task.inputs, Tokens),
            classes=task.loss == "cross_entropy",
            values=task.loss == "squared_error",
            legal=task.loss == "legal_symbols",
            gru="gru" in cells,
            two_biases=any(cell in MODULES for cell in cells),
            stepped=any(cell not in MODULES for cell in cells),
            started=initialised or chrono or biased,
            initialised=initialised,
            orthogonal="orthogonal" in inits,
            identity=bool({"identity", "irnn"} & inits),
            irnn="irnn" in inits,
            remembering=chrono or biased,
            chrono=chrono,
            limited=any("chrono_max" in each for each in memories),
            biased=biased,
            by_value=self.experiment.clip_by == "value",
            scheduled=self.experiment.schedule != "constant" or self.experiment.warmup > 0,
            mixed=self.experiment.curriculum in ("range", "power_law"),
            growing=self.experiment.curriculum == "growing",
            changed=bool(self.changes),
            later=self.first > 0,
            cuda=self.experiment.device == "cuda",
        )

    def constants(self) -> str:
        """SEED, BATCH, STEPS, …, as assignments with what a reader may ask."""
        e, step = self.experiment, self.record.info.step
        planned = self.record.experiment_at(step).steps
        lines = [
            f"SEED = {e.seed}  # of everything random",
            f"BATCH = {e.batch}  # sequences in a batch",
            f"STEPS = {step}" + (f"  # of {planned:,} that were planned" if planned > step else ""),
            f"REPLICATES = {e.replicates}  # nets of each kind, with seeds SEED, SEED + 1, …",
        ]
        if self.facts.later:
            lines.append(f"FIRST = {self.first}  # the step that this run goes on from")
            lines.append('START = Path(__file__).with_suffix(".start.npz")  # its weights')
        if self.facts.cuda:
            lines.append('DEVICE = "cuda" if torch.cuda.is_available() else "cpu"')
        if self.facts.values:
            within = task_of(e).correct_within
            lines.append(f"WITHIN = {within}  # an answer is right if it is this near")
        return "\n".join([*lines, *self._schedule(), *self._curriculum()])

    def _schedule(self) -> Iterator[str]:
        """SCHEDULE, WARMUP and PLANNED, where the learning rate is not constant."""
        e = self.experiment
        if not self.facts.scheduled:
            return
        yield f'SCHEDULE = "{e.schedule}"  # of the learning rate'
        yield f"WARMUP = {e.warmup}  # steps over which it rises from 0"
        planned = {self.first: e.steps} | {at: new.steps for at, new in self.record.changes}
        yield f"PLANNED = {plain(planned)}  # steps in all, and after which that was decided"

    def _curriculum(self) -> Iterator[str]:
        """GAPS and GAP_POWER of a mixture of gaps; STAGES and what decides where a gap grows."""
        e, facts = self.experiment, self.facts
        if not facts.mixed and not facts.growing:
            return
        gaps = curriculum.gaps(e, task_of(e)).tolist()
        if facts.mixed:
            power = e.gap_power if e.curriculum == "power_law" else 0
            yield f"GAPS = np.arange({gaps[0]}, {gaps[-1] + 1})  # a batch has one of these"
            yield f"GAP_POWER = {power}  # each is as likely as it is to minus this"
        else:
            yield f"STAGES = {plain(tuple(gaps))}  # of the gap, one after another"
            yield f"GROW_AT = {e.grow_at}  # the accuracy at which a net goes on to the next one,"
            yield f"RECENT = {RECENT}  # the mean of so many batches,"
            yield f"GROW_EVERY = {EVALUATE_EVERY}  # looked at after so many steps"

    def nets(self) -> str:
        """NETS, and CHANGES where there were any."""
        rows = [
            call("Net", [one.name, one.cell], self._net(one), 4)
            for one in self.experiment.contestants
        ]
        text = "NETS = (\n" + "".join(f"    {row},\n" for row in rows) + ")"
        if not self.changes:
            return text
        lines = (f"    {step}: {plain(each)},\n" for step, each in self.changes.items())
        comment = "# After which step whose learning rate and clip were changed, and to what."
        return f"{text}\n{comment}\nCHANGES = {{\n{''.join(lines)}}}"

    def gates(self) -> str:
        """GATES of the cells whose biases are set."""
        cells = (one.cell for one in self.experiment.contestants if memory(one))
        rows = {cell: CELLS[cell].gates for cell in cells}
        lines = (f'    "{cell}": {plain(gates)},\n' for cell, gates in rows.items())
        return f"GATES = {{  # whose rows of the weights follow one another\n{''.join(lines)}}}"

    def optimizers(self) -> str:
        """OPTIMIZERS that are used, and MEMORY where they go on."""
        e = self.experiment
        used = list(dict.fromkeys(one.optimizer or e.optimizer for one in e.contestants))
        text = table("OPTIMIZERS", {name: OPTIMIZERS[name] for name in used})
        if not self.facts.later:
            return text
        comment = "# What torch calls an optimiser's running means, and the run's file."
        memories = table("MEMORY", {name: plain(MEMORY[name]) for name in used})
        return f"{text}\n{comment}\n{memories}"

    def _net(self, one: AnyContestant) -> dict[str, Any]:
        lr, clip = rates(self.experiment, one)
        init = recurrent_init(one)
        return {
            "hidden": one.hidden,
            "optimizer": one.optimizer or self.experiment.optimizer,
            "lr": lr,
            "clip": clip,
            **({} if one.layers == 1 else {"layers": one.layers}),
            **({} if init == "default" else {"recurrent_init": init}),
            **memory(one),
        }


def rates(experiment: Experiment, one: AnyContestant) -> tuple[float, float | None]:
    """Learning rate and clip in force for a contestant: its own, else the run's."""
    lr = one.lr if one.lr is not None else experiment.lr
    return lr, one.clip if one.clip is not None else experiment.clip


def recurrent_init(one: AnyContestant) -> str:
    """How its recurrent weights start."""
    return str(getattr(one, "recurrent_init", "default"))


def memory(one: AnyContestant) -> dict[str, Any]:
    """The gates whose biases are set at the start: "chrono" with a sign, or "bias" by number.

    With "chrono_max" where it is the contestant's own.
    """
    if isinstance(one, ForgetBias):
        wanted = one.forget_bias
    elif isinstance(one, UpdateBias):
        wanted = one.update_bias
    else:
        return {}
    pairs = CELLS[one.cell].memory
    if wanted == "chrono":
        longest = {} if one.chrono_max is None else {"chrono_max": one.chrono_max}
        return {"chrono": dict(pairs), **longest}
    return {"bias": {gate: sign * wanted for gate, sign in pairs[:1]}}


def call(name: str, first: Iterable[Any], values: Mapping[str, Any], indent: int) -> str:
    """`name(first, …, key=value, …)`, broken as ruff breaks it where it is too long a line."""
    parts = [*map(plain, first), *(f"{key}={plain(value)}" for key, value in values.items())]
    line = ", ".join(parts)
    if indent + len(name) + len(line) + 3 <= WIDTH:
        return f"{name}({line})"
    if indent + 4 + len(line) <= WIDTH:
        return f"{name}(\n{' ' * (indent + 4)}{line}\n{' ' * indent})"
    inner = "".join(f"{' ' * (indent + 4)}{part},\n" for part in parts)
    return f"{name}(\n{inner}{' ' * indent})"


def table(name: str, values: Mapping[str, str]) -> str:
    """`name = {key: code, …}`, an entry a line."""
    rows: Iterable[str] = (f'    "{key}": {code},\n' for key, code in values.items())
    return f"{name} = {{\n{''.join(rows)}}}"


def plain(value: Any) -> str:
    """A value as Python code, in double quotes."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{plain(k)}: {plain(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        inner = ", ".join(map(plain, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)
