"""Memento (RFC 7089), asked by a public client that knows nothing of us."""

import pytest
from builders import FakeExtractor, at, document, record
from loopback import Site
from served import Served

from archive.core import Archive

memento_client = pytest.importorskip("memento_client", reason="no memento-client: install the test group")
DAYS = (1, 3, 8)
"""When the article was captured; its text is another each time."""


@pytest.fixture(scope="module")
def paper():
    """The client asks the original page, too, before it asks the archive."""
    with Site() as paper:
        yield paper


@pytest.fixture(scope="module")
def url(paper):
    return paper.url("/Bai-1.html?id=7")


@pytest.fixture(scope="module")
def served(tmp_path_factory, url):
    folder = tmp_path_factory.mktemp("memento")
    with Archive.open(folder, extractor=FakeExtractor()) as archive:
        for day in DAYS:
            record(archive, document(1, title=f"Ngày {day}"), url=url, day=day)
    with Served(folder) as served:
        yield served


@pytest.fixture
def client(served, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return memento_client.MementoClient(timegate_uri=f"{served.base}/timegate/", check_native_timegate=False)


def naive(day, minutes=0):
    """As the client takes moments and gives them: UTC, and does not say so."""
    return at(day, minutes).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        pytest.param(naive(1, -600), 1, id="before the first"),
        pytest.param(naive(1), 1, id="the first"),
        pytest.param(naive(3, 5), 3, id="just after the second"),
        pytest.param(naive(6), 8, id="nearer to the last"),
        pytest.param(naive(400), 8, id="long after the last"),
    ],
)
def test_the_client_finds_the_memento_nearest_to_a_moment(client, served, url, asked, day):
    found = client.get_memento_info(url, asked)
    assert found["original_uri"] == url
    moments = {name: each["datetime"] for name, each in found["mementos"].items()}
    assert (moments["first"], moments["closest"], moments["last"]) == (naive(1), naive(day), naive(8))
    closest = found["mementos"]["closest"]
    assert closest["http_status_code"] == 200
    status, _, body = served.get(closest["uri"][0])
    assert (status, f"Ngày {day}" in body.decode()) == (200, True)


def test_the_client_takes_each_thing_for_what_it_is(client, served, url):
    gate = f"{served.base}/timegate/{url}"
    assert client.is_timegate(gate)
    memento = client.get_memento_info(url, naive(3))["mementos"]["closest"]["uri"][0]
    assert client.is_memento(memento)
    assert not client.is_memento(url)
    assert client.get_original_uri(memento) == url


def test_the_time_map_lists_every_memento_in_order(served, url):
    status, headers, body = served.get(f"/timemap/link/{url}")
    assert (status, headers["Content-Type"]) == (200, "application/link-format")
    links = [line.rstrip(",") for line in body.decode().splitlines()]
    assert links[0] == f'<{url}>; rel="original"'
    assert [link.partition(">")[0].partition("/memento/")[2].partition("/")[0] for link in links[3:]] == [
        f"{at(day):%Y%m%d%H%M%S}" for day in DAYS
    ]
    for link in links[3:]:
        address = link.partition(">")[0].removeprefix("<")
        status, headers, _ = served.get(address)
        assert status == 200
        assert f'datetime="{headers["Memento-Datetime"]}"' in link
