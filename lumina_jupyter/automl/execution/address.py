"""Where a cluster answers."""

from __future__ import annotations

from lumina_jupyter.errors import SettingUnusable


def split_address(asked: str, prefix: str, *, whose: str, port: int) -> tuple[str, int]:
    """Host and port of "prefix://host:port".

    Args:
        asked: The address.
        prefix: What it begins with.
        whose: What is at such an address, for sentences.
        port: A usual one.

    Raises:
        SettingUnusable: when it is none.
    """
    host, _, found = asked.removeprefix(prefix).rstrip("/").rpartition(":")
    if not host or not found.isdecimal():
        raise SettingUnusable(
            f"executor={asked!r} is no address of {whose}.", hint=f'Give "{prefix}host:port", such as port {port}.'
        )
    return host, int(found)
