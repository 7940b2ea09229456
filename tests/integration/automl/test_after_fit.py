"""What a fitted object is asked for: explanations, a card, reasons, files, code."""

from __future__ import annotations

import json
import os
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from lumina_jupyter.automl import AutoML
from lumina_jupyter.automl.export.saving import save
from lumina_jupyter.automl.progress import Warned
from lumina_jupyter.errors import ModelUntrusted, SettingUnusable

from .code_alone import CODE, predicted_alone
from .tables import churn


@pytest.fixture(scope="module")
def fitted(data_folder: object) -> AutoML:
    model = AutoML(time_budget=3000, n_jobs=2, max_trials=3, folds=3, verbose=0, families=["linear"], name="after")
    return model.fit(churn(240), "churn", time=False)


def test_the_code_gives_the_same_predictions_without_lumina(fitted: AutoML, tmp_path: Path) -> None:
    """As it was found, trained anew on other rows with weights, and as its alternatives: in one process of their own."""
    other = churn(200, seed=5)
    features = churn(240).drop(columns="churn")
    refitted = AutoML.open("after").refit(other, "churn", sample_weight=np.linspace(0.5, 2, 200))
    models = {"found": fitted, "refitted": refitted, "anew": AutoML.open("after").refit()}
    models |= {name: fitted.alternative(name) for name in fitted.alternatives_}
    for name, model in models.items():
        (tmp_path / name).mkdir()
        model.to_code(tmp_path / name / CODE)
    predicted = predicted_alone(tmp_path, dict.fromkeys(models, features), "model.predict_proba(rows)")
    for name, model in models.items():
        np.testing.assert_allclose(predicted[name], model.predict_proba(features), rtol=0, atol=1e-9, err_msg=name)
    assert np.abs(models["anew"].predict_proba(features) - refitted.predict_proba(features)).max() > 0.01


def test_a_saved_model_predicts_scores_and_explains(fitted: AutoML, tmp_path: Path) -> None:
    path = fitted.save(tmp_path / "model.skops")
    loaded = AutoML.load(path)
    table = churn(50, seed=1)
    features = table.drop(columns="churn")
    np.testing.assert_array_equal(loaded.predict_proba(features), fitted.predict_proba(features))
    assert loaded.predict(features).tolist() == fitted.predict(features).tolist()
    assert loaded.score(features, table["churn"]) == fitted.score(features, table["churn"])
    assert len(loaded.explain(table, "churn").confusion().table) == 2
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_model_is_written_as_onnx_by_the_name_of_its_file(fitted: AutoML, tmp_path: Path) -> None:
    features = churn(50, seed=1).drop(columns="churn")
    written = fitted.save(tmp_path / "model.onnx")
    AutoML.load(fitted.save(tmp_path / "model.skops")).to_onnx(tmp_path / "loaded.onnx")
    inputs = {
        "months": features[["months"]].to_numpy(dtype=float),
        "price": features[["price"]].to_numpy(),
        "plan": features[["plan"]].to_numpy(dtype=object),
        "since": features[["since"]].to_numpy().astype("datetime64[s]").astype(float),
    }
    for path in (written, tmp_path / "loaded.onnx"):
        labels, probabilities = onnxruntime.InferenceSession(path).run(None, inputs)
        np.testing.assert_allclose(probabilities, fitted.predict_proba(features), atol=1e-5)
        assert labels.tolist() == fitted.predict(features).tolist()


