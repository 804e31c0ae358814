"""Has a society's site changed under us, or fallen silent? Pure decisions against its own past.

A society is its own measure: the last good nights say what is usual, and until there are some, what is
usual anywhere. An alarm names the field and the selector that died, is raised once, stands until
evidence speaks against it, and goes by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import pairwise
from math import exp, inf, lgamma, log2
from statistics import median
from typing import Any, Literal

from csco_spider.observed import Fill, Observed

# fmt: off
State = Literal[
    "ok", "unchanged", "degraded", "stale", "skipped", "failed", "blocked", "empty", "quarantined"
]
Kind = Literal[
    "found", "selector", "fill", "length", "pager", "degraded", "duplicates", "stale",
    "failed", "blocked", "empty", "quarantined",
]
Failure = Literal["failed", "blocked", "empty", "quarantined"]
# fmt: on

NIGHTS = 30
"""How many good nights the usual is learned from."""
LOOK_BACK = 60
"""Among so many nights; what has lasted longer than that is what is usual now."""
ENOUGH = 3
"""Nights that make a past; before them priors speak."""
SURPRISE = 0.05
"""Chance of a night this bad, if all were as ever, below which it is no chance."""
FALL = 0.2
"""How much of a field's fill rate must be lost to matter."""
OBSERVED = 20
"""Values that make a past of a field without a prior."""
FEWEST = 3
"""Values of which a middle length says something."""
SHORTER, LONGER = 0.25, 4.0
"""Times the usual length at which a field holds another thing."""
SHRUNK = 0.6
"""Of the usual number of rows: below it a list has lost some."""
GAPS = 12
"""How many pauses between publish days make a society's rhythm."""
LEAST_SILENCE, LONGEST_SILENCE = 7, 180
"""Days: a society may rest for a holiday week; and what is silence where no rhythm is known."""

PRIORS: Mapping[str, tuple[float, float]] = dict.fromkeys(
    (
        *("listing/link", "listing/title", "article/title", "article/body"),
        *("revisited/title", "revisited/body", "whole", "single"),
    ),
    (19.0, 1.0),
)
"""Filled and empty values that count as seen before the first night; other fields must show a past."""
PAGES = {"listing": "rows of the list", "article": "new articles", "revisited": "articles read again"}
TEXTS = ("listing/title", "article/title", "article/body")
"""Fields whose length says something."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong, with the field and selector that show it; ``level`` rises as it gets worse.

    ``since`` is when the night began in which it was raised.
    """

    kind: Kind
    text: str
    field: str = ""
    selector: str = ""
    level: int = 0
    since: str = ""

    @property
    def key(self) -> tuple[str, str, str, int]:
        """Alarms with the same key are one, night after night; a new key is told to a person."""
        return self.kind, self.field, self.selector, self.level

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Alarm:
        """From JSON; what another release said is left out."""
        return cls(**{name: plain[name] for name in cls.__slots__ if name in plain})


@dataclass(frozen=True, slots=True)
class Norms:
    """What a spider says of its society's pages: rows of a good night, and its selectors by field."""

    min_entries: int = 1
    selectors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier night: did it end well, what was observed, which alarms stood after it, and did a
    person hear of them."""

    good: bool
    observed: Observed | None
    alarms: tuple[Alarm, ...] = ()
    told: bool = True


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The newest days on which a society dated a notice, newest first, and today in its zone."""

    days: Sequence[date]
    today: date


def watch(
    tonight: Observed, past: Sequence[Past], norms: Norms, rhythm: Rhythm, since: str
) -> list[Alarm]:
    """Alarms that stand after a night whose pages could be read; ``past`` is newest first."""
    raised = [*_drift(tonight, past[:LOOK_BACK], norms), *_silence(rhythm)]
    before = {alarm.key: alarm for alarm in (past[0].alarms if past else ())}
    alarms = [
        replace(alarm, since=before[alarm.key].since if alarm.key in before else since)
        for alarm in raised
    ]
    told = {(alarm.kind, alarm.field) for alarm in alarms}
    alarms += [
        alarm
        for alarm in before.values()
        if (alarm.kind, alarm.field) not in told
        and not _is_judged(alarm, tonight)
        and not any(alarm in night.alarms for night in past[LOOK_BACK - 1 : LOOK_BACK])
    ]
    return alarms


