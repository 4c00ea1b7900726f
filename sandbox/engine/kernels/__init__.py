"""Compiled kernels: everything a net does with batches, in one call without the GIL.

`machine`, `code` and `functions` write machine code in Python; `tile` and `products` are what a
tile is made of.  `cell_plan` and `cell_code` make a cell's unit from its equations, and `layer`
leads it over a sequence.  `readout`, `gradients`, `sequence`, `packing`, `optimizers` and `driver`
are the unit that leads a net; `units` lists both, `library` has them compiled, kept and loaded.
`workspace` has the arrays, `tables` how kernels find them, `calls` the call.
"""
