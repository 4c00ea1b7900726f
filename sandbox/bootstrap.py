"""The way in: make sure of the environment, then hand over to the window or the command line.

Any Python 3 must be able to read this file as far as the version check, so whatever needs a
newer one is imported inside the functions.
"""

import os
import sys

from sandbox.setup import versions

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130

USAGE = """\
usage: python3 main.py [COMMAND] [OPTIONS]
       python3 main.py FILE            open an experiment file

Without a command the window opens.

commands, each with its own --help:
  train       train one experiment without a window
  tasks       list the tasks, print sequences of one, or start one of your own
  cells       list the recurrent cells and their equations
  data        show how a table or a text is read, and what is in doubt
  ahead       show how far off forecasts are, by the number of steps ahead
  ask         say what a run's nets do, and why
  trace       write gates, states and gradients to a file
  runs        list, show, export, import and delete runs
  bench       compare this engine with torch.nn on the same work
  reproduce   measure the published claims
  doctor      show what is installed, what is missing and how to fix it (--json)
  setup       install what is needed, and nothing else; PyTorch follows while a window is open
              (--all: PyTorch too; --without-torch: never fetch it)

options:
  --install-desktop     add the sandbox to the applications menu
  --uninstall-desktop   remove it again
  --version             print the version
  --help                print this
"""

COMMANDS = (
    "train tasks cells data ahead ask trace runs bench reproduce".split()
)  # those of sandbox.cli


def main(argv: "list[str]") -> int:
    """Run `python3 main.py` with these arguments and return the exit status."""
    complaint = versions.unsupported()
    if complaint:
        sys.stderr.write(complaint + "\n")
        return FAILED
    from sandbox.setup.faults import Fault

    try:
        status = _run(argv)
        print(end="", flush=True)  # does nothing if there is no standard output
        return status
    except BrokenPipeError:  # the reader has gone, as after `| head`: Python would fail at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Fault as fault:
        from sandbox.setup import progress

        return progress.tell(fault, window=_opens_window(argv))
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(argv: "list[str]") -> int:
    if argv and argv[0] in WITHOUT_SETUP:
        asked = "-h" in argv or "--help" in argv
        return _help(argv) if asked else WITHOUT_SETUP[argv[0]](argv[1:])
    return _open_window(argv) if _opens_window(argv) else _run_command(argv)


def console() -> int:
    """Entry point of the installed commands."""
    return main(sys.argv[1:])


def _opens_window(argv: "list[str]") -> bool:
    """No command, an option of the window, or a file; a command wins over a file of that name."""
    word = argv[0] if argv else "-"
    if word in COMMANDS or word in WITHOUT_SETUP:
        return False
    named = os.path.exists(word) or os.sep in word or word.endswith((".seqx", ".json"))
    return word.startswith("-") or named


def _open_window(argv: "list[str]") -> int:
    from sandbox.setup import display, environment, libraries
    from sandbox.setup.faults import Fault

    if argv and not argv[0].startswith("-") and not os.path.isfile(argv[0]):
        raise Fault("There is no experiment file {}: give the path of one.".format(argv[0]), WRONG)
    display.check()
    environment.ensure("run", argv, before_installing=libraries.ensure, window=True)
    libraries.ensure()
    from sandbox.gui import app

    return app.main(argv)


def _run_command(argv: "list[str]") -> int:
    from sandbox.setup import environment

    environment.ensure("run", argv)
    from sandbox import cli

    return cli.main(argv)


def _set_up(argv: "list[str]") -> int:
    from sandbox.setup import environment, installer, kernel_preparation, progress, torch_stage

    if argv not in ([], ["--all"], ["--without-torch"]):
        takes = "setup takes --all or --without-torch or nothing, and was given {}."
        return _refuse(takes.format(" ".join(argv)))
    if argv:
        torch_stage.want(argv == ["--all"])
    python = environment.provide("all" if argv == ["--all"] else "run")
    kernel_preparation.prepare_kernels(python)
    report = progress.Text(sys.stderr)
    installer.compile_bytecode(python, report)
    kernel_preparation.finish(report)
    report.say("Done.")
    print("Everything is installed{}: {}".format(_but_torch(), python))
    return DONE


def _but_torch() -> str:
    from sandbox.setup import environment, torch_stage

    if environment.is_set_up("all"):
        return ""
    if not torch_stage.is_wanted():
        return " but PyTorch, which is left out"
    return " but PyTorch, which follows while a window is open or by `setup --all`"


def _doctor(argv: "list[str]") -> int:
    from sandbox.setup import doctor

    if argv not in ([], ["--json"]):
        return _refuse("doctor accepts only --json, and was given {}.".format(" ".join(argv)))
    return doctor.main(argv)


def _install_desktop(argv: "list[str]") -> int:
    from sandbox.setup import desktop

    print(desktop.install())
    return DONE


def _uninstall_desktop(argv: "list[str]") -> int:
    from sandbox.setup import desktop

    print(desktop.uninstall())
    return DONE


def _help(argv: "list[str]") -> int:
    print(USAGE, end="")
    return DONE


def _version(argv: "list[str]") -> int:
    import sandbox

    print("Sequence Sandbox " + sandbox.__version__)
    return DONE


def _refuse(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return WRONG


WITHOUT_SETUP = {  # what runs while nothing is installed
    "-h": _help,
    "--help": _help,
    "help": _help,
    "-V": _version,
    "--version": _version,
    "doctor": _doctor,
    "setup": _set_up,
    "--install-desktop": _install_desktop,
    "--uninstall-desktop": _uninstall_desktop,
}

if __name__ == "__main__":
    sys.exit(console())
