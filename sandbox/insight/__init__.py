"""Why a net does what it does: dynamics, swaps, gradients, findings; no window."""
