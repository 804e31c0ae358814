"""Dates as societies write them, English and CJK. Strict: what is unclear is refused by name.

No fuzzy parsing: every form stands in the table below. A text names one date or is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

from csco_spider.extract.html import CJK
from csco_spider.items import Origin, When

DateOrder = Literal["mdy", "dmy"]
_ERAS = {"令": 2018, "平": 1988, "民": 1911}
"""The year before the first of an era: Reiwa, Heisei, and the Republic's as Taiwan counts it."""
_INITIALS = {"R": _ERAS["令"], "H": _ERAS["平"]}
_DIGITS = {
    zero + value: str(value)
    for zero in (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50)  # Arabic, Persian, Devanagari, Bengali, Thai
    for value in range(10)
}
_BUDDHIST = range(2533, 2643)
"""Years as Thai pages count them."""
UNTOLD = "day and month can't be told apart"
RANGE = "a range of days"
FIRST_YEAR, LAST_YEAR = 1990, 2099
"""Nothing on the web is older, and a year past the century is a slip of the keyboard."""


class DateRefused(ValueError):  # noqa: N818 - it names what happened to the date
    """A date that is ambiguous, impossible or one of several; the message says which."""


# English, German, French, Spanish, Italian, Portuguese, Dutch, Nordic, Polish; Russian, Ukrainian,
# Turkish, Czech, Romanian, Greek, Finnish, Thai, Indonesian, Arabic, Hungarian, Slovak, Catalan;
# Danish, Bulgarian, Slovene, Serbian, Estonian, Icelandic.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner jän janvier janv enero ene gennaio janeiro januari stycznia"
            " января январь янв січня gen oca sty"
            " ocak ledna ianuarie ιανουαρίου tammikuuta มกราคม يناير január januára gener"
            " януари jaanuar janúar",
            "february feb februar febr février févr febrero febbraio fevereiro februari lutego"
            " февраля февраль фев fev şub lut лютого"
            " şubat února februarie φεβρουαρίου helmikuuta กุมภาพันธ์ فبراير شباط február februára febrer"
            " февруари veebruar febrúar",
            "march mar märz mär mars marzo março maart marca"
            " марта март мар березня mart března"
            " martie μαρτίου maaliskuuta มีนาคม مارس آذار اذار március maret març"
            " marts märts marec",
            "april apr avril avr abril abr aprile kwietnia"
            " апреля апрель апр kwi nis квітня nisan dubna"
            " aprilie απριλίου huhtikuuta เมษายน أبريل ابريل نيسان április apríla"
            " април aprill apríl",
            "may mai mayo maggio maio mei maj maja"
            " мая май травня mag mayıs května μαΐου toukokuuta พฤษภาคม مايو أيار ايار május mája maig"
            " maí",
            "june jun juni juin junio giugno junho czerwca"
            " июня июнь июн giu haz cze червня"
            " haziran června iunie ιουνίου kesäkuuta มิถุนายน يونيو حزيران június júna juny"
            " юни juuni júní junij",
            "july jul juli juillet juil julio luglio julho lipca"
            " июля июль июл lug tem lip липня"
            " temmuz července iulie ιουλίου heinäkuuta กรกฎาคม يوليو تموز július júla juliol"
            " юли juuli júlí julij",
            "august aug août agosto augustus augusti sierpnia"
            " августа август авг ago ağu sie серпня"
            " ağustos srpna αυγούστου elokuuta สิงหาคม agustus أغسطس اغسطس augusztus augusta agost"
            " ágúst avgust avgusta",
            "september sept sep septembre septiembre setiembre settembre setembro września"
            " сентября сентябрь сен set eyl wrz вересня"
            " eylül září septembrie σεπτεμβρίου syyskuuta กันยายน سبتمبر أيلول ايلول"
            " szeptember septembra setembre"
            " септември septembar",
            "october oct oktober okt octobre octubre ottobre outubro października"
            " октября октябрь окт ott out eki paź"
            " жовтня ekim října octombrie οκτωβρίου lokakuuta ตุลาคม أكتوبر اكتوبر október októbra"
            " октомври oktoober oktobar",
            "november nov novembre noviembre novembro listopada"
            " ноября ноябрь ноя kas lis kasım"
            " listopadu noiembrie νοεμβρίου marraskuuta พฤศจิกายน نوفمبر novembra"
            " ноември novembar nóvember",
            "december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des"
            " grudnia декабря декабрь дек ara gru грудня"
            " aralık prosince decembrie δεκεμβρίου joulukuuta ธันวาคม ديسمبر decembra desembre"
            " декември detsember decembar",
        ),
        start=1,
    )
    for name in names.split()
}
_HAN_DIGITS = {
    **{char: value for value, char in enumerate("〇一二三四五六七八九")},
    "零": 0,
    "○": 0,
    "◯": 0,
    "O": 0,
}
_HAN = "".join(_HAN_DIGITS)
_LETTER = r"[A-Za-z\u00c0-\u024f\u0370-\u06ff\u0e01-\u0e4e]"
_WORD = rf"(?<![A-Za-z_\u00c0-\u024f\u0370-\u06ff\u0e01-\u0e4e])(?P<month>{_LETTER}{{3,12}}+)"
"""A word that may be a month's name: a look-up is cheaper than a pattern of them all."""
_OTHER_NAME = rf"(?:{_LETTER}{{2,12}}+(?:\s{_LETTER}{{3,12}}+)?\s*+/\s*+)?"
"""The Levantine name of a month, as Arabic papers write it before the other: "نيسان / أبريل"."""
_TIME = r"""
(?:
    (?: \s*+(?:(?P<iso>T)|,)?\s*+ | \s*+[-–—|]\s*+
    |   (?:\s*+,)?\s++(?:at|um|à|às|a\s+las|alle(?:\s+ore)?|kl\.?)\s++ )
    (?P<half>上午|下午|晚上|凌晨|中午)?\s*+
    (?P<hour>\d{1,2}) (?: \s*:\s* | \s*[時时点]\s* | \s?h\s?(?=\d\d\b) | \.(?=\d\d\s+uhr\b) )
    (?P<minute>\d{2}) (?!\d) (?:\s*分(?!钟)|\s*uhr\b)?
    (?: :(?P<second>\d{2})(?:\.\d{1,9})?(?!\d) | (?P<second_han>\d{2})秒 )?
    (?: \s*(?P<ampm>[ap]\.?m\b\.?|صباح|مساء) )?
    (?: \s*\(?(?P<zone>Z\b|(?!uhr\b)[A-Z]{2,5}\b(?:\s*[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2})\)? )?
)?
"""
_FORMS = tuple(
    re.compile(form + _TIME, re.VERBOSE | re.IGNORECASE | re.ASCII)
    for form in (
        r"(?<![\dv./-])(?P<y>\d{4})\s*(?P<sep>[-/.])\s*(?P<m>\d{1,2})\s*(?P=sep)\s*(?P<d>\d{1,2})(?!\.?\d)",
        r"(?<!\d)(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日号號일]",
        rf"(?P<hy>[{_HAN}]{{4}})年\s*(?P<hm>[一二三四五六七八九十]{{1,2}}|元)月"
        rf"\s*(?P<hd>[一二三四五六七八九十廿卅]{{1,3}})[日号號]",
        r"(?P<era>令和|平成|民[国國])\s*(?P<ey>\d{1,3}|元)\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日",
        rf"{_WORD}[.,]?[\s-]*(?P<d>\d{{1,2}})(?:st|nd|rd|th|\s+del?)?[\s,.-]++(?P<y>\d{{4}})(?!\d)",
        rf"(?<![\d.,/-])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er)?(?:\s+(?:of|de))?[\s./-]*{_OTHER_NAME}{_WORD}\.?"
        rf"(?:\s+del?\s)?[\s,/-]*(?P<y>\d{{4}})(?!\d)",
        r"(?<!\d)(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})(?:\s*[,/]\s*|\s+(?:năm\s+)?)(?P<y>\d{4})(?!\d)",
        rf"(?<!\d)(?P<y>\d{{4}})[\s./-]{{1,2}}{_WORD}\.?[\s/-](?P<d>\d{{1,2}})(?![\d:])",
        # as Java and JavaScript print it: the zone is no offset, so only the day is sure
        rf"{_WORD}\s(?P<d>\d{{1,2}})\s\d{{2}}:\d{{2}}:\d{{2}}\s[A-Z]{{3,5}}\s(?P<y>\d{{4}})(?!\d)",
        r"(?<![\d./-])(?P<a>\d{1,2})\s*(?P<sep>[-/.|])\s*(?P<b>\d{1,2})\s*(?P=sep)\s*(?P<y>\d{4})(?!\.?\d)",
        r"(?<![\d./-])(?<!\d\))(?P<y>(?:19|20)\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?![\d./-])",
    )
)
_MONTH = "|".join(map(re.escape, sorted(_MONTHS, key=len, reverse=True)))
_RANGE_BEFORE = re.compile(
    r"\d\.?(?:\s*[-–—~～至到&]\s*|\s+(?:to|and|und|bis(?:\s+zum)?|au|et|al?|y|e|en|tot|t/m)\s+)$",
    re.IGNORECASE,
)
_NUMBERS_BEFORE = re.compile(r"(?<!\d)\d{1,2}\.(?:\d{1,2}\.)?\s*(?:[-–—]|und|bis)\s*$", re.IGNORECASE)
_RANGE_AFTER = re.compile(
    r"\s*(?:[–—~～至到]|-(?!\s*$))\s*\d(?!\d?\s*:)"
    rf"(?!\d?\d?\+?\s*(?!tháng)(?!(?:{_MONTH})\b)[A-Za-z\u00c0-\u024f]{{3}})",  # "7 minutes read"
    re.IGNORECASE,
)
_DAY_RANGE = re.compile(
    rf"\b(?:{_MONTH})\b\.?\s*\d{{1,2}}\s*(?:[-–—~～]|to|and|&)\s*\d{{1,2}}\s*,?\s*\d{{4}}"
    rf"|\d\s*-\s*\d{{1,2}}\s*(?:{_MONTH})\b\.?,?\s*\d{{4}}"
    r"|\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*(?:[-–—~～至到、,和]|及)\s*\d{1,2}\s*[日号號]",
    re.IGNORECASE | re.ASCII,
)


