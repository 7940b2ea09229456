"""A function by its description."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_CASES = {
    '"Ada Lovelace"': "A.L.",
    '"grace brewster murray hopper"': "G.B.M.H.",
    '"Plato"': "P.",
    '""': "",
    '"  Alan   Turing "': "A.T.",
}


def check(result: Result) -> None:
    """Right for names that were not shown, too."""
    result.keeps()
    played = result.play()
    for text, wanted in _CASES.items():
        found = played.value(f"initials({text})")
        require(found == wanted, f"initials({text}) is {found!r}, not {wanted!r}")


TASK = NotebookTask(
    words="Write a function initials(name) that gives the initials of a name in capitals, each followed by a dot: "
    "initials('Ada Lovelace') is 'A.L.', and an empty name gives an empty text.",
    cells=(code("names-cell", 'names = ["Ada Lovelace", "Alan Turing"]\nnames'),),
    check=check,
    reference=Change(
        adds=('def initials(name):\n    return "".join(f"{word[0].upper()}." for word in name.split())\n',)
    ),
    cheats=(
        Change(adds=("def initials(name):\n    return 'A.L.' if name else ''",)),
        Change(adds=('def initials(name):\n    return ".".join(word[0] for word in name.split())',)),
    ),
)
