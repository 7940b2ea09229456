"""What a profile finds in real tables, and how long it takes. Printed as `name value unit`.

The tables are not part of the project: `LUMINA_BENCH_TABLES` names their folder, with an `INDEX.md` that tells for each
table its target, and by the word LEAKY that it has a leak. Their warnings must come, and no others: the figures count
tables with a leak that is found, and tables without one that raise a false alarm.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pandas as pd

from lumina_jupyter.automl import profile

ROWS, COLUMNS = 50_000, 30
ROUNDS = 3


def tables(folder: Path) -> dict[str, tuple[Path, str, bool]]:
    """For each table of the index its file, its target and whether it has a leak."""
    found = {}
    for line in (folder / "INDEX.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells and ".csv" in cells[0] and len(cells) > 3:
            found[cells[0].split(".")[0]] = (folder / cells[0], cells[3], "LEAKY" in line)
    return found


def one(name: str, path: Path, target: str, *, leaky: bool) -> bool:
    """Prints what is found in a table; returns whether its leaks were judged rightly."""
    found = profile(pd.read_csv(path), target)
    named = sorted({column for each in found.of("leak") for column in each.columns})
    order = [each.kind for each in found.findings if each.kind in ("time order", "groups")]
    print(f"{name}_seconds {found.seconds:.2f} s")
    print(f"{name}_leaks {len(named)} columns {' '.join(named)}")
    print(f"{name}_rows {'depend by ' + order[0] if order else 'are independent'}")
    return bool(found.serious) is leaky


def made() -> pd.DataFrame:
    """A table of 50,000 rows and 30 columns, a quarter of them categories."""
    random = np.random.default_rng(0)
    columns = {f"n{each}": random.normal(size=ROWS) for each in range(COLUMNS - COLUMNS // 4)}
    columns |= {f"c{each}": random.choice(list("abcdef"), ROWS) for each in range(COLUMNS // 4)}
    return pd.DataFrame(columns).assign(y=(columns["n0"] + random.normal(size=ROWS) > 0).astype(int))


def main() -> None:
    """Print all figures."""
    frame = made()
    profile(frame.iloc[:1_000], "y")
    walls, busy = [], []
    for _ in range(ROUNDS):
        began = time.process_time()
        walls.append(profile(frame, "y").seconds)
        busy.append(time.process_time() - began)
    print(f"profile_{ROWS}x{COLUMNS} {min(walls):.2f} s")
    print(f"profile_{ROWS}x{COLUMNS}_cpu {min(busy):.2f} s")
    folder = os.environ.get("LUMINA_BENCH_TABLES")
    if not folder:
        print("# LUMINA_BENCH_TABLES names no folder of tables: leaks were not measured.")
        return
    judged = {}
    for name, (path, target, leaky) in tables(Path(folder)).items():
        judged[name] = (leaky, one(name, path, target, leaky=leaky))
    print(f"leaks_found {sum(right for leaky, right in judged.values() if leaky)} tables")
    print(f"leaks_missed {sum(not right for leaky, right in judged.values() if leaky)} tables")
    print(f"false_alarms {sum(not right for leaky, right in judged.values() if not leaky)} tables")


if __name__ == "__main__":
    main()
