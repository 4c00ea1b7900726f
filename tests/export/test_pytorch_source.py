"""Taking parts out of source: what is decided, what is cut off, what stays as it was."""

from __future__ import annotations

import ast
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pytest

from sandbox.export.pytorch_settings import Settings
from sandbox.export.source import Extract
from sandbox.export.source_edits import renamed, specialised
from sandbox.export.source_slice import free_names
from tests.export.records import trained
from tests.export.test_pytorch import experiment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.export.pytorch_parts.facts import Facts

SOURCE = '''
def told(x: int) -> int:
    """Ünïcode before: …"""
    if has.big:
        # Why it is big.
        x = x * 2  # doubled
    else:
        x = x + 1
    y = "…" if not has.big else "big"
    if has.small:
        return x
    return len(y)
'''


@pytest.mark.parametrize(("big", "small"), [(True, True), (True, False), (False, True)])
def test_that_decided_code_does_what_the_undecided_does(big: bool, small: bool) -> None:
    has = {"big": big, "small": small}
    text = specialised(SOURCE, has)
    assert "has." not in text
    assert ("# Why it is big.\n    x = x * 2  # doubled" in text) == big
    before: dict[str, object] = {"has": type("Has", (), has)}
    after: dict[str, object] = {}
    exec(SOURCE, before)
    exec(text, after)
    assert after["told"](5) == before["told"](5)  # type: ignore[operator]


def test_that_a_block_is_never_left_empty() -> None:
    text = specialised("for n in range(3):\n    if has.big:\n        print(n)\n", {"big": False})
    assert text == "for n in range(3):\n    pass\n"


def test_that_names_are_renamed_and_longer_ones_are_not() -> None:
    text = "Tasks = [Task, 'Task', x.Task]  # Task … Task"
    assert renamed(text, {"Task": "Fluent"}) == "Tasks = [Fluent, 'Task', x.Task]  # Task … Task"


def test_that_an_extract_has_all_that_it_names_and_no_more() -> None:
    extract = Extract([("sandbox.tasks.sampling", "role_row")])
    code = extract.code(extract.modules)
    names = {node.name for node in ast.parse(code).body if isinstance(node, ast.stmt)}  # type: ignore[attr-defined]
    assert names == {"Role", "role_row"}
    scope: dict[str, object] = {}
    exec(f"from __future__ import annotations\n{extract.imports()}\n{code}", scope)
    row = scope["role_row"](4, cue=1)  # type: ignore[operator]
    assert row.tolist() == [1, 2, 1, 1]


def test_that_arguments_are_not_taken_for_what_the_module_calls_so() -> None:
    """`Mixture` and `shares` have arguments with the names of functions beside them."""
    curriculum = "sandbox.tasks.curriculum"
    extract = Extract([(curriculum, "Mixture"), (curriculum, "shares")])
    names = [getattr(node, "name", "") for node in ast.parse(extract.code([curriculum])).body]
    assert names == ["shares", "Mixture"]


SCOPES = """
from math import pi, tau

def inner(): return 1
def other(): return 2
def default(): return 3

def outer(inner, tau=default(), *more):
    others = [pi for pi in more]
    return inner, others, lambda other: other + tau

def after(x: other) -> None:
    y = [inner() for _ in x]
"""


def test_that_names_belong_to_the_scope_that_gives_them_a_value() -> None:
    definitions = {getattr(node, "name", ""): node for node in ast.parse(SCOPES).body}
    assert set(free_names([definitions["outer"]])) == {"default"}
    assert set(free_names([definitions["after"]])) == {"other", "inner"}


def test_that_comments_above_a_definition_come_with_it() -> None:
    text = Extract([("sandbox.tasks.temporal_order", "INTERVALS")]).code(
        ["sandbox.tasks.temporal_order"]
    )
    assert text.startswith("# Tenths of L: a mark's step is drawn from [from, to).\nINTERVALS")


def test_that_facts_follow_from_the_contestants() -> None:
    def facts(*contestants: Mapping[str, object]) -> Facts:
        given = [dict(each) for each in contestants]
        return Settings(trained(experiment(contestants=given, steps=1))).facts

    plain = facts({"cell": "rnn"})
    assert [name for name, has in asdict(plain).items() if has] == [
        "tokens",
        "classes",
        "two_biases",
    ]
    assert facts({"cell": "minlstm", "forget_bias": 1.0}) == replace(
        plain, two_biases=False, stepped=True, started=True, remembering=True, biased=True
    )
