"""Definitions that are written into a script: everything they need, nothing else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.export.inline import MAIN, SCRIPT, Inliner, Module, joined
from sandbox.tasks.registry import complete, task_class, task_of, tasks

if TYPE_CHECKING:
    from sandbox.tasks.base import Task

VARIANTS = [
    ("fluent", {"distractors": True}),
    ("forecast", {"series": "sines"}),
    ("forecast", {"series": "mackey_glass_17"}),
    ("forecast", {"series": "csv"}),
    ("own", {"level": "words", "cues": "the, that"}),
]


def inlined(*texts: str, roots: tuple[str, ...] | None = None) -> list[str]:
    """The code of parts that belong to one script; roots: None for all that they define."""
    parts = {text: Module(SCRIPT, text) for text in texts}
    every = [name for part in parts.values() for name in part.definitions]
    return [*Inliner(parts).sections(every if roots is None else roots).values()]


def imports_of(text: str) -> str:
    part = Module(SCRIPT, text)
    inliner = Inliner({"": part})
    inliner.sections(part.definitions)
    return inliner.imports()


def ran(text: str) -> dict[str, object]:
    """What a part of a script defines, run by itself."""
    (code,), imports = inlined(text), imports_of(text)
    scope: dict[str, object] = {"__name__": __name__}  # where dataclasses look
    exec(f"from __future__ import annotations\n{imports}\n{code}", scope)
    assert "sandbox" not in imports
    return scope


@pytest.mark.parametrize(("name", "params"), [*((name, {}) for name in tasks()), *VARIANTS])
def test_that_a_tasks_rule_standing_alone_draws_what_the_task_draws(
    name: str, params: dict[str, object]
) -> None:
    task: Task = task_of(complete(Experiment(task=name, params=params)))
    rule = task.rule
    assert rule is not None
    part = f"from {rule.__module__} import {rule.__name__}\ndrawn = {rule.__name__}"
    alone = ran(part)["drawn"]
    asked = rule.__code__.co_varnames[: rule.__code__.co_argcount]
    own = {key: value for key, value in task.params.model_dump().items() if key in asked}
    for count in (3, 200):
        theirs = alone(np.random.default_rng(count), count, **own)  # type: ignore[operator]
        ours = task.draw(np.random.default_rng(count), count)
        for part_, array in zip((ours.inputs, ours.targets, ours.scored), theirs, strict=True):
            assert part_.dtype == array.dtype
            np.testing.assert_array_equal(part_, array)


@pytest.mark.parametrize("name", [name for name in tasks() if name not in ("own", "forecast")])
def test_that_a_users_task_can_build_on_any_task_of_the_sandbox_and_stand_alone(name: str) -> None:
    kind = task_class(name)
    params = kind.Params
    text = (
        f"from {kind.__module__} import {kind.__name__}\n"
        f"from {params.__module__} import {params.__name__}\n\n\n"
        f"class More({params.__name__}):\n    more: int = 3\n\n\n"
        f"class Mine({kind.__name__}):\n    Params = More\n\n\n"
        "def made():\n    return Mine(More())\n"
    )
    alone = ran(text)["made"]()  # type: ignore[operator]
    theirs = alone.draw(np.random.default_rng(0), 5)
    ours = kind(params()).draw(np.random.default_rng(0), 5)
    for part in ("inputs", "targets", "scored", "roles"):
        np.testing.assert_array_equal(getattr(ours, part), getattr(theirs, part))


def test_that_a_part_has_all_that_it_names_and_no_more() -> None:
    text = "from sandbox.tasks.sampling import role_row\n\nrow = role_row(4, cue=1)\n"
    (code,) = inlined(text)
    names = {getattr(node, "name", "") for node in ast.parse(code).body}
    assert names == {"Role", "role_row", ""}
    assert ran(text)["row"].tolist() == [1, 2, 1, 1]  # type: ignore[attr-defined]


def test_that_a_later_part_does_not_repeat_what_an_earlier_one_has() -> None:
    start = "from sandbox.tasks.sampling import longer\n\n"
    first, second = inlined(f"{start}x = longer(1)\n", f"{start}y = longer(2)\n")
    assert "def longer" in first
    assert second == "y = longer(2)"


def test_that_what_nobody_calls_is_left_out() -> None:
    settings = "A = 1  # of f\nB = 2  # of g\n"
    functions = "def f():\n    return A\n\n\ndef g():\n    return B\n\n\nprint(f())\n"
    f, g = ("def f():\n    return A", "def g():\n    return B")
    assert inlined(settings, functions, roots=()) == ["A = 1  # of f", f"{f}\n\n\nprint(f())"]
    both = ["A = 1  # of f\nB = 2  # of g", f"{f}\n\n\n{g}\n\n\nprint(f())"]
    assert inlined(settings, functions, roots=("g",)) == both


def test_that_what_runs_as_a_program_is_kept_only_if_it_is_asked_for() -> None:
    text = 'def f(): ...\n\n\nif __name__ == "__main__":\n    f()\n'
    assert inlined(text, roots=(MAIN,)) == [text.replace("    f()\n", "    f()")]
    assert inlined(text, roots=()) == [""]
    whole = Inliner({"": Module("a user's file", text)})
    assert whole.sections(()) == {"": "def f(): ..."}


def test_that_arguments_are_not_taken_for_what_the_module_calls_so() -> None:
    """`chosen_gaps` has an argument with the name of a function beside it."""
    (code,) = inlined("from sandbox.tasks.curriculum import chosen_gaps\n\nf = chosen_gaps\n")
    assert [node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)] == [
        "chosen_gaps"
    ]


def test_that_two_meanings_of_one_name_are_refused() -> None:
    use = "from sandbox.tasks.sampling import longer\n\nx = longer(1)\n"
    with pytest.raises(LookupError, match="longer is defined in"):
        inlined("def longer(): ...\n", use)


def test_that_comments_above_a_definition_come_with_it() -> None:
    (code,) = inlined("from sandbox.tasks.temporal_order import INTERVALS\n\nx = INTERVALS\n")
    assert code.startswith("# Tenths of L")


def test_that_imports_are_sorted_and_only_those_that_are_needed() -> None:
    text = "import os\nimport math\nfrom torch import nn, Tensor\n\nx = math.pi, nn, Tensor\n"
    assert imports_of(text) == "import math\n\nfrom torch import Tensor, nn"


def test_that_statements_stand_as_far_apart_as_ruff_wants() -> None:
    texts = ["A = 1", "B = 2", "def f():\n    pass", "C = 3"]
    assert joined(texts) == "A = 1\nB = 2\n\n\ndef f():\n    pass\n\n\nC = 3"


def test_that_what_is_for_type_checkers_is_known_and_not_kept() -> None:
    text = "if TYPE_CHECKING:\n    from numpy.typing import NDArray\n\nx: NDArray = 1\n"
    module = Module("m", text)
    assert module.imports["NDArray"] == ("numpy.typing", "NDArray", "NDArray")
    assert list(module.definitions) == ["x"]


@pytest.mark.parametrize("sign", ["\x0c", "\u2028", "\x85"])
def test_that_only_a_newline_ends_a_line(sign: str) -> None:
    """Text editors draw these as ends of lines; in Python a comment goes on behind them."""
    text = f"first = 1  # a comment{sign}second = 3\nsecond = 2\nthird = 3"
    assert ran(text)["second"] == 2
    assert inlined(text, roots=("second",)) == ["second = 2"]
