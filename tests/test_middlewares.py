"""Retry-After as sites write it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from csco_spider.middlewares import retry_after

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Wed, 01 Jul 2026 12:02:00 GMT", 120),
        ("Wed, 01 Jul 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("１２", None),
        ("Wed, 99 Jul 2026 12:02:00 GMT", None),
    ],
)
def test_retry_after(field: str, seconds: float | None) -> None:
    assert retry_after(field, NOW) == seconds
