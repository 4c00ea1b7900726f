"""Figures for print: from a run's data to SVG and PNG, without a window."""
