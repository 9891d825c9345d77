"""The archive over HTTP, asked for by real clients over loopback."""

import asyncio
import json
import re
import shutil
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest
from builders import FakeExtractor, document, record
from click.testing import CliRunner
from served import Served

from archive.core import Archive
from archive.files import write
from archive.selection import Selection
from archive.storage.pages import site_names
from archive.web import indexing, remembering
from archive.web.passages import mark
from archive.web.remembering import Remembered
from archive.web.words import VIETNAMESE
from crawler.cli import main

ROOT = Path(__file__).parents[1]
TOKEN = "a token that is long enough"


@pytest.fixture(scope="module")
def folder(seeds_archive):
    return seeds_archive


@pytest.fixture(scope="module")
def served(folder):
    with Served(folder) as served:
        yield served


def articles(served):
    return served.json("/api/v1/articles?limit=200")["items"]


def test_pages_of_the_api_hold_every_article_once(served):
    seen, cursor = [], ""
    while cursor is not None:
        page = served.json(f"/api/v1/articles?limit=7&cursor={cursor}")
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
    expected = [row["article_id"] for row in served.archive.rows("articles")]
    assert len(seen) == len(set(seen))
    assert set(seen) == set(expected)


def test_changes_come_in_their_order_and_the_cursor_goes_on(served):
    first = served.json("/api/v1/changes?limit=5")
    rest = served.json(f"/api/v1/changes?limit=200&cursor={first['next']}")
    expected = [row["change_id"] for row in served.archive.changes()]
    assert [row["change_id"] for row in first["items"] + rest["items"]] == expected[:205]
    assert served.json(f"/api/v1/changes?cursor={expected[-1]}") == {"items": [], "next": expected[-1]}


def test_an_answer_says_how_new_it_is_and_only_its_tag_decides(served):
    row = articles(served)[0]
    for path in ("articles", f"articles/{row['id']}", "search?q=ha+noi", "changes", f"captures/{row['capture']}"):
        _, headers, _ = served.get(f"/api/v1/{path}")
        assert parsedate_to_datetime(headers["Last-Modified"]).tzinfo
        assert served.get(f"/api/v1/{path}", If_Modified_Since=headers["Last-Modified"])[0] == 200
    raw = f"/captures/{row['capture']}/raw"
    assert served.get(raw, If_Modified_Since=served.get(raw)[1]["Last-Modified"])[0] == 304


def test_an_answer_is_sent_once(served):
    _, headers, _ = served.get("/api/v1/articles")
    status, again, body = served.get("/api/v1/articles", If_None_Match=headers["ETag"])
    assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=201", "cursor=nothing", "site=%00", "site=", "limit=%F0%9D%9F%99"]
)
def test_a_wrong_parameter_is_named(served, query):
    status, headers, body = served.get(f"/api/v1/articles?{query}")
    assert (status, headers["Content-Type"]) == (400, "application/problem+json")
    assert query.partition("=")[0] in json.loads(body)["detail"]


def test_what_the_description_names_answers_as_it_says(served):
    document = served.json("/api/v1/openapi.json")
    some = next(row for row in articles(served) if row["cluster"])
    ids = {"/articles": some["id"], "/clusters": some["cluster"], "/captures": some["capture"]}
    for path, operations in document["paths"].items():
        if path == "/search":
            path += "?q=ha"  # noqa: PLW2901  the one that needs a parameter
        real = re.sub(r"^(/\w+)/\{id\}", lambda found: f"{found[1]}/{ids[found[1]]}", path)
        assert "200" in operations["get"]["responses"]
        assert served.json(f"/api/v1{real}"), path
        if "{id}" in path:
            assert served.get("/api/v1" + path.replace("{id}", "0" * 16))[0] == 404


