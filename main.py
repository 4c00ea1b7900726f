#!/usr/bin/env python3
"""Start Sequence Sandbox: `python3 main.py [COMMAND] [OPTIONS]`, or a double click.

Uses the standard library only, in a syntax that any Python 3 reads, because this is what finds
out that the interpreter is too old or that nothing is installed yet.
"""

import os
import sys

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
    from sandbox import bootstrap

    sys.exit(bootstrap.main(sys.argv[1:]))
