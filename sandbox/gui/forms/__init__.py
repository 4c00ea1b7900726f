"""The docks on the left: task, contestants, training."""
