"""`/lumina/api/approvals`: calls of tools that wait for a person, and the rules that people made of such."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from jupyter_server.auth.decorator import authorized

from ..event_stream import StreamingHandler
from ..merging import merged
from ..tool_base import DecidingBase, ToolBase


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """What is decided of an approval; with a scope, also of the calls like it from now on."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    verdict: Literal["grant", "deny"]
    scope: Literal["cell", "run", "always"] | None = None


class ApprovalsHandler(ToolBase):
    """Lists approvals."""

    @authorized
    async def get(self) -> None:
        """Those that wait, the newest first; with `?all=1` the latest of all; those of `?notebook=` alone."""
        engine = await self.engine()
        kernel_id = self.get_query_argument("kernel_id", "")
        notebook = await self.service.notebooks.of_kernel(kernel_id, self.get_query_argument("notebook", ""))
        found = await engine.tools.approvals.list(self.viewer.name, pending=not self.flag("all"), notebook=notebook)
        self.answer({"approvals": [asdict(each) for each in found]})


class ApprovalStreamHandler(StreamingHandler, ToolBase):
    """Reads approvals as they come."""

    looks_on = True

    @authorized
    async def get(self) -> None:
        """Those that wait, with `?all=1` the latest of all, and then every change of one; to people questions as well."""
        from ...tools import PersonQuestion

        pending = not self.flag("all")
        engine = await self.engine()
        watching: list[AsyncGenerator[Any, None]] = [engine.tools.approvals.watch(self.viewer.name, pending=pending)]
        if not self.is_kernel:
            watching.append(engine.tools.questions.watch(self.asker, self.viewer.name))
        async with self.while_connected(), aclosing(merged(*watching)) as changes:
            self.begin_stream()
            await self.send_frames(b": here\n\n")
            async for each in changes:
                name = "question" if isinstance(each, PersonQuestion) else "approval"
                data = json.dumps(asdict(each), ensure_ascii=False, separators=(",", ":"))
                await self.send_frames(f"event: {name}\ndata: {data}\n\n".encode("utf-8", "replace"))


class ApprovalHandler(DecidingBase):
    """Shows one approval, and decides it."""

    @authorized
    async def get(self, approval_id: str) -> None:
        """One of them."""
        engine = await self.engine()
        self.answer(await engine.tools.approvals.get(approval_id, self.viewer.name))

    @authorized
    async def post(self, approval_id: str) -> None:
        """Grant or deny it. Nobody can permit what they may not do themselves."""
        self.check_decider()
        given = await self.body(NewDecision)
        engine = await self.engine()
        asked = await engine.tools.approvals.get(approval_id, self.viewer.name)
        if given.verdict == "grant":
            await self.check_rights(asked.effects)
        decided = await engine.tools.approvals.decide(
            approval_id, given.verdict, by=self.decider, viewer=self.viewer.name, scope=given.scope
        )
        self.answer(decided)


class RulesHandler(ToolBase):
    """Lists rules."""

    @authorized
    async def get(self) -> None:
        """Those that hold for who asks."""
        engine = await self.engine()
        rules = await engine.tools.rules.known()
        self.answer({"rules": [asdict(rule) for rule in rules if rule.user == self.asker]})


class RuleHandler(DecidingBase):
    """Takes rules back."""

    @authorized
    async def delete(self, rule_id: str) -> None:
        """Take it back: calls like it are asked about again."""
        self.check_decider()
        engine = await self.engine()
        await engine.tools.rules.revoke(rule_id, self.asker)
        self.set_status(204)
        self.finish()
