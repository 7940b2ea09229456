"""The probe runs in kernels whose Python may be old and whose environment may be empty."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import lumina_jupyter.context.kernel.probe as probe
from lumina_jupyter.context.kernel.bundle import call, installation, package_name

SOURCES = sorted(Path(next(iter(probe.__path__))).glob("*.py"))
OLDEST = (3, 8)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_it_is_python_of_that_age_and_imports_the_standard_library_alone(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=OLDEST)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name.partition(".")[0] for alias in node.names} <= sys.stdlib_module_names
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert (node.module or "").partition(".")[0] in sys.stdlib_module_names


def test_it_is_installed_in_an_interpreter_that_has_nothing_else() -> None:
    code = f"""
before = set(globals())
{installation()}
{installation()}
assert set(globals()) - before == {{"before"}}, globals()
value = [1, 2]
class Odd:
    def __repr__(self): return "Odd one"
odd = Odd()
import json
request = {{"names": None, "policy": "values", "detail": True, "seconds": 5, "value_seconds": 1, "text": 99,
           "total": 9999, "variables": 9}}
told = json.loads({call("asked", "REQUEST").replace("'REQUEST'", "json.dumps(request)")})
print({{each["name"]: each["text"] for each in told["variables"]}})
"""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told = ast.literal_eval(done.stdout)
    assert told["value"] == "[1, 2]"
    assert told["odd"] == "Odd one"


def test_each_version_of_it_has_a_name_of_its_own() -> None:
    assert package_name().isidentifier()
    assert package_name() in installation()
