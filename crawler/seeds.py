"""Seeds: folders of captures that replay offline, with what they must yield in `expected.json`.

What is expected is written in the words of the contract, so that a person can check it line by line against the
pages; times of ours and ids are left out, because they follow from the captures."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archive import export
from archive.core import Archive
from crawler.recording import open_archive
from crawler.replay import replay
from crawler.sources import open_sources

EXPECTED = "expected.json"


def find_seeds(folder: Path) -> list[Path]:
    """The seeds below `folder`: each folder with captures or a manifest of its own."""
    kinds = ("*.warc", "*.warc.gz", "*.wacz", "manifest.toml")
    return sorted({path.parent for kind in kinds for path in folder.rglob(kind)})


def replayed(seed: Path) -> dict[str, Any]:
    """What an empty archive holds after replaying `seed` alone."""
    with TemporaryDirectory() as folder:
        with open_archive(folder) as archive:
            replay(archive, open_sources([seed]))
        with Archive.open(folder) as archive:
            return describe(archive)


def describe(archive: Archive) -> dict[str, Any]:
    """What an archive holds, in the order of addresses and times."""
    articles = [_article(archive, row) for row in archive.rows("articles", order_by=("url",))]
    return {
        "articles": articles,
        "held": [
            {"url": row["url"], "captured_at": export.moment(row["captured_at"]), "reason": row["reason"]}
            for row in archive.rows("held", order_by=("captured_at", "url"))
        ],
        "copies": [
            {name: row[name] for name in ("url", "role", "reason")}
            for row in archive.rows("cluster_members", order_by=("cluster_id", "role", "url"))
            if row["role"] != "original"
        ],
        "outcomes": dict(sorted(Counter(row["outcome"] for row in archive.rows("judgements")).items())),
    }


def _article(archive: Archive, row: dict[str, Any]) -> dict[str, Any]:
    said = export.article(row)
    left_out = ("id", "cluster", "first_seen_at", "last_seen_at", "capture", "edition", "content_hash", "version")
    said = {name: value for name, value in said.items() if name not in left_out}
    # A line a paragraph, so that a diff shows which one changed.
    said["body"] = row["body"].split("\n\n")
    said["furniture"] = [f"{block['kind']} {block['rule']}: {block['text']}" for block in said["furniture"]]
    said["versions"] = [
        {
            "captured_at": export.moment(version["captured_at"]),
            "cause": version["cause"],
            "changed": version["changed"],
        }
        for version in archive.versions(row["article_id"])
    ]
    return said


def write_expected(seed: Path) -> bool:
    """Record what `seed` yields now; True if that is not what was recorded before."""
    path = seed / EXPECTED
    text = json.dumps(replayed(seed), ensure_ascii=False, indent=2) + "\n"
    has_changed = not path.exists() or path.read_text(encoding="utf-8") != text
    path.write_text(text, encoding="utf-8")
    return has_changed


def read_expected(seed: Path) -> dict[str, Any]:
    """What `seed` must yield."""
    expected: dict[str, Any] = json.loads((seed / EXPECTED).read_text(encoding="utf-8"))
    return expected
