"""Where fits run: what the parameter `executor` means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lumina_jupyter.errors import SettingUnusable

from ..resources import bytes_of, cores_of, share_memory
from .executor import Executor
from .local import LocalExecutor

if TYPE_CHECKING:
    from .cluster import Cluster

LOCAL = "local"
DASKS = "dask://"
RAYS = "ray://"
KNOWN = 'Executors: "local", "dask://host:port", "ray://host:port", or a client of Dask\'s (`distributed.Client`).'


def make_executor(
    asked: Any, *, n_jobs: int | None, memory_budget: float | None, rows: int, warn: Callable[[str], None]
) -> Executor:
    """An executor; whoever has asked for it closes it.

    Args:
        asked: "local", an address, or a cluster's client.
        n_jobs: How many cores are used in all; None or -1 for all that there are.
        memory_budget: Bytes that all fits together may hold; None for what is free.
        rows: Of the table, as far as it is known.
        warn: Is told what is to be known of the workers.

    Raises:
        SettingUnusable: when there is no such executor.
        MissingExtra: when it needs a library that is not installed.
        ClusterUnavailable: when the cluster can't be reached, or can't do the work.
    """
    if isinstance(asked, str) and asked == LOCAL:
        return LocalExecutor(*share_memory(memory_budget, *cores_of(n_jobs, rows)))
    cluster = _connect(asked, _most(n_jobs))
    from .cluster import ClusterExecutor

    try:
        executor = ClusterExecutor(
            cluster, most=_most(n_jobs), memory=bytes_of(memory_budget) if memory_budget is not None else 0
        )
    except BaseException:
        cluster.close()
        raise
    for text in executor.told:
        warn(text)
    return executor


def _connect(asked: Any, most: int) -> Cluster:
    if (isinstance(asked, str) and asked.startswith(DASKS)) or _is_dasks(asked):
        from . import dask

        return dask.connect(asked)
    if isinstance(asked, str) and asked.startswith(RAYS):
        from . import ray

        return ray.connect(asked, most=most)
    raise SettingUnusable(f"There is no executor {asked!r}.", hint=KNOWN)


def _is_dasks(asked: Any) -> bool:
    return type(asked).__module__.partition(".")[0] == "distributed"


def _most(n_jobs: int | None) -> int:
    """How many jobs run at once on a cluster; 0 for as many as it has cores."""
    if n_jobs is None or n_jobs == -1:
        return 0
    if n_jobs < 1:
        raise SettingUnusable(f"n_jobs={n_jobs!r} means nothing on a cluster.", hint="Give a number above 0, or None.")
    return n_jobs
