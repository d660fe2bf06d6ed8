"""Who asks: the address behind trusted proxies, the visitor key, robots, prefetches, staff browsers.

All functions read a WSGI environ (Django: `request.META`), so that the door and the middleware share them.
"""

import hmac
import ipaddress
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import crawleruseragents
from django.conf import settings

_SESSION = re.compile(rf"(?:^|;\s*){re.escape(settings.SESSION_COOKIE_NAME)}=")
_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")
# Programs that name themselves but are in no list of crawlers.
_PROGRAM = re.compile(r"^(curl|wget|python|java|go-http|okhttp|libwww|apache-httpclient|ruby|php|node|axios)", re.I)


@lru_cache(maxsize=8)
def _networks(proxies: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(proxy, strict=False) for proxy in proxies)


def _trusted(address: str, proxies: Iterable[str]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip  # a socket for both families shows 10.0.0.1 as ::ffff:10.0.0.1
    return any(ip in network for network in _networks(tuple(proxies)))


def _peer(environ: Mapping[str, str]) -> str:
    return environ.get("REMOTE_ADDR", "") or "0.0.0.0"  # noqa: S104 - a unix socket has no address # nosec B104


def drop_claims(environ: dict[str, str]) -> None:
    """Takes out of `environ` the scheme that somebody who is no trusted proxy says they were asked with."""
    if "HTTP_X_FORWARDED_PROTO" in environ and not _trusted(_peer(environ), settings.TRUSTED_PROXIES):
        del environ["HTTP_X_FORWARDED_PROTO"]


def client_ip(environ: Mapping[str, str], proxies: Iterable[str] | None = None) -> str:
    """The address that the nearest trusted proxy saw: the right-most untrusted hop of X-Forwarded-For.

    `proxies` (default: settings.TRUSTED_PROXIES) are addresses or networks. Without a trusted peer the header is a
    claim that anybody can write, and the socket's address counts.
    """
    proxies = settings.TRUSTED_PROXIES if proxies is None else proxies
    peer = _peer(environ)
    if not proxies or not _trusted(peer, proxies):
        return peer
    for hop in reversed([hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]):
        try:
            ipaddress.ip_address(hop)
        except ValueError:
            return peer
        if not _trusted(hop, proxies):
            return hop
        peer = hop
    return peer


def network_of(address: str) -> str:
    """The first address of the network that `address` shares with its neighbours: its /24, or its /64 in IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - a unix socket has no address # nosec B104
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 64}", strict=False).network_address)


def visitor_key(environ: Mapping[str, str], secret: bytes) -> bytes:
    """16 bytes that stand for this visitor as long as `secret` lives; nothing of the address can be read from them."""
    agent, language = environ.get("HTTP_USER_AGENT", ""), environ.get("HTTP_ACCEPT_LANGUAGE", "")
    message = f"{client_ip(environ)}\n{agent}\n{language}".encode("utf-8", "surrogateescape")
    return hmac.digest(secret, message, "sha256")[:16]


# The pattern list is long (100 µs a call); distinct user agents are few.
@lru_cache(maxsize=4096)
def _robot_agent(agent: str) -> bool:
    return not agent or crawleruseragents.is_crawler(agent) or _PROGRAM.match(agent) is not None


def is_robot(environ: Mapping[str, str]) -> bool:
    """True for crawlers, programs and requests without a user agent."""
    return _robot_agent(environ.get("HTTP_USER_AGENT", "")[:512])


def is_prefetch(environ: Mapping[str, str]) -> bool:
    """True when a browser loads the page before (perhaps without ever) showing it."""
    # Written out, for this runs in every request: most have none of the three.
    if "HTTP_SEC_PURPOSE" not in environ and "HTTP_PURPOSE" not in environ and "HTTP_X_MOZ" not in environ:
        return False
    purpose = " ".join(environ.get(name, "") for name in _PURPOSES)
    return "prefetch" in purpose or "prerender" in purpose or "preview" in purpose


def is_staff_browser(environ: Mapping[str, str]) -> bool:
    """True when a session cookie comes along: only staff have sessions; citizens never get one."""
    return "HTTP_COOKIE" in environ and _SESSION.search(environ["HTTP_COOKIE"]) is not None