class Found(NamedTuple):
    """A date-shaped piece of a text: where it stands and what it says, or why it is refused."""

    start: int
    end: int
    when: When | None
    refusal: str = ""


_SHORT_YEAR = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{2})(?![\d/.-])")
_SHORT_NAMED = re.compile(
    rf"(?<![\w.])(\d{{1,2}})[ ./-]({_MONTH})\b\.?(?:[./-]['’]?| ['’])(\d{{2}})(?![\d:])",
    re.IGNORECASE,
)
_ERA_INITIAL = re.compile(r"(?<![A-Za-z])([RH])(\d{1,2})([/.-])(\d{1,2})\3(\d{1,2})(?![\d/.-])")
_REPUBLIC = re.compile(
    r"(?<![\d/.-])(1[01]\d)(?:([/.-])(\d{1,2})\2(\d{1,2})(?![\d/.-])|年(\d{1,2})月(\d{1,2})日)"
)


def with_full_years(text: str, *, year_first: bool = False) -> str:
    """``text`` with dates like "30.10.23" and "12-Nov-26" in full, of this century: for places where a
    date is expected, since elsewhere such a number may be a version.

    ``year_first``: as Korean, Japanese and Chinese sites write it, "26-04-06" is of 2026, and so are
    "R8.4.6" (Reiwa) and "115-04-06" (of the Republic).
    """
    if not text.isascii():
        text = text.translate(_DIGITS)
    if _SHORT_NAMED.search(text):  # rare, and to look costs less than to replace
        text = _SHORT_NAMED.sub(r"\1 \2 20\3", text)
    if not year_first:
        return _SHORT_YEAR.sub(r"\1\2\3\g<2>20\4", text) if _SHORT_YEAR.search(text) else text
    text = _ERA_INITIAL.sub(lambda m: f"{_INITIALS[m[1]] + int(m[2])}-{m[4]}-{m[5]}", text)
    text = _REPUBLIC.sub(lambda m: f"{_ERAS['民'] + int(m[1])}-{m[3] or m[5]}-{m[4] or m[6]}", text)
    return _SHORT_YEAR.sub(r"20\1\2\3\2\4", text)


