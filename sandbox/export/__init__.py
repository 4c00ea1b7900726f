"""Runs exported for other programs: scripts, figures, tables and models."""
