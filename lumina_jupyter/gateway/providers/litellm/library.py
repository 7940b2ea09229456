"""litellm itself: imported once, in a worker thread, with nothing that phones home, logs or caches."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import ModuleType
from typing import Any

_IMPORT_ENVIRONMENT = {
    # The price map comes from the package: the import would fetch it from the network else.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_OFFLINE_MODE": "true",
    # In its development mode (the default) litellm reads a .env file into our environment.
    "LITELLM_MODE": "PRODUCTION",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_SET_BY_THE_IMPORT = ("TIKTOKEN_CACHE_DIR",)
_LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")
_lock = threading.Lock()
_loaded: Library | None = None
_event_stream_ready = threading.Event()


@dataclass(frozen=True, slots=True)
class Library:
    """The parts of litellm that the adapter uses."""

    module: ModuleType
    handler_class: type[Any]
    """litellm's HTTP client; it uses what it is given only when it is one of these."""
    own_parameters: frozenset[str]
    """Names of arguments that steer litellm itself and are never the provider's."""
    unlogged: ContextVar[bool]
    """While it is true, litellm starts no logging tasks for a call."""

    async def call(self, function: str, arguments: dict[str, Any]) -> Any:
        """Await one of litellm's functions, with none of its logging around it."""
        token = self.unlogged.set(True)
        try:
            return await getattr(self.module, function)(**arguments)
        finally:
            self.unlogged.reset(token)


async def library() -> Library:
    """litellm, imported in a worker thread the first time.

    Raises:
        ImportError: when it is not installed.
    """
    return _loaded if _loaded is not None else await asyncio.to_thread(_load)


async def prepare_event_stream() -> None:
    """Load what decodes AWS's event streams, so that the first chunk does not block the event loop."""
    if not _event_stream_ready.is_set():
        await asyncio.to_thread(_load_event_stream)


def _load() -> Library:
    global _loaded  # noqa: PLW0603 - the import is the process's, not an instance's
    with _lock:
        if _loaded is None:
            with _environment(_IMPORT_ENVIRONMENT):
                module = importlib.import_module("litellm")
                _quieten(module)
                # Loads the tokenizer, which takes 0.2 s: litellm counts the tokens of reasoning with it.
                module.token_counter(text="ready", count_response_tokens=True)
            _loaded = Library(
                module=module,
                handler_class=importlib.import_module("litellm.llms.custom_httpx.http_handler").AsyncHTTPHandler,
                own_parameters=frozenset(importlib.import_module("litellm.types.utils").all_litellm_params),
                unlogged=importlib.import_module("litellm._internal_context").is_internal_call,
            )
        return _loaded


def _quieten(module: Any) -> None:
    module.suppress_debug_info = True
    module.turn_off_message_logging = True
    # Where litellm makes a connection of its own, it is httpx's too.
    module.disable_aiohttp_transport = True
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        # Its records quote requests; what matters in them arrives as an exception.
        logger.handlers.clear()
        logger.setLevel(logging.CRITICAL + 1)


def _load_event_stream() -> None:
    _load()  # never the other way round: any of its modules would import all of it, unprepared
    importlib.import_module("boto3")
    importlib.import_module("litellm.llms.bedrock.common_utils").get_bedrock_response_stream_shape()
    _event_stream_ready.set()


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set variables for a moment only: what stays in the environment reaches every kernel."""
    before = {name: os.environ.get(name) for name in (*values, *_SET_BY_THE_IMPORT)}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
