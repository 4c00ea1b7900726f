"""The answers panel: what every contestant answers at each step."""
