"""The main window: puts everything together."""
