"""Which units carry the cue: swaps, lesions and readouts of every net."""
