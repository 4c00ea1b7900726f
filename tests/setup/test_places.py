"""Where the user's files are, whatever SEQUENCE_SANDBOX_HOME and the working directory are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import folders
from sandbox.setup import places

ROOT = Path(__file__).resolve().parents[2]
WHERE = """
import json, os, subprocess, sys
sys.path.insert(0, sys.argv[1])
from sandbox.setup import places
os.chdir("/")
from sandbox import folders
from sandbox.store.runs import runs_file
child = "import os; print(os.environ['SEQUENCE_SANDBOX_HOME'])"
told = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stdout.strip()
print(json.dumps({
    "data": str(folders.data_folder()), "cache": str(folders.cache_folder()),
    "places": places.data_folder(), "venv": places.environments()[1], "child": told,
    "runs": str(runs_file()), "settings": str(folders.settings_file()),
}))
"""


@pytest.mark.parametrize(
    ("given", "meant"),
    [("my home", "{here}/my home"), ("./a/../b", "{here}/b"), ("~/sandbox", "{user}/sandbox")],
)
def test_that_everything_goes_into_one_folder_in_this_process_and_its_children(
    given: str, meant: str, tmp_path: Path
) -> None:
    user, here = tmp_path / "user", tmp_path / "here"
    user.mkdir()
    here.mkdir()
    env = {**os.environ, places.HOME: given, "HOME": str(user)}
    asked = subprocess.run(
        [sys.executable, "-c", WHERE, str(ROOT)],
        cwd=here, env=env, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    home = meant.format(here=here, user=user)
    assert json.loads(asked.stdout) == {
        "data": home,
        "cache": f"{home}/cache",
        "places": home,
        "venv": f"{home}/venv",
        "child": home,
        "runs": f"{home}/runs.sqlite3",
        "settings": f"{home}/window.ini",
    }


@pytest.mark.parametrize("xdg", [None, "/srv/data", "relative"])
def test_that_the_usual_folders_are_those_of_the_xdg_specification(
    xdg: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(places.HOME)
    monkeypatch.setattr(places.sys, "platform", "linux")
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
        if xdg is not None:
            monkeypatch.setenv(name, xdg)
    counts = xdg is not None and xdg.startswith("/")
    data = Path(xdg) if counts and xdg else Path.home() / ".local" / "share"
    cache = Path(xdg) if counts and xdg else Path.home() / ".cache"
    assert folders.data_folder() == data / "sequence-sandbox"
    assert folders.cache_folder() == cache / "sequence-sandbox"


def test_that_the_resources_are_found() -> None:
    assert os.path.isfile(os.path.join(places.resources(), "icons", "sequence-sandbox.svg"))
