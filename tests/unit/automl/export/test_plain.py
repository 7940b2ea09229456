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


def test_plain_modules_know_nothing_of_lumina() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path.name} imports relatively"
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = (
                    [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
                )
                roots = {module.split(".")[0] for module in modules}
                assert roots <= ALLOWED | sys.stdlib_module_names, f"{path.name} imports {roots}"


def test_all_of_them_together_run_as_one_text() -> None:
    imports, classes = inlined(path.stem for path in MODULES)
    assert [name for name, times in Counter(defined(classes)).items() if times > 1] == []
    names: dict[str, object] = {}
    exec(f"from __future__ import annotations\n{joined(imports)}\n{classes}", names)
    public = {name for path in MODULES for name in defined(path.read_text(encoding="utf-8")) if name[0] != "_"}
    assert public <= names.keys()
