"""A project with the real way in and tiny packages, so that set-ups take seconds, offline."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import subprocess
import time
import zipfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sandbox.setup import requirements, skeleton

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "pyside6-essentials": "6.10.3",
    "stub-two": "2.0",
    "llvmlite": "0.50.0",
}
TORCH = {"stub-three": "3.0", "torch": "2.13.0"}  # the second stage
NOTHING: Mapping[str, str] = MappingProxyType({})
HANDOVER = """
import sys
names = sorted(sys.modules)
import json, os

def main(argv):
    print(json.dumps({"to": __name__, "argv": argv, "prefix": sys.prefix, "modules": names,
                      "reentered": "SEQUENCE_SANDBOX_REENTERED" in os.environ}))
    return 7
"""


class StubProject:
    """A checkout of its own in `root`, whose packages come from a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root / "a project"
        self.venv = self.root / ".venv"
        self.wheels = root / "wheels"
        self.home = root / "home"
        self._copy_the_way_in()
        self._write_requirements()
        self.wheels.mkdir()
        for name, version in {**PACKAGES, **TORCH}.items():
            write_wheel(self.wheels, name, version)

    def _copy_the_way_in(self) -> None:
        shutil.copytree(ROOT / "sandbox" / "setup", self.root / "sandbox" / "setup")
        for name in ("main.py", "sandbox/__init__.py", "sandbox/bootstrap.py"):
            shutil.copy(ROOT / name, self.root / name)
        for room in ("cli/__init__.py", "gui/app.py"):
            path = self.root / "sandbox" / room
            path.parent.mkdir()
            path.write_text(HANDOVER)
        shutil.copytree(ROOT / "resources", self.root / "resources")

    def _write_requirements(self) -> None:
        both = "-r requirements.lock\n" + _lines("==", TORCH)
        (self.root / "requirements.lock").write_text("# pinned\n" + _lines("==", PACKAGES))
        (self.root / "requirements-torch.lock").write_text(both)
        (self.root / "requirements-dev.lock").write_text("-r requirements-torch.lock\n")
        (self.root / "pyproject.toml").write_text(
            f"[project]\ndependencies = {_lines('>=', PACKAGES).split()}\n"
            "[project.optional-dependencies]\n"
            f"torch = {_lines('>=', TORCH).split()}\nexport = []\ntest = []\n"
        )

    def environment(self, **changes: str | None) -> dict[str, str]:
        """Surroundings without a screen or a network; a change to None removes a variable."""
        dropped = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "PYTHONPATH")
        kept = {k: v for k, v in os.environ.items() if k not in dropped and k[:4] != "PIP_"}
        ours = {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.wheels.as_uri(),
            "PIP_CONFIG_FILE": os.devnull,
            "SEQUENCE_SANDBOX_HOME": str(self.home),
        }
        merged = {**kept, **ours, **changes}
        return {name: value for name, value in merged.items() if value is not None}

    def start(self, *arguments: str, python: str = "", flags: tuple[str, ...] = (),
              **changes: str | None) -> subprocess.Popen[str]:  # fmt: skip
        """Start main.py in a session of its own."""
        return subprocess.Popen(
            [python or skeleton.base_python(), *flags, str(self.root / "main.py"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(**changes),
            start_new_session=True,
        )

    def run(self, *arguments: str, python: str = "", flags: tuple[str, ...] = (),
            **changes: str | None) -> subprocess.CompletedProcess[str]:  # fmt: skip
        """Run main.py to its end."""
        process = self.start(*arguments, python=python, flags=flags, **changes)
        out, err = process.communicate(timeout=100)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    @property
    def site(self) -> Path:
        """The folder of installed packages."""
        return self.venv / "lib" / f"python{requirements.running_version()}" / "site-packages"

    @property
    def stamp(self) -> str:
        """What the environment says of itself."""
        path = self.venv / "sequence-sandbox-setup"
        return path.read_text().strip() if path.exists() else ""

    def take(self, bare_venv: Path, stamp: str = "making") -> None:
        """Begin with an environment that holds pip and nothing else."""
        shutil.copytree(bare_venv, self.venv, symlinks=True)
        (self.venv / "sequence-sandbox-setup").write_text(stamp + "\n")

    def unpack(self, *names: str) -> None:
        """Put packages there as pip would."""
        for name in names:
            (wheel,) = self.wheels.glob(f"{name.replace('-', '_')}-*.whl")
            zipfile.ZipFile(wheel).extractall(self.site)


def _lines(sign: str, packages: dict[str, str]) -> str:
    return "".join(f"{name}{sign}{version}\n" for name, version in packages.items())


def write_wheel(folder: Path, name: str, version: str, more: Mapping[str, str] = NOTHING) -> None:
    """Write the smallest wheel that pip installs; more: texts of further files, by their paths."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}/__init__.py": f"__version__ = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        **more,
    }
    record = [f"{path},sha256={digest(text)},{len(text)}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


def digest(text: str) -> str:
    """Return a digest as RECORD files write it."""
    raw = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def wait_for_word(process: subprocess.Popen[str], word: str) -> str:
    """Read standard error up to the line with this word."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if word in line:
            return said
    raise AssertionError(f"{word!r} was never said, but: {said}")


def kill(process: subprocess.Popen[str]) -> None:
    """End it as a power cut would, leaving its children."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def wait_until_gone(path: Path, limit_s: float = 30) -> None:
    """Wait until a file is removed."""
    end = time.monotonic() + limit_s
    while path.exists():
        assert time.monotonic() < end, f"{path} is still there"
        time.sleep(0.05)
