"""Which names are taken for those of secrets."""

from __future__ import annotations

import pytest

from lumina_jupyter.context.kernel.probe.bounds import looks_secret


@pytest.mark.parametrize(
    "name",
    ["api_key", "API_KEY", "apiKey", "OPENAI_API_KEY", "key", "token", "hf_token", "accessToken", "db_password",
     "PASSWORD", "secret", "client_secret", "aws_secret_access_key", "credentials", "my_pwd", "key2", "private_key",
     "Authorization", "session_cookie", "token_1"],
)  # fmt: skip
def test_these_are(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    ["df", "sort_key", "max_tokens", "token_count", "keyboard", "monkey", "tokenizer", "n_tokens", "primary_key",
     "foreign_key", "key_columns", "turkey", "secretary", "num_tokens", "dict_keys", "pad_token_id"],
)  # fmt: skip
def test_these_are_not(name: str) -> None:
    assert not looks_secret(name)
