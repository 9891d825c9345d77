import datetime as dt
import gzip
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest
from loopback import PAGE, Page, Site, raw
from probe import crawl
from scrapy import Request
from scrapy.http import Headers, Response

from archive.types import Capture
from crawler.middlewares.capture import CAPTURE, CaptureRaw, capture_of, is_complete

NOW = datetime(2026, 2, 7, 1, 0, 0, 123456, tzinfo=UTC)
URL = "https://bao.example/a?b=1"
HTML = ("Content-Type: text/html",)
OPEN = Page(b"User-agent: *\nDisallow: /cms/\n")


# --- a response as a capture ------------------------------------------------------------------------------------------


def response(body=PAGE, *, status=200, flags=(), **headers):
    return Response(URL, status, headers, body, list(flags), ip_address=IPv4Address("8.8.8.8"), protocol="HTTP/1.1")


def test_a_capture_is_the_response_as_received():
    received = Headers()
    received.appendlist("Content-Type", "text/html")
    received.appendlist("Set-Cookie", "a=1")
    received.appendlist("Set-Cookie", "b=2")
    received.appendlist("Transfer-Encoding", "chunked")
    received.appendlist("X-Name", "Báo".encode())
    got = capture_of(
        Request(f"{URL}#top", headers={"Accept": "text/html", "Cookie": "secret", "Authorization": "secret"}),
        Response(URL, 404, received, b"\x1f\x8b raw", ip_address=IPv4Address("8.8.8.8"), protocol="HTTP/1.0"),
        captured_at=NOW,
    )
    assert got == Capture(
        url=URL,
        captured_at=NOW,
        payload=b"\x1f\x8b raw",
        status=404,
        headers=(
            ("Content-Type", "text/html"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("X-Name", "Báo".encode().decode("latin-1")),
        ),
        http_version="HTTP/1.0",
        ip_address="8.8.8.8",
        request_headers=(("Accept", "text/html"), ("Host", "bao.example")),
    )


def test_the_middleware_attaches_it_and_changes_nothing():
    request, answer = Request(URL), response(status=301)
    assert CaptureRaw(lambda: NOW).process_response(request, answer) is answer
    assert request.meta == {CAPTURE: capture_of(request, answer, captured_at=NOW)}


@pytest.mark.parametrize(
    ("answer", "truncated"),
    [
        pytest.param(response(), None, id="whole"),
        pytest.param(response(PAGE[:30], flags=["dataloss"]), "disconnect", id="cut"),
        pytest.param(response(PAGE, flags=["dataloss"]), "disconnect", id="cut after the end of the page"),
        pytest.param(response(PAGE, flags=["partial"]), None, id="no length, and whole"),
        pytest.param(response(PAGE[:30], flags=["partial"]), "disconnect", id="no length, and cut"),
        pytest.param(response(b"", status=302, flags=["partial"]), None, id="a redirect without a length"),
        pytest.param(response(PAGE, flags=["download_stopped"]), "time", id="too slow"),
    ],
)
def test_a_capture_says_that_it_was_cut(answer, truncated):
    assert capture_of(Request(URL), answer, captured_at=NOW).truncated == truncated


@pytest.mark.parametrize(
    ("body", "is_whole"),
    [
        pytest.param(b"<p>a</p></BODY></HTML>\r\n\0"[:-1], True, id="capitals"),
        pytest.param(b"</html>\n<!-- 0.2 s -->\n<!-- cached -->", True, id="comments after the end"),
        pytest.param(b"</html>\n<!-- 0.2", False, id="half a comment"),
        pytest.param(b"-->" * 10, False, id="ends of comments"),
        pytest.param(b"<rss></rss>", True, id="feed"),
        pytest.param(b"<urlset></urlset>\n", True, id="sitemap"),
        pytest.param(b"<html><p>a", False, id="cut"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b"<p>a</p>", False, id="never says that it ends"),
    ],
)
def test_a_page_that_tells_no_length_is_whole_if_it_ends(body, is_whole):
    assert is_complete(body, ()) is is_whole


def test_a_gzip_without_length_is_judged_by_its_own_end():
    headers = (("Content-Encoding", "gzip"),)
    body = gzip.compress(PAGE)
    assert is_complete(body, headers)
    assert not is_complete(body[:-9], headers)


# --- a real crawl -----------------------------------------------------------------------------------------------------


def test_every_kind_of_answer_is_captured_raw():
    squeezed = gzip.compress(PAGE)
    pages = {
        "/robots.txt": OPEN,
        "/gzip": Page(
            squeezed, headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("X-A", "1"), ("X-A", "2"))
        ),
        "/moved": Page(b"", 301, (("Location", "/elsewhere"),)),
        "/same": Page(b"", 304, (("ETag", '"1"'),)),
        "/gone": Page(b"gone", 410),
        "/broken": Page(b"sorry", 500),
        "/old": Page(raw=raw(*HTML, body=PAGE, version="HTTP/1.0")),
        "/old-cut": Page(raw=raw(*HTML, body=PAGE[:30], version="HTTP/1.0")),
        "/cut": Page(raw=raw(*HTML, "Content-Length: 500", body=PAGE)),
        "/chunks": Page(raw=raw(*HTML, "Transfer-Encoding: chunked", body=b"4\r\nMot \r\n4\r\ntin.\r\n0\r\n\r\n")),
        "/chunks-cut": Page(raw=raw(*HTML, "Transfer-Encoding: chunked", body=b"4\r\nMot \r\n400\r\ntin.")),
    }
    paths = [path for path in pages if path != "/robots.txt"]
    with Site(pages) as site:
        found = crawl([site.url(path) for path in paths], allow=[site.endpoint])
    captures = {path: found.results[site.url(path)]["capture"] for path in paths}
    assert found.code == 0
    assert {path: (one["status"], one["truncated"]) for path, one in captures.items()} == {
        "/gzip": (200, None),
        "/moved": (301, None),
        "/same": (304, None),
        "/gone": (410, None),
        "/broken": (500, None),
        "/old": (200, None),
        "/old-cut": (200, "disconnect"),
        "/cut": (200, "disconnect"),
        "/chunks": (200, None),
        "/chunks-cut": (200, "disconnect"),
    }
    assert captures["/gzip"]["payload"].encode("latin-1") == squeezed
    assert [pair for pair in captures["/gzip"]["headers"] if pair[0] == "X-A"] == [["X-A", "1"], ["X-A", "2"]]
    assert captures["/chunks"]["payload"] == "Mot tin."
    assert captures["/old"]["http_version"] == "HTTP/1.0"
    assert {one["ip_address"] for one in captures.values()} == {"127.0.0.1"}
    assert {tuple(pair) for one in captures.values() for pair in one["request_headers"]} >= {
        ("Accept-Encoding", "gzip"),
        ("Host", site.endpoint),
    }
    assert sorted(one.path for one in site.asked()) == sorted(paths)
    assert not any({"Cookie", "Referer"} & set(one.headers) for one in site.log)


