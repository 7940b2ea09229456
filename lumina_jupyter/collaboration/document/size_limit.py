"""How large a notebook's file may be for a process that has others to serve."""

from __future__ import annotations

from ...errors import NotebookTooLarge

MEGABYTE = 1_000_000


def check_size(size: object, largest_mb: float) -> None:
    """Nothing when a file of so many bytes may be opened, or its size is not known.

    To read and write JSON takes the whole process at once: with a file of hundreds of megabytes, a server would not
    answer anybody for seconds, and need many times its size in memory.

    Raises:
        NotebookTooLarge: when it has more than `largest_mb` MB, unless that is 0.
    """
    if largest_mb and isinstance(size, int) and size > largest_mb * MEGABYTE:
        # JupyterLab shows no more of it than some 70 characters.
        raise NotebookTooLarge(
            f"It has {size / MEGABYTE:.0f} MB, more than notebook_mb ({largest_mb:g}): clear outputs, or raise it."
        )
