"""What a report says about the machine and versions, without naming hosts, people or folders."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import sandbox
from sandbox.claims.keeping import code_version

PACKAGES = ("numpy", "numba", "torch")
_CPU_INFO = "/proc/cpuinfo"


def particulars() -> dict[str, str | int]:
    """Date (UTC), processor, cores, system and versions, as the report has them."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.machine()}",
        "sandbox": sandbox.__version__,
        "code": code_version(),
        "python": platform.python_version(),
        **{name: _version(name) for name in PACKAGES},
    }


def _processor() -> str:
    """The model as the processor calls itself."""
    try:
        with open(_CPU_INFO, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                name, _, value = line.partition(":")
                if name.strip() == "model name":
                    return value.strip()
    except OSError:  # another system than Linux
        pass
    return platform.processor() or "unknown"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
