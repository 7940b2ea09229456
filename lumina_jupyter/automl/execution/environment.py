"""The environment of a worker's process: few threads that sleep when they wait."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

# Threads of OpenMP that spin while they wait make small fits a hundred times slower beside other busy processes.
_PATIENT = {"OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0", "GOMP_SPINCOUNT": "0"}
# Arrow's own allocator keeps what it was once given.
_SMALL = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
# JAX takes most of a GPU's memory as soon as it sees one, and workers compute without.
_NO_GPU = {"JAX_PLATFORMS": "cpu"}
_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS", "LOKY_MAX_CPU_COUNT")


def worker_environment(threads: int) -> dict[str, str]:
    """The environment of this process, changed for a worker with so many threads."""
    return {
        **os.environ,
        **_PATIENT,
        **_SMALL,
        **_NO_GPU,
        **dict.fromkeys(_COUNTS, str(threads)),
        "PYTHONUNBUFFERED": "1",
    }


@contextlib.contextmanager
def few_threads() -> Iterator[None]:
    """Let linear algebra and OpenMP do with one thread in this process, too: beside busy workers several wait for each other."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

    with threadpool_limits(1):
        yield
