import contextlib
import socket
from ipaddress import ip_address

import pytest
from loopback import Canary, Page, Site
from probe import crawl

from crawler.guard import AllowPrivateError, Guard, special_purpose, watch
from crawler.politeness.refusal import Refusal, RefusedError


def refusal(call, *args):
    """What a guard says against something; None if nothing."""
    try:
        call(*args)
    except RefusedError as refused:
        return refused.detail if refused.refusal is Refusal.BLOCKED_SSRF else f"for another reason: {refused}"
    return None


@pytest.mark.parametrize(
    "address",
    """0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254 172.16.0.1
    172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::127.0.0.1 64:ff9b::8.8.8.8 64:ff9b:1::1 100::1
    2001::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 5f00::1
    """.split(),
)
def test_addresses_that_are_none_of_the_internet(address):
    assert special_purpose(ip_address(address)) is not None


@pytest.mark.parametrize(
    "address",
    "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 103.1.210.1 172.32.0.1 192.31.196.1 "
    "223.255.255.255 2001:4860:4860::8888 2400:cb00::1 2a00:1450::1".split(),
)
def test_addresses_of_the_internet(address):
    assert special_purpose(ip_address(address)) is None


@pytest.mark.parametrize(
    "url",
    """http://bao.example/ https://bao.example/a?b=c#d HTTPS://bao.example/ https://bao.example:443/ http://bao.example:8080/a
    https://bao.example:8443 https://xn--bo-mia.example/ https://a_b.example/ https://bao.example./ https://8.8.8.8/
    https://24h.com.vn/ https://[2001:4860:4860::8888]/ https://bao.example/@user https://bao.example/?a=http://10.0.0.1/
    """.replace("HTTPS:", "https:").split(),
)
def test_urls_of_the_web(url):
    assert refusal(Guard().check_url, url) is None


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("data:text/html,x", id="data"),
        pytest.param("ftp://bao.example/", id="ftp"),
        pytest.param("gopher://bao.example/", id="gopher"),
        pytest.param("//bao.example/", id="no scheme"),
        pytest.param("http:bao.example", id="no slashes"),
        pytest.param("http:///bao.example", id="three slashes"),
        pytest.param("http://bao.example:22/", id="ssh"),
        pytest.param("http://bao.example:6379/", id="redis"),
        pytest.param("http://bao.example:99999/", id="no port"),
        pytest.param("http://user@bao.example/", id="user"),
        pytest.param("http://user:word@bao.example/", id="password"),
        pytest.param("http://8.8.8.8@127.0.0.1/", id="an address as a user"),
        pytest.param("http://127.0.0.1/", id="loopback"),
        pytest.param("http://127.0.0.1./", id="with a dot"),
        pytest.param("http://127.1/", id="short"),
        pytest.param("http://2130706433/", id="decimal"),
        pytest.param("http://0x7f000001/", id="hex"),
        pytest.param("http://0X7F.1/", id="hex, short"),
        pytest.param("http://0177.0.0.1/", id="octal"),
        pytest.param("http://0/", id="zero"),
        pytest.param("http://8.8.2056/", id="a public one, in disguise"),
        pytest.param("http://[::1]/", id="loopback v6"),
        pytest.param("http://[::ffff:127.0.0.1]/", id="mapped"),
        pytest.param("http://[::ffff:7f00:1]/", id="mapped, hex"),
        pytest.param("http://[64:ff9b::7f00:1]/", id="NAT64"),
        pytest.param("http://[2002:7f00:1::]/", id="6to4"),
        pytest.param("http://[fe80::1%25eth0]/", id="zone"),
        pytest.param("http://[::1/", id="half a bracket"),
        pytest.param("http://[v1.x]/", id="an address of the future"),
        pytest.param("http://169.254.169.254/latest/meta-data/", id="cloud"),
        pytest.param("http://bao.example\\@127.0.0.1/", id="backslash"),
        pytest.param("http://bao.example\t/", id="tab"),
        pytest.param("http://bao.example /", id="space"),
        pytest.param("http://bao.example\r\nX: y/", id="line break"),
        pytest.param("http://bao%2eexample/", id="percent"),
        pytest.param("http://①②⑦.⓪.⓪.①/", id="circled digits"),
        pytest.param("http://bao.example#@127.0.0.1/\n", id="line break at the end"),
        pytest.param("http://bao.example;x/", id="semicolon"),
        pytest.param("http://bao.example,127.0.0.1/", id="comma"),
        pytest.param("http:///", id="nothing"),
    ],
)
def test_urls_that_are_refused(url):
    assert refusal(Guard().check_url, url) is not None


