"""Compiled kernels: everything a net does with batches, in one call without the GIL.

`machine`, `vector` and `vectors` write vector code; `tile` and `product` are what a tile of a
product is made of, `activations`, `rnn`, `lstm` and `gru` what the cells' tiles go on with;
`layer`, `collect`, `readout` and `through_time` lead them over a sequence; `stack` and `block`
over layers and batches.  `states`, `workspace` and `packing` are the arrays.
"""
