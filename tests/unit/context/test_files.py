"""Files that may be shown, and those that may not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lumina_jupyter.context.item import Item, Missing
from lumina_jupyter.context.sources.files import READ_BYTES, decoded, file_item
from lumina_jupyter.context.sources.paths import Place, Refused, resolve


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    (made / "sub" / ".hidden").mkdir(parents=True)
    (made / "a.txt").write_text("hello")
    (made / "sub" / "b.txt").write_text("below")
    (made / ".env").write_text("SECRET=1")
    (made / "server.pem").write_text("-----BEGIN PRIVATE KEY-----")
    (made / "sub" / ".hidden" / "c.txt").write_text("hidden")
    (tmp_path / "outside.txt").write_text("outside")
    (tmp_path / "root-two").mkdir()
    (tmp_path / "root-two" / "d.txt").write_text("sibling")
    (made / "out.txt").symlink_to(tmp_path / "outside.txt")
    (made / "outdir").symlink_to(tmp_path)
    (made / "in.txt").symlink_to(made / "sub" / "b.txt")
    (made / "sneaky.txt").symlink_to(made / ".env")
    (made / "loop").symlink_to(made / "loop")
    return made


@pytest.mark.parametrize("target", ["a.txt", "sub/b.txt", "sub/../a.txt", "./a.txt", "in.txt"])
def test_files_below_the_root_may_be_shown(root: Path, target: str) -> None:
    assert isinstance(resolve(target, [root]), Place)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("../outside.txt", "outside"),
        ("sub/../../outside.txt", "outside"),
        ("../root-two/d.txt", "outside"),
        ("out.txt", "outside"),
        ("outdir/outside.txt", "outside"),
        ("/etc/passwd", "outside"),
        ("../nothing.txt", "outside"),
        (".env", "hidden"),
        ("sneaky.txt", "hidden"),
        ("server.pem", "hidden"),
        ("sub/.hidden/c.txt", "hidden"),
        ("nothing.txt", "no such file"),
        ("loop", "no such file"),
        ("a.txt/b", "no such file"),
        ("", "not a path"),
        ("a\0.txt", "not a path"),
        ("~/x", "no such file"),
    ],
)
def test_others_are_refused(root: Path, target: str, reason: str) -> None:
    found = resolve(target, [root])
    assert isinstance(found, Refused)
    assert reason in found.reason


def test_a_path_may_be_absolute_inside_of_the_root(root: Path) -> None:
    assert isinstance(resolve(str(root / "a.txt"), [root]), Place)


def test_each_root_is_tried(root: Path, tmp_path: Path) -> None:
    found = resolve("d.txt", [root, tmp_path / "root-two"])
    assert isinstance(found, Place)
    assert found.shown == "d.txt"


def test_without_a_root_nothing_is_read() -> None:
    assert isinstance(resolve("/etc/passwd", []), Refused)


def test_a_pipe_is_no_file(root: Path) -> None:
    os.mkfifo(root / "pipe.txt")
    assert isinstance(file_item("pipe.txt", [root], "values"), Missing)


def shown(root: Path, name: str, content: bytes, policy: str = "values") -> str:
    (root / name).write_bytes(content)
    found = file_item(name, [root], "values" if policy == "values" else "schema-only")
    assert isinstance(found, Item)
    return found.text


def test_text_is_shown_without_keys(root: Path) -> None:
    text = shown(root, "notes.md", b"key = sk-abcdef1234567890abcdef\n\x1b[31mred\x1b[0m")
    assert "abcdef1234" not in text
    assert "\x1b" not in text
    assert "red" in text


def test_a_table_is_its_columns_and_first_rows(root: Path) -> None:
    rows = b"id,price,when\n" + b"".join(b"%d,%d.5,2024-01-01\n" % (n, n) for n in range(1_000))
    text = shown(root, "t.csv", rows)
    assert "id: integer" in text
    assert "price: number" in text
    assert "when: text" in text
    assert "about 1,000 rows" in text
    assert "3,3.5," in text
    assert "500,500.5" not in text


def test_a_tables_values_are_held_back_by_the_policy(root: Path) -> None:
    text = shown(root, "t.csv", b"name;salary\nAda;99000\n", policy="schema-only")
    assert "salary: integer" in text
    assert "Ada" not in text
    assert "99000" not in text


def test_binary_and_huge_files(root: Path) -> None:
    assert "binary" in shown(root, "x.bin", bytes(range(256)) * 10)
    assert "goes on" in shown(root, "long.log", b"line\n" * READ_BYTES)


def test_encodings() -> None:
    assert decoded("grüße".encode("latin-1")) == "grüße"
    assert decoded("\ufeffgrüße".encode()) == "grüße"
    assert decoded("grüße".encode("utf-16")) is not None
    assert decoded("grü".encode()[:-1], cut=True) == "gr"
    assert decoded(b"\0\1\2") is None


def test_a_notebook_is_its_cells(root: Path) -> None:
    text = shown(
        root, "n.ipynb", b'{"cells": [{"cell_type": "code", "source": ["x = 1\\n", "y"], "outputs": ["big"]}]}'
    )
    assert text == "# [code cell #1]\nx = 1\ny"


def test_a_folder_lists_what_is_not_hidden(root: Path) -> None:
    found = file_item("sub", [root], "values")
    assert isinstance(found, Item)
    assert found.text == "b.txt"


def test_a_parquet_file_is_its_columns(root: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"a": [1, 2], "b": ["x", "y"]}), root / "t.parquet")
    found = file_item("t.parquet", [root], "values")
    assert isinstance(found, Item)
    assert "a: int64" in found.text
    assert "2 rows" in found.text
