"""All repairs, one after the other, of code that parses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ....context.code_names import code_names
from ....context.notebook_code import LONGEST
from ...scene import Scene
from .columns import with_columns_as_they_are
from .copied import without_copies
from .edits import parse
from .file_paths import with_files_from_here
from .imports import with_imports
from .in_place import with_columns_assigned
from .made_up import without_made_up_data, without_unasked_drops, without_unasked_files
from .showing import showing

_MAGIC = re.compile(r"^\s*[!%]", re.MULTILINE)


def syntax_fault(code: str) -> str:
    """What is wrong with the syntax, in words for the model; empty when nothing is, or IPython alone can tell."""
    if _MAGIC.search(code) or len(code) > LONGEST:
        return ""
    try:
        parse(code)
    except SyntaxError as error:
        line = (error.text or "").strip()[:200]
        return f"SyntaxError: {error.msg} in line {error.lineno}: `{line}`"
    except (ValueError, RecursionError, MemoryError):
        return "The code cannot be parsed"
    return ""


def repaired(
    code: str,
    scene: Scene,
    *,
    words: str = "",
    shows: bool = False,
    before: str = "",
    given: Iterable[str] = (),
) -> str:
    """The code without those slips; what does not parse, and what holds magics, is given back as it is.

    Args:
        code: Python.
        scene: What is there.
        words: What was asked for.
        shows: Whether the code is to show what it comes to.
        before: The cell's text that this takes the place of: what it makes, this may make as well.
        given: Functions and classes that it must not define anew.
    """
    if syntax_fault(code) or _MAGIC.search(code) or len(code) > LONGEST:
        return code
    try:
        code = with_files_from_here(code, scene)
        code = without_copies(code, scene, before, given)
        code = without_made_up_data(code, scene, set(code_names(before).writes) if before else set())
        if words:
            code = without_unasked_drops(without_unasked_files(code, words), scene, words)
        code = with_columns_as_they_are(code, scene)
        code = with_columns_assigned(code)
        return with_imports(showing(code) if shows else code, scene)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code  # nested too deeply to be looked into
