"""A cell as a person may write it, for tests."""

from __future__ import annotations

TWO_SPEEDS = """title: Two speeds
memory: keep +
init: slow_start: W_h orthogonal, b 0, b_keep 2

keep = sigmoid(x W + hidden[t-1] W + b)   # 1 keeps the memory, 0 erases it
new = tanh(x W + hidden[t-1] W + b)       # the new content
slow = keep * slow[t-1] + (1 - keep) * new
show = sigmoid(x W + b + look * slow)     # 1 shows the memory
hidden = show * tanh(slow) + (1 - show) * new
"""
PLAIN = "hidden = tanh(x W + hidden[t-1] W + b)\n"
WRONG = "keep = sigmoid(x W + b)\nhidden = tahn(keep)\n"
WHERE = "line 2, column 10: expected a function, and tahn is none of"
