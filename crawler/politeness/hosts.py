"""What a URL's server is called: by its host, which is what we are polite to, or by its origin, which has a robots.txt.

Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The host that waits its turn: http and https are one; a port of its own is a server of its own.

    >>> host_of("https://Baolaocai.vn./a-post1.html"), host_of("http://127.0.0.1:8000/")
    ('baolaocai.vn', '127.0.0.1:8000')
    """
    parts = urlsplit(url)
    host = _name(parts.hostname)
    return host if parts.port in (None, *_DEFAULT_PORTS.values()) else f"{host}:{parts.port}"


def origin_of(url: str) -> str:
    """Scheme, host and port, as robots.txt is valid for them (RFC 9309, 2.3).

    >>> origin_of("HTTP://baolaocai.vn:80/a"), origin_of("https://[::1]:8443/")
    ('http://baolaocai.vn', 'https://[::1]:8443')
    """
    parts = urlsplit(url)
    host = _name(parts.hostname)
    is_default = parts.port in (None, _DEFAULT_PORTS.get(parts.scheme))
    return f"{parts.scheme}://{host}" if is_default else f"{parts.scheme}://{host}:{parts.port}"


def _name(hostname: str | None) -> str:
    host = (hostname or "").rstrip(".")
    return f"[{host}]" if ":" in host else host
