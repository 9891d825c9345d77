"""`luubao import`: other archives and collections of WARC files, through the door of a crawl."""

import gzip
import io
import json
import shutil

import pytest
from builders import at
from click.testing import CliRunner
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.core import Archive
from archive.files import write
from archive.selection import Selection
from archive.types import Decision, DecisionKind
from crawler.cli import main
from crawler.recording import open_archive
from crawler.replay import replay
from crawler.sources import open_sources
from crawler.wanted import Wanted

PARAGRAPHS = [
    "Sáng nay, người dân bản Tả Van ra đồng từ lúc sương còn phủ kín thung lũng, kịp thu hoạch trước cơn mưa lớn.",
    "Theo ông Giàng A Páo, vụ này mỗi hộ thu được hơn hai tấn thóc, nhiều hơn năm ngoái nhờ nguồn nước tưới ổn định.",
    "Huyện đã sửa xong hai tuyến mương dài 3,5 km và hỗ trợ giống cho 120 hộ nghèo, bà con rất phấn khởi.",
    "Chính quyền xã cho biết đầu tháng sau sẽ mở lại chợ phiên để bà con bán nông sản, đón khách từ miền xuôi lên.",
]


def page(title, paragraphs=PARAGRAPHS):
    body = "".join(f"<p>{each}</p>" for each in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


class Collection:
    """A WARC file as the crawler of Common Crawl's news writes it: WARC 1.0, one gzip member a record, a request beside
    each response, the body without its codings and the headers that named them renamed."""

    def __init__(self):
        self._out = io.BytesIO()
        self._writer = WARCWriter(self._out, gzip=True, warc_version="1.0")
        info = self._writer.create_warcinfo_record("CC-NEWS-20260207120000-00042.warc.gz", {"software": "StormCrawler"})
        self._writer.write_record(info)

    def add(self, url, payload, *, date="2026-02-07T12:00:00Z", status="200 OK", headers=(), **fields):
        named = [("Content-Type", "text/html; charset=UTF-8"), *headers]
        named = list({name.lower(): (name, value) for name, value in named}.values())
        asked = StatusAndHeaders("GET / HTTP/1.1", [("User-Agent", "CCBot/2.0")], is_http_request=True)
        given = {"WARC-Date": date, "WARC-IP-Address": "203.0.113.7", **fields}
        for kind, block, head in (
            ("request", b"", asked),
            ("response", payload, StatusAndHeaders(status, named, protocol="HTTP/1.1")),
        ):
            record = self._writer.create_warc_record(
                url,
                kind,
                payload=io.BytesIO(block),
                length=len(block),
                http_headers=head,
                warc_headers_dict=dict(given),
            )
            self._writer.write_record(record)

    def save(self, folder, name="CC-NEWS-20260207120000-00042.warc.gz"):
        path = folder / "crawl-data" / "CC-NEWS" / "2026" / "02" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._out.getvalue())
        return path


DECODED = (("X-Crawler-Content-Encoding", "gzip"), ("X-Crawler-Transfer-Encoding", "chunked"))
# Older files kept the names, of codings that the body no longer has.
MISNAMED = (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"), ("Content-Length", "120"))


@pytest.fixture
def news(tmp_path):
    """Nine captures of five hosts."""
    made = Collection()
    made.add("https://www.bao-mot.example/tin-1.html", page("Lúa về bản Tả Van"), headers=DECODED)
    made.add("https://bao-hai.example/tin-2.html", page("Chợ phiên mở lại", PARAGRAPHS[::-1]), headers=MISNAMED)
    whole = page("Mương mới đưa nước về")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(whole), whole)
    made.add("https://baolaocai.vn/tin-post3.html", chunked, headers=(("Transfer-Encoding", "chunked"),))
    made.add("https://tin.bao-mot.example/tin-4.html", page("Đón khách"), date="2026-02-07T12:00:09Z")
    made.add(
        "https://www.bao-mot.example/tin-1.html",
        page("Lúa về bản Tả Van", [*PARAGRAPHS[:3], "Xã sẽ mở lại chợ phiên vào ngày 15, muộn hơn dự kiến hai tuần."]),
        date="2026-02-09T12:00:00Z",
    )
    made.add("https://bao-hai.example/tin-2.html", b"", status="404 Not Found", date="2026-02-10T12:00:00Z")
    made.add("https://bao-ba.example/captcha.html", page("Just a moment...", ["Checking your browser."]))
    made.add("https://bao-ba.example/anh.jpg", b"\xff\xd8\xff\xe0 jpeg", headers=(("Content-Type", "image/jpeg"),))
    made.add("https://bao-ba.example/dai.html", page("Dài")[:300], **{"WARC-Truncated": "length"})
    return made.save(tmp_path)


