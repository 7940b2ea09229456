"""Checks what a page gets of the JupyterLab extension: how much at start, and that nothing in it is unsafe.

It makes a production bundle of its own in a temporary folder and leaves the built one alone.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.build_labextension import MODULES, ROOT, SOURCE, find_node, install_modules, sources

MOST_AT_START = 150_000
"""Bytes, gzipped, of all JavaScript that JupyterLab's start loads."""

FORBIDDEN = {
    r"\beval\s*\(": "evaluates text as code",
    r"\bnew\s+Function\b": "makes a function of text",
    r"dangerouslySetInnerHTML": "puts unchecked HTML into the page",
    r"<script\b": "holds an inline script",
    r"\bimport\s*\(\s*[^'\"\s)]": "imports what only a running page knows",
}
"""Patterns that our own sources must not hold."""

CDN = re.compile(r"https?://(?:[\w-]+\.)*(?:unpkg|jsdelivr|cdnjs|esm\.sh|skypack|jspm|googleapis|cdn)[\w.-]*")


def main() -> None:
    """Check the sources and a fresh bundle.

    Raises:
        SystemExit: when something is wrong; it says what.
    """
    wrong = list(unsafe_sources())
    with tempfile.TemporaryDirectory() as folder:
        static = bundle(Path(folder))
        wrong += fetched_from_elsewhere(static)
        sizes = {name: len(gzip.compress(static.joinpath(name).read_bytes())) for name in loaded_at_start(static)}
    total = sum(sizes.values())
    print(
        f"Loaded at start: {total / 1000:.1f} kB gzipped ({', '.join(f'{name} {size}' for name, size in sizes.items())})"
    )
    if total > MOST_AT_START:
        wrong.append(f"JupyterLab's start loads {total} bytes of JavaScript gzipped; {MOST_AT_START} are allowed.")
    if wrong:
        raise SystemExit("\n".join(wrong))


def unsafe_sources() -> Iterator[str]:
    """Each place in our sources that holds what none may hold."""
    for path in sorted((SOURCE / "src").rglob("*.ts*")):
        text = path.read_text(encoding="utf-8")
        for pattern, what in FORBIDDEN.items():
            for found in re.finditer(pattern, text):
                line = text.count("\n", 0, found.start()) + 1
                yield f"{path.relative_to(ROOT)}:{line} {what}: {found.group()}"


def fetched_from_elsewhere(static: Path) -> Iterator[str]:
    """Each address of a content delivery network in the bundle, of our code or of a package's."""
    for path in sorted(static.glob("*.js")):
        for found in set(CDN.findall(path.read_text(encoding="utf-8"))):
            yield f"{path.name} names {found}"


def bundle(folder: Path) -> Path:
    """Make a production bundle below a folder; where its files are."""
    node, environment = find_node()
    install_modules(node, environment)
    copy = folder / SOURCE.name
    for path in sources():
        target = copy / path.relative_to(SOURCE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (copy / MODULES.name).symlink_to(MODULES)
    for command in (
        [node, str(MODULES / "typescript/bin/tsc"), "--sourceMap", "false"],
        [sys.executable, "-m", "jupyter_builder.main", "build", "."],
    ):
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            raise SystemExit(f"The bundle cannot be made:\n{done.stdout}{done.stderr}")
    output: str = json.loads((copy / "package.json").read_text(encoding="utf-8"))["jupyterlab"]["outputDir"]
    return (copy / output / "static").resolve()


def loaded_at_start(static: Path) -> list[str]:
    """The files that JupyterLab loads when it starts, before anybody asks anything of the extension."""
    node, environment = find_node()
    command = [node, str(SOURCE / "scripts" / "loadedAtStart.mjs"), str(static)]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise SystemExit(f"What is loaded at start cannot be told:\n{done.stderr}")
    files: list[str] = json.loads(done.stdout)
    return files


if __name__ == "__main__":
    main()
