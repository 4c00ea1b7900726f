"""What a notebook draws, or prints without matplotlib; notebooks contain these functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def heatmap(title: str, values: NDArray[Any], words: list[str]) -> None:
    """Draw values (T, H) with steps from left to right; as text without matplotlib."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        shades = ((values.T - values.min()) / max(np.ptp(values), 1e-12) * 4.99).astype(int)
        rows = ("".join(" ░▒▓█"[shade] for shade in row) for row in shades)
        print(f"{title} ({values.min():.2f} to {values.max():.2f})", *rows, sep="\n")
        return
    _, axes = plt.subplots(figsize=(min(0.35 * len(values) + 2, 14), 2.5))
    signed, largest = values.min() < 0, abs(values).max()
    colours = {"cmap": "RdBu_r", "vmin": -largest, "vmax": largest} if signed else {"vmin": 0}
    picture = axes.imshow(values.T, aspect="auto", **colours)
    axes.set(title=title, ylabel="unit")
    if words:
        axes.set_xticks(range(len(words)), words, rotation=90)
    plt.colorbar(picture)
    plt.show()


def curves(lines: dict[str, tuple[list[int], list[float]]], baseline: float) -> None:
    """Plot losses, as (steps, losses) by name; print them without matplotlib."""
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
