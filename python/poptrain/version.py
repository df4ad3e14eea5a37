"""The version of the client, which it also tells the engine."""

__version__ = "0.1.0"
