"""A JSON file whose records lie inside."""

from __future__ import annotations

import json

from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require


def _file(*rows: tuple[str, str, int]) -> str:
    records = [{"name": name, "country": country, "population": people} for name, country, people in rows]
    return json.dumps({"source": "made up", "records": records}, indent=1)


_ROWS = (("Oslo", "Norway", 717_710), ("Lima", "Peru", 10_092_000), ("Quito", "Ecuador", 1_763_275))


def check(result: Result) -> None:
    """A row for each record, and its three fields as columns."""
    result.keeps()
    for rows in (_ROWS, (("Accra", "Ghana", 5), ("Kyoto", "Japan", 6))):
        played = result.play(data={"cities.json": _file(*rows)})
        found = played.value("sorted(cities[['name', 'country', 'population']].values.tolist())")
        require(found == sorted(list(row) for row in rows), "cities does not hold the records")


TASK = NotebookTask(
    words="Load the records of cities.json into a DataFrame cities with the columns name, country and population.",
    cells=(code("import-cell", "import json\n\nimport pandas as pd"),),
    data={"cities.json": _file(*_ROWS)},
    check=check,
    reference=Change(
        adds=('with open("cities.json") as file:\n    cities = pd.DataFrame(json.load(file)["records"])\ncities',)
    ),
    cheats=(
        Change(adds=('cities = pd.read_json("cities.json")',)),
        Change(adds=(f'cities = pd.DataFrame({list(map(list, _ROWS))}, columns=["name", "country", "population"])',)),
    ),
    shows=("@file:cities.json",),
)
