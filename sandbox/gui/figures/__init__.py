"""Figures for print, from the window."""
