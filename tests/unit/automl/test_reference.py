"""docs/automl-reference.md names every parameter and metric there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.metrics.metric import metric_names
from lumina_jupyter.automl.resources import TASKS

DOCUMENT = (Path(__file__).parents[3] / "docs" / "automl-reference.md").read_text(encoding="utf-8")


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = DOCUMENT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]


def test_it_names_what_there_is() -> None:
    assert sorted(row[0].strip("`") for row in rows_of("Parameters")) == sorted(AutoML().get_params())
    told = {row[0].strip("`"): re.findall(r"`([^`]+)`", row[1]) for row in rows_of("Metrics")}
    assert told == {kind: metric_names(kind) for kind in TASKS}
    attributes = {name for row in rows_of("What a fitted object has") for name in re.findall(r"`(\w+_)`", row[0])}
    explained = set(re.findall(r"^ {8}(\w+_):", AutoML.__doc__ or "", re.MULTILINE))
    assert attributes - explained == {"alternatives_"}, "The class says the same, but for what is a property."