def run(*words):
    done = CliRunner().invoke(main, [*map(str, words)])
    assert done.exit_code == 0, done.output
    return done


def imported(archive, *words):
    return json.loads(run("import", *words, "--workers", "1", "--json", "--archive", archive).stdout)


def fingerprint(folder):
    return run("fingerprint", "--archive", folder).stdout


def sites(folder):
    with Archive.open(folder) as archive:
        return {site: count for site, count in archive.tally("captures", "site")}  # noqa: C416


def test_a_collection_of_many_papers_is_judged_as_a_crawl_would(news, tmp_path):
    told = imported(tmp_path / "a", news)
    assert (told["captures"], told["new"]) == (8, 8)
    assert told["left_out"] == {"no page: image/jpeg": 1}
    assert told["no_captures"] == {"warcinfo": 1, "request": 9}
    assert told["skipped"] == []
    assert (told["version_first"], told["version_edited"]) == (4, 1)
    assert (told["held_blocked"], told["held_truncated"], told["outcome_gone"]) == (1, 1, 1)
    assert sites(tmp_path / "a") == {
        "bao-mot.example": 2,
        "tin.bao-mot.example": 1,
        "bao-hai.example": 2,
        "bao-ba.example": 2,
        "baolaocai": 1,
    }
    with Archive.open(tmp_path / "a") as archive:
        rows = {row["url"]: row for row in archive.rows("articles")}
        assert rows["https://bao-hai.example/tin-2.html"]["gone_at"] is not None
        assert PARAGRAPHS[0] in rows["https://bao-hai.example/tin-2.html"]["body"]
        assert rows["https://baolaocai.vn/tin-post3.html"]["body"].startswith(PARAGRAPHS[0])
        assert "muộn hơn dự kiến" in rows["https://bao-mot.example/tin-1.html"]["body"]
        (found,) = archive.rows("runs")
        assert found["kind"] == "import"


@pytest.mark.parametrize(
    ("words", "left", "why"),
    [
        (["--host", "bao-mot.example"], 3, {"another host": 6}),
        (["--host", "www.bao-hai.example", "--host", "baolaocai.vn"], 3, {"another host": 6}),
        (["--site", "bao-mot.example"], 2, {"another site": 7}),
        (["--site", "baolaocai"], 1, {"another site": 8}),
        (["--host", "bao-ba.example"], 2, {"another host": 6, "no page: image/jpeg": 1}),
        (["--host", "bao-ba.example", "--every-type"], 3, {"another host": 6}),
        (["--host", "nirgendwo.example"], 0, {"another host": 9}),
    ],
)
def test_what_is_asked_for_comes_and_the_rest_is_counted(news, tmp_path, words, left, why):
    told = imported(tmp_path / "a", news, *words)
    assert (told["captures"], told["left_out"]) == (left, why)


