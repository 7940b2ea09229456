"""Prompts for outside agents, and what the arguments of prompts and addresses can be."""

from __future__ import annotations

from collections.abc import Mapping

import mcp_types as types
from mcp.shared.exceptions import MCPError

from .....errors import CallerCannotBeAsked, LuminaError
from ..offers import Complete, Offers, Prompt
from .calling import Calling, block, invalid
from .rounds import Context, Round, Rounds

MOST_VALUES = 100
"""What the protocol allows."""


class Prompting:
    """The prompts.

    Args:
        calling: Calls the tools that look at what they are about.
        offers: What is offered.
        rounds: Requests that ask back.
    """

    def __init__(self, calling: Calling, offers: Offers, rounds: Rounds) -> None:
        self._calling = calling
        self._offers = offers
        self._rounds = rounds

    async def listed(self, _context: Context, _params: types.PaginatedRequestParams | None) -> types.ListPromptsResult:
        """All of them."""
        found = [
            types.Prompt(
                name=each.name,
                title=each.title or None,
                description=each.description,
                arguments=[
                    types.PromptArgument(name=one.name, description=one.description, required=one.required)
                    for one in each.arguments
                ],
            )
            for each in self._offers.prompts
        ]
        return types.ListPromptsResult(prompts=found, ttl_ms=0, cache_scope="private")

    async def get(
        self, context: Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult | types.InputRequiredResult:
        """One, with its arguments filled in.

        Raises:
            MCPError: when there is none of that name, an argument is missing, or what it is about may not be read.
        """
        prompt = self._named(params.name)
        given = params.arguments or {}
        missing = [each.name for each in prompt.arguments if each.required and each.name not in given]
        if missing:
            raise invalid(f"The prompt {prompt.name} needs {', '.join(missing)}")

        async def work(current: Round[types.GetPromptResult]) -> types.GetPromptResult:
            try:
                parts = await prompt.render(given, self._calling.caller(context, current), current)
            except CallerCannotBeAsked:
                raise
            except LuminaError as error:
                raise MCPError(types.INVALID_PARAMS, str(error)) from error
            messages = [types.PromptMessage(role="user", content=block(part)) for part in parts]
            return types.GetPromptResult(description=prompt.description, messages=messages)

        return await self._rounds.proceed(context, params, work)

    async def complete(self, context: Context, params: types.CompleteRequestParams) -> types.CompleteResult:
        """What an argument that begins like this can be.

        Raises:
            MCPError: when there is no such prompt or template.
        """
        known = (params.context.arguments if params.context is not None else None) or {}
        complete = self._completing(params.ref, params.argument.name)
        values: list[str] = []
        if complete is not None:
            values = await complete(params.argument.value, known, self._calling.caller(context))
        shown = values[:MOST_VALUES]
        return types.CompleteResult(
            completion=types.Completion(values=shown, total=len(values), has_more=len(values) > len(shown))
        )

    def _completing(
        self, ref: types.ResourceTemplateReference | types.PromptReference, argument: str
    ) -> Complete | None:
        if isinstance(ref, types.PromptReference):
            arguments = self._named(ref.name).arguments
            return next((each.complete for each in arguments if each.name == argument), None)
        templates: Mapping[str, Mapping[str, Complete]] = {each.uri: each.complete for each in self._offers.resources}
        if ref.uri not in templates:
            raise invalid("Resource not found", uri=ref.uri)
        return templates[ref.uri].get(argument)

    def _named(self, name: str) -> Prompt:
        found = next((each for each in self._offers.prompts if each.name == name), None)
        if found is None:
            raise invalid(f"There is no prompt {name[:64]!r}")
        return found
