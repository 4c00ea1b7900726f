"""The second stage of the set-up: PyTorch, which the window fetches while it is used.

PyTorch arrives in a folder of its own inside the environment. Once it is complete, it is moved to
the other packages, the folders that say that it is installed last of all. So whoever imports it
gets all of it or nothing, whenever a set-up is interrupted.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import sys

from sandbox.setup import disk, faults, mutex, pip, places, requirements
from sandbox.setup.faults import Fault
from sandbox.setup.skeleton import Job

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.setup.progress import Report

FOLDER, COMPLETE = "arriving", "complete"  # in the environment; in that folder, once it is whole
DONE, FAILED, INTERRUPTED = 0, 1, 130
RUN = "import sys; sys.path.append({!r}); from sandbox.setup import torch_stage; torch_stage.main()"


def is_wanted() -> bool:
    """Tell whether PyTorch may be fetched: not after `setup --without-torch`."""
    return not os.path.exists(_declined())


def want(wanted: bool) -> None:
    """Keep whether PyTorch may be fetched; Fault if the data folder cannot be written."""
    try:
        if wanted and os.path.exists(_declined()):
            os.unlink(_declined())
        elif not wanted:
            os.makedirs(places.data_folder(), exist_ok=True)
            with open(_declined(), "w", encoding="utf-8") as file:
                file.write("`python3 main.py setup --all` adds PyTorch and removes this file.\n")
            pip.forget_downloads("all")
    except OSError as error:
        raise faults.of_machine(error, places.data_folder()) from error


def _declined() -> str:
    return os.path.join(places.data_folder(), "without-torch")


def way_to_add(prefix: str) -> str:
    """Return the command that adds PyTorch to an environment, or to a Python of the user's own."""
    lock = places.lock_file("all")
    if places.is_ours(prefix) or not os.path.exists(lock):
        return "python3 main.py setup --all"
    return shlex.join([sys.executable, "-m", "pip", "install", "-r", lock])


def is_under_way(venv: str) -> bool:
    """Tell whether a process is installing PyTorch into `venv`."""
    return mutex.is_held(_lock(venv))


def _lock(venv: str) -> str:
    return venv + ".torch.lock"


def install(venv: str, report: Report) -> None:
    """Add PyTorch to an environment that is complete but for it; raise Fault if that fails.

    Waits for another process that does the same.  What has been downloaded is kept.
    """
    _check_place(venv)
    with mutex.held(_lock(venv), lambda: report("waiting for another set-up")) as lock:
        if not requirements.is_ready(venv, "all"):
            _check_room(venv)
            _arrive(Job(venv, "all", report, lock))


def _check_place(venv: str) -> None:
    if not (disk.can_write(venv) and disk.can_write(os.path.dirname(venv))):
        raise Fault(
            f"PyTorch cannot be added to {venv}, which cannot be written: make it writable, or "
            "run `python3 main.py setup --all`, which makes another environment."
        )


def _check_room(venv: str) -> None:
    if disk.free_mb(venv) < disk.needed_mb(venv, "all"):
        raise disk.no_room(venv, "all")


def _arrive(job: Job) -> None:
    folder = os.path.join(job.venv, FOLDER)
    if os.path.exists(os.path.join(folder, COMPLETE)):  # an earlier process was interrupted here
        _move_in(job, folder)
    if _absent(job.venv):
        _fetch(job, folder)
        _move_in(job, folder)
    pip.forget_downloads("all")
    if absent := _absent(job.venv):
        raise RuntimeError(f"pip said it was done, yet these are not there: {absent}")


def _fetch(job: Job, folder: str) -> None:
    """Let pip install into `folder` what is absent."""
    shutil.rmtree(folder, ignore_errors=True)
    arriving = _tree(folder, requirements.site_of(job.venv))
    lock = places.lock_file("all")
    try:
        pip.install(job, arriving, _absent(job.venv), ["--root", folder, "-r", lock])
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    os.sync()  # a power cut must not leave the next file and lose the others
    with open(os.path.join(folder, COMPLETE), "w", encoding="ascii"):
        pass


def _move_in(job: Job, folder: str) -> None:
    """Move what is complete to the other packages."""
    job.report("installing torch")
    tree = _tree(folder, job.venv)
    if os.path.isdir(tree):
        _move(tree, job.venv, folder)
    shutil.rmtree(folder)


def _absent(venv: str) -> dict[str, str]:
    found = requirements.installed([requirements.site_of(venv)])
    return requirements.missing(requirements.pins("all"), found)


def _tree(folder: str, path: str) -> str:
    """Return where pip puts what belongs to `path` with `--root folder`."""
    return os.path.join(folder, os.path.abspath(path).lstrip(os.sep))


def _move(source: str, target: str, scratch: str) -> None:
    """Move a file or folder to its place; what several packages share is merged."""
    if not os.path.isdir(source) or not os.path.isdir(target) or _belongs_to_one(source):
        _put(source, target, scratch)
        return
    for name in sorted(os.listdir(source), key=_when):
        _move(os.path.join(source, name), os.path.join(target, name), scratch)


def _belongs_to_one(folder: str) -> bool:
    inside = os.path.exists(os.path.join(folder, "__init__.py"))
    return inside or folder.endswith(".dist-info")


def _when(name: str) -> tuple[bool, bool, str]:
    """Order the entries of a folder: first what PyTorch needs, last what says that it is there."""
    return name.endswith(".dist-info"), name.partition("-")[0] == "torch", name


def _put(source: str, target: str, scratch: str) -> None:
    if os.path.isdir(target) and not os.path.islink(target):
        former = os.path.join(scratch, "former")
        shutil.rmtree(former, ignore_errors=True)
        os.rename(target, former)
        os.rename(source, target)
        shutil.rmtree(former)
    else:
        os.replace(source, target)


# In a process of the window's -----------------------------------------------------------


def command() -> list[str]:
    """Return the command that adds PyTorch to the running environment.

    It prints its reports and, if it fails, {"fault": sentence}, as JSON lines.
    """
    return [sys.executable, "-P", "-c", RUN.format(places.ROOT)]


def main() -> None:
    """Add PyTorch to the running environment; end this process."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        install(sys.prefix, _print)
    except (KeyboardInterrupt, BrokenPipeError):  # the window is gone
        os._exit(INTERRUPTED)
    except (Fault, OSError) as error:
        fault = faults.of_machine(error, sys.prefix) if isinstance(error, OSError) else error
        if not isinstance(fault, Fault):
            raise
        print(json.dumps({"fault": str(fault)}), flush=True)
        sys.exit(FAILED)


def _print(text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
    told = {"text": text, "done": done, "total": total, "detail": detail}
    print(json.dumps(told), flush=True)
