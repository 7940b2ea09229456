"""`lumina automl`: one search that is interrupted and kept, predicted with and deleted."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest

from tests.integration.automl.tables import churn

from .running import COMMAND, Home


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_search_is_interrupted_kept_and_predicted_with(home: Home) -> None:
    churn().to_csv(home.path / "churn.csv", index=False)
    churn(5, seed=1).drop(columns="churn").to_parquet(home.path / "new.parquet")
    begun = subprocess.Popen(
        [*COMMAND, "automl", "run", "churn.csv", "--target", "churn", "--time", "900", "--name", "my churn"],
        env=home.environment,
        cwd=home.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = home.data / "automl" / "my churn" / "events.jsonl"
    until = time.monotonic() + 400
    while not (said.exists() and '"BestImproved"' in said.read_text()):
        assert begun.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    (running,) = home.json("automl", "list")
    assert running["state"] == "running"
    refused = home.run("automl", "delete", "my churn", "--yes")
    assert "being searched" in refused.stderr
    begun.send_signal(signal.SIGINT)
    output, errors = begun.communicate(timeout=400)
    assert begun.returncode == 0, errors
    assert "The search was interrupted; the best so far is kept." in errors
    assert "Of rows held out the blend reaches roc_auc" in output
    assert "naive (naive)" in output

    shown = home.json("automl", "show", "my churn", "--rows", "1")
    assert shown["state"] == "done"
    assert len(shown["leaderboard"]) == 1
    predicted = home.run("automl", "predict", "my churn", "new.parquet", "--probabilities")
    header, *rows = predicted.stdout.splitlines()
    assert header == "churn,churn no,churn yes"
    assert len(rows) == 5

    assert home.json("automl", "clean", "--keep", "0", "--yes")["deleted"] == [], "It has a name."
    old = home.data / "automl" / "churn-20260101-120000"
    (home.data / "automl" / "my churn").rename(old)
    assert home.json("automl", "clean", "--keep", "0", "--yes")["deleted"] == [], "Somebody has chosen its name."
    (old / "naming.json").unlink()  # as of experiments that are older than this record
    unasked = home.run("automl", "clean", "--keep", "0")
    assert unasked.returncode == 2
    assert old.exists()
    assert home.json("automl", "clean", "--keep", "1", "--yes")["deleted"] == []
    assert home.json("automl", "clean", "--keep", "0", "--yes")["deleted"] == [old.name]
    assert not old.exists()
    assert home.run("automl", "list").stdout.startswith("No search was made yet.")


def test_what_cannot_be_done_is_a_sentence(home: Home) -> None:
    (home.path / "notes.txt").write_text("a,b\n1,2\n")
    missing = home.run("automl", "show", "nothing")
    assert missing.returncode == 1
    assert "`lumina automl list` shows the experiments that are kept." in missing.stderr
    no_table = home.run("automl", "run", "notes.txt", "--target", "b")
    assert no_table.returncode == 1
    assert "is no table" in no_table.stderr
    assert json.loads(home.run("automl", "list", "--json").stdout) == []
