"""Looking into real kernels: idle, busy, stuck, restarted, killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from lumina_jupyter.context.kernel import Budget, Seen
from lumina_jupyter.context.kernel.lines import Lines

from .kernels import ID, PATIENT, Notebook, notebook, until

FRAME = """
import numpy as np, pandas as pd
df = pd.DataFrame({"n": np.arange(10_000_000), "x": 0.5})
class Raises:
    @property
    def shape(self): raise ValueError("no")
    def __repr__(self): return "Raises()" + str(self.shape)
class Endless:
    def __repr__(self):
        while True: pass
raises, endless, last = Raises(), Endless(), 7
"""


async def test_ten_million_rows_a_property_that_raises_and_a_repr_without_end(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        assert (await kernel.run(FRAME)).status == "ok"
        seen = await kernel.eyes.look(ID, ["df", "raises", "endless", "last"], budget=PATIENT)
        assert seen.how == "live"
        frame, raises, endless, last = seen.variables
        assert frame.shape == (10_000_000, 2)
        assert "first 1,000" not in frame.text  # nothing is missing there, so there is nothing to say
        assert "ValueError" in raises.text
        assert "takes too long" in endless.text
        assert last.text == "7"
        # The kernel is as it was: it computes, and no thread spins.
        assert (await kernel.run("print(int(df.n.sum()))")).text == "49999995000000\n"


async def test_a_look_leaves_no_trace(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        names = "sorted(name for name in globals() if name not in ('In', 'Out') and not name.startswith('_i'))"
        before = (await kernel.run(f"x = 1\nprint({names}, _)")).text
        await kernel.eyes.variables(ID, budget=PATIENT)
        await kernel.eyes.look(ID, ["x"], budget=PATIENT)
        after = (await kernel.run(f"x = 1\nprint({names}, _)")).text
        assert after == before
        counted = await kernel.run("print(len(In), len(Out))")
        assert counted.text == "4 0\n"
        assert counted.number == 3


async def test_a_running_cell_does_not_notice(tmp_path: Path) -> None:
    """Its status, its output, what its threads print, the figure that it draws and its `input` stay its own."""
    pytest.importorskip("matplotlib")
    async with notebook(tmp_path) as kernel:
        await kernel.run("%matplotlib inline\nimport matplotlib.pyplot as plt, threading, time")
        iopub: Any = kernel.manager.client()
        iopub.start_channels(shell=False, stdin=False, hb=False, control=False)
        before = """
x = 1
stop_printing = threading.Event()
def speak():
    n = 0
    while not stop_printing.is_set():
        n += 1
        print("spoken", n)
        stop_printing.wait(0.01)
    global spoken
    spoken = n
thread = threading.Thread(target=speak); thread.start()
plt.plot([1, 2])
"""
        after = """
