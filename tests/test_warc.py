"""Captures as WARC: what is written can be read by others, and what is damaged is never read as if it were whole."""

import base64
import gzip
import hashlib
import io
import os
import random
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import fastwarc.warc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import warc
from archive.exceptions import NotWarcError, WarcDamageError, WarcExistsError, WarcUnreadableError
from archive.types import Capture

NOON = datetime(2026, 2, 7, 12, tzinfo=UTC)
PAGE = "<html><title>Đường sắt</title><p>Sáng 7/2, Uỷ ban nhân dân tỉnh họp.</p></html>".encode()


def capture(number=1, **changes):
    standard = Capture(
        url=f"https://baolaocai.example/bai-{number}.html",
        captured_at=NOON + timedelta(seconds=number),
        payload=PAGE + str(number).encode(),
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx")),
        reason="OK",
    )
    return replace(standard, **changes)


def write(folder, captures, name="a"):
    """Write `captures` into one closed file; its path and their places."""
    with warc.WarcWriter(folder, name, created_at=NOON) as writer:
        locations = [writer.add(each) for each in captures]
    return folder / f"{name}.warc.gz", locations


def found(path):
    """The URLs and the damage that a scan of `path` finds."""
    items = list(warc.scan(path))
    urls = [item.url for item in items if isinstance(item, warc.Scanned)]
    return urls, [item for item in items if isinstance(item, warc.Damage)]


def foreign(path, *records, is_gzip=True):
    """Write records as another tool would: (type, url, block, more fields)."""
    with path.open("wb") as file:
        for record_type, url, block, fields in records:
            lines = {"WARC-Type": record_type, "WARC-Target-URI": url, "WARC-Date": "2026-02-07T12:00:00Z"}
            lines |= {"Content-Length": str(len(block))} | fields
            head = "".join(f"{key}: {value}\r\n" for key, value in lines.items() if value is not None)
            record = f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"
            file.write(gzip.compress(record) if is_gzip else record)
    return path


def http(body=PAGE, status="200 OK", *headers):
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def response(url="http://a.example/1", block=None, **fields):
    named = {key.replace("_", "-"): value for key, value in fields.items()}
    return ("response", url, http() if block is None else block, {"Content-Type": "application/http"} | named)


def only_capture(path):
    """The one capture in `path`."""
    (place,) = [item for item in warc.scan(path) if isinstance(item, warc.Scanned)]
    return warc.read_at(path, place.offset, place.length, inner=place.inner)


