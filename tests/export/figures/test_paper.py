"""Files of figures: their size, their metadata, their text, and that nothing else is touched."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import zlib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import matplotlib
import pytest
from PIL import Image

from sandbox.export.figures.curves_figure import curves_figure
from sandbox.export.figures.gates_figure import gates_figure
from sandbox.export.figures.paper import SCALES, WIDTHS_MM, width_of, wrap
from sandbox.folders import cache_folder
from sandbox.validation import ExperimentError
from tests.export.figures.figure_data import all_words, probe, run

ROOT = Path(__file__).resolve().parents[3]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("width", WIDTHS_MM)
def test_that_pixels_follow_scale_and_width(width: int, scale: int, tmp_path: Path) -> None:
    figure = curves_figure(run(), width_mm=width)
    (tmp_path / "x.png").write_bytes(figure.png(scale))
    with Image.open(tmp_path / "x.png") as image:
        dots = 144 * scale
        assert image.size[0] == pytest.approx(width / 25.4 * dots, abs=1)
        assert image.size[1] == pytest.approx(figure.height / 72 * dots, abs=1)
        assert image.info["dpi"] == pytest.approx((dots, dots), abs=0.1)


def test_that_files_say_where_they_come_from(tmp_path: Path) -> None:
    curves = run()
    figure = curves_figure(curves)
    (tmp_path / "x.png").write_bytes(figure.png(1))
    with Image.open(tmp_path / "x.png") as image:
        described, title = image.info["Description"], image.info["Title"]
    assert curves.run in described
    assert curves.experiment.digest in described
    assert title == "Recall a symbol, gap 50 symbols"
    root = Xml.fromstring(figure.svg())
    assert root.findtext(f"{SVG}title") == title
    assert described in "".join(root.itertext())
    assert float(root.get("width", "").removesuffix("pt")) == pytest.approx(170 / 25.4 * 72)
    assert b"Recall a symbol" in figure.pdf()


def test_that_a_pdf_holds_its_text_in_a_font_that_can_be_edited() -> None:
    pdf = curves_figure(run()).pdf()
    assert pdf.startswith(b"%PDF")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    assert b"/CIDFontType2" in pdf + b"".join(map(_unpacked, streams))
    assert b"/Type3" not in pdf


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_that_the_same_figure_is_the_same_file(kind: str) -> None:
    made = [getattr(gates_figure(probe(gap=4), "lstm"), kind)() for _ in range(2)]
    assert made[0] == made[1]


def test_that_odd_characters_leave_the_svg_well_formed() -> None:
    changes = ((3, "a\x00b\x0b & <c> \ud800\uffff \U0001f600 $x^2$"),)
    figure = curves_figure(run(changes=changes))
    assert "ab & <c>  \U0001f600 $x^2$" in all_words(figure)
    assert figure.png(1)
    assert figure.pdf()


@pytest.mark.parametrize("width", [100, 0])
def test_that_other_widths_are_refused(width: int) -> None:
    with pytest.raises(ExperimentError, match="width"):
        curves_figure(run(), width_mm=width)


@pytest.mark.parametrize("scale", [0, 5, -1])
def test_that_other_scales_are_refused(scale: int) -> None:
    with pytest.raises(ExperimentError, match="scale"):
        curves_figure(run()).png(scale)


def test_that_lines_are_wrapped_at_their_width_and_words_are_kept_whole() -> None:
    text = "one two three four five six seven"
    rows = wrap(text, 60, 7)
    assert " ".join(rows) == text
    assert len(rows) > 1
    assert all(width_of(row, 7) <= 60 for row in rows)
    assert wrap("unbreakable", 5, 7) == ["unbreakable"]


def test_that_matplotlibs_settings_are_left_as_they_were() -> None:
    before = dict(matplotlib.rcParams)
    curves_figure(run()).png(1)
    assert dict(matplotlib.rcParams) == before


def test_that_figures_can_be_drawn_on_several_threads() -> None:
    curves = run()
    wanted, made = curves_figure(curves).svg(), list[bytes]()
    other = replace(curves, changes=((3, "something"),))
    threads = [
        threading.Thread(target=lambda each=each: made.append(curves_figure(each).svg()))
        for each in (curves, other, curves, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each == wanted for each in made) == [False, False, True, True]


ALONE = """
import sys
from tests.export.figures.figure_data import run
from sandbox.export.figures.curves_figure import curves_figure
curves_figure(run()).png(1)
print([name for name in ("PySide6", "matplotlib.pyplot", "tkinter") if name in sys.modules])
"""
BEFORE = """
import sys
import sandbox.claims.presets, sandbox.claims.pictures, sandbox.export.files
import sandbox.gui.app, sandbox.gui.window.process, sandbox.gui.window.main_window
import sandbox.gui.window.figure_links, sandbox.gui.figures.figure_dialog
import sandbox.gui.gallery.gallery_window
from sandbox.cli import main
for command in (["tasks"], ["cells"], ["train", "--task", "recall", "--steps", "2"]):
    assert main(command) == 0
print("matplotlib" in sys.modules)
"""


@pytest.mark.parametrize(("program", "answer"), [(ALONE, "[]"), (BEFORE, "False")])
def test_what_drawing_needs_and_who_needs_drawing(
    program: str, answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQUENCE_SANDBOX_HOME", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == answer


FOLDERS = """
import sandbox.export.bar_chart, matplotlib
print(matplotlib.get_cachedir(), matplotlib.get_configdir())
"""


def test_that_matplotlib_keeps_its_files_in_the_cache_of_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MPLCONFIGDIR")
    for name in ("SEQUENCE_SANDBOX_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    done = subprocess.run(
        [sys.executable, "-c", FOLDERS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    folder = cache_folder() / "matplotlib"
    assert done.stdout.split() == [str(folder), str(folder)]
    assert folder.is_relative_to(tmp_path / "SEQUENCE_SANDBOX_HOME")
    assert any(folder.glob("fontlist-*.json"))
    assert not (tmp_path / "HOME").exists()
