"""`luubao.toml`: what a person may set. Every option has a default, so none is needed; what it says is checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from archive.exceptions import ArchiveError
from crawler.politeness.robots import Forbidden

FILE = "luubao.toml"


class ConfigError(ArchiveError):
    """Raised when a luubao.toml is not as it has to be."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        place = f"{path}, line {line}" if line else f"{path}"
        super().__init__(f"{place}: {problem}")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the site's own day in which no crawl begins; they may go over midnight."""

    begins: time
    ends: time

    def covers(self, moment: time) -> bool:
        """Whether `moment` lies in them.

        >>> Quiet(time(23), time(5)).covers(time(2)), Quiet(time(23), time(5)).covers(time(12))
        (True, False)
        """
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """How one site is crawled; `every`, `quiet`, `time_limit` and `enabled` are for the schedule alone."""

    every: timedelta | None = None
    """Time between two crawls; None: learned from how often the site publishes."""
    quiet: Quiet | None = None
    limit: int = 500
    """Articles fetched at most in one crawl."""
    time_limit: timedelta = timedelta(hours=1)
    """After so long a crawl is told to end."""
    delay: float | None = None
    """Seconds between two requests to a host, where it needs more than robots.txt says."""
    robots_forbidden: str = "disallow"
    """What a robots.txt means that answers 401 or 403: `disallow`, or `allow` as RFC 9309 permits."""
    noarchive: str = "keep"
    """What becomes of a page that asks robots not to keep it: `keep`, marked; or `skip`, remembered as visited only."""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the file says, defaults filled in."""

    contact: str | None = None
    """Where the owner of a site reaches who runs this crawl: an address of mail or the web."""
    sites: tuple[str, ...] | None = None
    """The sites that the schedule follows; None: all that are declared."""
    parallel: int = 4
    """Crawls at once, each of another site."""
    standard: SiteConfig = field(default_factory=SiteConfig)
    by_site: Mapping[str, SiteConfig] = field(default_factory=dict)
    path: Path | None = None
    """The file; None where there is none."""

    def of(self, site: str) -> SiteConfig:
        """How `site` is crawled."""
        return self.by_site.get(site, self.standard)


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _span(value: object) -> timedelta:
    """`"90s"`, `"15m"`, `"2h"` or `"1d"`."""
    found = re.fullmatch(r"(\d+)([smhd])", value) if isinstance(value, str) else None
    if not found or int(found[1]) == 0:
        raise ValueError('a span like "15m", "2h" or "1d"')
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def _every(value: object) -> timedelta | None:
    return None if value == "auto" else _span(value)


def _quiet(value: object) -> Quiet:
    found = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", value) if isinstance(value, str) else None
    try:
        if found:
            return Quiet(time.fromisoformat(found[1]), time.fromisoformat(found[2]))
    except ValueError:
        pass
    raise ValueError('hours like "23:00-05:00"')


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("a whole number from 1")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError("a number of seconds")
    return float(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")  # noqa: TRY004  told to a person, with the line
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text")
    return value


def _either(*words: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if value not in words:
            raise ValueError(" or ".join(f'"{word}"' for word in words))
        return str(value)

    return check


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError('a list of names like ["baolaocai", "nhandan"]')
    return tuple(value)


_SITE: dict[str, Callable[[object], object]] = {
    "every": _every,
    "quiet": _quiet,
    "limit": _count,
    "time_limit": _span,
    "delay": _seconds,
    "robots_forbidden": _either(*Forbidden),
    "noarchive": _either("keep", "skip"),
}
_SCHEDULE = {**_SITE, "sites": _names, "parallel": _count}


def read_config(path: Path | None, *, known_sites: frozenset[str]) -> Config:
    """What the file at `path` says; the defaults where `path` is None. Raises ConfigError, which names the line."""
    if path is None:
        return Config()
    try:
        text = path.read_text(encoding="utf-8")
        said = tomllib.loads(text)
    except OSError as e:
        raise ConfigError(path, None, f"cannot be read: {e.strerror}") from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise ConfigError(path, None, f"no TOML: {e}") from e
    return _Reader(path, text, known_sites).read(said)


class _Reader:
    """Checks a file, key by key; an error names the line of the key."""

    def __init__(self, path: Path, text: str, known_sites: frozenset[str]) -> None:
        self._path, self._known = path, known_sites
        self._lines = _lines(text)

    def read(self, said: dict[str, Any]) -> Config:
        for key in said:
            self._check_name(key, ("contact", "schedule", "sites"), ())
        schedule = self._table(said, "schedule")
        values = self._values(schedule, _SCHEDULE, ("schedule",))
        sites = values.pop("sites", None)
        parallel = values.pop("parallel", Config().parallel)
        for name in sites or ():
            self._check_site(name, ("schedule", "sites"))
        by_site = {}
        for name, own in self._table(said, "sites").items():
            self._check_site(name, ("sites", name))
            if not isinstance(own, dict):
                raise self._error(("sites", name), f"[sites.{name}] has to be a table")
            chosen = self._values(own, {**_SITE, "enabled": _flag}, ("sites", name))
            by_site[name] = SiteConfig(**{**values, **chosen})
        contact = self._checked(("contact",), said["contact"], _text) if "contact" in said else None
        return Config(contact, sites, parallel, SiteConfig(**values), by_site, self._path)

    def _table(self, said: dict[str, Any], name: str) -> dict[str, Any]:
        table = said.get(name, {})
        if not isinstance(table, dict):
            raise self._error((name,), f"[{name}] has to be a table")
        return table

    def _values(
        self, said: dict[str, Any], known: Mapping[str, Callable[[object], object]], table: tuple[str, ...]
    ) -> dict[str, Any]:
        for key in said:
            self._check_name(key, tuple(known), table)
        return {key: self._checked((*table, key), value, known[key]) for key, value in said.items()}

    def _check_name(self, key: str, known: tuple[str, ...], table: tuple[str, ...]) -> None:
        if key not in known:
            where = f" in [{'.'.join(table)}]" if table else ""
            raise self._error((*table, key), f"no option {key!r}{where}: there is {', '.join(known)}")

    def _check_site(self, name: str, key: tuple[str, ...]) -> None:
        if name not in self._known:
            raise self._error(key, f"no site {name!r}: `luubao sites` lists them")

    def _checked(self, key: tuple[str, ...], value: object, check: Callable[[object], Any]) -> Any:  # noqa: ANN401  each option its own
        try:
            return check(value)
        except ValueError as e:
            raise self._error(key, f"{key[-1]} has to be {e}, not {value!r}") from e

    def _error(self, key: tuple[str, ...], problem: str) -> ConfigError:
        # A key in a table of one line stands where the table does.
        places = (self._lines.get(key[:end]) for end in range(len(key), 0, -1))
        return ConfigError(self._path, next((line for line in places if line), None), problem)


_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([\w."' -]+?)\s*=""")


def _lines(text: str) -> dict[tuple[str, ...], int]:
    r"""{path of a table or key: the first line that names it}.

    tomllib keeps no lines. It has read the file by now, so what looks like a header or a key is one, but for what
    stands in a text of several lines, which no option needs.

    >>> _lines("[schedule]\nlimit = 1\n[sites.'a']\nlimit = 2\n")[("sites", "a", "limit")]
    4
    """
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _path(header[1])
        named = table if header else (*table, *_path(key[1])) if key else ()
        for end in range(1, len(named) + 1):
            found.setdefault(named[:end], number)
    return found


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
