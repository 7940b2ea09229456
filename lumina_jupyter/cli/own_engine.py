"""An engine of the command's own, for what must not go through a Jupyter server: keys, and the doctor's questions.

The server's engine sees a changed key at once, because both look at the same files.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ..engine import Engine
    from ..settings import Lumina

T = TypeVar("T")


def with_engine(work: Callable[[Engine], Awaitable[T]], settings: Lumina | None = None) -> T:
    """Run the work with a fresh engine, and end the engine."""
    from ..engine import Engine
    from ..settings import load_settings

    async def run() -> T:
        engine = Engine(settings or load_settings(), dict(os.environ))
        engine.load_preferences()
        try:
            return await work(engine)
        finally:
            await engine.close()

    return asyncio.run(run())
