"""The commands and their options; experiments check the values."""

from __future__ import annotations

import argparse
import re
from importlib import import_module
from typing import Any, NoReturn

from sandbox.validation import ExperimentError, Nothing

_ELSEWHERE = ["doctor", "setup"]  # commands that main.py handles itself


class Parser(argparse.ArgumentParser):
    """An argument parser that refuses in one sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Raise ExperimentError instead of printing the usage."""
        raise _in_a_sentence(message, self)


def parse(argv: list[str]) -> argparse.Namespace:
    """The command's options, with the function to call in `run`; ExperimentError if wrong."""
    arguments, unknown = _parser().parse_known_args(argv)
    if unknown:
        known = ", ".join(_options(arguments.parser))
        raise ExperimentError("options", unknown[0], f"those of the command: {known}")
    return arguments


def _parser() -> Parser:
    parser = Parser(prog="main.py", description="Sequence Sandbox without its window.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_train(commands)
    _add_tasks(commands)
    _add_cells(commands)
    for add in (_add_data, _add_ahead, _add_ask, _add_trace, _add_runs, _add_bench, _add_reproduce):
        add(commands)
    return parser


def _add_train(commands: Any) -> None:
    train = _command(commands, "train", "run one experiment", "train:train")
    _option(train, "--task NAME", "the task; see `tasks`")
    _add_set(train, "any field: gap=50, hidden=64, layers=2, lstm.forget_bias=1 (repeatable)")
    _option(train, "--cells LIST", "contestants, such as rnn,gru; see `cells`")
    words = "a contestant more, with the cell in this file; see `cells new` (repeatable)"
    _option(train, "--cell-file FILE", words, dest="cell_files", action="append")
    _option(train, "--steps N", "training steps")
    _option(train, "--seed N", "seed of everything random")
    _option(train, "--seeds N", "replicates of each contestant, each with its own seed")
    words = "start from an experiment file (.json, .seqx) or a short text"
    _option(train, "--experiment FILE", words)
    _option(train, "--resume RUN", "continue a run: its id, or last")
    _add_task_file(train)
    _add_json(train)


def _add_tasks(commands: Any) -> None:
    tasks = _command(commands, "tasks", "list the tasks, or show sequences", "listings:list_tasks")
    _add_json(tasks)
    _add_task_file(tasks)
    kinds = tasks.add_subparsers(metavar="ACTION", dest="action")
    show = _command(kinds, "show", "print sequences of one task", "listings:show_task")
    _option(show, "name NAME", "the task")
    _add_set(show, "a parameter of the task, such as gap=20 (repeatable)")
    _option(show, "--seed N", "seed of the sequences (0)", default="0")
    _option(show, "--count N", "how many (3)", default="3")
    _add_json(show)
    _add_task_file(show)
    new = _command(kinds, "new", "write a task file to start from", "user_task_files:new_task")
    _option(new, "file FILE", "a file name that ends in .py")
    _add_json(new)


def _add_cells(commands: Any) -> None:
    words = "list the cells, or begin and check one of your own"
    cells = _command(commands, "cells", words, "listings:list_cells")
    _add_json(cells)
    actions = cells.add_subparsers(metavar="ACTION", dest="action")
    new = _command(actions, "new", "write a cell file to start from", "listings:new_cell")
    _option(new, "file FILE", "a file name that ends in .cell")
    _add_json(new)
    words = "say what a cell file has, or where it is wrong"
    check = _command(actions, "check", words, "listings:check_cell")
    _option(check, "file FILE", "a cell's equations: .cell")
    _add_json(check)


def _add_data(commands: Any) -> None:
    words = "show how a table or a text is read, and what is in doubt"
    data = _command(commands, "data", words, "own_data:show_data")
    _option(data, "file FILE", "a table or a text: .csv, .tsv, .txt, .md, …")
    _add_set(data, "how to read it: decimal=,  header=1  level=words  kind=text (repeatable)")
    _add_json(data)


def _add_ahead(commands: Any) -> None:
    words = "errors of forecasts by how many steps ahead, beside simple ones"
    ahead = _command(commands, "ahead", words, "ahead:show_errors")
    _add_run(ahead)
    _option(ahead, "--step N", "the training step (the last one saved)")
    _option(ahead, "--steps N", "how many steps ahead, at most (a season, 12 to 100)")
    _add_task_file(ahead)


def _add_ask(commands: Any) -> None:
    ask = _command(commands, "ask", "what a run's nets do, and why", "ask:ask_run")
    _add_run(ask)
    _option(ask, "--step N", "the training step (the last one saved)")
    _option(ask, "--cell KEY", "one net only, such as lstm or lstm#1")
    _add_task_file(ask)


def _add_trace(commands: Any) -> None:
    trace = _command(commands, "trace", "write gates, states and gradients", "tracing:trace")
    _option(trace, "--run RUN", "a run's id, or last", dest="of", required=True)
    _option(trace, "--step N", "the training step (the last one saved)")
    _option(trace, "--sequence TEXT", "the probe, in the task's own words")
    words = (
        "hold a gate or state, such as lstm.forget=1 or lstm.cell[3,7-9]@10-20=0; units and steps "
        "count from 0, as in the arrays (repeatable)"
    )
    several = {"action": "append", "default": []}
    _option(trace, "--clamp NET.NAME[UNITS]@STEPS=VALUE", words, **several)
    words = "hold all states of units at zero, such as lstm[3,7-9] (repeatable)"
    _option(trace, "--lesion NET[UNITS]", words, **several)
    words = (
        "take a state or gate at a step from example N's own pass, such as lstm.cell[3]@10=1; "
        "examples count from 0 (repeatable)"
    )
    _option(trace, "--patch NET.NAME[UNITS]@STEP=N", words, **several)
    words = (
        "arrays (T, B, H) by name, such as lstm.forget; inputs and targets (T, B); "
        "cue_steps and query_steps (B, n), -1 where a sequence has fewer"
    )
    _option(trace, "--out FILE.npz", words, required=True)
    _add_task_file(trace)


def _add_runs(commands: Any) -> None:
    words = "list, show, export and delete runs"
    runs = _command(commands, "runs", words, "stored_runs:list_runs")
    _add_json(runs)
    actions = runs.add_subparsers(metavar="ACTION", dest="action")
    _add_json(_command(actions, "list", "every run, oldest first", "stored_runs:list_runs"))
    for name, words in (
        ("show", "one run's results"),
        ("delete", "delete a run; it can be restored for a week"),
        ("restore", "restore a deleted run"),
    ):
        _add_run(_command(actions, name, words, f"stored_runs:{name}_run"))
    words = "how much space all runs may take"
    budget = _command(actions, "budget", words, "stored_runs:budget_of_runs")
    _option(budget, "size SIZE", "a new limit, such as 2GB or 500MB", nargs="?")
    _add_json(budget)
    _add_export(_command(actions, "export", "export a run to a file", "stored_runs:export_run"))
    words = "import the run in an experiment file"
    taken = _command(actions, "import", words, "stored_runs:import_run")
    _option(taken, "file FILE.seqx", "an experiment file")
    _add_json(taken)
    _add_task_file(taken)


def _add_export(export: Parser) -> None:
    _add_run(export)
    words = (
        "the file; its ending sets the format: .seqx .csv .json .npz .py .ipynb .onnx "
        ".safetensors .tfevents .svg .pdf .png"
    )
    _option(export, "--to FILE", words, required=True)
    words = "which net an .onnx holds (the one with the lowest loss)"
    _option(export, "--contestant KEY", words, default="")
    _option(export, "--scale N", "scale of a .png, 1 to 4 (2)", default="2")
    _option(export, "--by AXIS", "the axis: step or seconds (step)", default="step")
    _add_task_file(export)


def _add_run(action: Parser) -> None:
    _option(action, "name RUN", "an id as `runs list` prints it, or last")
    _add_json(action)


def _add_bench(commands: Any) -> None:
    bench = _command(commands, "bench", "compare this engine with PyTorch", "bench:bench")
    words = "these cells (all, or a list) beside the same equations in a PyTorch loop"
    _option(bench, "--cells LIST", words)
    _flag(bench, "--quick", "take 30 s instead of 4 minutes")
    _option(bench, "--out FILE.png", "the chart's file (in the data folder; no chart with --json)")
    _add_json(bench)


def _add_reproduce(commands: Any) -> None:
    reproduce = _command(commands, "reproduce", "measure published claims", "reproduce:reproduce")
    _option(reproduce, "names NAME", "claims, such as adding or copy; all of them", nargs="*")
    _flag(reproduce, "--quick", "tiny budgets: a first look, mostly without verdicts")
    _option(reproduce, "--to FOLDER", "the report's folder (in the data folder)")
    _option(reproduce, "--workers N", "processes (one for each core)")
    _flag(reproduce, "--fresh", "repeat earlier measurements")
    _add_json(reproduce)


def _command(commands: Any, name: str, words: str, target: str) -> Parser:
    """A command whose module is imported only when it is called."""

    def run(arguments: argparse.Namespace) -> int:
        if files := getattr(arguments, "task_files", None):
            import_module("sandbox.cli.user_task_files").open_named(arguments, files)
        module, _, function = target.partition(":")
        status: int = getattr(import_module(f"sandbox.cli.{module}"), function)(arguments)
        return status

    parser: Parser = commands.add_parser(name, help=words, description=f"{words.capitalize()}.")
    parser.set_defaults(run=run, parser=parser)
    return parser


def _option(parser: Parser, name: str, words: str, **more: Any) -> None:
    """An option or argument and its metavar, as in "--task NAME"."""
    name, _, metavar = name.partition(" ")
    parser.add_argument(name, metavar=metavar, help=words, **more)


def _flag(parser: Parser, name: str, words: str, **more: Any) -> None:
    parser.add_argument(name, action="store_true", help=words, **more)


def _add_set(parser: Parser, words: str) -> None:
    _option(parser, "--set KEY=VALUE", words, dest="settings", action="append", default=[])


def _add_task_file(parser: Parser) -> None:
    words = "run this Python file, which defines a task of your own (repeatable)"
    # A default would be one list shared by all commands.
    more = {"dest": "task_files", "action": "append", "default": argparse.SUPPRESS}
    _option(parser, "--task-file FILE", words, **more)


def _add_json(parser: Parser) -> None:
    # A subcommand must not reset the option of its command.
    _flag(parser, "--json", "JSON, an object a line", default=argparse.SUPPRESS)


def _in_a_sentence(message: str, parser: argparse.ArgumentParser) -> ExperimentError:
    """Argparse's complaint as an ExperimentError."""
    if found := re.match(
        r"argument (\S+): invalid choice: '?(.*?)'? \(choose from (.*)\)", message
    ):
        known = found[3].replace("'", "").split(", ")
        known += _ELSEWHERE if found[1] == "COMMAND" else []
        return ExperimentError("command", found[2], f"one of {', '.join(known)}")
    lacking = (
        r"argument ([^:]+): expected one argument|the following arguments are required: ([^,]*)"
    )
    if found := re.match(lacking, message):
        name = found[1] or found[2]
        return ExperimentError(name, Nothing, _accepts(parser, name))
    return ExperimentError("options", message, ", ".join(_options(parser)))


def _accepts(parser: argparse.ArgumentParser, name: str) -> str:
    for action in parser._actions:
        if name in (*action.option_strings, action.metavar):
            words = (action.help or "").split(";")[0]
            if action.nargs == argparse.PARSER:
                return f"one of {', '.join([*(action.choices or ()), *_ELSEWHERE])}"
            return f"{action.metavar}: {words}"
    return "a value"


def _options(parser: argparse.ArgumentParser) -> list[str]:
    names = [name for action in parser._actions for name in action.option_strings]
    return [name for name in names if name.startswith("--")]
