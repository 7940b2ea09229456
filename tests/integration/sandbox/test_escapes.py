"""What programs try in order to get out of the sandbox: each is refused, and nothing of it is left."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from lumina_jupyter.tools.sandbox import Limits, Sandbox

from .attempts import ATTEMPTS, failures, program
from .surroundings import Surroundings

LIMITS = Limits(wall_seconds=60.0)


async def test_every_attempt_is_refused(sandbox: Sandbox, around: Surroundings, mark: dict[str, str]) -> None:
    environment = around.environment | mark | {"T_ETC": f"{sysconfig.get_path('data')}/etc/jupyter"}
    for readable in ([around.home], [around.folder]):
        # With the home shown, what is in it can be named; without, it is not there at all.
        attempts = [each for each in ATTEMPTS if readable == [around.folder] or "HOME" in each.code]
        result = await sandbox.run_python(program(attempts), limits=LIMITS, readable=readable, environment=environment)
        assert failures(attempts, result.stdout) == [], result.stderr
        assert not around.heard
        assert not result.files
        assert (around.folder / "data.csv").read_text() == "a,b\n1,2\n"


async def test_what_may_be_read_can_be_read(sandbox: Sandbox, around: Surroundings) -> None:
    source = f"print(open({str(around.folder / 'data.csv')!r}).read())"
    assert (await sandbox.run_python(source, readable=[around.folder])).stdout == "a,b\n1,2\n\n"


async def test_a_home_that_can_be_read_shows_its_files_and_none_that_begins_with_a_dot(
    sandbox: Sandbox, around: Surroundings
) -> None:
    source = f"""
import pathlib
for path in sorted(pathlib.Path({str(around.home)!r}).rglob("*")):
    try:
        if path.is_file() and "SECRET" in path.read_text():
            print(path)
    except OSError:
        pass
"""
    result = await sandbox.run_python(source, readable=[around.home])
    assert result.stdout.split() == [str(around.home / "outside.txt")]


async def test_nothing_of_our_environment_is_seen_anywhere(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, mark: dict[str, str]
) -> None:
    for name in ("LUMINA_TOKEN", "JPY_API_TOKEN", "JUPYTER_TOKEN", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "SECRET-VALUE")
    monkeypatch.setenv("LD_PRELOAD", "/nonexistent/SECRET-VALUE.so")
    monkeypatch.setenv("PYTHONSTARTUP", "/nonexistent/SECRET-VALUE.py")
    source = """
import os, pathlib
print(dict(os.environ))
for name in os.listdir("/proc"):
    for file in ("environ", "cmdline"):
        if name.isdigit():
            try:
                print(name, pathlib.Path("/proc", name, file).read_bytes())
            except PermissionError:
                pass
"""
    result = await sandbox.run_python(source, environment=mark)
    assert result.ok
    assert "SECRET-VALUE" not in result.stdout + result.stderr
    assert str(Path.home()) not in result.stdout


async def test_it_sees_its_own_processes_alone_and_inherits_no_file(sandbox: Sandbox, mark: dict[str, str]) -> None:
    source = """
import os
print(sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))
print([os.readlink(f"/proc/self/fd/{number}").partition(":")[0] for number in range(3)])
print(sorted(os.listdir("/proc/self/fd"))[:4], len(os.listdir("/proc/self/fd")))
print(sorted(os.listdir("/lumina/scratch")), os.getcwd())
"""
    result = await sandbox.run_python(source, environment=mark)
    pids, streams, open_files, folder = result.stdout.strip().splitlines()
    assert pids == "[1, 2]"
    assert streams == "['/dev/null', 'pipe', 'pipe']"
    assert open_files == "['0', '1', '2', '3'] 4"  # the fourth is the listing itself
    assert folder == "[] /lumina/scratch"


async def test_programs_have_no_rights_and_get_none(sandbox: Sandbox) -> None:
    source = """
for line in open("/proc/self/status"):
    name, _, value = line.partition(":")
    if name in ("CapPrm", "CapEff", "CapInh", "CapAmb", "NoNewPrivs", "Seccomp", "Groups"):
        print(name, value.strip())
"""
    told = dict(line.partition(" ")[::2] for line in (await sandbox.run_python(source)).stdout.splitlines())
    assert {told[name].strip("0") for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")} == {""}
    assert (told["NoNewPrivs"], told["Seccomp"]) == ("1", "2")
