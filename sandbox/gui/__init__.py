"""The window: a session that asks the worker, and parts that show the answers."""
