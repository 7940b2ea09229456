"""What a tool asks whoever called it, and what comes back, in the protocol's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mcp_types as types
from mcp.shared.exceptions import MCPError

from ....counterpart import Ask, AskModel, AskPerson, Reply
from ...client.schema import mismatch

MOST_TEXT = 200_000
"""Characters of a reply's text."""
MOST_FOLDERS = 100


def capability_for(ask: Ask) -> types.ClientCapabilities:
    """What a client must have declared to be asked this."""
    if isinstance(ask, AskPerson):
        form = types.FormElicitationCapability()
        return types.ClientCapabilities(elicitation=types.ElicitationCapability(form=form))
    if isinstance(ask, AskModel):
        return types.ClientCapabilities(sampling=types.SamplingCapability())
    return types.ClientCapabilities(roots=types.RootsCapability())


def declared_by(capabilities: types.ClientCapabilities | None, ask: Ask) -> bool:
    """Whether a client has declared that it can be asked this."""
    if capabilities is None:
        return False
    if isinstance(ask, AskPerson):
        elicitation = capabilities.elicitation
        # Before there were kinds of them, an empty one meant forms.
        return elicitation is not None and (elicitation.form is not None or elicitation.url is None)
    return (capabilities.sampling if isinstance(ask, AskModel) else capabilities.roots) is not None


def missing_capability(ask: Ask) -> MCPError:
    """The refusal of a call that needs a client to be asked what it cannot be asked."""
    needed = types.MissingRequiredClientCapabilityErrorData(required_capabilities=capability_for(ask))
    return MCPError(
        types.MISSING_REQUIRED_CLIENT_CAPABILITY,
        "The tool must ask its client something that the client has not declared it can be asked",
        needed.model_dump(by_alias=True, mode="json", exclude_none=True),
    )


def request_of(ask: Ask) -> types.InputRequest:
    """The request to the client."""
    if isinstance(ask, AskPerson):
        return types.ElicitRequest(
            params=types.ElicitRequestFormParams(message=ask.message, requested_schema=dict(ask.schema))
        )
    if isinstance(ask, AskModel):
        message = types.SamplingMessage(role="user", content=types.TextContent(text=ask.prompt))
        return types.CreateMessageRequest(
            params=types.CreateMessageRequestParams(
                messages=[message], max_tokens=ask.max_tokens, system_prompt=ask.system or None
            )
        )
    return types.ListRootsRequest()


def result_type_of(ask: Ask) -> type[types.Result]:
    """What a client answers with."""
    if isinstance(ask, AskPerson):
        return types.ElicitResult
    return types.CreateMessageResult if isinstance(ask, AskModel) else types.ListRootsResult


def reply_to(ask: Ask, response: Any) -> Reply | None:
    """What a client answered; None when it does not answer what was asked."""
    if isinstance(ask, AskPerson):
        return _form(ask.schema, response)
    if isinstance(ask, AskModel):
        if not isinstance(response, types.CreateMessageResult):
            return None
        text = response.content.text if isinstance(response.content, types.TextContent) else ""
        return Reply(text=text[:MOST_TEXT])
    if not isinstance(response, types.ListRootsResult):
        return None
    return Reply(folders=tuple(str(root.uri)[:4_000] for root in response.roots[:MOST_FOLDERS]))


def _form(schema: Mapping[str, Any], response: Any) -> Reply | None:
    if not isinstance(response, types.ElicitResult):
        return None
    if response.action != "accept":
        return Reply(response.action)
    fields = dict(response.content or {})
    too_long = sum(len(str(value)) for value in fields.values()) > MOST_TEXT
    return None if too_long or mismatch(schema, fields) else Reply("accept", fields)
