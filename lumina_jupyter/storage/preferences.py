"""What a person chose on the settings page: a small file in the data folder, laid over the configuration.

A choice replaces the configured value, unless the configuration locks it; of two privacy settings the
stricter holds. `None` stands for "as configured".
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Literal

from ..errors import Forbidden, InvalidBody
from ..settings import Lumina
from .folders import private_folder, write_atomically

FILE = "preferences.json"
POLICIES = ("values", "schema-only", "off")
"""From the most open to the strictest."""

VariablePolicy = Literal["values", "schema-only", "off"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """A person's choices; tokens are those of one prompt."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    default_model: str | None = None
    ghost_text_model: str | None = None
    history_tokens: int | None = None
    context_tokens: int | None = None
    variable_policy: VariablePolicy | None = None
    ghost_text: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceValues:
    """The same settings with a value each."""

    default_model: str
    ghost_text_model: str
    history_tokens: int
    context_tokens: int
    variable_policy: VariablePolicy
    ghost_text: bool


NAMES = tuple(field.name for field in fields(Preferences))
_KINDS = {
    "default_model": str,
    "ghost_text_model": str,
    "history_tokens": int,
    "context_tokens": int,
    "variable_policy": str,
    "ghost_text": bool,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesView:
    """What was chosen, what the configuration says, what holds, and what cannot be chosen."""

    chosen: Preferences
    configured: PreferenceValues
    effective: PreferenceValues
    locked: list[str]


class PreferenceStore:
    """One person's choices, applied to the settings that the engine's parts read. Methods that say so block.

    Args:
        settings: The settings as configured; the choices are laid over them in place.
    """

    def __init__(self, settings: Lumina) -> None:
        self._settings = settings
        self._configured = {name: getattr(settings, name) for name in NAMES}
        self._chosen = Preferences()

    def load(self) -> None:
        """Read the file and apply it; blocks. What cannot be read counts as not chosen, and is logged."""
        path = self._settings.data_path / FILE
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            self._chosen = self._checked(Preferences(**{name: kept[name] for name in NAMES if name in kept}))
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, InvalidBody) as error:
            log.warning("%s cannot be used and is left out: %s", path, error)
            return
        self._apply()

    def save(self, chosen: Preferences) -> None:
        """Keep these choices, all of them, and apply them; blocks.

        Raises:
            Forbidden: when one of them is locked.
            InvalidBody: when a value cannot be; names the field.
            StorageFailed: when they cannot be kept.
        """
        for name in self.locked:
            if getattr(chosen, name) not in (None, getattr(self._chosen, name)):
                raise Forbidden(
                    f"{name} is fixed by this server's configuration.",
                    hint="Whoever runs the server can take it out of c.Lumina.locked_preferences.",
                )
        chosen = self._checked(chosen)
        kept = {name: value for name, value in asdict(chosen).items() if value is not None}
        folder = private_folder(self._settings.data_path)
        write_atomically(folder / FILE, json.dumps(kept, indent=2).encode() + b"\n")
        self._chosen = chosen
        self._apply()

    @property
    def locked(self) -> list[str]:
        """The names that the configuration locks."""
        return [name for name in NAMES if name in self._settings.locked_preferences]

    @property
    def view(self) -> PreferencesView:
        """All that the settings page shows of it."""
        return PreferencesView(
            chosen=self._chosen,
            configured=PreferenceValues(**self._configured),
            effective=PreferenceValues(**{name: getattr(self._settings, name) for name in NAMES}),
            locked=self.locked,
        )

    def _apply(self) -> None:
        for name in NAMES:
            setattr(self._settings, name, self._effective(name))

    def _effective(self, name: str) -> Any:
        configured, chosen = self._configured[name], getattr(self._chosen, name)
        if chosen is None or name in self.locked:
            return configured
        if name == "variable_policy":
            return max(configured, chosen, key=POLICIES.index)
        return (configured and chosen) if name == "ghost_text" else chosen

    @staticmethod
    def _checked(chosen: Preferences) -> Preferences:
        for name, kind in _KINDS.items():
            value = getattr(chosen, name)
            if value is not None and type(value) is not kind:
                raise InvalidBody(f"{name}: is of the wrong type.", field=name)
        for name in ("history_tokens", "context_tokens"):
            if (getattr(chosen, name) or 0) not in range(1_000_001):
                raise InvalidBody(f"{name}: must be from 0 to 1,000,000.", field=name)
        if chosen.variable_policy not in (None, *POLICIES):
            raise InvalidBody(f"variable_policy: must be one of {', '.join(POLICIES)}.", field="variable_policy")
        return chosen
