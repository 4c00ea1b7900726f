"""PyTorch comes second, whole or not at all, whatever interrupts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from sandbox.setup import disk, mutex, places, requirements, skeleton, torch_stage
from sandbox.setup.faults import Fault
from tests.package_index import PackageIndex
from tests.stub_project import PACKAGES, ROOT, TORCH, StubProject, kill, wait_for_word, write_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

IMPORT = "import torch.deep.inside, nvidia.one; print(torch.__version__)"
LARGE = "0123456789abcdef" * 60_000


@pytest.fixture(scope="module")
def bare_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([skeleton.base_python(), "-m", "venv", str(folder)], check=True)
    return folder


@pytest.fixture
def project(tmp_path: Path, bare_venv: Path) -> StubProject:
    """The first stage is there; torch has a package inside, a script and a part it shares."""
    made = StubProject(tmp_path)
    made.take(bare_venv, f"done {requirements.running_version()}")
    made.unpack(*PACKAGES)
    more = {
        "torch/deep/__init__.py": "def run():\n    print('runs')\n",
        "torch/deep/inside.py": "",
        "nvidia/one/__init__.py": "",
        "torch-2.13.0.dist-info/entry_points.txt": "[console_scripts]\ntorchrun = torch.deep:run\n",
        "torch/large.txt": LARGE,
    }
    write_wheel(made.wheels, "torch", "2.13.0", more)
    return made


@pytest.fixture
def index(project: StubProject) -> Iterator[PackageIndex]:
    made = PackageIndex(project.wheels)
    yield made
    made.close()


def wait_until(true: Callable[[], bool], limit_s: float = 90) -> None:
    end = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def imported(project: StubProject) -> str:
    """The version of torch as a process imports it, or the last line of why not."""
    python = str(project.venv / "bin" / "python")
    asked = subprocess.run([python, "-c", IMPORT], capture_output=True, text=True, check=False)
    return (asked.stdout or asked.stderr).strip().splitlines()[-1]


ABSENT = "ModuleNotFoundError: No module named 'torch'"


def test_that_the_first_stage_does_without_torch(project: StubProject) -> None:
    assert project.run("train").returncode == 7
    assert imported(project) == ABSENT


def test_that_setup_all_adds_it_to_the_same_environment(project: StubProject) -> None:
    (project.site / "nvidia" / "other").mkdir(parents=True)
    done = project.run("setup", "--all")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Everything is installed: ")
    assert "fetching torch 2.13.0" in done.stderr
    assert "fetching llvmlite" not in done.stderr
    assert imported(project) == "2.13.0"
    assert (project.site / "nvidia" / "other").exists()
    ran = subprocess.run([project.venv / "bin" / "torchrun"], capture_output=True, text=True)
    assert ran.stdout == "runs\n"
    left = {path.name for path in [*project.venv.iterdir(), *project.root.iterdir()]}
    assert not left & {"arriving", "tmp-all", ".venv.torch.lock", ".venv.lock"}
    again = project.run("setup", "--all", PIP_FIND_LINKS="/nowhere")
    assert "fetching" not in again.stderr


def test_that_python_tests_installs_both_stages(project: StubProject) -> None:
    (project.root / "tests").mkdir()
    for name in ("__main__.py", "runner.py", "__init__.py"):
        text = (ROOT / "tests" / name).read_text() if (ROOT / "tests" / name).exists() else ""
        (project.root / "tests" / name).write_text(text)
    ended = "\n\ndef run_pytest(argv):\n    return 7\n\n\ndef see_to_a_screen():\n    pass\n"
    with (project.root / "tests" / "runner.py").open("a") as file:
        file.write(ended)
    done = subprocess.run(
        [skeleton.base_python(), str(project.root / "tests")],
        env=project.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 7, done.stderr
    assert imported(project) == "2.13.0"


def test_that_without_torch_is_for_good_until_all_is_asked_for(project: StubProject) -> None:
    done = project.run("setup", "--without-torch")
    assert done.returncode == 0, done.stderr
    assert "left out" in done.stdout
    declined = project.home / "without-torch"
    assert declined.exists()
    assert project.run("setup").returncode == 0
    assert declined.exists()
    assert imported(project) == ABSENT
    assert project.run("setup", "--all").returncode == 0
    assert not declined.exists()
    assert imported(project) == "2.13.0"


@pytest.mark.parametrize("moment", ["fetching stub-three", "fetching torch", "installing torch"])
def test_that_killed_at_any_moment_none_of_it_is_there_and_the_next_time_all(
    project: StubProject, moment: str
) -> None:
    process = project.start("setup", "--all")
    wait_for_word(process, moment)
    kill(process)
    assert imported(project) in (ABSENT, "2.13.0")
    done = project.run("setup", "--all")
    assert done.returncode == 0, done.stderr
    assert imported(project) == "2.13.0"


def test_that_it_goes_on_at_the_byte_where_it_stopped(
    project: StubProject, index: PackageIndex
) -> None:
    index.pause_s = 0.05
    process = project.start("setup", "--all", **index.surroundings)
    wait_until(lambda: index.sent > len(LARGE) // 3)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert imported(project) == ABSENT
    index.pause_s = 0.0
    done = project.run("setup", "--all", **index.surroundings)
    assert done.returncode == 0, done.stderr
    assert imported(project) == "2.13.0"
    begins = [begin for name, begin in index.asked if name.startswith("torch")]
    assert begins[0] == 0
    assert begins[-1] > len(LARGE) // 4
    assert not (project.home / "cache" / "downloads" / "all").exists()


def test_that_a_line_that_breaks_off_is_taken_up_again_while_it_gets_further(
    project: StubProject, index: PackageIndex
) -> None:
    index.breaks_after = len(LARGE) // 3
    done = project.run("setup", "--all", **index.surroundings)
    assert done.returncode == 0, done.stderr
    assert imported(project) == "2.13.0"
    assert len([name for name, _ in index.asked if name.startswith("torch")]) >= 3
    assert index.sent < 1.5 * len(LARGE)


def test_that_an_upgrade_of_the_lock_file_is_followed(project: StubProject) -> None:
    assert project.run("setup", "--all").returncode == 0
    write_wheel(project.wheels, "torch", "2.14.0", {"torch/deep/inside.py": ""})
    lock = project.root / "requirements-torch.lock"
    lock.write_text(lock.read_text().replace("torch==2.13.0", "torch==2.14.0"))
    assert project.run("train").returncode == 7  # the first stage is as it was
    done = project.run("setup", "--all")
    assert done.returncode == 0, done.stderr
    assert not (project.site / "torch" / "large.txt").exists()
    assert [path.name for path in project.site.glob("torch-*")] == ["torch-2.14.0.dist-info"]


def test_that_what_had_arrived_before_an_upgrade_is_not_taken_for_the_new_version(
    project: StubProject,
) -> None:
    (project.venv / "arriving").mkdir()
    (project.venv / "arriving" / "complete").write_text("")
    done = project.run("setup", "--all")
    assert done.returncode == 0, done.stderr
    assert imported(project) == "2.13.0"


def test_that_torch_of_an_earlier_set_up_stays(project: StubProject) -> None:
    project.unpack(*TORCH)
    done = project.run("setup", "--all", PIP_FIND_LINKS="/nowhere")
    assert done.returncode == 0, done.stderr
    assert "fetching" not in done.stderr


def test_that_two_at_once_fetch_it_once(project: StubProject) -> None:
    starts = [project.start("setup", "--all") for _ in range(2)]
    said = [process.communicate(timeout=100)[1] for process in starts]
    assert [process.returncode for process in starts] == [0, 0], said
    assert sum("fetching torch" in each for each in said) == 1


def behind(project: StubProject, **changes: str | None) -> list[dict[str, object]]:
    """What the window's process prints."""
    code = f"import sys; sys.path.insert(0, {str(project.root)!r}); " + (
        "from sandbox.setup import torch_stage; torch_stage.main()"
    )
    done = subprocess.run(
        [str(project.venv / "bin" / "python"), "-P", "-c", code],
        env=project.environment(**changes), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_that_the_windows_process_tells_how_far_it_is(project: StubProject) -> None:
    *told, last = behind(project)
    assert {"text": "fetching torch 2.13.0", "done": 1, "total": 2, "detail": ""} in told
    assert last["text"] == "installing torch"
    assert imported(project) == "2.13.0"


def test_that_without_a_network_it_says_so_in_a_sentence(
    project: StubProject, index: PackageIndex
) -> None:
    changes = {**index.surroundings, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    *_, last = behind(project, **changes)
    assert str(last["fault"]).startswith("The package index cannot be reached")
    assert imported(project) == ABSENT
    assert not (project.venv / "arriving").exists()


# Inside one process ---------------------------------------------------------------------


@pytest.fixture
def place(project: StubProject, monkeypatch: pytest.MonkeyPatch) -> StubProject:
    monkeypatch.setattr(places, "ROOT", str(project.root))
    return project


def test_that_a_read_only_environment_is_told_of_before_anything_is_fetched(
    place: StubProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "can_write", lambda folder: False)
    with pytest.raises(Fault, match=r"cannot be written: make it writable, or run .*setup --all"):
        torch_stage.install(str(place.venv), lambda *words: None)


def test_that_a_full_disk_is_told_of_before_anything_is_fetched(
    place: StubProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "free_mb", lambda path: 700)
    with pytest.raises(Fault, match=r"needs 1325 MB .* only 700 MB are free"):
        torch_stage.install(str(place.venv), lambda *words: None)
    assert not (place.venv / "arriving").exists()


def test_that_a_disk_that_fills_up_gets_its_room_back(
    place: StubProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_up(job: object, site: str, absent: object, words: list[str]) -> None:
        (place.venv / "arriving" / "much").mkdir(parents=True)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch_stage.pip, "install", fill_up)
    with pytest.raises(OSError, match="No space"):
        torch_stage.install(str(place.venv), lambda *words: None)
    assert not (place.venv / "arriving").exists()


def test_that_others_see_that_it_is_under_way(place: StubProject) -> None:
    venv = str(place.venv)
    assert not torch_stage.is_under_way(venv)
    with mutex.held(venv + ".torch.lock", lambda: None):
        assert torch_stage.is_under_way(venv)
    assert not torch_stage.is_under_way(venv)
    assert not os.path.exists(venv + ".torch.lock")


class PowerCut(BaseException):
    """Ends everything."""


def counted(act: Callable[..., None], cut_at: int) -> Callable[..., None]:
    """An action that ends the process, so to say, when it is called for the n-th time."""
    calls = iter(range(cut_at))

    def counting(*words: str) -> None:
        if next(calls, None) is None:
            raise PowerCut
        act(*words)

    return counting


@pytest.mark.parametrize("cut_at", range(9))
def test_that_a_move_that_was_cut_short_is_finished_the_next_time(
    place: StubProject, monkeypatch: pytest.MonkeyPatch, cut_at: int
) -> None:
    def arrive(job: object, site: str, absent: object, words: list[str]) -> None:
        subprocess.run(
            [str(place.venv / "bin" / "python"), "-m", "pip", "install", "-q", *words],
            env=place.environment(), check=True,
        )  # fmt: skip

    monkeypatch.setattr(torch_stage.pip, "install", arrive)
    with monkeypatch.context() as cut:
        cut.setattr(torch_stage.os, "replace", counted(os.replace, cut_at))
        cut.setattr(torch_stage.os, "rename", counted(os.rename, cut_at))
        try:
            torch_stage.install(str(place.venv), lambda *words: None)
        except PowerCut:
            assert imported(place) in (ABSENT, "2.13.0")
            assert not requirements.is_ready(str(place.venv), "all")
    monkeypatch.setattr(torch_stage.pip, "install", lambda *words: pytest.fail("fetched again"))
    torch_stage.install(str(place.venv), lambda *words: None)
    assert imported(place) == "2.13.0"
    assert requirements.is_ready(str(place.venv), "all")


def test_that_the_command_of_the_window_is_this_module() -> None:
    python, *_, code = torch_stage.command()
    assert python == sys.executable
    assert str(ROOT) in code