plt.title("drawn to its end")
stop_printing.set(); thread.join()
print("last", spoken)
plt.gcf().get_axes()[0].get_title()
"""
        async with kernel.busy(before, after, body="x += 1") as ran:
            values = []
            for _ in range(30):
                (told,) = (await kernel.eyes.look(ID, ["x"], budget=PATIENT)).variables
                values.append(int(told.text))
                await asyncio.sleep(0.01)
            seen = await kernel.eyes.variables(ID, budget=PATIENT)
            assert seen.how == "live"
        assert values == sorted(values)
        assert values[-1] > values[0]
        result = ran()
        assert result.status == "ok"
        lines = result.text.split("\n")
        spoken = int(lines[-2].removeprefix("last "))
        assert lines[:-2] == [f"spoken {n}" for n in range(1, spoken + 1)]
        figures = [data for data in result.displayed if "image/png" in data]
        assert len(figures) == 1
        assert "'drawn to its end'" in [data.get("text/plain") for data in result.displayed]
        # Nothing of ours said that the kernel was idle while the cell ran.
        states: list[tuple[bool, str]] = []
        while not states or states[-1] != (True, "idle"):
            message = await iopub.get_iopub_msg(timeout=60)
            if message["msg_type"] == "status" and message["parent_header"].get("msg_type") == "execute_request":
                own = message["parent_header"]["session"] == kernel.client.session.session
                states.append((own, message["content"]["execution_state"]))
        iopub.stop_channels()
        assert (False, "busy") in states
        assert (False, "idle") not in states


async def test_an_idle_kernel_is_told_idle_after_the_first_look(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        await kernel.run("x = 1")
        await kernel.eyes.variables(ID, budget=PATIENT)
        states: list[str] = []
        while not states or states[-1] != "idle":
            message = await kernel.client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_type") == "execute_request" and message["msg_type"] == "status":
                states.append(message["content"]["execution_state"])
        assert states == ["busy", "idle"]


async def test_after_a_cell_the_variables_are_known_without_waiting(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        assert kernel.eyes.seen_now(ID).how == "not_seen"
        await kernel.eyes.variables(ID, budget=PATIENT)
        await kernel.run("fresh = 5")
        await until(lambda: kernel.eyes.seen_now(ID).variables)
        assert [each.name for each in kernel.eyes.seen_now(ID).variables] == ["fresh"]


async def test_a_kernel_whose_interpreter_is_held_gives_what_was_last_seen(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        await kernel.run("import ctypes\nx = 1")
        await kernel.eyes.variables(ID, budget=PATIENT)
        ready = tmp_path / "ready"
        task = asyncio.ensure_future(kernel.run(f"open({str(ready)!r}, 'w').close()\nctypes.PyDLL(None).sleep(4)"))
        await until(ready.exists)
        short = Budget(seconds=0.3)
        seen = await kernel.eyes.look(ID, ["x"], budget=short)
        assert not task.done()
        assert (seen.how, [each.text for each in seen.variables]) == ("last_seen", ["1"])
        assert seen.age_seconds > 0.2
        assert "in time" in seen.note
        await task
        assert (await kernel.eyes.look(ID, ["x"], budget=PATIENT)).how == "live"


async def test_a_restarted_kernel_is_looked_into_again(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        await kernel.run("x = 1")
        assert [each.name for each in (await kernel.eyes.variables(ID, budget=PATIENT)).variables] == ["x"]
        await kernel.manager.restart_kernel(now=True)
        await kernel.client.wait_for_ready(timeout=120)
        await kernel.run("y = 2")
        seen = await _live(kernel)
        assert [each.name for each in seen.variables] == ["y"]


async def test_a_killed_kernel_gives_what_was_last_seen(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        await kernel.run("x = 1")
        await kernel.eyes.variables(ID, budget=PATIENT)
        await kernel.manager.signal_kernel(9)

        async def is_gone() -> bool:
            return not await kernel.manager.is_alive()

        await until(is_gone)
        seen = await kernel.eyes.variables(ID, budget=Budget(seconds=1))
        assert (seen.how, [each.name for each in seen.variables]) == ("last_seen", ["x"])
        assert seen.note
        assert (await kernel.eyes.variables("no-such-kernel")).how == "unreachable"


async def test_a_forked_child_does_not_hold_the_line(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        await kernel.run("x = 1")
        await kernel.eyes.variables(ID, budget=PATIENT)
        forked = await kernel.run(
            "import os, time\nchild = os.fork()\nif not child:\n    time.sleep(60); os._exit(0)\nprint('forked')"
        )
        assert forked.text == "forked\n"
        assert (await kernel.eyes.variables(ID, budget=PATIENT)).how == "live"
        await kernel.run("os.kill(child, 9); os.waitpid(child, 0)")


ANOTHER = """
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

class Another(IPythonKernel):
    implementation = "another"

