"""The progress of a set-up: in a small window after a double click, else as text.

tkinter comes with most Pythons.
"""

from __future__ import annotations

import queue
import sys
import threading
import time

from sandbox.setup import display
from sandbox.setup.progress import Text, position

TYPE_CHECKING = False
if TYPE_CHECKING:
    import tkinter
    from collections.abc import Callable

    from sandbox.setup.faults import Fault
    from sandbox.setup.progress import Report

TICK_MS = 100
WELCOME = "Sequence Sandbox is setting itself up. This happens once; later starts are quick."


def tell(fault: Fault, window: bool = False) -> int:
    """Print a fault, show it in a box after a double click, and return its exit status."""
    if sys.stderr is not None:
        sys.stderr.write(f"{fault}\n")
    if window and wanted():
        message(str(fault))
    return fault.status


def show_progress(work: Callable[[Report], None], window: bool) -> None:
    """Do the work, showing its progress where the person will see it."""
    if window and wanted():
        _show_in_window(work)
        return
    began_s = time.monotonic()
    text = Text(sys.stderr)
    text.say(WELCOME)
    try:
        work(text)
    except KeyboardInterrupt:
        text.say("Stopped. The next start continues from here.")
        raise
    text.say(f"Set up in {time.monotonic() - began_s:.0f} s.")


def wanted() -> bool:
    """Tell whether nobody reads a terminal and a window can be made."""
    if any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        return False
    return display.is_there() and _new_root() is not None


def _new_root() -> tkinter.Tk | None:
    global _root
    if _root is None:
        try:
            import tkinter

            _root = tkinter.Tk(className="sequence-sandbox")
            _root.title("Sequence Sandbox")
            _root.withdraw()
        except Exception:  # tkinter missing, or built without a toolkit that works here
            return None
    return _root


_root: tkinter.Tk | None = None


def message(sentence: str) -> None:
    """Show a sentence until it is dismissed."""
    from tkinter import messagebox

    root = _new_root()
    if root is not None:
        messagebox.showerror("Sequence Sandbox", sentence, parent=root)


def _show_in_window(work: Callable[[Report], None]) -> None:
    """Do the work in a thread and show its reports; closing the window stops it."""
    root = _new_root()
    assert root is not None
    running = _Running(work)
    _Window(root, running).run()
    running.result()


class _Running:
    """The work, its reports in a queue, and how it ended."""

    def __init__(self, work: Callable[[Report], None]) -> None:
        self.reports: queue.Queue[tuple[str, int, int]] = queue.Queue()
        self.stopped = False
        self._error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, args=(work,))

    def _run(self, work: Callable[[Report], None]) -> None:
        try:
            work(self._report)
        except BaseException as error:
            self._error = error

    def _report(self, text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
        if self.stopped:
            raise KeyboardInterrupt
        self.reports.put((f"{position(done, total)}{text} {detail}", done, total))

    def result(self) -> None:
        """Wait for the end; raise what the work raised."""
        self.thread.join()
        if self._error is not None:
            raise self._error


class _Window:
    """A line, a bar and a button."""

    def __init__(self, root: tkinter.Tk, running: _Running) -> None:
        from tkinter import ttk

        self._root, self._running = root, running
        frame = ttk.Frame(root, padding=24)
        frame.grid()
        ttk.Label(frame, text=WELCOME).grid(sticky="w")
        self._bar = ttk.Progressbar(frame, length=480, mode="indeterminate")
        self._bar.grid(pady=12, sticky="we")
        self._label = ttk.Label(frame, text="", width=64)
        self._label.grid(sticky="w")
        ttk.Button(frame, text="Stop", command=self._stop).grid(sticky="e")
        root.protocol("WM_DELETE_WINDOW", self._stop)

    def run(self) -> None:
        self._root.deiconify()
        self._bar.start()
        self._running.thread.start()
        self._tick()
        self._root.mainloop()
        self._root.withdraw()

    def _stop(self) -> None:
        self._running.stopped = True
        self._label.configure(text="stopping")

    def _tick(self) -> None:
        while not self._running.reports.empty():
            self._show(*self._running.reports.get())
        if self._running.thread.is_alive():
            self._root.after(TICK_MS, self._tick)
        else:
            self._root.quit()

    def _show(self, text: str, done: int, total: int) -> None:
        self._label.configure(text=text)
        if total:
            self._bar.stop()
            self._bar.configure(mode="determinate", maximum=total, value=done)
