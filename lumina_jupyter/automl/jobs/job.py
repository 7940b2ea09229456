"""A job: a search that the server was asked for, as it is kept in a folder of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from lumina_jupyter.errors import SettingUnusable
from lumina_jupyter.storage.folders import private_folder, write_atomically

JobKind = Literal["search", "resume"]
JobState = Literal["queued", "running", "done", "stopped", "failed", "interrupted"]
OVER: frozenset[JobState] = frozenset({"done", "stopped", "failed", "interrupted"})
"""States after which nothing more happens by itself; a search that was interrupted can be resumed."""
INTERRUPTED = "Its process ended before the search did, as when the server was ended. What was trained is kept."
RESUME = "Go on with it: nothing is trained twice."
_RECORD, _OUTCOME, _LOCK = "job.json", "outcome.json", "job.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job for whoever asks.

    Args:
        name: Its name, and its experiment's.
        kind: Whether it searches anew or goes on with a search.
        state: "stopped" was stopped before there was anything to keep; a search that was stopped later is "done".
        place: Its place in the queue, from 1; 0 when it does not wait.
        file: The table's file below the server's root; empty for a resumed one that had none.
        target: The target's name.
        seconds: The budget; for a resumed one how many more, 0 for what was left.
        created_at: When it was asked for, seconds since 1970; the next two are 0 before they are known.
        began_at: When its process began.
        ended_at: When it was over.
        failure: What went wrong, as a sentence.
        hint: What to do about it.
    """

    name: str
    kind: JobKind
    state: JobState
    place: int = 0
    file: str = ""
    target: str = ""
    seconds: float = 0.0
    created_at: float
    began_at: float = 0.0
    ended_at: float = 0.0
    failure: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it is kept.

    Args:
        view: What may be seen of it.
        owner: Whose it is; empty where Jupyter knows no names.
        request: What was asked for, JSON values.
        root: The folder below which its table is, as `FileRoot` describes it.
        pid: Its process, which leads a group; 0 without one.
    """

    view: JobView
    owner: str = ""
    request: dict[str, Any] = field(default_factory=dict)
    root: dict[str, Any] = field(default_factory=dict)
    pid: int = 0


class JobFolder:
    """Where a job is kept: a record that the server writes, an outcome that its process writes, a lock that it holds.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name

    def make(self) -> bool:
        """Make it; False when it is there already."""
        private_folder(self.path.parent)
        try:
            self.path.mkdir(mode=0o700)
        except FileExistsError:
            return False
        return True

    def write(self, job: Job) -> None:
        """Keep what is known of the job."""
        write_atomically(self.path / _RECORD, json.dumps(asdict(job), ensure_ascii=False).encode())

    def read(self) -> Job | None:
        """What is kept, whatever has become of its process; None where nothing can be read."""
        try:
            data = json.loads((self.path / _RECORD).read_bytes())
            return Job(**{**data, "view": JobView(**data["view"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write_outcome(self, outcome: dict[str, Any]) -> None:
        """Keep how it ended; its process does this last of all."""
        write_atomically(self.path / _OUTCOME, json.dumps(outcome, ensure_ascii=False).encode())

    def begin_anew(self) -> None:
        """Forget how it ended."""
        (self.path / _OUTCOME).unlink(missing_ok=True)

    def ended(self, job: Job, at: float, *, stopped: bool = False) -> Job:
        """The job whose process is gone, with how it ended."""
        try:
            outcome = dict(json.loads((self.path / _OUTCOME).read_bytes()))
        except (OSError, ValueError):
            outcome = {"state": "interrupted", "failure": INTERRUPTED, "hint": RESUME}
            if stopped:
                outcome = {"state": "stopped", "failure": "It was stopped before anything was found.", "hint": ""}
        view = replace(job.view, **outcome, ended_at=at, place=0)
        return replace(job, view=view, pid=0)

    @contextmanager
    def held(self, *, patience: float = 0.0) -> Iterator[None]:
        """Hold the job, as its process does from its beginning to its end.

        Args:
            patience: Seconds to wait for those who only look whether somebody does.

        Raises:
            SettingUnusable: when another process does.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.path / _LOCK)
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            raise SettingUnusable(
                f"The job {self.name!r} is at work in another process.", hint="Stop it first."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def is_held(self) -> bool:
        """Whether its process is at work."""
        if not (self.path / _LOCK).exists():
            return False
        try:
            with self.held():
                return False
        except SettingUnusable:
            return True

    def remove(self) -> None:
        """Delete it."""
        shutil.rmtree(self.path, ignore_errors=True)
