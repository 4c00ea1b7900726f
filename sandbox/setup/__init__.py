"""Making and finding the environment that the sandbox runs in; standard library only."""
