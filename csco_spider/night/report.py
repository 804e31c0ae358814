"""What came of a night, society by society, as one JSON document; and the exit code it stands for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any

from csco_spider.ledger import Ledger
from csco_spider.ledger.past import PastRun
from csco_spider.monitoring import Alarm, Past, State, new_since, state_of
from csco_spider.observed import Fill, Observed

FORMAT = "csco_spider report"
VERSION = 1
FAILED: frozenset[State] = frozenset({"failed", "blocked", "empty"})
ACTIONS: Mapping[State, str] = {
    "ok": "",
    "unchanged": "",
    "degraded": "look at the society's page, and mend what is named in its spider",
    "stale": "look at the society's site: has its news moved to another page?",
    "failed": "run `scrapy nightly {name}` again; if it lasts, check the address and the log",
    "blocked": "ask the society, or set CONTACT so that it can ask you",
    "empty": "look at the page: has it changed its markup or address?",
    "quarantined": "look at the page, then `scrapy release {name}` or `scrapy release {name} --discard`",
    "skipped": "run `scrapy nightly` again",
}


@dataclass(slots=True)
class Line:
    """One society's night."""

    name: str
    organisation: str
    state: State
    cause: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    observed: Observed = field(default_factory=Observed)
    alarms: list[Alarm] = field(default_factory=list)
    raised: list[Alarm] = field(default_factory=list)
    newest: str = ""
    """Day and title of the newest entry."""
    earlier: bool = False
    """Was it done before the night was taken up again?"""

    @property
    def action(self) -> str:
        """What an operator should do next; "" for nothing."""
        return ACTIONS[self.state].format(name=self.name)

    @property
    def text(self) -> str:
        """The cause in a sentence; of a crawl that went well, its alarms."""
        return self.cause or "; ".join(alarm.text for alarm in self.alarms)

    def plain(self) -> dict[str, Any]:
        """As the report holds it."""
        day, _, title = self.newest.partition("  ")
        raised = {alarm.key for alarm in self.raised}
        return {
            "name": self.name,
            "organisation": self.organisation,
            "state": self.state,
            "cause": self.text,
            "action": self.action,
            "alarms": [
                {**alarm.plain(), "new": alarm.key in raised}
                for alarm in sorted(self.alarms, key=lambda alarm: alarm.key)
            ],
            "failed_selectors": sorted({a.selector for a in self.alarms if a.selector}),
            "counts": {"found": 0, "new": 0, "changed": 0, "unchanged": 0, "pending": 0} | self.counts,
            "fields": {name: _rate(fill) for name, fill in sorted(self.observed.fields.items())},
            "requests": self.observed.requests,
            "bytes": self.observed.bytes,
            "not_modified": self.observed.not_modified,
            "seconds": self.observed.seconds,
            "newest": {"day": day, "title": title} if day else None,
            "earlier": self.earlier,
        }


def _rate(fill: Fill) -> dict[str, Any]:
    return {**asdict(fill), "rate": round(fill.filled / fill.of, 3) if fill.of else None}


def newest(ledger: Ledger, society: str) -> str:
    """Day and title of a society's newest entry; "" before its first."""
    for item in ledger.window(ledger.society(society), 1):
        assert item.published is not None
        return f"{item.published.day}  {item.title}"
    return ""


def earlier_line(run: PastRun, organisation: str, newest: str, past: Sequence[Past]) -> Line:
    """A society that was done before its night was taken up again; ``past`` is what came before."""
    alarms = [Alarm.of(alarm) for alarm in run.alarms]
    counts = dict(run.counts)
    changed = any(counts.get(kind) for kind in ("new", "changed", "withdrawn"))
    counts["unchanged"] = counts.get("unchanged", 0) + counts.pop("known", 0)
    observed = Observed.of(run.observed or {})
    return Line(
        run.society,
        organisation,
        state_of(run.outcome, alarms, changed=changed),
        run.reason,
        {**counts, "found": observed.found},
        observed,
        alarms,
        [] if run.told else new_since(alarms, past),
        newest,
        earlier=True,
    )


def exit_code(states: Iterable[State], *, late: bool = False) -> int:
    """0 all well, 1 some failed, 2 all failed, 3 quarantined, 5 deadline: the first of 2, 5, 1, 3, 0."""
    met = list(states)
    failed = [state for state in met if state in FAILED]
    if failed and len(failed) == len(met):
        return 2
    if late:
        return 5
    return 1 if failed else 3 if "quarantined" in met else 0


def document(
    lines: Sequence[Line],
    *,
    started: datetime,
    ended: datetime,
    resumed: int,
    code: int,
    notes: Sequence[str],
    sizes: Mapping[str, int | None],
) -> dict[str, Any]:
    """The report; its schema is ``report.schema.json`` beside this module."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "started": started.isoformat(),
        "ended": ended.isoformat(),
        "resumed": resumed,
        "exit_code": code,
        "notes": list(notes),
        "sizes": dict(sizes),
        "societies": [line.plain() for line in sorted(lines, key=lambda line: line.name)],
    }


def as_bytes(report: Mapping[str, Any]) -> bytes:
    """The report as a file holds it."""
    return (json.dumps(report, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every report keeps."""
    text = files("csco_spider.night").joinpath("report.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def message(lines: Sequence[Line], notes: Sequence[str]) -> tuple[str, str] | None:
    """Title and text for a person; None when nothing needs one.

    What was told on an earlier night is not told again until it changes.
    """
    told = [line for line in lines if line.raised]
    if not told and not notes:
        return None
    names = ", ".join(sorted(line.name for line in told)) or "the night"
    parts = list(notes)
    for line in sorted(told, key=lambda line: line.name):
        causes = [line.cause] if line.cause else []
        causes += [
            f"{alarm.text}{f' (selector {alarm.selector})' if alarm.selector else ''}"
            for alarm in line.raised
            if alarm.text != line.cause
        ]
        parts.append(f"{line.name} is {line.state}: {'; '.join(causes)}. Next: {line.action}")
    return f"csco_spider: {names}", "\n\n".join(parts)
