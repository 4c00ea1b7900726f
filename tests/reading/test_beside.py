"""Rows as they stand in a file, beside what was taken from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.reading.beside import BEFORE, FIRST, UNREAD, rows_unread

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("content", "encoding", "lines"),
    [
        (b"a;b\nx\n", "", ["a;b", "x"]),
        ("the größe\n".encode("cp1252"), "", ["the größe"]),
        (
            "größe\n".encode("cp1252"),
            "utf-8",
            ["gr\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}e"],
        ),
        (b"a\n", "no such", ["a"]),
        (b"a\n", "utf-16", ["a"]),
        (b"\x00\x01\n", "", ["\x00\x01"]),
        (b"", "", []),
    ],
)
def test_that_a_file_that_is_no_table_is_shown_whatever_its_bytes(
    tmp_path: Path, content: bytes, encoding: str, lines: list[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    rows = rows_unread(path, encoding).rows
    assert [row.text for row in rows if row] == lines
    assert {row.kind for row in rows if row} <= {UNREAD}


def test_that_of_a_long_file_only_the_first_rows_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n" * 100_000)
    rows = rows_unread(path, "").rows
    assert rows[-1] is None
    assert len(rows) == BEFORE + FIRST + 1
