"""The store of provider keys: the operating system's keyring where there is one, else an encrypted file.

Keys go in and are used; no face can read one back.
"""

from __future__ import annotations

import json
import logging
import re
import time
from pathlib import Path

from ..errors import InvalidOption, KeyStoreFailed
from ..telemetry.redaction import register_secret
from .key_file import KeyFile
from .keyring_backend import Keyring, KeyringFailed
from .providers.base import Secret

MAX_LENGTH = 16_384
"""Characters of a key; service accounts' JSON has some 2,400."""

# Stands in the file for a key that the keyring holds, because keyrings cannot be listed. A number that
# changes with the key follows it, so that other processes see the file change.
_IN_KEYRING = "@keyring:"
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")

log = logging.getLogger(__name__)


class KeyStore:
    """Keeps one key for each provider. Every method blocks: call them in a thread.

    Args:
        data_path: The data folder.
        keyring: The operating system's keyring.
    """

    def __init__(self, data_path: Path, keyring: Keyring | None = None) -> None:
        self._file = KeyFile(data_path)
        self._keyring = keyring or Keyring()

    def set(self, provider: str, key: str) -> None:
        """Keep a key, in place of an earlier one.

        Raises:
            InvalidOption: when the text cannot be a key.
            KeyStoreFailed: when it cannot be kept.
        """
        _check_provider(provider)
        key = checked_key(key)
        register_secret(key)
        with self._file.changing() as entries:
            entries[provider] = f"{_IN_KEYRING}{time.time_ns()}" if self._put_into_keyring(provider, key) else key

    def delete(self, provider: str) -> bool:
        """Forget a key; whether there was one.

        Raises:
            KeyStoreFailed: when the store cannot be read or written, or the keyring keeps the key.
        """
        _check_provider(provider)
        with self._file.changing() as entries:
            value = entries.get(provider)
            if value is not None and value.startswith(_IN_KEYRING):
                try:
                    self._keyring.delete(provider)
                except KeyringFailed as error:
                    raise _keyring_silent(provider, error) from error
            entries.pop(provider, None)
        return value is not None

    def get(self, provider: str) -> Secret | None:
        """The key, for the adapter that sends it.

        Raises:
            KeyStoreFailed: when the store cannot be read.
        """
        value = self._file.read().get(provider)
        if value is not None and value.startswith(_IN_KEYRING):
            try:
                value = self._keyring.get(provider)
            except KeyringFailed as error:
                raise _keyring_silent(provider, error) from error
        if value is None:
            return None
        register_secret(value)
        return Secret(value)

    def stored(self) -> list[str]:
        """The providers that a key is kept for.

        Raises:
            KeyStoreFailed: when the store cannot be read.
        """
        return sorted(self._file.read())

    def stamp(self) -> object:
        """Changes whenever a process changes the stored keys; cheap, does not block."""
        return self._file.stamp()

    @property
    def place(self) -> str:
        """Where a new key would be kept, for people."""
        return "the OS keyring" if self._keyring.usable else f"the encrypted file {self._file.path}"

    def _put_into_keyring(self, provider: str, key: str) -> bool:
        if not self._keyring.usable:
            return False
        try:
            self._keyring.set(provider, key)
        except KeyringFailed as error:
            log.warning("The key of %s is kept in the encrypted file, because %s.", provider, error)
            return False
        return True


def checked_key(key: str) -> str:
    """The key without the white space that pasting adds around it.

    Raises:
        InvalidOption: when it is empty, too long, or holds what no key can hold. The message never quotes it.
    """
    key = key.strip()
    if key.startswith("{"):
        # A service account's JSON, as Google hands it out: line breaks inside are part of it.
        try:
            return _short_enough(json.dumps(json.loads(key), separators=(",", ":")))
        except ValueError:
            raise InvalidOption("The key begins like JSON but is not.", hint="Paste the whole file.") from None
    if not key:
        raise InvalidOption("The key is empty.", hint="Paste the key as the provider shows it.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise InvalidOption(
            "The key holds spaces, line breaks or other characters that no key has.",
            hint="Paste the key alone, as the provider shows it.",
        )
    if key.startswith("@"):
        raise InvalidOption("No provider's key begins with @.", hint="Paste the key itself, not a file's name.")
    return _short_enough(key)


def _short_enough(key: str) -> str:
    if len(key) > MAX_LENGTH:
        raise InvalidOption(
            f"The key has {len(key):,} characters; at most {MAX_LENGTH:,} are kept.", hint="Paste the key alone."
        )
    return key


def _check_provider(provider: str) -> None:
    if not _PROVIDER.fullmatch(provider):
        raise InvalidOption(
            f"{provider!r} is not a provider's name.",
            hint="`lumina providers` lists the names; they are in lower case.",
        )


def _keyring_silent(provider: str, error: KeyringFailed) -> KeyStoreFailed:
    return KeyStoreFailed(
        f"The OS keyring holds the key of {provider} but cannot be used: {error}.",
        hint=f"Unlock the keyring, or set the key again with `lumina keys set {provider}`.",
        provider=provider,
    )