def test_what_is_too_large_too_slow_or_never_comes_is_ended():
    pages = {
        "/robots.txt": OPEN,
        "/large": Page(raw=raw(*HTML, "Content-Length: 200000", body=b"x" * 200_000)),
        "/larger": Page(
            raw=raw(*HTML, "Transfer-Encoding: chunked", body=b"30d40\r\n" + b"x" * 200_000 + b"\r\n0\r\n\r\n")
        ),
        "/drip": Page(b"x" * 200, drip=0.05),
        "/silent": Page(wait=8),
    }
    with Site(pages) as site:
        urls = {path: site.url(path) for path in pages if path != "/robots.txt"}
        found = crawl(
            list(urls.values()),
            allow=[site.endpoint],
            DOWNLOAD_MAXSIZE=100_000,
            DOWNLOAD_TIMEOUT=2,
            LUUBAO_MIN_RATE=100,
            LUUBAO_RATE_WINDOW=1,
            LUUBAO_BACKOFF=0.1,
        )
    assert found.results[urls["/large"]]["error"].startswith("DownloadCancelledError")
    assert found.results[urls["/larger"]]["error"].startswith("DownloadCancelledError")
    assert found.results[urls["/silent"]]["error"].startswith("DownloadTimeoutError")
    dripped = found.results[urls["/drip"]]["capture"]
    assert dripped["truncated"] == "time"
    assert 10 <= len(dripped["payload"]) < 100
    assert found.stats["rate/too_slow"] == 1


def test_one_request_at_a_time_with_a_pause_and_robots_txt_first():
    pages = {"/robots.txt": OPEN, **{f"/{number}": Page(wait=0.05) for number in range(5)}}
    with Site(pages) as site:
        urls = [site.url(f"/{number}") for number in range(5)]
        found = crawl(
            [*urls, site.url("/cms/1")], allow=[site.endpoint], LUUBAO_DELAY=0.2, CONCURRENT_REQUESTS_PER_DOMAIN=8
        )
    assert site.log[0].path == "/robots.txt"
    assert sorted(one.path for one in site.asked()) == ["/0", "/1", "/2", "/3", "/4"]
    assert site.most_at_once == 1
    assert site.connections == 1
    assert min(site.gaps()[1:]) >= 0.25
    assert site.gaps()[0] >= 0.2
    assert found.refusals[site.url("/cms/1")] == "robots"


