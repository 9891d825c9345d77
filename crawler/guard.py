"""Keeps the crawler on the public web: which addresses it may ask, and which it may connect to.

A page can name any address, and a name can stand for another one each time it is looked up. So the URL is judged when
it is requested, every hop of a redirect included, and the address when it is dialled: what is checked there is what is
connected to, and between the two is nothing. Names are never judged by their look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NoReturn
from urllib.parse import urlsplit

from twisted.web.client import URI

from archive.exceptions import ArchiveError
from crawler.politeness.refusal import Refusal, RefusedError

SCHEMES = {"http": 80, "https": 443}
WEB_PORTS = frozenset({80, 443, 8080, 8443})

# The registries of special-purpose addresses (RFC 6890 and its successors), written out: what Python calls global
# includes multicast and 6to4, and changed between two patch releases.
_SPECIAL_V4 = {
    ip_network(network): name
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        # The host of every virtual machine on Azure: public by number, private by use.
        ("168.63.129.16/32", "platform"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
}
# Only this is global unicast. Outside it are loopback, link-local, unique local and multicast addresses, and those that
# wrap an IPv4 address: v4-mapped and NAT64.
_GLOBAL_V6 = ip_network("2000::/3")
_SPECIAL_V6 = {
    ip_network(network): name
    for network, name in (
        ("2001::/23", "protocol assignments"),  # Teredo, which wraps IPv4, among them
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
}

# Narrower than RFC 3986: no user, no percent-encoding, no byte that two parsers could take for another.
_URL = re.compile(
    r"(?P<scheme>[a-z]+)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?:[/?#][!-~]*)?"
)
# What inet_aton takes for a number: 127.1, 2130706433, 0x7f.0.0.1, 0177.0.0.1.
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")


class AllowPrivateError(ArchiveError):
    """Raised when an entry of the allow-list is none: it would silently allow nothing, or more than was meant."""

    def __init__(self, entry: str) -> None:
        super().__init__(f"not an address and port that could be allowed: {entry!r}; write it like '127.0.0.1:8000'")


def special_purpose(address: IPv4Address | IPv6Address) -> str | None:
    """Why `address` is none of the public internet; None if it is.

    >>> special_purpose(ip_address("169.254.169.254")), special_purpose(ip_address("::ffff:8.8.8.8"))
    ('link-local', 'not global')
    """
    if isinstance(address, IPv4Address):
        return next((name for network, name in _SPECIAL_V4.items() if address in network), None)
    if address not in _GLOBAL_V6:
        return "not global"
    return next((name for network, name in _SPECIAL_V6.items() if address in network), None)


class Guard:
    """Decides. `allowed` are endpoints like `127.0.0.1:8000` that are no public ones: a test site."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self.allowed = frozenset(_endpoint(entry) for entry in allowed)
        self._ports = WEB_PORTS | {port for _, port in self.allowed}

    def check_url(self, url: str) -> None:
        """Raise RefusedError unless `url` is one of the web, in a form that everybody reads alike."""
        found = _URL.fullmatch(url)
        scheme = found["scheme"] if found else url.partition(":")[0].lower()
        if scheme not in SCHEMES:
            _refuse(f"scheme {scheme[:20]!r}")
        if found is None:
            authority = re.split(r"[/?#\\]", url.partition("//")[2], maxsplit=1)[0]
            _refuse("a user in the address" if "@" in authority else "not a plain web address")
        host = found["host"].lower()
        port = int(found["port"] or SCHEMES[scheme])
        if _second_opinions(url) != {(host.strip("[]"), port)}:
            _refuse("an address with two readings")
        if port not in self._ports:
            _refuse(f"port {port}")
        if host.startswith("[") or _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            self.check_address(host.strip("[]"), port)

    def check_address(self, host: str, port: int) -> None:
        """Raise RefusedError unless the IP address `host` may be connected to at `port`."""
        try:
            address = ip_address(host)
        except ValueError:
            _refuse(f"{host[:80]!r} is no IP address")
        if (address, port) in self.allowed:
            return
        purpose = special_purpose(address)
        if purpose is not None:
            _refuse(f"{host} is {purpose}")
        if port not in WEB_PORTS:
            _refuse(f"port {port}")


def _endpoint(entry: str) -> tuple[IPv4Address | IPv6Address, int]:
    host, _, port = entry.strip().rpartition(":")
    try:
        number = int(port)
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        raise AllowPrivateError(entry) from None
    if not 0 < number < 65536:  # noqa: PLR2004 - TCP
        raise AllowPrivateError(entry)
    return address, number


def _second_opinions(url: str) -> set[tuple[str, int]]:
    """(host, port) as the standard library reads it, which queues requests, and as Twisted does, which connects."""
    try:
        parts = urlsplit(url)
        uri = URI.fromBytes(url.encode("ascii"))  # type: ignore[no-untyped-call]
        dialled = uri.host.decode("ascii").lower().strip("[]")
        return {(parts.hostname or "", parts.port or SCHEMES[parts.scheme]), (dialled, uri.port)}
    except (ValueError, KeyError):
        return set()


def _refuse(detail: str) -> NoReturn:
    raise RefusedError(Refusal.BLOCKED_SSRF, detail)


# --- at the moment of connecting --------------------------------------------------------------------------------------


def watch(reactor: Any, guard: Guard) -> Callable[[], None]:  # noqa: ANN401 - Twisted's reactors share no class
    """Let `reactor` dial only what `guard` allows; returns what ends the watch.

    Every HTTP connection of Twisted comes by connectTCP, and by the address that its name was resolved to. Of several
    guards each has to agree."""
    guards: list[Guard] | None = getattr(reactor, "luubao_guards", None)
    if guards is None:
        guards = reactor.luubao_guards = []
        dial = reactor.connectTCP

        def connect_tcp(host: str, port: int, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as wrapped
            for one in reactor.luubao_guards:
                one.check_address(host, port)
            return dial(host, port, *args, **options)

        reactor.connectTCP = connect_tcp
    guards.append(guard)
    return lambda: guards.remove(guard)
