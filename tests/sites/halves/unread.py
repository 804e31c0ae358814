"""A file that Python can't read."""

raise RuntimeError("half a file")
