"""The gallery of claims that were published about recurrent nets, and what was measured here."""
