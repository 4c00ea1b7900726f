"""What traces and curves mean: pure numpy, on `engine.trace.Trace` and plain arrays."""
