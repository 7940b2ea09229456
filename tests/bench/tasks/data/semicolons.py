"""A file with semicolons, and commas in its numbers."""

from __future__ import annotations

from .. import tables
from ..drawing import same
from ..notebook_task import Change, NotebookTask, code
from ..result import Result, require


def check(result: Result) -> None:
    """Three columns, two of them of numbers."""
    result.keeps()
    for seed in (1, 5):
        text = tables.semicolons(seed)
        rows = [line.replace(",", ".").split(";") for line in text.split()[1:]]
        played = result.play(data={"weather.csv": text})
        require(played.value("list(weather.columns)") == ["station", "rain", "wind"], "the columns are others")
        for column, name in ((1, "rain"), (2, "wind")):
            found = played.value(f"[v / 1 for v in weather['{name}']]", [])
            require(same(found, [float(row[column]) for row in rows]), f"{name} does not hold the file's numbers")


TASK = NotebookTask(
    words="Load weather.csv into a DataFrame named weather. rain and wind must be numbers.",
    cells=(code("import-cell", "import pandas as pd"),),
    data={"weather.csv": tables.semicolons()},
    check=check,
    reference=Change(adds=('weather = pd.read_csv("weather.csv", sep=";", decimal=",")\nweather.head()',)),
    cheats=(
        Change(adds=('weather = pd.read_csv("weather.csv")',)),
        Change(adds=('weather = pd.read_csv("weather.csv", sep=";")',)),
    ),
    shows=("@file:weather.csv",),
)
