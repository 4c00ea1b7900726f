"""The same jobs without a window: `main.py train`, `tasks`, `cells`, `trace`, `runs`, …

What goes wrong becomes one sentence and an exit status.
"""

from __future__ import annotations

import logging
import sys
import traceback

from sandbox.cli import output
from sandbox.cli.arguments import parse
from sandbox.cli.user_task_files import with_report
from sandbox.store.base import InputError, RunError
from sandbox.tasks.user_tasks_faults import OwnTaskError
from sandbox.validation import ExperimentError

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130


def main(argv: list[str]) -> int:
    """Run a command; returns 0 done, 1 failed, 2 wrong request, 130 interrupted."""
    logging.getLogger("sandbox").addHandler(logging.NullHandler())
    if sys.stdout is None:
        return _say("Standard output is closed, so no result could be printed.", FAILED)
    try:
        status = _run(argv)
        sys.stdout.flush()
    except OSError as error:  # the reader has gone, as after `| head`, or the disk is full
        told = output.unprinted(error)
        return DONE if told is error else _say(told, FAILED)
    return status


def _run(argv: list[str]) -> int:
    try:
        arguments = parse(argv)
        return int(arguments.run(arguments))
    except BrokenPipeError:
        raise
    except OwnTaskError as error:
        return _say(with_report(error), WRONG)
    except (ExperimentError, InputError) as error:
        return _say(error, WRONG)
    except RunError as error:
        return _say(error, FAILED)
    except MemoryError:
        return _say("There is not enough memory: lower the gap, the batch or hidden.", FAILED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as leaving:  # --help has been printed
        return int(leaving.code or 0)
    except Exception:
        traceback.print_exc()
        return _say("This is a bug in Sequence Sandbox; the lines above say where.", FAILED)


def _say(sentence: object, status: int) -> int:
    sys.stderr.write(" ".join(str(sentence).split()) + "\n")
    return status
