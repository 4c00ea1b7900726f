"""Errors by steps ahead, in a window of their own."""
