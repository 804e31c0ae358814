"""News of oncology societies as honest feeds."""

__version__ = "0.1.0"
