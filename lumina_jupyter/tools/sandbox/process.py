"""One program in the sandbox, from its start to its end, as processes: set up, let go, measured, ended.

Bubblewrap builds the sandbox and starts a shell in it as the first process, which tells that it is there and waits for
a word. Meanwhile the limits are set from outside and the scratch folder is filled; then the word is given, or, when we
died instead, its end of file ends the shell. When the first process ends, the kernel ends all others with it.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from ...errors import SandboxUnavailable
from .arguments import SCRATCH, Program, last_options, options, small_files, way_to
from .system_calls import system_call_filter
from .waiting import readable

SETUP_SECONDS = 15.0
_SHELL = 'echo; read -r go || exit 125; "$@" </dev/null; exit $?'
_FIRST_SANDBOX_USER, _SANDBOX_USERS = 1_900_000_000, 100_000_000
"""Numbers of users that no system gives out."""
_CAP_SETUID, _CAP_SYS_ADMIN = 7, 21

# Root is bound by no limit of processes, and owns the files of the kernel's settings: the program is run as somebody whom
# nobody knows. The shell before it stays root (with no rights but those to change users): only then may the kernel end
# it in the name of a parent that died.
_AS_SOMEBODY_ELSE = """
import ctypes, os, resource, sys
user = int(sys.argv[1])
for limit in sys.argv[2].split():
    kind, most = map(int, limit.split("="))
    resource.setrlimit(kind, (most, most))
os.setgroups([]); os.setresgid(user, user, user); os.setresuid(user, user, user)
if ctypes.CDLL(None).capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()):
    sys.exit(125)
try:
    os.execvp(sys.argv[3], sys.argv[3:])
except OSError as error:
    print(f"{sys.argv[3]}: {error.strerror}", file=sys.stderr)
    sys.exit(127 if isinstance(error, FileNotFoundError) else 126)
