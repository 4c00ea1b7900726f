"""A figure for print, laid out from top to bottom; matplotlib draws it."""

from __future__ import annotations

import logging
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from io import BytesIO
from threading import RLock
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

import sandbox
from sandbox.about import about
from sandbox.drawing.styles import PRINT, QuietStyle
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes

    from sandbox.drawing.styles import LineStyle, Marker, Palette
    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Task

Keywords = dict[str, Any]  # of something drawn, as matplotlib's keywords
POINT_MM = 25.4 / 72  # millimetres
WIDTHS_MM = (85, 170)  # one column of a paper, and the whole page
SCALES = (1, 2, 3, 4)
DPI = 144  # of a PNG at scale 1

TITLE, NAME, TEXT, SMALL = 9.0, 7.5, 7.0, 6.5  # type sizes in points
LEADING = 1.3  # line height in type sizes
STRONG, THIN, FRAME = 1.2, 0.5, 0.6  # line widths in points
MARGIN = 6.0  # points, around everything
MARKER = 3.6  # size of a marker in points
SAMPLE, GAP = 20.0, 12.0  # points: a legend's line, and between two columns
_HIGH = 2_000.0  # points: the page's height before it is known

MARKERS: Mapping[Marker, str] = {
    "circle": "o",
    "square": "s",
    "down": "v",
    "diamond": "D",
    "up": "^",
    "left": "<",
    "right": ">",
    "pentagon": "p",
}
FAMILY = "DejaVu Sans"  # comes with matplotlib, so figures are the same everywhere
# For characters that DejaVu Sans lacks.
_FALLBACKS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Microsoft YaHei", "Yu Gothic", "PingFang SC")
_NOT_IN_XML = re.compile(r"[^\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_SPACES = str.maketrans("\t\n\r", "   ")
_NO_BREAK = "\N{NO-BREAK SPACE}"
_LOCK = RLock()  # matplotlib's settings are global
logging.getLogger("matplotlib").setLevel(logging.ERROR)  # keep quiet about building its font cache


@contextmanager
def print_style(palette: Palette = PRINT) -> Iterator[None]:
    """Draw in the print style, one thread at a time; restores matplotlib's settings."""
    known = set(fontManager.get_font_names())
    style: Any = {
        "font.family": "sans-serif",
        "font.sans-serif": [FAMILY, *(name for name in _FALLBACKS if name in known)],
        "font.size": TEXT,
        "text.parse_math": False,
        "text.hinting": "no_hinting",  # so that text has the same width at every resolution
        "text.color": palette.text,
        "figure.facecolor": palette.ground,
        "axes.facecolor": palette.ground,
        "xtick.color": palette.text,
        "ytick.color": palette.text,
        "svg.fonttype": "none",
        "svg.hashsalt": "sequence-sandbox",
        "pdf.fonttype": 42,
        "axes.linewidth": FRAME,
        "axes.edgecolor": palette.text,
        "axes.labelcolor": palette.text,
        "axes.labelsize": NAME,
        "axes.labelpad": 2.0,
        "axes.axisbelow": True,
        "grid.color": palette.hairline,
        "grid.linewidth": 0.4,
        "lines.linewidth": STRONG,
        "lines.markersize": MARKER,
        "lines.markeredgewidth": 0.0,
        "lines.solid_joinstyle": "round",
        **{f"{axis}tick.{name}": value for axis in "xy" for name, value in _TICKS.items()},
    }
    with _LOCK, matplotlib.rc_context(style), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # a box is drawn
        yield


_TICKS = {"major.size": 2.5, "major.width": FRAME, "major.pad": 1.5, "labelsize": TEXT}


@dataclass(frozen=True)
class Figure:
    """A finished figure.  title, description: metadata of its files."""

    canvas: Canvas
    title: str
    description: str
    palette: Palette = PRINT

    @property
    def height(self) -> float:
        """Its height in points."""
        return float(self.canvas.get_figheight() * 72)

    def svg(self) -> bytes:
        """The figure as an SVG file; text stays text."""
        return self._file("svg", Description=self.description, Date=None)

    def pdf(self) -> bytes:
        """The figure as a PDF file; text stays text."""
        return self._file("pdf", Subject=self.description, CreationDate=None)

    def png(self, scale: int = 2) -> bytes:
        """The figure as a PNG file of 144 dots per inch times `scale`, which is 1, 2, 3 or 4.

        ExperimentError for any other scale.
        """
        if scale not in SCALES:
            raise ExperimentError("scale", scale, "1, 2, 3 or 4")
        return self.pixels(DPI * scale)

    def pixels(self, dots: float) -> bytes:
        """The figure as a PNG file of `dots` dots per inch."""
        return self._file("png", dots, Description=self.description)

    def _file(self, kind: str, dots: float = 72, **about: str | None) -> bytes:
        made, maker = BytesIO(), f"Sequence Sandbox {sandbox.__version__}"
        named = {"Title": self.title, "Software" if kind == "png" else "Creator": maker, **about}
        with print_style(self.palette):
            self.canvas.savefig(made, format=kind, dpi=dots, metadata=named)
        return made.getvalue()


@dataclass
class Page:
    """A figure under construction.  y: where the next part begins, in points from the top."""

    width_mm: float
    y: float = MARGIN
    palette: Palette = PRINT
    _axes: list[tuple[Axes, tuple[float, float, float, float]]] = field(default_factory=list)

    @cached_property
    def canvas(self) -> Canvas:
        """The matplotlib figure."""
        return Canvas(figsize=(self.width / 72, _HIGH / 72), dpi=72)

    @cached_property
    def points(self) -> Affine2D:
        """The transform from points, from the top left corner, to fractions of the figure."""
        return Affine2D().scale(1 / self.width, -1 / _HIGH).translate(0, 1)

    @property
    def width(self) -> float:
        """The page's width in points."""
        return self.width_mm / POINT_MM

    @property
    def room(self) -> float:
        """The width between the margins, in points."""
        return self.width - 2 * MARGIN

    def words(self, x: float, y: float, text: str, size: float = TEXT, **look: Any) -> None:
        """Text at (x, y) in points; `look` goes to matplotlib's Text, y is the baseline."""
        transform = self.points + self.canvas.transFigure
        look = {"transform": transform, **look}
        self.canvas.text(x, y, plain(text), fontsize=size, **look)

    def lines(self, text: str, size: float, **look: Any) -> None:
        """Text across the page, wrapped."""
        rows = wrap(text, self.room, size, look.get("weight") == "bold")
        for row in rows:
            self.words(MARGIN, self.y + size, row, size, **look)
            self.y += size * LEADING

    def heading(self, title: str, particulars: str, wanted: bool = True) -> None:
        """Title and particulars, if wanted."""
        if not wanted:
            return
        self.lines(title, TITLE, weight="bold")
        self.lines(particulars, SMALL, color=self.palette.quiet)
        self.y += 3

    def legend(self, entries: Sequence[tuple[LineStyle, str]]) -> None:
        """Line samples with their names, in columns if the names are short enough."""
        if not entries:
            return
        names = ["\n".join(wrap(name, self.room - SAMPLE - 4, TEXT)) for _, name in entries]
        widest = max(width_of(row, TEXT) for name in names for row in name.splitlines())
        drawn = self.canvas.legend(
            [Line2D([], [], **self._sample(style)) for style, _ in entries],
            names,
            ncols=min(max(int((self.room + GAP) // (widest + SAMPLE + 4 + GAP)), 1), len(entries)),
            loc="upper left",
            bbox_to_anchor=(MARGIN, self.y + 2),
            bbox_transform=self.points + self.canvas.transFigure,
            frameon=False,
            borderpad=0,
            borderaxespad=0,
            handlelength=SAMPLE / TEXT,
            handletextpad=4 / TEXT,
            columnspacing=GAP / TEXT,
        )
        self.y += drawn.get_window_extent().height + 6

    def line(self, x: Sequence[float], y: Sequence[float], **look: Any) -> None:
        """A line through positions in points; `look` goes to matplotlib's Line2D."""
        transform = self.points + self.canvas.transFigure
        self.canvas.add_artist(Line2D(x, y, transform=transform, **look))

    def sample(self, x: float, y: float, style: LineStyle) -> None:
        """A contestant's line with its marker, starting at (x, y) in points."""
        self.line([x, x + SAMPLE / 2, x + SAMPLE], [y, y, y], **self._sample(style), markevery=[1])

    def _sample(self, style: LineStyle) -> Keywords:
        marker = "" if isinstance(style, QuietStyle) else MARKERS[style.marker]
        return line_look(style, self.palette, marker=marker)

    def axes(self, left: float, width: float, height: float, top: float | None = None) -> Axes:
        """Axes of this size in points, at `y` unless `top` is given."""
        made = self.canvas.add_axes((0, 0, 1, 1))  # until the page's height is known
        self._axes.append((made, (left, self.y if top is None else top, width, height)))
        return made

    def notes(self, texts: Sequence[str]) -> None:
        """Notes under the figure."""
        self.y += 4 if texts else 0
        for text in texts:
            self.lines(text, SMALL, color=self.palette.quiet)

    def finished(self, title: str, description: str) -> Figure:
        """The figure, as high as its content."""
        height = self.y + MARGIN
        self.canvas.set_figheight(height / 72)
        self.points.clear().scale(1 / self.width, -1 / height).translate(0, 1)
        for made, (left, top, wide, high) in self._axes:
            low = 1 - (top + high) / height
            made.set_position((left / self.width, low, wide / self.width, high / height))
        title, description = (plain(text).replace(_NO_BREAK, " ") for text in (title, description))
        return Figure(self.canvas, title, description, self.palette)


def page(width_mm: float) -> Page:
    """An empty page; ExperimentError unless it is 85 or 170 mm wide."""
    if width_mm not in WIDTHS_MM:
        raise ExperimentError("width", width_mm, "85 or 170, in millimetres")
    return Page(width_mm)


def line_look(style: LineStyle, palette: Palette = PRINT, **look: Any) -> Keywords:
    """A contestant's colour and dash for matplotlib."""
    dash = (0, style.dash) if style.dash else "-"
    return {"color": style.color(palette), "ls": dash, **look}


@lru_cache(maxsize=4096)
def width_of(text: str, size: float, bold: bool = False) -> float:
    """The width of one line of text in points."""
    face = FontProperties(family=FAMILY, weight="bold" if bold else "normal", size=size)
    return float(text_to_path.get_text_width_height_descent(text, face, ismath=False)[0])


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Text in lines of at most `width` points; a wider word gets its own line."""
    rows: list[str] = []
    for word in plain(text).split(" "):
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and width_of(longer, size, bold) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def plain(text: str) -> str:
    """Text on one line, without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text.translate(_SPACES))


def together(text: str) -> str:
    """Text with no-break spaces, kept on one line."""
    return text.replace(" ", _NO_BREAK)


def task_title(task: Task) -> str:
    """The task with its gap: "Recall a symbol, gap 50 symbols"."""
    if task.gap_field is None:
        return task.title
    told, value = about(task.Params, task.gap_field), getattr(task.params, task.gap_field)
    words = (told.label, told.say(value), told.unit if told.unit != told.label else "")
    return f"{task.title}, {together(' '.join(words).rstrip())}"


def description(run: str, experiment: Experiment, what: str) -> str:
    """Where a figure comes from, for its file's metadata."""
    return f"{what}; run {run}; experiment {experiment.digest}; made by Sequence Sandbox"
