"""Searches on the server: one real job that is begun, watched, asked to predict and gone on with; and who may do what."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import IdentityProvider, User
from traitlets.config import Config

from lumina_jupyter.automl.candidate import Candidate, Trial
from lumina_jupyter.automl.experiment.experiment import Experiment
from lumina_jupyter.automl.jobs.job import Job, JobFolder, JobView
from lumina_jupyter.settings import Lumina
from tests.integration.automl.tables import churn

from .conftest import Face
from .test_api_description import check

JOB = {"target": "churn", "seconds": 600, "trials": 4, "families": ["linear"], "folds": 3}
EXPERIMENT = "/lumina/api/automl/experiments/{experiment}"


def write_tables(root: Path) -> None:
    churn().to_csv(root / "churn.csv", index=False)
    churn(5, seed=1).drop(columns="churn").to_json(root / "new.jsonl", orient="records", lines=True, date_format="iso")


async def told(http: httpx.AsyncClient, name: str, **headers: str) -> list[tuple[str, dict[str, Any]]]:
    """All that the stream of an experiment tells, up to its end."""
    found: list[tuple[str, dict[str, Any]]] = []
    kind = ""
    async with http.stream(
        "GET", f"lumina/api/automl/experiments/{name}/stream", headers=headers, timeout=500
    ) as stream:
        assert stream.status_code == 200
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                found.append((kind, json.loads(line[6:])))
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_search_from_the_beginning_to_predictions_and_on(face: Face, caplog: pytest.LogCaptureFixture) -> None:
    write_tables(Path(face.app.root_dir))
    async with face.client() as http:
        http.timeout = httpx.Timeout(500)
        description = (await http.get("lumina/api/openapi.json")).json()

        def fits(answer: httpx.Response, path: str, method: str = "get", status: int = 200) -> Any:
            assert answer.status_code == status, answer.text
            schema = description["paths"][path][method]["responses"][str(status)]["content"]["application/json"][
                "schema"
            ]
            check(description, schema, answer.json())
            return answer.json()

        jobs = "lumina/api/automl/jobs"
        first = fits(
            await http.post(jobs, json={**JOB, "file": "churn.csv", "name": "Ärger 1"}), f"/{jobs}", "post", 202
        )
        second = fits(await http.post(jobs, json={**JOB, "file": "churn.csv"}), f"/{jobs}", "post", 202)
        assert first["name"] == "Ärger 1"
        assert second["state"] == "queued"
        assert second["place"] == 1, "One at a time."
        taken = await http.post(jobs, json={**JOB, "file": "churn.csv", "name": "Ärger 1"})
        assert taken.json()["error"]["code"] == "setting_unusable"
        stopped = await http.post(f"lumina/api/automl/experiments/{second['name']}/stop")
        assert fits(stopped, f"{EXPERIMENT}/stop", "post")["job"]["state"] == "stopped"
        early = await http.post("lumina/api/automl/experiments/Ärger 1/predict", json={"rows": [{"months": 1}]})
        assert early.json()["error"]["code"] == "nothing_trained"

        events = await told(http, "Ärger 1")
        assert [kind for kind, _ in events][-1] == "over"
        assert events[-1][1] == {"state": "done"}
        states = [data["state"] for kind, data in events if kind == "job"]
        assert states[-1] == "done"
        entries = [data for kind, data in events if kind == "entry"]
        assert [each["sequence"] for each in entries] == list(range(1, len(entries) + 1))
        assert {"SearchBegan", "TrialChanged", "EnsembleMade"} <= {each["event"]["event"] for each in entries}
        again = await told(http, "Ärger 1", **{"Last-Event-ID": str(len(entries) - 2)})
        assert [data["sequence"] for kind, data in again if kind == "entry"] == [len(entries) - 1, len(entries)]

        one = "lumina/api/automl/experiments/Ärger 1"
        view = fits(await http.get(one, params={"rows": 2}), EXPERIMENT)
        assert view["state"] == "done"
        assert view["skill"] is True
        assert view["score"] > 0.8
        assert view["job"]["file"] == "churn.csv"
        assert view["validation"]
        assert len(view["leaderboard"]) == 2
        assert view["left_out"] >= 1
        assert view["leaderboard"][0]["score"] >= view["leaderboard"][1]["score"]
        listed = fits(await http.get("lumina/api/automl/experiments"), "/lumina/api/automl/experiments")["experiments"]
        assert [each["name"] for each in listed if each["state"] == "done"] == ["Ärger 1"]

        rows = json.loads("[" + ",".join((Path(face.app.root_dir) / "new.jsonl").read_text().splitlines()) + "]")
        body = {"rows": rows, "probabilities": True}
        predicted = fits(await http.post(f"{one}/predict", json=body), f"{EXPERIMENT}/predict", "post")
        assert predicted["classes"] == ["no", "yes"]
        assert len(predicted["predictions"]) == 5
        assert all(abs(sum(row) - 1) < 1e-9 for row in predicted["probabilities"])
        from_file = fits(await http.post(f"{one}/predict", json={"file": "new.jsonl"}), f"{EXPERIMENT}/predict", "post")
        assert from_file["predictions"] == predicted["predictions"]
        script = await http.get(f"{one}/code")
        assert script.status_code == 200, script.text
        assert "churn.csv" in script.text
        compile(script.text, "code.py", "exec")
        card = await http.get(f"{one}/card", params={"format": "html"})
        assert card.status_code == 200, card.text
        assert "attachment" in card.headers["content-disposition"]
        assert "<h1>" in card.text

        assert (await http.post(f"{one}/resume", json={"seconds": -1})).status_code == 400
        over = await http.post(f"{one}/pause")
        assert over.json()["error"]["code"] == "setting_unusable"

        assert (await http.delete(one)).status_code == 204
        gone = await http.get(one)
        assert gone.status_code == 404
        assert gone.json()["error"]["code"] == "experiment_missing"
    assert not (face.extension.service.settings.experiments_path / "Ärger 1").exists()


async def test_tables_elsewhere_are_refused_and_nothing_is_begun(face: Face, tmp_path: Path) -> None:
    root = Path(face.app.root_dir)
    write_tables(root)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "theirs.csv").write_text("a,churn\n1,2\n")
    (root / "link.csv").symlink_to(outside / "theirs.csv")
    (root / "folder").symlink_to(outside)
    (root / "notes.txt").write_text("a,churn\n1,2\n")
    (root / "disguised.csv").symlink_to(root / "notes.txt")
    (root / ".hidden.csv").write_text("a,churn\n1,2\n")
    (root / "directory.csv").mkdir()
    os.mkfifo(root / "pipe.csv")
    refused = {
        "../outside/theirs.csv": 403,
        str(outside / "theirs.csv"): 403,
        "~/theirs.csv": 403,
        "C:\\theirs.csv": 403,
        "link.csv": 403,
        "folder/theirs.csv": 403,
        ".hidden.csv": 403,
        "a\0.csv": 403,
        "directory.csv": 404,
        "pipe.csv": 404,
        "missing.csv": 404,
        "notes.txt": 422,
        "disguised.csv": 422,
        "": 400,
    }
    wrong: list[dict[str, Any]] = [
        {"seconds": 0},
        {"seconds": 1e9},
        {"cores": -1},
        {"folds": 1},
        {"name": "../up"},
        {"name": "a/b"},
        {"memory_mb": -1},
        {"surprise": 1},
        {"target": ""},
    ]
    async with face.client() as http:
        for file, status in refused.items():
            answer = await http.post("lumina/api/automl/jobs", json={**JOB, "file": file})
            assert answer.status_code == status, (file, answer.text)
        for each in wrong:
            answer = await http.post("lumina/api/automl/jobs", json={**JOB, "file": "churn.csv", **each})
            assert answer.status_code in {400, 422}, (each, answer.text)
        for name in ("..%2F..%2Fetc", "%2E%2E", "nothing", "a%2Fb", "a%00b"):
            for method, way in (("GET", ""), ("DELETE", ""), ("GET", "/stream"), ("GET", "/card"), ("POST", "/stop")):
                answer = await http.request(method, f"lumina/api/automl/experiments/{name}{way}")
                assert answer.status_code == 404, (method, name, way, answer.text)
        assert (await http.get("lumina/api/automl/jobs")).json() == {"jobs": []}
        assert (await http.get("lumina/api/automl/experiments")).json() == {"experiments": []}


def ended(settings: Lumina, name: str, owner: str) -> None:
    """An experiment whose search is over, and the job that it was, where it was somebody's."""
    experiment = Experiment.create(name, "y", root=settings.experiments_path)
    spec = {"id": name, "task": "binary", "target": "y", "rows": 9, "columns": 1, "data_hash": "x", "seed": 0}
    asked = {"parameters": {}, "versions": {}, "metric": {"name": "roc_auc", "greater_is_better": True, "named": True}}
    experiment.write_spec({**spec, **asked})
    experiment.write_trial(Trial(number=0, candidate=Candidate(family="naive"), state="done"))
    experiment.write_result({"weights": {"0": 1.0}, "score": 0.5, "seconds": 1.0})
    if owner:
        folder = JobFolder(settings.data_path / "automl-jobs" / name)
        folder.make()
        view = JobView(name=name, kind="search", state="done", created_at=1.0)
        folder.write(Job(view=view, owner=owner))


