"""What nobody asked for: made-up data in place of those that are there, files that are written, rows that are dropped."""

from __future__ import annotations

import ast
import re

from ...scene import Scene
from .edits import called, parse, without

_READERS = {"read_csv", "read_excel", "read_json", "read_parquet", "read_table", "load_dataset", "load_data"}
_WRITERS = {"to_csv", "to_excel", "to_json", "to_parquet", "to_pickle", "savefig", "to_html"}
_ASKED = re.compile(
    r"\b(?:save|saved|export\w*|write .{0,30}(?:to|file)|store|csv|excel|parquet|file|download|dump)\b", re.IGNORECASE
)
_DROPS_ASKED = re.compile(
    r"\b(?:drop\w*|remov\w*|without|exclud\w*|delet\w*|filter\w*|omit\w*|missing|nan|nulls?|na|clean\w*|ignor\w*)\b",
    re.IGNORECASE,
)


def without_made_up_data(code: str, scene: Scene, keeps: set[str]) -> str:
    """Without what would put a table out of the model's head, or of a file that is not there, in place of one that is."""
    tables = {each.name for each in scene.variables if each.columns} - keeps
    files = set(scene.files) | {name.rpartition("/")[2] for name in scene.files}
    body = parse(code).body
    known = {each.name for each in scene.variables} | {name for node in body for name in _bound(node)}
    gone = [node for node in body if _assigns(node) in tables and _is_made_up(node, files, known)]
    return without(code, gone) if gone and len(gone) < len(body) else code


def without_unasked_files(code: str, words: str) -> str:
    """Without files that are written, when the words say nothing of files."""
    if _ASKED.search(words):
        return code
    body = parse(code).body
    gone = [node for node in body if isinstance(node, ast.Expr) and called(node.value) in _WRITERS]
    return without(code, gone) if gone and len(gone) < len(body) else code


def without_unasked_drops(code: str, scene: Scene, words: str) -> str:
    """Without `df = df.dropna()` of a table that is there, when the words say nothing of rows to be left out."""
    if _DROPS_ASKED.search(words):
        return code
    tables = {each.name for each in scene.variables if each.columns}
    body = parse(code).body
    gone = [node for node in body if _dropped(node) in tables]
    return without(code, gone) if gone and len(gone) < len(body) else code


def _dropped(node: ast.stmt) -> str:
    """The table whose rows with gaps a statement throws away for good."""
    call = node.value if isinstance(node, ast.Assign | ast.Expr) else None
    if not isinstance(call, ast.Call) or called(call) != "dropna" or not isinstance(call.func, ast.Attribute):
        return ""
    name = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
    in_place = any(each.arg == "inplace" for each in call.keywords)
    return name if _assigns(node) == name or (isinstance(node, ast.Expr) and in_place) else ""


def _assigns(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _bound(node: ast.stmt) -> set[str]:
    """Names of values that a statement makes; modules are none."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def _is_made_up(node: ast.stmt, files: set[str], known: set[str]) -> bool:
    value = node.value if isinstance(node, ast.Assign) else None
    if not isinstance(value, ast.Call) or not value.args:
        return False
    first = value.args[0]
    if called(value) in _READERS:
        return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value not in files
    used = {each.id for each in ast.walk(first) if isinstance(each, ast.Name)}
    return called(value) == "DataFrame" and isinstance(first, ast.Dict | ast.List) and not used & known
