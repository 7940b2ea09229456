"""What usually mends an error: one sentence that turns a small model from telling of the error to mending it."""

from __future__ import annotations

import re

_ADVICE: tuple[tuple[str, str], ...] = (
    (r"ZeroDivisionError", "Check for zero before dividing."),
    (r"NameError", "Define or import that name first, or spell it as it is defined."),
    (r"ModuleNotFoundError|ImportError", "Import it from where it is, or do the same without it."),
    (r"KeyError", "That key or column does not exist: use one that does, or one that may be missing with a default."),
    (r"IndexError", "Use only indexes that exist."),
    (r"AttributeError: 'NoneType'|TypeError: 'NoneType'", "Something is None: a method that changes its object in place returns None."),
    (r"AttributeError", "Use an attribute that exists."),
    (r"TypeError: .*(concatenate|unsupported operand)", "Convert the values to one type first."),
    (r"TypeError: .*argument", "Call it with the arguments that it takes, or give them defaults."),
    (r"ValueError: .*(could not convert|invalid literal)", "Clean the text before it is converted."),
    (r"ValueError: .*(matmul|shape|broadcast|align|length)", "Make the shapes fit, with a transpose or a reshape."),
    (r"IndentationError|TabError", "Indent every block."),
    (r"SyntaxError", "Correct the syntax."),
    (r"FileNotFoundError", "Use a path that exists."),
)  # fmt: skip


def advice(error: str) -> str:
    """What usually mends an error that is told as `Name: message`; empty when nothing usual does."""
    return next((text for pattern, text in _ADVICE if re.match(pattern, error)), "")
