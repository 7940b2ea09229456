"""Programs that use more than they may: each is stopped at its limit, says which it was, and leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lumina_jupyter.tools.sandbox import Limits, Sandbox, SandboxResult

MB = 1_000_000


async def stopped(sandbox: Sandbox, source: str, mark: dict[str, str], **limits: float) -> SandboxResult:
    chosen = Limits(**({"wall_seconds": 60.0} | limits))  # type: ignore[arg-type]  # each test names those it needs
    return await sandbox.run_python(source, limits=chosen, environment=mark)


async def test_an_endless_loop_ends_with_its_cpu_time(sandbox: Sandbox, mark: dict[str, str]) -> None:
    result = await stopped(sandbox, "while True: pass", mark, cpu_seconds=1.0)
    assert (result.limit, result.exit_status) == ("cpu", None)
    assert result.cpu_seconds >= 1.0


async def test_cpu_time_is_that_of_all_processes_together(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    assert (await stopped(sandbox, source, mark, cpu_seconds=1.0)).limit == "cpu"


async def test_a_program_that_only_waits_ends_with_its_time(sandbox: Sandbox, mark: dict[str, str]) -> None:
    result = await stopped(sandbox, "print('here', flush=True)\nimport time; time.sleep(3600)", mark, wall_seconds=1.0)
    assert (result.limit, result.stdout) == ("wall", "here\n")


async def test_ignoring_signals_does_not_help(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = """
import signal, time
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
print("ignoring", flush=True)
while True: time.sleep(1)
"""
    result = await stopped(sandbox, source, mark, wall_seconds=1.0)
    assert (result.limit, result.stdout) == ("wall", "ignoring\n")


@pytest.mark.parametrize("shape", ["bytearray(10**8)", "mmap.mmap(-1, 10**8).write(b'x' * 10**8)"])
async def test_one_process_gets_no_more_memory_than_it_may(sandbox: Sandbox, mark: dict[str, str], shape: str) -> None:
    source = f"import mmap\nkept = []\nwhile True:\n    kept.append({shape})\n    print(len(kept), flush=True)"
    if "mmap" in shape:
        source = source.replace("kept.append(mmap.mmap(-1, 10**8).write(b'x' * 10**8))", KEPT_MAP)
    result = await stopped(sandbox, source, mark, memory_bytes=500 * MB)
    assert result.limit == "memory" or "MemoryError" in result.stderr
    assert result.exit_status != 0


KEPT_MAP = "one = mmap.mmap(-1, 10**8); one.write(b'x' * 10**8); kept.append(one)"


async def test_memory_is_that_of_all_processes_together(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        kept = bytearray(os.urandom(1) * 100_000_000)
        time.sleep(3600)
time.sleep(3600)
"""
    result = await stopped(sandbox, source, mark, memory_bytes=400 * MB)
    assert result.limit == "memory"


async def test_a_fork_bomb_stays_small(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = """
import os, time
refused = False
while not refused:
    try:
        os.fork()
    except OSError:
        refused = True
print("refused", flush=True)
time.sleep(3600)
"""
    result = await stopped(sandbox, source, mark, processes=40, wall_seconds=3.0)
    assert "refused" in result.stdout
    assert result.limit == "wall"
    assert result.peak_processes <= 41


async def test_a_fork_bomb_of_the_shell(sandbox: Sandbox, mark: dict[str, str]) -> None:
    limits = Limits(wall_seconds=3.0, processes=40)
    result = await sandbox.run(
        ["sh", "-c", "bomb() { bomb | bomb & }; bomb; sleep 60"], limits=limits, environment=mark
    )
    assert result.peak_processes <= 41


async def test_threads_are_counted(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = """
import threading, time
started = 0
try:
    for _ in range(1000):
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
        started += 1
except RuntimeError:
    print(started, flush=True)
"""
    result = await stopped(sandbox, source, mark, processes=30)
    assert 0 < int(result.stdout) < 30


async def test_a_gigabyte_of_output_is_cut_off(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = "import sys\nfor _ in range(1000): sys.stdout.write('x' * 10**6)\nprint('END')"
    shown: list[int] = []
    limits = Limits(kept_bytes=100_000, printed_bytes=20 * MB)
    result = await sandbox.run_python(
        source, limits=limits, environment=mark, on_output=lambda _, text: shown.append(len(text))
    )
    assert result.limit == "output"
    assert result.stdout_truncated
    assert len(result.stdout) < 101_000
    assert sum(shown) <= 50_000


async def test_of_long_output_the_beginning_and_the_end_are_kept(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = "import sys\nprint('BEGIN'); sys.stdout.write('x' * 10**6); print('END')\nsys.stderr.write('y' * 10**6 + 'LAST')"
    result = await sandbox.run_python(source, limits=Limits(kept_bytes=1000), environment=mark)
    assert result.ok
    assert result.stdout_truncated
    assert result.stderr_truncated
    assert result.stdout.startswith("BEGIN\nxxx")
    assert result.stdout.endswith("xxxEND\n")
    assert result.stderr.endswith("LAST")
    assert "999,010 bytes left out" in result.stdout


async def test_the_scratch_folder_has_its_size(sandbox: Sandbox, mark: dict[str, str], tmp_path: Path) -> None:
    source = """
import errno
written = 0
try:
    for number in range(100):
        with open(f"f{number}", "wb") as file:
            written += file.write(bytes(1_000_000))
except OSError as error:
    print(errno.errorcode[error.errno], written < 11_000_000)
"""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    result = await sandbox.run_python(source, limits=Limits(scratch_bytes=10 * MB), scratch=scratch, environment=mark)
    assert result.stdout.split() == ["ENOSPC", "True"]
    assert sum(file.stat().st_size for file in scratch.iterdir()) <= 10 * MB


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
async def test_other_places_for_files_have_their_size(sandbox: Sandbox, mark: dict[str, str], folder: str) -> None:
    source = f"""
import errno
try:
    for number in range(1000):
        open(f"{folder}/{{number}}", "wb").write(bytes(1_000_000))
except OSError as error:
    print(errno.errorcode[error.errno], number)
"""
    code, number = (await stopped(sandbox, source, mark)).stdout.split()
    assert code == "ENOSPC"
    assert int(number) < 70


async def test_deleted_files_still_count(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = """
import errno, os
kept = []
try:
    for number in range(200):
        kept.append(open("f", "wb", buffering=0)); os.remove("f"); kept[-1].write(bytes(1_000_000))
except OSError as error:
    print(errno.errorcode[error.errno])
"""
    assert (await stopped(sandbox, source, mark, scratch_bytes=10 * MB)).stdout == "ENOSPC\n"


async def test_a_great_many_small_files_are_stopped(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = "import itertools\nfor number in itertools.count(): open(f'f{number}', 'w').close()"
    result = await stopped(sandbox, source, mark, scratch_files=500)
    assert result.limit == "scratch"
    assert sum(file.kept for file in result.files) <= 500


async def test_no_core_is_dumped_and_a_crash_is_told(sandbox: Sandbox, mark: dict[str, str]) -> None:
    result = await stopped(sandbox, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", mark)
    assert (result.exit_status, result.limit, result.files) == (139, "", ())
