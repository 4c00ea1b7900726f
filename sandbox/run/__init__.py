"""A run under way: the worker thread, its mailbox, its messages and its saving."""
