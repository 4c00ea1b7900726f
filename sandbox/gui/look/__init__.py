"""Colours, type and small marks."""
