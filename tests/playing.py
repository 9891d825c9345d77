"""pywb, a player of WARC files that is not ours: what a collection shows for an address at a moment."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest


def program(name: str) -> str | None:
    """Where a program of pywb's environment is, if it is anywhere."""
    return shutil.which(name, path=os.environ.get("LUUBAO_PYWB") or None)


@dataclass(frozen=True)
class Shown:
    """An answer of the player."""

    body: bytes
    """Packed as it was received, if it was."""
    moment: datetime
    """Of the capture that it shows, which is the nearest one to the moment asked for."""


class Player:
    """A running pywb with one collection."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def show(self, url: str, at: datetime) -> Shown:
        """The page of this moment, without anything that the player would add."""
        address = f"{self._base}/c/{at:%Y%m%d%H%M%S}id_/{url}"
        asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip, deflate, br"})
        with self._opener.open(asked, timeout=30) as answer:
            return Shown(answer.read(), parsedate_to_datetime(answer.headers["Memento-Datetime"]))

    def wait(self, patience: float = 60) -> None:
        """Return when it answers."""
        until = time.monotonic() + patience
        while True:
            try:
                self._opener.open(self._base, timeout=5).close()
            except urllib.error.HTTPError as e:
                e.close()
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return


@contextmanager
def playing(folder: Path, files: Sequence[Path], *options: str) -> Iterator[Player]:
    """pywb over these files, which it indexes itself; it runs in `folder`. Skips the test where there is none."""
    manager, wayback = program("wb-manager"), program("wayback")
    if not (manager and wayback):
        pytest.skip("no pywb: pip install pywb in an environment of its own, and let LUUBAO_PYWB name its bin folder")
    folder.mkdir()
    for words in (["init", "c"], ["add", *options, "c", *map(str, files)]):
        subprocess.run([manager, *words], cwd=folder, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [wayback, "--bind", "127.0.0.1", "--port", str(port)]
    player = Player(f"http://127.0.0.1:{port}")
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            player.wait()
            yield player
        finally:
            process.terminate()
