"""Where runs are kept, so that a crash or a full disk loses little and breaks nothing."""
