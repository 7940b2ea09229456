"""A file that the server may not read for a while is neither gone nor damaged: nothing is written over it."""

from __future__ import annotations

import builtins
import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.contents import fileio

from tests.integration.collaboration.live.conftest import Live, code
from tests.integration.collaboration.live.participant import until
from tests.integration.collaboration.live.test_opening import die


@contextmanager
def unreadable(file: Path) -> Iterator[list[str]]:
    """While it lasts, the system refuses to open the file for reading; filled with how it was tried.

    Its permissions alone would not do: tests may run as root, who may read anything.
    """
    tries: list[str] = []

    def opened(name: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if str(name) == str(file) and mode.startswith("r"):
            tries.append(mode)
            raise PermissionError(errno.EACCES, "Permission denied", str(name))
        return builtins.open(name, mode, *arguments, **named)  # noqa: PTH123 (in place of it)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fileio, "open", opened, raising=False)
        yield tries


async def test_what_another_program_wrote_is_taken_in_when_it_may_be_read_again(live: Live) -> None:
    live.put(code("a", "alpha"), code("b", "beta"))
    async with live.joined() as anna:
        live.room().saver._retry = 0.05
        with unreadable(live.file) as tries:
            live.put(code("a", "alpha"), code("b", "beta_git"))
            await until(lambda: bool(tries))
            seen = len(tries)
            anna.type(0, "!")
            await until(lambda: len(tries) > seen)
            assert live.on_disk() == ["alpha", "beta_git"]
            assert anna.texts == ["alpha!", "beta"]
        anna.type(0, "?")
        await until(lambda: live.on_disk() == ["alpha!?", "beta_git"], live.on_disk)
        await anna.until(lambda: anna.texts == ["alpha!?", "beta_git"])
    assert not live.notices("damaged_file")


async def test_it_is_not_opened_and_not_written_over(live: Live) -> None:
    live.put(code("a", "alpha"))
    async with live.joined() as anna:
        anna.type(0, "!")
        await until(lambda: live.on_disk() == ["alpha!"])
    await die(live)
    live.put(code("a", "alpha! git"))
    with unreadable(live.file) as tries:
        refused = live.participant()
        await refused.ask()
        await refused.connect()
        await until(lambda: refused.close_code is not None)
        assert tries
        assert live.on_disk() == ["alpha! git"]
    assert not live.notices("damaged_file")
    async with live.joined() as anna:
        await anna.until(lambda: anna.texts == ["alpha! git"])
