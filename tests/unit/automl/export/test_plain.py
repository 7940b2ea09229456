from __future__ import annotations

import ast
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from lumina_jupyter.automl.export.inline import defined, inlined, joined
from lumina_jupyter.automl.export.source import PLAIN

SPEC = find_spec(PLAIN)
assert SPEC is not None
assert SPEC.origin is not None
MODULES = sorted(path for path in Path(SPEC.origin).parent.glob("*.py") if path.stem != "__init__")
ALLOWED = {"numpy", "pandas", "scipy", "sklearn", "threadpoolctl"}  # the last comes with scikit-learn
ON_FIRST_USE = {"jax"}
"""What only functions import: it must not be there before workers are forked, nor where nothing is trained."""


def test_plain_modules_know_nothing_of_lumina() -> None:
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path.name} imports relatively"
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = (
                    [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
                )
                roots = {module.split(".")[0] for module in modules}
                late = set() if node in tree.body else ON_FIRST_USE
                assert roots <= ALLOWED | late | sys.stdlib_module_names, f"{path.name} imports {roots}"


def test_all_of_them_together_run_as_one_text() -> None:
    imports, classes = inlined(path.stem for path in MODULES)
    assert [name for name, times in Counter(defined(classes)).items() if times > 1] == []
    names: dict[str, object] = {}
    exec(f"from __future__ import annotations\n{joined(imports)}\n{classes}", names)
    public = {name for path in MODULES for name in defined(path.read_text(encoding="utf-8")) if name[0] != "_"}
    assert public <= names.keys()
