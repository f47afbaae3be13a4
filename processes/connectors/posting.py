"""Posting to other systems' addresses, and to nothing inside the house: resolved, checked, then connected to what was checked.

A name may answer with another address a moment later, so the connection goes to the address that was looked at. Redirects are not
followed, an answer is read up to a limit. Inside networks are reached only where an operator's setting names them."""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from engine.ports import ConnectorUnavailable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MOST_BYTES = 64 * 1024


class SafePoster:
    """A Poster. networks: inside networks that may be reached, also without TLS."""

    def __init__(self, networks: tuple[Network, ...] = ()) -> None:
        self.networks = networks

    @classmethod
    def for_networks(cls, listed: str) -> "SafePoster":
        """From `10.1.0.0/16,127.0.0.1/32`."""
        return cls(tuple(ipaddress.ip_network(part.strip()) for part in listed.split(",") if part.strip()))

    def admit(self, url: str) -> None:
        """Resolves the address now. Raises ConnectorUnavailable with a sentence when nothing may be sent there."""
        self._address(url)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float) -> int:
        """The status of the answer; redirects are not followed. Raises ConnectorUnavailable."""
        at, address = urlsplit(url), self._address(url)
        line = self._line(url, address, timeout_seconds)
        path = (at.path or "/") + (f"?{at.query}" if at.query else "")
        try:
            line.request("POST", path, body, dict(headers))
            answer = line.getresponse()
            answer.read(_MOST_BYTES)
            return answer.status
        except (OSError, http.client.HTTPException) as failure:
            raise ConnectorUnavailable(f"{type(failure).__name__}: {failure}") from failure
        finally:
            line.close()

    def _address(self, url: str) -> str:
        """The first address behind a name; all of them must be allowed, or a name could alternate."""
        at = urlsplit(url)
        host, port = at.hostname or "", at.port or (443 if at.scheme == "https" else 80)
        try:
            found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as unknown:
            raise ConnectorUnavailable(f"the name {host} is not known") from unknown
        for text in found:
            address = ipaddress.ip_address(text.split("%")[0])
            if not self._is_listed(address):
                if not _is_public(address):
                    raise ConnectorUnavailable(f"{address} lies inside, and TONGBAN_WEBHOOK_NETWORKS does not list it")
                if at.scheme != "https":
                    raise ConnectorUnavailable(f"{host} is outside and must be reached by https")
        return found[0]

    def _is_listed(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        return any(address in network for network in self.networks)

    @staticmethod
    def _line(url: str, address: str, timeout_seconds: float) -> http.client.HTTPConnection:
        """A connection to the checked address under the name that its certificate must have."""
        at = urlsplit(url)
        host = at.hostname or ""
        if at.scheme == "https":
            secure = _SecureLine(host, at.port or 443, timeout=timeout_seconds)
            secure.address = address
            return secure
        plain = _Line(host, at.port or 80, timeout=timeout_seconds)
        plain.address = address
        return plain


class _Line(http.client.HTTPConnection):
    address = ""

    def connect(self) -> None:
        """To the address that was checked, not to what the name says now."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class _SecureLine(http.client.HTTPSConnection):
    address = ""

    def connect(self) -> None:
        """The same, with the name's certificate."""
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it belongs to the open internet; an IPv4 address in IPv6 clothes is judged by what it wears beneath."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    return inner.is_global and not (inner.is_multicast or inner.is_reserved or inner.is_unspecified)
