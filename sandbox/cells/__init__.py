"""Cells: each is read from one text file of equations."""
