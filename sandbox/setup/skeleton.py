"""A set-up in progress, and the bare environment: an interpreter and pip, new or still usable."""

from __future__ import annotations

import csv
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from sandbox.setup import libraries, places, requirements
from sandbox.setup.faults import Fault, from_pip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.setup.progress import Report

DROPPED = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
SET = {
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PYTHONUNBUFFERED": "1",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True)
class Job:
    """A set-up of the environment `venv` for `group`, holding the open file `lock`."""

    venv: str
    group: str
    report: Report
    lock: int

    @property
    def scratch(self) -> str:
        """Where pip unpacks: on the environment's own disk, and removed with it."""
        return os.path.join(self.venv, f"tmp-{self.group}")

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        """Start a program whose output can be read line by line; it shares the lock.

        It gets the user's variables without those that would make pip install elsewhere.
        """
        kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
        os.makedirs(self.scratch, exist_ok=True)
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**kept, **SET, "TMPDIR": self.scratch},
            pass_fds=(self.lock,),
        )


def prepare(job: Job) -> str:
    """Make sure of a bare environment in the job's folder; return its Python's version."""
    python = _usable(job.venv)
    if python:
        requirements.write_stamp(job.venv, "making")
        shutil.rmtree(job.scratch, ignore_errors=True)
        return python
    _clear(job.venv)
    _create(job)
    return requirements.running_version()


def _usable(venv: str) -> str:
    """Return the version of an environment that runs and has pip, else an empty string."""
    python = places.python_of(venv)
    version = _answer(python, "import sys; print('%d.%d' % sys.version_info[:2])")
    if requirements.release(version) < (3, 11):
        return ""
    return version if has_pip(venv) or _pip_outside() else ""


def has_pip(venv: str) -> bool:
    """Tell whether an environment has a pip of its own."""
    return bool(_answer(places.python_of(venv), "import pip; print('pip')"))


def _answer(python: str, question: str) -> str:
    try:
        asked = subprocess.run([python, "-c", question], capture_output=True, text=True)
    except OSError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _clear(venv: str) -> None:
    """Remove the rest of an environment, but never a folder that holds something else."""
    if not os.path.exists(venv):
        return
    signs = {requirements.STAMP, requirements.STAMP + ".new", "pyvenv.cfg"}
    entries = os.listdir(venv)
    if entries and not signs.intersection(entries):
        raise Fault(f"{venv} is not an environment of Python: move it away, then start again.")
    shutil.rmtree(venv)


def _create(job: Job) -> None:
    job.report("making an environment")
    os.makedirs(job.venv)
    requirements.write_stamp(job.venv, "making")
    options = [] if _can_bring_pip(job) else ["--without-pip"]
    process = job.start([base_python(), "-m", "venv", *options, job.venv])
    output, _ = process.communicate()
    if process.returncode:
        raise _no_venv() if "ensurepip" in output else from_pip(output, job.venv, "above")


def _can_bring_pip(job: Job) -> bool:
    """Find ensurepip, which Debian ships separately; the running Python's pip will do too."""
    if _has_ensurepip():
        return True
    if _pip_outside():
        return False
    if libraries.is_debian_root():
        libraries.install_with_apt([libraries.venv_package()], job.report)
    if not _has_ensurepip():
        raise _no_venv()
    return True


def _has_ensurepip() -> bool:
    return bool(_answer(base_python(), "import ensurepip, venv; print(ensurepip.version())"))


def _pip_outside() -> bool:
    """Tell whether the running Python's own pip can fill another environment."""
    if importlib.util.find_spec("pip") is None:
        return False
    found = requirements.installed(sys.path)
    return requirements.release(found.get("pip", "0")) >= (22, 3)


def _no_venv() -> Fault:
    return Fault(
        "This Python cannot make environments (its `ensurepip` is missing): "
        f"run `{libraries.command([libraries.venv_package()])}`, then start again."
    )


def base_python() -> str:
    """Return the interpreter itself, not that of an environment around it."""
    return getattr(sys, "_base_executable", None) or sys.executable


def drop_unfinished(site: str) -> None:
    """Remove packages that an interrupted pip left incomplete, so that pip reinstalls them."""
    for entry in sorted(os.listdir(site)):
        path = os.path.join(site, entry)
        left_by_pip = entry.startswith("~")
        if left_by_pip or (entry.endswith(".dist-info") and not is_whole(path, site)):
            shutil.rmtree(path, ignore_errors=True)


def is_whole(dist_info: str, site: str) -> bool:
    """Compare the sizes of a package's files with its RECORD, which pip writes last.

    Bytecode is left out: any Python that imports the package may rewrite it.
    """
    try:
        with open(os.path.join(dist_info, "RECORD"), newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError):
        return False
    sized = [row for row in rows if len(row) == 3 and row[2] and not row[0].endswith(".pyc")]
    return bool(rows) and all(_size(os.path.join(site, row[0])) == int(row[2]) for row in sized)


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return -1
