"""What traces mean; pure numpy on `engine.trace.Trace`."""
