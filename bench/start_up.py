"""The cost of `main.py` itself once everything is installed: `python3 bench/start_up.py`.

Times `python3 main.py` up to the window's first line, and a bare interpreter beside it, in
turns. The window is replaced by a stub; the environment is the real one.
"""

from __future__ import annotations

import json
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

from sandbox.setup import environment, places, skeleton  # noqa: E402

LIMIT_MS = 150
ROUNDS = 21


def main() -> int:
    """Print one JSON line; return 1 if the limit is exceeded."""
    if not environment.find("run"):
        print("There is no environment yet: run `python3 main.py setup` first.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        script = stub_in(Path(folder))
        starts = [(elapsed_ms(["-c", "pass"]), elapsed_ms([script])) for _ in range(ROUNDS)]
    bare_ms, start_ms = (statistics.median(column) for column in zip(*starts, strict=True))
    cost_ms = start_ms - bare_ms
    line = {"bare_ms": bare_ms, "start_ms": start_ms, "cost_ms": cost_ms, "limit_ms": LIMIT_MS}
    print(json.dumps({name: round(value, 1) for name, value in line.items()}))
    return int(cost_ms > LIMIT_MS)


def stub_in(folder: Path) -> str:
    """Copy the launcher beside the real environment, with a window that exits at once."""
    shutil.copytree(ROOT / "sandbox" / "setup", folder / "sandbox" / "setup")
    names = ["main.py", "sandbox/__init__.py", "sandbox/bootstrap.py", "pyproject.toml"]
    for name in [*names, *places.LOCKS.values()]:
        shutil.copy(ROOT / name, folder / name)
    (folder / "sandbox" / "gui").mkdir()
    (folder / "sandbox" / "gui" / "app.py").write_text("def main(argv):\n    return 0\n")
    (folder / ".venv").symlink_to(environment.find("run"))
    return str(folder / "main.py")


def elapsed_ms(arguments: list[str]) -> float:
    """Time one process of the interpreter that a user would start."""
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    began = time.perf_counter()
    subprocess.run([skeleton.base_python(), *arguments], check=True, env=surroundings)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
