"""One embedded model in memory: its child process, from the start to the end."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import Any

from ...errors import EmbeddedModelFailed, EmbeddedModelUnusable
from .weights import PROVIDER, Weight

START_SECONDS = 180.0
"""How long a model may take to load; slow disks and large files of one's own are what takes long."""
_END_SECONDS = 2.0
_LOG_LINES = 200

# What the child may know of our environment: where things are and how to compute, but no keys.
_ENVIRONMENT = {
    "PATH", "HOME", "USERPROFILE", "LANG", "LANGUAGE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR",
    "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "HIP_VISIBLE_DEVICES",
    "COVERAGE_PROCESS_START",
}  # fmt: skip
_ENVIRONMENT_PREFIXES = ("LC_", "OMP_", "GOMP_", "KMP_", "GGML_", "CUDA_", "VK_", "ROCR_")
_SPIN_COUNT = "3000"
"""How long an OpenMP thread of the child spins before it sleeps. Its own default (300,000) starves the other
threads as soon as something else is busy; no spinning at all costs two thirds of the speed of a small model on
idle cores (44 tokens a second instead of 120)."""


class ModelProcess:
    """A running child process. Made by `start`; blocking, so called in threads.

    Attributes:
        weight: The model that it runs.
        url: Where it listens, on loopback.
        key: What it wants to see as a bearer token.
    """

    def __init__(self, weight: Weight, process: subprocess.Popen[bytes], key: str) -> None:
        self.weight = weight
        self.url = ""
        self.key = key
        self._process = process
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        self._reader = threading.Thread(target=self._read_log, daemon=True, name="lumina-embedded-log")
        self._reader.start()

    @classmethod
    def start(cls, weight: Weight, *, context: int, parallel: int, threads: int, embedding: bool) -> ModelProcess:
        """Start the child and wait until the model is loaded.

        Args:
            weight: The model's file.
            context: Tokens of context of each prompt.
            parallel: Prompts answered at the same time.
            threads: CPU threads.
            embedding: Whether it embeds texts instead of answering.

        Raises:
            EmbeddedModelUnusable: when it does not come up; says why as far as the child told.
        """
        key = secrets.token_urlsafe(32)
        try:
            process = subprocess.Popen(
                # By its path: what lies in the current folder can't be taken for a module of ours.
                [sys.executable, "-P", str(Path(__file__).with_name("child.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=child_environment(dict(os.environ)),
                # Ctrl-C in a terminal is meant for the answer, not for the model.
                start_new_session=True,
            )
        except OSError as error:
            raise EmbeddedModelUnusable(
                f"The embedded model's process cannot be started: {error.strerror}.", provider=PROVIDER
            ) from error
        started = cls(weight, process, key)
        order = {
            "name": weight.name,
            "path": str(weight.path.absolute()),
            "context": context,
            "parallel": parallel,
            "threads": threads,
            "embedding": embedding,
            "key": key,
        }
        try:
            started.url = started._order(order)
        except EmbeddedModelFailed as error:
            started.stop()
            raise EmbeddedModelUnusable(error.message, provider=PROVIDER) from error
        except BaseException:
            started.stop()
            raise
        return started

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self._process.poll() is None

    def died_within(self, seconds: float) -> bool:
        """Whether the child has ended, waiting that long for it: its connections break before it is gone."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def failure(self, what: str) -> EmbeddedModelFailed:
        """An error that says what happened, with the end of the child's log where it helps."""
        self._reader.join(0.5)
        code = self._process.poll()
        how = "" if code is None else f" (signal {-code})" if code < 0 else f" (exit code {code})"
        last = next((line for line in reversed(self._log) if " E " in line or "rror" in line), "")
        return EmbeddedModelFailed(f"{what}{how}{': ' + last if last else ''}.", provider=PROVIDER)

    def stop(self) -> None:
        """End the child, kindly first. Safe to call again."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        if not self.died_within(_END_SECONDS):
            self._process.kill()
            self._process.wait()
        self._reader.join(_END_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _order(self, order: dict[str, Any]) -> str:
        """Tell the child what to run; where it listens."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise self.failure("The embedded model's process has no pipes")
        late = threading.Timer(START_SECONDS, self._process.kill)
        late.daemon = True
        late.start()
        try:
            stdin.write(json.dumps(order).encode() + b"\n")
            stdin.flush()
            line = stdout.readline()
        except OSError:
            line = b""
        finally:
            # A timer that can't be cancelled any more has fired.
            timed_out = late.finished.is_set()
            late.cancel()
        if not line:
            self.died_within(_END_SECONDS)
            if timed_out:
                raise self.failure(f"The embedded model {order['name']} was not loaded after {START_SECONDS:.0f} s")
            raise self.failure(f"The embedded model {order['name']} could not be loaded")
        answer = json.loads(line)
        if "error" in answer:
            self.died_within(_END_SECONDS)
            raise self.failure(f"The embedded model {order['name']} could not be loaded ({answer['error']})")
        return str(answer["url"])

    def _read_log(self) -> None:
        if self._process.stderr is None:
            return
        with self._process.stderr as lines:
            for line in lines:
                self._log.append(line.decode(errors="replace").strip()[:500])


def child_environment(environment: dict[str, str]) -> dict[str, str]:
    """What of an environment the child gets; by a list of what is harmless, so that no key is ever among it."""
    kept = {
        name: value
        for name, value in environment.items()
        if name.upper() in _ENVIRONMENT or name.upper().startswith(_ENVIRONMENT_PREFIXES)
    }
    return {"GOMP_SPINCOUNT": _SPIN_COUNT, **kept}
