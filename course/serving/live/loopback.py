"""WebRTC that stays on this machine: no server is asked which address we have, and no other machine is spoken to."""

import functools
import ipaddress
import socket

HERE = "127.0.0.1"


def stay() -> None:
    """Have aioice, by which aiortc connects, speak to this machine alone in this process.

    Firefox pairs no address of its own with 127.0.0.1, so the machine's other addresses are listened on too; what comes
    there from elsewhere is dropped unread.
    """
    from aioice import ice

    others, received = ice.get_host_addresses, ice.StunProtocol.datagram_received  # it has no setting for either

    def from_here(self, data, address) -> None:
        if is_own(address[0]):
            received(self, data, address)

    ice.get_host_addresses = lambda use_ipv4, use_ipv6: [HERE, *others(use_ipv4=True, use_ipv6=False)]
    ice.StunProtocol.datagram_received = from_here


def kept(description: str) -> str:
    """A session description with no candidates but those of this machine.

    A browser that was not given the microphone hides its address behind a name ending in .local, which would be looked
    up by multicast; as it is on this machine, its port is enough.
    """
    lines = []
    for line in description.splitlines():
        if line.startswith("a=candidate:"):
            parts = line.split(" ")
            if len(parts) < 8 or parts[2].lower() != "udp":
                continue
            if parts[4].endswith(".local"):
                parts[4] = HERE
            if not is_own(parts[4]):
                continue
            line = " ".join(parts)
        lines.append(line)
    return "\r\n".join(lines) + "\r\n"


@functools.lru_cache(maxsize=256)
def is_own(address: str) -> bool:
    """Whether an IPv4 address is one of this machine's."""
    try:
        ip = ipaddress.ip_address(address)
        if ip.version != 4 or ip.is_multicast or ip.is_unspecified:
            return False
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
            trial.bind((address, 0))
    except (ValueError, OSError):
        return False
    return True


def is_loopback(address: str) -> bool:
    """Whether whoever has this IP address is on this machine."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback
