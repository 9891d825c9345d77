"""The index of sampled shingles: which documents share some with a text. The blocks are laid out by `sketch_blocks`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from sqlalchemy import Column, Connection, Delete, Select, delete, func, insert, select

from archive import sketch_blocks
from archive.similarity import Sketch
from archive.sketch_blocks import FIRST_BLOCK, Integers, Level, Postings
from archive.storage import schema
from archive.storage.engine import among, listed

_sketch, _signature = schema.sketch, schema.signature
_U16 = np.dtype("<u2")
_LIKE_ANY = np.arange(1 << 16, dtype=np.uint16)

_RUNS = 16
"""More runs than this become one: all are read before anything is looked up."""
_RUN_ENTRIES = 1 << 17
"""More entries than this in the runs go into the blocks: those of 4,000 articles, and 1.3 MB."""
_SIGNATURES = 4096
"""Signatures that are read at a time: a megabyte."""
_PORTION = 512
"""Blocks that are rewritten at a time, and with the blocks below them never more than 16 MB."""


class SketchIndex:
    """The index, on the connection of the transaction in progress; what was added is written by `flush`.

    Nobody else may write to it meanwhile: a transaction that writes has the archive for itself."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._runs: Postings | None = None
        self._run_keys: list[int] = []
        self._levels = 0
        self._new: defaultdict[int, list[int]] = defaultdict(list)
        self._signatures: dict[int, npt.NDArray[np.uint16]] = {}

    def read(self, sketches: Sequence[Sketch]) -> list[Integers]:
        """For each sketch the tails of the entries that are written; together they cost less than one by one."""
        if not sketches:
            return []
        runs = self._load()
        hashes = np.concatenate([sketch.hashes for sketch in sketches])
        found = [sketch_blocks.find_posted(hashes, runs)]
        for level in range(1, self._levels + 1):
            wanted = np.unique(sketch_blocks.keys(hashes, level)).tolist()
            found.append(sketch_blocks.find(hashes, level, self._blocks(wanted)))
        ends = np.cumsum([len(sketch.hashes) for sketch in sketches])[:-1]
        # What is found is in the order of what was asked.
        by_sketch = [np.split(tails, places.searchsorted(ends)) for places, tails in found]
        return [np.concatenate(parts) for parts in zip(*by_sketch, strict=True)]

    def find(self, sketch: Sketch, read: Integers) -> tuple[Integers, Integers, Integers]:
        """(documents, their size classes, how many of these shingles each has) of those that have one at least.

        `read` is what is written of the sketch; no `flush` may come between.
        """
        new = [tail for value in sketch.hashes.tolist() if value in self._new for tail in self._new[value]]
        return sketch_blocks.counted(np.concatenate([read, np.array(new, dtype=np.uint64)]))

    def signatures(self, documents: Sequence[int]) -> dict[int, npt.NDArray[np.uint16]]:
        """The signature of each of these documents, which are in the index; one that was lost is like any other."""
        dialect = self._connection.dialect.name
        known = dict.fromkeys(documents, _LIKE_ANY)
        for at in range(0, len(documents), _SIGNATURES):
            keys = listed(documents[at : at + _SIGNATURES], dialect)
            for document, hashes in self._connection.execute(_signatures(dialect), {"keys": keys}).all():
                known[document] = np.frombuffer(hashes, _U16)
        return known | {document: self._signatures[document] for document in documents if document in self._signatures}

    def add(self, document: int, sketch: Sketch) -> None:
        """Put a document's sketch into the index; it must not be there."""
        self._signatures[document] = sketch.signature
        tail = sketch_blocks.tail(document, sketch.size)
        for value in sketch.hashes.tolist():
            self._new[value].append(tail)

    def flush(self) -> None:
        """Write what was added since the last time."""
        if self._signatures:
            rows = [
                {"document_id": document, "hashes": hashes.astype(_U16, copy=False).tobytes()}
                for document, hashes in self._signatures.items()
            ]
            # Where the sketches were lost, the signatures may still be there.
            self._delete(_signature.c.document_id, list(self._signatures))
            self._connection.execute(insert(_signature), rows)
            self._signatures.clear()
        if not self._new:
            return
        runs = self._load()
        counts = [len(tails) for tails in self._new.values()]
        new = Postings(
            np.repeat(np.fromiter(self._new, dtype=np.uint64, count=len(counts)), counts),
            np.array([tail for tails in self._new.values() for tail in tails], dtype=np.uint64),
        )
        self._new.clear()
        self._runs = sketch_blocks.joined([runs, new])
        is_full = len(self._runs.hashes) > _RUN_ENTRIES
        if not is_full and len(self._run_keys) < _RUNS:
            self._add_run(new)
            return
        self._delete(_sketch.c.id, self._run_keys)
        self._run_keys = []
        if is_full:
            self._push(sketch_blocks.first_level(self._runs))
            self._runs = sketch_blocks.joined([])
        else:
            self._add_run(self._runs)

    def clear(self) -> None:
        """Forget everything."""
        for table in (_sketch, _signature):
            self._connection.execute(delete(table))
        self._new.clear()
        self._signatures.clear()
        self._runs = None

    def _load(self) -> Postings:
        if self._runs is None:
            rows = self._connection.execute(_RUNS_STORED).all()
            self._run_keys = [row.id for row in rows]
            self._runs = sketch_blocks.joined([sketch_blocks.from_run(row.entries) for row in rows])
            self._levels = sketch_blocks.level_of(self._connection.execute(_LAST).scalar() or 0)
        return self._runs

    def _add_run(self, run: Postings) -> None:
        key = max(self._run_keys, default=0) + 1
        self._connection.execute(insert(_sketch), {"id": key, "entries": run.to_run()})
        self._run_keys.append(key)

    def _push(self, level: Level) -> None:
        self._levels = max(self._levels, level.level)
        for portion in level.portions(_PORTION):
            stored = self._blocks(np.unique(portion.keys).tolist())
            merged, below = portion.merge(stored)
            self._delete(_sketch.c.id, list(stored))
            rows = [{"id": key, "entries": entries} for key, entries in merged.items() if entries]
            if rows:
                self._connection.execute(insert(_sketch), rows)
            if below is not None:
                self._push(below)

    def _blocks(self, keys: Sequence[int]) -> dict[int, bytes]:
        dialect = self._connection.dialect.name
        rows = self._connection.execute(_blocks(dialect), {"keys": listed(keys, dialect)})
        return {key: entries for key, entries in rows.all()}  # noqa: C416  a row is no tuple

    def _delete(self, column: Column[int], keys: Sequence[int]) -> None:
        dialect = self._connection.dialect.name
        self._connection.execute(_without(column, dialect), {"keys": listed(keys, dialect)})


@cache
def _blocks(dialect: str) -> Select[int, bytes]:
    return select(_sketch.c.id, _sketch.c.entries).where(among(_sketch.c.id, dialect))


@cache
def _signatures(dialect: str) -> Select[int, bytes]:
    return select(_signature.c.document_id, _signature.c.hashes).where(among(_signature.c.document_id, dialect))


@cache
def _without(column: Column[int], dialect: str) -> Delete:
    return delete(column.table).where(among(column, dialect))


_RUNS_STORED = select(_sketch.c.id, _sketch.c.entries).where(_sketch.c.id < FIRST_BLOCK).order_by(_sketch.c.id)
_LAST = select(func.max(_sketch.c.id))
