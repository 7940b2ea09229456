"""The commands as processes: what they print, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from lumina_jupyter import __version__
from lumina_jupyter.cli.app import COMMANDS

from .running import COMMAND, Home


def test_help_lists_every_command_and_each_has_help(home: Home) -> None:
    shown = home.run("--help")
    assert shown.returncode == 0
    for name, text in COMMANDS.items():
        assert f"{name} " in shown.stdout
        assert text in shown.stdout
        one = home.run(name, "--help")
        assert one.returncode == 0
        assert one.stdout.startswith(f"Usage: lumina {name}")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, lumina_jupyter.cli as c; c.main(['--help'])\n"
        "sys.exit(','.join({'httpx', 'rich', 'traitlets', 'sqlalchemy', 'keyring', 'pydantic', 'asyncio'} & set(sys.modules)) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_version(home: Home) -> None:
    assert home.run("--version").stdout == f"lumina, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("chatt",), 2, "No such command 'chatt'"),
        (("models", "--nope"), 2, "No such option"),
        (("models", "nowhere"), 2, "no provider 'nowhere'"),
        (("usage", "--days", "x"), 2, "--days"),
        (("pull", "gpt-5"), 1, "no embedded model 'gpt-5'"),
        (("keys", "set", "opnai"), 2, "Did you mean openai"),
        (("keys", "set"), 2, "Missing argument"),
        (("keys", "delete", "nowhere"), 2, "no provider 'nowhere'"),
        (("chat", "hello"), 1, "lumina pull"),
        (("chat", "-m", "anthropic/claude-opus-5", "hello"), 1, "lumina keys set anthropic"),
        (("chat",), 2, "nothing to ask"),
        (("chat", "--max-tokens", "0", "x"), 2, "--max-tokens"),
    ],
)
def test_errors_are_a_sentence_and_an_exit_code(home: Home, arguments: tuple[str, ...], code: int, said: str) -> None:
    ended = home.run(*arguments)
    assert ended.returncode == code, ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.startswith("Error: ")
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_wrong_config_file_is_an_error_that_names_it(home: Home) -> None:
    home.configure(models={"lab/m": {"context": "many"}})
    ended = home.run("models")
    assert ended.returncode == 2
    assert "c.Lumina.models['lab/m']['context']" in ended.stderr
    (home.path / "config" / "jupyter_lumina_config.json").write_text("{")
    ended = home.run("providers")
    assert ended.returncode == 2
    assert "jupyter_lumina_config.json" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_models_and_providers_as_table_and_json(home: Home) -> None:
    home.extra["GROQ_API_KEY"] = "gsk_0123456789abcdef"
    models = home.json("models")
    assert {model["provider"] for model in models} == {"groq"}
    table = home.run("models").stdout.splitlines()
    assert table[0].split() == ["model", "context", "in", "out", "can"]
    assert any(line.startswith("groq/openai/gpt-oss-120b *") for line in table)
    columns = {line.index("chat") for line in table[1:-1]}
    assert len(columns) == 1, "columns are aligned"
    providers = {provider["name"]: provider for provider in home.json("providers")}
    assert providers["groq"]["available"] is True
    assert providers["groq"]["key_source"] == "GROQ_API_KEY"
    assert providers["openai"]["available"] is False
    assert "gsk_0123456789abcdef" not in json.dumps(providers) + home.run("providers").stdout
    assert "\x1b" not in home.run("providers").stdout


def test_a_pipe_that_closes_early_is_no_error(home: Home) -> None:
    home.extra["OPENAI_API_KEY"] = "sk-0123456789abcdef"
    process = subprocess.Popen(
        [*COMMAND, "models"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=home.environment, cwd=home.path
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(60) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_pull_without_a_name_lists_what_there_is(home: Home) -> None:
    listed = {model["name"]: model for model in home.json("pull")}
    assert listed["qwen2.5-coder-0.5b"]["bytes"] == 491_400_064
    assert listed["smollm2-135m"]["on_disk"] is False
    assert "491 MB" in home.run("pull").stdout


def test_usage_of_a_fresh_home_is_empty(home: Home) -> None:
    assert home.json("usage") == []
    assert "Nothing was asked" in home.run("usage").stdout


# --- keys -----------------------------------------------------------------------------------------

KEY = "sk-proj-Kk11Ll22Mm33Nn44Oo55"


def test_keys_are_set_from_standard_input_and_never_shown(home: Home) -> None:
    kept = home.run("keys", "set", "openai", stdin=f"{KEY}\n")
    assert kept.returncode == 0, kept.stderr
    assert home.json("keys", "list") == [{"provider": "openai", "source": "key store"}]
    assert next(status for status in home.json("providers") if status["name"] == "openai")["available"]
    everything = [kept.stdout, kept.stderr]
    for arguments in (("keys", "list"), ("providers",), ("models",), ("-v", "providers")):
        ended = home.run(*arguments)
        everything += [ended.stdout, ended.stderr]
    assert KEY not in "".join(everything)
    for path in home.path.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
    assert "is deleted" in home.run("keys", "delete", "openai").stdout
    assert home.json("keys", "list") == []
    assert home.run("keys", "delete", "openai").stdout == "No key of openai was kept.\n"


def test_a_key_on_the_command_line_is_refused_and_not_repeated(home: Home) -> None:
    ended = home.run("keys", "set", "openai", KEY)
    assert ended.returncode == 2
    assert KEY not in ended.stdout + ended.stderr
    assert "never taken from the command line" in ended.stderr
    assert home.json("keys", "list") == []


def test_a_key_does_not_show_in_the_process_list(home: Home) -> None:
    process = subprocess.Popen(
        [*COMMAND, "keys", "set", "openai"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=home.environment,
        cwd=home.path,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(KEY)
    process.stdin.flush()
    seen = ""
    deadline = time.monotonic() + 60
    while "lumina_jupyter.cli" not in seen and time.monotonic() < deadline:
        seen = subprocess.run(
            ["ps", "-p", str(process.pid), "-o", "args="], capture_output=True, text=True, check=False
        ).stdout
    assert KEY not in seen
    out, _ = process.communicate()
    assert process.returncode == 0
    assert KEY not in out


@pytest.mark.parametrize("bad", ["", "two words", "two\nlines", "nul\0byte"])
def test_what_is_no_key_is_refused(home: Home, bad: str) -> None:
    ended = home.run("keys", "set", "openai", stdin=bad)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith("Error: The key ")
    assert home.json("keys", "list") == []


def test_a_damaged_key_file_says_what_to_do(home: Home) -> None:
    home.run("keys", "set", "openai", stdin=KEY)
    (home.data / "keys.enc").write_bytes(b"damaged")
    status = next(status for status in home.json("providers") if status["name"] == "openai")
    assert "cannot be decrypted" in status["reason"]
    again = home.run("keys", "set", "openai", stdin=KEY)
    assert again.returncode == 0
    assert "Warning: The damaged file of keys is kept as" in again.stderr
    assert home.json("keys", "list") == [{"provider": "openai", "source": "key store"}]