def test_a_memento_is_found_by_its_time_and_is_what_was_received(served):
    edited = next(row for row in articles(served) if row["versions"] > 1)
    versions = served.json(f"/api/v1/articles/{edited['id']}/versions")["items"]
    status, gate, _ = served.get(f"/timegate/{edited['url']}", Accept_Datetime="Thu, 01 Jan 2015 00:00:00 GMT")
    assert (status, gate["Vary"]) == (302, "accept-datetime")
    status, headers, body = served.get(gate["Location"])
    assert status == 200
    capture = served.archive.load_capture(versions[0]["capture"])
    assert body == capture.payload
    assert f'datetime="{headers["Memento-Datetime"]}"' in headers["Link"]
    _, _, listed = served.get(f"/timemap/link/{edited['url']}")
    assert listed.decode().count('memento"; datetime=') >= len(versions)
    assert served.get(f"/timegate/{edited['url']}", Accept_Datetime="soon")[0] == 400


def test_a_page_of_a_paper_leaves_in_a_sandbox(served):
    for row in articles(served):
        _, headers, _ = served.get(f"/captures/{row['capture']}/raw")
        assert headers["Content-Security-Policy"].startswith("sandbox;")
        assert "allow-" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_feeds_are_well_formed_and_name_the_articles(served):
    some = next(row for row in articles(served) if row["cluster"])
    for name in ("new", f"edits/{some['id']}", f"copies/{some['id']}"):
        _, _, atom = served.get(f"/feeds/{name}.atom")
        entries = ET.fromstring(atom).findall("{http://www.w3.org/2005/Atom}entry")
        items = served.json(f"/feeds/{name}.json")["items"]
        assert [entry[0].text for entry in entries] == [item["id"] for item in items] != []


def test_feeds_of_the_site_and_of_an_export_know_an_article_by_one_id(served, tmp_path):
    write(served.archive, tmp_path / "out.atom", kind="atom", selection=Selection())
    exported = feedparser.parse((tmp_path / "out.atom").read_bytes())
    site = feedparser.parse(served.get("/feeds/new.atom")[2])
    assert (site.bozo, site.version, site.feed.author) == (False, "atom10", "Lưu Báo")
    assert [link.rel for link in site.feed.links] == ["self"]
    assert {entry.id for entry in site.entries} == {entry.id for entry in exported.entries}
    assert all(entry.updated and entry.link for entry in site.entries)


def test_search_finds_what_the_command_finds_and_narrows(served, folder):
    found = served.json("/api/v1/search?q=ha+noi&limit=200")
    done = CliRunner().invoke(main, ["search", "ha noi", "--limit", "200", "--json", "--archive", str(folder)])
    assert found["items"] == [json.loads(line) for line in done.output.splitlines()] != []
    site = found["items"][0]["site"]
    narrowed = served.json(f"/api/v1/search?q=ha+noi&limit=200&site={site}")["items"]
    assert narrowed == [row for row in found["items"] if row["site"] == site]
    _, _, page = served.get("/search?q=ha+noi", Accept_Language="en")
    assert f'<a href="/search?q=ha+noi&amp;site={site}">{site}</a> <span class="meta">{len(narrowed)}<' in page.decode()
    for href in set(re.findall(r'href="(/search[^"]*)"', page.decode())):
        assert served.get(href.replace("&amp;", "&"))[0] == 200, href


def test_a_search_is_sorted_and_reaches_former_versions_as_the_command_does(served, folder):
    for query, words in (("sort=date", ["--sort", "date"]), ("versions=all", ["--all-versions"])):
        found = served.json(f"/api/v1/search?q=ha+noi&limit=200&{query}")["items"]
        done = CliRunner().invoke(main, ["search", "ha noi", "--limit", "200", "--json", *words, "--archive", folder])
        assert found == [json.loads(line) for line in done.output.splitlines()] != []


def test_pages_of_a_search_hold_every_hit_once(served):
    every = [row["id"] for row in served.json("/api/v1/search?q=ha+noi&limit=200")["items"]]
    seen, cursor = [], ""
    while cursor is not None:
        page = served.json(f"/api/v1/search?q=ha+noi&limit=3&cursor={cursor}")
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
    assert seen == every


def test_a_search_is_a_feed_of_the_latest_first(served):
    feed = served.json("/feeds/search.json?q=ha+noi")
    found = served.json("/api/v1/search?q=ha+noi&limit=200")["items"]
    assert feed["feed_url"].endswith("/feeds/search.json?q=ha+noi")
    assert {item["url"].rpartition("/")[2] for item in feed["items"]} <= {row["id"] for row in found}
    dates = [item["date_published"] for item in feed["items"]]
    assert dates == sorted(dates, reverse=True) != []


