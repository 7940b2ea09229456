"""What a worker's process does to keep small."""

from __future__ import annotations

import gc
import platform
import weakref
from collections.abc import Callable

import numpy as np
import psutil
import pytest

from lumina_jupyter.automl.execution.memory import give_back, keep_shared


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="Only glibc gives memory back when it is asked to.")
def test_memory_that_is_free_goes_back_to_the_system() -> None:
    process = psutil.Process()
    # Too small to be given back one by one, and the last one keeps the end of the heap.
    arrays = [np.ones(512) for _ in range(20_000)]
    last = arrays.pop()
    held = process.memory_info().rss
    arrays.clear()
    give_back()
    assert process.memory_info().rss < held - 40e6
    assert last.sum() == 512


def test_what_was_loaded_is_left_alone_by_the_collector() -> None:
    before = gc.get_freeze_count()
    try:
        keep_shared()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("tidy", [give_back, keep_shared])
def test_what_only_refers_to_itself_is_let_go_before_it_is_kept_for_good(tidy: Callable[[], None]) -> None:
    class Fit:
        def __init__(self) -> None:
            self.itself = self

    gc.disable()
    try:
        left = weakref.ref(Fit())
        assert left() is not None
        tidy()
        assert left() is None
    finally:
        gc.enable()
        gc.unfreeze()
