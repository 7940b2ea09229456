"""Processes of jobs, as the server begins and ends them: each leads a group of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from lumina_jupyter.errors import JobFailed, LuminaError, error_classes
from lumina_jupyter.settings import EXPERIMENTS_VARIABLE, Lumina

from ..execution.process_group import kill_group

MODULE = "lumina_jupyter.automl.jobs.program"
ERRAND_SECONDS = 180.0
"""Seconds that predictions, a card or code may take."""


def environment(settings: Lumina) -> dict[str, str]:
    """This process's environment for one of a job: without providers' keys, with the place of the experiments."""
    from lumina_jupyter.gateway.providers.secret_variables import secret_variables

    secret = secret_variables(settings)
    kept = {name: value for name, value in os.environ.items() if name not in secret}
    return {**kept, EXPERIMENTS_VARIABLE: str(settings.experiments_path.absolute())}


async def begin(settings: Lumina, *, answers: bool) -> asyncio.subprocess.Process:
    """A process that waits for its order; its answer comes on its standard output, where it is wanted."""
    # -P: no module of the working folder takes the place of one of ours.
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        MODULE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if answers else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=await asyncio.to_thread(environment, settings),
        start_new_session=True,
    )


async def errand(order: Mapping[str, Any], settings: Lumina) -> dict[str, Any]:
    """What a process answers to an order; who no longer waits for it ends it.

    Raises:
        LuminaError: what it says went wrong.
        JobFailed: when it takes too long, or ends without an answer.
    """
    process = await begin(settings, answers=True)
    try:
        async with asyncio.timeout(ERRAND_SECONDS):
            told, _ = await process.communicate(json.dumps(order).encode())
    except TimeoutError:
        raise JobFailed(f"It took longer than {ERRAND_SECONDS:.0f} seconds.", hint="Do it in a notebook.") from None
    finally:
        if process.returncode is None:
            kill_group(process.pid)
            await process.wait()
    try:
        answer: dict[str, Any] = json.loads(told)
    except ValueError:
        raise JobFailed("Its process ended without an answer, as it does when memory runs out.") from None
    if "error" in answer:
        raise _error_of(answer["error"])
    return answer


def is_alive(pid: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _error_of(told: Mapping[str, str]) -> LuminaError:
    cls = error_classes().get(told["code"], JobFailed)
    try:
        return cls(told["failure"], hint=told["hint"])
    except TypeError:  # one that takes more than a sentence
        return JobFailed(told["failure"], hint=told["hint"])