@pytest.mark.parametrize(
    "query",
    [
        "q=-mua",
        "q=",
        "q=%00",
        "q=a&since=soon",
        "q=a&edited=yes",
        "q=a&sort=size",
        "q=a&versions=2",
        "q=a&cursor=301",
        f"q={301 * 'a'}",
    ],
)
def test_a_wrong_search_is_refused(served, query):
    assert served.get(f"/api/v1/search?{query}")[0] == 400


def test_search_says_where_its_index_cannot_be_written_and_the_rest_works(tmp_path):
    folder = tmp_path / "archive"
    CliRunner().invoke(main, ["replay", str(ROOT / "seeds" / "clean_text"), "--archive", str(folder)])
    (folder / "search.db").mkdir()
    with Served(folder) as served:
        status, _, body = served.get("/api/v1/search?q=ha")
        assert (status, "must be able to write" in body.decode()) == (503, True)
        assert served.get("/search?q=ha")[0] == 503
        assert served.get("/")[0] == 200


def test_metrics_count_the_articles(served):
    _, _, body = served.get("/metrics")
    counted = re.findall(r"^luubao_articles\{.*\} (\d+)$", body.decode(), re.MULTILINE)
    assert sum(map(int, counted)) == len(list(served.archive.rows("articles")))


def test_metrics_are_what_prometheus_reads(archive, shelf):
    record(archive, document(), site='x"y\\z')
    record(archive, document(2), url="https://b.example/1.html", site="b")
    archive.commit()
    folder, database = shelf.place("archive")
    with Served(folder, database=database) as served:
        _, headers, body = served.get("/metrics")
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = body.decode()
    assert text.endswith("\n")
    told, labels = {}, set()
    for line in text.splitlines():
        if line.startswith("#"):
            word, name, *_ = re.fullmatch(r"# (HELP|TYPE) ([a-z_]+) (.+)", line).groups()
            told.setdefault(name, []).append(word)
            current = name
            continue
        name, label, value = re.fullmatch(r'([a-z_]+)\{site="((?:[^"\\\n]|\\[\\"n])*)"\} ([\d.]+)', line).groups()
        assert name == current, "samples of a metric stand together, below what it is"
        float(value)
        labels.add(label)
    assert set(map(tuple, told.values())) == {("HELP", "TYPE")}
    assert labels == {"b", 'x\\"y\\\\z'}


