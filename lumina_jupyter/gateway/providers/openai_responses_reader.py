"""Reading OpenAI's Responses API: its events go in, the unified events come out.

An answer is a list of output items (messages, reasoning, function calls, calls of tools that the
provider runs by itself), each streamed under its `output_index`. Item ids are not relied on: some
gateways change them from one event to the next. What was not streamed piece by piece is taken from
the item when it is done, so that a whole answer in one JSON body is read the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import ProviderError
from ...events import Event, Notice, ReasoningDelta, TextDelta, Usage
from .base import Target
from .event_reader import EventReader, string
from .failures import failure_of_payload
from .openai_responses_request import SEPARATOR, signature_of

QUIET_ITEMS = frozenset({"mcp_list_tools", "tool_search_output", "shell_call_output", "program_output", "compaction"})
"""Items that tell of nothing a person would wait for or miss."""


class ResponsesReader(EventReader):
    """Reads one answer, event by event or as one whole object."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._call_at: dict[int, int] = {}
        """The index of each function call among the calls, by its output index."""
        self._items: set[int] = set()
        self._shown: set[int] = set()
        """Output indexes of which something was streamed."""
        self._raw: set[int] = set()
        """Output indexes of reasoning that was shown as it is, not as a summary."""
        self._noticed: set[int] = set()
        self._last_text: int | None = None
        self._last_reasoning: tuple[int, str, int] | None = None

    def read_answer(self, answer: dict[str, Any]) -> Iterator[Event]:
        """What an answer in one JSON object amounts to."""
        if answer.get("error"):
            self._fail(answer)
        status = answer.get("status", "completed")
        if status not in ("completed", "incomplete", "failed"):
            raise self.broken(f"sent an answer that is not complete ({status})")
        yield from self.read_event({"type": f"response.{status}", "response": answer})

    def read_event(self, event: dict[str, Any]) -> Iterator[Event]:
        """What one event of the stream amounts to."""
        kind: str = event["type"]
        if kind == "error":
            raise failure_of_payload(event.get("error") or event, self.target.provider, self.target.key)
        if kind == "response.failed":
            self._fail(event["response"])
        match kind:
            case "response.output_text.delta":
                yield from self._text(event["output_index"], event["delta"])
            case "response.refusal.delta":
                yield from self._refusal(event["output_index"], event["delta"])
            case "response.reasoning_summary_text.delta":
                yield from self._reasoning(event["output_index"], "summary", event["summary_index"], event["delta"])
            case "response.reasoning_text.delta":
                yield from self._reasoning(event["output_index"], "raw", event["content_index"], event["delta"])
            case "response.function_call_arguments.delta":
                yield from self._arguments(event["output_index"], event["delta"])
            case "response.output_item.added":
                yield from self._item_added(event["output_index"], event["item"])
            case "response.output_item.done":
                yield from self._item_done(event["output_index"], event["item"])
            case "response.output_text.annotation.added":
                self._cite(event["annotation"])
            case "response.completed" | "response.incomplete":
                yield from self._end(kind.removeprefix("response."), event["response"])

    # --- the pieces ----------------------------------------------------------------------------------

    def _text(self, at: int, text: str) -> Iterator[Event]:
        if not text:
            return
        if self._last_text not in (None, at):
            text = SEPARATOR + text
        self._last_text = at
        self._shown.add(at)
        yield TextDelta(string(text))

    def _refusal(self, at: int, text: str) -> Iterator[Event]:
        self.notices.refusal()
        yield from self._text(at, text)

    def _reasoning(self, at: int, kind: str, part: int, text: str) -> Iterator[Event]:
        if not text:
            return
        key = (at, kind, part)
        if self._last_reasoning not in (None, key):
            text = SEPARATOR + text
        self._last_reasoning = key
        self._shown.add(at)
        if kind == "raw":
            self._raw.add(at)
        yield ReasoningDelta(string(text))

    def _arguments(self, at: int, text: str) -> Iterator[Event]:
        index = self._call_at.get(at)
        if text and index is not None:  # an unknown call's item brings them itself when it is done
            self._shown.add(at)
            yield from self.calls.add(index, arguments=string(text))

    # --- the items -----------------------------------------------------------------------------------

    def _item_added(self, at: int, item: dict[str, Any]) -> Iterator[Event]:
        kind: str = item["type"]
        self._items.add(at)
        if kind == "function_call":
            if at not in self._call_at:
                index = self._call_at[at] = len(self._call_at)
                yield from self.calls.add(index, id=string(item["call_id"]), name=string(item["name"]))
        elif kind not in ("message", "reasoning") and kind not in QUIET_ITEMS and at not in self._noticed:
            self._noticed.add(at)
            yield _tool_notice(self.target.provider, kind, item)

    def _item_done(self, at: int, item: dict[str, Any]) -> Iterator[Event]:
        yield from self._item_added(at, item)
        match item["type"]:
            case "message":
                yield from self._message_done(at, item)
            case "reasoning":
                yield from self._reasoning_done(at, item)
            case "function_call":
                yield from self._call_done(at, item)

    def _message_done(self, at: int, item: dict[str, Any]) -> Iterator[Event]:
        streamed = at in self._shown
        for part in item["content"]:
            if not streamed and part["type"] == "refusal":
                yield from self._refusal(at, part["refusal"])
            elif not streamed and part["type"] == "output_text":
                yield from self._text(at, part["text"])
            for annotation in part.get("annotations") or ():
                self._cite(annotation)

    def _reasoning_done(self, at: int, item: dict[str, Any]) -> Iterator[Event]:
        if at not in self._shown:
            for number, part in enumerate(item.get("summary") or ()):
                yield from self._reasoning(at, "summary", number, part["text"])
            for number, part in enumerate(item.get("content") or ()):
                yield from self._reasoning(at, "raw", number, part["text"])
        encrypted = item.get("encrypted_content")
        if encrypted or at in self._raw:
            yield ReasoningDelta("", signature_of(self.target.provider, encrypted or ""))

    def _call_done(self, at: int, item: dict[str, Any]) -> Iterator[Event]:
        index = self._call_at[at]
        if at not in self._shown:
            self._shown.add(at)
            yield from self.calls.add(index, arguments=string(item["arguments"]))
        if item.get("status") != "incomplete":
            yield from self.calls.finish_one(index)

    def _cite(self, annotation: dict[str, Any]) -> None:
        place = annotation.get("url") or annotation.get("filename")
        if place:
            self.cite(annotation.get("title"), place)

    # --- the end -------------------------------------------------------------------------------------

    def _end(self, status: str, response: dict[str, Any]) -> Iterator[Event]:
        if not self._items:  # nothing was streamed: the whole answer stands here
            for at, item in enumerate(response["output"]):
                yield from self._item_done(at, item)
        if response.get("usage"):
            self.usage = _usage(response["usage"])
        if status == "incomplete":
            reason = (response.get("incomplete_details") or {}).get("reason")
            self.reason = "content_filter" if reason == "content_filter" else "length"
        self.done = True

    def _fail(self, response: dict[str, Any]) -> None:
        error = response.get("error")
        if error:
            raise failure_of_payload(error, self.target.provider, self.target.key)
        raise ProviderError(f"{self.target.provider} failed without saying why.", provider=self.target.provider)


def _tool_notice(provider: str, kind: str, item: dict[str, Any]) -> Notice:
    """What a person should know of an item that is no part of the answer and no call for us to make."""
    name = item.get("name")
    tool = kind.removesuffix("_call").replace("_", " ") + (f" ({name})" if name else "")
    return Notice("provider_tool", f"{provider}: the model uses {tool}, which is none of Lumina's tools.")


def _usage(usage: dict[str, Any]) -> Usage:
    into, out = usage.get("input_tokens_details") or {}, usage.get("output_tokens_details") or {}
    return Usage(
        input_tokens=int(usage.get("input_tokens") or 0),
        output_tokens=int(usage.get("output_tokens") or 0),
        cached_input_tokens=int(into.get("cached_tokens") or 0),
        cache_write_tokens=int(into.get("cache_write_tokens") or 0),
        reasoning_tokens=int(out.get("reasoning_tokens") or 0),
    )
