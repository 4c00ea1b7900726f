"""The user's own data and task files."""
