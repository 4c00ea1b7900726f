"""The stops of the speed slider, from one step a second to full speed."""

from __future__ import annotations

from sandbox.run.control import FULL_SPEED

STOPS: tuple[float, ...] = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, FULL_SPEED)


def in_words(steps_per_s: float) -> str:
    """The speed as shown beside the slider."""
    return "full speed" if steps_per_s == FULL_SPEED else f"{steps_per_s:g} a second"


def nearest_stop(steps_per_s: float) -> int:
    """The index of the fastest stop that is not faster than this."""
    return max((n for n, stop in enumerate(STOPS) if stop <= steps_per_s), default=0)
