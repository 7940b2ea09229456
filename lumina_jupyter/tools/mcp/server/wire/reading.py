"""Addresses that outside agents can read: lists, templates, contents, and word of changes."""

from __future__ import annotations

from collections.abc import Mapping

import mcp_types as types
from mcp.shared.exceptions import MCPError
from mcp.shared.uri_template import UriTemplate

from .....errors import Forbidden, InvalidArguments, NotFound, UnknownTool
from ..offers import Offers, Resource
from .calling import Calling, contents, invalid
from .rounds import Context, Round, Rounds

_MISSING = {each.code for each in (NotFound, Forbidden, InvalidArguments, UnknownTool)}
"""Errors of a tool that read nothing: what is not to be seen is not there."""


class Reading:
    """The resources.

    Args:
        calling: Calls the tools that read them.
        offers: What is offered.
        rounds: Requests that ask back.
    """

    def __init__(self, calling: Calling, offers: Offers, rounds: Rounds) -> None:
        self._calling = calling
        self._offers = offers
        self._rounds = rounds

    async def listed(self, context: Context, _params: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        """The addresses that are known by name."""
        call = self._calling.caller(context)
        found = [
            _resource(each.uri, each.name, each.media_type, each.title, each.description)
            for each in await self._open(context)
            if not each.is_template
        ]
        for more in self._offers.list_more:
            found += [_resource(each.uri, each.name, each.media_type) for each in await more(call)]
        return types.ListResourcesResult(resources=found, ttl_ms=0, cache_scope="private")

    async def templates(
        self, context: Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        """The addresses that stand for many."""
        found = [
            types.ResourceTemplate(
                uri_template=each.uri,
                name=each.name,
                title=each.title or None,
                description=each.description,
                mime_type=each.media_type,
            )
            for each in await self._open(context)
            if each.is_template
        ]
        return types.ListResourceTemplatesResult(resource_templates=found, ttl_ms=0, cache_scope="private")

    async def _open(self, context: Context) -> list[Resource]:
        """Those whose tools the agent may call."""
        tools = {tool.name for tool in await self._calling.offered(context)}
        return [each for each in self._offers.resources if each.tool in tools]

    async def read(
        self, context: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult | types.InputRequiredResult:
        """What stands at an address.

        Raises:
            MCPError: when nothing does that the agent may see.
        """
        uri = str(params.uri)
        resource, variables = self.place(uri)
        given = {resource.variables.get(name, name): value for name, value in variables.items()}

        async def work(current: Round[types.ReadResourceResult]) -> types.ReadResourceResult:
            try:
                outcome = await self._calling.run(context, resource.tool, {**resource.arguments, **given}, current)
            except UnknownTool as error:
                raise invalid("Resource not found", uri=uri) from error
            if outcome.is_error:
                if outcome.error_code in _MISSING:
                    raise invalid("Resource not found", uri=uri, reason=outcome.text)
                raise current.refusal() or MCPError(types.INVALID_REQUEST, outcome.text, {"uri": uri})
            kind = resource.media_type
            return types.ReadResourceResult(
                contents=[contents(part, uri, kind) for part in outcome.content], ttl_ms=0, cache_scope="private"
            )

        return await self._rounds.proceed(context, params, work)

    def place(self, uri: str) -> tuple[Resource, Mapping[str, str]]:
        """What an address is one of, and the variables in it.

        Raises:
            MCPError: when it is none of ours.
        """
        for resource in self._offers.resources:
            found = UriTemplate.parse(resource.uri).match(uri)
            if found is not None:
                return resource, {name: str(value) for name, value in found.items()}
        raise invalid("Resource not found", uri=uri)


def _resource(uri: str, name: str, media_type: str, title: str = "", description: str = "") -> types.Resource:
    return types.Resource(
        uri=uri, name=name, title=title or None, description=description or None, mime_type=media_type
    )
