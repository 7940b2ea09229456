"""Files as no program should write them, and what is asked of every face that meets one."""

from __future__ import annotations

import json
from typing import Any

BROKEN = {
    "empty": "",
    "no JSON": "this is no notebook",
    "cut off": '{"cells": [{"cell_type": "code", "sou',
    "no notebook": '["nothing", "of", "the", "kind"]',
    "cells of no known type": '{"cells": [{"cell_type": "poem", "source": "x"}], "metadata": {}, "nbformat": 4}',
    "outputs that are none": '{"cells": [{"cell_type": "code", "source": "x", "outputs": "y"}], "nbformat": 4}',
    "a format to come": '{"cells": [], "metadata": {}, "nbformat": 9, "nbformat_minor": 0}',
}
"""No notebooks: they are refused in a sentence, and left as they are."""

_SHOWN = {"output_type": "stream", "stream": "stdout", "text": ["42\n"]}
_RUN = {"cell_type": "code", "input": ["a = 1\n", "b"], "outputs": [_SHOWN], "language": "python", "metadata": {}}
_TITLE = {"cell_type": "heading", "level": 2, "source": "Title", "metadata": {}}
OLD = json.dumps(
    {"worksheets": [{"cells": [_TITLE, _RUN]}], "metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0}
)
"""Of format 3: two cells, and an output that is 42."""
OLD_TEXTS = ["## Title", "a = 1\nb"]

HAND_EDITED: list[Any] = [
    "words",
    5,
    None,
    ["a"],
    {"model": ["no", "text"], "time": {}, "reviewed_by": 1, "policy": ["off"]},
    {"policy": {"variables": 5, "ghost_text": {}, "tools": None, "": [1]}, "run": 2**70},
]
"""What somebody may have made of `metadata.lumina`, of a cell or a notebook."""


def code(cell_id: str | None, source: str, lumina: Any = ...) -> dict[str, Any]:
    """A code cell, without an id if there is to be none."""
    metadata = {} if lumina is ... else {"lumina": lumina}
    cell: dict[str, Any] = {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }
    return cell if cell_id is None else {"id": cell_id, **cell}


def notebook(*cells: dict[str, Any], lumina: Any = ...) -> str:
    """A notebook's file."""
    metadata = {} if lumina is ... else {"lumina": lumina}
    return json.dumps({"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


TWINS = notebook(code("a", "one"), code("a", "two"), code(None, "three"), code("not allowed!", "four"))
"""Ids that are there twice, missing and impossible; of four cells."""
TWINS_TEXTS = ["one", "two", "three", "four"]


def texts(file: str) -> list[str]:
    """The cells' texts in a notebook's file of the present format."""
    return ["".join(cell["source"]) for cell in json.loads(file)["cells"]]
