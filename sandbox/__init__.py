"""Sequence Sandbox: small recurrent nets, trained live and seen whole."""

__version__ = "0.1.0"
