"""What the routes under `/lumina/v1` share: errors in OpenAI's shape."""

from __future__ import annotations

from typing import Any

from ...errors import LuminaError
from ...events import Failed
from ..event_stream import StreamingHandler
from ..openai.errors import body_of_error, body_of_failure, status_of


class OpenAIHandler(StreamingHandler):
    """A route that speaks OpenAI's API."""

    def error_body(self, error: LuminaError) -> dict[str, Any]:
        """OpenAI's error object."""
        return body_of_error(error, self.get_status())

    def fail(self, failed: Failed) -> None:
        """End with the error that a stream ended with before anything of it was sent."""
        self.set_status(status_of(failed))
        # What can be tried again was tried again already; clients need not multiply that.
        self.set_header("x-should-retry", "true" if failed.retryable and failed.retry_after is not None else "false")
        if failed.retry_after is not None:
            self.set_header("Retry-After", str(max(1, round(failed.retry_after))))
        self.finish(body_of_failure(failed))
