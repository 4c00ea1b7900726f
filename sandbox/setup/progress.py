"""The progress of a set-up: in a small window after a double click, else as text.

tkinter comes with most Pythons.
"""

from __future__ import annotations

import queue
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from sandbox.setup import display

TYPE_CHECKING = False
if TYPE_CHECKING:
    import tkinter
    from collections.abc import Callable
    from typing import Protocol, TextIO

    from sandbox.setup.faults import Fault

    class Report(Protocol):
        """Takes what is being done, and that it is at `done` of `total`, 0 if unknown."""

        def __call__(self, text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
            """Take one report; a short detail may change often."""


TICK_MS = 100
WELCOME = "Sequence Sandbox is setting itself up. This happens once; later starts are quick."


def tell(fault: Fault, window: bool = False) -> int:
    """Print a fault, show it in a box after a double click, and return its exit status."""
    if sys.stderr is not None:
        sys.stderr.write(f"{fault}\n")
    if window and (root := _hidden_window()) is not None:
        from tkinter import messagebox

        messagebox.showerror("Sequence Sandbox", str(fault), parent=root)
    return fault.status


def show_progress(work: Callable[[Report], None], window: bool) -> None:
    """Do the work, showing its progress where the person will see it."""
    if window and (root := _hidden_window()) is not None:
        running = Running(work)
        Window(root, running).run()
        return running.end.result()
    began_s = time.monotonic()
    text = Text(sys.stderr)
    text.say(WELCOME)
    try:
        work(text)
    except KeyboardInterrupt:
        text.say("Stopped. The next start continues from here.")
        raise
    text.say(f"Set up in {time.monotonic() - began_s:.0f} s.")


class Text:
    """One line that is rewritten on a terminal; in a log, a line for each step."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._alive = stream is not None and stream.isatty()
        self._last = ""

    def say(self, sentence: str) -> None:
        """Print a line that stays."""
        self._write(("\r\x1b[K" if self._alive else "") + sentence + "\n")

    def __call__(self, text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
        """Take a report."""
        line = f"{position(done, total)}{text}"
        if self._alive:
            self._write(f"\r\x1b[K{line} {detail}"[:160])
        elif line != self._last:
            self._write(f"{line} {detail}".rstrip() + "\n")
        self._last = line

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text)
            self._stream.flush()


def position(done: int, total: int) -> str:
    """Return "[3 of 41] ", counting the one in progress."""
    return f"[{min(done + 1, total)} of {total}] " if total else ""


_root: tkinter.Tk | None = None


def _hidden_window() -> tkinter.Tk | None:
    """Return a hidden window; None where somebody reads a terminal or none can be made."""
    global _root
    if any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        return None
    if _root is None and display.is_there():
        try:
            import tkinter

            _root = tkinter.Tk(className="sequence-sandbox")
            _root.title("Sequence Sandbox")
            _root.withdraw()
        except Exception:  # tkinter missing, or built without a toolkit that works here
            return None
    return _root


class Running:
    """Work on a thread of its own: its reports in a queue, its end in a future.

    stopped: set to interrupt the work at its next report.
    """

    def __init__(self, work: Callable[[Report], None]) -> None:
        self.reports: queue.SimpleQueue[tuple[str, int, int]] = queue.SimpleQueue()
        self.stopped = False
        self.end = ThreadPoolExecutor(1).submit(work, self._report)

    def _report(self, text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
        if self.stopped:
            raise KeyboardInterrupt
        self.reports.put((f"{position(done, total)}{text} {detail}", done, total))


class Window:
    """A line, a bar and a button; closing it stops the work."""

    def __init__(self, root: tkinter.Tk, running: Running) -> None:
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
        """Show reports until the work ends."""
        self._root.deiconify()
        self._bar.start()
        self._root.after(TICK_MS, self._tick)
        self._root.mainloop()
        self._root.withdraw()

    def _stop(self) -> None:
        self._running.stopped = True
        self._label.configure(text="stopping")

    def _tick(self) -> None:
        while not self._running.reports.empty():
            self._show(*self._running.reports.get())
        if self._running.end.done():
            self._root.quit()
        else:
            self._root.after(TICK_MS, self._tick)

    def _show(self, text: str, done: int, total: int) -> None:
        self._label.configure(text=text)
        if total:
            self._bar.stop()
            self._bar.configure(mode="determinate", maximum=total, value=done)