def test_only_web_ports_are_dialled():
    guard = Guard()
    assert [
        port for port in (22, 80, 443, 3306, 8000, 8080, 8443) if not refusal(guard.check_address, "8.8.8.8", port)
    ] == [
        80,
        443,
        8080,
        8443,
    ]


def test_names_are_never_dialled():
    assert refusal(Guard(["127.0.0.1:8000"]).check_address, "localhost", 8000) == "'localhost' is no IP address"


def test_what_is_allowed_is_one_endpoint_and_nothing_beside_it():
    guard = Guard(["127.0.0.1:8000", "[::1]:8001"])
    assert refusal(guard.check_url, "http://127.0.0.1:8000/") is None
    assert refusal(guard.check_url, "http://[::1]:8001/") is None
    assert refusal(guard.check_address, "127.0.0.1", 8000) is None
    assert refusal(guard.check_url, "http://127.0.0.1/") == "127.0.0.1 is loopback"
    assert refusal(guard.check_url, "http://127.0.0.1:8001/") == "127.0.0.1 is loopback"
    assert refusal(guard.check_url, "http://127.0.0.2:8000/") == "127.0.0.2 is loopback"
    assert refusal(guard.check_address, "8.8.8.8", 8000) == "port 8000"


@pytest.mark.parametrize(
    "entry", ["localhost:8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "*:80", "127.0.0.0/8:80"]
)
def test_what_allows_too_much_or_nothing_is_an_error(entry):
    with pytest.raises(AllowPrivateError, match=r"write it like '127\.0\.0\.1:8000'"):
        Guard([entry])


class Reactor:
    """Remembers whom it was told to dial."""

    def __init__(self) -> None:
        self.dialled = []

    def connectTCP(self, host, port, *args, **options):  # noqa: N802 - as Twisted calls it
        self.dialled.append((host, port))


def test_a_watched_reactor_dials_only_what_is_allowed():
    reactor = Reactor()
    end = watch(reactor, Guard(["127.0.0.1:8000"]))
    for host, port in (("127.0.0.1", 8000), ("127.0.0.1", 80), ("localhost", 8000), ("8.8.8.8", 443), ("8.8.8.8", 25)):
        with contextlib.suppress(RefusedError):
            reactor.connectTCP(host, port, None)
    end()
    reactor.connectTCP("127.0.0.1", 80, None)
    assert reactor.dialled == [("127.0.0.1", 8000), ("8.8.8.8", 443), ("127.0.0.1", 80)]


def test_of_two_crawls_in_a_process_both_have_to_agree():
    reactor = Reactor()
    watch(reactor, Guard(["127.0.0.1:8000"]))
    end = watch(reactor, Guard())
    assert refusal(reactor.connectTCP, "127.0.0.1", 8000) == "127.0.0.1 is loopback"
    end()
    assert refusal(reactor.connectTCP, "127.0.0.1", 8000) is None


# --- a real crawl -----------------------------------------------------------------------------------------------------


def test_no_spelling_of_loopback_is_connected_to():
    """The canary's own port counts as a web port here, so that only the address can be what is refused."""
    with Canary("127.0.0.1") as canary:
        port = canary.port
        hosts = """127.0.0.1 127.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0 0.0.0.0 localhost [::1]
        [::ffff:127.0.0.1] １２７.０.０.１ ①②⑦.⓪.⓪.① 127.0.0.1. private.example LOCALHOST.""".split()
        urls = [f"http://{host}:{port}/" for host in hosts]
        found = crawl(
            [*urls, "file:///etc/passwd", "data:text/html,x"],
            allow=[f"127.9.9.9:{port}"],
            resolve={"private.example": ["127.0.0.1"], "localhost.": ["127.0.0.1"]},
        )
    assert canary.connections == 0
    assert found.refusals == dict.fromkeys([*urls, "file:///etc/passwd", "data:text/html,x"], "blocked_ssrf")
    assert not any(one["capture"] for one in found.results.values())
    assert found.stats["guard/blocked_ssrf"] >= len(urls)


def test_a_name_that_changes_its_address_between_two_requests_is_refused():
    """The first answer is a site that is allowed; the second, for the next connection, is none."""
    try:
        canary = Canary("127.0.0.2")
    except OSError:
        pytest.skip("only 127.0.0.1 is loopback here")
    closing = (("Content-Type", "text/html"), ("Connection", "close"))
    pages = {path: Page(headers=closing) for path in ("/robots.txt", "/a", "/b")}
    with canary, Site(pages, port=canary.port) as site:
        urls = [f"http://rebind.example:{site.port}/{name}" for name in "ab"]
        # robots.txt and the first page, then the attack
        found = crawl(urls, allow=[site.endpoint], resolve={"rebind.example": ["127.0.0.1", "127.0.0.1", "127.0.0.2"]})
    assert canary.connections == 0
    assert found.results[urls[0]]["status"] == 200
    assert found.refusals[urls[1]] == "blocked_ssrf"
    assert [one.path for one in site.log] == ["/robots.txt", "/a"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_name_leads_to_a_private_address_of_ipv6_over_tls_or_not(scheme):
    """Names that have only such an address: loopback, v4-mapped, NAT64, 6to4, unique local, link-local."""
    try:
        canary = Canary("127.0.0.1", "::1")
    except OSError:
        pytest.skip("no IPv6 loopback here")
    private = ["::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fd00::1", "fe80::1"]
    with canary:
        resolve = {f"six{number}.example": [address] for number, address in enumerate(private)}
        urls = [f"{scheme}://{name}:{canary.port}/" for name in resolve]
        found = crawl(urls, allow=[f"127.9.9.9:{canary.port}"], resolve=resolve)
        assert canary.connections == 0
        assert found.refusals == dict.fromkeys(urls, "blocked_ssrf")
        # The control: where loopback is allowed, the listener notices.
        crawl(urls[:1], allow=[f"[::1]:{canary.port}"], resolve=resolve)
        assert canary.connections > 0


def test_tls_is_dialled_through_the_guard_as_well():
    with Canary("127.0.0.1") as canary:
        url = f"https://private.example:{canary.port}/"
        found = crawl([url], allow=[f"127.9.9.9:{canary.port}"], resolve={"private.example": ["127.0.0.1"]})
    assert canary.connections == 0
    assert found.refusals == {url: "blocked_ssrf"}


def test_a_robots_txt_cannot_lead_to_a_private_address():
    with Canary("127.0.0.1") as canary:
        moved = Page(b"", 302, (("Location", f"http://127.0.0.1:{canary.port}/robots.txt"),))
        with Site({"/robots.txt": moved, "/a": Page()}) as site:
            found = crawl([site.url("/a")], allow=[site.endpoint])
    assert canary.connections == 0
    assert found.refusals == {site.url("/a"): "robots_unreachable"}


def test_the_canary_notices_who_connects():
    with Canary("127.0.0.1") as canary, socket.create_connection(("127.0.0.1", canary.port)) as connection:
        connection.recv(1)
    assert canary.connections == 1
