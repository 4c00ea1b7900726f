"""The curves panel: loss and accuracy over training."""
