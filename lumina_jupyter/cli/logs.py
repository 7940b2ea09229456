"""What of the log a terminal sees: warnings as a sentence; with `--verbose` everything, with tracebacks."""

from __future__ import annotations

import logging

from .output import clean, say


class _Sentences(logging.Handler):
    """Shows warnings. Errors are not shown: whatever they are about ends as an error of the command."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.WARNING:
            say(f"Warning: {clean(record.getMessage())}", err=True)


def show_logs(*, verbose: bool) -> None:
    """Send what Lumina logs to standard error, without keys."""
    from ..telemetry.redaction import install_log_redaction

    install_log_redaction()
    handler: logging.Handler = _Sentences()
    if verbose:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        logging.getLogger("lumina_jupyter").setLevel(logging.DEBUG)
    logging.getLogger("lumina_jupyter").addHandler(handler)
