"""What replay can read: every kind of source, in one order, with what is left out named."""

import gzip
import hashlib
import json
import os
import pickle
import zipfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from archive import warc
from archive.exceptions import ArchiveError, ManifestError, NotWarcError, SourceError, WarcUnreadableError
from archive.types import Capture
from crawler.manifest import read_manifest
from crawler.sources import load, open_sources

NOON = datetime(2026, 2, 7, 12, tzinfo=UTC)


def capture(number=1, **changes):
    standard = Capture(
        url=f"https://a.example/{number}",
        captured_at=NOON + timedelta(minutes=number),
        payload=f"<p>Bài {number}</p>".encode(),
        status=200,
        reason="OK",
    )
    return replace(standard, **changes)


def write(folder, captures, name="a"):
    folder.mkdir(exist_ok=True, parents=True)
    with warc.WarcWriter(folder, name, created_at=NOON) as writer:
        for each in captures:
            writer.add(each)
    return folder / f"{name}.warc.gz"


def seed(folder, manifest, **files):
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "manifest.toml").write_text(manifest)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)
    return folder


PAGE = '[[page]]\nfile = "a.txt"\nsite = "baolaocai"\ncaptured_at = 2026-02-07T19:00:00+07:00\n'


def urls(sources):
    return [load(entry.locator).url for entry in sources]


def wacz(path, files, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("datapackage.json", "{}")
        for name, content in files.items():
            archive.writestr(name, content)
    return path


# Order and entries


def test_captures_come_by_moment_then_address_then_payload(tmp_path):
    later, same = capture(9), {"captured_at": NOON}
    wanted = [
        capture(3, **same),
        capture(4, **same),
        capture(10, url="https://a.example/Ă", **same),
        capture(5),
        later,
    ]
    write(tmp_path / "x", [later, wanted[2], wanted[0]])
    write(tmp_path / "b", [wanted[3], wanted[1]])
    assert urls(open_sources([tmp_path])) == [each.url for each in wanted]
    twins = [capture(1, payload=bytes([n])) for n in range(9)]
    write(tmp_path / "twins", twins)
    order = [hashlib.sha256(load(entry.locator).payload).digest() for entry in open_sources([tmp_path / "twins"])]
    assert order == sorted(order)


def test_the_order_does_not_depend_on_how_sources_are_named(tmp_path):
    paths = [write(tmp_path, [capture(n), capture(n + 5)], name=f"f{n}") for n in range(5)]
    orders = {
        tuple(entry.capture_id for entry in open_sources(named))
        for named in ([tmp_path], paths, paths[::-1], [tmp_path, *paths])
    }
    assert len(orders) == 1


def test_an_entry_knows_the_id_and_moment_of_its_capture(tmp_path):
    write(tmp_path, [capture(n, captured_at=NOON + timedelta(microseconds=n)) for n in range(3)])
    seed(tmp_path / "seed", PAGE, a_txt="Bài")
    sources = open_sources([tmp_path])
    assert len(sources) == 4
    for entry in sources:
        kept = load(entry.locator)
        assert (entry.capture_id, entry.captured_at) == (warc.capture_id(kept), kept.captured_at)


def test_a_locator_works_in_another_process(tmp_path):
    write(tmp_path, [capture(1)])
    seed(tmp_path / "seed", PAGE, a_txt="Bài")
    entries = list(open_sources([tmp_path]))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(load, [entry.locator for entry in entries])) == [load(entry.locator) for entry in entries]
    assert len(pickle.dumps(entries[-1].locator)) < 300


# Kinds of sources


def test_a_seed_folder_gives_its_pages(tmp_path):
    seed(
        tmp_path,
        PAGE
        + '[[page]]\nfile = "b.html"\nsite = "x"\ncaptured_at = 2026-02-08T00:00:00Z\nurl = "https://a.example/b"\n'
        'status = 404\ncontent_type = "text/html; charset=utf-8"\n',
        a_txt="Bài",
        b_html="<p>",
    )
    first, second = [load(entry.locator) for entry in open_sources([tmp_path])]
    assert first == Capture(
        url="urn:sha256:" + hashlib.sha256("Bài".encode()).hexdigest(),
        captured_at=NOON,
        payload="Bài".encode(),
        headers=(("Content-Type", "text/plain"),),
        site="baolaocai",
    )
    assert (second.url, second.status, second.site) == ("https://a.example/b", 404, "x")
    assert second.headers == (("Content-Type", "text/html; charset=utf-8"),)


