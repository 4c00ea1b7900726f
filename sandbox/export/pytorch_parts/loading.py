"""The trained nets"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from sandbox.export.pytorch_parts.batches import tensors
from sandbox.export.pytorch_parts.facts import has
from sandbox.export.pytorch_parts.nets import SequenceNet
from sandbox.export.pytorch_parts.settings import NETS, REPLICATES, SEED, TASK
from sandbox.tasks.preview import example_sequences

if TYPE_CHECKING:
    from sandbox.tasks.base import Sequences

WEIGHTS = Path(__file__).with_suffix(".safetensors")


def load(path: Path = WEIGHTS) -> dict[str, SequenceNet]:
    """Every net with its weights, by name."""
    try:
        from safetensors.torch import load_file
    except ImportError:
        raise SystemExit("The weights are read by safetensors: pip install safetensors") from None
    if not path.exists():
        raise SystemExit(f"{path} is not there; it was exported with this script.")
    weights = load_file(path)
    nets = {}
    for settings in NETS:
        for key in keys(settings.name):
            nets[key] = SequenceNet(settings)
            own = {
                n.removeprefix(f"{key}."): w for n, w in weights.items() if n.startswith(f"{key}.")
            }
            nets[key].load_state_dict(own)
    return nets


def keys(name: str) -> list[str]:
    """What the weights of a net are called: its name, with a number where it has replicates."""
    return [name] if REPLICATES == 1 else [f"{name}#{number}" for number in range(REPLICATES)]


def examples() -> Sequences:
    """Three sequences that no net was trained on."""
    return example_sequences(TASK, SEED, 3)


@torch.no_grad()
def answered(net: SequenceNet, sequences: Sequences) -> Tensor:
    """Its answer at every step of every sequence, (T, B, outputs), also where none is asked for."""
    inputs, _, _ = tensors(sequences, slice(None))
    answers: Tensor = net(inputs)
    if has.classes:
        return answers.softmax(-1)  # each class's probability
    else:
        return answers.sigmoid() if has.legal else answers


def in_words(answers: Tensor) -> str:
    """The answers (n, outputs) of one sequence where they are asked for."""
    if has.classes:
        if len(answers) > 1:
            return " ".join(TASK.outputs[best] for best in answers.argmax(1))
        likely = answers[0].argsort(descending=True)[:3]
        return ", ".join(f"{TASK.outputs[n]} {answers[0, n]:.1%}" for n in likely)
    else:
        if has.values:
            return ", ".join(f"{value:.3f}" for value in answers.flatten())
        else:
            legal = [
                [name for name, chance in zip(TASK.outputs, row, strict=True) if chance > 0.5]
                for row in answers
            ]
            return " ".join("".join(names) for names in legal)


def ask(nets: dict[str, SequenceNet]) -> None:
    """Print what each net answers to three sequences."""
    sequences = examples()
    answers = {key: answered(net, sequences) for key, net in nets.items()}
    for index in range(len(sequences)):
        print(f"{index + 1}. {TASK.question(sequences, index)}")
        asked = torch.tensor(sequences.scored[index])
        for key, given in answers.items():
            print(f"   {key}: {in_words(given[asked, index])}")


def main() -> None:
    """Ask every net about three sequences."""
    ask(load())
