"""Figures for print: from a run's data to SVG, PDF and PNG, without a window."""
