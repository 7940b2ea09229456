"""Names of cities with spaces around them and in all cases."""

from __future__ import annotations

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require

_DATA = 'import pandas as pd\n\nvisits = pd.DataFrame({"city": [" Oslo", "LIMA ", "oslo", "Lima", " quito "], "n": [1, 2, 3, 4, 5]})\nvisits'
_OTHER = 'import pandas as pd\n\nvisits = pd.DataFrame({"city": ["ACCRA  ", " accra", "New York"], "n": [7, 8, 9]})'


def check(result: Result) -> None:
    """Trimmed and in title case, in the table itself."""
    result.keeps()
    cities = "list(visits['city'])"
    require(result.play().value(cities) == ["Oslo", "Lima", "Oslo", "Lima", "Quito"], "the cities are not clean")
    other = result.play(sources={"data-cell": _OTHER})
    require(other.value(cities) == ["Accra", "Accra", "New York"], "other cities are not cleaned")
    require(other.value("list(visits['n'])") == [7, 8, 9], "other columns changed")


TASK = NotebookTask(
    words="Clean the city column of visits: no spaces around the names, and each name in title case, like Oslo.",
    cells=(code("data-cell", _DATA), code("count-cell", 'visits["city"].value_counts()')),
    check=check,
    reference=Change(adds=('visits["city"] = visits["city"].str.strip().str.title()\nvisits["city"].value_counts()',)),
    cheats=(
        Change(adds=('visits["city"] = ["Oslo", "Lima", "Oslo", "Lima", "Quito"]',)),
        Change(adds=('visits["city"] = visits["city"].str.title()',)),
        Change(adds=('visits["city"].str.strip().str.title()',)),
    ),
    shows=("@visits",),
)
