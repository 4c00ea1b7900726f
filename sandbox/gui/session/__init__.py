"""The session: QObjects without widgets, which know experiment, run and worker."""
