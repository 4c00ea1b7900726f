"""A figure as SVG: words as text of a generic family, cells as an embedded picture.

Qt's own generator places every word by its left end; where a viewer has another face, right ends
and middles would drift.  Here they are anchored, and lines have no more digits than paper shows.
"""

from __future__ import annotations

import base64
import math
import re
from functools import singledispatch
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import numpy as np

from sandbox.export.figures.drawing import Cells, Disc, Patch, Stroke, Words
from sandbox.export.figures.ink import PAPER, POINT_MM
from sandbox.export.figures.raster import encoded, picture
from sandbox.export.figures.typeface import FAMILIES, GENERIC

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.export.figures.figure import Figure

_FINEST = 1200  # pixels that a picture's side gets at least, so that smoothing viewers stay crisp
_SPACES = str.maketrans("\t\n\r", "   ")
_NOT_IN_XML = re.compile(r"[^\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def svg(figure: Figure) -> bytes:
    """The file's bytes, in UTF-8."""
    width = figure.width_mm / POINT_MM
    root = Xml.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "xmlns:xlink": "http://www.w3.org/1999/xlink",  # older programs know no plain href
            "version": "1.1",
            "width": f"{_short(figure.width_mm)}mm",
            "height": f"{_short(figure.height * POINT_MM)}mm",
            "viewBox": f"0 0 {_short(width)} {_short(figure.height)}",
            "font-family": ", ".join([*(f"'{name}'" for name in FAMILIES), GENERIC]),
            "stroke-linejoin": "round",
            "stroke-linecap": "round",
        },
    )
    Xml.SubElement(root, "title").text = plain(figure.title)
    Xml.SubElement(root, "desc").text = plain(figure.description)
    Xml.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": PAPER})
    for item in figure.items:
        _write(item, root)
    return bytes(Xml.tostring(root, encoding="UTF-8", xml_declaration=True))


def plain(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text.translate(_SPACES))


@singledispatch
def _write(item: object, root: Xml.Element) -> None:
    raise TypeError(f"no way to write a {type(item).__name__}")


@_write.register
def _(item: Stroke, root: Xml.Element) -> None:
    attributes = {
        "d": _path(item.points),
        "fill": "none",
        "stroke": item.colour,
        "stroke-width": _short(item.width),
    }
    if item.dash:
        attributes["stroke-dasharray"] = " ".join(map(_short, item.dash))
        attributes["stroke-linecap"] = "butt"
    if item.opacity < 1:
        attributes["stroke-opacity"] = _short(item.opacity)
    if attributes["d"]:
        Xml.SubElement(root, "path", attributes)


@_write.register
def _(item: Patch, root: Xml.Element) -> None:
    corners = " ".join(f"{_short(x)},{_short(y)}" for x, y in item.points.tolist())
    attributes = {"points": corners, "fill": item.colour}
    if item.opacity < 1:
        attributes["fill-opacity"] = _short(item.opacity)
    Xml.SubElement(root, "polygon", attributes)


@_write.register
def _(item: Disc, root: Xml.Element) -> None:
    place = {"cx": _short(item.x), "cy": _short(item.y), "r": _short(item.radius)}
    Xml.SubElement(root, "circle", {**place, "fill": item.colour})


@_write.register
def _(item: Words, root: Xml.Element) -> None:
    x, y = _short(item.x), _short(item.baseline)
    attributes = {"x": x, "y": y, "font-size": _short(item.size), "fill": item.colour}
    if item.bold:
        attributes["font-weight"] = "bold"
    if item.anchor != "start":
        attributes["text-anchor"] = item.anchor
    if item.angle:
        attributes["transform"] = f"rotate({_short(item.angle)} {x} {y})"
    Xml.SubElement(root, "text", attributes).text = plain(item.text)


@_write.register
def _(item: Cells, root: Xml.Element) -> None:
    rows, columns = item.colours.shape[:2]
    fine = item.colours.repeat(-(-_FINEST // columns), axis=1)
    fine = fine.repeat(min(-(-_FINEST // rows), 16), axis=0)
    data = base64.b64encode(encoded(picture(fine))).decode()
    box = item.box
    attributes = {
        "x": _short(box.left),
        "y": _short(box.top),
        "width": _short(box.width),
        "height": _short(box.height),
        "preserveAspectRatio": "none",
        "image-rendering": "optimizeSpeed",
        "style": "image-rendering:pixelated",
        "xlink:href": f"data:image/png;base64,{data}",
    }
    Xml.SubElement(root, "image", attributes)


def _path(points: NDArray[np.float64]) -> str:
    """Moves and lines; a point that stands alone is a line without length, drawn as a dot."""
    parts = []
    rows = np.round(points, 2).tolist()
    for unknown, run in groupby(rows, key=lambda row: math.isnan(row[0]) or math.isnan(row[1])):
        if not unknown:
            places = [f"{_short(x)} {_short(y)}" for x, y in run]
            parts.append("M" + "L".join(places if len(places) > 1 else places * 2))
    return "".join(parts)


def _short(value: float) -> str:
    """As many digits as can be seen: hundredths of a point."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"
