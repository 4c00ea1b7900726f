"""A run under way: the worker thread, its mailbox, and what both tell and keep."""
