"""`python3 tests [PYTEST OPTIONS]`: set up what the tests need, on a fresh machine too, and run.

Any Python 3 can read this file, so that an old one can be told that it is too old.
"""

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def main(argv: "list[str]") -> int:
    """Run the tests and return pytest's exit status."""
    # Python puts tests/ itself first, where `import setup` and the like would look.
    sys.path[:] = [ROOT] + [path for path in sys.path if os.path.abspath(path) != _here()]
    from sandbox.setup import versions

    complaint = versions.unsupported()
    if complaint:
        sys.stderr.write(complaint + "\n")
        return 1
    from tests import runner

    return runner.main(argv, _here())


def _here() -> str:
    return os.path.dirname(os.path.abspath(__file__))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