def test_a_page_goes_through_a_warc_unchanged(tmp_path):
    seed(tmp_path / "seed", PAGE, a_txt="Bài")
    (entry,) = open_sources([tmp_path / "seed"])
    path = write(tmp_path, [load(entry.locator)])
    (again,) = open_sources([path])
    assert (again.capture_id, load(again.locator)) == (entry.capture_id, load(entry.locator))


def test_folders_are_searched_to_the_bottom(tmp_path):
    write(tmp_path / "seeds" / "one", [capture(1)])
    seed(tmp_path / "seeds" / "two", PAGE, a_txt="Bài")
    write(tmp_path / "archive" / "captures", [capture(2)])
    (tmp_path / "archive" / "archive.db").write_bytes(b"")
    (tmp_path / "archive" / "decisions.jsonl").write_text("")
    (tmp_path / "seeds" / "one" / "expected.json").write_text("{}")
    (tmp_path / "README.md").write_text("")
    sources = open_sources([tmp_path])
    assert (len(sources), sources.skipped) == (3, ())
    assert sources.decision_files == (tmp_path / "archive" / "decisions.jsonl",)


def test_a_file_named_twice_is_read_once(tmp_path):
    path = write(tmp_path, [capture(1)])
    (tmp_path / "link.warc.gz").symlink_to(path)
    (tmp_path / "round").symlink_to(tmp_path)
    assert len(open_sources([path, tmp_path, str(path)])) == 1


def test_a_pattern_is_expanded(tmp_path):
    for n in range(3):
        write(tmp_path, [capture(n)], name=f"crawl-{n}")
    assert len(open_sources([str(tmp_path / "crawl-[01].warc.gz")])) == 2


def test_the_file_that_a_crash_left_open_is_read(tmp_path):
    writer = warc.WarcWriter(tmp_path, "a", created_at=NOON)
    writer.add(capture(1))
    assert urls(open_sources([tmp_path])) == [capture(1).url]
    writer.close()


@pytest.mark.parametrize("is_plain", [False, True])
def test_a_wacz_is_read_where_it_lies(tmp_path, is_plain):
    data = write(tmp_path / "in", [capture(1), capture(2)]).read_bytes()
    name, data = ("data.warc", gzip.decompress(data)) if is_plain else ("data.warc.gz", data)
    path = wacz(tmp_path / "a.wacz", {f"archive/{name}": data, "pages/pages.jsonl": "{}"})
    sources = open_sources([path])
    assert (urls(sources), sources.skipped) == ([capture(1).url, capture(2).url], ())


def test_a_compressed_wacz_is_skipped_with_the_way_out(tmp_path):
    data = write(tmp_path / "in", [capture(1)]).read_bytes()
    path = wacz(tmp_path / "a.wacz", {"archive/data.warc.gz": data}, zipfile.ZIP_DEFLATED)
    (skipped,) = open_sources([path]).skipped
    assert skipped.reason == "'archive/data.warc.gz' is compressed inside the zip: unpack it and replay the folder"


# Records of other tools


