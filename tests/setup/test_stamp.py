"""Whether an environment is finished."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sandbox.setup import stamp

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", ["", "making", "done", "don", "\xff"])
def test_that_only_a_finished_stamp_counts(tmp_path: Path, text: str) -> None:
    if text:
        (tmp_path / stamp.STAMP).write_bytes(text.encode("latin-1"))
    assert stamp.stamped_version(str(tmp_path)) == ""
    stamp.write_stamp(str(tmp_path), "done 3.11")
    assert stamp.stamped_version(str(tmp_path)) == "3.11"
    assert os.listdir(tmp_path) == [stamp.STAMP]
