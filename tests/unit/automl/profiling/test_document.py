"""The example of docs/automl-profile.md prints what stands below it, and its table names every kind of finding."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from pathlib import Path

from lumina_jupyter.automl.profiling import detectors, profile

DOCUMENT = (Path(__file__).parents[4] / "docs" / "automl-profile.md").read_text(encoding="utf-8")


def test_the_example_prints_what_the_document_shows() -> None:
    code, shown = re.findall(r"^```(?:python|text)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "automl-profile.md", "exec"), {})
    assert printed.getvalue() == shown


def test_every_kind_of_finding_is_in_the_document() -> None:
    kinds = set()
    files = [*Path(detectors.__file__).parent.glob("*.py"), Path(profile.__code__.co_filename)]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "kind":
                kinds |= {each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant)}
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_decided":
                kinds.add(ast.literal_eval(node.args[0]))
    told = set(re.findall(r"`([a-z- ]+)`", DOCUMENT))
    assert {"leak", "drift", "time order", "names"} <= kinds
    assert kinds - told <= {"category", "number"}, "These are kinds of columns."
