"""Files that a person hands over: how much is read, and what is refused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sandbox.input_files import MB, read_text

if TYPE_CHECKING:
    from pathlib import Path


def test_that_a_text_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("ä" * (MB // 2), encoding="utf-8")
    assert read_text(path, MB) == "ä" * (MB // 2)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(OSError, match="larger than 1 MB"):
        read_text(path, MB)


def test_that_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    path.touch()
    os.truncate(path, 1 << 40)  # a TB: reading it would take all memory
    with pytest.raises(OSError, match="larger"):
        read_text(path)


@pytest.mark.parametrize("what", ["pipe", "folder", "device", "missing"])
def test_that_what_is_no_file_is_refused_at_once(tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.json"
    if what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    elif what == "device":
        path.symlink_to("/dev/zero")
    with pytest.raises(OSError):  # noqa: PT011
        read_text(path)
