"""The look of the whole window: theme, type size, full screen and presentation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication

from sandbox.gui.look.theme import CHOICES, TYPE_SIZES, next_type_size
from sandbox.gui.session.preferences import LAYOUT_VERSION, Preferences
from sandbox.gui.window.layout import within

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QByteArray, QRect
    from PySide6.QtWidgets import QMainWindow

    from sandbox.gui.look.theme import Theme
    from sandbox.gui.widgets.actions import Actions
    from sandbox.gui.window.layout import Layout
    from sandbox.gui.window.run_bar import RunBar

ANSWERS_PX = "window/answers"  # the height that a person chose for the answers
DOCK_HEIGHTS = "window/dock_heights"
OPENING_MS = 1500  # a window manager has framed a new window by then
HINT = "Presentation: press Escape to leave it."
NO_LARGER = "This is the largest type size that fits the screen: {}%."
NO_SMALLER = "This is the smallest type size: {}%."
NORMAL = TYPE_SIZES[0]
READABLE = 140 / 720  # type size in a presentation, in percent a pixel of the screen's height


class Appearance(QObject):
    """Carries out the View menu's entries about the window as a whole."""

    def __init__(
        self,
        window: QMainWindow,
        theme: Theme,
        actions: Actions,
        layout: Layout,
        run_bar: RunBar,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._actions = window, theme, actions
        self._layout, self._run_bar, self._say = layout, run_bar, say
        self._first_size, self._restored = window.size(), False
        self._normal_size = window.size()  # before the type was made larger
        self._left_at = self._wanted = QSize()  # after the type size was last changed
        self._opened_size = QSize()  # of a window that nobody has resized yet
        self._before: tuple[QByteArray, int, Qt.WindowState, QRect] | None = None
        for name, act in (
            ("full_screen", self._toggle_full_screen),
            ("presentation", self._set_presenting),
            ("larger_type", partial(self._change_type_size, 1)),
            ("smaller_type", partial(self._change_type_size, -1)),
            ("normal_type", partial(self._change_type_size, 0)),
        ):
            self._actions[name].triggered.connect(act)
        for choice in CHOICES:
            action = self._actions[f"theme_{choice}"]
            action.triggered.connect(partial(self._theme.choose, choice))
        self._actions[f"theme_{self._theme.choice}"].setChecked(True)
        self._opening = QTimer(self, singleShot=True, interval=OPENING_MS)
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._settling.timeout.connect(self._settle)
        for timer in (self._opening, self._fitting):
            timer.timeout.connect(self._fit_screen)
        window.installEventFilter(self)

    @property
    def presenting(self) -> bool:
        """Whether a presentation is on."""
        return self._before is not None

    def restore(self, kept: Preferences) -> None:
        """Give the window the layout that was kept."""
        answers = self._layout.answers
        self._restored = kept.restore_layout(self._window, self._layout.splitter)
        answers.meant = kept.pixels(ANSWERS_PX, answers.meant)
        self._layout.heights.restore(kept.text(DOCK_HEIGHTS))

    def save(self, kept: Preferences) -> None:
        """Keep layout, theme and type size, as they are without a presentation."""
        self.leave()
        kept.keep("theme", self._theme.choice)
        kept.keep("type_size", str(self._theme.type_size))
        kept.keep(DOCK_HEIGHTS, self._layout.heights.kept)
        kept.keep(ANSWERS_PX, str(self._layout.answers.meant))
        kept.save_layout(self._window, self._layout.splitter)

    def set_type_size(self, percent: int) -> bool:
        """Scale all text; False, and nothing changed, if the window would outgrow the screen."""
        before, size = self._theme.type_size, self._window.size()
        room = self._window.screen().availableSize().expandedTo(size)
        if before == NORMAL:
            self._normal_size = size
        self._wanted = self._without_growth()
        self._theme.set_type_size(percent)
        self._layout.fit_type()
        fits = percent <= before or self._fits(room)
        if not fits:
            self._theme.set_type_size(before)
        self._settle()
        self._settling.start()  # docks may not have heard yet how little their content needs
        fitted = self._on_screen()
        if fitted is not None:  # not made smaller, too: the type asks for that size
            by = fitted.topLeft() - self._window.geometry().topLeft()
            self._window.move(self._window.pos() + by)
        return fits

    def _without_growth(self) -> QSize:
        """The window's size without what large type alone has added."""
        size, least, left = self._window.size(), self._window.minimumSizeHint(), self._left_at
        smaller = size.boundedTo(self._normal_size)
        return QSize(
            smaller.width() if size.width() in (left.width(), least.width()) else size.width(),
            smaller.height() if size.height() in (left.height(), least.height()) else size.height(),
        )

    def _settle(self) -> None:
        """Give back what larger type had taken: of the screen, and of the window for docks."""
        self._layout.fit_type()
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        if self._window.windowState() == Qt.WindowState.WindowNoState:
            self._window.resize(self._wanted)
        self._layout.fit_type()
        self._left_at = self._window.size()

    def leave(self) -> None:
        """End the presentation, or else full screen."""
        if self.presenting:
            self._actions["presentation"].trigger()
        elif self._window.isFullScreen():
            self._toggle_full_screen()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep a new window on its screen, and the menu in step with the window's state."""
        if not vars(self):  # Qt still asks an object that Python is destroying
            return False
        if event.type() == QEvent.Type.Show and not event.spontaneous():
            first = self._first_size.expandedTo(self._window.minimumSizeHint())
            if self._restored or self._window.size() == first:
                self._opened_size = self._window.size()
            self._opening.start()
            self._fitting.start()
        elif event.type() == QEvent.Type.Move and self._opening.isActive():
            self._fitting.start()  # the window manager has put a frame around it
        elif event.type() == QEvent.Type.Resize:
            self._layout.fit_window()
        elif event.type() == QEvent.Type.WindowStateChange:
            full = self._window.isFullScreen() and not self.presenting
            self._actions["full_screen"].setChecked(full)
        return False

    # Type size --------------------------------------------------------------------------

    def _change_type_size(self, by: int) -> None:
        """Take a step up or down, or for 0 the normal size, and say what it is now."""
        before = self._theme.type_size
        size = next_type_size(before, by) if by else NORMAL
        if (by and size == before) or not self.set_type_size(size):
            self._say((NO_LARGER if by > 0 else NO_SMALLER).format(before))
        else:
            self._say(f"type size {size}%")

    def _fits(self, room: QSize) -> bool:
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        least = self._window.minimumSizeHint()
        return least.width() <= room.width() and least.height() <= room.height()

    # Full screen and presentation ---------------------------------------------------------

    def _toggle_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _set_presenting(self, on: bool) -> None:
        if on and not self.presenting:
            self._present()
        elif not on and self._before is not None:
            state, size, window_state, geometry = self._before
            self._before = None
            self._show_controls(presenting=False)
            self._theme.set_type_size(size)
            self._window.setWindowState(window_state)
            self._layout.end_presentation(state, LAYOUT_VERSION)
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            if window_state == Qt.WindowState.WindowNoState:
                self._window.setGeometry(geometry)

    def _present(self) -> None:
        window = self._window
        state = window.saveState(LAYOUT_VERSION)
        self._before = state, self._theme.type_size, window.windowState(), window.geometry()
        self._layout.present()
        self._show_controls(presenting=True)
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        readable = round(READABLE * window.screen().size().height())
        wanted = [size for size in TYPE_SIZES if NORMAL < size <= max(readable, 125)]
        for size in reversed(wanted):  # the largest that fits
            if size <= self._theme.type_size or self.set_type_size(size):
                break
        self._say(HINT)

    def _show_controls(self, presenting: bool) -> None:
        """The controls that a presentation needs, or all of them."""
        self._window.menuBar().setVisible(not presenting)
        self._run_bar.present(presenting)

    # The screen ---------------------------------------------------------------------------

    def _fit_screen(self) -> None:
        """Keep a window of the first or of a restored size on its screen, frame and all."""
        fitted, now = self._on_screen(), self._window.geometry()
        if fitted not in (None, now) and now.size() == self._opened_size:
            self._window.setGeometry(fitted)

    def _on_screen(self) -> QRect | None:
        """Where an ordinary window would be with all of its frame on the screen."""
        window = self._window
        if window.windowHandle() is None or window.windowState():
            return None
        frame = window.windowHandle().frameMargins()
        return within(window.screen().availableGeometry(), window.geometry(), frame)