def test_parts_add_up_to_the_whole_and_nothing_is_doubled(news, tmp_path):
    imported(tmp_path / "whole", news)
    for host in ("bao-ba.example", "baolaocai.vn", "bao-mot.example"):
        imported(tmp_path / "parts", news, "--host", host)
    told = imported(tmp_path / "parts", news, news.parent)
    assert (told["captures"], told["known"]) == (8, 6)
    assert fingerprint(tmp_path / "parts") == fingerprint(tmp_path / "whole")
    again = run("import", news, "--archive", tmp_path / "parts")
    assert again.stdout.splitlines()[0] == "Nothing changed: the archive has all 8 pages already."
    assert again.stdout.splitlines()[1] == "left out         1  1 no page: image/jpeg"


def test_both_engines_take_in_the_same(news, tmp_path, database):
    to = ["--database", database.render_as_string(hide_password=False)]
    imported(tmp_path / "whole", news)
    assert imported(tmp_path / "other", news, *to)["new"] == 8
    assert imported(tmp_path / "other", news, *to)["known"] == 8
    assert run("fingerprint", "--archive", tmp_path / "other", *to).stdout == fingerprint(tmp_path / "whole")


def test_an_import_that_was_stopped_goes_on(news, tmp_path):
    imported(tmp_path / "whole", news)
    done = []

    def stop(count):
        done.append(count)
        if sum(done) == 5:
            raise KeyboardInterrupt

    sources = open_sources([news], wanted=Wanted(only_pages=True))
    with pytest.raises(KeyboardInterrupt), open_archive(tmp_path / "parts") as archive:
        replay(archive, sources, progress=stop)
    imported(tmp_path / "parts", news)
    assert fingerprint(tmp_path / "parts") == fingerprint(tmp_path / "whole")


def test_progress_is_told_in_bytes_until_the_end(news):
    steps = []
    open_sources([news], progress=steps.append)
    assert sum(steps) == news.stat().st_size
    assert len([step for step in steps if step]) > 5


def test_another_archive_comes_with_what_people_decided(seeds_archive, tmp_path):
    shutil.copytree(seeds_archive, tmp_path / "theirs")
    with open_archive(tmp_path / "theirs") as archive:
        held = next(row["capture_id"] for row in archive.rows("held") if row["reason"] == "emptied")
        archive.decide(Decision(DecisionKind.RELEASE, held, at(300)))
    imported(tmp_path / "ours", tmp_path / "theirs")
    assert fingerprint(tmp_path / "ours") == fingerprint(tmp_path / "theirs")
    with Archive.open(tmp_path / "theirs") as archive:
        write(archive, tmp_path / "x.wacz", kind="wacz", selection=Selection(versions=True))
    told = imported(tmp_path / "part", tmp_path / "x.wacz", "--site", "baolaocai")
    assert told["decisions"] == 1
    assert set(sites(tmp_path / "part")) == {"baolaocai"}
    told = imported(tmp_path / "undecided", tmp_path / "x.wacz", "--no-decisions")
    assert told["decisions"] == 0


def test_a_revisit_finds_its_payload_with_a_host_that_is_not_wanted(tmp_path):
    made = Collection()
    made.add("https://bao-mot.example/tin-1.html", page("Lúa về bản Tả Van"))
    path = made.save(tmp_path)
    with gzip.open(path) as file:
        text = file.read().decode()
    digest = [line.split(": ")[1] for line in text.splitlines() if line.startswith("WARC-Payload-Digest")][-1]
    with path.open("ab") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.0")
        record = writer.create_revisit_record(
            "https://bao-hai.example/tin-1.html",
            digest,
            "https://bao-mot.example/tin-1.html",
            "2026-02-07T12:00:00Z",
            http_headers=StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1"),
        )
        writer.write_record(record)
    told = imported(tmp_path / "a", path, "--host", "bao-hai.example")
    assert (told["version_first"], told["skipped"]) == (1, [])
    assert set(sites(tmp_path / "a")) == {"bao-hai.example"}


