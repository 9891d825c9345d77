"""WACZ exports: what the format asks for, an index that leads to the records, and captures that a replay takes."""

import gzip
import hashlib
import io
import json
import shutil
import zipfile

import pytest
from builders import at, document, record
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from playing import playing
from warcio.archiveiterator import ArchiveIterator

from archive import wacz
from archive.core import Archive
from archive.exceptions import ArchiveError
from archive.files import write
from archive.query import Filters
from archive.selection import Selection
from archive.types import Decision, DecisionKind
from archive.warc.cdxj import sort_key
from crawler.cli import main
from crawler.recording import open_archive
from crawler.replay import replay
from crawler.sources import open_sources


@pytest.fixture
def kept(archive):
    """Two articles, the first edited on day 3."""
    record(archive, document(1, title="Một"), url="https://www.bao.example/mot.html")
    record(archive, document(2, title="Hai"), url="https://bao.example/Hai.html?b=1&a=2", day=2)
    record(archive, document(1, title="Một, đã sửa"), url="https://www.bao.example/mot.html", day=3)
    archive.commit()
    return archive


def exported(archive, path, **selection):
    write(archive, path, kind="wacz", selection=Selection(**selection))
    return zipfile.ZipFile(path)


def index_lines(package):
    return gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()


def test_every_file_is_listed_with_its_size_and_digest(kept, tmp_path):
    with exported(kept, tmp_path / "x.wacz", versions=True) as package:
        about = json.loads(package.read("datapackage.json"))
        assert (about["profile"], about["wacz_version"]) == ("data-package", "1.1.1")
        listed = {each["path"]: (each["hash"], each["bytes"]) for each in about["resources"]}
        found = {
            name: (f"sha256:{hashlib.sha256(package.read(name)).hexdigest()}", len(package.read(name)))
            for name in package.namelist()
            if not name.startswith("datapackage")
        }
        assert listed == found
        digest = hashlib.sha256(package.read("datapackage.json")).hexdigest()
        assert json.loads(package.read("datapackage-digest.json")) == {
            "path": "datapackage.json",
            "hash": f"sha256:{digest}",
        }
        packed = {info.filename for info in package.infolist() if info.compress_type == zipfile.ZIP_STORED}
        assert packed == {"archive/data.warc.gz", "indexes/index.cdx.gz"}


def test_the_index_leads_to_the_records(kept, tmp_path):
    with exported(kept, tmp_path / "x.wacz", versions=True) as package:
        lines = index_lines(package)
        stored = package.read("archive/data.warc.gz")
    assert lines == sorted(lines)
    assert [line.split(" ", 2)[:2] for line in lines] == [
        ["example,bao)/hai.html?a=2&b=1", "20260208010000"],
        ["example,bao)/mot.html", "20260207010000"],
        ["example,bao)/mot.html", "20260209010000"],
    ]
    for line in lines:
        said = json.loads(line.split(" ", 2)[2])
        piece = stored[int(said["offset"]) :][: int(said["length"])]
        (found,) = ArchiveIterator(io.BytesIO(piece))
        assert found.rec_headers["WARC-Target-URI"] == said["url"]
        assert found.rec_headers["WARC-Payload-Digest"] == said["digest"]
        assert found.http_headers.get_statuscode() == said["status"]


