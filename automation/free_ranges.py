"""Where the network of one more account goes: pure address arithmetic."""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Network

PRIVATE_RANGES = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""RFC 1918."""


def free_range(
    prefix: int, taken: Collection[IPv4Network], near: IPv4Network
) -> IPv4Network | None:
    """A private range that shares no address with any that is taken; None when there is none.

    It is the start of the largest free block, so that every range keeps as much room beside it to
    grow into as there is (the idea of RFC 3531). The block is looked for in the private range that
    `near` is part of, then in the others.

    Args:
        prefix: Length of the prefix to find.
        taken: Ranges to stay away from.
        near: A range of the organisation.
    """
    for private in sorted(PRIVATE_RANGES, key=lambda found: not near.subnet_of(found)):
        blocks = [block for block in _free_blocks(private, taken) if block.prefixlen <= prefix]
        if blocks:
            largest = min(blocks, key=lambda block: (block.prefixlen, block.network_address))
            return IPv4Network((largest.network_address, prefix))
    return None


def _free_blocks(block: IPv4Network, taken: Collection[IPv4Network]) -> Iterator[IPv4Network]:
    inside = [network for network in taken if network.overlaps(block)]
    if not inside:
        yield block
    elif not any(block.subnet_of(network) for network in inside):
        for half in block.subnets():
            yield from _free_blocks(half, inside)
