"""Makes the TypeScript types of Lumina's routes from the description that the server gives of them.

`python scripts/generate_api.py` writes `labextension/src/api/schema.ts`, which is committed; with
`--check` it writes nothing and fails when that file is not what it would write. No server runs for it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.build_labextension import MODULES, SOURCE, find_node, install_modules

TARGET = SOURCE / "src" / "api" / "schema.ts"
BY_HAND = "python scripts/generate_api.py"


def main() -> None:
    """Write the types, or with `--check` compare them.

    Raises:
        SystemExit: when they are stale, or when a tool fails; its own output says why.
    """
    made = types()
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(made, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != made:
        raise SystemExit(f"{TARGET.name} does not fit the routes' description. Make it anew: {BY_HAND}")


def types() -> str:
    """The TypeScript source, formatted."""
    from lumina_jupyter.server.openapi import document

    node, environment = find_node()
    install_modules(node, environment)
    with tempfile.TemporaryDirectory() as folder:
        description, made = Path(folder) / "openapi.json", Path(folder) / "schema.ts"
        description.write_text(json.dumps(document()), encoding="utf-8")
        # A field with a default need not be sent: what an answer always holds, its schema requires.
        command = [node, str(MODULES / "openapi-typescript/bin/cli.js"), str(description), "--output", str(made)]
        _output([*command, "--default-non-nullable=false"], environment)
        source = made.read_text(encoding="utf-8")
    prettier = [node, str(MODULES / "prettier/bin/prettier.cjs"), "--stdin-filepath", str(TARGET)]
    return _output(prettier, environment, source)


def _output(command: list[str], environment: dict[str, str], text: str = "") -> str:
    done = subprocess.run(
        command, cwd=SOURCE, env=environment, input=text, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise SystemExit(f"The API's types cannot be made: {Path(command[1]).name} says\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
