"""Inside the nets"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from sandbox.export.pytorch_parts.facts import has
from sandbox.export.pytorch_parts.loading import examples
from sandbox.export.pytorch_parts.settings import STEPPED, TASK
from sandbox.export.pytorch_parts.stepwise import StepByStep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.export.pytorch_parts.nets import SequenceNet


def look(net: SequenceNet, index: int = 0) -> None:
    """Draw the gates and states of the layer that is read, on one of the examples."""
    sequences = examples()
    words = TASK.labels(sequences, index)
    inputs = torch.tensor(sequences.inputs[index])
    for title, values in inside(net, inputs)[-1].items():
        heatmap(f"{net.settings.name}: {title}", values, words)


@torch.no_grad()
def inside(net: SequenceNet, inputs: Tensor) -> list[dict[str, NDArray[Any]]]:
    """Gates and states of one sequence, (T, H) by name, a layer after another."""
    x = inputs[:, None]
    if has.tokens:
        x = functional.one_hot(x.long(), TASK.inputs.size).float()
    cell, layers = stepped(net), []
    for layer in range(net.settings.layers):
        steps = list(cell.unroll(x, layer))
        layers.append({name: torch.stack([s[name][0] for s in steps]).numpy() for name in steps[0]})
        x = torch.stack([step["hidden"] for step in steps])
    return layers


def stepped(net: SequenceNet) -> StepByStep:
    """The net's recurrent part with its equations in Python; torch.nn shows hidden states only."""
    if isinstance(net.recurrent, StepByStep):
        return net.recurrent
    settings, own = net.settings, dict(net.recurrent.state_dict())
    if has.gru:
        for layer in range(settings.layers):
            own[f"b_h_l{layer}"] = own[f"bias_hh_l{layer}"][2 * settings.hidden :]
    twin = STEPPED[settings.cell](TASK.inputs.size, settings.hidden, settings.layers)
    with torch.no_grad():
        for name, parameter in twin.named_parameters():
            parameter.copy_(own[name])
    return twin


def heatmap(title: str, values: NDArray[Any], words: list[str]) -> None:
    """Draw (T, H) values with steps from left to right; as text where matplotlib is missing."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        print(f"{title} ({values.min():.2f} to {values.max():.2f})\n{in_blocks(values)}")
        return
    _, axes = plt.subplots(figsize=(min(0.35 * len(values) + 2, 14), 2.5))
    if values.min() < 0:
        largest = abs(values).max()
        picture = axes.imshow(values.T, "RdBu_r", aspect="auto", vmin=-largest, vmax=largest)
    else:
        picture = axes.imshow(values.T, "viridis", aspect="auto", vmin=0)
    axes.set(title=title, ylabel="unit")
    if len(words) <= 60:
        axes.set_xticks(range(len(words)), words, rotation=90)
    plt.colorbar(picture)
    plt.show()


def in_blocks(values: NDArray[Any]) -> str:
    """(T, H) values as a row of blocks a unit, the darker the larger."""
    low, high = values.min(), values.max()
    shades = ((values.T - low) / max(high - low, 1e-12) * 4.99).astype(int)
    return "\n".join("".join(" ░▒▓█"[shade] for shade in row) for row in shades)


def curves(lines: dict[str, tuple[list[int], list[float]]], baseline: float) -> None:
    """Draw losses (steps, losses) by name; as text where matplotlib is missing."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        for name, (steps, losses) in lines.items():
            print(f"{name}: {losses[0]:.4f} at step {steps[0]} to {losses[-1]:.4f} at {steps[-1]}")
        return
    for name, (steps, losses) in lines.items():
        plt.plot(steps, losses, label=name)
    plt.axhline(baseline, color="grey", linestyle=":", label="without the memory")
    plt.xlabel("step")
    plt.ylabel("loss")
    plt.legend()
    plt.show()
