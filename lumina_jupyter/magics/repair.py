"""`%lumina fix` and `%lumina explain`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import InvalidOption, UnknownName
from ..telemetry.redaction import redact
from .arguments import CellOptions, no_arguments
from .cell import ask
from .display_text import whole
from .failures import last_failure, traceback_text
from .output import markdown
from .values import describe_named, shorten

if TYPE_CHECKING:
    from ..memory import Question
    from .session import Session

SOURCE_LIMIT = 12_000
"""Characters of a cell that go into a prompt at most."""

# The order matters to small models: what to do, the code, the error, and the form of the answer last.
_FIX = """Fix this Python code.

```python
{source}
```

It fails with this error:

```
{traceback}
```

Reply with the corrected code in a ```python block, followed by one sentence that explains the error."""

_EXPLAIN = """Explain briefly what this does, for somebody who reads it for the first time:

{what}"""


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
    prompt = _FIX.format(source=source, traceback=traceback_text(failure.error).strip())
    answer = ask(session, _question(session, prompt, temperature=_temperature(session)), CellOptions())
    if answer.finish == "stop" and answer.code.strip() and answer.code.strip() != failure.source.strip():
        session.output.next_cell(answer.code)
        session.output.show(
            markdown(
                "*The corrected cell is below; read it before you run it.*", "The corrected cell is the next input."
            )
        )


def _temperature(session: Session) -> float | None:
    # A small model mends more when it guesses less; some large ones refuse to be told.
    model = session.model or session.client.health().default_model
    return 0.0 if model.startswith("embedded/") else None


def explain(session: Session, arguments: Sequence[str]) -> None:
    """Explain the last cell, or something by its name.

    Raises:
        UnknownName: when there is nothing of that name.
        InvalidOption: when nothing was run yet, or more than one name is given.
    """
    if len(arguments) > 1:
        raise InvalidOption("`%lumina explain` takes one name, or none for the last cell.")
    what = _named(session, arguments[0]) if arguments else _last_cell(session)
    ask(session, _question(session, _EXPLAIN.format(what=what)), CellOptions())


def _named(session: Session, name: str) -> str:
    namespace = session.ipython.user_ns
    if name not in namespace:
        raise UnknownName(f"There is no variable {name!r} to explain.", hint="Define it first.")
    return describe_named(name, namespace[name])


def _last_cell(session: Session) -> str:
    inputs = session.ipython.user_ns.get("In", [])
    for source in reversed(inputs[:-1]):
        if source.strip() and not source.lstrip().startswith(("%lumina", "%%lumina", "%load_ext", "get_ipython()")):
            return f"```python\n{shorten(source.strip(), SOURCE_LIMIT)}\n```"
    raise InvalidOption("No cell was run before this one.", hint="Name what to explain: `%lumina explain NAME`.")


def _question(session: Session, prompt: str, temperature: float | None = None) -> Question:
    from ..gateway import TextPart
    from ..memory import Question

    identity = session.identity
    return Question(
        prompt=(TextPart(whole(redact(prompt))),),
        model=session.model,
        temperature=temperature,
        notebook=identity.notebook,
        kernel_id=identity.kernel_id,
    )
