"""What has to be remembered: one file a task, one registry."""
