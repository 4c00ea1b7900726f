"""The bar chart of ratios: its size, and that a bar is as high as its ratio."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from sandbox.export.bar_chart import COLOURS, HEIGHT, WIDTH, Bar, BarChart, png


def picture(*bars: Bar) -> np.ndarray:
    chart = BarChart("title", ("a note",), "ratio", "sizes", {"RNN": bars}, ("full", "light"))
    with Image.open(io.BytesIO(png(chart))) as image:
        assert image.size == (WIDTH, HEIGHT)
        return np.asarray(image.convert("RGB"))


def heights(image: np.ndarray) -> list[int]:
    """Pixels of full colour in every bar, from left to right."""
    full = tuple(int(COLOURS[0][n : n + 2], 16) for n in (1, 3, 5))
    columns = (image[: HEIGHT * 4 // 5] == full).all(axis=-1).sum(axis=0)
    bars = np.split(columns, np.flatnonzero(np.diff((columns > 10).astype(int))) + 1)
    return [int(np.median(bar)) for bar in bars if bar.max() > 10]


def test_that_bars_are_as_high_as_the_logarithm_of_their_ratio() -> None:
    two, four, half = heights(picture(*(Bar(str(r), r, r) for r in (2.0, 4.0, 0.5))))
    assert abs(four - 2 * two) <= 3
    assert abs(half - two) <= 3  # as far below one as two is above it


def test_that_only_the_solid_part_is_in_full_colour() -> None:
    whole, part = heights(picture(Bar("a", 4.0, 4.0), Bar("b", 4.0, 2.0)))
    assert abs(whole - 2 * part) <= 3


def test_that_many_bars_with_long_names_fit() -> None:
    bars = [Bar("64·200·256", 1.0 + n / 10, 1.0 + n / 10) for n in range(24)]
    assert picture(*bars).std() > 0
