"""The tools for files: what they may touch and what not, and that all they do can be taken back."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from lumina_jupyter.errors import Forbidden, NotFound
from lumina_jupyter.tools import Actor, ToolContext
from lumina_jupyter.tools.builtin.file_root import FileRoot

from .conftest import CHAT, USER, Begin

SECRET = "the neighbour's secret"


def a_change(told: str) -> str:
    found = re.search(r"with change (\S+)", told)
    assert found is not None
    return found[1]


async def test_no_path_leads_out_of_the_root(begin: Begin, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "s.txt").write_text(SECRET)
    async with begin() as here:
        (here.root / "sub").mkdir()
        (here.root / "link.txt").symlink_to(outside / "s.txt")
        (here.root / "door").symlink_to(outside)
        (here.root / ".env").write_text(SECRET)
        (here.root / "id.pem").write_text(SECRET)
        (here.root / "plain").symlink_to(here.root / ".env")
        ways = ["../outside/s.txt", "sub/../../outside/s.txt", str(outside / "s.txt"), "~/s.txt", "link.txt", ".env"]
        (here.root / "here.txt").write_text("fine")
        ways += ["sub/../here.txt", "door/s.txt", "id.pem", "plain", "C:\\s.txt", "..\\s.txt", "a\0b", ""]
        for way in ways:
            assert await here.refused("read_file", path=way) == "forbidden", way
            assert await here.refused("write_file", path=way, content="x") == "forbidden", way
            assert await here.refused("delete_file", path=way) == "forbidden", way
            assert await here.refused("search_files", pattern="secret", path=way) == "forbidden", way
        for way in ("..", "door", str(outside)):
            assert await here.refused("list_files", path=way) == "forbidden", way
        assert await here.text("list_files") == "here.txt  4\nsub/"
        assert await here.text("search_files", pattern="secret") == "Nothing was found."
        assert (outside / "s.txt").read_text() == SECRET
        assert (here.root / ".env").read_text() == SECRET


def test_a_link_that_is_put_there_after_the_check_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "s.txt").write_text(SECRET)
    base = tmp_path / "root"
    (base / "sub").mkdir(parents=True)
    (base / "sub" / "s.txt").write_text("fine")
    root = FileRoot(base)
    place = root.locate("sub/s.txt")
    known = root.read(place).hash
    (base / "sub" / "s.txt").unlink()
    (base / "sub" / "s.txt").symlink_to(outside / "s.txt")
    with pytest.raises(NotFound):
        root.read(place)
    (base / "sub" / "s.txt").unlink()
    (base / "sub").rmdir()
    (base / "sub").symlink_to(outside)
    for act in (lambda: root.read(place), lambda: root.write(place, b"x", known), lambda: root.delete(place, known)):
        with pytest.raises(NotFound):
            act()
    assert (outside / "s.txt").read_text() == SECRET
    assert [path.name for path in outside.iterdir()] == ["s.txt"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_belongs_to_another_user_stays_closed_even_to_a_server_of_root(tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text(SECRET)
    os.chown(tmp_path / "s.txt", 12345, 12345)
    root = FileRoot(tmp_path)
    place = root.locate("s.txt")
    known = root.read(place).hash
    with pytest.raises(Forbidden):
        root.write(place, b"x", known)
    with pytest.raises(Forbidden):
        root.delete(place, known)
    (tmp_path / "s.txt").chmod(0o600)
    with pytest.raises(Forbidden):
        root.read(place)
    assert (tmp_path / "s.txt").read_text() == SECRET


async def test_a_file_is_changed_as_it_was_read_and_all_of_it_can_be_taken_back(begin: Begin) -> None:
    async with begin() as here:
        file = here.root / "sub" / "a.txt"
        made = a_change(await here.text("write_file", path="sub/a.txt", content="one\ntwo\nthree\n"))
        file.chmod(0o640)
        assert "lines 2 to 2 of 3:\ntwo" in await here.text("read_file", path="sub/a.txt", first_line=2, last_line=2)
        assert await here.refused("replace_in_file", path="sub/a.txt", old="t", new="T") == "invalid_arguments"
        await here.text("replace_in_file", path="sub/a.txt", old="two", new="2")
        assert file.read_text() == "one\n2\nthree\n"
        assert file.stat().st_mode & 0o777 == 0o640
        file.write_text("a person's\n")
        assert await here.refused("write_file", path="sub/a.txt", content="x") == "edit_does_not_fit"
        assert await here.refused("restore_file", change=made) == "edit_does_not_fit"
        other = ToolContext(actor=Actor("user", "ada", run="run_2"), notebook="a.ipynb")
        assert await here.refused("write_file", other, path="sub/a.txt", content="x") == "edit_does_not_fit"
        assert file.read_text() == "a person's\n"
        gone = a_change(await here.text("delete_file", path="sub/a.txt"))
        assert not file.exists()
        stranger = ToolContext(actor=Actor("user", "eve"), notebook="a.ipynb")
        assert await here.refused("restore_file", stranger, change=gone) == "not_found"
        assert gone not in await here.text("list_file_changes", stranger)
        assert gone in await here.text("list_file_changes", run="run_1")
        assert "is as it was before" in await here.text("restore_file", change=gone)
        assert (file.read_text(), file.stat().st_mode & 0o777) == ("a person's\n", 0o640)
        assert [path.name for path in file.parent.iterdir()] == ["a.txt"]


async def test_what_is_no_text_too_large_or_a_notebook_is_refused(begin: Begin) -> None:
    async with begin() as here:
        here.put("a.ipynb")
        (here.root / "b.bin").write_bytes(b"\0\1\2")
        (here.root / "big.txt").write_bytes(b"x" * 10_000_001)
        os.mkfifo(here.root / "pipe")
        (here.root / "alias.txt").symlink_to(here.root / "a.ipynb")
        assert await here.refused("read_file", path="b.bin") == "edit_does_not_fit"
        assert await here.refused("read_file", path="big.txt") == "edit_does_not_fit"
        assert await here.refused("read_file", path="pipe") == "not_found"
        for name in ("a.ipynb", "alias.txt"):
            assert await here.refused("read_file", path=name) == "forbidden"
            assert await here.refused("write_file", path=name, content="{}") == "tool_denied"
            assert await here.refused("delete_file", path=name) == "tool_denied"
        assert here.texts() == []


async def test_a_search_finds_lines_within_bounds(begin: Begin) -> None:
    async with begin() as here:
        (here.root / "deep").mkdir()
        (here.root / "deep" / "m.py").write_text("x = 1\ndef Foo(): pass\n")
        (here.root / "n.txt").write_text("foo\n" * 300)
        assert await here.text("search_files", pattern="foo()", names="*.py") == "deep/m.py:2: def Foo(): pass\n"
        assert "only the first 200" in await here.text("search_files", pattern="fo+", regex=True, names="n.*")
        assert await here.refused("search_files", pattern="(", regex=True) == "invalid_arguments"


async def test_policies_hold_and_a_person_is_asked_with_a_diff(begin: Begin) -> None:
    async with begin(approval_minutes=0.001) as here:
        (here.root / "a.txt").write_text("old\n")
        await here.text("read_file", CHAT, path="a.txt")
        assert await here.refused("write_file", CHAT, path="a.txt", content="new\n") == "tool_denied"
        (asked,) = await here.engine.tools.approvals.list(pending=False)
        assert asked.preview is not None
        assert "-old\n+new" in asked.preview.diff
        for policy, reads in (("read-only", True), ("none", False)):
            here.put(f"{policy}.ipynb", tools=policy)
            there = ToolContext(actor=USER.actor, notebook=f"{policy}.ipynb")
            assert await here.refused("write_file", there, path="b.txt", content="x") == "tool_denied"
            assert (await here.call("read_file", there, path="a.txt")).is_error is not reads
        assert (here.root / "a.txt").read_text() == "old\n"
