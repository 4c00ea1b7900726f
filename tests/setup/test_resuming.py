"""A download that was broken off goes on where it was, with pip itself and an index of ours."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox.setup import pip, resuming
from tests.package_index import PackageIndex
from tests.stub_project import ROOT, write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = "".join(random.Random(0).choices("0123456789abcdef", k=1_500_000))
WHEEL = "big-1.0-py3-none-any.whl"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[PackageIndex]:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    write_wheel(wheels, "big", "1.0", {"big/data.txt": TEXT})
    made = PackageIndex(wheels)
    yield made
    made.close()


def install(index: PackageIndex, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Install the wheel into `there`, keeping what arrives in `kept`."""
    changed = {**os.environ, **index.surroundings, "PIP_CONFIG_FILE": os.devnull}
    words = ["install", "--target", str(tmp_path / "there"), "--no-compile", "big==1.0"]
    return subprocess.run(
        [sys.executable, "-P", "-c", pip.RESUMING, str(ROOT), str(tmp_path / "kept"), *words],
        env={name: value for name, value in changed.items() if value is not None},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def installed(tmp_path: Path) -> bool:
    path = tmp_path / "there" / "big" / "data.txt"
    return path.exists() and path.read_text() == TEXT


def size(index: PackageIndex) -> int:
    return (index.wheels / WHEEL).stat().st_size


def test_that_only_the_rest_is_fetched_again(index: PackageIndex, tmp_path: Path) -> None:
    index.breaks_after = size(index) * 2 // 3
    assert install(index, tmp_path).returncode
    assert not installed(tmp_path)
    index.breaks_after = None
    done = install(index, tmp_path)
    assert done.returncode == 0, done.stderr
    assert installed(tmp_path)
    (_, first), *_, (_, begin) = index.asked  # a newer pip tries a few times by itself
    assert first == 0
    assert begin > size(index) * 2 // 3 - resuming.PIECE - 2 * 2**14
    assert index.sent < size(index) + resuming.PIECE + 2 * 2**14
    told = [line.split() for line in done.stdout.splitlines() if line.startswith("Progress")]
    assert told
    assert all(begin < int(now) <= int(total) == size(index) for _, now, _, total in told)


def test_that_a_file_that_has_all_arrived_is_not_fetched_again(
    index: PackageIndex, tmp_path: Path
) -> None:
    assert install(index, tmp_path).returncode == 0
    (tmp_path / "there").rename(tmp_path / "away")
    assert install(index, tmp_path).returncode == 0
    assert installed(tmp_path)
    assert index.sent <= size(index) + 1


def test_that_a_server_without_ranges_sends_it_all(index: PackageIndex, tmp_path: Path) -> None:
    index.breaks_after, index.knows_ranges = size(index) // 2, False
    assert install(index, tmp_path).returncode
    index.breaks_after = None
    assert install(index, tmp_path).returncode == 0
    assert installed(tmp_path)


def test_that_a_file_that_has_become_shorter_is_fetched_anew(
    index: PackageIndex, tmp_path: Path
) -> None:
    assert install(index, tmp_path).returncode == 0
    write_wheel(index.wheels, "big", "1.0", {"big/data.txt": "short"})
    (tmp_path / "there").rename(tmp_path / "away")
    assert install(index, tmp_path).returncode == 0
    assert (tmp_path / "there" / "big" / "data.txt").read_text() == "short"


def test_that_pip_notices_what_is_damaged(index: PackageIndex, tmp_path: Path) -> None:
    index.breaks_after = size(index) // 2
    assert install(index, tmp_path).returncode
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(bytes(kept.stat().st_size))
    index.breaks_after = None
    done = install(index, tmp_path)
    assert done.returncode
    assert "HASH" in done.stderr.upper()
    assert not installed(tmp_path)


def test_that_a_file_that_another_process_fetches_is_left_alone(tmp_path: Path) -> None:
    url = "http://127.0.0.1/files/big.whl"
    with resuming.open_kept(str(tmp_path), url) as kept:  # type: ignore[union-attr]
        assert resuming.open_kept(str(tmp_path), url) is None
        kept.write(b"x")
    again = resuming.open_kept(str(tmp_path), f"{url}#sha256=0")
    assert again is not None
    with again:
        assert again.read() == b"x"


def test_that_a_folder_that_cannot_be_made_is_done_without(
    index: PackageIndex, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("no folder")
    assert install(index, tmp_path).returncode == 0
    assert installed(tmp_path)
