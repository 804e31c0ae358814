"""The one memory: what was seen, when, under which addresses, and what it is called for life."""

from csco_spider.ledger.database import LedgerError
from csco_spider.ledger.store import GOOD, Known, Ledger, Pending, Run, State

__all__ = ["GOOD", "Known", "Ledger", "LedgerError", "Pending", "Run", "State"]
