"""Every example of docs/automl.md runs, one after the other, in a folder of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = (Path(__file__).parents[3] / "docs" / "automl.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


def test_every_example_runs(data_folder: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    assert len(EXAMPLES) == 8
    for example in EXAMPLES:
        # As in the document, but with as few models as will do, whatever the machine is busy with.
        shorter = example.replace(
            "AutoML(time_budget=60)", 'AutoML(time_budget=3000, max_trials=4, families=["linear"])'
        )
        shorter = shorter.replace(
            "horizon=14, time_budget=60", 'horizon=14, time_budget=3000, families=["linear"], max_trials=3'
        )
        shorter = shorter.replace(
            '"ranking", time_budget=60', '"ranking", time_budget=3000, families=["linear"], max_trials=3'
        )
        exec(compile(shorter.replace("time_budget=60", "time_budget=1"), "automl.md", "exec"), names)
    rows = names["table"].drop(columns="target")
    assert names["again"].predict(rows).tolist() == names["model"].predict(rows).tolist()
    assert names["model"].score(rows, names["table"]["target"]) > 0.95
    assert (tmp_path / "train.py").stat().st_size > 1000
    assert names["label"].tolist() == names["again"].predict(names["rows"]).tolist()
    assert {"past", "checked", "ahead"} == set(names["outlook"].table["part"])
    assert (tmp_path / "forecast.py").exists()
