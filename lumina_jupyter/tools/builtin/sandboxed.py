"""What the Python and the shell tool have in common: a run in the sandbox, and what a model is told of it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from ...errors import InvalidArguments
from ...settings import Lumina
from ..content import Content, ContentPart, ImageContent, TextContent
from ..context import ToolContext
from ..sandbox import Limits, Sandbox, SandboxResult, ScratchFile, Workspaces
from ..sandbox.limits import MB
from ..sandbox.places import checked_readable

NotebookFolder = Callable[[ToolContext], Awaitable[Path | None]]
"""The folder of a call's notebook; None where there is none."""

MOST_IMAGES = 8
_MAGIC = {
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".gif": ("image/gif", b"GIF8"),
    ".webp": ("image/webp", b"RIFF"),
}
_FILES_NAMED = 40


class SandboxedRuns:
    """Runs programs in the sandbox for tools, with the limits and the folders that the settings give.

    Args:
        settings: What they say when a call is made holds for it.
        notebook_folder: Which folder a call's notebook is in.
    """

    def __init__(self, settings: Lumina, notebook_folder: NotebookFolder) -> None:
        self._settings = settings
        self._notebook_folder = notebook_folder
        self._sandbox = Sandbox(private=[settings.data_path, settings.models_path])
        self._workspaces = Workspaces(settings.data_path / "scratch")

    @property
    def seconds(self) -> float:
        """How long a tool's call may take: the program's own time, and what setting up and taking down needs."""
        return self._settings.sandbox_seconds + 30.0

    async def run(self, program: str | Sequence[str], seconds: float | None, context: ToolContext) -> Content:
        """Run Python source, or a program with its arguments; what became of it, for a model.

        Args:
            program: Source as text, or a program and its arguments.
            seconds: The most that it may take; the setting's when omitted or larger.
            context: The call's.

        Raises:
            SandboxUnavailable: when this machine cannot shut it in; it has not run then.
            ToolFailed: when the files of earlier runs do not fit.
        """
        limits = self._limits(seconds)
        folder = await self._readable(context)
        readable = [folder] if folder is not None else []
        environment = {"NOTEBOOK_FOLDER": str(folder)} if folder is not None else {}
        run = self._sandbox.run_python if isinstance(program, str) else self._sandbox.run
        async with self._workspaces.of(context.actor.user, context.notebook or context.conversation) as scratch:
            result = await run(
                program,  # type: ignore[arg-type]  # the one for source takes text, the other a list
                limits=limits,
                scratch=scratch,
                readable=readable,
                environment=environment,
                on_output=lambda _stream, text: context.tell(text),
            )
            images = await asyncio.to_thread(self._images, scratch, result.files)
        return (TextContent(told(result, limits)), *images)

    async def _readable(self, context: ToolContext) -> Path | None:
        """The notebook's folder, if programs may read it; none when it is a part of the system."""
        if not self._settings.sandbox_reads_notebook_folder:
            return None
        folder = await self._notebook_folder(context)
        try:
            return None if folder is None else await asyncio.to_thread(checked_readable, folder)
        except InvalidArguments:
            return None

    def _limits(self, seconds: float | None) -> Limits:
        settings = self._settings
        most = settings.sandbox_seconds
        wall = most if seconds is None else max(min(seconds, most), 0.1)
        return Limits(
            wall_seconds=wall,
            cpu_seconds=wall * 2,
            memory_bytes=int(settings.sandbox_memory_mb * MB),
            processes=settings.sandbox_processes,
            scratch_bytes=int(settings.sandbox_scratch_mb * MB),
        )

    def _images(self, scratch: Path, files: Sequence[ScratchFile]) -> list[ContentPart]:
        """The images that this run has made or changed, as far as they are what their names say."""
        found: list[ContentPart] = []
        for file in files:
            media_type, magic = _MAGIC.get(Path(file.name).suffix.lower(), ("", b""))
            fits = 0 < file.size <= self._settings.max_image_mb * MB
            if media_type and fits and file.changed and file.kept and len(found) < MOST_IMAGES:
                data = (scratch / file.name).read_bytes()
                if data.startswith(magic):
                    found.append(ImageContent(media_type, base64.b64encode(data).decode()))
        return found


def told(result: SandboxResult, limits: Limits) -> str:
    """What became of a program, in words for a model."""
    parts = [_ending(result, limits)]
    for name, text in (("stdout", result.stdout), ("stderr", result.stderr)):
        if text:
            parts.append(f"{name}:\n{text.rstrip()}")
    if not result.stdout and not result.stderr:
        parts.append("It printed nothing.")
    if result.files:
        parts.append("Files in the scratch folder:\n" + _files(result.files))
    return "\n\n".join(parts)


def _ending(result: SandboxResult, limits: Limits) -> str:
    stopped = {
        "wall": f"it took longer than {limits.wall_seconds:g} seconds",
        "cpu": f"it used more than {limits.cpu_seconds:g} seconds of CPU time",
        "memory": f"it used more than {limits.memory_bytes / MB:,.0f} MB of memory",
        "processes": f"it started more than {limits.processes} processes and threads",
        "output": f"it printed more than {limits.printed_bytes / MB:,.0f} MB",
        "scratch": f"it made more than {2 * limits.scratch_files:,} files",
    }
    if result.limit:
        return f"Stopped: {stopped[result.limit]}."
    if result.exit_status == 0:
        return f"Finished in {result.wall_seconds:.1f} seconds."
    if result.exit_status is None:
        return "Ended from outside, without an exit status."
    return f"Failed with exit status {result.exit_status} after {result.wall_seconds:.1f} seconds."


def _files(files: Sequence[ScratchFile]) -> str:
    lines = []
    # What is new first: a long list is cut.
    for file in sorted(files, key=lambda each: not each.changed)[:_FILES_NAMED]:
        notes = [f"{file.size:,} bytes", *(["new or changed"] if file.changed else [])]
        if not file.kept:
            notes.append("not kept")
        lines.append(f"{file.name} ({', '.join(notes)})")
    if len(files) > _FILES_NAMED:
        lines.append(f"and {len(files) - _FILES_NAMED:,} more")
    return "\n".join(lines)
