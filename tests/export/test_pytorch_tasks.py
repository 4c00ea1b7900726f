"""Scripts of tasks of the user's own, whose file stands in the script as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.export.pytorch import ASKING, TRAINING, script
from sandbox.export.pytorch_weights import weights
from sandbox.store.base import RunError
from sandbox.tasks import user_tasks
from tests.export import legal_task
from tests.export.records import trained
from tests.export.test_pytorch import (
    FEW,
    as_module,
    assert_same_answers,
    assert_same_curves,
    experiment,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.store.base import RunRecord

# More tasks in the file of `Walk`: one with a mixin and parameters of its own, one with a property,
# and one that inherits from a task of the sandbox.
MORE = '''
from sandbox.tasks.parity import Parity, ParityParams


class LongWalkParams(Frozen):
    """How long a walk is, and how much longer."""

    length: Whole = Field(5, ge=2, le=20, description="Steps of a walk")
    more: Whole = Field(2, ge=0, le=20, description="Steps that are added")


class Longer:
    """What is longer by some steps."""

    more = 0

    def steps(self, steps: int) -> int:
        """So many steps in all."""
        return steps + self.more


class LongWalk(Longer, Walk):
    """As `Walk`, but longer."""

    name = "long_walk"
    title = "A longer walk"
    gap_field = "length"
    Params = LongWalkParams

    def __init__(self, params):
        super().__init__(params)
        self.more = params.more
        self.length = self.steps(params.length)


class ShortWalk(Walk):
    """As `Walk`, with its parameters, but shorter."""

    name = "short_walk"
    title = "A shorter walk"
    gap_field = "length"

    @property
    def shorter(self) -> int:
        """The steps of a walk."""
        return max(2, self.params.length - 1)


class MyParity(Parity):
    """The sandbox's parity under another name."""

    name = "my_parity"
    title = "My parity"
'''


@pytest.fixture
def walks(tmp_path: Path) -> Iterator[None]:
    """The tasks of a file that the user opened."""
    path = tmp_path / "walks.py"
    with open(legal_task.__file__, encoding="utf-8") as file:
        text = file.read()
    path.write_text(text + MORE, encoding="utf-8")
    user_tasks.open_file(path)
    yield
    user_tasks.forget(path.resolve())


@pytest.fixture
def walked(walks: None) -> RunRecord:
    cells = [{"cell": "rnn"}, {"cell": "gru"}]
    return trained(experiment("short_walk", params={"length": 5}, contestants=cells, steps=FEW))


def test_that_legal_symbols_train_on_the_runs_curve(walked: RunRecord, tmp_path: Path) -> None:
    assert_same_curves(walked, tmp_path)


def test_that_legal_symbols_are_answered_at_every_step(
    walked: RunRecord, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = as_module(script(walked, ASKING), tmp_path)
    (tmp_path / "exported.safetensors").write_bytes(weights(walked))
    assert_same_answers(module, walked)
    module.ask(module.load())
    first = capsys.readouterr().out.splitlines()[1]
    assert first.startswith("   rnn: ")
    assert len(first.removeprefix("   rnn: ").split(" ")) == 5


def test_that_a_name_which_the_script_needs_itself_is_refused(tmp_path: Path) -> None:
    """`NAMES` would stand for something else where the task draws."""
    path = tmp_path / "walks.py"
    text = Path(legal_task.__file__).read_text(encoding="utf-8")
    path.write_text(text.replace("SYMBOLS", "NAMES"), encoding="utf-8")
    user_tasks.open_file(path)
    try:
        record = trained(experiment("walk", params={"length": 5}, steps=FEW))
        assert_same_curves(record, tmp_path)  # a script that trains has no such name
        with pytest.raises(RunError, match=r"\(NAMES is defined in .*the script.*\)"):
            script(record, ASKING)
    finally:
        user_tasks.forget(path.resolve())


@pytest.mark.usefixtures("walks")
@pytest.mark.parametrize("task", ["long_walk", "short_walk", "my_parity"])
@pytest.mark.parametrize("curriculum", ["fixed", "range"])
def test_that_a_task_takes_along_what_it_inherits(
    task: str, curriculum: str, tmp_path: Path
) -> None:
    params = {"length": 5}
    record = trained(experiment(task, params=params, curriculum=curriculum, steps=FEW))
    text = script(record, TRAINING)
    assert "pydantic" not in text
    assert "sandbox." not in text
    assert_same_curves(record, tmp_path)


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"# coding: latin-1\n# Fr\xfchling\n"])
def test_that_a_task_file_is_taken_along_in_its_own_encoding(start: bytes, tmp_path: Path) -> None:
    path = (tmp_path / "walks.py").resolve()
    path.write_bytes(start + Path(legal_task.__file__).read_bytes())
    (name,) = user_tasks.open_file(path).names
    try:
        text = script(trained(experiment(name, params={"length": 5}, steps=FEW)), TRAINING)
    finally:
        user_tasks.forget(path)
    assert "class Walk" in text
    assert "\ufeff" not in text