def pages(served):
    found = articles(served)
    some = next(row for row in found if row["cluster"])
    other = next(row for row in found if row["cluster"] == some["cluster"] and row["id"] != some["id"])
    ids = [f"/articles/{row['id']}" for row in found]
    diffs = [f"/articles/{row['id']}/diff" for row in found]
    papers = [f"/papers/{row['site']}" for row in served.json("/api/v1/sites")["items"]]
    about = [f"/articles/{some['id']}/compare/{other['id']}", f"/clusters/{some['cluster']}"]
    return [
        "/",
        "/articles",
        "/search",
        "/search?q=ha+noi",
        "/search?q=%22x",
        "/papers",
        "/copies",
        "/runs",
        "/held",
        "/sign-in",
        *ids,
        *diffs,
        *papers,
        *about,
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_answers_under_a_strict_policy_without_inline_code(served, language):
    for path in pages(served):
        status, headers, body = served.get(path, Accept_Language=language)
        text = body.decode()
        assert status == 200, path
        assert f'<html lang="{language}">' in text
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert re.findall(r"<script(?! src=\"/static/)|<style|<[^>]+ (?:style|on\w+)=", text) == [], path


def test_every_link_of_the_front_page_leads_somewhere(served):
    _, _, body = served.get("/")
    for href in set(re.findall(r'href="(/[^"]*)"', body.decode())):
        assert served.get(href.replace("&amp;", "&"))[0] in (200, 303), href


def test_every_word_of_the_templates_is_in_vietnamese():
    used = set()
    for path in (ROOT / "archive/web/templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"\bt\([\"'](.+?)[\"']\)", text.replace("'s own page", "’s own page")))
    missing = {word for word in used if word.replace("’", "'") not in VIETNAMESE}
    assert missing == set()
    assert len(used) > 40


def test_another_host_name_is_refused(served):
    assert served.get("/", Host="evil.example")[0] == 400


def test_a_stranger_decides_nothing(folder):
    with Served(folder, token=TOKEN) as served:
        (row, *_) = served.json("/api/v1/held")["items"]
        form = {"decision": "discard", "csrf": "0" * 64}
        assert served.get(f"/held/{row['capture_id']}", data=form)[0] == 403
        assert served.get("/sign-in", data={"token": "wrong"})[0] == 403
        assert row in served.json("/api/v1/held")["items"]


def test_a_token_cannot_be_guessed_at_leisure(folder):
    with Served(folder, token=TOKEN) as served:
        tries = [served.get("/sign-in", data={"token": f"guess {at}"}) for at in range(7)]
        assert [status for status, _, _ in tries][:6] == [403] * 5 + [429]
        assert served.get("/sign-in", data={"token": TOKEN})[0] == 429
        assert served.get("/sign-in")[0] == 200


def test_whoever_has_the_token_discards_from_a_page_of_the_site_only(seeds_archive, tmp_path):
    folder = tmp_path / "archive"
    shutil.copytree(seeds_archive, folder)
    with Served(folder, token=TOKEN) as served:
        status, headers, _ = served.get("/sign-in", data={"token": TOKEN})
        assert status == 303
        cookie = headers["Set-Cookie"].partition(";")[0]
        assert "HttpOnly" in headers["Set-Cookie"]
        _, _, page = served.get("/held", Cookie=cookie)
        csrf = re.search(r'name="csrf" value="(\w+)"', page.decode())[1]
        name = served.json("/api/v1/held")["items"][0]["capture_id"]
        form = {"decision": "discard", "csrf": csrf}
        assert served.get(f"/held/{name}", data=form, Cookie=cookie, Origin="http://evil.example")[0] == 403
        assert served.get(f"/held/{name}", data={**form, "csrf": "0"}, Cookie=cookie)[0] == 403
        assert served.get(f"/held/{name}", data=form, Cookie=cookie, Origin=served.base)[0] == 303
        assert name not in [row["capture_id"] for row in served.json("/api/v1/held")["items"]]


def test_a_private_archive_asks_for_the_token(folder):
    with Served(folder, token=TOKEN, is_private=True) as served:
        assert {served.get(path)[0] for path in ("/", "/api/v1/articles", "/metrics", "/feeds/new.atom")} == {401}
        assert served.get("/api/v1/articles", Authorization=f"Bearer {TOKEN}")[0] == 200
        asked = {"Accept": "text/html,*/*;q=0.8", "Accept_Language": "en"}
        status, headers, body = served.get("/papers", **asked)
        assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
        assert 'type="password"' in body.decode()
        assert served.get("/api/v1/articles", **asked)[1]["Content-Type"] == "application/problem+json"
        _, headers, _ = served.get("/sign-in", data={"token": TOKEN})
        assert headers["Location"] == "/"
        cookie = headers["Set-Cookie"].partition(";")[0]
        assert served.get("/papers", Cookie=cookie, **asked)[0] == 200


def test_of_one_address_only_so_many_requests_are_heard(folder):
    with Served(folder, requests_per_second=1) as served:
        answers = [served.get("/api/v1/runs") for _ in range(12)]
        assert [status for status, _, _ in answers][:4] == [200] * 4
        assert {headers["Retry-After"] for status, headers, _ in answers if status == 429} == {"1"}


def test_shared_words_are_marked_from_word_to_word():
    (block,) = mark("Một hai ba bốn năm sáu bảy", "hai ba bốn năm sáu")
    assert [(one.text, one.is_shared) for one in block] == [
        ("Một ", False),
        ("hai ba bốn năm sáu", True),
        (" bảy", False),
    ]


# Answers that are given again, and the index beside the searches


@pytest.fixture
def growing(folder, tmp_path):
    """An archive that a test may add to while it is served."""
    shutil.copytree(folder, tmp_path / "growing")
    return tmp_path / "growing"


def add_one(folder):
    with Archive.open(folder, extractor=FakeExtractor()) as writing:
        record(writing, document(title="Con cá hồi lạ"), url="https://la.example/ca-hoi", day=300)


@pytest.mark.parametrize("path", ["/", "/articles", "/papers", "/feeds/new.atom", "/api/v1/articles", "/search?q=hoi"])
def test_an_answer_is_given_again_until_something_is_committed(growing, path):
    with Served(growing) as served:
        first, again = served.get(path), served.get(path)
        assert (first[0], first[2]) == (200, again[2])
        assert first[1]["ETag"] == again[1]["ETag"]
        assert served.get(path, If_None_Match=first[1]["ETag"])[0] == 304
        add_one(growing)
        status, headers, body = served.get(path, If_None_Match=first[1]["ETag"])
        assert status == 200
        assert "la.example" in body.decode()
        assert headers["ETag"] != first[1]["ETag"]


def test_what_is_remembered_is_of_one_language_and_one_name(served):
    for language in ("vi", "en", "vi"):
        assert f'<html lang="{language}">' in served.get("/articles", Accept_Language=language)[2].decode()
    for name in ("127.0.0.1:81", "127.0.0.1:82"):
        assert f"http://{name}/articles/" in served.get("/feeds/new.atom", Host=name)[2].decode()


def test_what_is_remembered_stays_within_its_bytes(served, monkeypatch):
    size = len(served.get("/api/v1/articles?limit=5")[2])
    monkeypatch.setattr(remembering, "MOST_BYTES", 2 * size)
    kept = Remembered(served.app, archive=served.archive)

    async def get(query):
        sent = []

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/api/v1/articles",
            "raw_path": b"/api/v1/articles",
            "query_string": query,
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1")],
            "server": ("127.0.0.1", 80),
        }
        await kept(scope, receive, send)
        return sent[0]["status"]

    for limit in range(1, 6):
        assert asyncio.run(get(b"limit=%d" % limit)) == 200
    assert 0 < kept._bytes <= 2 * size
    assert kept._bytes == sum(len(answer.body) for answer in kept._answers.values())


def test_a_search_waits_for_the_index_only_so_long(growing):
    with Archive.open(growing) as archive, archive.index() as index:
        archive.update_index()
        add_one(growing)
        # Another process that fills the index, and takes its time.
        with index.begin(), Served(growing, patience=0) as served:
            assert "la.example" not in served.get("/search?q=hoi")[2].decode()
            work = served.app.state.indexer._work
        work.is_done.wait(60)
        with Served(growing, patience=60) as served:
            assert "la.example" in served.get("/search?q=hoi")[2].decode()


def test_the_first_search_waits_for_the_index_and_says_so(growing, monkeypatch):
    for left in growing.glob("search.db*"):
        left.unlink()
    with Served(growing, patience=0) as served:
        assert "lede" in served.get("/search?q=lao")[2].decode()
    for left in growing.glob("search.db*"):
        left.unlink()
    monkeypatch.setattr(indexing, "FIRST_PATIENCE", 0)
    with (
        Archive.open(growing) as archive,
        archive.index() as index,
        index.begin(),
        Served(growing, patience=0) as served,
    ):
        status, _, body = served.get("/search?q=lao")
        work = served.app.state.indexer._work
    assert (status, "search again" in body.decode()) == (503, True)
    work.is_done.wait(60)


def test_the_front_page_counts_the_last_day(growing):
    add_one(growing)
    with Served(growing) as served:
        page = served.get("/", Accept_Language="en")[2].decode()
    counted = re.findall(r'<a href="#(\w+)"><strong>(\d+)</strong>', page)
    assert counted == [("new", "1"), ("edited", "0"), ("copied", "0"), ("gone", "0")]


def test_sites_are_listed_without_counting_their_articles(served):
    with served.archive.reading() as connection:
        assert site_names(connection) == sorted({row["site"] for row in served.archive.rows("articles")})
