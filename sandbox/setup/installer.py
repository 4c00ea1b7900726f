"""Make an environment, or complete one whose set-up was interrupted."""

from __future__ import annotations

import os
import shutil
import subprocess

from sandbox.setup import (
    disk,
    faults,
    kernel_preparation,
    mutex,
    pip,
    places,
    requirements,
    skeleton,
    torch_stage,
)
from sandbox.setup.faults import Fault
from sandbox.setup.skeleton import Job

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.setup.progress import Report

# Python keeps the bytecode of what it imports; making that of all files takes as long as the rest.
QUICKLY = ["--no-compile"]


def choose_place(group: str) -> str:
    """Return the first place that is writable and has room; raise Fault if there is none.

    An environment that only lacks PyTorch comes before one that has to be made.
    """
    found = places.environments()
    begun = [venv for venv in found if requirements.is_ready(venv, "run")]
    order = dict.fromkeys([*begun, *found])
    writable = [venv for venv in order if disk.can_write(disk.existing(venv))]
    if not writable:
        raise faults.no_permission(places.ROOT)
    roomy = [venv for venv in writable if disk.free_mb(venv) >= disk.needed_mb(venv, group)]
    if roomy:
        return roomy[0]
    first = writable[0]
    raise disk.no_room(first, group)


def set_up(venv: str, group: str, report: Report) -> None:
    """Complete `venv` stage by stage, waiting for another process that does the same."""
    try:
        _install(venv, "run", report)
        if group != "run":
            torch_stage.install(venv, report)
        if group == "dev":
            _install(venv, "dev", report)
    except OSError as error:
        raise faults.of_machine(error, venv) from error


def _install(venv: str, group: str, report: Report) -> None:
    os.makedirs(os.path.dirname(venv), exist_ok=True)
    with mutex.held(venv + ".lock", lambda: report("waiting for another set-up")) as lock:
        if not requirements.is_ready(venv, group):
            _complete(Job(venv, group, report, lock))


def _complete(job: Job) -> None:
    fresh = not os.path.exists(job.venv)
    try:
        python = skeleton.prepare(job)
        site = places.site_packages(job.venv, python)
        skeleton.drop_unfinished(site)
        _install_compiler(job, site)
        if absent := _absent(job, site):
            pip.install(job, site, absent, ["-r", places.lock_file(job.group), *QUICKLY])
        if absent := _absent(job, site):
            raise RuntimeError(f"pip said it was done, yet these are not there: {absent}")
    except (Fault, OSError):
        if fresh:  # nobody can use what this start began and could not finish
            shutil.rmtree(job.venv, ignore_errors=True)
        raise
    requirements.write_stamp(job.venv, f"done {python}")
    pip.forget_downloads(job.group)


def _install_compiler(job: Job, site: str) -> None:
    """Install what compiles the kernels first, so that they compile while the rest arrives."""
    absent = _absent(job, site)
    compiler = {name: absent[name] for name in kernel_preparation.COMPILER if name in absent}
    if compiler:
        pinned = [f"{name}=={version}" for name, version in compiler.items()]
        pip.install(job, site, absent, [*pinned, *QUICKLY])
    kernel_preparation.prepare_kernels(places.python_of(job.venv))


def _absent(job: Job, site: str) -> dict[str, str]:
    return requirements.missing(requirements.pins(job.group), requirements.installed([site]))


def compile_bytecode(python: str, report: Report) -> None:
    """Make the bytecode of all packages of our environments, for those who may only read them."""
    venv = os.path.dirname(os.path.dirname(python))
    if places.is_ours(venv):
        report("compiling bytecode")
        command = [python, "-m", "compileall", "-q", "-j", "0", requirements.site_of(venv)]
        subprocess.run(command, capture_output=True)  # some packages have files of another syntax
