"""What a person's own file says: tables and texts, read right or not at all."""