class Names(IdentityProvider):
    """Knows people by a header."""

    def get_user(self, handler: Any) -> User | None:
        if handler.request.headers.get("Authorization") != f"Bearer {self.token}":
            return None
        handler._token_authenticated = True
        return User(handler.request.headers.get("X-User", "ada"))


class NoKernels(Authorizer):
    """Nobody runs anything."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return (action, resource) != ("execute", "kernels")


class TestPeople:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["identity_provider_class"] = Names
        return jp_server_config

    async def test_what_another_person_searches_for_does_not_exist(self, face: Face) -> None:
        write_tables(Path(face.app.root_dir))
        api = "lumina/api/automl"
        async with (
            face.client() as ada,
            face.client(**{"X-User": "bob"}) as bob,
            face.client(face.kernel_token) as kernel,
        ):
            begun = await ada.post(f"{api}/jobs", json={**JOB, "file": "churn.csv", "name": "hers"})
            assert begun.status_code == 202, begun.text
            one = f"{api}/experiments/hers"
            asked = [
                ("GET", one),
                ("DELETE", one),
                *(("GET", f"{one}/{word}") for word in ("stream", "card", "code")),
                *(("POST", f"{one}/{word}") for word in ("pause", "go-on", "stop", "resume")),
            ]
            for other in (bob, kernel):
                for method, path in asked:
                    assert (await other.request(method, path)).status_code == 404, path
                assert (await other.post(f"{one}/predict", json={"rows": [{}]})).status_code == 404
                assert (await other.get(f"{api}/jobs")).json() == {"jobs": []}
                assert (await other.get(f"{api}/experiments")).json() == {"experiments": []}
                taken = await other.post(f"{api}/jobs", json={**JOB, "file": "churn.csv", "name": "hers"})
                assert taken.json()["error"]["code"] == "setting_unusable"
            assert [each["name"] for each in (await ada.get(f"{api}/jobs")).json()["jobs"]] == ["hers"]
            assert (await ada.delete(one)).status_code == 204
            assert (await ada.get(f"{api}/jobs")).json() == {"jobs": []}

    async def test_neither_does_what_became_of_it(self, face: Face) -> None:
        settings = face.extension.service.settings
        for name, owner in (("hers", "ada"), ("everybodys", "")):
            ended(settings, name, owner)
        api = "lumina/api/automl"
        shown = {"ada": {"hers", "everybodys"}, "bob": {"everybodys"}, "kernel": {"everybodys"}}
        async with (
            face.client() as ada,
            face.client(**{"X-User": "bob"}) as bob,
            face.client(face.kernel_token) as kernel,
        ):
            for who, client in (("ada", ada), ("bob", bob), ("kernel", kernel)):
                for path in ("experiments", "history"):
                    found = (await client.get(f"{api}/{path}")).json()["experiments"]
                    assert {each["name"] for each in found} == shown[who], (who, path)
                both = await client.get(f"{api}/comparison", params={"name": ["hers", "everybodys"]})
                assert both.status_code == (200 if who == "ada" else 404), both.text
            asked = [
                ("GET", ""),
                ("GET", "/card"),
                ("GET", "/code"),
                ("GET", "/stream"),
                ("POST", "/resume"),
                ("DELETE", ""),
            ]
            for method, way in asked:
                for other in (bob, kernel):
                    assert (await other.request(method, f"{api}/experiments/hers{way}")).status_code == 404, way
            assert (await bob.delete(f"{api}/experiments/everybodys")).status_code == 204
            assert [each["name"] for each in (await ada.get(f"{api}/history")).json()["experiments"]] == ["hers"]


class TestRights:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: Config) -> Config:
        jp_server_config["ServerApp"]["authorizer_class"] = NoKernels
        return jp_server_config

    async def test_who_may_run_nothing_has_nothing_run(self, face: Face) -> None:
        write_tables(Path(face.app.root_dir))
        one = "lumina/api/automl/experiments/x"
        async with face.client() as http:
            assert (await http.get("lumina/api/automl/experiments")).status_code == 200
            refused = [await http.post("lumina/api/automl/jobs", json={**JOB, "file": "churn.csv"})]
            refused += [await http.post(f"{one}/{word}") for word in ("stop", "resume", "pause")]
            refused += [
                await http.get(f"{one}/card"),
                await http.delete(one),
                await http.post(f"{one}/predict", json={}),
            ]
            assert {each.status_code for each in refused} == {403}
