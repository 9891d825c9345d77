"""One article, one address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls import article_identity, host_of, identity

PAGE = "https://bao.example/tin/bai-1.html"


@pytest.mark.parametrize(
    "decorated",
    [
        pytest.param("http://bao.example/tin/bai-1.html", id="http"),
        pytest.param("https://www.bao.example/tin/bai-1.html", id="www"),
        pytest.param("https://m.bao.example/tin/bai-1.html", id="mobile"),
        pytest.param("https://amp.bao.example/tin/bai-1.html", id="amp"),
        pytest.param("https://BAO.example./tin/bai-1.html", id="host in capitals with a dot"),
        pytest.param("https://bao.example:443/tin/bai-1.html", id="default port"),
        pytest.param("https://bao.example/tin/bai-1.html#binh-luan", id="fragment"),
        pytest.param("https://bao.example/tin/bai-1.html/", id="trailing slash"),
        pytest.param("https://bao.example/tin/bai-1.html?utm_source=x&fbclid=y&zarsrc=30", id="tracking"),
        pytest.param("https://bao.example/tin/b%61i-1.html", id="needless percent"),
        pytest.param(f" {PAGE}\n", id="white space"),
    ],
)
def test_decoration_makes_no_other_page(decorated):
    assert identity(decorated) == PAGE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://bao.example/a?id=1", "https://bao.example/a?id=2", id="parameter"),
        pytest.param("https://bao.example/a", "https://bao.example/A", id="case of the path"),
        pytest.param("https://bao.example/a", "https://bao.example:8443/a", id="port"),
        pytest.param("https://tin.bao.example/a", "https://bao.example/a", id="sub-domain"),
        pytest.param("https://m.vn/a", "https://vn/a", id="a site called m"),
        pytest.param("https://bao.example/a?b=", "https://bao.example/a", id="empty parameter"),
    ],
)
def test_two_pages_are_told_apart(one, other):
    assert identity(one) != identity(other)


def test_the_order_of_parameters_does_not_matter():
    assert identity("https://bao.example/?b=2&a=1") == identity("https://bao.example/?a=1&b=2")


def test_letters_that_are_not_ascii_are_percent_encoded():
    assert identity("https://bao.example/đường") == "https://bao.example/%C4%91%C6%B0%E1%BB%9Dng"


@pytest.mark.parametrize(
    "url", ["urn:sha256:00FF", "http://[bad/a", "file:///tmp/a", "", "//bao.example/a", "https://"]
)
def test_what_is_no_web_address_stays_as_it_is(url):
    assert identity(url) == url


@given(
    st.from_regex(
        r"https?://(www\.|m\.)?[a-z]{1,3}\.(vn|example)(:\d{1,5})?(/[a-zA-Z0-9%?&=#./+ đ-]*)?", fullmatch=True
    )
)
def test_an_identity_is_its_own_identity(url):
    assert identity(identity(url)) == identity(url)


@given(st.text())
def test_no_text_is_an_error(url):
    identity(url)
    host_of(url)


@pytest.mark.parametrize(
    ("url", "canonical", "article"),
    [
        pytest.param(PAGE, None, PAGE, id="none"),
        pytest.param(PAGE, "https://bao.example/bai-1", "https://bao.example/bai-1", id="same host"),
        pytest.param("https://tin.bao.example/1", PAGE, PAGE, id="parent domain"),
        pytest.param(PAGE, "https://tin.bao.example/1", "https://tin.bao.example/1", id="sub-domain"),
        pytest.param(PAGE, "https://khac.example/1", PAGE, id="another paper"),
        pytest.param(PAGE, "https://xbao.example/1", PAGE, id="a host that ends alike"),
        pytest.param(PAGE, "https://bao.example/", PAGE, id="front page"),
        pytest.param(PAGE, "https://bao.example/#top", PAGE, id="front page with fragment"),
        pytest.param("urn:sha256:00", PAGE, PAGE, id="page without address"),
        pytest.param(PAGE, "javascript:void(0)", PAGE, id="no address"),
    ],
)
def test_a_canonical_link_is_believed_on_its_own_site_only(url, canonical, article):
    assert article_identity(url, canonical) == article


@pytest.mark.parametrize(
    ("url", "host"), [("https://Bao.Example.:80/a", "bao.example"), ("urn:x", ""), ("http://[", "")]
)
def test_the_host_of_an_address(url, host):
    assert host_of(url) == host
