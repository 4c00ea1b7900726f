"""The commands and their options; experiments check the values."""

from __future__ import annotations

import argparse
import re
from importlib import import_module
from typing import Any, NoReturn

from sandbox.validation import ExperimentError, Nothing

_SETTING = "KEY=VALUE"
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
    _add_trace(commands)
    _add_runs(commands)
    _add_bench(commands)
    _add_reproduce(commands)
    return parser


def _add_train(commands: Any) -> None:
    train = _command(commands, "train", "run one experiment", "train:train")
    train.add_argument("--task", metavar="NAME", help="the task; see `tasks`")
    _add_set(train, "any field: gap=50, hidden=64, layers=2, lstm.forget_bias=1 (repeatable)")
    train.add_argument("--cells", metavar="LIST", help="contestants, such as rnn,gru; see `cells`")
    train.add_argument("--steps", metavar="N", help="training steps")
    train.add_argument("--seed", metavar="N", help="seed of everything random")
    train.add_argument(
        "--seeds", metavar="N", help="replicates of each contestant, each with its own seed"
    )
    train.add_argument(
        "--experiment",
        metavar="FILE",
        help="start from an experiment file (.json, .seqx) or a short text",
    )
    train.add_argument("--resume", metavar="RUN", help="continue a run: its id, or last")
    _add_task_file(train)
    _add_json(train)


def _add_tasks(commands: Any) -> None:
    tasks = _command(commands, "tasks", "list the tasks, or show sequences", "listings:list_tasks")
    _add_json(tasks)
    _add_task_file(tasks)
    kinds = tasks.add_subparsers(metavar="ACTION", dest="action")
    show = _command(kinds, "show", "print sequences of one task", "listings:show_task")
    show.add_argument("name", metavar="NAME", help="the task")
    _add_set(show, "a parameter of the task, such as gap=20 (repeatable)")
    show.add_argument("--seed", metavar="N", default="0", help="seed of the sequences (0)")
    show.add_argument("--count", metavar="N", default="3", help="how many (3)")
    _add_json(show)
    _add_task_file(show)
    new = _command(kinds, "new", "write a task file to start from", "user_task_files:new_task")
    new.add_argument("file", metavar="FILE", help="a file name that ends in .py")
    _add_json(new)


def _add_cells(commands: Any) -> None:
    cells = _command(commands, "cells", "list the cells", "listings:list_cells")
    _add_json(cells)


def _add_trace(commands: Any) -> None:
    trace = _command(commands, "trace", "write gates, states and gradients", "tracing:trace")
    trace.add_argument("--run", dest="of", metavar="RUN", required=True, help="a run's id, or last")
    trace.add_argument("--step", metavar="N", help="the training step (the last one saved)")
    trace.add_argument("--sequence", metavar="TEXT", help="the probe, in the task's own words")
    trace.add_argument(
        "--clamp", metavar="CELL.GATE=VALUE", action="append", default=[],
        help="hold a gate, such as lstm.forget=1 (repeatable)",
    )  # fmt: skip
    trace.add_argument(
        "--out", metavar="FILE.npz", required=True,
        help="arrays (T, B, H) by name, such as lstm.forget; inputs and targets (T, B); "
        "cue_steps and query_steps (B, n), -1 where a sequence has fewer",
    )  # fmt: skip
    _add_task_file(trace)


def _add_runs(commands: Any) -> None:
    runs = _command(
        commands,
        "runs",
        "list, show, export and delete runs",
        "stored_runs:list_runs",
    )
    _add_json(runs)
    actions = runs.add_subparsers(metavar="ACTION", dest="action")
    _add_json(_command(actions, "list", "every run, oldest first", "stored_runs:list_runs"))
    for name, words in (
        ("show", "one run's results"),
        ("delete", "delete a run; it can be restored for a week"),
        ("restore", "restore a deleted run"),
    ):
        _add_run(_command(actions, name, words, f"stored_runs:{name}_run"))
    budget = _command(
        actions, "budget", "how much space all runs may take", "stored_runs:budget_of_runs"
    )
    budget.add_argument("size", metavar="SIZE", nargs="?", help="a new limit, such as 2GB or 500MB")
    _add_json(budget)
    _add_export(_command(actions, "export", "export a run to a file", "exporting:export_run"))
    taken = _command(
        actions, "import", "import the run in an experiment file", "exporting:import_run"
    )
    taken.add_argument("file", metavar="FILE.seqx", help="an experiment file")
    _add_json(taken)
    _add_task_file(taken)


