"""Disks, databases and stores."""

from __future__ import annotations

from lumina_jupyter.errors.base import LuminaError


class DiskFull(LuminaError):
    """There is not enough room on the disk."""

    code = "disk_full"
    http_status = 507
    default_hint = "Free some room and try again; nothing that was saved is lost."


class StorageFailed(LuminaError):
    """The database or the data folder cannot be read or written."""

    code = "storage_failed"
    default_hint = "Check the permissions of the data folder (`lumina doctor` names it)."


class SnapshotDamaged(StorageFailed):
    """A moment in a notebook's history is not on the disk as it was stored."""

    code = "snapshot_damaged"
    default_hint = "The other moments stay usable: choose another one."


class KeyStoreFailed(LuminaError):
    """The store of provider keys cannot be read or written."""

    code = "key_store_failed"
    default_hint = "Check the data folder's permissions, or set the provider's environment variable instead."