def trouble(outcome: str, cause: str, past: Sequence[Past], norms: Norms, since: str) -> list[Alarm]:
    """Alarms that stand after a crawl that ended badly: that, and what could not be judged anew."""
    state = STATES.get(outcome, "failed")
    selector = norms.selectors.get("entries", "") if state == "empty" else ""
    failure = Alarm(state, cause, "", selector, 0, since)
    before = past[0].alarms if past else ()
    for alarm in before:
        if alarm.key == failure.key:
            failure = replace(failure, since=alarm.since)
    return [failure, *(alarm for alarm in before if alarm.kind in _DRIFTS or alarm.kind == "stale")]


def new_since(alarms: Sequence[Alarm], past: Sequence[Past]) -> list[Alarm]:
    """Those of tonight's alarms that a person has not heard of: a night that was killed told nobody."""
    heard = next((night.alarms for night in past if night.told), ())
    known = {alarm.key for alarm in heard}
    return [alarm for alarm in alarms if alarm.key not in known]


def state_of(outcome: str, alarms: Sequence[Alarm], *, changed: bool) -> State:
    """A night's word for a society, from how its crawl ended and which alarms stand."""
    if outcome != "ok":
        return STATES.get(outcome, "failed")
    kinds = {alarm.kind for alarm in alarms}
    if kinds & _DRIFTS:
        return "degraded"
    if "stale" in kinds:
        return "stale"
    return "ok" if changed else "unchanged"


STATES: Mapping[str, Failure] = {
    "refused": "blocked",
    "blocked": "blocked",
    "empty": "empty",
    "quarantined": "quarantined",
}
"""A crawl's outcome as the night's word; any other bad one is "failed"."""
_DRIFTS: frozenset[Kind] = frozenset(
    {"found", "selector", "fill", "length", "pager", "degraded", "duplicates"}
)


# --- drift ----------------------------------------------------------------------------------------
def _drift(tonight: Observed, past: Sequence[Past], norms: Norms) -> Iterator[Alarm]:
    for name in tonight.dead:
        selector = norms.selectors.get(name.replace("fields.", "listing/"), "")
        text = f"the selector {name} finds nothing any more; what it gave is found without it"
        yield Alarm("selector", text, name, selector)
    yield from _found(tonight, past, norms)
    if tonight.pager == 0:
        pagers = [one.pager for one in _good(past, "pager", "") if one.pager is not None]
        if len(pagers) >= ENOUGH and all(pagers):
            selector = norms.selectors.get("pager", "")
            yield Alarm("pager", "the list no longer leads to a second page", "pager", selector)
    fills = list(_fills(tonight, past, norms))
    yield from fills
    yield from _lengths(tonight, past, norms)
    if not any(alarm.field.startswith(("article/", "revisited/")) for alarm in fills):
        seen = [one.whole for one in _good(past, "degraded", "")]
        if usual := _surprising(tonight.whole, seen, "whole"):
            text = f"{_of(tonight.whole)} articles have a date and a body, usually {usual}"
            yield Alarm("degraded", text)
    seen = [one.single for one in _good(past, "duplicates", "")]
    if usual := _surprising(tonight.single, seen, "single"):
        many = tonight.single.of - tonight.single.filled
        yield Alarm("duplicates", f"{many} of {tonight.single.of} notices were duplicates of others")


def _good(past: Sequence[Past], kind: str, name: str) -> list[Observed]:
    """The last good nights as far as one kind of alarm goes."""
    nights = [
        night.observed
        for night in past
        if night.good
        and night.observed
        and not any(alarm.kind == kind and alarm.field == name for alarm in night.alarms)
    ]
    return nights[:NIGHTS]


def _found(tonight: Observed, past: Sequence[Past], norms: Norms) -> Iterator[Alarm]:
    usual = [one.found for one in _good(past, "found", "") if one.found]
    enough = len(usual) >= ENOUGH
    least = SHRUNK * median(usual) if enough else norms.min_entries
    if tonight.found < least:
        as_ever = f"usually {median(usual):.0f}" if enough else f"a good night shows {norms.min_entries}"
        text = f"{tonight.found} rows were found, {as_ever}"
        yield Alarm("found", text, "", norms.selectors.get("entries", ""))


