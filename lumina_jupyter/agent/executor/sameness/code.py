"""What can be told of code from its text: whether it can be compared with itself, and which names to look at."""

from __future__ import annotations

import re

from ....context.code_names import code_names

_VARIES = re.compile(
    r"\b(?:random\w*|randn?|randint|shuffle|sample|uuid[14]|now|today|utcnow|perf_counter|monotonic|urandom|getpid|time\.time)\b"
    r"|^\s*%%?time",
    re.MULTILINE,
)
_SEEDED = re.compile(r"\bseed\s*\(|\brandom_state\s*=|\bdefault_rng\(\s*\w|\bRandom\(\s*\w")
_OUTSIDE = re.compile(
    r"\b(?:open|to_(?:csv|excel|parquet|sql|json|pickle|html|feather|hdf|file)|savefig|save\w*|dump|write\w*|unlink|rmtree|remove"
    r"|mkdir|makedirs|requests|httpx|urllib|urlopen|subprocess|shutil|socket|connect|execute|commit|input|system|popen|exec"
    r"|get_ipython|display|sleep)\b|^\s*[!%]",
    re.MULTILINE,
)


def varies(source: str) -> bool:
    """Whether it may show something else each time that it runs: chance that is not seeded, or the time."""
    return bool(_VARIES.search(source)) and not _SEEDED.search(source)


def reaches_outside(source: str) -> bool:
    """Whether running it once more may do something that variables do not hold: files, the network, programs."""
    return bool(_OUTSIDE.search(source))


def goes_on_from_itself(source: str) -> bool:
    """Whether what it comes to depends on what it has left behind before, as in `x += 1`."""
    names = code_names(source)
    return bool(names.uses & names.writes) or bool(names.changes & names.mentions)


def bound_names(source: str) -> frozenset[str]:
    """The names that certainly hold a value of this code's afterwards; functions, classes and modules are none."""
    names = code_names(source)
    late = {name for name, _ in names.late}
    return frozenset(name for name in names.defines - names.modules - late if not name.startswith("_"))


def lost_names(before: str, after: str, others: list[str]) -> list[str]:
    """The names that the code has bound before, does not bind any more, and that other code uses."""
    used = frozenset[str]().union(*(code_names(each).mentions for each in others))
    return sorted((code_names(before).writes & used) - code_names(after).writes)
