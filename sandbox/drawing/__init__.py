"""What screen and print draw alike: time axis, label placing, thinning, scales; no widgets."""
