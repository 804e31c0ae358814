"""A society's zone by its name, or, where it has not stated one, a guess for an operator to check."""

from __future__ import annotations

from zoneinfo import ZoneInfo

_ZONES = {
    "cn": "Asia/Shanghai",
    "hk": "Asia/Hong_Kong",
    "tw": "Asia/Taipei",
    "jp": "Asia/Tokyo",
    "kr": "Asia/Seoul",
    "sg": "Asia/Singapore",
    "in": "Asia/Kolkata",
    "uk": "Europe/London",
    "ie": "Europe/Dublin",
    "de": "Europe/Berlin",
    "at": "Europe/Vienna",
    "ch": "Europe/Zurich",
    "fr": "Europe/Paris",
    "es": "Europe/Madrid",
    "it": "Europe/Rome",
    "nl": "Europe/Amsterdam",
    "be": "Europe/Brussels",
    "pl": "Europe/Warsaw",
    "se": "Europe/Stockholm",
    "eu": "Europe/Brussels",
    "gov": "America/New_York",
}
_SPOKEN = {"zh": "Asia/Shanghai", "ja": "Asia/Tokyo", "ko": "Asia/Seoul"}


def zone_named(name: str) -> ZoneInfo:
    """The zone of a name as the tz database has it; ValueError, saying so, for any other."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown; a path; a folder of zones
        raise ValueError(f"timezone={name!r}: give one such as Asia/Shanghai") from error


def zone_of(host: str, language: str = "") -> str:
    """By the country of a host's name, else by a language that one country speaks, else UTC."""
    country = host.rpartition(".")[2].lower()
    return _ZONES.get(country) or _SPOKEN.get(language.partition("-")[0].lower(), "UTC")
