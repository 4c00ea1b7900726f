"""The first stage of the set-up beside all packages at once: wall time and bytes.

python bench/set_up.py [--rounds 3]

Each set-up goes into a fresh copy of the project with a data folder and a pip cache of its own.
All at once is what a set-up without stages does: an environment, and one `pip install` of
everything with bytecode.  Needs a package index, or PIP_FIND_LINKS.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.setup import places  # noqa: E402
from sandbox.setup.skeleton import base_python  # noqa: E402

NEEDED = ("main.py", "pyproject.toml", "sandbox", "resources", *ROOT.glob("requirements*.lock"))
LIMITS = {"wall": 0.4, "bytes": 0.35}


def lock(group: str) -> list[str]:
    """Pip's options for the packages of a group."""
    return ["--only-binary", ":all:", "-r", places.lock_file(group)]


def fresh(folder: Path) -> tuple[Path, dict[str, str]]:
    """A copy of the project, and the surroundings in which nothing is known of earlier ones."""
    project = folder / "project"
    project.mkdir()
    for name in NEEDED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, project / Path(name).name)
    home = {"SEQUENCE_SANDBOX_HOME": str(folder / "home"), "PIP_CACHE_DIR": str(folder / "cache")}
    return project, {**os.environ, **home}


def first_stage() -> float:
    """Seconds until `main.py cells` has installed what it needs and answered."""
    with tempfile.TemporaryDirectory() as folder:
        project, env = fresh(Path(folder))
        return seconds([base_python(), str(project / "main.py"), "cells"], env)


def all_at_once() -> float:
    """Seconds of an environment with everything."""
    with tempfile.TemporaryDirectory() as folder:
        project, env = fresh(Path(folder))
        venv = project / ".venv"
        made = seconds([base_python(), "-m", "venv", str(venv)], env)
        return made + seconds(
            [str(venv / "bin" / "python"), "-m", "pip", "install", *lock("all")], env
        )


def seconds(command: list[str], env: dict[str, str]) -> float:
    """The wall time of a command."""
    begun = time.monotonic()
    subprocess.run(command, env=env, check=True, capture_output=True)
    return time.monotonic() - begun


def bytes_of(group: str) -> int:
    """The bytes of all wheels of a group."""
    with tempfile.TemporaryDirectory() as folder:
        command = [base_python(), "-m", "pip", "download", "-d", folder, *lock(group)]
        subprocess.run(command, check=True, capture_output=True)
        return sum(path.stat().st_size for path in Path(folder).iterdir())


def main() -> int:
    """Print both, in turn, and their ratios; returns 1 if one is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    sizes = bytes_of("run"), bytes_of("all")
    rounds = [(first_stage(), all_at_once()) for _ in range(parser.parse_args().rounds)]
    for first, whole in rounds:
        print(f"first stage {first:.1f} s, all at once {whole:.1f} s: {first / whole:.2f}")
    print(f"first stage {sizes[0] / 1e6:.0f} MB, all at once {sizes[1] / 1e6:.0f} MB")
    ratios = {
        "wall": statistics.median(first / whole for first, whole in rounds),
        "bytes": sizes[0] / sizes[1],
    }
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f} (limit {LIMITS[name]})")
    return int(any(ratio > LIMITS[name] for name, ratio in ratios.items()))


if __name__ == "__main__":
    sys.exit(main())
