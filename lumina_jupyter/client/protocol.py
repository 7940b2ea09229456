"""What every face can ask of Lumina, wherever the engine is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from ..collaboration import Notebook
from ..collaboration.execution.execution import RunRequest
from ..collaboration.execution.run_events import RunEvent
from ..collaboration.proposals.proposal import Proposal
from ..collaboration.snapshots.gone import GoneNotebook
from ..collaboration.snapshots.history import Moment, MomentView, Restored
from ..collaboration.undo.undo import Step, UndoResult
from ..context.map import Execution, NotebookMap
from ..context.report import ContextPreview
from ..engine import Health
from ..events import Event
from ..gateway import ModelInfo, ProviderStatus
from ..memory import Conversation, Frame, Hit, LogEntry, Question, Started
from ..storage import UsageRow
from ..tools import Approval, AuditEntry, PersonQuestion, Rule, Tool, ToolInfo, ToolOutcome
from ..tools.permission import Scope, Verdict
from .agents import AgentClient


class Client(Protocol):
    """What every face can ask of Lumina."""

    @property
    def agents(self) -> AgentClient:
        """The agent and its runs."""
        ...

    def ask(self, question: Question) -> Iterator[Event]:
        """Stream an answer; ends with exactly one `MessageFinished` or `Failed`.

        Close the iterator, or let an exception such as `KeyboardInterrupt` pass through it, to stop
        the answer: the provider's connection is closed with it.
        """
        ...

    def cancel(self, request_id: str) -> bool:
        """Stop an answer from another thread; whether it was under way."""
        ...

    def models(self, *, refresh: bool = False) -> list[ModelInfo]:
        """The models that can answer now."""
        ...

    def providers(self, *, refresh: bool = False) -> list[ProviderStatus]:
        """Every provider that Lumina knows, and whether it can be used."""
        ...

    def health(self) -> Health:
        """Whether something can answer."""
        ...

    def usage(self, *, days: int = 30, notebook: str | None = None) -> list[UsageRow]:
        """What the calls of the last days took, by day and model."""
        ...

    def set_key(self, provider: str, key: str) -> None:
        """Keep a provider's key."""
        ...

    def delete_key(self, provider: str) -> bool:
        """Forget a provider's key; whether there was one."""
        ...

    def conversations(self, notebook: str = "", kernel_id: str = "") -> list[Conversation]:
        """The conversations of a notebook (or all, when neither it nor a kernel is named), the last changed first."""
        ...

    def conversation_events(self, conversation_id: str, *, after: int = 0) -> list[LogEntry]:
        """The log entries that follow entry number `after`."""
        ...

    def begin_conversation(self, notebook: str, *, title: str = "") -> Conversation:
        """Begin a shared conversation; the first of a notebook is what its cells go on with."""
        ...

    def rename_conversation(self, conversation_id: str, title: str) -> Conversation:
        """Give a conversation another title."""
        ...

    def delete_conversation(self, conversation_id: str) -> None:
        """Delete a conversation with its log and its images."""
        ...

    def start_turn(self, question: Question) -> Started:
        """Put a question into the log of `question.conversation`; the answer goes on whoever leaves.

        Sent twice with one `request_id`, it is one turn.
        """
        ...

    def follow(self, conversation_id: str, *, after: int = 0) -> Iterator[Frame]:
        """Everything in a conversation after entry number `after`, and then whatever comes.

        Goes on where it stopped when the line to the server is lost; ends with `Gone`, or when it is closed.
        """
        ...

    def search_conversations(self, query: str, *, notebook: str = "", limit: int = 50) -> list[Hit]:
        """Where titles, questions and answers hold a text."""
        ...

    def export_conversation(self, conversation_id: str, file_format: str = "markdown") -> str:
        """A conversation as the text of a file: `markdown`, `notebook`, `json` or `chat`."""
        ...

    def reset_conversation(self, notebook: str = "", kernel_id: str = "") -> str:
        """Begin a fresh conversation for a notebook; its id."""
        ...

    def preview(self, question: Question) -> ContextPreview:
        """What a model would be shown beside a question; nothing is sent."""
        ...

    def notebook_map(self, notebook: str, kernel_id: str, executions: Sequence[Execution]) -> NotebookMap:
        """The map of a notebook, by what its kernel has run."""
        ...

    def notebook_history(self, path: str, kernel_id: str = "", *, limit: int = 200) -> list[Moment]:
        """The moments of a notebook, or of that of a kernel, the newest first; also of one that is gone."""
        ...

    def gone_notebooks(self) -> list[GoneNotebook]:
        """The notebooks that have a history and no file any more, the last kept first."""
        ...

    def notebook_moment(self, path: str, snapshot: str, kernel_id: str = "", *, against: str = "") -> MomentView:
        """What a notebook was; or with `against`, a moment's id or "now", what changed from then to that."""
        ...

    def restore_notebook(self, path: str, snapshot: str, kernel_id: str = "", *, cell: str = "") -> Restored:
        """Make a notebook, or one cell of it, what it was; what it is now is kept first. One that is gone is written anew."""
        ...

    def notebook_content(self, path: str) -> Notebook:
        """A notebook as it is now, unsaved edits and all."""
        ...

    def proposals(self, path: str, kernel_id: str = "") -> list[Proposal]:
        """What is proposed for a notebook, or for that of a kernel, and left to decide, the oldest first."""
        ...

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
        """Accept or refuse hunks of a cell, all that is left in a cell, or all that is left of a proposal."""
        ...

    def agent_steps(self, path: str, kernel_id: str = "") -> list[Step]:
        """What agents did to a notebook and can be undone or redone, the oldest first."""
        ...

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
        """Take back a run, a step or what was done to a cell, or bring it again; without a run, the last step."""
        ...

    def run_cells(self, request: RunRequest) -> Iterator[RunEvent]:
        """Run cells on the notebook's own kernel. The run goes on when nobody reads; only `interrupt_run` stops it."""
        ...

    def watch_run(self, run_id: str) -> Iterator[RunEvent]:
        """How a run went so far, and how it goes on."""
        ...

    def interrupt_run(self, run_id: str) -> bool:
        """Stop a run; whether it was under way."""
        ...

    def tools(self, notebook: str = "", kernel_id: str = "") -> list[ToolInfo]:
        """The tools that are seen from a notebook, and what the gate says of a model that calls them."""
        ...

    def declare_tools(self, tools: Sequence[Tool], *, notebook: str, kernel_id: str) -> None:
        """Let a notebook have these tools and no others; they run in its kernel."""
        ...

    def call_tool(self, name: str, arguments: Mapping[str, Any], *, notebook: str = "") -> ToolOutcome:
        """Call a tool; in a kernel of a server it may wait for an approval."""
        ...

    def approvals(self, *, notebook: str = "", kernel_id: str = "", all: bool = False) -> list[Approval]:
        """Calls of tools that wait for a person, the newest first; or the latest of all."""
        ...

    def decide_approval(self, approval_id: str, verdict: Verdict, scope: Scope | None = None) -> Approval:
        """Grant or deny one; with a scope, also the calls like it from now on."""
        ...

    def questions(self) -> list[PersonQuestion]:
        """What tools that run want to know from a person, the newest first."""
        ...

    def answer_question(
        self, question_id: str, action: Literal["accept", "decline"], content: Mapping[str, Any] | None = None
    ) -> PersonQuestion:
        """Answer such a question, with the fields of its form, or decline to."""
        ...

    def tool_rules(self) -> list[Rule]:
        """The rules that were made of such decisions."""
        ...

    def revoke_rule(self, rule_id: str) -> None:
        """Take a rule back."""
        ...

    def audit(self, *, limit: int = 100, notebook: str = "", tool: str = "") -> list[AuditEntry]:
        """What was decided about calls of tools and what became of them, the newest first."""
        ...

    def close(self) -> None:
        """Give up what the client holds; an engine in this process ends with it."""
        ...
