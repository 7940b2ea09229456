"""Takes keys out of text before anyone sees it: logs, error messages, what a provider answered.

Two ways together: every key in use is registered and masked wherever it stands, and text that looks
like a key of a known kind is masked though nobody registered it. All patterns take linear time.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from urllib.parse import quote

MASK = "***"
MIN_LENGTH = 8
"""Characters below which a registered value is not masked: it would hide ordinary words."""

# Each alternative begins at a token's start, and repeats one class of characters that excludes what
# follows it, so that no text makes the matching go back and forth.
_PART = r"[A-Za-z0-9_\-]"
_BOUNDARY = rf"(?<!{_PART})"
_KEY_LIKE = re.compile(
    rf"""
      {_BOUNDARY}(?P<prefix>sk-|pk-lf-|xai-|gsk_|pplx-|hf_|r8_|nvapi-|AIza|ya29\.|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|ABSK)
        (?P<rest>[A-Za-z0-9_\-.+/=]{{12,}})
    | {_BOUNDARY}(?P<jwt>eyJ[A-Za-z0-9_\-]{{8,}}\.[A-Za-z0-9_\-]{{4,}}(?:\.[A-Za-z0-9_\-]*)?)
    | (?P<scheme>(?i:\bauthorization\b["']?\s{{0,3}}[:=]\s{{0,3}}["']?(?:bearer|basic|token|apikey)?\s{{1,3}}))
        (?P<credentials>[^\s"',;]{{4,}})
    | (?P<bearer>\b[Bb]earer\s{{1,3}})(?P<token>[A-Za-z0-9_\-.~+/=]{{8,}})
    | (?P<name>(?i:{_BOUNDARY}(?:[a-z0-9_]{{0,40}}_)?(?:x-)?
        (?:api[-_]?key|access[-_]?token|auth[-_]?token|client[-_]?secret|secret[-_]?access[-_]?key|session[-_]?token|
           private[-_]?key|lumina[-_]token|password)["']?\s{{0,3}}[:=]\s{{0,3}}["']?))
        (?P<value>[^\s"',;&<>(){{}}\[\]]{{8,}})
    | (?P<user>://[^\s/@:"'<>]{{0,256}}:)(?P<password>[^\s/@"'<>]{{1,1024}})(?=@)
    | (?P<query>[?&](?:key|token|api[-_]key|access_token|sig|signature)=)(?P<argument>[^\s&"'<>]{{6,}})
    | (?P<pem>-----BEGIN\ [A-Z ]{{0,30}}PRIVATE\ KEY-----)[^-]*
    """,
    re.VERBOSE,
)
_HINTS = re.compile(
    r"sk-|pk-lf|xai-|gsk_|pplx-|hf_|r8_|nvapi-|AIza|ya29|gh[pousr]_|github_pat|glpat|xox|AKIA|ASIA|ABSK|eyJ|://|[?&]|PRIVATE|(?i:bearer|authorization|key|token|secret|password)"
)


class _Registry:
    """The keys in use."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._values_pattern: re.Pattern[str] | None = None
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def add(self, value: str) -> None:
        """Take in a value and the spellings that it has in a URL and in JSON."""
        if len(value) < MIN_LENGTH or value in self._values:
            return
        with self._lock:
            self._values |= {value, quote(value, safe=""), json.dumps(value)[1:-1]}
            # The longest first: a key may begin with another.
            values = "|".join(map(re.escape, sorted(self._values, key=len, reverse=True)))
            self._values_pattern = re.compile(f"(?:{values})")
            # What stands right before or after a value belongs to a longer key that nobody registered. From a token's
            # start alone, so that the time stays linear.
            self._pattern = re.compile(rf"(?:{_BOUNDARY}{_PART}*?)?(?:{values}){_PART}*")

    def mask(self, text: str) -> str:
        """The text without the values, and without what they are a part of."""
        if self._pattern is None or self._values_pattern is None or self._values_pattern.search(text) is None:
            return text
        return self._pattern.sub(MASK, text)


_REGISTRY = _Registry()


def register_secret(value: str) -> None:
    """Mask this value from now on wherever it turns up, also quoted for a URL or for JSON."""
    _REGISTRY.add(value)


def redact(text: str) -> str:
    """The text with every registered key and everything that looks like a key replaced by stars."""
    text = _REGISTRY.mask(text)
    if _HINTS.search(text) is None:
        return text
    return _KEY_LIKE.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "rest":
        rest = match["rest"]
        # A word of prose such as `sk-learn-compatible` has no digit; keys do.
        return f"{match['prefix']}{MASK}" if _is_random(rest) else match[0]
    if kind == "jwt":
        return MASK
    if kind == "credentials":
        return f"{match['scheme']}{MASK}"
    if kind == "token":
        return f"{match['bearer']}{MASK}" if _is_random(match["token"]) else match[0]
    if kind == "value":
        return f"{match['name']}{MASK}" if _is_random(match["value"]) else match[0]
    if kind == "password":
        return f"{match['user']}{MASK}"
    if kind == "argument":
        return f"{match['query']}{MASK}"
    return f"{match['pem']}{MASK}"


def _is_random(text: str) -> bool:
    return any(character.isdigit() for character in text) or (len(text) >= 32 and not set("-_. ") & set(text))


class RedactingHandler(logging.Handler):
    """Takes keys out of log records in place.

    Put on a logger, it sees the records of that logger and of all below it before the handlers of the
    loggers above do: so whatever writes them, to a file or a screen, gets them clean.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Clean the record's message, traceback and stack."""
        try:
            record.msg, record.args = redact(record.getMessage()), None
        except Exception:  # noqa: BLE001 - formatting may raise anything
            # A message that its arguments do not fit: other handlers report that, with nothing to leak.
            record.msg, record.args = redact(str(record.msg)), None
        if record.exc_info:
            record.exc_text = redact(_FORMATTER.formatException(record.exc_info)) if record.exc_info[0] else None
            record.exc_info = None
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        # Our being here keeps logging from its last resort: do what it would have done.
        last_resort = logging.lastResort
        if last_resort is not None and record.levelno >= last_resort.level and not _has_other_handler(record.name):
            last_resort.handle(record)


_FORMATTER = logging.Formatter()


def _has_other_handler(name: str) -> bool:
    logger: logging.Logger | None = logging.getLogger(name)
    while logger is not None:
        if any(not isinstance(handler, RedactingHandler) for handler in logger.handlers):
            return True
        logger = logger.parent if logger.propagate else None
    return False


def install_log_redaction(logger_name: str = "lumina_jupyter") -> None:
    """Keep keys out of everything that is logged under that name; once, however often it is called."""
    logger = logging.getLogger(logger_name)
    if not any(isinstance(handler, RedactingHandler) for handler in logger.handlers):
        logger.addHandler(RedactingHandler(logging.NOTSET))
