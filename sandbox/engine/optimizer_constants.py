"""The optimisers' constants for kernels and PyTorch alike: torch.optim's defaults."""

CODES = {"sgd": 0, "momentum": 1, "rmsprop": 2, "adam": 3}  # as compiled calls name them
MOMENTUM = 0.9
ADAM_BETA_1, ADAM_BETA_2 = 0.9, 0.999
RMSPROP_ALPHA = 0.9
EPSILON = 1e-8
