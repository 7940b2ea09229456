"""litellm's chunks as our events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from ....events import Event, FinishReason, Notice, ReasoningDelta, TextDelta, Usage
from ..tool_calls import ToolCallAssembler
from .messages import REDACTED
from .tail import End

_FINISH_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}
_JSON_TOOL = "json_tool_call"
_PROVIDER_SIDE_IDS = ("srvtoolu_", "mcptoolu_")
_PROVIDER_SIDE_NAMES = ("nova_code_interpreter", "nova_grounding")


class AnswerReader:
    """Reads one answer: chunks (or the whole message) go in, events come out; the end is asked for last.

    Args:
        provider: For messages and errors.
        offered: The names of the tools that the request offered.
    """

    def __init__(self, provider: str, offered: frozenset[str] = frozenset()) -> None:
        self._provider = provider
        self._offered = offered
        self._calls = ToolCallAssembler(provider)
        self._indices: dict[int, int] = {}
        self._provider_side: set[int] = set()
        self._signatures: set[str] = set()
        self._usage: Any = None
        self._counted: Usage | None = None
        self._reason: str | None = None

    @property
    def finished(self) -> bool:
        """Whether the provider has said that its answer is over."""
        return self._reason is not None

    def read_chunk(self, chunk: Any) -> Iterator[Event]:
        """Take what litellm made of one piece of a stream."""
        if chunk is None:
            return
        if isinstance(chunk, dict):
            yield from self._read_generic(chunk)
            return
        if chunk.object == "chat.completion":
            yield from self.read_answer(chunk)
            return
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            self._usage = usage
        for choice in chunk.choices[:1]:
            if choice.finish_reason:
                self._reason = choice.finish_reason
            yield from self._read_message(choice.delta)

    def read_answer(self, answer: Any) -> Iterator[Event]:
        """Take an answer that came in one piece."""
        self._usage = getattr(answer, "usage", None)
        for choice in answer.choices[:1]:
            self._reason = choice.finish_reason
            yield from self._read_message(choice.message)

    def conclude(self, end: End) -> None:
        """Take what the bytes say of the answer's end, over what litellm made of it."""
        self._reason = end.reason or self._reason
        self._counted = end.usage or self._counted
        if end.usage_estimated:
            self._usage = None

    def finish(self) -> Iterator[Event]:
        """Close the tool calls.

        Raises:
            InvalidToolArguments: when a call's arguments are no JSON object.
        """
        yield from self._calls.finish()

    def reason(self) -> FinishReason:
        """Why the answer is over."""
        reason = _FINISH_REASONS.get(self._reason or "stop", "stop")
        if reason == "tool_calls" and not self._calls:
            return "stop"  # the tools were the provider's own
        return reason

    def usage(self, *, reasoning_counted: bool) -> Usage | None:
        """The tokens of the call, as the provider counted them; None when it did not.

        Args:
            reasoning_counted: Whether the reasoning's tokens are the provider's count, not an estimate.
        """
        usage = self._usage
        if usage is None or not (usage.prompt_tokens or usage.completion_tokens):
            return self._counted
        details = getattr(usage, "prompt_tokens_details", None)
        output = getattr(usage, "completion_tokens_details", None)
        return Usage(
            input_tokens=usage.prompt_tokens or 0,
            output_tokens=usage.completion_tokens or 0,
            cached_input_tokens=getattr(details, "cached_tokens", None) or 0,
            cache_write_tokens=getattr(details, "cache_creation_tokens", None) or 0,
            reasoning_tokens=(getattr(output, "reasoning_tokens", None) or 0) if reasoning_counted else 0,
        )

    def _read_message(self, message: Any) -> Iterator[Event]:
        if message is None:
            return
        yield from self._read_reasoning(message)
        if message.content:
            yield TextDelta(message.content)
        for position, piece in enumerate(getattr(message, "tool_calls", None) or ()):
            index = getattr(piece, "index", None)
            function = piece.function
            if function.name == _JSON_TOOL and function.name not in self._offered:
                # How litellm gets JSON out of a model that has no such mode.
                yield TextDelta(function.arguments)
                continue
            yield from self._read_tool_piece(
                position if index is None else index, piece.id or "", function.name or "", function.arguments or ""
            )

    def _read_reasoning(self, message: Any) -> Iterator[Event]:
        blocks = getattr(message, "thinking_blocks", None)
        if blocks:
            for block in blocks:
                yield from self._read_thinking_block(block)
        elif text := getattr(message, "reasoning_content", None):
            yield ReasoningDelta(text)
        fields = getattr(message, "provider_specific_fields", None)
        for signature in (fields or {}).get("thought_signatures") or ():
            if signature not in self._signatures and not _signs_a_call(message, signature):
                self._signatures.add(signature)
                yield ReasoningDelta("", signature)

    def _read_thinking_block(self, block: dict[str, Any]) -> Iterator[Event]:
        if block.get("type") == "redacted_thinking":
            yield ReasoningDelta("", REDACTED + str(block.get("data", "")))
            return
        text, signature = block.get("thinking") or "", block.get("signature") or None
        if signature is not None:
            self._signatures.add(signature)
        if text or signature:
            yield ReasoningDelta(text, signature)

    def _read_tool_piece(self, index: int, id: str, name: str, arguments: str) -> Iterator[Event]:
        if index in self._provider_side:
            return
        if self._is_provider_side(id, name):
            # Told, never handed to an executor: the provider has run it already.
            self._provider_side.add(index)
            yield Notice("provider_tool", f"{self._provider} ran its own tool {name!r}.")
            return
        ours = self._indices.setdefault(index, len(self._indices))
        yield from self._calls.add(ours, id=id, name=name, arguments=arguments)

    def _is_provider_side(self, id: str, name: str) -> bool:
        return id.startswith(_PROVIDER_SIDE_IDS) or (name in _PROVIDER_SIDE_NAMES and name not in self._offered)

    def _read_generic(self, chunk: dict[str, Any]) -> Iterator[Event]:
        """Take litellm's older kind of chunk: a dictionary, as some Bedrock models' streams give."""
        if chunk.get("text"):
            yield TextDelta(cast(str, chunk["text"]))
        tool = chunk.get("tool_use")
        if tool:
            function = tool["function"]
            yield from self._read_tool_piece(
                tool.get("index") or 0, tool.get("id") or "", function.get("name") or "", function["arguments"] or ""
            )
        counted = chunk.get("usage")
        if counted:
            self._counted = Usage(counted.get("prompt_tokens") or 0, counted.get("completion_tokens") or 0)
        if chunk.get("finish_reason"):
            self._reason = _GENERIC_REASONS.get(str(chunk["finish_reason"]).lower(), "stop")


_GENERIC_REASONS = {"length": "length", "max_tokens": "length", "tool_use": "tool_calls", "tool_calls": "tool_calls"}


def _signs_a_call(message: Any, signature: str) -> bool:
    """Whether the signature travels in a tool call's id already."""
    return any((call.id or "").endswith(signature) for call in getattr(message, "tool_calls", None) or ())
