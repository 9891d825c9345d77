"""One article, one address: the identity of a URL, whatever it was decorated with on its way here. Pure."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

# Parameters that say who sent the reader or when a file was made, never which article it is.
_TRACKING_PREFIXES = ("utm_", "at_", "mc_", "pk_", "hsa_", "itm_")
_TRACKING = frozenset(
    "fbclid gclid gclsrc dclid msclkid yclid igshid zarsrc rt ref_src cmpid ocid ns_mchannel ns_source "
    "ns_campaign ns_linkname _ga _gl spm share vgo_ee".split()
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_PREFIXES = ("www.", "amp.", "m.", "mobile.")
# What RFC 3986 lets stand in a path; everything else is percent-encoded, in capitals.
_PATH_SAFE = "/!$&'()*+,;=:@-._~"


def identity(url: str) -> str:
    """The form of `url` that is the same for every way to reach one page.

    https, the host without www./m./amp., no default port, fragment, tracking parameter or trailing slash,
    parameters in order. It tells pages apart; it is not meant to be fetched.

    >>> identity("http://www.baolaocai.vn:80/a-post1.html?utm_source=x&b=2&a=1#top")
    'https://baolaocai.vn/a-post1.html?a=1&b=2'
    >>> identity("urn:sha256:00ff")
    'urn:sha256:00ff'
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # a bracket that is no IPv6 address
        return url.strip()
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.hostname:
        return url.strip()
    host = parts.hostname.rstrip(".")
    for prefix in _HOST_PREFIXES:
        # What is left must still be a host name: "m.vn" is a site of its own.
        if host.startswith(prefix) and "." in host.removeprefix(prefix):
            host = host.removeprefix(prefix)
            break
    port = _port(parts.netloc)
    if port is not None and port != _DEFAULT_PORTS[parts.scheme.lower()]:
        host = f"{host}:{port}"
    path = quote(unquote(parts.path), safe=_PATH_SAFE).rstrip("/") or "/"
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith(_TRACKING_PREFIXES) and name.lower() not in _TRACKING
    )
    return urlunsplit(("https", host, path, urlencode(kept), ""))


def article_identity(url: str, canonical_url: str | None) -> str:
    """The identity of the article that the page at `url` shows.

    A canonical link is believed where it stays on the host (or its parent or sub-domain) and does not point
    to the front page: a mirror may not claim another paper's article, and careless templates give every page
    the address of the home page.
    """
    own = identity(url)
    if canonical_url is None:
        return own
    named = identity(canonical_url)
    if own.startswith("urn:"):
        return named
    own_host, named_host = host_of(own), host_of(named)
    related = own_host == named_host or own_host.endswith("." + named_host) or named_host.endswith("." + own_host)
    return named if related and urlsplit(named).path != "/" else own


def host_of(url: str) -> str:
    """The host name of `url` in lower case, without port; "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:  # a bracket that is no IPv6 address
        return ""


def _port(netloc: str) -> int | None:
    digits = netloc.rpartition("@")[2].rpartition(":")[2]
    return int(digits) if digits.isdigit() else None