def test_an_index_of_many_blocks_is_read_one_by_one(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(wacz, "_LINES_IN_MEMORY", 3)
    monkeypatch.setattr(wacz, "_BLOCK", 2)
    for number in range(8):
        record(archive, document(number), url=f"https://bao.example/{number}.html", day=number + 1)
    archive.commit()
    with exported(archive, tmp_path / "x.wacz") as package:
        lines = index_lines(package)
        assert [json.loads(line.split(" ", 2)[2])["url"] for line in lines] == [
            f"https://bao.example/{number}.html" for number in range(8)
        ]
        packed = package.read("indexes/index.cdx.gz")
        head, *blocks = package.read("indexes/index.idx").decode().splitlines()
    assert json.loads(head.removeprefix("!meta 0 "))["filename"] == "index.cdx.gz"
    for number, block in enumerate(blocks):
        key, moment, said = block.split(" ", 2)
        place = json.loads(said)
        piece = packed[place["offset"] :][: place["length"]]
        assert gzip.decompress(piece).decode().splitlines() == lines[2 * number : 2 * number + 2]
        assert lines[2 * number].startswith(f"{key} {moment} ")
    assert len(blocks) == 4


def test_the_pages_are_what_was_chosen(kept, tmp_path):
    with exported(kept, tmp_path / "x.wacz", filters=Filters(edited=True)) as package:
        head, page = map(json.loads, package.read("pages/pages.jsonl").decode().splitlines())
    assert head["format"] == "json-pages-1.0"
    assert (page["url"], page["ts"], page["title"]) == (
        "https://www.bao.example/mot.html",
        "2026-02-09T01:00:00Z",
        "Một, đã sửa",
    )


def test_the_same_selection_is_the_same_file(kept, tmp_path):
    for name in ("one.wacz", "two.wacz"):
        exported(kept, tmp_path / name, versions=True).close()
    assert (tmp_path / "one.wacz").read_bytes() == (tmp_path / "two.wacz").read_bytes()


def test_nothing_chosen_is_a_package_all_the_same(kept, tmp_path):
    with exported(kept, tmp_path / "x.wacz", as_of=at(0)) as package:
        assert index_lines(package) == []
        assert package.read("archive/data.warc.gz") == b""


def versions_of(archive):
    rows = archive.rows("versions", order_by=("article_id", "version"))
    return [(row["article_id"], row["version"], row["cause"], row["title"], row["capture_id"]) for row in rows]


def test_a_replay_gives_the_same_versions_and_heeds_what_people_decided(seeds_archive, tmp_path):
    shutil.copytree(seeds_archive, tmp_path / "a")
    with open_archive(tmp_path / "a") as archive:
        held = next(row for row in archive.rows("held", order_by=("url",)) if row["reason"] == "emptied")
        archive.decide(Decision(DecisionKind.RELEASE, held["capture_id"], at(300)))
        archive.decide(Decision(DecisionKind.RESUME, "baolaocai", at(300)))
        url = held["url"]
    with Archive.open(tmp_path / "a") as archive:
        assert "released" in {row["cause"] for row in archive.versions(archive.get_article(url)["article_id"])}
        write(archive, tmp_path / "x.wacz", kind="wacz", selection=Selection(versions=True))
        wanted = versions_of(archive)
    with zipfile.ZipFile(tmp_path / "x.wacz") as package:
        (decided,) = package.read("decisions.jsonl").decode().splitlines()
    assert json.loads(decided)["subject"] == held["capture_id"]
    with open_archive(tmp_path / "b") as archive:
        account = replay(archive, open_sources([tmp_path / "x.wacz"]))
        assert account.decisions == 1
        assert versions_of(archive) == wanted


def test_the_command_exports_and_replays(seeds_archive, tmp_path):
    out = tmp_path / "x.wacz"
    run = CliRunner().invoke(main, ["export", "--format", "wacz", str(out), "--archive", str(seeds_archive)])
    assert run.exit_code == 0, run.output
    run = CliRunner().invoke(main, ["replay", str(out), "--workers", "1", "--archive", str(tmp_path / "b"), "--json"])
    assert run.exit_code == 0, run.output
    with Archive.open(seeds_archive) as archive:
        assert json.loads(run.stdout)["captures"] == len(list(archive.rows("articles")))


def test_decisions_that_are_damaged_are_named(kept, tmp_path):
    exported(kept, tmp_path / "x.wacz").close()
    with zipfile.ZipFile(tmp_path / "x.wacz", "a") as package:
        package.writestr("decisions.jsonl", '{"kind": "release"}\n{}\n')
    with open_archive(tmp_path / "b") as archive, pytest.raises(ArchiveError, match=r"x\.wacz/decisions\.jsonl"):
        replay(archive, open_sources([tmp_path / "x.wacz"]))


# What the `surt` package, by which replay tools look pages up, makes of the same addresses.
@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://a.vn", "vn,a)/"),
        ("http://a.vn:8080/", "vn,a:8080)/"),
        ("https://www2.a.vn/x/?", "vn,a)/x"),
        ("https://a.vn/X%20y/%C4%91?b&a=1", "vn,a)/x%20y/%c4%91?a=1&b"),
        ("https://a.vn//b//c/", "vn,a)/b/c"),
        ("https://a.vn/a/./b/../c", "vn,a)/a/c"),
        ("https://bạn.vn/đường", "vn,xn--bn-f5s)/%c4%91%c6%b0%e1%bb%9dng"),
        ("https://a.vn/a?b=2&b=1&B=3&", "vn,a)/a?&b=1&b=2&b=3"),
        ("https://user:pw@a.vn/", "vn,a)/"),
        ("https://a.vn/a%2fb", "vn,a)/a/b"),
        ("https://127.0.0.1:80/a", "1,0,0,127:80)/a"),
        ("urn:sha256:00ff", "urn:sha256:00ff"),
    ],
)
def test_keys_are_those_of_other_tools(url, key):
    assert sort_key(url) == key


@given(st.text())
def test_a_key_is_one_word_whatever_the_address(text):
    for url in (text, f"https://bao.example/{text}", f"https://{text}/"):
        assert sort_key(url).split(" ") == [sort_key(url)]


@pytest.mark.parametrize(("kind", "name", "how"), [("wacz", "x.wacz", ["--unpack-wacz"]), ("warc", "x.warc.gz", [])])
def test_pywb_replays_every_page(seeds_archive, tmp_path, *, kind, name, how):
    out = tmp_path / name
    with Archive.open(seeds_archive) as archive:
        write(archive, out, kind=kind, selection=Selection(versions=True))
        captures = [archive.load_capture(row["capture_id"]) for row in archive.rows("versions")]
    with playing(tmp_path / "pywb", [out], *how) as player:
        for capture in captures:
            assert player.show(capture.url, capture.captured_at).body == capture.payload, capture.url
