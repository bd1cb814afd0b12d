"""From what residents write about Korean apartments to labels one can trust."""

__version__ = "0.1.0"