IPKernelApp.launch_instance(kernel_class=Another)
"""


async def test_a_kernel_that_answers_nobody_while_busy_shows_what_was_last_seen_with_its_age(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nowhere(self: Lines) -> None:
        return None

    # As for a kernel in a container: no line reaches it.
    monkeypatch.setattr(Lines, "address", nowhere)
    program = tmp_path / "another.py"
    program.write_text(ANOTHER)
    async with notebook(tmp_path, argv=[sys.executable, str(program), "-f", "{connection_file}"]) as kernel:
        await kernel.run("x = 1")
        async with kernel.busy():
            seen = await kernel.eyes.look(ID, ["x"], budget=PATIENT)
            assert (seen.how, seen.variables) == ("not_seen", ())
            assert "between cells" in seen.note
        seen = await _live(kernel)
        assert [each.name for each in seen.variables] == ["x"]
        async with kernel.busy("x = 2"):
            seen = await kernel.eyes.look(ID, ["x"], budget=PATIENT)
            assert (seen.how, [each.text for each in seen.variables]) == ("last_seen", ["1"])
            assert seen.age_seconds > 0
            assert "between cells" in seen.note


async def test_where_no_line_reaches_a_busy_kernel_messages_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(self: Lines) -> None:
        return None

    monkeypatch.setattr(Lines, "address", nowhere)
    async with notebook(tmp_path) as kernel, kernel.busy("x = 5"):
        for _ in range(3):
            seen = await kernel.eyes.look(ID, ["x"], budget=PATIENT)
            assert (seen.how, [each.text for each in seen.variables]) == ("live", ["5"])


async def test_a_kernel_of_another_language_says_so(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        kernel.language = "R"
        seen = await kernel.eyes.variables(ID, budget=PATIENT)
        assert seen.how == "not_python"
        assert "runs R" in seen.note


async def test_the_servers_policy_holds_over_the_notebooks(tmp_path: Path) -> None:
    async with notebook(tmp_path, variable_policy="schema-only") as kernel:
        await kernel.run("import pandas as pd\nt = pd.DataFrame({'a': ['marker']})\ns = 'marker'")
        for look in (
            await kernel.eyes.variables(ID, policy="values", budget=PATIENT),
            await kernel.eyes.look(ID, ["t", "s"], policy="values", budget=PATIENT),
            kernel.eyes.seen_now(ID, policy="values"),
        ):
            assert {each.name for each in look.variables} >= {"t", "s"}
            assert "marker" not in repr(look)
        assert (await kernel.eyes.variables(ID, policy="off")).how == "off"
        assert kernel.eyes.seen_now(ID, policy="off").how == "off"


async def test_looks_at_the_same_thing_at_the_same_time_are_one(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        await kernel.run(
            "looks = 0\nclass Counts:\n    def __repr__(self):\n        global looks; looks += 1; return 'C'\nc = Counts()"
        )
        await kernel.eyes.variables(ID, budget=PATIENT)
        seen = await asyncio.gather(*[kernel.eyes.look(ID, ["c"], budget=PATIENT) for _ in range(20)])
        assert {look.variables[0].text for look in seen} == {"Counts: C"} or all(look.variables for look in seen)
        assert (await kernel.run("print(looks)")).text == "1\n"


async def _live(kernel: Notebook) -> Seen:
    """The first look that succeeds: a kernel that was not reached is left alone for a second."""
    seen: list[Seen] = []

    async def is_live() -> bool:
        seen.append(await kernel.eyes.variables(ID, budget=PATIENT))
        return seen[-1].how == "live"

    await until(is_live)
    return seen[-1]


async def test_the_documentation_of_dotted_names_also_while_a_cell_runs(tmp_path: Path) -> None:
    async with notebook(tmp_path) as kernel:
        await kernel.run(
            "import json\nimport sys\nclass Odd:\n    @property\n    def x(self):\n        'X.'\n        1 / 0\nodd = Odd()"
        )
        names = ["doc:json.dumps", "doc:odd.x", "doc:json.nothing", "doc:this"]
        seen = await kernel.eyes.look(ID, names, policy="schema-only", budget=PATIENT)
        assert [each.name for each in seen.variables] == ["doc:json.dumps", "doc:odd.x"]
        assert seen.variables[0].text.startswith("dumps(obj, *, skipkeys=…, ")
        assert "Serialize ``obj`` to a JSON formatted" in seen.variables[0].text
        assert seen.variables[1].text == "property: X."
        async with kernel.busy():
            (found,) = (await kernel.eyes.look(ID, ["doc:json.loads"], budget=PATIENT)).variables
            assert found.text.startswith("loads(s, *, cls=None, ")
        assert (await kernel.run("print('this' in sys.modules)")).text == "False\n"
        off = await kernel.eyes.look(ID, names, policy="off", budget=PATIENT)
        assert (off.how, off.variables) == ("off", ())
