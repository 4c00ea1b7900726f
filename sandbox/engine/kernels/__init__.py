"""Compiled sequence kernels: forward, backward and update without the GIL.

`compiled` sets the flags and the cache; `products` and `pointwise` are the arithmetic;
`readout` the loss; `rnn` and `lstm` one pass over a sequence; `block` many training steps
in one call.  Everything works on views into one flat vector and allocates nothing.
"""
