"""What a person wrote, or set up, that cannot be used as it is."""

from __future__ import annotations

from lumina_jupyter.errors.base import LuminaError


class UnknownName(LuminaError):
    """A `{{name}}` in a prompt, or an option's value, names something that does not exist."""

    code = "unknown_name"
    http_status = 400
    default_hint = "Define it first, or write the braces with a space between them to keep them as text."


class ExpressionFailed(LuminaError):
    """A `{{expression}}` in a prompt raised an error."""

    code = "expression_failed"
    http_status = 400
    default_hint = "Correct the expression and run the cell again; nothing was sent."


class AnswerUnusable(LuminaError):
    """The answer is not what was asked for, such as no JSON."""

    code = "answer_unusable"
    http_status = 502
    default_hint = "Ask again, name a --schema, or choose a larger model."


class InvalidOption(LuminaError):
    """A command or magic was given an option or value that it does not take."""

    code = "invalid_option"
    http_status = 400
    default_hint = "`%lumina help` and `lumina --help` list the options."


class InvalidSetting(LuminaError):
    """A setting has a value that cannot be used."""

    code = "invalid_setting"
    default_hint = "Correct it in jupyter_lumina_config.py or the settings editor."


class MissingExtra(LuminaError):
    """A feature needs packages that the base install leaves out."""

    code = "missing_extra"
    http_status = 501

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs packages that are not installed.",
            hint=f"Install them with: pip install 'lumina-jupyter[{extra}]'",
        )
