"""How a net learns: cells, compiled kernels, the trainer, and traces of everything inside."""