# Writing


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(capture(), id="page"),
        pytest.param(capture(captured_at=NOON.replace(microsecond=120)), id="microseconds"),
        pytest.param(capture(payload=b""), id="empty body"),
        pytest.param(capture(payload=b"\r\n\r\nWARC/1.1\r\n\r\n\x00\xff"), id="body like a record"),
        pytest.param(capture(status=301, reason="Moved Permanently", headers=(("Location", "/x"),)), id="redirect"),
        pytest.param(capture(reason="", headers=()), id="bare"),
        pytest.param(capture(headers=(("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))), id="repeated header"),
        pytest.param(capture(headers=(("X-Tựa", "Đường sắt"),)), id="header that is not ASCII"),
        pytest.param(capture(http_version="h2"), id="HTTP/2"),
        pytest.param(capture(truncated="disconnect", ip_address="203.0.113.7"), id="truncated"),
        pytest.param(capture(payload=gzip.compress(PAGE), headers=(("Content-Encoding", "gzip"),)), id="gzip body"),
        pytest.param(
            Capture("urn:sha256:00", NOON, PAGE, site="baolaocai", headers=(("Content-Type", "text/plain"),)), id="file"
        ),
    ],
)
def test_a_capture_is_read_back_as_it_was(tmp_path, kept):
    path, (place,) = write(tmp_path, [kept])
    assert warc.read_at(path, place.offset, place.length) == kept


_header_names = st.text("abcXYZ-", min_size=1)
_header_values = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Z")), max_size=30)


@settings(max_examples=60, deadline=None)
@given(
    payload=st.binary(max_size=3000),
    headers=st.lists(st.tuples(_header_names, _header_values), max_size=5),
    status=st.integers(100, 599),
    moment=st.datetimes(min_value=datetime(1995, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_any_capture_is_read_back_as_it_was(tmp_path_factory, payload, headers, status, moment):
    kept = capture(payload=payload, headers=tuple(headers), status=status, captured_at=moment)
    path = tmp_path_factory.mktemp("warc") / "one.warc.gz"
    path.write_bytes(warc.encode(kept))
    assert warc.read_at(path, 0, path.stat().st_size) == kept


def test_equal_captures_give_equal_bytes():
    kept = capture(request_headers=(("User-Agent", "luubao"),))
    assert warc.encode(kept) == warc.encode(replace(kept))
    assert warc.encode_request(kept) == warc.encode_request(replace(kept))


def test_the_offset_in_which_a_moment_is_written_does_not_matter():
    local = capture(captured_at=(NOON + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=7))))
    assert warc.encode(local) == warc.encode(capture())


def test_a_moment_without_offset_is_refused():
    with pytest.raises(ValueError, match="without an offset"):
        warc.encode(capture(captured_at=datetime(2026, 2, 7)))  # noqa: DTZ001


def test_a_line_break_in_an_address_is_refused():
    with pytest.raises(ValueError, match="control character"):
        warc.encode(capture(url="https://a.example/\r\nWARC-Type: warcinfo"))


def test_a_folded_header_becomes_one_line(tmp_path):
    path, (place,) = write(tmp_path, [capture(headers=(("X-Long", "one\r\n two"),))])
    assert warc.read_at(path, place.offset, place.length).headers == (("X-Long", "one two"),)


def test_transfer_encoding_is_not_kept(tmp_path):
    path, (place,) = write(tmp_path, [capture(headers=(("Transfer-Encoding", "chunked"), ("Server", "nginx")))])
    assert warc.read_at(path, place.offset, place.length).headers == (("Server", "nginx"),)


def test_requests_stand_beside_their_response_without_credentials(tmp_path):
    sent = (("User-Agent", "luubao"), ("cookie", "s=1"), ("Authorization", "Basic eDp5"))
    path, _ = write(tmp_path, [capture(url="https://a.example/x?y=1", request_headers=sent)])
    info, page, request = [member.record for member in warc.members(path)]
    assert [info.type, page.type, request.type] == ["warcinfo", "response", "request"]
    assert request.fields["warc-concurrent-to"] == page.fields["warc-record-id"]
    assert request.fields["warc-record-id"] != page.fields["warc-record-id"]
    assert request.block == (
        b"GET /x?y=1 HTTP/1.1\r\nUser-Agent: luubao\r\ncookie: redacted\r\nAuthorization: redacted\r\n\r\n"
    )


def test_an_encoded_member_can_be_handed_over(tmp_path):
    with warc.WarcWriter(tmp_path, "a", created_at=NOON) as writer:
        place = writer.add(capture(), warc.encode(capture()))
    assert warc.read_at(tmp_path / place.file, place.offset, place.length) == capture()


def test_a_file_is_called_open_until_it_is_closed(tmp_path):
    writer = warc.WarcWriter(tmp_path, "a", created_at=NOON)
    place = writer.add(capture())
    assert [path.name for path in tmp_path.iterdir()] == ["a.warc.gz.open"]
    assert warc.read_at(warc.find_file(tmp_path, place.file), place.offset, place.length) == capture()
    assert writer.close() == tmp_path / "a.warc.gz"
    assert [path.name for path in tmp_path.iterdir()] == ["a.warc.gz"]
    assert warc.find_file(tmp_path, place.file) == tmp_path / "a.warc.gz"


def test_a_file_without_captures_does_not_stay(tmp_path):
    assert warc.WarcWriter(tmp_path, "a", created_at=NOON).close() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("taken", ["a.warc.gz", "a.warc.gz.open", "a-repaired.warc.gz", "a.torn"])
def test_no_file_is_opened_twice(tmp_path, taken):
    (tmp_path / taken).write_bytes(b"something")
    with pytest.raises(WarcExistsError, match=taken):
        warc.WarcWriter(tmp_path, "a", created_at=NOON)
    assert (tmp_path / taken).read_bytes() == b"something"


def test_what_a_full_disk_cut_off_is_taken_back(tmp_path):
    class FullDisk(io.FileIO):
        def write(self, data):
            if len(data) < 50 or self.tell() < 500:
                return super().write(data[:100])
            raise OSError(28, "No space left on device")

    writer = warc.WarcWriter(tmp_path, "a", created_at=NOON)
    first = writer.add(capture(1))
    writer._stream.close()
    writer._stream = FullDisk(writer._open_path, "r+b")
    writer._stream.seek(writer.size)
    with pytest.raises(OSError, match="No space"):
        writer.add(capture(2, payload=os.urandom(5000)))
    assert writer._open_path.stat().st_size == writer.size == first.offset + first.length
    writer.close()
    assert found(tmp_path / "a.warc.gz") == ([capture(1).url], [])


# Other tools


def several():
    return [
        *(capture(number, headers=(("X", "ạ" * number),)) for number in range(4)),
        capture(7, payload=gzip.compress(PAGE, mtime=0), headers=(("Content-Encoding", "gzip"),)),
        capture(8, request_headers=(("User-Agent", "luubao"),)),
        capture(9, http_version="h2", truncated="length"),
        Capture("urn:sha256:00", NOON, PAGE, site="baolaocai", headers=(("Content-Type", "text/plain"),)),
    ]


def test_warcio_reads_what_we_write_and_agrees_on_the_digests(tmp_path):
    path, _ = write(tmp_path, several())
    with path.open("rb") as file:
        records = [
            (record.rec_headers["WARC-Target-URI"], record.raw_stream.read(), record.digest_checker.passed)
            for record in ArchiveIterator(file, check_digests="raise")
            if record.rec_type in ("response", "resource")
        ]
    assert records == [(each.url, each.payload, True) for each in several()]


def test_fastwarc_reads_what_we_write_and_agrees_on_the_digests(tmp_path):
    path, _ = write(tmp_path, several())
    types = fastwarc.warc.response | fastwarc.warc.resource
    read = []
    for record in fastwarc.warc.ArchiveIterator(str(path), record_types=types, parse_http=False):
        assert record.verify_block_digest()
        record.parse_http()
        # FastWARC finds no payload in a record that is not HTTP.
        assert record.verify_payload_digest() == record.is_http
        read.append((record.headers["WARC-Target-URI"], record.reader.read()))
    assert read == [(each.url, each.payload) for each in several()]


def test_gzip_finds_our_files_sound(tmp_path):
    path, _ = write(tmp_path, several())
    with gzip.open(path) as file:
        assert file.read().count(b"WARC/1.1\r\n") == len(several()) + 2  # warcinfo and one request


def test_a_file_by_warcio_is_read(tmp_path):
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        head = StatusAndHeaders("200 OK", [("Server", "x")], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            "http://a.example/1", "response", payload=io.BytesIO(PAGE), length=len(PAGE), http_headers=head
        )
        writer.write_record(record)
    assert only_capture(path).payload == PAGE


@pytest.mark.parametrize("is_gzip", [True, False])
def test_records_that_are_no_captures_are_counted(tmp_path, is_gzip):
    kinds = ["warcinfo", "request", "metadata", "conversion", "continuation", "unheard-of"]
    others = [(kind, "http://a.example/1", b"x", {}) for kind in kinds]
    dns = ("response", "dns:a.example", b"a.example A", {"Content-Type": "text/dns"})
    log = ("resource", "metadata://gnu.org/software/wget/warc/wget.log", b"log", {"Content-Type": "text/plain"})
    path = foreign(tmp_path / "a.warc", *others, dns, log, response(), is_gzip=is_gzip)
    ignored = [item.type for item in warc.scan(path) if isinstance(item, warc.Ignored)]
    assert ignored == [*kinds, "response", "resource"]
    assert found(path) == (["http://a.example/1"], [])


def test_an_uncompressed_file_is_read(tmp_path):
    path = foreign(tmp_path / "a.warc", response("http://a.example/1"), response("http://a.example/2"), is_gzip=False)
    places = [item for item in warc.scan(path) if isinstance(item, warc.Scanned)]
    assert [warc.read_at(path, place.offset, place.length).url for place in places] == [
        "http://a.example/1",
        "http://a.example/2",
    ]


def test_many_records_in_one_gzip_member_are_read(tmp_path):
    plain = foreign(tmp_path / "a.warc", *(response(f"http://a.example/{n}") for n in range(5)), is_gzip=False)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(plain.read_bytes()))
    places = [item for item in warc.scan(path) if isinstance(item, warc.Scanned)]
    assert [place.inner is None for place in places] == [False] * 5
    read = [warc.read_at(path, place.offset, place.length, inner=place.inner).url for place in reversed(places)]
    assert read == [f"http://a.example/{n}" for n in (4, 3, 2, 1, 0)]


def test_a_torn_file_of_one_member_gives_what_came_before_the_tear(tmp_path):
    records = [response(f"http://a.example/{n}", http(random.Random(n).randbytes(90_000))) for n in range(5)]
    plain = foreign(tmp_path / "a.warc", *records, is_gzip=False).read_bytes()
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(plain)[: 3 * 90_000])
    urls, damage = found(path)
    assert urls == ["http://a.example/0", "http://a.example/1"]
    assert [item.reason for item in damage] == ["cut off inside a gzip member"]


@pytest.mark.parametrize(
    ("body", "payload", "truncated"),
    [
        pytest.param(b"5\r\nhello\r\n6;x=1\r\n world\r\n0\r\n\r\n", b"hello world", None, id="whole"),
        pytest.param(b"5\r\nhello\r\n6\r\n wo", b"hello wo", "disconnect", id="cut inside a chunk"),
        pytest.param(b"5\r\nhello\r\n", b"hello", "disconnect", id="no closing chunk"),
        pytest.param(b"<p>hello</p>", b"<p>hello</p>", None, id="joined before it was written"),
        pytest.param(b"0\r\n\r\n", b"", None, id="empty"),
    ],
)
def test_chunks_are_joined(tmp_path, body, payload, truncated):
    block = http(body, "200 OK", "transfer-encoding: Chunked", "Content-Encoding: br")
    path = foreign(tmp_path / "a.warc.gz", response(block=block))
    (scanned,) = warc.scan(path)
    kept = only_capture(path)
    assert (kept.payload, kept.truncated, kept.headers) == (payload, truncated, (("Content-Encoding", "br"),))
    assert scanned.payload_sha256 == hashlib.sha256(payload).hexdigest()


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("2026-02-07T12:00:00Z", NOON),
        ("2026-02-07T12:00:00.5Z", NOON.replace(microsecond=500_000)),
        ("2026-02-07T12:00:00.123456789Z", NOON.replace(microsecond=123_456)),
        ("2026-02-07T19:00:00+07:00", NOON),
        ("2026-02-07", NOON.replace(hour=0)),
        ("2026-02", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_every_precision_of_a_date_is_understood(tmp_path, stated, moment):
    path = foreign(tmp_path / "a.warc.gz", response(WARC_Date=stated))
    assert only_capture(path).captured_at == moment


def test_an_address_in_angle_brackets_is_understood(tmp_path):
    assert only_capture(foreign(tmp_path / "a.warc.gz", response("<http://a.example/1>"))).url == "http://a.example/1"


def test_header_bytes_in_latin_1_are_understood(tmp_path):
    block = "HTTP/1.0 200 Đúng\nX-Caf\xe9: \xe9t\xe9\n\nbody".encode("latin-1", "replace")
    kept = only_capture(foreign(tmp_path / "a.warc.gz", response(block=block)))
    assert (kept.headers, kept.payload, kept.http_version) == ((("X-Caf\xe9", "\xe9t\xe9"),), b"body", "HTTP/1.0")


@pytest.mark.parametrize(
    "digest",
    [
        "sha1:" + base64.b32encode(hashlib.sha1(http()).digest()).decode(),
        "SHA-1:" + hashlib.sha1(http()).hexdigest(),
        "sha256:" + hashlib.sha256(http()).hexdigest(),
        "md5:" + base64.b32encode(hashlib.md5(http()).digest()).decode(),
        "xxh3:unknown",
    ],
)
def test_digests_are_understood_in_every_spelling(tmp_path, digest):
    path = foreign(tmp_path / "a.warc.gz", response(WARC_Block_Digest=digest))
    assert found(path) == (["http://a.example/1"], [])


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        pytest.param(response(WARC_Date="yesterday"), "WARC-Date is no date", id="date"),
        pytest.param(response(WARC_Target_URI=None), "no WARC-Target-URI", id="no address"),
        pytest.param(response(block=b"<html>"), "no HTTP status line", id="no HTTP"),
        pytest.param(response(block=b""), "nothing in it", id="nothing"),
        pytest.param(response(WARC_Segment_Number="1"), "segmented", id="segment"),
    ],
)
def test_a_whole_record_without_a_capture_is_no_damage_and_the_next_is_read(tmp_path, record, reason):
    path = foreign(tmp_path / "a.warc.gz", record, response("http://a.example/2"))
    urls, (unusable,) = found(path)
    assert urls == ["http://a.example/2"]
    assert reason in unusable.reason
    assert (unusable.offset, type(unusable)) == (0, warc.Unusable)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        pytest.param(response(WARC_Block_Digest="sha1:" + "A" * 32), "does not match WARC-Block-Digest", id="digest"),
        pytest.param(
            response(block=b"<html>", WARC_Block_Digest="sha1:" + "A" * 32), "does not match", id="digest of no HTTP"
        ),
        pytest.param(response(Content_Length=None), "Content-Length is no number", id="no length"),
    ],
)
def test_damage_is_reported_and_the_next_record_is_read(tmp_path, record, reason):
    path = foreign(tmp_path / "a.warc.gz", record, response("http://a.example/2"))
    urls, (damage,) = found(path)
    assert urls == ["http://a.example/2"]
    assert reason in damage.reason
    assert (damage.offset, type(damage)) == (0, warc.Damage)