def year_comes_first(language: str, texts: Iterable[str]) -> bool:
    """Is a page in Korean, Japanese or Chinese, by its language tag or most of its texts with letters?
    There a year of two digits comes first."""
    if language.lower().startswith(("ko", "ja", "zh")):
        return True
    eastern = [bool(CJK.search(text)) for text in texts if any(map(str.isalpha, text))]
    return 2 * sum(eastern) > len(eastern)


_URL_DAY = re.compile(
    r"/(?:t|art_)?((?:19|20)\d\d)(?:/|-|_)?(0[1-9]|1[0-2])(?:/|-|_)?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$|t\d)",
    re.IGNORECASE,
)
_URL_FOLDERS = re.compile(r"/((?:19|20)\d\d)/(1[0-2]|[1-9])/(3[01]|[12]\d|[1-9])(?=/)")


def day_in_url(url: str) -> re.Match[str] | None:
    """Year, month and day in an address: "/2026/11/12/", "/2026/5/9/", "/t20261112_4017.html"."""
    return _URL_DAY.search(url) or _URL_FOLDERS.search(url)


def _han_number(text: str) -> int:
    """一 to 三十一, with 十, 廿 and 卅; raises ValueError on a malformed one."""
    text = text.replace("廿", "二十").replace("卅", "三十").replace("元", "一")
    if "十" not in text:
        if len(text) != 1:
            raise ValueError(text)
        return _HAN_DIGITS[text]
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        raise ValueError(text)
    return (_HAN_DIGITS[tens] if tens else 1) * 10 + (_HAN_DIGITS[ones] if ones else 0)


