"""What commands say, for as long as somebody hears it: the work itself goes on to its end."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, TextIO, cast


class Heard:
    """A command that neither breaks off nor waits for ever when its reader has left (`| head`), or when
    the log that it writes is full. To be named before Scrapy's class."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)  # type: ignore[misc]
        if sys.stdout:
            sys.stdout = cast("TextIO", _Stream(sys.stdout, BrokenPipeError))
        if sys.stderr:
            sys.stderr = cast("TextIO", _Stream(sys.stderr, OSError))


class _Stream:
    """A text stream that throws away what can't be written for the reason that it forgives; all that
    comes after only where the reader has left, for a full disk may have room again."""

    def __init__(self, stream: TextIO, forgiven: type[OSError]) -> None:
        self._stream = stream
        self._forgiven = forgiven

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except self._forgiven as error:
            self._give_up(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except self._forgiven as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        if not isinstance(error, BrokenPipeError):
            return
        # What is held back would fail again, at the latest when Python ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
