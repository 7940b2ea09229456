"""However a run ends, nothing of it is left: no process, no file, no wait."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from lumina_jupyter.tools.sandbox import Limits, Sandbox

from .conftest import has_mark

DAEMON = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        os.close(0); os.close(1); os.close(2)
        time.sleep(3600)
    os._exit(0)
os.wait()
print("started", flush=True)
"""


async def test_daemons_end_with_the_program(sandbox: Sandbox, mark: dict[str, str]) -> None:
    result = await sandbox.run_python(DAEMON, environment=mark)
    assert result.ok
    assert result.stdout == "started\n"


async def test_zombies_are_cleared_away(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = "import os, time\nfor _ in range(20):\n    if os.fork() == 0: os._exit(0)\nprint('done')"
    result = await sandbox.run_python(source, environment=mark)
    assert result.ok
    ours = psutil.Process().children(recursive=True)
    assert not [child for child in ours if child.status() == psutil.STATUS_ZOMBIE]


async def test_a_cancelled_run_is_over_when_the_cancelling_is(sandbox: Sandbox, mark: dict[str, str]) -> None:
    begun = asyncio.Event()
    waiting = DAEMON + "time.sleep(3600)"
    task = asyncio.create_task(
        sandbox.run_python(waiting, environment=mark, on_output=lambda _stream, _text: begun.set())
    )
    await begun.wait()
    assert marked(mark)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert not marked(mark)


async def test_a_run_cancelled_before_it_began_never_runs(sandbox: Sandbox, mark: dict[str, str]) -> None:
    one_at_a_time = Sandbox(at_once=1)
    begun = asyncio.Event()
    first = asyncio.create_task(
        one_at_a_time.run_python(
            "print('x', flush=True)\nimport time; time.sleep(3600)",
            environment=mark,
            on_output=lambda _stream, _text: begun.set(),
        )
    )
    await begun.wait()
    second = asyncio.create_task(one_at_a_time.run_python("print('y')", environment=mark))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    first.cancel()
    await asyncio.wait([first])
    assert first.cancelled()
    assert second.cancelled()


SERVER = """
import asyncio, json, sys
from lumina_jupyter.tools.sandbox import Sandbox
asyncio.run(Sandbox().run_python(sys.argv[1], environment=json.loads(sys.argv[2]), on_output=lambda _, text: print(text, flush=True)))
"""


async def test_a_server_that_is_killed_takes_its_programs_with_it(mark: dict[str, str]) -> None:
    source = DAEMON + "time.sleep(3600)"
    command = [sys.executable, "-c", SERVER, source, json.dumps(mark)]
    server = await asyncio.to_thread(subprocess.Popen, command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    with server.stdout:
        assert await asyncio.to_thread(server.stdout.readline) == "started\n"
        programs = marked(mark)
        assert len(programs) >= 3
        server.send_signal(signal.SIGKILL)
        server.wait()
    psutil.wait_procs(programs, timeout=20)
    assert not marked(mark)


async def test_the_loop_goes_on_meanwhile(sandbox: Sandbox, mark: dict[str, str]) -> None:
    # Each side waits for the other: on a loop that is held up, neither would come to its end.
    seen: list[str] = []
    more = asyncio.Event()

    def hear(_stream: str, text: str) -> None:
        seen.append(text)
        more.set()

    source = "import time\nprint('one', flush=True)\ntime.sleep(0.3)\nprint('two', flush=True)"
    task = asyncio.create_task(sandbox.run_python(source, environment=mark, on_output=hear))
    await more.wait()
    assert not task.done()
    assert (await task).stdout == "one\ntwo\n"
    assert "".join(seen) == "one\ntwo\n"


async def test_no_file_descriptor_is_left(sandbox: Sandbox, mark: dict[str, str]) -> None:
    await sandbox.run_python("pass", environment=mark)
    before = open_files()
    for limits in (Limits(), Limits(wall_seconds=0.2)):
        await sandbox.run_python("import time; time.sleep(1)", limits=limits, environment=mark)
    assert open_files() == before


async def test_statuses_are_those_of_the_shell(sandbox: Sandbox) -> None:
    assert (await sandbox.run(["sh", "-c", "exit 7"])).exit_status == 7
    assert (await sandbox.run(["sh", "-c", "kill -9 $$"])).exit_status == 137
    missing = await sandbox.run(["no-such-program"])
    assert missing.exit_status == 127
    assert "no-such-program" in missing.stderr


async def test_what_is_no_text_is_shown_as_far_as_it_is(sandbox: Sandbox) -> None:
    source = "import os\nos.write(1, b'caf\\xc3\\xa9 \\xff\\x00 \\xe2\\x82'); os.write(1, b'\\xac\\n')"
    seen: list[str] = []
    result = await sandbox.run_python(source, on_output=lambda _stream, text: seen.append(text))
    assert result.stdout == "café \ufffd\x00 €\n" == "".join(seen)


async def test_a_program_that_closes_its_streams_is_waited_for(sandbox: Sandbox, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    source = "import os, time\nfor n in (0, 1, 2): os.close(n)\ntime.sleep(0.3)\nopen('late', 'w').close()"
    assert [file.name for file in (await sandbox.run_python(source, scratch=scratch)).files] == ["late"]


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - iterating lazily would open one more


def marked(mark: dict[str, str]) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if has_mark(process, mark["T_MARK"])]