def record(record_type, url, moment, block, **fields):
    lines = {"WARC-Type": record_type, "WARC-Target-URI": url, "WARC-Date": moment}
    lines |= {"Content-Type": "application/http", "Content-Length": str(len(block))}
    lines |= {key.replace("_", "-"): value for key, value in fields.items()}
    head = "".join(f"{key}: {value}\r\n" for key, value in lines.items())
    return gzip.compress(f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n")


SHA1 = "sha1:4K4QDVNJW5PD5XDIOE4AXL3EMEBHQTMH"
PROFILE = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"


def original(moment="2026-02-07T12:00:00Z", **fields):
    block = b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nbody"
    return record("response", "http://a.example/1", moment, block, WARC_Payload_Digest=SHA1, **fields)


ORIGINAL = original()


def revisit(block=b"", **fields):
    stated = {"WARC_Profile": PROFILE, "WARC_Payload_Digest": SHA1} | fields
    return record("revisit", "http://a.example/2", "2026-02-08T12:00:00Z", block, **stated)


def test_a_revisit_takes_its_payload_from_another_file(tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(revisit(b"HTTP/1.1 203 Copied\r\nServer: y\r\n\r\n"))
    (tmp_path / "b.warc.gz").write_bytes(ORIGINAL)
    sources = open_sources([tmp_path])
    first, second = sources
    kept = load(second.locator)
    assert (kept.url, kept.payload, kept.status, kept.headers) == (
        "http://a.example/2",
        b"body",
        203,
        (("Server", "y"),),
    )
    assert second.capture_id == warc.capture_id(kept) != first.capture_id
    assert sources.skipped == ()


def test_a_revisit_without_a_head_has_the_one_of_its_original(tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(ORIGINAL + revisit(WARC_Payload_Digest="SHA-1:" + SHA1[5:].lower()))
    kept = load(list(open_sources([tmp_path]))[1].locator)
    assert (kept.status, kept.headers, kept.payload) == (200, (("Server", "x"),), b"body")


def test_a_revisit_of_a_record_that_is_not_here_is_skipped(tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(ORIGINAL + revisit(WARC_Payload_Digest="sha1:" + "A" * 32))
    sources = open_sources([tmp_path])
    (skipped,) = sources.skipped
    assert (len(sources), skipped.offset) == (1, len(ORIGINAL))
    assert skipped.reason.startswith("revisit of a record that is not here")


def test_a_revisit_that_names_no_payload_is_left_out_and_no_damage(tmp_path):
    profile = PROFILE.replace("identical-payload-digest", "uri-agnostic")
    (tmp_path / "a.warc.gz").write_bytes(ORIGINAL + revisit(WARC_Profile=profile))
    sources = open_sources([tmp_path])
    assert (len(sources), sources.skipped) == (1, ())
    ((reason, count),) = sources.left_out.items()
    assert ("uri-agnostic" in reason, count) == (True, 1)


def test_a_page_that_was_not_modified_is_no_capture_and_no_loss(tmp_path):
    profile = PROFILE.replace("identical-payload-digest", "server-not-modified")
    (tmp_path / "a.warc.gz").write_bytes(ORIGINAL + revisit(b"HTTP/1.1 304 Not Modified\r\n\r\n", WARC_Profile=profile))
    sources = open_sources([tmp_path])
    assert (len(sources), sources.skipped, sources.ignored) == (1, (), {"revisit (not modified)": 1})


def test_a_revisit_takes_the_payload_of_the_capture_that_it_names(tmp_path):
    """An earlier one has the same bytes, and was cut off."""
    cut = original("2026-02-06T12:00:00Z", WARC_Truncated="disconnect")
    named = {"WARC_Refers_To_Target_URI": "http://a.example/1", "WARC_Refers_To_Date": "2026-02-07T12:00:00Z"}
    (tmp_path / "a.warc.gz").write_bytes(cut + ORIGINAL + revisit(b"HTTP/1.1 200 OK\r\n\r\n", **named))
    assert [load(entry.locator).truncated for entry in open_sources([tmp_path])] == ["disconnect", None, None]


def test_many_records_in_one_gzip_member_are_read(tmp_path):
    path = write(tmp_path / "in", [capture(n) for n in range(4)])
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    sources = open_sources([tmp_path / "a.warc.gz"])
    assert urls(sources) == [capture(n).url for n in range(4)]
    assert sources.ignored == {"warcinfo": 1}


# What is left out, and what is an error


def test_a_cut_warc_is_replayed_as_far_as_it_goes(tmp_path):
    path = write(tmp_path, [capture(1), capture(2)])
    path.write_bytes(path.read_bytes()[:-20])
    sources = open_sources([path])
    (skipped,) = sources.skipped
    assert urls(sources) == [capture(1).url]
    (entry,) = sources
    assert (skipped.path, skipped.offset) == (str(path), entry.locator.offset + entry.locator.length)
    assert skipped.reason.startswith("cut off inside a gzip member; everything that is whole is replayed")


def test_what_a_folder_has_besides_captures_is_named(tmp_path):
    seed(tmp_path, PAGE, a_txt="Bài", b_txt="Bài", c_pdf="%PDF")
    skipped = {Path(item.path).name: item.reason for item in open_sources([tmp_path]).skipped}
    assert skipped["b.txt"].startswith("a loose page that no manifest.toml names")
    assert skipped["c.pdf"].startswith("neither of *.warc")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda path: path / "no.warc.gz", "no such file or folder: '.*no.warc.gz'", id="missing"),
        pytest.param(lambda path: path / "*.warc.gz", "no such file or folder", id="pattern without a match"),
        pytest.param(lambda path: path, r"nothing to replay in '.*': looked for \*.warc, .* manifest.toml", id="empty"),
    ],
)
def test_a_path_that_gives_nothing_is_an_error(tmp_path, make, message):
    with pytest.raises(SourceError, match=message):
        open_sources([make(tmp_path)])


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.warc.gz", b"<html>", NotWarcError, "not a WARC: '.*a.warc.gz'"),
        ("a.warc.gz", gzip.compress(b"text"), NotWarcError, "not a WARC"),
        ("a.warc", b"<html>", NotWarcError, "not a WARC"),
        ("a.tar", b"\0" * 512, NotWarcError, "not a WARC"),
        ("a.wacz", b"PK\x03\x04 torn", SourceError, "no whole zip file; fetch it again"),
        ("a.html", b"<html>", SourceError, "loose page: list it in a manifest.toml"),
    ],
)
def test_a_file_of_another_kind_is_an_error(tmp_path, name, content, error, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=message):
        open_sources([tmp_path / name])


