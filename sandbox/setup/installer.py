"""Make an environment, or repair one whose set-up was interrupted."""

from __future__ import annotations

import errno
import os
import shutil

from sandbox.setup import mutex, pip, places, requirements, skeleton
from sandbox.setup.faults import Fault, disk_full, no_permission
from sandbox.setup.skeleton import Job

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.setup.progress import Report

MB = 1_000_000
# Megabytes on disk, including what pip needs meanwhile; other packages take SIZE_MB.
SIZES_MB = {"torch": 1300, "pyside6-essentials": 350, "llvmlite": 250, "sympy": 120}
SIZE_MB = 25


def choose_place(group: str) -> str:
    """Return the first place that is writable and has room; raise Fault if there is none."""
    writable = [venv for venv in places.environments() if _can_write(existing(venv))]
    if not writable:
        raise no_permission(places.ROOT)
    roomy = [venv for venv in writable if free_mb(venv) >= needed_mb(venv, group)]
    if roomy:
        return roomy[0]
    first = writable[0]
    raise Fault(
        f"Setting up needs {needed_mb(first, group)} MB in {os.path.dirname(first)}, and only "
        f"{free_mb(first)} MB are free: make room on that disk, then start again."
    )


def _can_write(folder: str) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def existing(path: str) -> str:
    """Return the nearest folder above a path that exists."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return path


def free_mb(path: str) -> int:
    """Return the free megabytes on the disk that holds, or will hold, this path."""
    return shutil.disk_usage(existing(path)).free // MB


def needed_mb(venv: str, group: str) -> int:
    """Return the megabytes that the packages still missing from `venv` will take."""
    python = requirements.stamped_version(venv) or requirements.running_version()
    found = requirements.installed([places.site_packages(venv, python)])
    absent = requirements.missing(requirements.pins(group), found)
    return sum(SIZES_MB.get(name, SIZE_MB) for name in absent)


def set_up(venv: str, group: str, report: Report) -> None:
    """Complete `venv`, waiting for another process that does the same."""
    try:
        os.makedirs(os.path.dirname(venv), exist_ok=True)
        with mutex.held(venv + ".lock", lambda: report("waiting for another set-up")) as lock:
            if not requirements.is_ready(venv, group):
                _complete(Job(venv, group, report, lock))
    except OSError as error:
        raise _of_machine(error, venv) from error


def _complete(job: Job) -> None:
    fresh = not os.path.exists(job.venv)
    try:
        python = skeleton.prepare(job)
        site = places.site_packages(job.venv, python)
        skeleton.drop_unfinished(site)
        if absent := _absent(job, site):
            pip.install(job, site, absent)
        if absent := _absent(job, site):
            raise RuntimeError(f"pip said it was done, yet these are not there: {absent}")
    except (Fault, OSError):
        if fresh:  # nobody can use what this start began and could not finish
            shutil.rmtree(job.venv, ignore_errors=True)
        raise
    requirements.write_stamp(job.venv, f"done {python}")


def _absent(job: Job, site: str) -> dict[str, str]:
    return requirements.missing(requirements.pins(job.group), requirements.installed([site]))


def _of_machine(error: OSError, venv: str) -> Exception:
    """Turn the machine's refusals into sentences; leave our own mistakes as they are."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(venv)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return no_permission(error.filename or venv)
    return error