def _add_export(export: Parser) -> None:
    _add_run(export)
    export.add_argument(
        "--to", metavar="FILE", required=True,
        help="the file; its ending sets the format: .seqx .csv .json .npz .py .ipynb .onnx "
        ".safetensors .tfevents .svg .pdf .png",
    )  # fmt: skip
    export.add_argument(
        "--contestant", metavar="KEY", default="",
        help="which net an .onnx holds (the one with the lowest loss)",
    )  # fmt: skip
    export.add_argument("--scale", metavar="N", default="2", help="scale of a .png, 1 to 4 (2)")
    export.add_argument(
        "--by", metavar="AXIS", default="step", help="the axis: step or seconds (step)"
    )
    _add_task_file(export)


def _add_run(action: Parser) -> None:
    action.add_argument("name", metavar="RUN", help="an id as `runs list` prints it, or last")
    _add_json(action)


def _add_bench(commands: Any) -> None:
    bench = _command(commands, "bench", "compare this engine with torch.nn", "bench:bench")
    bench.add_argument("--quick", action="store_true", help="take 30 s instead of 4 minutes")
    bench.add_argument(
        "--out", metavar="FILE.png",
        help="the chart's file (in the data folder; no chart with --json)",
    )  # fmt: skip
    _add_json(bench)


def _add_reproduce(commands: Any) -> None:
    reproduce = _command(commands, "reproduce", "measure published claims", "reproduce:reproduce")
    reproduce.add_argument(
        "names", metavar="NAME", nargs="*", help="claims, such as adding or copy; all of them"
    )
    reproduce.add_argument(
        "--quick", action="store_true", help="tiny budgets: a first look, mostly without verdicts"
    )
    reproduce.add_argument(
        "--to", metavar="FOLDER", help="the report's folder (in the data folder)"
    )
    reproduce.add_argument("--workers", metavar="N", help="processes (one for each core)")
    reproduce.add_argument("--fresh", action="store_true", help="repeat earlier measurements")
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


def _add_set(parser: Parser, words: str) -> None:
    parser.add_argument(
        "--set", dest="settings", metavar=_SETTING, action="append", default=[], help=words
    )


def _add_task_file(parser: Parser) -> None:
    # A default would be one list shared by all commands.
    parser.add_argument(
        "--task-file", dest="task_files", metavar="FILE", action="append",
        default=argparse.SUPPRESS,
        help="run this Python file, which defines a task of your own (repeatable)",
    )  # fmt: skip


def _add_json(parser: Parser) -> None:
    # A subcommand must not reset the option of its command.
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="JSON, an object a line"
    )


def _in_a_sentence(message: str, parser: argparse.ArgumentParser) -> ExperimentError:
    """Argparse's complaint as an ExperimentError."""
    if found := re.match(
        r"argument (\S+): invalid choice: '?(.*?)'? \(choose from (.*)\)", message
    ):
        known = found[3].replace("'", "").split(", ")
        known += _ELSEWHERE if found[1] == "COMMAND" else []
        return ExperimentError("command", found[2], f"one of {', '.join(known)}")
    if found := re.match(r"argument ([^:]+): expected one argument", message):
        return ExperimentError(found[1], Nothing, _accepts(parser, found[1]))
    if found := re.match(r"the following arguments are required: ([^,]*)", message):
        return ExperimentError(found[1], Nothing, _accepts(parser, found[1]))
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