def test_what_would_run_code_is_not_read(fitted: AutoML, tmp_path: Path) -> None:
    pickled = tmp_path / "model.pkl"
    pickled.write_bytes(pickle.dumps({"version": 1}))
    with pytest.raises(ModelUntrusted, match="pickle"):
        AutoML.load(pickled)
    foreign = save({"model": os.system}, tmp_path / "foreign.skops")
    with pytest.raises(ModelUntrusted, match="system"):
        AutoML.load(foreign)
    # What skops calls with arguments of the file's own, while it is read: it has to be a class, of where it says it is from.
    for name in (
        "sklearn.utils._testing.check_output",
        "sklearn.datasets._openml.TemporaryDirectory",
        "sklearn.base.clone",
    ):
        with pytest.raises(ModelUntrusted, match=name.rpartition(".")[2]):
            AutoML.load(calling(name, [sys.executable, "-c", f"open({str(tmp_path / 'run')!r}, 'w')"], tmp_path))
    assert not (tmp_path / "run").exists()
    broken = save({"model": 1}, tmp_path / "broken.skops")
    broken.write_bytes(broken.read_bytes()[:200])
    with pytest.raises(ModelUntrusted):
        AutoML.load(broken)


def calling(name: str, argument: list[str], folder: Path) -> Path:
    """A file that has something called when it is read."""
    module, _, own = name.rpartition(".")
    path = save({"model": (argument,)}, folder / "calling.skops")
    with zipfile.ZipFile(path) as file:
        parts = {each: file.read(each) for each in file.namelist()}
    schema = json.loads(parts["schema.json"])
    given = schema["content"]["model"]
    schema["content"]["model"] = {
        "__class__": own, "__module__": module, "__loader__": "ConstructorFromReduceNode", "content": given, "__id__": 7
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as file:
        for each, content in {**parts, "schema.json": json.dumps(schema).encode()}.items():
            file.writestr(each, content)
    return path


def test_rows_held_out_are_explained_by_models_that_had_not_seen_them(fitted: AutoML) -> None:
    explained = fitted.explain()
    assert len(explained.rows) == 240
    # Predictions made anew are those that the folds have left behind.
    some = explained.rows.take(np.arange(0, 240, 7))
    np.testing.assert_allclose(explained.rows.predict(some.frame), some.prediction, atol=1e-9)
    assert explained.scores().table["value"][0] == pytest.approx(fitted.best_score_, abs=0.05)
    needed = explained.importance().table
    assert set(needed["column"][:2]) <= {"months", "price", "plan"}
    assert needed["column"].iloc[-1] == "since"
    curve = explained.learning_curve(seconds=600)
    assert curve.table["rows"].is_monotonic_increasing
    assert (curve.table["folds"] == 3).all()
    assert curve.table["score"].iloc[-1] == pytest.approx(fitted.best_score_, abs=0.02)
    assert curve.table["score"].iloc[0] < curve.table["score"].iloc[-1]
    assert curve.figure().data
    added = explained.shapley([3], pairs=4)
    assert added.base[0] + added.contributions.iloc[0].sum() == pytest.approx(added.prediction[0])


def test_the_reasons_name_the_model_what_it_beats_and_what_could_be_taken_instead(fitted: AutoML) -> None:
    choice = fitted.explain_choice()
    assert choice.table["name"].iloc[0] == "best"
    assert {"naive", "default gradient boosting", "fast", "small", "interpretable"} <= set(choice.table["name"])
    assert (choice.table["worse_by"] >= -0.05).all()
    assert "roc_auc" in str(choice)
    assert "where every prediction has to be read off its coefficients" in str(choice)


def test_the_card_says_how_good_for_whom_and_of_what(fitted: AutoML, tmp_path: Path) -> None:
    fitted.experiment_.say(Warned(text="'price' comes about with the target."))
    card = fitted.model_card(tmp_path / "card.md")
    head = card.sections[0]
    assert head[0] == "Before you trust it"
    assert {
        "'price' comes about with the target.",
        "240 rows are few: the intervals are wide, and so is what is not known.",
    } <= set(head[1][0])
    written = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert written == card.markdown
    for heading in ("How good it is", "For whom", "What it needs", "What it is made of", "Where it ends"):
        assert f"## {heading}" in written
    assert fitted.experiment_.spec()["data_hash"] in written
    assert "roc\\_auc" in written
    assert card.html.count("<table>") >= 4
    assert "<script" not in card.html


def test_what_is_not_there_is_told(fitted: AutoML) -> None:
    with pytest.raises(SettingUnusable, match="'pric'"):
        fitted.explain().dependence("pric")
