"""What an approval is bound to: one exact call, down to the last argument."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..context import ToolContext
from ..target import Target
from ..tool import Tool


def canonical(arguments: Mapping[str, Any]) -> str:
    """Arguments as JSON that is the same for the same arguments."""
    return json.dumps(arguments, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)


def call_digest(tool: Tool, arguments: Mapping[str, Any], target: Target, context: ToolContext) -> str:
    """The hash of a call: who makes it, from where, the tool as it is, its arguments, and the state of what it touches."""
    bound = [
        asdict(context.actor),
        context.notebook,
        context.kernel_id,
        context.conversation,
        context.audience,
        tool.digest,
        canonical(arguments),
        asdict(target),
    ]
    return hashlib.sha256(json.dumps(bound, sort_keys=True).encode()).hexdigest()
