"""Suggests code where somebody types."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from ...context.policy import allows, allows_assistant
from ...errors import Forbidden
from ...events import Event, MessageFinished, MessageStarted, TextDelta, Usage
from ...gateway import Gateway, InfillRequest
from ...settings import Lumina
from .cache import Recent
from .chat_prompt import chat_request, unwrapped
from .models import GhostTextModels
from .place import Place
from .policies import NotebookPolicies
from .prompt import prefix_of, suffix_of
from .request import GhostTextRequest
from .shaping import Shaped, shaped
from .variables import Variables

LINE_TOKENS = 32
LINES_TOKENS = 96
_REMEMBERED = 256


class GhostText:
    """Suggestions by the embedded model, or by the model of the settings.

    Args:
        settings: What is allowed, and which model.
        gateway: What calls it.
        models: What knows the model.
        policies: What knows the notebooks' policies.
        variables: What knows the variables; None where no kernel can be seen.
    """

    def __init__(
        self,
        settings: Lumina,
        gateway: Gateway,
        models: GhostTextModels,
        policies: NotebookPolicies,
        variables: Variables | None = None,
    ) -> None:
        self._settings = settings
        self._gateway = gateway
        self._models = models
        self._policies = policies
        self._variables = variables
        self._recent = Recent(_REMEMBERED)

    def check(self, request: GhostTextRequest) -> None:
        """Nothing where the settings and what the request says of its notebook allow ghost text.

        Raises:
            Forbidden: where the server's settings or the notebook's policy switch it off.
        """
        if not self._settings.ghost_text:
            raise Forbidden("Ghost text is switched off on this server.", hint="c.Lumina.ghost_text says so.")
        if request.language.lower() in map(str.lower, self._settings.ghost_text_languages_off):
            raise Forbidden(
                f"Ghost text is switched off for {request.language} on this server.",
                hint="c.Lumina.ghost_text_languages_off says so.",
            )
        _check_policy(request.policy)

    async def close(self) -> None:
        """End what is looked at in the background."""
        if self._variables is not None:
            await self._variables.close()

    async def suggest(self, request: GhostTextRequest) -> AsyncGenerator[Event, None]:
        """Stream a suggestion: text deltas that are never taken back, and one end. No text means none.

        Close the generator to stop the model.

        Raises:
            Forbidden: as `check`.
        """
        self.check(request)
        _check_policy(await self._policies.of(request.path))
        model = await self._models.chosen()
        place = Place.between(request.prefix, request.suffix)
        lines = self._variables.lines(request) if self._variables is not None else ()
        prefix, suffix = prefix_of(request, lines), suffix_of(request)
        key = (model.id, prefix, suffix)
        known = self._recent.get(key)
        if known is not None:
            yield MessageStarted(request.request_id, model.provider, model.id)
            if known:
                yield TextDelta(known)
            yield MessageFinished("stop")
            return
        stop = ("\n\n",) if place.several_lines else ("\n",)
        call = InfillRequest(
            prefix=prefix,
            suffix=suffix,
            model=model.id,
            max_tokens=LINES_TOKENS if place.several_lines else LINE_TOKENS,
            stop=stop,
            request_id=request.request_id,
            user=request.user,
            notebook=request.path,
        )
        if model.fills_in:
            raw = self._gateway.infill(call)
        else:
            question = chat_request(
                prefix, suffix, place, language=request.language, max_tokens=call.max_tokens, model=model.id
            )
            raw = self._gateway.chat(
                replace(question, request_id=request.request_id, user=request.user, notebook=request.path)
            )
        async with aclosing(_shown(raw, place, chat=not model.fills_in)) as events:
            text = ""
            async for event in events:
                if isinstance(event, TextDelta):
                    text += event.text
                elif isinstance(event, MessageFinished) and event.reason in {"stop", "length"}:
                    self._recent.put(key, text)
                yield event


def _check_policy(policy: Mapping[str, Any]) -> None:
    if not (allows(policy, "ghost_text") and allows_assistant(policy)):
        raise Forbidden(
            "Ghost text is switched off in this notebook.",
            hint="The command `Suggest Code While I Type in This Notebook` switches it on again.",
        )


async def _shown(raw: AsyncGenerator[Event, None], place: Place, *, chat: bool) -> AsyncGenerator[Event, None]:
    """The events of a call with the text that is worth showing; ends the call when nothing more will be."""

    def so_far(written: str, *, complete: bool) -> Shaped:
        if chat:
            written = unwrapped(written, place, complete=complete)
        return shaped(written, place, complete=complete)

    written = shown = ""
    async with aclosing(raw) as events:
        async for event in events:
            if isinstance(event, MessageFinished):
                # What was cut short is not worth more than what it shows already.
                if event.reason in {"stop", "length"}:
                    text = so_far(written, complete=True).text
                    if len(text) > len(shown):
                        yield TextDelta(text[len(shown) :])
                yield event
                return
            if not isinstance(event, TextDelta):
                # The gateway counts the tokens; who types need not hear of each.
                if not isinstance(event, Usage):
                    yield event
                continue
            written += event.text
            now = so_far(written, complete=False)
            if len(now.text) > len(shown):
                yield TextDelta(now.text[len(shown) :])
                shown = now.text
            if now.ended:
                break
        else:
            return
    yield MessageFinished("stop")
