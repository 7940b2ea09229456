"""What usually mends an error: one sentence that turns a small model from telling of the error to mending it."""

from __future__ import annotations

import re

_ADVICE: tuple[tuple[str, str], ...] = (
    (r"ZeroDivisionError", "Check for zero before dividing."),
    (r"NameError", "Define or import that name first, or spell it as it is defined."),
    (r"ModuleNotFoundError|ImportError", "Import it from where it is, or do the same without it."),
    (r"KeyError", "That key or column is not there: take one that is, or read it with `.get` and a default."),
    (r"IndexError", "That index is not there: take the last one with `[-1]`, or check the length first."),
    (r"AttributeError: 'NoneType'|TypeError: 'NoneType'", "A method that changes its object, such as `.sort()`, returns None: call it on a line of its own."),
    (r"AttributeError", "Use an attribute that exists."),
    (r"TypeError: .*(concatenate|unsupported operand)", "Convert the values to one type first."),
    (r"TypeError: .*argument", "Call it with the arguments that it takes, or give them defaults."),
    (r"ValueError: could not convert.*\d,\d", "Replace the comma before the conversion: `.replace(',', '.')`."),
    (r"ValueError: .*(could not convert|invalid literal)", "The text is no number as it stands: replace or remove what does not belong to one before the conversion."),
    (r"ValueError: .*(matmul|shape|broadcast|align|length)", "Make the shapes fit: transpose one of the two with `.T`, or reshape it."),
    (r"IndentationError|TabError", "Indent every block."),
    (r"SyntaxError", "Correct the syntax."),
    (r"FileNotFoundError", "Use a path that exists."),
)  # fmt: skip


def advice(error: str) -> str:
    """What usually mends an error that is told as `Name: message`; empty when nothing usual does."""
    return next((text for pattern, text in _ADVICE if re.match(pattern, error)), "")
