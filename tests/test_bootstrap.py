"""From `python3 main.py` on a bare machine to the command that was asked for."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from sandbox import bootstrap
from sandbox.setup import requirements, skeleton, versions
from sandbox.validation import ExperimentError
from tests.stub_project import PACKAGES, ROOT, TORCH, StubProject, kill, wait_for_word

EARLY = (
    "main.py",
    "sandbox/__init__.py",
    "sandbox/bootstrap.py",
    "sandbox/setup/__init__.py",
    "sandbox/setup/versions.py",
    "tests/__main__.py",
)
AWKWARD = ["train", "--set", "a b=c'd\"e", "", "ünï", "$HOME", "*"]


@pytest.fixture
def project(tmp_path: Path) -> StubProject:
    return StubProject(tmp_path)


@pytest.fixture(scope="module")
def bare_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with pip and nothing else, made once and copied."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    make = [skeleton.base_python(), "-m", "venv", str(folder)]
    if subprocess.run(make, capture_output=True).returncode:  # Debian without python3-venv
        subprocess.run([*make, "--without-pip", "--clear"], check=True)
    return folder


def ready(project: StubProject, bare_venv: Path) -> StubProject:
    project.take(bare_venv, f"done {requirements.running_version()}")
    project.unpack(*PACKAGES)
    return project


def test_that_a_first_start_installs_what_is_missing_and_goes_on(project: StubProject) -> None:
    first = project.run(*AWKWARD)
    handed = json.loads(first.stdout)
    assert first.returncode == 7
    assert handed["argv"] == AWKWARD
    assert handed["to"] == "sandbox.cli"
    assert Path(handed["prefix"]).resolve() == project.venv.resolve()
    assert "] installing" in first.stderr
    assert "Set up in" in first.stderr
    left = {path.name for path in project.venv.iterdir()} | {p.name for p in project.root.iterdir()}
    assert not left & {".venv.lock", "tmp", "sequence-sandbox-setup.new"}

    second = project.run("train")
    assert second.stderr == ""
    assert json.loads(second.stdout)["argv"] == ["train"]


def test_that_setup_makes_the_bytecode_of_all_packages_and_a_start_does_not(
    project: StubProject,
) -> None:
    bytecode = project.site / "stub_two" / "__pycache__"
    assert project.run("train").returncode == 7
    assert not bytecode.exists()
    assert project.run("setup").returncode == 0
    assert bytecode.exists()


@pytest.mark.parametrize("arguments", [("--all", "--without-torch"), ("--al",), ("all",)])
def test_that_setup_says_what_it_takes(project: StubProject, arguments: tuple[str, ...]) -> None:
    done = project.run("setup", *arguments)
    assert done.returncode == 2
    assert done.stderr == (
        f"setup takes --all or --without-torch or nothing, and was given {' '.join(arguments)}.\n"
    )
    assert not project.venv.exists()


def test_that_an_environment_with_torch_comes_before_one_without(
    project: StubProject, bare_venv: Path, tmp_path: Path
) -> None:
    ready(project, bare_venv)
    other = StubProject(tmp_path / "other")
    ready(other, bare_venv).unpack(*TORCH)
    project.home.mkdir()
    moved = other.venv.rename(project.home / "venv")
    done = project.run("train")
    assert Path(json.loads(done.stdout)["prefix"]).resolve() == moved.resolve()


def test_that_a_start_when_set_up_imports_nothing_slow(
    project: StubProject, bare_venv: Path
) -> None:
    handed = json.loads(ready(project, bare_venv).run("train").stdout)
    slow = {"importlib.metadata", "subprocess", "tomllib", "typing", "pathlib", "shutil", "re"}
    assert not slow & set(handed["modules"])
    assert handed["reentered"] is False


def test_that_options_of_the_interpreter_survive(project: StubProject, bare_venv: Path) -> None:
    path = project.root / "sandbox" / "cli" / "__init__.py"
    path.write_text("import sys\ndef main(argv):\n    print(sys.warnoptions)\n    return 0\n")
    assert ready(project, bare_venv).run("x", flags=("-W", "error")).stdout == "['error']\n"


def test_that_an_interpreter_with_everything_is_used_as_it_is(
    project: StubProject, bare_venv: Path, tmp_path: Path
) -> None:
    ready(project, bare_venv)
    elsewhere = project.venv.rename(tmp_path / "of the user")
    (elsewhere / "sequence-sandbox-setup").unlink()
    done = project.run("train", python=str(elsewhere / "bin" / "python"))
    assert Path(json.loads(done.stdout)["prefix"]).resolve() == elsewhere.resolve()
    assert not project.venv.exists()


@pytest.mark.parametrize("moment", ["making an environment", "fetching", "installing"])
def test_that_a_set_up_killed_at_any_moment_is_mended(
    project: StubProject, bare_venv: Path, moment: str
) -> None:
    if moment != "making an environment":
        project.take(bare_venv)
    process = project.start("train")
    wait_for_word(process, moment)
    kill(process)
    assert not project.stamp.startswith("done")
    again = project.run("train")
    assert again.returncode == 7, again.stderr
    assert project.stamp.startswith("done")
    assert project.run("train").stderr == ""


def test_that_ctrl_c_says_that_the_next_start_goes_on(
    project: StubProject, bare_venv: Path
) -> None:
    project.take(bare_venv)
    process = project.start("train")
    wait_for_word(process, "[1 of 3]")
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "next start" in said
    assert "Traceback" not in said
    assert project.run("train").returncode == 7


@pytest.mark.parametrize("damage", ["no RECORD", "file gone", "file cut short", "stale stash"])
def test_that_a_half_installed_package_is_installed_again(
    project: StubProject, bare_venv: Path, damage: str
) -> None:
    project.take(bare_venv)
    project.unpack("llvmlite", "stub-two")
    if damage == "no RECORD":
        (project.site / "llvmlite-0.50.0.dist-info" / "RECORD").unlink()
    elif damage == "stale stash":
        (project.site / "~umba").mkdir()
        (project.site / "llvmlite" / "__init__.py").unlink()
    elif damage == "file gone":
        (project.site / "llvmlite" / "__init__.py").unlink()
    else:
        (project.site / "llvmlite" / "__init__.py").write_text("")
    done = project.run("train")
    assert done.returncode == 7, done.stderr
    assert "fetching llvmlite 0.50.0" in done.stderr
    assert "fetching stub-two" not in done.stderr
    assert "0.50.0" in (project.site / "llvmlite" / "__init__.py").read_text()
    assert not (project.site / "~umba").exists()


def test_that_a_changed_lock_file_is_followed(project: StubProject, bare_venv: Path) -> None:
    ready(project, bare_venv)
    (project.site / "stub_two-2.0.dist-info").rename(project.site / "stub_two-1.9.dist-info")
    metadata = project.site / "stub_two-1.9.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("2.0", "1.9"))
    done = project.run("train")
    assert done.returncode == 7, done.stderr
    assert (project.site / "stub_two-2.0.dist-info").exists()


def test_that_a_complete_environment_is_only_stamped(project: StubProject, bare_venv: Path) -> None:
    ready(project, bare_venv)
    (project.venv / "sequence-sandbox-setup").unlink()
    done = project.run("train", PIP_FIND_LINKS="/nowhere")
    assert done.returncode == 7, done.stderr
    assert project.stamp == f"done {requirements.running_version()}"


def test_that_an_environment_whose_python_is_gone_is_made_again(
    project: StubProject, bare_venv: Path
) -> None:
    ready(project, bare_venv)
    python = project.venv / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert project.run("train").returncode == 7


def test_that_a_folder_that_is_no_environment_is_left_alone(project: StubProject) -> None:
    project.venv.mkdir()
    (project.venv / "thesis.txt").write_text("precious")
    done = project.run("train")
    assert done.returncode == 1
    assert "move it away" in done.stderr
    assert (project.venv / "thesis.txt").read_text() == "precious"


def test_that_two_starts_at_once_make_one_environment(
    project: StubProject, bare_venv: Path
) -> None:
    project.take(bare_venv)
    starts = [project.start("train") for _ in range(2)]
    said = [process.communicate(timeout=100) for process in starts]
    assert [process.returncode for process in starts] == [7, 7], said
    assert sum("fetching" in err for _, err in said) == 1
    assert not (project.root / ".venv.lock").exists()


def test_that_no_network_is_one_sentence_and_leaves_nothing(project: StubProject) -> None:
    done = project.run(
        "train",
        PIP_NO_INDEX=None,
        PIP_FIND_LINKS=None,
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_RETRIES="1",
        NO_PROXY="127.0.0.1",
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("The package index cannot be reached")
    assert done.stdout == ""
    assert not project.venv.exists()
    assert not (project.root / ".venv.lock").exists()


def test_that_a_project_that_cannot_be_written_uses_the_data_folder(
    project: StubProject, bare_venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandbox.setup import disk, installer, places

    monkeypatch.setattr(places, "ROOT", str(project.root))
    monkeypatch.setenv("SEQUENCE_SANDBOX_HOME", str(project.home))
    monkeypatch.setattr(disk, "can_write", lambda folder: folder != str(project.root))
    assert installer.choose_place("run") == str(project.home / "venv")
    project.take(bare_venv, f"done {requirements.running_version()}")
    project.unpack(*PACKAGES)
    project.home.mkdir()
    project.venv.rename(project.home / "venv")
    done = project.run("train")
    assert Path(json.loads(done.stdout)["prefix"]).name == "venv"
    assert done.stderr == ""


class TestWithoutEnsurepip:
    """Debian ships it in a package of its own."""

    @pytest.fixture
    def shadow(self, tmp_path: Path) -> str:
        folder = tmp_path / "shadow"
        folder.mkdir()
        (folder / "ensurepip.py").write_text("raise ImportError('no ensurepip')\n")
        return str(folder)

    def test_that_the_running_pip_fills_the_environment(
        self, project: StubProject, shadow: str
    ) -> None:
        done = project.run("train", PYTHONPATH=shadow)
        assert done.returncode == 7, done.stderr
        assert not (project.site / "pip").exists()
        assert project.run("train", PYTHONPATH=shadow).stderr == ""

    def test_that_without_pip_the_command_that_installs_it_is_named(
        self, project: StubProject, shadow: str, tmp_path: Path
    ) -> None:
        apt = tmp_path / "bin" / "apt-get"
        apt.parent.mkdir()
        apt.write_text("#!/bin/sh\nexit 100\n")
        apt.chmod(0o755)
        done = project.run("train", flags=("-S",), PYTHONPATH=shadow, PATH=str(apt.parent))
        assert done.returncode == 1
        sentence = done.stderr.splitlines()[-1]
        assert f"apt-get install -y --no-install-recommends {venv_package()}`" in sentence
        assert not project.venv.exists()


def venv_package() -> str:
    return f"python{requirements.running_version()}-venv"


@pytest.mark.parametrize("name", EARLY)
def test_that_an_old_python_can_read_what_tells_it_so(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 6))
    futures = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert all(node.module != "__future__" for node in futures)


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13)])
def test_that_an_old_python_is_told_what_to_do(
    version: tuple[int, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(versions.sys, "version_info", version)
    assert bootstrap.main(["train"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "needs Python 3.11 or newer and this is " + ".".join(map(str, version)) in said


def test_that_a_new_enough_python_passes() -> None:
    assert versions.unsupported((3, 11, 0), "linux") == ""
    assert versions.unsupported((4, 0, 0), "darwin") == ""


def test_that_windows_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(versions, "unsupported", partial(versions.unsupported, platform="win32"))
    assert bootstrap.main([]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Linux and macOS" in said


def commands() -> list[str]:
    """The commands that the command line itself knows, as `--help` of the real one lists them."""
    from sandbox.cli import arguments

    with pytest.raises(ExperimentError) as refused:
        arguments.parse(["no such command"])
    return [*re.split(r", | or ", refused.value.accepted.removeprefix("one of "))]


def test_that_help_lists_every_command() -> None:
    listed = re.findall(r"^  (\w+) {3}", bootstrap.USAGE, re.MULTILINE)
    assert sorted(listed) == sorted(commands())
    assert {*bootstrap.COMMANDS, "doctor", "setup"} == set(listed)


@pytest.mark.parametrize("command", ["--help", "--version", "doctor"])
def test_that_a_reader_that_leaves_early_is_no_failure(command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        told = subprocess.run(
            [sys.executable, "main.py", command],
            cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    finally:
        os.close(writing)
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("command", ["--help", "--version", "doctor"])
def test_that_no_standard_output_is_no_failure(command: str) -> None:
    closed = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "main.py", command]
    told = subprocess.run(closed, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("command", [*bootstrap.COMMANDS, "doctor", "setup"])
def test_that_a_command_wins_over_a_file_of_its_name(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / command).write_text("{}")
    ran: list[str] = []
    monkeypatch.setattr(bootstrap, "_run_command", lambda argv: ran.append(argv[0]) or 0)
    monkeypatch.setattr(bootstrap, "_open_window", lambda argv: ran.append("window") or 0)
    for name in ("doctor", "setup"):
        monkeypatch.setitem(bootstrap.WITHOUT_SETUP, name, lambda argv: ran.append(command) or 0)
    bootstrap.main([command])
    bootstrap.main([f"./{command}"])
    assert ran == [command, "window"]


class TestAtOnce:
    """What works while nothing is installed."""

    @pytest.mark.parametrize("option", ["--help", "-h", "--version", "-V"])
    def test_that_help_and_version_need_nothing(self, project: StubProject, option: str) -> None:
        done = project.run(option)
        assert done.returncode == 0
        assert "equence" in done.stdout
        assert not project.venv.exists()

    def test_that_without_a_display_the_headless_commands_are_named(
        self, project: StubProject
    ) -> None:
        done = project.run()
        assert done.returncode == 2
        assert "There is no display" in done.stderr
        assert "main.py train" in done.stderr
        assert done.stderr.count("\n") == 1
        assert not project.venv.exists()

    def test_that_a_display_that_does_not_answer_is_named(
        self, project: StubProject, bare_venv: Path
    ) -> None:
        from sandbox.setup import libraries

        if libraries.missing(["xcb"]):
            pytest.skip("the libraries of a screen are not here, which is said first")
        done = ready(project, bare_venv).run(DISPLAY=":4711", QT_QPA_PLATFORM="xcb")
        assert done.returncode == 2
        assert "The display :4711 does not answer" in done.stderr

    def test_that_a_missing_file_is_refused(self, project: StubProject) -> None:
        done = project.run("nowhere.seqx", QT_QPA_PLATFORM="offscreen")
        assert done.returncode == 2
        assert "no experiment file nowhere.seqx" in done.stderr

    @pytest.mark.parametrize("arguments", [("doctor", "--jsn"), ("setup", "now")])
    def test_that_a_wrong_argument_is_refused(
        self, project: StubProject, arguments: tuple[str, ...]
    ) -> None:
        done = project.run(*arguments)
        assert done.returncode == 2
        assert arguments[1] in done.stderr


def test_that_an_experiment_file_opens_the_window(project: StubProject, bare_venv: Path) -> None:
    from sandbox.setup import libraries

    if libraries.missing([]):
        pytest.skip("Qt's libraries are not here, which is said first")
    file = project.root / "my run.seqx"
    file.write_text("{}")
    done = ready(project, bare_venv).run(str(file), QT_QPA_PLATFORM="offscreen")
    handed = json.loads(done.stdout)
    assert (handed["to"], handed["argv"]) == ("sandbox.gui.app", [str(file)])
    assert done.returncode == 7


def test_that_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    import sandbox

    assert bootstrap.main(["--version"]) == 0
    assert capsys.readouterr().out == f"Sequence Sandbox {sandbox.__version__}\n"
