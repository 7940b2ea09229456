"""What a program leaves in its scratch folder comes out as plain files, whatever it did to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lumina_jupyter.errors import ToolFailed
from lumina_jupyter.tools.sandbox import Limits, Sandbox

TRICKS = """
import os, socket
os.symlink({outside!r}, "to-a-file"); os.symlink("/", "to-a-folder"); os.symlink("../../etc", "dots"); os.symlink("x", "x")
os.mkfifo("fifo")
os.mkdir("closed"); open("closed/file", "w").write("1"); os.chmod("closed", 0)
open("closed-file", "w").write("1"); os.chmod("closed-file", 0)
open("setuid", "w").write("1"); os.chmod("setuid", 0o6777)
open("a\\nb", "w").write("1"); open(b"\\xff", "w").write("1"); open("x" * 255, "w").write("1"); open("\\x1b[31m", "w").write("1")
with open("sparse", "wb") as file: file.truncate(50_000_000)
with open("sparse2", "wb") as file: file.truncate(50_000_000)
deep = "."
for _ in range(60):
    deep += "/d"; os.mkdir(deep)
open(deep + "/file", "w").write("1")
open("good.txt", "w").write("good")
print("done")
"""


def paths(folder: Path, pattern: str = "**/*") -> list[Path]:
    return list(folder.glob(pattern))


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


async def test_links_and_devices_stay_behind(sandbox: Sandbox, scratch: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("SECRET")
    result = await sandbox.run_python(
        TRICKS.format(outside=str(outside)), limits=Limits(scratch_bytes=60_000_000), scratch=scratch
    )
    assert result.stdout == "done\n", result.stderr
    there = {path.name: path for path in paths(scratch) if not path.is_dir() or path.is_symlink()}
    assert not any(path.is_symlink() for path in paths(scratch))
    assert {"good.txt", "setuid"} <= set(there)
    assert not {"to-a-file", "fifo", "dots", "x", "a\nb", "x" * 255} & set(there)
    assert there["setuid"].stat().st_mode & 0o7111 == 0
    assert sum(path.stat().st_size for path in there.values()) <= 60_000_000
    assert {path.name for path in paths(tmp_path, "*")} == {"outside.txt", "scratch"}
    by_name = {file.name: file for file in result.files}
    assert not by_name["a\nb"].kept
    assert by_name["good.txt"].kept
    assert [by_name["sparse"].kept, by_name["sparse2"].kept] == [True, False]


async def test_a_next_run_finds_what_the_last_one_left(sandbox: Sandbox, scratch: Path) -> None:
    write = "import os\nos.makedirs('a/b'); open('a/b/one', 'w').write('1'); open('two', 'w').write('2')"
    first = await sandbox.run_python(write, scratch=scratch)
    assert [(file.name, file.changed) for file in first.files] == [("a/b/one", True), ("two", True)]
    change = "import os\nprint(open('a/b/one').read()); os.remove('two'); open('a/b/three', 'w').write('3')"
    second = await sandbox.run_python(change, scratch=scratch)
    assert second.stdout == "1\n"
    assert [(file.name, file.changed) for file in second.files] == [("a/b/one", False), ("a/b/three", True)]
    left = sorted(str(path.relative_to(scratch)) for path in paths(scratch) if path.is_file())
    assert left == ["a/b/one", "a/b/three"]


async def test_a_file_changed_in_place_is_told(sandbox: Sandbox, scratch: Path) -> None:
    (scratch / "data").write_text("abc")
    result = await sandbox.run_python("open('data', 'r+').write('x')", scratch=scratch)
    assert [(file.name, file.changed) for file in result.files] == [("data", True)]
    assert (scratch / "data").read_text() == "xbc"


async def test_files_that_do_not_fit_are_a_clear_failure(sandbox: Sandbox, scratch: Path) -> None:
    (scratch / "big").write_bytes(bytes(3_000_000))
    with pytest.raises(ToolFailed, match="do not fit"):
        await sandbox.run_python("pass", scratch=scratch, limits=Limits(scratch_bytes=1_000_000))
    assert (scratch / "big").stat().st_size == 3_000_000


async def test_without_a_folder_files_are_told_and_forgotten(sandbox: Sandbox) -> None:
    result = await sandbox.run_python("open('a', 'w').write('12')")
    assert [(file.name, file.size) for file in result.files] == [("a", 2)]
    assert (await sandbox.run_python("pass")).files == ()
