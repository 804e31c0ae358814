"""The language of an article by its own letters and words: a page's frame may speak another."""

from __future__ import annotations

import re

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u9fff\uf900-\ufaff]")),
)
_WORDS = {
    "en": "the of and to in is that for with was are this from have not be by",
    "de": "der die und das ist nicht mit den von ein eine für auf dem zu auch",
    "fr": "le la les des et est une dans pour que qui sur pas du au avec",
    "es": "el la los las que del una por con para es su no al como más",
    "it": "il la che di è per con non una del della sono gli alla più le",
    "pt": "o a os as que do da em um uma para com não por mais dos",
    "nl": "de het een en van is dat niet op te voor met zijn die aan",
}
_COMMON = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"[a-z]{2,3}")


def language_of(text: str, default: str, stated: str = "") -> str:
    """The language by script: CJK where a fifth of the letters are, else what the page states,
    ``default`` or what the commonest words say.

    Latin letters in a page stated or expected to be CJK are English.
    """
    letters = sum(map(str.isalpha, text)) or 1
    for language, script in _SCRIPTS:
        share = len(script.findall(text)) / letters
        if share > (0.05 if language == "ja" else 0.2):
            return language
    tag = re.split(r"[-_]", stated.strip().lower())[0]
    tag = tag if _TAG.fullmatch(tag) else ""
    cjk = {"zh", "ja", "ko"}
    if tag and tag not in cjk:
        return tag
    if default and default not in cjk:
        return default
    if letters <= 40:
        return default or tag
    return "en" if default else _by_words(text) or tag


def _by_words(text: str) -> str:
    words = [word.lower() for word in _WORD.findall(text[:3000])]
    counts = {language: sum(word in common for word in words) for language, common in _COMMON.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] * 12 >= len(words) and counts[best] > 3 else ""