"""


class SandboxedProcess:
    """A program in the sandbox that waits to be let go.

    Args:
        bubblewrap: The program that builds sandboxes.
        program: What is run, and what it sees.

    Raises:
        SandboxUnavailable: when the sandbox cannot be built; nothing has run then.
    """

    def __init__(self, bubblewrap: Path, program: Program) -> None:
        self._program = program
        self._as_root = is_privileged()
        self._user = _FIRST_SANDBOX_USER + secrets.randbelow(_SANDBOX_USERS) if self._as_root else os.getuid()
        self._close = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._first_handle = -1
        self.handle = -1
        """A file descriptor that can be read once all its processes have ended."""
        self.cpu_seconds = 0.0
        """What all of them used, known at the end."""
        try:
            word, self._word = self._pipe(ours=1)
            self.stdout, printed = self._pipe(ours=0)
            self.stderr, complained = self._pipe(ours=0)
            status, told = self._pipe(ours=0)
            try:
                self._start(bubblewrap, word, printed, complained, told)
            finally:
                for theirs in (word, printed, complained, told):
                    os.close(theirs)
            self.first = self._first_process(status)
            self._first_handle = self._kept(os.pidfd_open(self.first))
            self.scratch, *others = (self._folder(name) for name in (SCRATCH, "/tmp", "/dev/shm"))  # noqa: S108 - inside
            self.folders = (self.scratch, *others)
            self._limit()
        except BaseException:
            self.end()
            raise

    def let_go(self) -> None:
        """Give the word: from here on the program runs."""
        with suppress(BrokenPipeError):
            os.write(self._word, b"go\n")

    def kill(self) -> None:
        """End all its processes at once; they cannot object."""
        # The first one, and not bubblewrap outside: that lives on to take note of the end, so that nothing is left.
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._first_handle, signal.SIGKILL)

    @property
    def owner(self) -> int | None:
        """To whom its files must belong, when not to us."""
        return self._user if self._as_root else None

    def finish(self) -> int | None:
        """Make sure that all its processes have ended; the exit status, None when there is none."""
        process = self._process
        if process is None:
            return None
        if process.returncode is None and not self._wait(process, SETUP_SECONDS):
            process.kill()
            self._wait(process, None)
        return process.returncode if process.returncode >= 0 else None

    def end(self) -> None:
        """End it, if it has not ended, and let go of all that belongs to it."""
        if self._first_handle >= 0:
            self.kill()
        elif self._process is not None:
            self._process.kill()
        self.finish()
        self._close.close()

    def _wait(self, process: subprocess.Popen[bytes], seconds: float | None) -> bool:
        """Wait for the end, and add up what it and all that it started have used."""
        if not readable([self.handle], seconds):
            return False
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        return True

    def _kept(self, descriptor: int) -> int:
        """A file descriptor that is closed at the end."""
        self._close.callback(os.close, descriptor)
        return descriptor

    def _pipe(self, *, ours: int) -> tuple[int, int]:
        ends = os.pipe()
        self._kept(ends[ours])
        return ends

    def _start(self, bubblewrap: Path, word: int, printed: int, complained: int, told: int) -> None:
        """Start bubblewrap: where it reads the word, where it prints, where it tells of its progress."""
        filter_ = system_call_filter()
        wanted = options(self._program, own_user_namespace=not self._as_root, filtered=filter_ is not None)
        with ExitStack() as handed:
            passed = [told]

            def handed_over(content: bytes) -> str:
                passed.append(os.memfd_create("lumina"))
                handed.callback(os.close, passed[-1])
                _write_all(passed[-1], content)
                return str(passed[-1])

            for path, content in small_files(self._program, self._user).items():
                wanted += [*way_to(Path(path)), "--perms", "0444", "--ro-bind-data", handed_over(content), path]
            wanted += last_options()
            if filter_ is not None:
                wanted += ["--seccomp", handed_over(filter_)]
            wanted += ["--json-status-fd", str(told)]
            arguments = handed_over(b"".join(os.fsencode(option) + b"\0" for option in wanted))
            # Neither its options nor our environment are on show in /proc: the first process begins as bubblewrap.
            self._process = subprocess.Popen(
                [bubblewrap, "--args", arguments, "--", *self._command()],
                env={},
                pass_fds=passed,
                stdin=word,
                stdout=printed,
                stderr=complained,
                start_new_session=True,
            )
        self.handle = self._kept(os.pidfd_open(self._process.pid))

    def _command(self) -> list[str]:
        shell = ["/bin/sh", "-c", _SHELL, "sh"]
        if not self._as_root:
            return [*shell, *self._program.argv]
        limits = " ".join(f"{kind}={most}" for kind, most in self._limits())
        change = [sys.executable, "-I", "-S", "-c", _AS_SOMEBODY_ELSE, str(self._user), limits]
        return [*shell, *change, *self._program.argv]

    def _first_process(self, status: int) -> int:
        """Wait until the sandbox stands; the first process in it."""
        deadline = time.monotonic() + SETUP_SECONDS
        told = b""
        first = 0
        while True:
            waited = [self.stdout] if first else [status, self.stdout]
            ready = readable(waited, max(deadline - time.monotonic(), 0))
            if not ready:
                raise self._refusal("it was not ready in time")
            if status in ready and not first:
                more = os.read(status, 4096)
                if not more:
                    raise self._refusal("")
                told += more
                first = int(json.loads(told)["child-pid"]) if told.endswith(b"}\n") else 0
            elif self.stdout in ready:
                # The shell's word; the end of file instead means that it never came so far.
                if os.read(self.stdout, 1) and first:
                    return first
                raise self._refusal("")

    def _folder(self, name: str) -> int:
        """A handle on a folder in the sandbox, by which it can be read also after its end."""
        try:
            folder = os.open(f"/proc/{self.first}/root{name}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise self._refusal(f"its scratch folder cannot be reached: {error.strerror}") from error
        self._kept(folder)
        if self._as_root:
            os.fchown(folder, self._user, self._user)
        return folder

    def _limits(self) -> list[tuple[int, int]]:
        """The kernel's limits of each process, as kinds and values."""
        limits = self._program.limits
        wanted = {
            resource.RLIMIT_CPU: int(limits.cpu_seconds) + 2,
            resource.RLIMIT_DATA: limits.memory_bytes,
            resource.RLIMIT_NOFILE: limits.open_files,
            resource.RLIMIT_FSIZE: limits.scratch_bytes,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_MEMLOCK: 65536,
            resource.RLIMIT_MSGQUEUE: 0,
            resource.RLIMIT_SIGPENDING: 1024,
        }
        # Elsewhere it would count all that the user runs; what watches over the program counts right.
        if self._as_root or counts_processes_by_sandbox():
            wanted[resource.RLIMIT_NPROC] = limits.processes
        hard = {kind: resource.getrlimit(kind)[1] for kind in wanted}
        return [
            (kind, most if hard[kind] == resource.RLIM_INFINITY else min(most, hard[kind]))
            for kind, most in wanted.items()
        ]

    def _limit(self) -> None:
        if not self._as_root:  # who came from root has limited itself
            for kind, most in self._limits():
                resource.prlimit(self.first, kind, (most, most))
        # When memory runs out altogether, this is what the kernel shall end first.
        with suppress(OSError):
            Path(f"/proc/{self.first}/oom_score_adj").write_text("1000")

    def _refusal(self, reason: str) -> SandboxUnavailable:
        """What is said when there is no sandbox; bubblewrap's own words when it left any."""
        words = os.read(self.stderr, 2000) if readable([self.stderr], 1.0) else b""
        said = words.decode(errors="replace").strip().replace("\n", "; ") or reason or "it ended at once"
        return SandboxUnavailable(f"The sandbox could not be set up: {said}.")


def is_privileged() -> bool:
    """Whether we are root with the rights to build namespaces; then a user namespace is neither needed nor wanted."""
    if os.geteuid() != 0:
        return False
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            rights = int(line.split()[1], 16)
            return bool(rights >> _CAP_SYS_ADMIN & 1) and bool(rights >> _CAP_SETUID & 1)
    return False


def counts_processes_by_sandbox() -> bool:
    """Whether the kernel counts a user's processes apart in each user namespace, as it does from 5.14 on.

    Root's it never counts.
    """
    if os.getuid() == 0:
        return False
    version = os.uname().release.split(".")
    return (int(version[0]), int("".join(filter(str.isdigit, version[1])) or 0)) >= (5, 14)


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