def _fills(tonight: Observed, past: Sequence[Past], norms: Norms) -> Iterator[Alarm]:
    raised: set[str] = set()
    for name, fill in sorted(tonight.fields.items()):
        where, _, what = name.partition("/")
        seen = [
            one.fields[name]
            for one in _good(past, "fill", name)
            # where a selector was dead, rows were read by other rules
            if name in one.fields and not (where == "listing" and one.dead)
        ]
        if where == "revisited" and f"article/{what}" in raised:
            continue  # said already, of new articles
        if what == "summary" and f"{where}/body" in raised:
            continue  # it is made from the body
        if usual := _surprising(fill, seen, name):
            raised.add(name)
            pages = PAGES.get(where, where)
            text = f"{what} was read in {_of(fill)} {pages}, usually in {usual}"
            yield Alarm("fill", text, name, norms.selectors.get(name, ""))


def _lengths(tonight: Observed, past: Sequence[Past], norms: Norms) -> Iterator[Alarm]:
    for name in TEXTS:
        fill = tonight.fields.get(name)
        if fill is None or fill.filled < FEWEST:
            continue
        seen = [one.fields[name] for one in _good(past, "length", name) if name in one.fields]
        if sum(one.filled for one in seen) < OBSERVED:
            continue
        usual = median([one.length for one in seen for _ in range(min(one.filled, OBSERVED))])
        if not SHORTER * usual <= fill.length <= LONGER * usual:
            text = f"{name.partition('/')[2]} is {fill.length} characters long, usually {usual:.0f}"
            yield Alarm("length", text, name, norms.selectors.get(name, ""))


def _of(fill: Fill) -> str:
    return f"{fill.filled} of {fill.of}"


def _surprising(fill: Fill, seen: Sequence[Fill], name: str) -> str:
    """The usual rate in words, if tonight's is too low for chance; else ""."""
    filled, of = sum(one.filled for one in seen), sum(one.of for one in seen)
    if not fill.of or (of < OBSERVED and name not in PRIORS):
        return ""
    before_filled, before_empty = PRIORS.get(name, (1.0, 1.0))
    a, b = before_filled + filled, before_empty + of - filled
    usual = filled / of if of >= OBSERVED else a / (a + b)
    if usual - fill.filled / fill.of < FALL or chance(fill.filled, fill.of, a, b) >= SURPRISE:
        return ""
    return "all" if usual == 1 else f"{usual:.0%}"


def chance(filled: int, of: int, a: float, b: float) -> float:
    """Chance of at most ``filled`` of ``of``, after ``a`` filled and ``b`` empty ones: beta-binomial."""

    def beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    def ways(k: int) -> float:
        return -beta(k + 1, of - k + 1) - log_of

    log_of = lgamma(of + 2) - lgamma(of + 1)
    whole = beta(a, b)
    return min(1.0, sum(exp(ways(k) + beta(k + a, of - k + b) - whole) for k in range(filled + 1)))


def _is_judged(alarm: Alarm, tonight: Observed) -> bool:
    """Did tonight bring evidence for or against an alarm?"""
    match alarm.kind:
        case "fill" | "length":
            fill = tonight.fields.get(alarm.field, Fill(0, 0))
            again = tonight.fields.get(alarm.field.replace("article/", "revisited/"), Fill(0, 0))
            if alarm.kind == "fill" and 0 < again.of == again.filled:
                return True  # among them the articles of the night before
            return fill.filled >= (FEWEST if alarm.kind == "length" else 1)
        case "pager":
            return tonight.pager is not None
        case "degraded":
            return tonight.whole.filled > 0
        case "duplicates":
            return tonight.single.of > 0
    return True


# --- silence --------------------------------------------------------------------------------------
def longest_rest(days: Sequence[date]) -> float:
    """For how many days a society with these publish days (newest first) may be silent."""
    gaps = [(later - earlier).days for later, earlier in pairwise(days[: GAPS + 1])]
    if len(gaps) < GAPS - 1:
        return LONGEST_SILENCE if days else inf
    most = sorted(gaps)[int(0.8 * len(gaps))]
    return max(LEAST_SILENCE, 4 * most, *gaps)


def _silence(rhythm: Rhythm) -> Iterator[Alarm]:
    rest = longest_rest(rhythm.days)
    if not rhythm.days or (silent := (rhythm.today - rhythm.days[0]).days) < rest:
        return
    level = int(log2(max(1.0, silent / rest)))  # told again when the silence has doubled
    text = (
        f"the newest notice is of {rhythm.days[0]}, {silent} days ago; "
        f"by its own rhythm the next one was due within {rest:.0f}"
    )
    yield Alarm("stale", text, "", "", level)
