"""A disk that forgets: records what a crawl writes and what it syncs, and shows the disk as a power cut would leave it.

SQLite's writes are seen in its table of file operations, those of WARC files in Python's `io` and `os`; nothing is
changed on the way. The model is the strictest that POSIX allows: what was written since a file's last fsync is lost, or
kept in parts, in any order; a name is lost that was made, moved or removed since its folder's last fsync."""

from __future__ import annotations

import ctypes
import importlib
import io
import json
import os
import random
from base64 import b85decode, b85encode
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from pathlib import Path

from archive.core import Archive
from archive.storage.engine import sqlite_module

SECTOR = 4096
"""What a disk writes whole."""


# --- recording, in the process of the crawl ---------------------------------------------------------------------------


class Recorder:
    """Writes what happens to the files below `folder`, an absolute path without links, to a log of JSON lines."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._folder = str(folder)
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def concerns(self, path: str) -> bool:
        return path.startswith(self._folder + os.sep) or path == self._folder

    def name(self, path: str) -> str:
        """What the log calls a file."""
        return os.path.relpath(path, self._folder) if path else ""

    def note(self, what: str, path: str = "", **more: object) -> None:
        # The index that SQLite keeps in shared memory is made anew after a crash; locks hold nothing.
        if not path.endswith(("-shm", ".lock", ".turn")):
            os.write(self._log, json.dumps([what, self.name(path), more]).encode() + b"\n")


def record(folder: Path, log: Path, *, no_sync: bool = False) -> None:
    """Record what this process writes below `folder` from now on; with `no_sync`, WARC files are not synced."""
    recorder = Recorder(folder, log)
    _watch_python(recorder, no_sync=no_sync)
    _watch_sqlite(recorder)
    _watch_commits(recorder)


def _watch_python(recorder: Recorder, *, no_sync: bool) -> None:
    _watch_streams(recorder)
    synced, renamed, unlinked = os.fsync, os.rename, os.unlink

    def fsync(descriptor) -> None:
        number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
        path = str(Path(f"/proc/self/fd/{number}").readlink())
        if not no_sync:
            synced(descriptor)
            if recorder.concerns(path):
                recorder.note("sync", path)

    def rename(source, target, **_) -> None:
        renamed(source, target)
        if recorder.concerns(str(target)):
            recorder.note("rename", str(source), to=recorder.name(str(target)))

    def unlink(path, **_) -> None:
        unlinked(path)
        if recorder.concerns(str(path)):
            recorder.note("remove", str(path))

    os.fsync, os.unlink, os.remove = fsync, unlink, unlink
    os.rename = os.replace = rename


def _watch_streams(recorder: Recorder) -> None:
    opened = io.open

    class Watched(io.FileIO):
        def write(self, data) -> int:
            at = self.tell()
            size = super().write(data)
            recorder.note("write", str(self.name), at=at, data=b85encode(bytes(data)[:size]).decode())
            return size

        def truncate(self, size=None) -> int:
            size = super().truncate(size)
            recorder.note("truncate", str(self.name), size=size)
            return size

    def open_watched(file, mode="r", buffering=-1, *args, **kwargs):
        is_path = isinstance(file, (str, os.PathLike))
        if not is_path or not recorder.concerns(str(file)) or not set(mode) & set("wxa+"):
            return opened(file, mode, buffering, *args, **kwargs)
        assert "b" in mode, f"a text file would be recorded wrongly: {file}"
        raw = Watched(file, mode.replace("b", ""))
        recorder.note("create", str(file))
        return raw if buffering == 0 else io.BufferedWriter(raw)

    io.open = open_watched


class _Vfs(Structure):
    """The beginning of `sqlite3_vfs` (sqlite.org/c3ref/vfs.html)."""


# Names are pointers and not c_char_p, which would hand on a copy: SQLite reads parameters behind a name's end.
_XOpen = CFUNCTYPE(c_int, POINTER(_Vfs), c_void_p, c_void_p, c_int, POINTER(c_int))
_XDelete = CFUNCTYPE(c_int, POINTER(_Vfs), c_void_p, c_int)
_Vfs._fields_ = [
    ("version", c_int),
    ("file_size", c_int),
    ("longest_path", c_int),
    ("next", c_void_p),
    ("name", c_char_p),
    ("data", c_void_p),
    ("open", _XOpen),
    ("delete", _XDelete),
]
_XWrite = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_XTruncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_XSync = CFUNCTYPE(c_int, c_void_p, c_int)


class _Methods(Structure):
    """`sqlite3_io_methods`, version 3 (sqlite.org/c3ref/io_methods.html)."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", _XWrite),
        ("truncate", _XTruncate),
        ("sync", _XSync),
        ("rest", c_void_p * 13),
    )