def year_of_era(era: str, year: str) -> int:
    """The year that is another in an era: 令和8 is 2026, 令和元 2019."""
    return _ERAS[era[0]] + (1 if year == "元" else int(year))


def is_month(word: str) -> bool:
    """Is a word the name of a month, in any of the languages that are known?"""
    return word.strip(" .,").lower() in _MONTHS


def _named(match: re.Match[str]) -> bool:
    """Is the word in a month's place one?"""
    month = match.groupdict().get("month")
    return month is None or month.lower() in _MONTHS


def _year_month_day(match: re.Match[str], order: DateOrder | None) -> tuple[int, int, int]:
    part = match.groupdict()
    if part.get("hy"):
        year = int("".join(str(_HAN_DIGITS[char.upper()]) for char in part["hy"]))
        return year, _han_number(part["hm"]), _han_number(part["hd"])
    if part.get("era"):
        return year_of_era(part["era"], part["ey"]), int(part["m"]), int(part["d"])
    year = int(part["y"])
    if year in _BUDDHIST:
        year -= 543
    if part.get("a"):
        first, second = int(part["a"]), int(part["b"])
        if part["sep"] == ".":  # nobody writes a month first with dots
            order = order or "dmy"
        if order is None and first <= 12 and second <= 12 and first != second:
            raise DateRefused(f"{UNTOLD}; the society states no date_order")
        if order == "mdy" or (order is None and second > 12):
            return year, first, second
        return year, second, first
    month = _MONTHS[part["month"].lower()] if part.get("month") else int(part["m"])
    return year, month, int(part["d"])


