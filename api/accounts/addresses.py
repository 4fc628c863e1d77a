"""From which address somebody calls: what failures are counted by. A proxy is believed only where it is named."""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_UNKNOWN = "unknown"


def caller_address(peer: str | None, forwarded_for: str | None, trusted_proxies: Collection[str]) -> str:
    """The address behind the trusted proxies, as a key to count by; an IPv6 one by its /64, which one house owns.

    X-Forwarded-For is read from its right end and only as far as proxies we trust have written it: whatever
    stands further left may be the caller's own invention.
    """
    address = _parsed(peer)
    if address is None:
        return _UNKNOWN
    networks = _networks(tuple(trusted_proxies))
    for hop in reversed((forwarded_for or "").split(",")):
        if not any(address in network for network in networks):
            break
        behind = _parsed(hop)
        if behind is None:
            break
        address = behind
    return _key(address)


def _key(address: Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)


def _parsed(text: str | None) -> Address | None:
    try:
        address = ip_address((text or "").strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache
def _networks(names: tuple[str, ...]) -> tuple[Network, ...]:
    # A name that is no address ("*") trusts nobody: the safe reading of a mistake.
    found = []
    for name in names:
        try:
            found.append(ip_network(name, strict=False))
        except ValueError:
            continue
    return tuple(found)
