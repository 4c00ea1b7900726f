"""The measured picture of a claim in the window's colours, drawn off the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy

from sandbox.drawing.styles import DARK
from sandbox.gui.look.typeface import SMALL_PX, px
from sandbox.gui.session.background import Background, sentence

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from sandbox.claims.pictures import Picture
    from sandbox.drawing.styles import Palette

HIGH_PX, LEAST_PX = 190, 320  # of the plot; of the picture's width
PRINTED_PT = 7.0  # the picture's small type on paper


class ClaimPicture(QLabel):
    """The report's picture, as wide as there is room; empty if nothing was measured."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("What was measured")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._palette = DARK
        self._picture: Picture | None = None
        self._background = Background("claims", self)

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._palette = palette
        self._draw()

    def show_picture(self, picture: Picture | None) -> None:
        """Draw this one."""
        self._picture = picture
        self.setVisible(picture is not None)
        if picture is not None:
            self.setText("Drawing …")
            self.setFixedHeight(px(HIGH_PX))
            self.setAccessibleDescription(_in_words(picture))
            self.setToolTip(_in_words(picture))
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it at its new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._draw()

    def close_work(self) -> None:
        """Drop what is being drawn, without waiting for it."""
        self._background.close(wait=False)

    def _draw(self) -> None:
        picture, palette, ratio = self._picture, self._palette, self.devicePixelRatioF()
        if picture is None or not self.isVisible():
            return
        dots = px(SMALL_PX) * 72 / PRINTED_PT
        width, height = max(self.width(), LEAST_PX) / dots * 25.4, px(HIGH_PX) / dots * 72

        def draw() -> QImage:
            from sandbox.claims.drawing import bare_figure

            figure = bare_figure(picture, width, height, palette)
            return QImage.fromData(figure.pixels(dots * ratio))

        self._background.ask(draw, self._show, lambda error: self.setText(sentence(error)), "one")

    def _show(self, image: QImage) -> None:
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self.setPixmap(QPixmap.fromImage(image))
        self.setFixedHeight(round(image.height() / self.devicePixelRatioF()))

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what was asked for while hidden."""
        super().showEvent(event)
        self._draw()


def _in_words(picture: Picture) -> str:
    """What the picture shows, for a screen reader."""
    if picture.rows:
        return f"{len(picture.rows)} rows with their intervals: {picture.axis}."
    names = ", ".join(curve.name.replace("_", " ") for curve in picture.curves)
    return f"Curves of {names}: {picture.axis}, by {picture.across}."
