"""Captures as WARC 1.1 files: writing them, reading them back strictly, repairing what a crash left open."""

from archive.warc.encoding import Reference, encode, encode_request, encode_revisit, encode_unmodified
from archive.warc.identity import capture_id, scanned_id
from archive.warc.reading import (
    Damage,
    Ignored,
    Member,
    Scanned,
    Unusable,
    members,
    read_at,
    read_in,
    read_record,
    scan,
)
from archive.warc.records import MAX_BLOCK, Record, RecordError, capture_of
from archive.warc.repair import RepairReport, open_files, repair
from archive.warc.writing import Location, WarcWriter, find_file, find_taken

__all__ = [
    "MAX_BLOCK",
    "Damage",
    "Ignored",
    "Location",
    "Member",
    "Record",
    "RecordError",
    "Reference",
    "RepairReport",
    "Scanned",
    "Unusable",
    "WarcWriter",
    "capture_id",
    "capture_of",
    "encode",
    "encode_request",
    "encode_revisit",
    "encode_unmodified",
    "find_file",
    "find_taken",
    "members",
    "open_files",
    "read_at",
    "read_in",
    "read_record",
    "repair",
    "scan",
    "scanned_id",
]
