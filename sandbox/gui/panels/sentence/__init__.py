"""The sentence panel: the sequence on screen."""