def test_a_huge_record_is_passed_by(tmp_path, monkeypatch):
    monkeypatch.setattr(warc.reading, "MAX_BLOCK", 1000)
    film = response("http://a.example/film", http(b"x" * 200_000))
    path = foreign(tmp_path / "a.warc.gz", film, response("http://a.example/2"))
    urls, (damage,) = found(path)
    assert urls == ["http://a.example/2"]
    assert "a block of more than 1000 bytes" in damage.reason


def test_what_is_no_warc_is_told_from_what_is_cut(tmp_path):
    for name, content in {"a.warc.gz": b"<html>", "b.warc.gz": gzip.compress(b"<html>"), "c.warc": b"hello"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(NotWarcError, match=name):
            list(warc.members(tmp_path / name))
    (tmp_path / "d.warc.gz").write_bytes(b"")
    assert found(tmp_path / "d.warc.gz") == ([], [warc.Damage(0, "the file is empty")])


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(WarcUnreadableError, match=r"missing\.warc\.gz': No such file"):
        warc.read_at(tmp_path / "missing.warc.gz", 0, 10)


# Identity


def test_an_id_follows_from_what_was_captured():
    assert warc.capture_id(capture()) == warc.capture_id(capture(headers=(), reason="", site="x"))
    others = [
        capture(url="https://b.example/"),
        capture(2, url=capture().url),
        capture(status=404),
        capture(payload=b""),
    ]
    assert warc.capture_id(capture()) not in {warc.capture_id(other) for other in others}


def test_a_scan_knows_the_ids(tmp_path):
    path, _ = write(tmp_path, several())
    ids = [
        warc.scanned_id(
            url=item.url, captured_at=item.captured_at, status=item.status, payload_sha256=item.payload_sha256
        )
        for item in warc.scan(path)
        if isinstance(item, warc.Scanned)
    ]
    assert ids == [warc.capture_id(each) for each in several()]


# Damage


def five(folder, body=900):
    """A file of five records whose bodies do not compress, the members' ends, and its bytes."""
    rng = random.Random(1)
    path, places = write(folder, [capture(n, payload=rng.randbytes(body)) for n in range(5)])
    return path, [place.offset + place.length for place in places], path.read_bytes()


def test_every_cut_is_noticed_and_gives_only_whole_records(tmp_path):
    path, ends, data = five(tmp_path)
    urls = [capture(n).url for n in range(5)]
    cuts = {*range(1, len(data), 17), *(end + step for end in ends for step in (-9, -8, -1, 0, 1, 2, 3))}
    boundaries = {next(member.length for member in warc.members(path)), *ends}
    for cut in sorted(cut for cut in cuts if cut <= len(data)):
        path.write_bytes(data[:cut])
        read, damage = found(path)
        whole = sum(end <= cut for end in ends)
        assert read == urls[:whole], cut
        torn_at = max((end for end in boundaries if end <= cut), default=0)
        assert [item.offset for item in damage] == ([] if cut in boundaries else [torn_at]), cut


@pytest.mark.parametrize("cut_tail", [0, 1, 2, 3, 4, 50, 900, 1000, 1300])
def test_every_cut_of_an_uncompressed_file_is_noticed(tmp_path, cut_tail):
    records = [response(f"http://a.example/{n}", http(b"x" * 900)) for n in range(3)]
    path = foreign(tmp_path / "a.warc", *records, is_gzip=False)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - cut_tail])
    urls, damage = found(path)
    assert bool(damage) == bool(cut_tail)
    # Only the line ends that close the record are missing from the first four.
    assert len(urls) == (3 if cut_tail <= 4 else 2 if cut_tail < len(data) // 3 else 1)


def test_a_record_cut_at_its_place_is_an_error(tmp_path):
    path, ends, data = five(tmp_path)
    start, length = ends[3], ends[4] - ends[3]
    for cut in range(start, ends[4], 37):
        path.write_bytes(data[:cut])
        with pytest.raises(WarcDamageError, match=f"a.warc.gz' at offset {start}"):
            warc.read_at(path, start, length)


@pytest.mark.parametrize("shift", [-1, 1, 40])
def test_a_wrong_place_is_an_error(tmp_path, shift):
    path, ends, _ = five(tmp_path)
    start, length = ends[2], ends[3] - ends[2]
    for offset, size in [(start + shift, length), (start, length + shift)]:
        with pytest.raises(WarcDamageError):
            warc.read_at(path, offset, size)


def test_bit_flips_are_noticed_and_cost_only_their_own_record(tmp_path):
    path, ends, data = five(tmp_path)
    urls = [capture(n).url for n in range(5)]
    starts = [0, next(member.length for member in warc.members(path)), *ends[:-1]]
    # Of a gzip header these say nothing about the content: text flag, time, compression hint, system.
    harmless = {(start + byte, bit) for start in starts for byte in (4, 5, 6, 7, 8, 9) for bit in range(8)}
    harmless |= {(start + 3, 0) for start in starts}
    rng = random.Random(2)
    flips = {(rng.randrange(len(data)), rng.randrange(8)) for _ in range(200)}
    flips |= {(start + byte, bit) for start in starts for byte in range(10) for bit in range(8)}
    for byte, bit in sorted(flips):
        changed = bytearray(data)
        changed[byte] ^= 1 << bit
        path.write_bytes(changed)
        read, damage = found(path)
        is_harmless = (byte, bit) in harmless
        assert bool(damage) != is_harmless, (byte, bit)
        struck = max(number for number, start in enumerate(starts) if start <= byte)
        expected = [url for number, url in enumerate(urls, start=1) if is_harmless or number != struck]
        assert read == expected, (byte, bit)
        assert [item.offset for item in damage] == ([] if is_harmless else [starts[struck]]), (byte, bit)


def test_rubbish_between_members_is_reported(tmp_path):
    path, _, data = five(tmp_path)
    path.write_bytes(data + b"\0" * 100)
    urls, damage = found(path)
    assert len(urls) == 5
    assert [item.offset for item in damage] == [len(data)]


# Repair


def crash(folder, *, torn=0, number=5):
    """Leave an open file with `number` captures, of which `torn` bytes are missing at the end."""
    writer = warc.WarcWriter(folder, "a", created_at=NOON)
    places = [writer.add(capture(n)) for n in range(number)]
    writer._stream.close()
    path = folder / "a.warc.gz.open"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - torn])
    return path, places, path.read_bytes()


