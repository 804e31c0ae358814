"""The one memory: what was seen, when, under which addresses, and what it is called for life.

store.py        the ledger as a whole: opening it, reading what it holds, beginning a crawl in it
run.py          one crawl: its number, its clock, what its listings show, how it ended
links.py        which links it should ask for: known ones, pending ones, those due again
entry.py        what it read becomes an entry: recognised, then stored or revised
identity.py     which notice is which; pure decisions
nights.py       what crawls brought since the last publication, and in the nights before
past.py         nights and runs gone by
upkeep.py       what an operator may do
schema.py       the tables; database.py opens them, migrations/ upgrades those of older releases

Every write is one short transaction, so that a killed crawl leaves whole entries only, and an entry
counts as seen only once it is committed.
"""

from csco_spider.ledger.database import LedgerError
from csco_spider.ledger.entry import State, add_alias, record, stands_apart
from csco_spider.ledger.links import Known, Pending
from csco_spider.ledger.run import GOOD, Run
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
    "add_alias",
    "record",
    "stands_apart",
]
