"""On a node of a Ray cluster: an actor that calls functions of this package, by whose names it is told them.

What is defined here goes there by value, and needs nothing of this package there: so it can tell that the package is missing.
"""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import tempfile
import threading
from typing import Any

SHARE = 0.001
"""How much of the resource by which Ray knows a node is taken to be on that node; any share does."""

# Waits for the end of the process that has started it, however that comes, then for the end of what writes into the folder. A
# process of nobody's, because Ray ends a worker's children together with it.
_SWEEP = """
import os, shutil, sys, time
if os.fork():
    os._exit(0)
sys.stdin.buffer.read()
for _ in range(300):
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    if not os.path.exists(sys.argv[1]):
        break
    time.sleep(0.2)
"""


class Unpickler(pickle.Unpickler):
    """Reads what `ray_packing.pack` has written.

    Args:
        packed: The bytes.
        parcels: What stands at the places of parcels, in their order.
    """

    def __init__(self, packed: bytes, parcels: list[Any]) -> None:
        super().__init__(io.BytesIO(packed))
        self._parcels = parcels

    def persistent_load(self, position: int) -> Any:
        """The parcel at a position."""
        return self._parcels[position]


class Host:
    """An actor that calls functions, several at once. It has a folder, which is deleted when its process is gone."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="lumina-automl-")
        self._parcels: dict[str, Any] = {}
        self._fetching = threading.Lock()
        self._sweeper = subprocess.Popen(
            [sys.executable, "-c", _SWEEP, self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._sweeper.wait()

    def call(self, packed: bytes, parcels: list[Any], inside: bool) -> bytes:
        """Call a function.

        Args:
            packed: The function and its arguments.
            parcels: References to what stands for parcels among them.
            inside: Whether the folder is one more argument, the last.

        Returns:
            What it returned, behind "b" bytes as they are, behind "j" other values as JSON; or behind "e" what it raised, as text.
        """
        try:
            function, args = Unpickler(packed, [self._fetch(parcel) for parcel in parcels]).load()
            found = function(*args, self._folder) if inside else function(*args)
            return b"b" + found if isinstance(found, bytes) else b"j" + json.dumps(found).encode()
        except Exception as error:  # noqa: BLE001 - the search judges it
            return b"e" + f"{type(error).__name__}: {error}".encode("utf-8", "replace")

    def _fetch(self, parcel: Any) -> Any:
        """What a reference stands for. Only the last is kept."""
        import ray

        with self._fetching:
            if parcel.hex() not in self._parcels:
                content = ray.get(parcel)
                self._parcels = {parcel.hex(): pickle.loads(content)}  # noqa: S301 - of who runs code here anyway
            return self._parcels[parcel.hex()]


def lease(node: str, cores: int, seconds: int) -> tuple[Any, int]:
    """Reserve cores of a node: all that are asked for, or half of them, or half of that.

    Args:
        node: The resource by which Ray knows the node.
        cores: How many are asked for.
        seconds: How long is waited for each of these numbers.

    Returns:
        A placement group that has them, and how many they are; None and 0 when others have all of them.
    """
    from ray.util.placement_group import placement_group, remove_placement_group

    while cores:
        group = placement_group([{"CPU": cores, node: SHARE}])
        if group.wait(seconds):
            return group, cores
        remove_placement_group(group)
        cores //= 2
    return None, 0
