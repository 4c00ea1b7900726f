"""What a compiled call does with its batches."""

LEARN, EVALUATE, TRACE = 0, 1, 2
