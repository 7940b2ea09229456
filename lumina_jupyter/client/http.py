"""The engine in the Jupyter server, reached over HTTP with the token that its kernels are given."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, unquote, urlsplit

from ..collaboration import Notebook
from ..collaboration.execution.execution import RunRequest
from ..collaboration.execution.run_events import RunEvent
from ..collaboration.proposals.proposal import Proposal
from ..collaboration.snapshots.gone import GoneNotebook
from ..collaboration.snapshots.history import Moment, MomentView, Restored
from ..collaboration.undo.undo import Step, UndoResult
from ..context.map import CellStatus, Execution, NotebookMap, VariableOrigin
from ..context.report import ContextPreview, ContextReport, Included, LeftOut
from ..engine import Health
from ..errors import ServerUnreachable, StreamBroken
from ..events import Event, Failed, from_dict, is_end
from ..gateway import ModelInfo, ProviderStatus
from ..memory import Conversation, Frame, Hit, LogEntry, Question, Started
from ..storage import UsageRow
from ..tools import Approval, AuditEntry, PersonQuestion, Rule, Tool, ToolInfo, ToolOutcome
from ..tools.permission import Scope, Verdict
from .agents import AgentClient
from .following import follow, turn_body
from .histories import restored_of, view_of
from .http_agents import HttpAgents
from .notebook_runs import notebook_of, run_cells, watch_run
from .proposals import proposal_of, step_of, undo_result_of
from .refusals import error_of
from .tools import approval_of, audit_entry_of, call_tool, declarations, rule_of, tool_info_of

if TYPE_CHECKING:
    import httpx

JSON = {"Content-Type": "application/json"}
CONNECT_TIMEOUT = 5.0
SILENCE_TIMEOUT = 60.0
"""Seconds without a byte after which the server counts as gone; it sends a keep-alive every 15."""


class HttpClient:
    """A `Client` over HTTP.

    Args:
        url: The server's base URL, `http(s)://…/` or `http+unix://%2Fpath%2Fto%2Fsocket/…`.
        token: What opens `/lumina/…`.
        certificate: Path of the server's own certificate, where it speaks HTTPS with a private one.
    """

    def __init__(self, url: str, *, token: str, certificate: str = "") -> None:
        import httpx

        parts = urlsplit(url)
        transport: httpx.HTTPTransport
        if parts.scheme == "http+unix":
            transport = httpx.HTTPTransport(uds=unquote(parts.netloc))
            url = f"http://localhost{parts.path}"
        else:
            transport = httpx.HTTPTransport(verify=_trust(certificate) if certificate else True)
        # Neither proxies nor netrc from the environment: the server is on this machine, and a proxy would see the token.
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/lumina/api/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(SILENCE_TIMEOUT, connect=CONNECT_TIMEOUT),
            transport=transport,
            trust_env=False,
        )

    @property
    def agents(self) -> AgentClient:
        """The agent."""
        return HttpAgents(self._http, self._call)

    def ask(self, question: Question) -> Iterator[Event]:
        """Stream an answer."""
        import httpx

        try:
            with self._http.stream("POST", "chat", content=_body(asdict(question)), headers=JSON) as response:
                if response.status_code != 200:
                    response.read()
                    yield Failed.of(error_of(response))
                    return
                for line in response.iter_lines():
                    if not line.startswith("data:"):
                        continue
                    event = from_dict(json.loads(line[5:]))
                    yield event
                    if is_end(event):
                        return
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            yield Failed.of(_unreachable(error))
        except (httpx.HTTPError, ValueError) as error:
            yield Failed.of(StreamBroken(f"The Jupyter server's answer broke off: {error}."))
        else:
            yield Failed.of(StreamBroken("The Jupyter server's answer ended before it was complete."))

    def cancel(self, request_id: str) -> bool:
        """Stop an answer from another thread."""
        return bool(self._call("POST", f"chat/{request_id}/cancel")["cancelled"])

    def models(self, *, refresh: bool = False) -> list[ModelInfo]:
        """The models that can answer now."""
        return [ModelInfo(**item) for item in self._call("GET", "models", refresh=int(refresh))["models"]]

    def providers(self, *, refresh: bool = False) -> list[ProviderStatus]:
        """Every provider that Lumina knows."""
        return [ProviderStatus(**item) for item in self._call("GET", "providers", refresh=int(refresh))["providers"]]

    def health(self) -> Health:
        """Whether something can answer."""
        return Health(**self._call("GET", "health"))

    def usage(self, *, days: int = 30, notebook: str | None = None) -> list[UsageRow]:
        """What the calls of the last days took."""
        query = {"days": days} if notebook is None else {"days": days, "notebook": notebook}
        return [UsageRow(**item) for item in self._call("GET", "usage", **query)["usage"]]

    def set_key(self, provider: str, key: str) -> None:
        """Keep a provider's key; a kernel's token is refused."""
        self._call("PUT", f"keys/{provider}", body={"key": key})

    def delete_key(self, provider: str) -> bool:
        """Forget a provider's key; a kernel's token is refused."""
        return bool(self._call("DELETE", f"keys/{provider}")["deleted"])

    def conversations(self, notebook: str = "", kernel_id: str = "") -> list[Conversation]:
        """The conversations of a notebook, or all."""
        found = self._call("GET", "conversations", notebook=notebook, kernel_id=kernel_id)
        return [Conversation(**item) for item in found["conversations"]]

    def conversation_events(self, conversation_id: str, *, after: int = 0) -> list[LogEntry]:
        """The log entries that follow entry number `after`."""
        found = self._call("GET", f"conversations/{conversation_id}/events", after=after)
        return [LogEntry(**item) for item in found["events"]]

    def begin_conversation(self, notebook: str, *, title: str = "") -> Conversation:
        """Begin a shared conversation."""
        return Conversation(**self._call("POST", "conversations", body={"notebook": notebook, "title": title}))

    def rename_conversation(self, conversation_id: str, title: str) -> Conversation:
        """Give a conversation another title."""
        return Conversation(**self._call("PATCH", f"conversations/{conversation_id}", body={"title": title}))

    def delete_conversation(self, conversation_id: str) -> None:
        """Delete a conversation with its log and its images."""
        self._call("DELETE", f"conversations/{conversation_id}")

    def start_turn(self, question: Question) -> Started:
        """Put a question into the log of its conversation and begin to answer it."""
        body = json.loads(_body(turn_body(question)))
        return Started(**self._call("POST", f"conversations/{question.conversation}/turns", body=body))

    def follow(self, conversation_id: str, *, after: int = 0) -> Iterator[Frame]:
        """Everything in a conversation after entry number `after`, and then whatever comes."""
        return follow(self._http, conversation_id, after)

    def search_conversations(self, query: str, *, notebook: str = "", limit: int = 50) -> list[Hit]:
        """Where titles, questions and answers hold a text."""
        narrowed = {"notebook": notebook} if notebook else {}
        found = self._call("GET", "conversations/search", q=query, limit=limit, **narrowed)
        return [Hit(**item) for item in found["hits"]]

    def export_conversation(self, conversation_id: str, file_format: str = "markdown") -> str:
        """A conversation as the text of a file."""
        return self._send("GET", f"conversations/{conversation_id}/export", format=file_format).text

    def reset_conversation(self, notebook: str = "", kernel_id: str = "") -> str:
        """Begin a fresh conversation."""
        body = {"notebook": notebook, "kernel_id": kernel_id}
        return str(self._call("POST", "conversations/reset", body=body)["id"])

    def preview(self, question: Question) -> ContextPreview:
        """What a model would be shown beside a question."""
        found = self._call("POST", "context/preview", body=asdict(question))
        report = found["report"]
        return ContextPreview(
            text=found["text"],
            images=found["images"],
            report=ContextReport(
                included=tuple(Included(**item) for item in report["included"]),
                left_out=tuple(LeftOut(**item) for item in report["left_out"]),
                tokens=report["tokens"],
                budget=report["budget"],
            ),
        )

    def notebook_map(self, notebook: str, kernel_id: str, executions: Sequence[Execution]) -> NotebookMap:
        """The map of a notebook."""
        ran = [asdict(each) for each in executions]
        body = {"notebook": notebook, "kernel_id": kernel_id, "executions": ran}
        found = self._call("POST", "context/map", body=body)
        return NotebookMap(
            cells=tuple(CellStatus(**{**item, "uses": tuple(item["uses"])}) for item in found["cells"]),
            variables=tuple(VariableOrigin(**item) for item in found["variables"]),
            rerun=tuple(found["rerun"]),
            known=found["known"],
        )

    def notebook_history(self, path: str, kernel_id: str = "", *, limit: int = 200) -> list[Moment]:
        """A notebook's moments, the newest first."""
        found = self._call("GET", "notebooks/history", path=path, kernel_id=kernel_id, limit=limit)
        return [Moment(**item) for item in found["moments"]]

    def gone_notebooks(self) -> list[GoneNotebook]:
        """The notebooks that have a history and no file any more."""
        return [GoneNotebook(**item) for item in self._call("GET", "notebooks/gone")["notebooks"]]

    def notebook_moment(self, path: str, snapshot: str, kernel_id: str = "", *, against: str = "") -> MomentView:
        """What a notebook was, or what changed since."""
        place = f"notebooks/history/{quote(snapshot, safe='')}"
        return view_of(self._call("GET", place, path=path, kernel_id=kernel_id, against=against))

    def restore_notebook(self, path: str, snapshot: str, kernel_id: str = "", *, cell: str = "") -> Restored:
        """Make a notebook, or one cell of it, what it was."""
        body = {"path": path, "kernel_id": kernel_id, "snapshot": snapshot, "cell": cell}
        return restored_of(self._call("POST", "notebooks/restore", body=body))

    def proposals(self, path: str, kernel_id: str = "") -> list[Proposal]:
        """What is proposed for a notebook and left to decide."""
        found = self._call("GET", "notebooks/proposals", path=path, kernel_id=kernel_id)
        return [proposal_of(item) for item in found["proposals"]]

    def decide(
        self,
        proposal_id: str,
        path: str,
        kernel_id: str = "",
        *,
        accept: bool,
        cell: str = "",
        hunks: Sequence[str] | None = None,
    ) -> Proposal:
        """Accept or refuse something of a proposal."""
        place = f"notebooks/proposals/{quote(proposal_id, safe='')}/{'accept' if accept else 'refuse'}"
        chosen = None if hunks is None else list(hunks)
        body = {"path": path, "kernel_id": kernel_id, "cell": cell, "hunks": chosen}
        return proposal_of(self._call("POST", place, body=body))

    def agent_steps(self, path: str, kernel_id: str = "") -> list[Step]:
        """What agents did to a notebook and can be undone or redone."""
        found = self._call("GET", "notebooks/runs", path=path, kernel_id=kernel_id)
        return [step_of(item) for item in found["steps"]]

    def undo(
        self,
        path: str,
        kernel_id: str = "",
        *,
        run: str = "",
        step: int | None = None,
        cell: str | None = None,
        redo: bool = False,
    ) -> UndoResult:
        """Take something back, or bring it again."""
        body = {"path": path, "kernel_id": kernel_id, "run": run, "step": step, "cell": cell}
        return undo_result_of(self._call("POST", f"notebooks/{'redo' if redo else 'undo'}", body=body))

    def notebook_content(self, path: str) -> Notebook:
        """A notebook as it is now."""
        return notebook_of(self._call("GET", "notebooks/content", path=path))

    def run_cells(self, request: RunRequest) -> Iterator[RunEvent]:
        """Run cells on the notebook's own kernel."""
        return run_cells(self._http, request)

    def watch_run(self, run_id: str) -> Iterator[RunEvent]:
        """How a run went so far, and how it goes on."""
        return watch_run(self._http, run_id)

    def interrupt_run(self, run_id: str) -> bool:
        """Stop a run."""
        return bool(self._call("POST", f"notebooks/run/{run_id}/interrupt")["interrupted"])

    def tools(self, notebook: str = "", kernel_id: str = "") -> list[ToolInfo]:
        """The tools that are seen from a notebook."""
        return [
            tool_info_of(item) for item in self._call("GET", "tools", notebook=notebook, kernel_id=kernel_id)["tools"]
        ]

    def declare_tools(self, tools: Sequence[Tool], *, notebook: str, kernel_id: str) -> None:
        """Let a notebook have these tools and no others."""
        body = {"tools": declarations(tools), "notebook": notebook, "kernel_id": kernel_id}
        self._call("PUT", "tools/declared", body=body)

    def call_tool(self, name: str, arguments: Mapping[str, Any], *, notebook: str = "") -> ToolOutcome:
        """Call a tool."""
        body = {"arguments": dict(arguments), "notebook": notebook}
        return call_tool(self._http, quote(name, safe=""), body)

    def approvals(self, *, notebook: str = "", kernel_id: str = "", all: bool = False) -> list[Approval]:
        """Calls of tools that wait for a person, or the latest of all."""
        found = self._call("GET", "approvals", notebook=notebook, kernel_id=kernel_id, all=int(all))
        return [approval_of(item) for item in found["approvals"]]

    def decide_approval(self, approval_id: str, verdict: Verdict, scope: Scope | None = None) -> Approval:
        """Grant or deny one; a kernel's token is refused unless a setting lets kernels decide."""
        body = {"verdict": verdict, "scope": scope}
        return approval_of(self._call("POST", f"approvals/{quote(approval_id, safe='')}", body=body))

    def questions(self) -> list[PersonQuestion]:
        """What tools that run want to know from a person; closed to kernels."""
        return [PersonQuestion(**each) for each in self._call("GET", "questions")["questions"]]

    def answer_question(
        self, question_id: str, action: Literal["accept", "decline"], content: Mapping[str, Any] | None = None
    ) -> PersonQuestion:
        """Answer such a question, or decline to; closed to kernels."""
        body = {"action": action, "content": None if content is None else dict(content)}
        return PersonQuestion(**self._call("POST", f"questions/{quote(question_id, safe='')}", body=body))

    def tool_rules(self) -> list[Rule]:
        """The rules that were made of decisions."""
        return [rule_of(item) for item in self._call("GET", "approvals/rules")["rules"]]

    def revoke_rule(self, rule_id: str) -> None:
        """Take a rule back."""
        self._call("DELETE", f"approvals/rules/{quote(rule_id, safe='')}")

    def audit(self, *, limit: int = 100, notebook: str = "", tool: str = "") -> list[AuditEntry]:
        """What was decided about calls of tools; a kernel's token is refused."""
        found = self._call("GET", "audit", limit=limit, notebook=notebook, tool=tool)
        return [audit_entry_of(item) for item in found["entries"]]

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _call(self, method: str, path: str, /, *, body: Any = None, **query: str | int) -> Any:
        response = self._send(method, path, body=body, **query)
        return response.json() if response.content else {}

    def _send(self, method: str, path: str, /, *, body: Any = None, **query: str | int) -> httpx.Response:
        import httpx

        try:
            response = self._http.request(method, path, json=body, params=query)
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        if response.status_code >= 400:
            raise error_of(response)
        return response


def _body(data: dict[str, Any]) -> bytes:
    # Lone surrogates cannot travel as UTF-8; they come from broken text and mean nothing to a model.
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")


def _unreachable(error: Exception) -> ServerUnreachable:
    return ServerUnreachable(f"The Jupyter server cannot be reached: {error}.")


def _trust(certificate: str) -> ssl.SSLContext:
    """Trust that one certificate, whatever host name it was made for: the address is a loopback one."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
