"""Exports as Parquet: the columns of the JSON, lists and objects kept as such, moments as UTC timestamps.

Needs pyarrow (`luubao[parquet]`), and asks for it only when such a file is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, BinaryIO

from archive.exceptions import StorageError

_GROUP = 2000
"""Rows of one row group: about 10 MB of text."""


def write(file: BinaryIO, rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]], *, is_of_versions: bool) -> None:
    """Write (row of the view, the same as JSON) pairs."""
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as e:
        raise StorageError("no pyarrow: pip install 'luubao[parquet]'") from e
    schema = _schema(pa, is_of_versions=is_of_versions)
    remaining = iter(rows)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(remaining, _GROUP)):
            columns = [_typed(row, shaped, schema.names) for row, shaped in group]
            writer.write_table(pa.Table.from_pylist(columns, schema=schema))


def _typed(row: Mapping[str, Any], shaped: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    """The JSON of a row, with its moments as moments, and what the page's clock said of its offset beside them."""
    return {name: row[name] if name.endswith(("_at", "_offset")) else shaped[name] for name in names}


def _schema(pa: Any, *, is_of_versions: bool) -> Any:  # noqa: ANN401  pyarrow is not typed
    text, number, moment = pa.string(), pa.int32(), pa.timestamp("us", tz="UTC")
    texts = pa.list_(text)
    common = {
        **dict.fromkeys(("id", "url", "site", "title", "kicker", "lede", "body"), text),
        "subheads": pa.list_(number),
        "captions": texts,
        "caption_credits": texts,
        "author": text,
        "published_at": moment,
        "published_offset": number,
        "modified_at": moment,
        "modified_offset": number,
        "section": text,
        "tags": texts,
        "language": text,
        "credit": pa.struct({"name": text, "url": text, "site": text}),
        "canonical_url": text,
        "noarchive": pa.bool_(),
        "furniture": pa.list_(pa.struct({"kind": text, "rule": text, "text": text})),
        "provenance": pa.map_(text, text),
        "content_hash": text,
        "version": number,
    }
    of_articles = {
        "versions": number,
        **dict.fromkeys(("cause", "cluster", "role"), text),
        **dict.fromkeys(("first_seen_at", "last_seen_at", "gone_at"), moment),
        **dict.fromkeys(("capture", "edition", "confidence"), text),
    }
    of_versions = {"cause": text, "changed": texts, "captured_at": moment, "capture": text}
    return pa.schema(common | (of_versions if is_of_versions else of_articles))
