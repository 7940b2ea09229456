"""Repairs of small models' usual slips in Python, as far as the scene makes them certain; what is not certain stays.

Data that the model made up in place of those that are there, imports that it forgot, columns in another case, and a
result that is computed and never shown.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable

from ...context.code_names import code_names
from ...context.notebook_code import LONGEST
from ..scene import Scene

_USUAL_IMPORTS = {
    "pd": "import pandas as pd",
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "px": "import plotly.express as px",
    "scipy": "import scipy",
    "stats": "from scipy import stats",
    "sm": "import statsmodels.api as sm",
    "re": "import re",
    "math": "import math",
    "json": "import json",
    "os": "import os",
    "random": "import random",
    "datetime": "import datetime",
    "statistics": "import statistics",
    "Path": "from pathlib import Path",
    "Counter": "from collections import Counter",
    "defaultdict": "from collections import defaultdict",
    "train_test_split": "from sklearn.model_selection import train_test_split",
    "cross_val_score": "from sklearn.model_selection import cross_val_score",
    "LinearRegression": "from sklearn.linear_model import LinearRegression",
    "LogisticRegression": "from sklearn.linear_model import LogisticRegression",
    "RandomForestClassifier": "from sklearn.ensemble import RandomForestClassifier",
    "RandomForestRegressor": "from sklearn.ensemble import RandomForestRegressor",
    "StandardScaler": "from sklearn.preprocessing import StandardScaler",
    "MinMaxScaler": "from sklearn.preprocessing import MinMaxScaler",
    "LabelEncoder": "from sklearn.preprocessing import LabelEncoder",
    "accuracy_score": "from sklearn.metrics import accuracy_score",
    "mean_squared_error": "from sklearn.metrics import mean_squared_error",
    "r2_score": "from sklearn.metrics import r2_score",
}
_READERS = {"read_csv", "read_excel", "read_json", "read_parquet", "read_table", "load_dataset", "load_data"}
_SQUEEZED = re.compile(r"[\W_]+")
_MAGIC = re.compile(r"^\s*[!%]", re.MULTILINE)


def syntax_fault(code: str) -> str:
    """What is wrong with the syntax, as a sentence for the model; empty when nothing is, or IPython alone can tell."""
    if _MAGIC.search(code) or len(code) > LONGEST:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        line = (error.text or "").strip()[:200]
        return f"SyntaxError: {error.msg} in line {error.lineno}: `{line}`"
    except (ValueError, RecursionError, MemoryError):
        return "The code cannot be parsed."
    return ""


def repaired(code: str, scene: Scene, *, shows: bool = False, keeps: Iterable[str] = ()) -> str:
    """The code without those slips.

    Args:
        code: Python that parses; other text is given back as it is.
        scene: What is there.
        shows: Whether the code is to print what it comes to.
        keeps: Names that it may make anew, such as those that the edited cell makes.
    """
    if syntax_fault(code) or _MAGIC.search(code) or len(code) > LONGEST:
        return code
    code = _without_made_up_data(code, scene, set(keeps))
    code = _with_columns_as_they_are(code, scene)
    if shows:
        code = _showing(code)
    return _with_imports(code, scene)


def _without_made_up_data(code: str, scene: Scene, keeps: set[str]) -> str:
    """Without statements that would put a table out of the model's head, or out of a file that is not there, in place of one that is."""
    tables = {each.name for each in scene.variables if each.columns} - keeps
    files = set(scene.files) | {name.rpartition("/")[2] for name in scene.files}
    gone: set[int] = set()
    for node in ast.parse(code).body:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            continue
        if node.targets[0].id in tables and _is_made_up(node.value, files):
            gone.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    if not gone:
        return code
    kept = [line for number, line in enumerate(code.split("\n"), start=1) if number not in gone]
    return "\n".join(kept).strip("\n")


def _is_made_up(value: ast.expr, files: set[str]) -> bool:
    if not isinstance(value, ast.Call):
        return False
    name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    first = value.args[0] if value.args else None
    if name in _READERS:
        return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value not in files
    if name != "DataFrame" or first is None:
        return False
    return not any(isinstance(each, ast.Name) for each in ast.walk(first)) and isinstance(first, ast.Dict | ast.List)


def _with_columns_as_they_are(code: str, scene: Scene) -> str:
    """With the columns of known tables spelled as they are, where one alone can be meant."""
    tables = {each.name: [column.name for column in each.columns] for each in scene.variables if each.columns}
    whole = {each.name for each in scene.variables if len(each.columns) == each.columns_total}
    made = {
        node.value for node in ast.walk(ast.parse(code)) if _is_made_column(node) and isinstance(node, ast.Constant)
    }
    made |= _assigned_columns(code)
    changes: list[tuple[int, int, int, str]] = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name) or node.value.id not in whole:
            continue
        columns = tables[node.value.id]
        inner = node.slice.elts if isinstance(node.slice, ast.List | ast.Tuple) else [node.slice]
        for each in inner:
            if not isinstance(each, ast.Constant) or not isinstance(each.value, str) or each.lineno != each.end_lineno:
                continue
            right = _meant(each.value, columns) if each.value not in made else ""
            if right:
                changes.append((each.lineno, each.col_offset, each.end_col_offset or 0, right))
    return _replaced(code, changes)


def _is_made_column(_node: ast.AST) -> bool:
    return False


def _assigned_columns(code: str) -> set[str]:
    """The columns that the code itself makes: `df['x'] = …`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                found.add(str(target.slice.value))
    return found


def _meant(name: str, columns: list[str]) -> str:
    """The one column that is meant by a name that is none; empty when it is one, or it is not clear."""
    if name in columns:
        return ""
    squeezed = _SQUEEZED.sub("", name).lower()
    near = [column for column in columns if _SQUEEZED.sub("", column).lower() == squeezed]
    return near[0] if len(near) == 1 and squeezed else ""


def _replaced(code: str, changes: list[tuple[int, int, int, str]]) -> str:
    lines = code.split("\n")
    for line, start, end, text in sorted(set(changes), reverse=True):
        held = lines[line - 1].encode()
        lines[line - 1] = (held[:start] + repr(text).encode() + held[end:]).decode()
    return "\n".join(lines)


def _showing(code: str) -> str:
    """With what the last statement comes to printed, when nothing is shown."""
    body = ast.parse(code).body
    if not body or any(_prints(node) for node in body):
        return code
    last = body[-1]
    if isinstance(last, ast.Expr):
        return code
    names: list[str] = []
    for node in body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names += [target.id for target in targets if isinstance(target, ast.Name)]
    shown = list(dict.fromkeys(reversed(names)))[:1]
    return f"{code}\nprint({', '.join(shown)})" if shown else code


def _prints(node: ast.stmt) -> bool:
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            name = each.func.attr if isinstance(each.func, ast.Attribute) else getattr(each.func, "id", "")
            if name in {"print", "display", "show"}:
                return True
    return False


def _with_imports(code: str, scene: Scene) -> str:
    """With the usual imports of names that neither the code nor anything that has run defines."""
    names = code_names(code)
    needed = names.mentions & _USUAL_IMPORTS.keys()
    if not needed:
        return code
    known = {each.name for each in scene.variables}
    for cell in scene.notebook.cells:
        if cell.kind == "code" and cell.execution_count is not None:
            known |= code_names(cell.source).defines
    missing = sorted(_USUAL_IMPORTS[name] for name in needed - known)
    return "\n".join([*missing, *([""] if missing else []), code]) if missing else code
