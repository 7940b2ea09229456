"""A server extension for tests: the agent's mind says what is written in a file, and the process kills itself at an event.

Loaded by a real server in a process of its own. `LUMINA_TEST_CRASH` is `type` or `type:step` of the event at which it
dies as by kill -9, after that event was told and before it is kept; nothing when it is empty.
"""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

from lumina_jupyter.agent.run_events import RunEvent, run_event_name
from lumina_jupyter.agent.run_log import RunLog

from .scripted import Scripted, add, plan, run_of

WAITS = "import os, time\nruns = globals().get('runs', 0) + 1\nwhile not os.path.exists('go'):\n    time.sleep(0.05)"


def steps() -> Scripted:
    """A mind with a plan of every kind of step."""
    from lumina_jupyter.agent import Step

    made = Step(id="f", title="File", tool="write_file", arguments={"path": "made.txt", "content": "made"})
    wanted = plan(
        add("a", "first = 1"), run_of("a", id="ra"), add("b"), made, add("w", WAITS), run_of("w"), add("z", "z")
    )
    return Scripted(plans=[wanted], texts=["second = 2"])


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tests.integration.agent.crashing_server"}]


def _load_jupyter_server_extension(app: Any) -> None:
    crash = os.environ.get("LUMINA_TEST_CRASH", "")
    add_event = RunLog.add

    def add_and_die(log: RunLog, event: RunEvent) -> None:
        kind = run_event_name(event)
        if crash and crash in (kind, f"{kind}:{getattr(event, 'step', '')}"):
            os.kill(os.getpid(), signal.SIGKILL)
        add_event(log, event)

    RunLog.add = add_and_die  # type: ignore[method-assign,assignment]  # all of this process's logs are to die

    ready = Path(os.environ["LUMINA_TEST_READY"])

    async def script() -> None:
        engine = await app.extension_manager.extension_points["lumina"].app.service.engine()
        mind = steps()
        engine.agents._means = replace(engine.agents._means, mind=lambda: mind)
        await asyncio.to_thread(ready.touch)

    app.io_loop.add_callback(lambda: asyncio.ensure_future(script()))
