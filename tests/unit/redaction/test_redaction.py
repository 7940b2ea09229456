"""Keys leave text; prose stays."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.telemetry.redaction import RedactingHandler, install_log_redaction, redact, register_secret

KEYS = [
    "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12",
    "sk-ant-api03-Ab12Cd34_Ef56-Gh78Ij90",
    "sk-or-v1-0123456789abcdef0123456789abcdef",
    "AIzaSyA-1234567890abcdefghijklmnopqrstu",
    "gsk_Ab12Cd34Ef56Gh78Ij90Kl12",
    "xai-Ab12Cd34Ef56Gh78Ij90Kl12",
    "pplx-Ab12Cd34Ef56Gh78Ij90Kl12",
    "ghp_Ab12Cd34Ef56Gh78Ij90Kl12Mn34",
    "github_pat_11ABCDEFG0abcdefghijkl_mnop",
    "AKIAIOSFODNN7EXAMPLE",
    "hf_Ab12Cd34Ef56Gh78Ij90Kl12",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "around", ["{}", "Incorrect API key provided: {}.", '{{"key": "{}"}}', "https://x.test/?key={}&a=1", "a\n{}\nb"]
)
def test_keys_of_known_kinds_are_masked(key: str, around: str) -> None:
    shown = redact(around.format(key))
    assert key[10:] not in shown
    assert "***" in shown
    assert redact(shown) == shown


@pytest.mark.parametrize(
    ("text", "gone", "kept"),
    [
        ("Authorization: Bearer abcdefghijkl", "abcdefghijkl", "Authorization: Bearer"),
        ("{'authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz", "authorization"),
        ("curl -H 'x-api-key: 0f1e2d3c4b5a'", "0f1e2d3c4b5a", "x-api-key"),
        ("with Bearer 0f1e2d3c4b5a there", "0f1e2d3c4b5a", "there"),
        ("https://user:hunter2@host.test/x", "hunter2", "host.test/x"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "wJalrXUtnFEMI", "AWS_SECRET_ACCESS_KEY"),
        ("LUMINA_TOKEN=0f1e2d3c4b5a6978", "0f1e2d3c4b5a6978", "LUMINA_TOKEN"),
        ("-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----", "MIIEvQ", "END"),
    ],
)
def test_secrets_are_known_by_where_they_stand(text: str, gone: str, kept: str) -> None:
    shown = redact(text)
    assert gone not in shown
    assert kept in shown


@pytest.mark.parametrize(
    "text",
    [
        "The sk-learn-compatible-estimators of this package",
        "a task-management-board-with-2025-entries",
        "Bearer of good news, the bearer shares arrived",
        "max_tokens=4096, token: 512, password: see below",
        "api_key=os.environ['KEY_1']",
        "Set a valid key with `lumina keys set PROVIDER`.",
        "https://host.test:8888/lab/tree/a@b.ipynb",
        "x = df['key'] == 'value'; d[key] = secret(3)",
        "user@example.org wrote http://example.org/a:b",
        "eyJust a word",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_registered_values_are_masked_in_every_spelling() -> None:
    register_secret('odd/"value"+with=signs')
    for text in ('odd/"value"+with=signs', "odd%2F%22value%22%2Bwith%3Dsigns", '"odd/\\"value\\"+with=signs"'):
        assert "value" not in redact(f"<{text}>")


def test_short_values_are_not_registered() -> None:
    register_secret("the")
    assert redact("the end") == "the end"


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_registered_value_never_comes_through(before: str, after: str) -> None:
    value = "zq9-registered-7731"
    register_secret(value)
    assert value not in redact(f"{before}{value}{after}")


@given(st.text(alphabet="sk-eyJ.:/@?&=Bearr \n\"'0aA_", max_size=300))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.fixture
def logged() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger below one with redaction, whose root writes to a buffer."""
    written = io.StringIO()
    top = logging.getLogger("redaction_test")
    outer = logging.StreamHandler(written)
    outer.setFormatter(logging.Formatter("%(name)s %(message)s"))
    logging.getLogger().addHandler(outer)
    install_log_redaction("redaction_test")
    install_log_redaction("redaction_test")
    assert sum(isinstance(handler, RedactingHandler) for handler in top.handlers) == 1
    yield logging.getLogger("redaction_test.deep.inside"), written
    logging.getLogger().removeHandler(outer)
    top.handlers.clear()


def test_logs_of_every_module_below_are_clean(logged: tuple[logging.Logger, io.StringIO]) -> None:
    log, written = logged
    log.error("refused: %s", KEYS[0])
    try:
        raise ValueError(f"header {KEYS[1]} is wrong")
    except ValueError:
        log.exception("failed with %s", {"key": KEYS[4]})
    shown = written.getvalue()
    assert "refused: sk-***" in shown
    assert "Traceback" in shown
    for key in KEYS[:5]:
        assert key[10:] not in shown


def test_handlers_that_format_errors_themselves_find_none_to_format(
    logged: tuple[logging.Logger, io.StringIO], caplog: pytest.LogCaptureFixture
) -> None:
    try:
        raise ValueError(KEYS[1])
    except ValueError:
        logged[0].exception("failed")
    (record,) = caplog.records
    assert record.exc_info is None
    assert record.exc_text is not None
    assert "ValueError: sk-***" in record.exc_text


def test_a_message_that_does_not_fit_its_arguments_is_still_logged(
    logged: tuple[logging.Logger, io.StringIO],
) -> None:
    log, written = logged
    log.error(f"%d of {KEYS[0]}", "many")  # noqa: G004 - the mistake that is tested
    assert "sk-***" in written.getvalue()
    assert KEYS[0] not in written.getvalue()


def test_logs_still_reach_stderr_when_nobody_set_logging_up(capsys: pytest.CaptureFixture[str]) -> None:
    import subprocess
    import sys

    code = (
        "import logging; from lumina_jupyter.telemetry.redaction import install_log_redaction as i; i()\n"
        f"logging.getLogger('lumina_jupyter.x').warning('bad %s', '{KEYS[0]}')"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stderr == "bad sk-***\n"


def test_tracebacks_of_chained_errors_are_clean() -> None:
    try:
        try:
            raise RuntimeError(KEYS[0])
        except RuntimeError as error:
            raise ValueError("outer") from error
    except ValueError:
        assert KEYS[0][10:] not in redact(traceback.format_exc())
