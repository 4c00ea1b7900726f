"""Runs taken elsewhere: scripts, figures, tables and models."""
