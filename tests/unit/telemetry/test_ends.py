"""What fails at its end is logged, and keeps nothing else from ending."""

from __future__ import annotations

import pytest

from lumina_jupyter.telemetry.ends import unless_it_fails


async def test_what_fails_is_logged_and_the_next_one_ends(caplog: pytest.LogCaptureFixture) -> None:
    over: list[str] = []

    async def fails() -> None:
        raise RuntimeError("the disk is gone")

    async def ends() -> None:
        over.append("ended")

    for end in (fails, ends):
        await unless_it_fails(end)
    assert over == ["ended"]
    assert "the disk is gone" in caplog.text
