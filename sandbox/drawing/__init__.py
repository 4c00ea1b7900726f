"""What screen and print share: styles, time axis, ticks, label placing, ranges, answers."""
