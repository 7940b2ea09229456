"""How usual things are done, for models that know the words and not always the way: a sentence for what the task asks."""

from __future__ import annotations

import ast
import re

from ...syntax import parse

_PIVOT = re.compile(
    r"\brows? (?:for|per) (?:each|every)\b.{0,60}\bcolumns? (?:for|per) (?:each|every)\b"
    r"|\bcolumns? (?:for|per) (?:each|every)\b.{0,60}\brows? (?:for|per) (?:each|every)\b|\bpivot\b|\bcross-?tab",
    re.IGNORECASE | re.DOTALL,
)
_MEAN = re.compile(r"\b(?:mean|average)\b", re.IGNORECASE)
_JOIN = re.compile(r"\b(?:join|merge)\b", re.IGNORECASE)
_KEPT = re.compile(r"\b(?:kept|keep|stay|remain|even if|also those)\b", re.IGNORECASE)
_SLOW = re.compile(r"\b(?:slow\w*|fast\w*|speed|quick\w*|efficient|vectori[sz]e\w*)\b", re.IGNORECASE)
_ROW_BY_ROW = {"iterrows", "itertuples", "apply"}


def idioms(words: str, code: str = "") -> str:
    """What usually does it, a sentence for each thing that the words ask for; empty when nothing is known.

    Args:
        words: The task's.
        code: The Python code that is to be changed, if some is.
    """
    found: list[str] = []
    if _PIVOT.search(words):
        how = "mean" if _MEAN.search(words) else "sum"
        found.append(f"Use `pivot_table(index=…, columns=…, values=…, aggfunc='{how}', fill_value=0)`.")
    if _JOIN.search(words) and _KEPT.search(words):
        found.append("Rows that match nothing are kept by `merge(…, how='left')`.")
    if code and _SLOW.search(words):
        found += _faster(code)
    return " ".join(found)


def _faster(code: str) -> list[str]:
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: list[str] = []
    if any(isinstance(node, ast.Attribute) and node.attr in _ROW_BY_ROW for node in ast.walk(tree)):
        found.append(
            "Compute whole columns at once, without a loop and without `apply`; where rows differ, with "
            "`np.where(condition, value_if_true, value_if_false)`."
        )
    if any(_calls_itself(node) for node in ast.walk(tree)):
        found.append("Have results that were computed kept, with `@functools.lru_cache(maxsize=None)` and its import.")
    return found


def _calls_itself(node: ast.AST) -> bool:
    """Whether it is a function that calls itself more than once."""
    if not isinstance(node, ast.FunctionDef):
        return False
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)]
    return sum(isinstance(each.func, ast.Name) and each.func.id == node.name for each in calls) > 1
