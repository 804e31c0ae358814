"""The one memory: what was seen, when, under which addresses, and what it is called for life."""

from csco_spider.ledger.database import LedgerError
from csco_spider.ledger.run import GOOD, Known, Pending, Run, State
from csco_spider.ledger.store import Change, Explanation, Ledger

__all__ = [
    "GOOD",
    "Change",
    "Explanation",
    "Known",
    "Ledger",
    "LedgerError",
    "Pending",
    "Run",
    "State",
]
