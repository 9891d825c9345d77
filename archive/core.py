"""Archive: the one façade. A folder with `archive.db`, `captures/*.warc.gz` and `decisions.jsonl`.

Captures and what they say go in through `Archive.record`; articles, versions, clusters and changes come out. The
order of writing is what makes a commit last: the WARC file is closed and synced, then the database commits."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from archive import export, naming, warc
from archive.copies import Rebuilt, why_reindex
from archive.decisions import DecisionFile, restored
from archive.exceptions import (
    NoArchiveError,
    NothingToReleaseError,
    StorageError,
    UnknownNameError,
)
from archive.failpoint import failpoint
from archive.group import Group
from archive.heeding import heed
from archive.history import Effect, Seen
from archive.lock import WriterLock
from archive.prepared import Prepared, identify, prepare_capture
from archive.storage import as_of, captures, feed, histories, index, readings
from archive.storage import breakers as stored_breakers
from archive.storage import decisions as stored_decisions
from archive.storage.captures import StoredCapture
from archive.storage.engine import connect, describe_engine, engine_warning, for_reading, state_of, storage_errors
from archive.storage.migrate import prepare
from archive.storage.readings import StoredReading
from archive.types import Capture, Decision, DecisionKind, Document, Edition
from archive.urls import host_of, identity
from archive.warc import Location


class Extractor(Protocol):
    """What reads captures. The archive asks it again only where an article was read by another edition."""

    edition: Edition

    def read(self, capture: Capture) -> Document:
        """What the page says; pure, and never raising."""

    def site_of(self, capture: Capture) -> str | None:
        """The name of the site that the capture belongs to, where it is a known one."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one capture."""

    capture: str
    """Public id."""
    is_new: bool
    """False: the archive had it, and nothing changed."""
    effect: Effect | None = None
    """None for a capture that was known, or that is kept and not read yet."""
    is_repeat: bool = False
    """Of one that is not read yet: the address had the same payload when it was captured last."""


