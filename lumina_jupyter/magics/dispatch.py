"""The one way from IPython into the magics: every error leaves as a sentence and the next step."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ..errors import LuminaError
from .session import session_of
from .stopping import CellFailed

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

log = logging.getLogger(__name__)


def run(ipython: InteractiveShell, line: str, cell: str | None) -> None:
    """Run `%lumina` (no cell) or `%%lumina`.

    Raises:
        CellFailed: whatever went wrong.
    """
    session = session_of(ipython)
    try:
        if cell is None:
            from .commands import run_command

            run_command(session, line)
        else:
            from .cell import run_cell

            run_cell(session, line, cell)
    except LuminaError as error:
        raise CellFailed(error) from None
    except CellFailed:
        raise
    except KeyboardInterrupt:
        raise CellFailed(LuminaError("Stopped.", hint="")) from None
    except Exception as error:
        # Not as an error: where nobody set logging up, Python would print the traceback into the cell.
        log.debug("a magic failed in a way that it should not", exc_info=error)
        reason = f"{type(error).__name__}: {error}".rstrip(".:")
        raise CellFailed(LuminaError(f"Lumina failed in an unforeseen way ({reason}).")) from error
