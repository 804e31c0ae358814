"""The societies' files as Scrapy finds them; one that can't be read costs its own society alone."""

from __future__ import annotations

import traceback
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader


class SocietyLoader(SpiderLoader):
    """Scrapy's own reads no file at all because of one in which a bracket is missing."""

    def __init__(self, settings: BaseSettings) -> None:
        self.broken: dict[str, str] = {}
        """Why a file can't be read, by its name, which is the society's."""
        super().__init__(settings)

    def _load_all_spiders(self) -> None:
        for folder in self.spider_modules:
            package = import_module(folder)
            self._load_spiders(package)
            for file in iter_modules(getattr(package, "__path__", ())):
                try:
                    self._load_spiders(import_module(f"{folder}.{file.name}"))
                except Exception as error:
                    self.broken[file.name] = unread(error)
        self._check_name_duplicates()


def unread(error: Exception) -> str:
    """Why a file of a society can't be read: where, and Python's word for it."""
    if isinstance(error, SyntaxError):
        return (
            f"{_shown(error.filename or '')}, line {error.lineno}: {type(error).__name__}: {error.msg}"
        )
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{_shown(where.filename)}, line {where.lineno}: {type(error).__name__}: {error}"


def _shown(name: str) -> str:
    """A file's path as one would write it from here."""
    path = Path(name)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