class Archive:
    """An archive, open for reading, or, with an extractor, for writing.

    Several processes may have it open for writing; they take turns, a group of captures each. Use it as a context
    manager: leaving the block commits, an exception leaves what was committed before.
    """

    def __init__(self, folder: Path, engine: Engine, *, shown_as: str, extractor: Extractor | None) -> None:
        self.folder = folder
        self.captures_folder = folder / "captures"
        self._engine = engine
        self._shown_as = shown_as
        self._extractor = extractor
        self._decisions = DecisionFile(folder / "decisions.jsonl")
        self._lock = WriterLock(folder)
        self._group: Group | None = None
        self._read_before: dict[str, Document] = {}
        self._index: Engine | None = None
        self._watches: dict[Engine, Connection] = {}
        self._watching = threading.Lock()
        self._here = threading.local()
        self.as_of: datetime | None = None
        """A former moment, as of which `rows`, `changes` and what is built on them read; None is now."""

    @classmethod
    def open(cls, folder: Path | str, *, database: str | URL | None = None, extractor: Extractor | None = None) -> Self:
        """Open the archive in `folder`; with an `extractor` for writing, and then it is made if it is not there.

        `database` puts the tables elsewhere, e.g. `postgresql://user@host/name`. Raises NoArchiveError,
        NotAnArchiveError, NewerArchiveError, ArchiveLockedError or StorageError.
        """
        folder = Path(folder)
        file = folder / "archive.db"
        if extractor is None and database is None and not file.exists():
            raise NoArchiveError(folder)
        shown_as = str(folder) if database is None else shown_database(database)
        if extractor is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as e:
                raise StorageError(f"cannot make an archive in {str(folder)!r}: {e.strerror}") from e
        url = database or URL.create("sqlite", database=str(file))
        archive = cls(folder, connect(url, is_readonly=extractor is None), shown_as=shown_as, extractor=extractor)
        try:
            if extractor is not None or _may_need_upgrade(folder, database):
                prepare(url, shown_as=shown_as, may_make=extractor is not None)
            if extractor is not None:
                archive._repair()
        except BaseException:
            archive.close()
            raise
        return archive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.commit()
            else:
                self.roll_back()
        finally:
            self.close()

    def close(self) -> None:
        """Let go of files and connections; what was not committed is not kept."""
        self.roll_back()
        for watch in self._watches.values():
            watch.close()
        self._engine.dispose()
        if self._index is not None:
            self._index.dispose()

    # -- writing -------------------------------------------------------------------------------------------------

    def record(
        self,
        capture: Capture,
        document: Document,
        *,
        prepared: Prepared | None = None,
        location: Location | None = None,
        payload_in: StoredCapture | None = None,
        may_refer: bool = False,
    ) -> Recorded:
        """Keep `capture` and what it says; the same capture twice changes nothing.

        `prepared` is what `prepare_capture` makes of the two, where a reader has done that. With `may_refer` its record
        is a revisit where the archive has the same payload at the same address already. `location` says that the record
        is on disk below `captures/`, and `payload_in` which capture's record holds its payload if it is a revisit.
        Durable after the next `commit`, which comes by itself when a group is full.
        """
        ready = prepared or prepare_capture(capture, document)
        public_id, url_key = ready.identity.public_id, ready.identity.url_key
        with self._errors():
            group = self._judging()
            if location is None and group.newcomers.fits(ready):
                return self._welcome(group, capture, document, ready)
            group.settle()
            known = group.find(public_id)
            if known is not None and known[1]:
                return Recorded(public_id, is_new=False)
            try:
                site = self._site_of(capture)
                if known is not None:
                    row = known[0]
                else:
                    payload_row = None if payload_in is None else payload_in.id
                    if location is None:
                        location, payload_row = group.append(capture, ready.identity, ready, may_refer=may_refer)
                    row = group.add_capture(capture, ready.identity, location, site=site, payload_row=payload_row)
                    failpoint("db_mid")
                group.note_read(public_id, row)
                seen = Seen(row, public_id, capture.url, url_key, site, capture.captured_at)
                effect = group.historian.observe(seen, document, ready.claims)
                if effect.newcomer is not None:
                    group.copies.welcome(effect.newcomer, ready.profile, at=capture.captured_at)
                else:
                    group.copies.update(effect.touched, at=capture.captured_at)
            except BaseException:
                # Whoever catches this and goes on must not commit half a capture.
                self.roll_back()
                raise
            if group.is_full:
                self.commit()
            return Recorded(public_id, is_new=True, effect=effect)

    def _welcome(self, group: Group, capture: Capture, document: Document, ready: Prepared) -> Recorded:
        try:
            effect = group.welcome(capture, document, ready, site=self._site_of(capture))
        except BaseException:
            self.roll_back()
            raise
        if group.is_full:
            self.commit()
        return Recorded(ready.identity.public_id, is_new=True, effect=effect)

    def foresee(self, coming: Sequence[Prepared]) -> None:
        """Ask at once what `record` would ask for each of these, which are about to be recorded.

        Those that begin an article are then written together, before anything else is asked or written."""
        if coming:
            with self._errors():
                self._judging().newcomers.foresee(coming)

    def keep(self, capture: Capture, *, may_refer: bool = False) -> Recorded:
        """Keep `capture` and leave what it says to a later `record` of it; durable after the next `commit`."""
        named = identify(capture)
        with self._errors():
            group = self._settled()
            if group.find(named.public_id) is not None:
                return Recorded(named.public_id, is_new=False)
            try:
                place, payload_row = group.append(capture, named, None, may_refer=may_refer)
                group.add_capture(capture, named, place, site=self._site_of(capture), payload_row=payload_row)
                is_repeat = captures.is_repeat(
                    group.connection, named.url_key, capture.captured_at, named.payload_digest
                )
            except BaseException:
                self.roll_back()
                raise
            if group.is_full:
                self.commit()
            return Recorded(named.public_id, is_new=True, is_repeat=is_repeat)

    def keep_unmodified(self, capture: Capture) -> None:
        """Keep a 304 as evidence beside the captures: it shows no page, so nothing is read in it."""
        with self._errors():
            try:
                self._settled().append_unmodified(capture)
            except BaseException:
                self.roll_back()
                raise
            if self._group is not None and self._group.is_full:
                self.commit()

    def outdated(self, *, site: str | None = None, since: datetime | None = None) -> list[int]:
        """Rows of the captures that former editions have read and this one has not, those of one article together."""
        assert self._extractor is not None
        with self._peeking() as connection:
            edition = captures.find_edition(connection, self._extractor.edition)
            return readings.read_by_others(connection, edition, site=site, since=since)

    def stored(self, rows: Sequence[int]) -> list[tuple[StoredCapture, StoredReading | None]]:
        """Captures by their rows, in that order, each with what the newest former edition read in it."""
        assert self._extractor is not None
        with self._peeking() as connection:
            edition = captures.find_edition(connection, self._extractor.edition)
            found = {one.id: one for one in captures.stored_captures(connection, rows)}
            return [(found[row], readings.former_reading(connection, edition, row)) for row in rows]

    def read_anew(self, batch: Sequence[tuple[StoredCapture, Document]]) -> None:
        """Note what this edition reads in captures that only former ones have read, with all others of their articles.

        The publisher did nothing: versions are decided in this edition, and the feed says no more than `re-read`.
        What the batch does not hold of an article's other captures is read here, by the extractor.
        """
        with self._errors():
            self._read_before = {stored.public_id: document for stored, document in batch}
            try:
                for stored, _ in batch:
                    group = self._settled()
                    group.copies.update(group.historian.read_anew(stored), at=stored.captured_at)
            except BaseException:
                self.roll_back()
                raise
            finally:
                self._read_before = {}

    def settle_breakers(self) -> None:
        """Work out every site's breaker in this edition, after captures were read anew."""
        with self._errors():
            group = self._settled()
            for site, _ in self.tally("captures", "site"):
                since = group.historian.breakers.work_out(group.connection, site)
                if since is not None:
                    touched = group.historian.judge_site_anew(site, since, is_quiet=True)
                    group.copies.update(touched, at=since)

    def reindex(
        self, *, begin: Callable[[int], None] = lambda _: None, progress: Callable[[int], None] = lambda _: None
    ) -> Rebuilt:
        """Find all copies anew from the documents, as a replay would with the rules of this release.

        `begin` is told how many steps there are, `progress` how many were done since the last call. All or nothing.
        """
        with self._errors():
            self.commit()
            try:
                rebuilt = self._settled().copies.rebuild(begin=begin, progress=progress)
            except BaseException:
                self.roll_back()
                raise
            self.commit()
            return rebuilt

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The connection of the transaction in progress, for the functions of `archive.storage.frontier`.

        What they change becomes durable together with the captures recorded around them, at the next `commit`.
        """
        with self._errors():
            group = self._writing()
            group.settle()
            yield group.connection

    def decide(self, decision: Decision) -> bool:
        """Heed what a person decided, now and in every replay; False if it had been said before.

        The subject may be given as a URL, or as the beginning of an id. Raises UnknownNameError, OneArticleError where
        two are asked for and one is named twice, and NothingToReleaseError for a page that can be no version.
        """
        with self._errors():
            group = self._settled()
            made = naming.resolved(group.connection, decision, within=self._shown_as)
            if made.kind is DecisionKind.RELEASE and not group.historian.has_text(made.subject):
                raise NothingToReleaseError(made.subject)
            if not self._decisions.add(made):
                return False
            heed(group, made)
            return True

    def import_decisions(self, decisions: list[Decision]) -> int:
        """Heed decisions that travelled with captures, also those about what this archive does not hold (yet)."""
        with self._errors():
            group = self._settled()
            new = [made for made in decisions if self._decisions.add(made)]
            for made in new:
                heed(group, made)
            return len(new)

    def commit(self) -> None:
        """Make everything recorded so far durable: close and sync the WARC file, then commit the database."""
        if self._group is None:
            return
        group, self._group = self._group, None
        try:
            with self._errors():
                try:
                    group.finish()
                except BaseException:
                    group.abandon()
                    raise
        finally:
            self._lock.release()

    def roll_back(self) -> None:
        """Forget what was recorded since the last commit; its WARC file stays, and is adopted by the next run."""
        group, self._group = self._group, None
        try:
            if group is not None:
                group.abandon()
        finally:
            self._lock.release()

    def start_run(self, kind: str, *, at: datetime, counts: Mapping[str, Any] | None = None) -> int:
        """Note that a run began, and what is known of it by then; returns its number."""
        with self.writing() as connection:
            run = feed.start_run(connection, kind, at=at, counts=counts or {})
        self.commit()
        return run

    def finish_run(self, run: int, *, at: datetime, counts: Mapping[str, Any]) -> None:
        """Note how a run ended."""
        with self.writing() as connection:
            feed.finish_run(connection, run, at=at, counts=counts)
        self.commit()

    def orphans(self) -> list[Path]:
        """WARC files below captures/ that no commit counts on: a crash came between the two. Record them again.

        From here to the next `commit` no other process writes; before, its file of the moment would be among them."""
        with self._errors():
            known = captures.file_names(self._settled().connection)
        # Names, and not paths: the folder may hold a million files, and every crawl begins with this.
        names = (name for name in os.listdir(self.captures_folder) if name.endswith(".warc.gz"))  # noqa: PTH208  see above
        return [self.captures_folder / name for name in sorted(name for name in names if name not in known)]

    def find_payload(self, revisit: warc.Scanned) -> StoredCapture | None:
        """The capture whose record holds the payload of a revisit, by the address and moment that the revisit names."""
        if revisit.refers_to is None:
            return None
        url, captured_at = revisit.refers_to
        with self.reading() as connection:
            return next((one for one in captures.captures_at(connection, identity(url), captured_at)), None)

    # -- reading -------------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for the functions of `archive.storage`; sees what is recorded and not yet committed, too."""
        if self._group is not None:
            with self._errors():
                try:
                    self._group.flush()
                except BaseException:
                    self.roll_back()
                    raise
        with self._peeking() as connection:
            yield connection

    @contextmanager
    def _peeking(self) -> Iterator[Connection]:
        """The same for what has nothing to do with copies and changes, which a group writes at its end."""
        with self._errors():
            held = getattr(self._here, "connection", None)
            if self._group is not None:
                self._group.settle()
                yield self._group.connection
            elif held is not None:
                yield held
            else:
                with for_reading(self._engine).connect() as connection:
                    yield connection

    @contextmanager
    def reading_at_once(self) -> Iterator[Connection]:
        """`reading`, and whatever this thread reads within the block is read on the same connection.

        On SQLite all of it is of one moment. A page asks a dozen questions: to open a transaction for each took as long
        as the answers.
        """
        before = getattr(self._here, "connection", None)
        with self.reading() as connection:
            self._here.connection = connection
            try:
                yield connection
            finally:
                self._here.connection = before

    def known(self, capture_ids: list[str]) -> set[str]:
        """Which of these captures the archive has, and has read."""
        with self._peeking() as connection:
            return captures.known_ids(connection, capture_ids)

    def rows(
        self, view: str, *, order_by: tuple[str, ...] = (), limit: int | None = None, **equal: object
    ) -> Iterator[dict[str, Any]]:
        """Rows of one of the contract's views, e.g. `rows("articles", site="nhandan")`; streamed."""
        source = as_of.source(view, self.as_of)
        where = [source.c[name] == value for name, value in equal.items()]
        with self.reading() as connection:
            yield from feed.rows(connection, view, *where, order_by=order_by, limit=limit, source=source)

    def tally(self, view: str, *columns: str) -> list[tuple[Any, ...]]:
        """How many rows of a view have each combination of these columns' values, with the count last."""
        with self.reading() as connection:
            return feed.tally(connection, view, *columns)

    def get_article(self, name: str) -> dict[str, Any]:
        """The row of `articles` for a URL, or for the beginning of an id. Raises UnknownNameError."""
        with self.reading() as connection:
            public_id = naming.article_id(connection, name, within=self._shown_as)
        row = next(self.rows("articles", article_id=public_id), None)
        if row is None:
            is_taken = any(one.kind is DecisionKind.TAKE_DOWN and one.subject == public_id for one in self.decisions())
            why = "was taken down: it is shown no more" if is_taken else "has no version yet: see `luubao held`"
            raise UnknownNameError(f"article {name!r} {why}")
        return row

    def versions(self, article_id: str) -> list[dict[str, Any]]:
        """The rows of `versions` for one article, oldest first."""
        return list(self.rows("versions", article_id=article_id, order_by=("version",)))

    def load_capture(self, name: str) -> Capture:
        """The capture with this id (or its beginning), from its WARC file. Raises UnknownNameError."""
        with self._peeking() as connection:
            return self._load(naming.capture(connection, name, within=self._shown_as))

    def decisions(self) -> list[Decision]:
        """Everything that people decided, oldest first."""
        with self.reading() as connection:
            return [restored(made) for made in stored_decisions.all_made(connection)]

    def changes(self, *, since: str | None = None) -> Iterator[dict[str, Any]]:
        """Rows of `changes`, oldest first; with `since`, those after the change with that id.

        The id is the cursor: it is the same in a backup, a replay, or on another engine. Raises UnknownNameError.
        """
        with self.reading() as connection:
            after = None if since is None else feed.seq_of(connection, since)
            if since is not None and after is None:
                raise UnknownNameError(f"no change {since!r} in {self._shown_as!r}: start again without --since")
            source = as_of.source("changes", self.as_of)
            where = [] if after is None else [source.c.seq > after]
            yield from feed.rows(connection, "changes", *where, order_by=("seq",), source=source)

    @contextmanager
    def index(self) -> Iterator[Engine]:
        """The engine of the full-text index, for `archive.search`."""
        with self._errors():
            if self._index is None:
                self._index = index.engine_of(self._engine, self.folder)
            yield self._index

    def state(self, *, with_index: bool = False) -> str:
        """A word that is another one after any commit, of whatever process; its own writing aside.

        With `with_index`, also after one to the full-text index.
        """
        with self._errors(), self._watching:
            engines = [self._engine]
            if with_index and self._engine.dialect.name == "sqlite":
                with self.index() as engine:
                    engines.append(engine)
            return " ".join(self._state_of(engine) for engine in engines)

    def _state_of(self, engine: Engine) -> str:
        if engine not in self._watches:
            self._watches[engine] = for_reading(engine).connect()
        try:
            return state_of(self._watches[engine])
        finally:
            self._watches[engine].rollback()

    def has_index(self) -> bool:
        """Whether there is a full-text index, be it behind."""
        with self.index() as engine, for_reading(engine).connect() as connection:
            return index.is_made(connection)

    def update_index(self) -> int:
        """Add to the full-text index what was committed since; returns how many documents."""
        added = 0
        with self.index() as engine, for_reading(self._engine).connect() as committed:
            while True:
                with for_reading(engine).connect() as connection:
                    if index.is_current(committed, connection):
                        return added
                with engine.begin() as connection:
                    some = index.update(committed, connection)
                if not some:
                    return added
                added += some

    def status(self) -> dict[str, Any]:
        """What the archive holds, site by site, how the last run went, and what deserves a person's eye."""
        with self.reading() as connection:
            newest = histories.newest_edition(connection)
            tripped = {} if newest is None else stored_breakers.tripped(connection, newest)
            last = next(feed.rows(connection, "runs", order_by=("-run_id",), limit=1), None)
            return {
                "database": describe_engine(connection),
                "editions": [row["edition"] for row in feed.rows(connection, "editions", order_by=("edition",))],
                "last_run": None if last is None else export.plain(last),
                "breakers": {site: export.moment(at) for site, (at, _) in sorted(tripped.items())},
                "warning": engine_warning(connection),
                "unread": captures.count_unread(connection),
                "reindex": why_reindex(connection),
                "sites": [export.plain(row) for row in feed.sites(connection)],
            }

    # -- inside --------------------------------------------------------------------------------------------------

    def _errors(self) -> Any:  # noqa: ANN401  a context manager
        return storage_errors(self._shown_as)

    def _writing(self) -> Group:
        if self._extractor is None:
            raise StorageError(f"archive {self._shown_as!r} is open for reading only: open it with an extractor")
        if self._group is None:
            self._lock.acquire()
            try:
                self._group = Group(self._engine, self.captures_folder, self._extractor.edition, reread=self._reread)
            except BaseException:
                self._lock.release()
                raise
        return self._group

    def _judging(self) -> Group:
        """The group in progress, where everything that people decided is heeded."""
        group = self._writing()
        if not group.is_judging:
            group.is_judging = True
            # A crash, or a copied file, may have left decisions beside the captures that no row knows of.
            for made in self._decisions.but_not(group.decision_ids):
                heed(group, made)
        return group

    def _settled(self) -> Group:
        """The same, with nothing that waits to be written: for whoever asks or writes anything."""
        group = self._judging()
        group.settle()
        return group

    def _site_of(self, capture: Capture) -> str:
        assert self._extractor is not None
        return self._extractor.site_of(capture) or host_of(capture.url).removeprefix("www.") or "unknown"

    def _reread(self, stored_capture: StoredCapture) -> Document:
        assert self._extractor is not None
        read = self._read_before.get(stored_capture.public_id)
        return self._extractor.read(self._load(stored_capture)) if read is None else read

    def _load(self, stored_capture: StoredCapture) -> Capture:
        return warc.read_in(self.captures_folder, stored_capture.place, stored_capture.payload_place)

    def _repair(self) -> None:
        """Bring the files into order that a crash left open."""
        try:
            self.captures_folder.mkdir(exist_ok=True)
        except OSError as e:
            raise StorageError(f"cannot write to {str(self.folder)!r}: {e.strerror}") from e
        self._lock.acquire()
        try:
            for path in warc.open_files(self.captures_folder):
                warc.repair(path)
        finally:
            self._lock.release()


def _may_need_upgrade(folder: Path, database: object) -> bool:
    """Whether a reader may write at all: it upgrades what an earlier release left, where the disk lets it."""
    return database is not None or os.access(folder / "archive.db", os.W_OK)


def shown_database(database: str | URL) -> str:
    """What errors call the database."""
    try:
        return make_url(database).render_as_string(hide_password=True)
    except ArgumentError as e:
        raise StorageError(f"not a database URL: {str(database)!r}; e.g. postgresql://user@host/name") from e