@pytest.mark.parametrize("name", ["export.jsonl", "export.csv", "export.parquet", "export.db", "export.json"])
def test_an_export_without_pages_is_refused_with_what_to_do(tmp_path, name):
    (tmp_path / name).write_text("{}")
    done = CliRunner().invoke(main, ["import", str(tmp_path / name), "--archive", str(tmp_path / "a")])
    assert done.exit_code == 1
    assert "export --format wacz" in done.stderr
    assert not (tmp_path / "a").exists()


def raw(kind="response", url="https://bao-mot.example/tin-9.html", block=b"", date="2026-02-07T12:00:00Z", **fields):
    """A record as no library would write it."""
    named = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": date, "Content-Type": "application/http"}
    named |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines = [f"{name}: {value}" for name, value in named.items() if value is not None]
    head = "\r\n".join(["WARC/1.0", *lines, f"Content-Length: {len(block)}", "", ""])
    return gzip.compress(head.encode() + block + b"\r\n\r\n")


UNUSABLE = {
    "unusable record (nothing in it)": raw(),
    "unusable record (no HTTP status line)": raw(block=b"\x15\x03\x01\x00\x02\x02\x50"),
    "unusable record (WARC-Date is no date)": raw(block=b"HTTP/1.1 200 OK\r\n\r\nx", date="yesterday"),
    "unusable record (no WARC-Target-URI)": raw(block=b"HTTP/1.1 200 OK\r\n\r\nx", url=None),
    "unusable record (one part of a segmented record)": raw(block=b"HTTP/1.1 200 OK\r\n\r\nx", WARC_Segment_Number="1"),
    "unusable record (revisit of profile 'none', which names no payload)": raw("revisit", WARC_Profile="none"),
}


def test_whole_records_that_show_no_page_are_counted_and_no_damage(news, tmp_path):
    others = raw("conversion", block=b"the words of a page"), raw("metadata", block=b"fetchTimeMs: 12")
    news.write_bytes(b"".join([*UNUSABLE.values(), news.read_bytes(), *others, *UNUSABLE.values()]))
    told = imported(tmp_path / "a", news)
    assert told["left_out"] == {"no page: image/jpeg": 1} | dict.fromkeys(UNUSABLE, 2)
    assert told["no_captures"] == {"warcinfo": 1, "request": 9, "conversion": 1, "metadata": 1}
    assert (told["skipped"], told["captures"]) == ([], 8)
    again = run("import", news, "--archive", tmp_path / "a")
    assert "2 unusable record (nothing in it)" in again.stdout


def test_bytes_that_are_broken_are_damage_beside_records_without_a_page(news, tmp_path):
    broken = bytearray(raw(block=b"HTTP/1.1 200 OK\r\n\r\nx"))
    broken[-6] ^= 1
    news.write_bytes(b"".join([raw(), bytes(broken), news.read_bytes()]))
    done = CliRunner().invoke(main, ["import", str(news), "--workers", "1", "--archive", str(tmp_path / "a")])
    assert (done.exit_code, "captures are missing: 1 damaged part, named" in done.stderr) == (1, True)


def test_a_revisit_whose_page_is_elsewhere_is_called_that(news, tmp_path):
    alone = raw("revisit", WARC_Profile="x/identical-payload-digest", WARC_Payload_Digest="sha1:" + "A" * 32)
    news.write_bytes(news.read_bytes() + alone)
    done = CliRunner().invoke(main, ["import", str(news), "--workers", "1", "--archive", str(tmp_path / "a")])
    assert done.exit_code == 1
    assert "captures are missing: 1 unresolved revisit, named above" in done.stderr


def test_damage_is_named_and_the_rest_taken_in(news, tmp_path):
    data = news.read_bytes()
    news.write_bytes(data[:-200])
    done = CliRunner().invoke(main, ["import", str(news), "--workers", "1", "--archive", str(tmp_path / "a")])
    assert done.exit_code == 1
    assert "skipped" in done.stderr and "captures are missing: 1 damaged part" in done.stderr  # noqa: PT018
    assert sum(sites(tmp_path / "a").values()) == 7
