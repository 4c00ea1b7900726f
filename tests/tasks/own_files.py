"""Task files for tests: the template with one thing changed, and none left in the registry."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.tasks import user_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = Path(__file__).resolve().parents[2] / "resources" / "task_template.py"


def task_file(path: Path, *swaps: tuple[str, str], first: str = "") -> Path:
    """A copy of the template, with each (old, new) swapped once, and `first` before it."""
    text = TEMPLATE.read_text("utf-8")
    for old, new in swaps:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.parent.mkdir(parents=True, exist_ok=True)
    head, rest = text.split("import math\n", 1)
    path.write_text(f"{head}import math\n{first}{rest}", "utf-8")
    return path


def line_of(path: Path, words: str) -> int:
    """The number of the only line that has these words in it."""
    lines = path.read_text("utf-8").splitlines()
    (number,) = [place for place, line in enumerate(lines, 1) if words in line]
    return number


def marker(path: Path) -> str:
    """A statement that leaves a file behind, so that it shows whether anything ran."""
    return f"open({str(path)!r}, 'w').close()\n"


@contextmanager
def registry_as_before() -> Iterator[None]:
    """No task of a file stays in the registry."""
    try:
        yield
    finally:
        for path in user_tasks.opened():
            user_tasks.forget(path)
