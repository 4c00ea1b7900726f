"""The window of all runs that are kept: find, star, compare, show beside the live one, delete."""