def _clock(match: re.Match[str]) -> tuple[int, int, int] | None:
    """Hours, minutes, seconds as written, or None when no time of day stands there."""
    part = match.groupdict()
    if part["hour"] is None:
        return None
    hour = int(part["hour"])
    if part["half"] == "晚上" and hour == 12:  # of this day or of the next: not said
        return None
    half, ampm = part["half"] or "", (part["ampm"] or "").lower()
    if (ampm.startswith("p") and 12 < hour < 24) or (ampm.startswith("a") and hour == 0):
        ampm = ""  # "14:30 PM" says one thing twice
    if ampm and not 1 <= hour <= 12:
        raise DateRefused(f"{hour} o'clock {ampm} does not exist")
    if ampm.startswith(("p", "م")) or half in {"下午", "晚上"} or (half == "中午" and hour < 11):
        hour += 12 if hour < 12 else 0
    elif (ampm.startswith(("a", "ص")) or half in {"上午", "凌晨"}) and hour == 12:
        hour = 0
    return hour, int(part["minute"]), int(part["second"] or part["second_han"] or 0)


def _stated_zone(text: str, zone: ZoneInfo | None, moment: datetime) -> tzinfo | None:
    """The zone a text states; ``zone`` where it states none, None where its name is unclear (CST)."""
    if not text:
        return zone or UTC
    text = text.upper().replace(" ", "")
    if text in {"Z", "UTC", "GMT"}:
        return UTC
    offset = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", text)
    if offset:
        sign, hours, minutes = offset.groups()
        delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if delta > timedelta(hours=14):
            raise DateRefused(f"the offset {text} does not exist")
        return timezone(delta if sign == "+" else -delta)
    return zone if zone and text == zone.tzname(moment) else None


def _read(match: re.Match[str], zone: ZoneInfo | None, order: DateOrder | None, origin: Origin) -> When:
    try:
        year, month, day = _year_month_day(match, order)
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise DateRefused(f"the year {year} lies outside {FIRST_YEAR} to {LAST_YEAR}")
        bare_day = When(datetime(year, month, day, tzinfo=zone or UTC), "day", origin)
        clock = _clock(match)
        if clock is None:
            return bare_day
        moment = datetime(year, month, day, *clock)  # noqa: DTZ001 - its zone is read below
        offset = match["zone"] or ""
        # "12:00-13:00" are the hours of a meeting; an offset follows a T or seconds.
        hours = re.fullmatch(r"-\d{2}:\d{2}", offset) and not (match["iso"] or match["second"])
        stated = (zone or UTC) if hours else _stated_zone(offset, zone, moment)
        if stated is None:  # an unknown zone name: the day is sure, the instant is not
            return bare_day
        # Seconds say more than any society means; midnight to the second is a bare day.
        if clock == (0, 0, 0) and stated is (zone or UTC) and match["second"]:
            return bare_day
        return When(moment.replace(tzinfo=stated).astimezone(zone or stated), "minute", origin)
    except DateRefused:
        raise
    except (ValueError, OverflowError) as error:
        raise DateRefused(f"no such date ({error})") from error


_WEEKDAYS = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s*$", re.IGNORECASE)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _order_by_weekday(before: str, match: re.Match[str], order: DateOrder | None) -> DateOrder | None:
    """The order in which a date in digits falls on the weekday before it; ``order`` where none says."""
    part, named = match.groupdict(), _WEEKDAYS.search(before)
    if not named or not part.get("a"):
        return order
    meant: list[DateOrder] = []
    for tried, month, day in (("mdy", part["a"], part["b"]), ("dmy", part["b"], part["a"])):
        try:
            falls = datetime(int(part["y"]), int(month), int(day), tzinfo=UTC).weekday()
        except ValueError:
            continue
        if _WEEK[falls] == named[1].lower():
            meant.append(cast("DateOrder", tried))
    return meant[0] if len(meant) == 1 else order


