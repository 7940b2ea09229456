"""Files that are named as tools name them: from the folder of all notebooks, where code runs in the notebook's own."""

from __future__ import annotations

import ast
import posixpath

from ...scene import Scene
from .edits import Change, changed, parse


def with_files_from_here(code: str, scene: Scene) -> str:
    """With the files beside the notebook named as the notebook's code reaches them."""
    folder = posixpath.dirname(scene.notebook.path)
    if not folder:
        return code
    here = {posixpath.join(folder, name): name for name in scene.files}
    changes: list[Change] = []
    for node in ast.walk(parse(code)):
        first = node.args[0] if isinstance(node, ast.Call) and node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            name = here.get(first.value.removeprefix("./").removeprefix("/"))
            if name is not None and first.value not in scene.files:
                changes.append(Change.of(first, repr(name)))
    return changed(code, changes) if changes else code
