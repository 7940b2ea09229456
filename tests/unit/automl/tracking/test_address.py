"""Addresses of MLflow servers: which are none, and that their passwords are never seen."""

from __future__ import annotations

import pytest

from lumina_jupyter.automl.tracking.address import check_address, place_of, without_secrets
from lumina_jupyter.errors import SettingUnusable


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:5000",
        "https://ada:s%2Fcret@mlflow.example.org/behind/a/proxy/",
        "http://ada:s@cret@[::1]:5000",
        "sqlite:////tmp/mlflow.db",
        "postgresql+psycopg2://ada:secret@db/mlflow",
        "databricks",
        "databricks://profile",
        "/data/mlruns",
        "./mlruns",
        "file:/data/mlruns",
    ],
)
def test_what_the_client_knows_is_an_address(uri: str) -> None:
    check_address(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "127.0.0.1:5000",
        "localhost:5000",
        "localhost",
        "http://",
        "http://:5000",
        "http://[abc",
        "https://[abc",
        "HTTP://[abc",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://127.0.0.1:five",
        "http://host\n.example.org",
        "http://nul\0.example.org",
        "ada:hunter2@127.0.0.1:5000",
        "http://ada:hunter2/x@127.0.0.1:5000",
        "http://ada:hunter2?x@127.0.0.1:5000",
        "http://ada:hunter2#x@127.0.0.1:5000",
        "http://ada:1234/hunter2@127.0.0.1:5000",
    ],
)
def test_what_is_no_address_is_told_without_its_password(uri: str) -> None:
    with pytest.raises(SettingUnusable, match="is no address of an MLflow server") as caught:
        check_address(uri)
    assert "http://host:port" in caught.value.hint
    assert ("%2F" in caught.value.hint) == ("@" in uri)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("http://ada:hunter2@host:5000/mlflow?key=hunter2", "http://host:5000/mlflow"),
        ("http://ada:hunt@er2@host", "http://host"),
        ("http://hunter2@host", "http://host"),
        ("http://ada:hunter2#x@host", "http://host"),
        ("http://ada:hunter2://x@host", "http://host"),
        ("http://[hunter2", "http://[hunter2"),
        ("ada:hunter2@host:5000", "host:5000"),
        ("sqlite:////tmp/mlflow.db", "sqlite:////tmp/mlflow.db"),
    ],
)
def test_a_place_has_no_name_and_no_password(uri: str, place: str) -> None:
    assert place_of(uri) == place


@pytest.mark.parametrize(
    ("uri", "secret"),
    [
        ("http://ada:hunter2@host", "hunter2"),
        ("http://ada:hunt@er2@host", "hunt@er2"),
        ("http://tokentoken@host", "tokentoken"),
        ("http://token%2Ftoken@host", "token/token"),
        ("http://ada:hunt%40er2@host", "hunt@er2"),
        ("http://ada:hunt%40er2@host", "hunt%40er2"),
    ],
)
def test_a_text_has_no_password(uri: str, secret: str) -> None:
    told = without_secrets(f"API request to {uri}/api failed, {secret!r} is wrong.", uri)
    assert secret not in told
    assert told.startswith("API request to http://***@host/api failed")
    assert told.endswith("is wrong.")


def test_a_text_about_an_address_without_a_password_stays_as_it_is() -> None:
    assert without_secrets("API request to http://host failed.", "http://host") == "API request to http://host failed."


def test_a_key_of_another_kind_is_not_seen_either() -> None:
    told = without_secrets("It was sent with authorization: Bearer 0123456789abcdef.", "http://host")
    assert "0123456789abcdef" not in told
