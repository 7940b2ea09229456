"""Calls that a server turns into tasks: a handle now, the result when it is done.

Two dialects: in 2025-11-25 a tool says that it wants to be called as a task, and the result is fetched by itself; since
2026-07-28 tasks are an extension, and a server may answer any call with a task that is asked for until it has the result
in it. In both, the call for us is one call: cancelling it cancels the task.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, ClassVar, Literal

import anyio
import mcp_types as types
from mcp.client import ClaimContext, ClientExtension, ClientSession, ResultClaim
from mcp.client.session import ClientRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, ErrorData, InputResponses, Request, RequestParams, Result
from pydantic import Field

EXTENSION = "io.modelcontextprotocol/tasks"
TTL_MS = 3_600_000
POLL_LEAST, POLL_DEFAULT, POLL_MOST = 0.05, 1.0, 30.0
"""Seconds between two looks at a task, whatever the server suggests."""

Tell = Callable[[str], None]

log = logging.getLogger(__name__)


# --- the extension of 2026-07-28 ------------------------------------------------------------------


class TaskHandle(Result):
    """A task instead of a result."""

    result_type: Literal["task"] = "task"
    task_id: str = Field(alias="taskId")
    poll_interval_ms: int | None = Field(alias="pollIntervalMs", default=None)


class _TaskParams(RequestParams):
    task_id: str = Field(alias="taskId")


class _UpdateParams(_TaskParams):
    input_responses: dict[str, Any] = Field(alias="inputResponses")


class _GetTask(Request[_TaskParams, Literal["tasks/get"]]):
    name_param: ClassVar[str | None] = "taskId"
    method: Literal["tasks/get"] = "tasks/get"
    params: _TaskParams


class _UpdateTask(Request[_UpdateParams, Literal["tasks/update"]]):
    name_param: ClassVar[str | None] = "taskId"
    method: Literal["tasks/update"] = "tasks/update"
    params: _UpdateParams


class _CancelTask(Request[_TaskParams, Literal["tasks/cancel"]]):
    name_param: ClassVar[str | None] = "taskId"
    method: Literal["tasks/cancel"] = "tasks/cancel"
    params: _TaskParams


class _TaskState(Result):
    status: str = ""
    status_message: str | None = Field(alias="statusMessage", default=None)
    poll_interval_ms: int | None = Field(alias="pollIntervalMs", default=None)
    result: Any = None
    error: Any = None
    input_requests: dict[str, types.InputRequest] | None = Field(alias="inputRequests", default=None)


class Tasks(ClientExtension):
    """The extension, as the SDK takes it: a task that comes instead of a result is followed to its end.

    Args:
        tell: Where a task's own words of its progress go.
        rounds: How often a task may ask for input.
    """

    identifier = EXTENSION

    def __init__(self, tell: Tell, rounds: int) -> None:
        self._tell = tell
        self._rounds = rounds

    def claims(self) -> Sequence[ResultClaim[Any]]:
        """The result that is a task."""
        return (ResultClaim(result_type="task", model=TaskHandle, resolve=self._follow),)

    async def _follow(self, handle: TaskHandle, context: ClaimContext) -> CallToolResult:
        session, params = context.session, _TaskParams(taskId=handle.task_id)
        interval, answered, rounds = handle.poll_interval_ms, set[str](), 0
        async with _cancelled_with_us(lambda: session.send_request(_CancelTask(params=params), Result)):
            while True:
                await anyio.sleep(_seconds(interval))
                state = await session.send_request(_GetTask(params=params), _TaskState)
                interval = state.poll_interval_ms or interval
                if state.status_message:
                    self._tell(state.status_message)
                if state.status == "completed":
                    return CallToolResult.model_validate(state.result)
                if state.status in ("failed", "cancelled"):
                    raise _failure(state)
                asked = {key: each for key, each in (state.input_requests or {}).items() if key not in answered}
                if state.status == "input_required" and asked:
                    rounds += 1
                    if rounds > self._rounds:
                        raise MCPError(
                            types.INVALID_REQUEST, f"The task asked for input more than {self._rounds} times"
                        )
                    responses = await _answers(session, asked)
                    answered |= set(responses)
                    update = _UpdateTask(params=_UpdateParams(taskId=handle.task_id, inputResponses=responses))
                    await session.send_request(update, Result)


def _failure(state: _TaskState) -> MCPError:
    told = state.error if isinstance(state.error, Mapping) else {}
    code, message = told.get("code"), told.get("message")
    return MCPError(
        code if isinstance(code, int) else types.INTERNAL_ERROR,
        str(message or state.status_message or f"The task {state.status}"),
    )


async def _answers(session: ClientSession, asked: Mapping[str, types.InputRequest]) -> dict[str, Any]:
    responses: InputResponses = {}
    for key, request in asked.items():
        meta = request.params.meta if request.params else None
        answer = await session.dispatch_input_request(
            ClientRequestContext(session=session, request_id=key, meta=meta), request
        )
        if isinstance(answer, ErrorData):
            raise MCPError.from_error_data(answer)
        responses[key] = answer
    return {key: each.model_dump(mode="json", by_alias=True, exclude_none=True) for key, each in responses.items()}


# --- 2025-11-25 -----------------------------------------------------------------------------------


async def call_as_task(session: ClientSession, name: str, arguments: Mapping[str, Any], tell: Tell) -> CallToolResult:
    """Call a tool that wants to be called as a task, and wait for the result."""
    params = types.CallToolRequestParams(name=name, arguments=dict(arguments), task=types.TaskMetadata(ttl=TTL_MS))
    created = await session.send_request(types.CallToolRequest(params=params), types.CreateTaskResult)
    task = created.task.task_id
    interval: int | None = created.task.poll_interval
    cancel = types.CancelTaskRequest(params=types.CancelTaskRequestParams(task_id=task))
    async with _cancelled_with_us(lambda: session.send_request(cancel, types.CancelTaskResult)):
        while True:
            get = types.GetTaskRequest(params=types.GetTaskRequestParams(task_id=task))
            state = await session.send_request(get, types.GetTaskResult)
            if state.status_message:
                tell(state.status_message)
            if state.status != "working":
                break
            interval = state.poll_interval or interval
            await anyio.sleep(_seconds(interval))
        # Also where input is required: the server asks while it is asked for the result.
        payload = types.GetTaskPayloadRequest(params=types.GetTaskPayloadRequestParams(task_id=task))
        return await session.send_request(payload, CallToolResult)


def _seconds(milliseconds: int | None) -> float:
    if milliseconds is None:
        return POLL_DEFAULT
    return min(max(milliseconds / 1000, POLL_LEAST), POLL_MOST)


@asynccontextmanager
async def _cancelled_with_us(cancel: Callable[[], Any]) -> AsyncIterator[None]:
    """Whoever stops waiting for a task has it stopped."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception):
            with anyio.move_on_after(1, shield=True), suppress(Exception):
                await cancel()
        raise
