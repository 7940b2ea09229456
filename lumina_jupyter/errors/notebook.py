"""Notebooks that people and agents edit and run."""

from __future__ import annotations

from lumina_jupyter.errors.base import LuminaError


class CellChanged(LuminaError):
    """Somebody changed the cell since the author of a write read it; `source` and `hash` are the cell's now."""

    code = "cell_changed"
    http_status = 409
    default_hint = "Read the cell's new text and decide again; nothing was written."

    def __init__(
        self, message: str, *, cell_id: str = "", source: str = "", hash: str = "", hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.cell_id = cell_id
        self.source = source
        self.hash = hash


class CellGone(LuminaError):
    """There is no cell of that id in the notebook."""

    code = "cell_gone"
    http_status = 404
    default_hint = "It was deleted, or never was there; read the notebook again. Nothing was written."


class EditDoesNotFit(LuminaError):
    """An edit that the cell, as it is, does not allow: text that is not in it, lines that it does not have."""

    code = "edit_does_not_fit"
    http_status = 422
    default_hint = "Read the cell again and name what is in it; nothing was written."


class NotebookUnreadable(LuminaError):
    """A file is no notebook that could be understood; it is left as it is."""

    code = "notebook_unreadable"
    http_status = 422
    default_hint = "Nothing was written over it; `lumina notebook history` lists earlier states to restore."


class NotebookTooLarge(LuminaError):
    """A notebook's file is larger than what is opened; it is left as it is.

    Args:
        message: One sentence.
        setting: What says how large it may be.
    """

    code = "notebook_too_large"
    http_status = 413

    def __init__(self, message: str, *, setting: str = "notebook_mb") -> None:
        super().__init__(
            message,
            hint="Nothing was changed. `jupyter nbconvert --clear-output --inplace PATH` clears the outputs of a file "
            f"that nobody has open; `c.Lumina.{setting}` is the limit, 0 for none.",
        )


class KernelUnavailable(LuminaError):
    """The kernel that a notebook's cells are to run on cannot be had."""

    code = "kernel_unavailable"
    http_status = 409
    default_hint = "`jupyter kernelspec list` shows which kernels there are; choose one of them for the notebook."


class KernelDied(LuminaError):
    """The kernel ended, or was restarted, before a cell did."""

    code = "kernel_died"
    http_status = 409
    default_hint = "Its variables are gone: run the notebook's cells again from the first one."


class RunTimedOut(LuminaError):
    """A cell took longer than its time limit and was interrupted."""

    code = "run_timed_out"
    http_status = 409
    default_hint = "Give it more time, or less to do."


class RunInterrupted(LuminaError):
    """Somebody stopped a run."""

    code = "run_interrupted"
    http_status = 409
    default_hint = "What it had put out is kept; run the cells again to go on."


class CellFailed(LuminaError):
    """A cell raised an error."""

    code = "cell_failed"
    http_status = 409
    default_hint = "The cell's output has the traceback."


class InputRefused(CellFailed):
    """A cell asked for input, and in a run from the server there is nobody to be asked."""

    code = "input_refused"
    default_hint = "Run the cell in JupyterLab, or put the value into a variable instead of `input()`."