def find_dates(
    text: str, *, zone: ZoneInfo | None, order: DateOrder | None = None, origin: Origin = "article"
) -> Iterator[Found]:
    """Every date-shaped piece of ``text``, left to right, refused ones included.

    ``zone`` is the society's: a time without a zone is meant there; None: unknown, so that an instant
    keeps the offset it is written with. Offsets count in
    ``unicodedata.normalize("NFKC", text)``.
    """
    text = unicodedata.normalize("NFKC", text[:20_000])
    if not text.isascii():
        text = text.translate(_DIGITS)
    taken: list[tuple[int, int, re.Match[str]]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            if not _named(match):
                continue
            if all(match.end() <= start or match.start() >= end for start, end, _ in taken):
                taken.append((match.start(), match.end(), match))
    for start, end, match in sorted(taken, key=lambda found: found[0]):
        part, before = match.groupdict(), text[max(0, start - 12) : start]
        if (
            (part.get("month") and _RANGE_BEFORE.search(before))
            or (part.get("a") and part["sep"] == "." and _NUMBERS_BEFORE.search(before))
            or (_RANGE_AFTER.match(text, end) and match["hour"] is None)
        ):
            yield Found(start, end, None, RANGE)
        else:
            try:
                said = _order_by_weekday(before, match, order)
                yield Found(start, end, _read(match, zone, said, origin))
            except DateRefused as refusal:
                yield Found(start, end, None, str(refusal))


def parse_date(
    text: str, *, zone: ZoneInfo | None, order: DateOrder | None = None, origin: Origin = "listing"
) -> When | None:
    """The one date ``text`` names; None when it names none.

    Raises DateRefused, quoting the text, when the date is ambiguous, impossible, a range, or when
    two different dates stand in the text.
    """
    found = list(find_dates(text, zone=zone, order=order, origin=origin))
    shown = " ".join(text.split())[:80]
    if not found:
        if _DAY_RANGE.search(unicodedata.normalize("NFKC", text[:20_000])):
            raise DateRefused(f"{shown!r}: {RANGE}")
        return None
    for piece in found:
        if piece.when is None:
            raise DateRefused(f"{shown!r}: {piece.refusal}")
    whens = {piece.when.value: piece.when for piece in found if piece.when}
    if len({when.day for when in whens.values()}) > 1:
        raise DateRefused(f"{shown!r}: names more than one date")
    return max(whens.values(), key=lambda when: when.precision == "minute")


_AGO = re.compile(
    r"(?P<word>今天|昨天|前天|刚刚|today|yesterday|just\s+now)"
    r"|(?P<count>\d{1,3})\s*(?P<unit>分钟|小时|天|minutes?|mins?|hours?|days?)\s*(?:前|ago)",
    re.IGNORECASE,
)
_DAYS_BACK = {"前天": 2, "昨天": 1, "yesterday": 1}


def relative_date(
    text: str, *, now: datetime, zone: ZoneInfo | None, origin: Origin = "article"
) -> When | None:
    """The date of "3天前", "昨天 08:30" or "2 hours ago" by the page's own clock ``now``; else None.

    Hours and minutes give an instant, days a day.
    """
    match = _AGO.search(unicodedata.normalize("NFKC", text[:200]))
    if not match:
        return None
    here = now.astimezone(zone or UTC)
    if match["count"]:
        unit, count = match["unit"].lower(), int(match["count"])
        if unit.startswith(("分", "min")):
            return When(here - timedelta(minutes=count), "minute", origin)
        if unit.startswith(("小", "hour")):
            return When(here - timedelta(hours=count), "minute", origin)
        back = count
    else:
        back = _DAYS_BACK.get(match["word"].lower(), 0)
    day = (here - timedelta(days=back)).date()
    return When(datetime(day.year, day.month, day.day, tzinfo=zone or UTC), "day", origin)