def test_a_crawl_delay_counts_from_the_first_page_on():
    with Site({"/robots.txt": Page(b"User-agent: luubao\nCrawl-delay: 0.5\n")}) as site:
        crawl([site.url("/0"), site.url("/1")], allow=[site.endpoint])
    assert min(site.gaps()) >= 0.5


def test_where_robots_txt_does_not_let_us_in_nothing_is_fetched():
    gzipped = (("Content-Encoding", "gzip"),)
    closed = b"User-agent: *\nDisallow: /"
    cases = {
        "503": (Page(b"", 503), "robots_unreachable"),
        "429": (Page(b"", 429), "robots_unreachable"),
        "403": (Page(b"", 403), "robots"),
        "timeout": (Page(wait=3), "robots_unreachable"),
        "hangs up": (Page(raw=b""), "robots_unreachable"),
        "cut": (Page(raw=raw("Content-Length: 900", body=OPEN.body)), "robots_unreachable"),
        "corrupt": (Page(gzip.compress(OPEN.body)[:-8], headers=gzipped), "robots_unreachable"),
        "UTF-16": (Page(closed.decode().encode("utf-16")), "robots"),
        "gzip": (Page(gzip.compress(closed), headers=gzipped), "robots"),
        "nothing to see": (Page(b"", 404), None),
    }
    with ExitStack() as stack:
        sites = {name: stack.enter_context(Site({"/robots.txt": one})) for name, (one, _) in cases.items()}
        urls = {name: site.url("/a") for name, site in sites.items()}
        found = crawl(list(urls.values()), allow=[site.endpoint for site in sites.values()], DOWNLOAD_TIMEOUT=1)
    assert {name: found.refusals[url] for name, url in urls.items()} == {
        name: refusal for name, (_, refusal) in cases.items()
    }
    assert [name for name, site in sites.items() if site.asked()] == ["nothing to see"]


def test_a_whole_host_waits_to_the_second_even_what_was_queued():
    busy = [Page(b"", 429, (("Retry-After", "2"),)), Page()]
    with Site({"/robots.txt": OPEN, "/0": busy}) as site:
        found = crawl([site.url(f"/{number}") for number in range(4)], allow=[site.endpoint])
    assert [one.path for one in site.log[:2]] == ["/robots.txt", "/0"]
    assert sorted(one.path for one in site.log[2:]) == ["/1", "/2", "/3"]
    assert 2 <= site.gaps()[1] < 10
    assert found.results[site.url("/0")]["status"] == 429


def test_a_long_wait_is_given_back_with_its_end_and_remembered_by_the_next_process(tmp_path):
    until = datetime.now(UTC) + timedelta(hours=2)
    header = until.strftime("%a, %d %b %Y %H:%M:%S GMT")
    with Site({"/robots.txt": OPEN, "/0": Page(b"", 503, (("Retry-After", header),))}) as site:
        urls = [site.url(f"/{number}") for number in range(3)]
        first = crawl(urls, allow=[site.endpoint], store=tmp_path / "store")
        seen = len(site.log)
        second = crawl(urls, allow=[site.endpoint], store=tmp_path / "store")
        assert len(site.log) == seen == 2
    assert first.refusals == {urls[0]: None, urls[1]: "host_held", urls[2]: "host_held"}
    assert second.refusals == dict.fromkeys(urls, "host_held")
    retry_at = datetime.fromisoformat(second.results[urls[0]]["retry_at"])
    assert abs(retry_at - until) < timedelta(seconds=5)


def test_robots_txt_is_remembered_by_the_next_process(tmp_path):
    with Site({"/robots.txt": OPEN}) as site:
        for _ in range(2):
            found = crawl([site.url("/cms/1")], allow=[site.endpoint], store=tmp_path / "store")
            assert found.refusals == {site.url("/cms/1"): "robots"}
    assert len(site.log) == 1


def test_a_crawl_that_is_told_to_end_gives_back_what_waits():
    with Site({"/robots.txt": OPEN}) as site:
        urls = [site.url(f"/{number}") for number in range(5)]
        found = crawl(urls, allow=[site.endpoint], LUUBAO_DELAY=300, end_when=" waits ", LOG_LEVEL="DEBUG")
    assert set(found.refusals.values()) == {"stopping"}
    assert site.log == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate that nobody signed."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


@pytest.mark.parametrize(("is_verified", "status"), [(True, None), (False, 200)])
def test_a_certificate_that_nobody_signed_is_refused(certificate, is_verified, status):
    with Site({"/a": Page()}, certificate=certificate) as site:
        found = crawl([site.url("/a")], allow=[site.endpoint], DOWNLOAD_VERIFY_CERTIFICATES=is_verified)
    assert found.results[site.url("/a")].get("status") == status
    if is_verified:
        assert found.refusals == {site.url("/a"): "robots_unreachable"}
        assert site.log == []
