"""What a cell asks of the server that needs the cell's own kernel: done beside the cell, which ends at once."""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..errors import LuminaError
from .output import markdown, sentence

if TYPE_CHECKING:
    from .session import Session


def beside(session: Session, act: Callable[[], str], meanwhile: str) -> None:
    """Do it, and show what it says; where there is a server when the cell is over, for its kernel is busy until then.

    Args:
        session: The magics' session.
        act: Gives what is to be told.
        meanwhile: What is shown until then.

    Raises:
        LuminaError: where it is done at once, and cannot be.
    """
    output = session.output
    if not os.environ.get("LUMINA_URL") or not output.live:
        told = act()
        output.show(markdown(sentence(told), told))
        return
    display = output.show(markdown(f"*{sentence(meanwhile)}*", meanwhile))

    def work() -> None:
        try:
            told = act()
        except LuminaError as error:
            told = str(error)
        output.update(display, markdown(sentence(told), told))

    # What is shown from there is shown in this cell, whichever runs then.
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), name="lumina-beside", daemon=True).start()
