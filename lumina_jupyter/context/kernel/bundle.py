"""The probe as one piece of code that a kernel can run, whatever is installed there."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_MODULES = ("bounds", "plain", "documentation", "dtypes", "tables", "arrays", "models", "describe", "look", "history",
            "line", "entry")  # fmt: skip
"""The probe's modules, each after those that it imports."""

_BEGIN = """
import sys, types
if NAME not in sys.modules:
    package = types.ModuleType(NAME)
    package.__path__ = []
    sys.modules[NAME] = package
    try:
        for name, source in SOURCES:
            module = types.ModuleType(NAME + "." + name)
            module.__package__ = NAME
            sys.modules[NAME + "." + name] = module
            setattr(package, name, module)
            exec(compile(source, "<lumina " + name + ">", "exec", dont_inherit=True), module.__dict__)
    except BaseException:
        for name in [name for name in sys.modules if name.split(".")[0] == NAME]:
            del sys.modules[name]
        raise
sys.modules[NAME].entry.spare_figures()
"""


@cache
def _sources() -> tuple[tuple[str, str], ...]:
    folder = Path(__file__).parent / "probe"
    return tuple((name, (folder / f"{name}.py").read_text(encoding="utf-8")) for name in _MODULES)


@cache
def package_name() -> str:
    """The name under which the probe stands in a kernel's `sys.modules`; another for each version of it."""
    digest = hashlib.sha256(repr((_BEGIN, _sources())).encode()).hexdigest()
    return f"_lumina_eyes_{digest[:12]}"


@cache
def installation() -> str:
    """Code, one expression without a value, that brings the probe in; it leaves no name in the user's namespace."""
    return f"exec({_BEGIN!r}, {{'NAME': {package_name()!r}, 'SOURCES': {_sources()!r}}})"


def call(function: str, *arguments: str | list[object] | None) -> str:
    """An expression that calls one of the functions of the probe's `entry`."""
    given = ", ".join(map(repr, arguments))
    return f"__import__('sys').modules[{package_name()!r}].entry.{function}({given})"
