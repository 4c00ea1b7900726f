"""The panels: one a file; each draws frozen views and never changes the experiment."""
