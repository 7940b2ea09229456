"""`%lumina fix` and `%lumina explain`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import InvalidOption, UnknownName
from ..telemetry.redaction import redact
from .arguments import CellOptions, no_arguments
from .cell import ask
from .display_text import whole
from .failures import error_output, last_failure
from .output import markdown
from .values import describe_named, shorten

if TYPE_CHECKING:
    from ..context import CellKind, NotebookView
    from ..memory import Question
    from .session import Session

SOURCE_LIMIT = 12_000
"""Characters of a cell that go into a prompt at most."""

_CELL = "cell"
"""Id of the cell that a command is about, in a view of it alone."""


def fix(session: Session, arguments: Sequence[str]) -> None:
    """Explain the last error and put the corrected cell below.

    Raises:
        InvalidOption: when no cell has failed.
    """
    no_arguments("fix", arguments)
    failure = last_failure(session.ipython)
    if failure is None:
        raise InvalidOption("No cell has failed in this session.", hint="Run `%lumina fix` after an error.")
    source = shorten(failure.source.strip("\n"), SOURCE_LIMIT)
    answer = ask(session, _question(session, "fix", _view(source, error_output(failure.error))), CellOptions())
    if answer.finish == "stop" and answer.code.strip() and answer.code.strip() != failure.source.strip():
        session.output.next_cell(answer.code)
        session.output.show(
            markdown(
                "*The corrected cell is below; read it before you run it.*", "The corrected cell is the next input."
            )
        )


def explain(session: Session, arguments: Sequence[str]) -> None:
    """Explain the last cell, or something by its name.

    Raises:
        UnknownName: when there is nothing of that name.
        InvalidOption: when nothing was run yet, or more than one name is given.
    """
    if len(arguments) > 1:
        raise InvalidOption("`%lumina explain` takes one name, or none for the last cell.")
    view = _view(_named(session, arguments[0]), kind="raw") if arguments else _view(_last_cell(session))
    ask(session, _question(session, "explain", view), CellOptions())


def _named(session: Session, name: str) -> str:
    namespace = session.ipython.user_ns
    if name not in namespace:
        raise UnknownName(f"There is no variable {name!r} to explain.", hint="Define it first.")
    return describe_named(name, namespace[name])


def _last_cell(session: Session) -> str:
    inputs = session.ipython.user_ns.get("In", [])
    for source in reversed(inputs[:-1]):
        if source.strip() and not source.lstrip().startswith(("%lumina", "%%lumina", "%load_ext", "get_ipython()")):
            return shorten(source.strip(), SOURCE_LIMIT)
    raise InvalidOption("No cell was run before this one.", hint="Name what to explain: `%lumina explain NAME`.")


def _view(source: str, *outputs: dict[str, Any], kind: CellKind = "code") -> NotebookView:
    """A notebook of the one cell that a command is about; its source is masked as all that is sent."""
    from ..context import CellView, NotebookView

    cell = CellView(id=_CELL, kind=kind, source=whole(redact(source)), outputs=outputs)
    return NotebookView(cells=(cell,), active_cell=_CELL)


def _question(session: Session, command: str, view: NotebookView) -> Question:
    from ..gateway import TextPart
    from ..memory import Question

    identity = session.identity
    return Question(
        prompt=(TextPart(f"/{command}"),),
        command=command,
        view=view,
        model=session.model,
        notebook=identity.notebook,
        kernel_id=identity.kernel_id,
    )