def test_a_torn_file_is_repaired_into_a_new_one(tmp_path):
    path, places, data = crash(tmp_path, torn=30)
    report = warc.repair(path)
    last = places[-1].offset
    assert report == warc.RepairReport("a-repaired.warc.gz", 5, "a.torn", last, len(data) - last)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a-repaired.warc.gz", "a.torn"]
    assert (tmp_path / "a.torn").read_bytes() == data[last:]
    for place, number in zip(places[:-1], range(4), strict=True):
        assert warc.read_at(warc.find_file(tmp_path, place.file), place.offset, place.length) == capture(number)


def test_an_open_file_that_is_whole_leaves_nothing_torn(tmp_path):
    path, _, data = crash(tmp_path)
    report = warc.repair(path)
    assert (report.records, report.torn_file, report.torn_bytes) == (6, None, 0)
    assert (tmp_path / "a-repaired.warc.gz").read_bytes() == data


def test_an_open_file_with_nothing_whole_is_all_torn(tmp_path):
    path = tmp_path / "a.warc.gz.open"
    path.write_bytes(warc.encode(capture())[:50])
    assert warc.repair(path).file is None
    assert [file.name for file in tmp_path.iterdir()] == ["a.torn"]


@pytest.mark.parametrize("killed_at", range(6))
def test_a_repair_that_was_killed_is_run_again(tmp_path, monkeypatch, killed_at):
    path, places, data = crash(tmp_path, torn=30)

    class Killed(BaseException):
        pass

    steps = iter(range(100))

    def killable(step):
        def run(*args):
            if next(steps) == killed_at:
                raise Killed
            step(*args)

        return run

    monkeypatch.setattr(os, "fsync", killable(os.fsync))
    monkeypatch.setattr(type(path), "unlink", killable(type(path).unlink))
    try:
        warc.repair(path)
    except Killed:
        assert path.exists() == (killed_at < 4)
    for left in warc.open_files(tmp_path):
        warc.repair(left)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a-repaired.warc.gz", "a.torn"]
    kept = (tmp_path / "a-repaired.warc.gz").read_bytes() + (tmp_path / "a.torn").read_bytes()
    assert kept == data
    assert found(tmp_path / "a-repaired.warc.gz")[1] == []
    assert places[-1].offset == (tmp_path / "a-repaired.warc.gz").stat().st_size


def test_gzip_members_carry_no_time(tmp_path):
    member = warc.encode(capture())
    assert member[4:8] == b"\0\0\0\0"
    unpacked = zlib.decompress(member, 31)
    assert unpacked.startswith(b"WARC/1.1\r\n")
