"""How large a notebook's file may be: for a process that has others to serve, and for the memory that there is."""

from __future__ import annotations

from ...errors import NotebookTooLarge

MEGABYTE = 1_000_000
WORKING_SET = 20
"""Bytes of memory that work on a notebook takes for each byte of its file at most: parsed, shared, merged, written."""
UNNOTICED = 8 * MEGABYTE
"""Bytes of a file that every machine has memory enough for."""


def check_size(size: object, largest_mb: float, setting: str = "notebook_mb", name: str = "It") -> None:
    """Nothing when a file of so many bytes may be opened, or its size is not known.

    To read and write JSON takes the whole process at once: with a file of hundreds of megabytes, a server would not
    answer anybody for seconds, and need many times its size in memory.

    Args:
        size: Of the file.
        largest_mb: MB that it may have; 0: no limit.
        setting: What says so, for the message.
        name: What the file is called there.

    Raises:
        NotebookTooLarge: when it has more.
    """
    if largest_mb and isinstance(size, int) and size > largest_mb * MEGABYTE:
        # JupyterLab shows no more of it than some 70 characters.
        raise NotebookTooLarge(
            f"{name} has {size / MEGABYTE:.0f} MB, more than {setting} ({largest_mb:g}): clear outputs, or raise it.",
            setting=setting,
        )


def check_memory(size: int, setting: str, name: str) -> None:
    """Nothing when there is memory enough to work on a file of so many bytes.

    Where it runs out, the system ends the process without a word; a kernel would lose all its variables.

    Raises:
        NotebookTooLarge: when there is not.
    """
    if size <= UNNOTICED:
        return
    from ...gateway.embedded.machine import free_memory

    free, needed = free_memory(), WORKING_SET * size
    if needed > free:
        raise NotebookTooLarge(
            f"{name} has {size / MEGABYTE:.0f} MB, and work on it may take {needed / 1e9:.1f} GB of memory, of which "
            f"{free / 1e9:.1f} GB are free.",
            setting=setting,
        )
