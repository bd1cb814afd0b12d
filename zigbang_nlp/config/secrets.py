"""Addresses of servers, and how they are shown: never with a password."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_USER_INFO = re.compile(r"(?<=://)[^/?#\s]*@")


def without_password(text: str) -> str:
    """Text in which what stands before the host of a URL is hidden.

    >>> without_password("postgresql://kim:secret@db/x")
    'postgresql://***@db/x'
    """
    return _USER_INFO.sub("***@", text)


def check_address(url: str, password: bool = False) -> None:
    """Refuse what is no address of an HTTP server.

    Args:
        url: as the user wrote it.
        password: whether a user and a password may stand in it.

    Raises:
        ValueError: it says what is wrong.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port that is none is an error
    except ValueError as error:
        raise ValueError(f"that is not a URL ({error})") from error
    if parts.scheme not in ("http", "https"):
        raise ValueError("a URL begins with http:// or https://")
    if not host or any(letter.isspace() for letter in url):
        raise ValueError("the URL has no host")
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise ValueError("the URL has a query; give the part before it")
    if "@" in parts.netloc and not password:
        raise ValueError("the URL has a user or a password in it, which would show in logs")