def test_a_zip_without_captures_is_an_error(tmp_path):
    path = wacz(tmp_path / "a.wacz", {"pages/pages.jsonl": ""})
    with pytest.raises(SourceError, match="has no WARC under archive/"):
        open_sources([path])


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path):
    (tmp_path / "a.warc.gz").symlink_to(tmp_path / "a.warc.gz")
    with pytest.raises(WarcUnreadableError, match=r"cannot read '.*a\.warc\.gz'"):
        open_sources([tmp_path])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_an_error(tmp_path):
    path = write(tmp_path, [capture(1)])
    path.chmod(0)
    with pytest.raises(WarcUnreadableError, match="Permission denied"):
        open_sources([path])


def test_every_message_is_one_line(tmp_path):
    (tmp_path / "manifest.toml").write_text("x = \n")
    with pytest.raises(ArchiveError) as caught:
        open_sources([tmp_path])
    assert "\n" not in str(caught.value)


# Manifests


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[[page]\n", r"manifest.toml: not valid TOML: .*line 1", id="not TOML"),
        pytest.param("title = 'x'\n", "unknown key 'title': only", id="unknown table"),
        pytest.param("[page]\nfile = 'a.txt'\n", r"written as \[\[page\]\]", id="one bracket"),
        pytest.param(PAGE + "colour = 'red'", r"page 1 \('a.txt'\): unknown key 'colour'", id="unknown key"),
        pytest.param(PAGE.replace("site =", "#"), "'site' is missing", id="no site"),
        pytest.param(PAGE.replace("file =", "#"), "page 1: 'file' is missing", id="no file"),
        pytest.param(PAGE.replace("+07:00", ""), r"has no offset: write 2026-02-07T19:00:00\+07:00", id="naive"),
        pytest.param(PAGE.replace("T19:00:00+07:00", ""), "must be a date with time and offset", id="only a date"),
        pytest.param(PAGE.replace('"baolaocai"', "7"), "'site' must be a string, not 7", id="type"),
        pytest.param(PAGE.replace("baolaocai", "báo a"), "'site' must be one word", id="site"),
        pytest.param(PAGE + "url = 'a.example/1'", "'url' must begin with http", id="address"),
        pytest.param(PAGE + "status = 20", "'status' must be from 100 to 599", id="status"),
        pytest.param(PAGE + "status = true", "'status' must be a whole number, not True", id="truth"),
        pytest.param(PAGE.replace("a.txt", "b.txt"), r"page 1 \('b.txt'\): the file does not exist", id="no such file"),
        pytest.param(PAGE.replace("a.txt", "../a.txt"), "outside the folder", id="outside"),
        pytest.param(PAGE.replace("a.txt", "/etc/passwd.txt"), "outside the folder", id="absolute"),
        pytest.param(PAGE.replace("a.txt", "a\\u0000.txt"), "no usable file name", id="NUL"),
        pytest.param(PAGE.replace("a.txt", "a.doc"), "'content_type' is missing", id="unknown suffix"),
        pytest.param(PAGE + PAGE.replace("a.txt", "c.txt"), r"page 2 \('c.txt'\)", id="second page"),
    ],
)
def test_a_manifest_says_what_is_wrong_with_it(tmp_path, text, message):
    folder = seed(tmp_path, text, a_txt="Bài")
    with pytest.raises(ManifestError, match=message) as caught:
        read_manifest(folder / "manifest.toml")
    assert str(folder) in str(caught.value)


def test_a_manifest_may_be_named_itself(tmp_path):
    seed(tmp_path, PAGE, a_txt="Bài")
    assert len(open_sources([tmp_path / "manifest.toml"])) == 1


def test_decisions_alone_are_a_source(tmp_path):
    (tmp_path / "decisions.jsonl").write_text(json.dumps({}))
    assert open_sources([tmp_path]).decision_files == (tmp_path / "decisions.jsonl",)
