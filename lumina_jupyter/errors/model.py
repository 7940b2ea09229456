"""Models of our own: that there is one, that it runs, that it could be fetched."""

from __future__ import annotations

from lumina_jupyter.errors.base import LuminaError


class NoModelAvailable(LuminaError):
    """Nothing can answer: no key, no local server and no embedded model on disk."""

    code = "no_model"
    http_status = 503
    default_hint = (
        "Fetch the embedded model with `lumina pull qwen2.5-coder-0.5b`, or set a key with `lumina keys set PROVIDER`."
    )


class EmbeddedModelFailed(LuminaError):
    """The embedded model's process died."""

    code = "embedded_model_failed"
    http_status = 503
    retryable = True
    default_hint = "Ask again: it restarts by itself. If it goes on, run `lumina doctor`."


class EmbeddedModelUnusable(EmbeddedModelFailed):
    """The embedded model's process does not come up; trying again at once would end alike."""

    code = "embedded_model_unusable"
    retryable = False
    default_hint = "Run `lumina doctor`, or choose another model with c.Lumina.embedded_model."


class DownloadFailed(LuminaError):
    """A model could not be fetched, or what arrived was not the right bytes."""

    code = "download_failed"
    http_status = 502
    default_hint = "Run the same `lumina pull` again; it resumes where it stopped."