_OPEN_WAL, _OPEN_MAIN_JOURNAL, _OPEN_CREATE = 0x80000, 0x800, 0x4


class _Files:
    """What SQLite does with the files that it opened."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._opened: dict[int, tuple[str, _Methods]] = {}
        self._new_journals: set[int] = set()
        self._tables: dict[int, _Methods] = {}
        self._calls = _XWrite(self._write), _XTruncate(self._truncate), _XSync(self._sync)

    def watch(self, file: int, path: str, flags: int) -> None:
        """See every write to `file`, a `sqlite3_file`, from now on."""
        pointer = ctypes.cast(file, POINTER(POINTER(_Methods)))
        own = pointer.contents.contents
        table = self._tables.get(ctypes.addressof(own))
        if table is None:
            table = self._tables[ctypes.addressof(own)] = _Methods()
            ctypes.memmove(ctypes.addressof(table), ctypes.addressof(own), ctypes.sizeof(_Methods))
            table.write, table.truncate, table.sync = self._calls
        self._opened[file] = path, own
        if flags & (_OPEN_WAL | _OPEN_MAIN_JOURNAL):
            self._new_journals.add(file)
        if flags & _OPEN_CREATE:
            self._recorder.note("create", path)
        pointer[0] = ctypes.pointer(table)

    def _write(self, file, data, size, at) -> int:
        path, own = self._opened[file]
        code = own.write(file, data, size, at)
        if code == 0:
            self._recorder.note("write", path, at=at, data=b85encode(ctypes.string_at(data, size)).decode())
        return code

    def _truncate(self, file, size) -> int:
        path, own = self._opened[file]
        code = own.truncate(file, size)
        if code == 0:
            self._recorder.note("truncate", path, size=size)
        return code

    def _sync(self, file, flags) -> int:
        path, own = self._opened[file]
        code = own.sync(file, flags)
        if code == 0:
            self._recorder.note("sync", path)
            if file in self._new_journals:  # os_unix.c: the first sync of a journal covers its name (UNIXFILE_DIRSYNC)
                self._recorder.note("sync", str(Path(path).parent))
                self._new_journals.discard(file)
        return code


def _watch_sqlite(recorder: Recorder) -> None:
    library = ctypes.CDLL(_driver().__file__)
    library.sqlite3_vfs_find.restype = POINTER(_Vfs)
    library.sqlite3_vfs_find.argtypes = [c_char_p]
    vfs = library.sqlite3_vfs_find(None).contents
    files = _Files(recorder)
    opened, deleted = _XOpen(ctypes.cast(vfs.open, c_void_p).value), _XDelete(ctypes.cast(vfs.delete, c_void_p).value)

    def open_(self, name, file, flags, out) -> int:
        code = opened(self, name, file, flags, out)
        path = ctypes.string_at(name).decode() if name else ""
        if code == 0 and recorder.concerns(path):
            files.watch(file, path, flags)
        return code

    def delete(self, name, syncs_folder) -> int:
        code = deleted(self, name, syncs_folder)
        path = ctypes.string_at(name).decode()
        if code == 0 and recorder.concerns(path):
            recorder.note("remove", path)
            if syncs_folder:
                recorder.note("sync", str(Path(path).parent))
        return code

    watched = _XOpen(open_), _XDelete(delete)
    vfs.open, vfs.delete = watched
    # C holds no references: these must live as long as the process.
    _KEPT.extend((library, files, opened, deleted, watched))


_KEPT: list[object] = []


def _driver():
    """The C module of the SQLite that archives use."""
    is_bundled = sqlite_module().__name__.startswith("pysqlite3")
    return importlib.import_module("pysqlite3._sqlite3" if is_bundled else "_sqlite3")


def _watch_commits(recorder: Recorder) -> None:
    commit = Archive.commit

    def committed(self) -> None:
        held = [] if self._group is None else [name for name, (_, is_read) in self._group._known.items() if is_read]
        commit(self)
        if held:
            recorder.note("acknowledged", captures=held)

    Archive.commit = committed


# --- what is left -----------------------------------------------------------------------------------------------------


@dataclass
class _File:
    """One file, whatever it is called."""

    synced: bytearray = field(default_factory=bytearray)
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    """(offset, data) of each write since the last sync; (size, None) of a truncation."""

    def sync(self) -> None:
        for change in self.since:
            _apply(self.synced, *change)
        self.since.clear()

    def after_a_cut(self, chance: random.Random, kept: float) -> bytes:
        """What the disk has of it: what was synced, and this share of the sectors written since."""
        content = bytearray(self.synced)
        for at, data in self.since:
            if data is None:
                if chance.random() < kept:
                    _apply(content, at, None)
                continue
            for start in range(0, len(data), SECTOR):
                if chance.random() < kept:
                    _apply(content, at + start, data[start : start + SECTOR])
        return bytes(content)


def _apply(content: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del content[at:]
        content.extend(bytes(at - len(content)))
        return
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


class Disk:
    """The files of an archive, as the log of a recorder tells them up to a moment."""

    def __init__(self) -> None:
        self.names: dict[str, _File] = {}
        self.synced_names: dict[str, _File] = {}
        self._moves: list[tuple[str, str, _File | None]] = []
        """(folder, name, file or None) since each folder's last sync."""
        self.acknowledged: set[str] = set()

    def play(self, line: str) -> None:
        """Let happen what one line of the log says."""
        what, name, more = json.loads(line)
        if what == "acknowledged":
            self.acknowledged.update(more["captures"])
        elif what == "create":
            if name not in self.names:
                self._name(name, _File())
        elif what == "write":
            self.names[name].since.append((more["at"], b85decode(more["data"])))
        elif what == "truncate":
            self.names[name].since.append((more["size"], None))
        elif what == "rename":
            self._name(more["to"], self.names[name])
            self._name(name, None)
        elif what == "remove":
            self._name(name, None)
        elif name in self.names:
            self.names[name].sync()
        else:
            self._sync_folder(name)

    def _name(self, name: str, file: _File | None) -> None:
        if file is None:
            self.names.pop(name, None)
        else:
            self.names[name] = file
        self._moves.append((name.rpartition("/")[0], name, file))

    def _sync_folder(self, folder: str) -> None:
        folder = folder.removeprefix(".")
        _move(self.synced_names, [move for move in self._moves if move[0] == folder])
        self._moves = [move for move in self._moves if move[0] != folder]

    def cut(self, folder: Path, chance: random.Random) -> None:
        """Write to `folder` what a power cut would leave now."""
        kept = chance.choice((0.0, 0.5, 1.0))
        names = dict(self.synced_names)
        # Journals of file systems keep the order of names, up to some moment.
        _move(names, self._moves[: chance.randint(0, len(self._moves))])
        for name, file in names.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(file.after_a_cut(chance, kept))


def _move(names: dict[str, _File], moves: list[tuple[str, str, _File | None]]) -> None:
    for _, name, file in moves:
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file
