"""Numbers that stand for the optimisers, in kernels and through PyTorch alike."""

CODES = {"sgd": 0, "momentum": 1, "rmsprop": 2, "adam": 3}
