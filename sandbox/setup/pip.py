"""Run pip on pinned packages and follow its progress."""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import threading

from sandbox.setup import faults, places, requirements, skeleton
from sandbox.setup.faults import Offline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.setup.faults import Fault
    from sandbox.setup.progress import Report
    from sandbox.setup.skeleton import Job

RESUMING = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from sandbox.setup import resuming; resuming.main(*sys.argv[2:])"
)
LOOK_S = 0.3
MB = 1_000_000


def install(job: Job, site: str, absent: dict[str, str], words: list[str]) -> None:
    """Run `pip install` with these words, reporting each absent package; Fault if pip fails.

    site: where the packages arrive.  If the network breaks a download off, it is tried again for
    as long as each attempt gets further; what has arrived is kept for the next call.
    """
    arrived = _arrived(job)
    while (fault := _attempt(job, site, absent, words)) is not None:
        before, arrived = arrived, _arrived(job)
        if not isinstance(fault, Offline):
            forget_downloads(job.group)  # they may be the very cause
            raise fault
        if arrived <= before:
            raise fault


def forget_downloads(group: str) -> None:
    """Remove what was kept of a group's downloads."""
    shutil.rmtree(places.downloads(group), ignore_errors=True)


def _arrived(job: Job) -> int:
    """Return the bytes that are kept of downloads."""
    try:
        with os.scandir(places.downloads(job.group)) as entries:
            return sum(entry.stat().st_size for entry in entries)
    except OSError:
        return 0


def _attempt(job: Job, site: str, absent: dict[str, str], words: list[str]) -> Fault | None:
    reader = Reader(job.report, absent)
    process = job.start(_command(job, words))
    try:
        _follow(process, reader, site)
    finally:
        _end(process)
        shutil.rmtree(job.scratch, ignore_errors=True)
    if process.returncode:
        return faults.from_pip(reader.output(), job.venv, _keep_log(reader.output()))
    return None


def _command(job: Job, words: list[str]) -> list[str]:
    python = places.python_of(job.venv)
    if skeleton.has_pip(job.venv):
        # -P: a file pip.py in the working directory is not pip.
        pip = [python, "-P", "-c", RESUMING, places.ROOT, places.downloads(job.group)]
    else:
        pip = [skeleton.base_python(), "-m", "pip", "--python", python]
    return [*pip, "install", "--only-binary", ":all:", "--progress-bar", "off", *words]


def _follow(process: subprocess.Popen[str], reader: Reader, site: str) -> None:
    """Read lines as they come, and check what is installed while pip is silent."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_pump, args=(process, lines), daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=LOOK_S)
        except queue.Empty:
            reader.look(requirements.installed([site]))
            continue
        if line is None:
            break
        reader.read(line)
    process.wait()


def _pump(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    for line in process.stdout or ():
        lines.put(line.rstrip())
    lines.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    """Leave no pip running behind a start that has ended."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _keep_log(output: str) -> str:
    path = os.path.join(places.data_folder(), "setup.log")
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(output + "\n")
    except OSError:
        return "lost, since the data folder is not writable."
    return path + "."


class Reader:
    """Turns pip's output into reports."""

    def __init__(self, report: Report, absent: dict[str, str]) -> None:
        self._report = report
        self._absent = absent
        self._lines: list[str] = []
        self._fetched: list[str] = []
        self._order: list[str] = []
        self._title = ""

    def output(self) -> str:
        """Return pip's output without its progress bar."""
        return "\n".join(self._lines)

    def read(self, line: str) -> None:
        """Take one line of pip's output."""
        words = line.split()
        if words[:1] == ["Progress"]:  # `Progress 1000000 of 5000000`: see `resuming`
            done, total = (int(word) // MB for word in (words[1], words[3]))
            if total > 1:
                self._fetching(f"({done} of {total} MB)")
            return
        self._lines.append(line)
        if words[:1] == ["Collecting"]:
            self._found(re.split("[=<>!~;[(]", words[1])[0])
        elif words[:1] == ["Processing"]:  # a file on this machine, in a folder of its own
            self._found(os.path.basename(words[1]).partition("-")[0])
        elif words[:1] == ["Downloading"] and line.endswith(")"):
            self._fetching(line[line.rindex("(") :])
        elif line.startswith("Installing collected packages:"):
            self._order = [requirements.normal(n) for n in line.partition(":")[2].split(",")]
            self.look({})
        elif "Retrying" in words:
            self._fetching("- the network does not answer, trying again")

    def look(self, found: dict[str, str]) -> None:
        """Count what has been installed, since pip is silent meanwhile."""
        if self._order:
            absent = requirements.missing(self._absent, found)
            arrived = [name for name in self._order if name in found and name not in absent]
            current = self._order[min(len(arrived), len(self._order) - 1)]
            self._report(f"installing {current}", len(arrived), len(self._order))
        else:
            self._fetching()

    def _found(self, written: str) -> None:
        name = requirements.normal(written)
        if name not in self._fetched:
            self._fetched.append(name)
        self._title = f"fetching {name} {self._absent.get(name, '')}".rstrip()
        self._fetching()

    def _fetching(self, detail: str = "") -> None:
        total = max(len(self._absent), len(self._fetched))
        title = self._title or "asking pip what is needed"
        self._report(title, max(len(self._fetched) - 1, 0), total, detail)
