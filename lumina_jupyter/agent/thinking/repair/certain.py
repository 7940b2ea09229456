"""Errors that say themselves how they are mended: a name or a column spelled otherwise, an import, a file of another name."""

from __future__ import annotations

import difflib
import re
from pathlib import PurePosixPath

from ....context.code_names import code_names
from ....context.failure import Failure
from ...scene import Scene
from .repair import repaired, syntax_fault

_NEAR = 0.8
"""How alike two names are of which one is taken for a slip of the other."""
_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
_FILE = re.compile(r"FileNotFoundError: .*?['\"]([^'\"\n]{1,200})['\"]")
_DIGITS = re.compile(r"\d+")


def certain_fix(code: str, failure: Failure, scene: Scene) -> str:
    """The cell's code without the error; empty where the error does not say how.

    Args:
        code: The code that failed.
        failure: How.
        scene: What is there.
    """
    if syntax_fault(code):
        return ""
    mended = code
    if failure.error.startswith(("KeyError", "NameError")):
        mended = repaired(code, scene, before=code)
    if mended == code:
        mended = _with_name(code, failure, scene)
    if mended == code:
        mended = _with_file(code, failure, scene)
    return mended if mended.strip() != code.strip() and not syntax_fault(mended) else ""


def _with_name(code: str, failure: Failure, scene: Scene) -> str:
    match = _NAME.match(failure.error)
    if match is None:
        return code
    wrong = match[1]
    known = {each.name for each in scene.variables} | set(code_names(code).defines)
    for cell in scene.notebook.cells:
        if cell.kind == "code" and cell.execution_count is not None:
            known |= code_names(cell.source).defines
    near = difflib.get_close_matches(wrong, sorted(known - {wrong}), n=2, cutoff=_NEAR)
    # Two names that differ in a number are two things.
    if len(near) != 1 or _DIGITS.sub("", near[0]) == _DIGITS.sub("", wrong):
        return code
    return re.sub(rf"(?<![\w.'\"]){re.escape(wrong)}(?![\w'\"])", near[0], code)


def _with_file(code: str, failure: Failure, scene: Scene) -> str:
    match = _FILE.match(failure.error)
    if match is None or code.count(match[1]) != 1 or match[1] in scene.files:
        return code
    wrong = PurePosixPath(match[1])
    alike = [each for each in scene.files if PurePosixPath(each).suffix.lower() == wrong.suffix.lower()]
    names = {PurePosixPath(each).name: each for each in alike}
    near = (
        [wrong.name] if wrong.name in names else difflib.get_close_matches(wrong.name, list(names), n=2, cutoff=_NEAR)
    )
    if len(near) != 1 and len(alike) == 1:
        near = list(names)
    return code.replace(match[1], names[near[0]]) if len(near) == 1 else code
