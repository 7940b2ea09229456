"""AutoML beside its peers: `make bench-automl`, or `python -m tests.bench.automl --tables telco_churn --budgets 60`.

Every run is a process of its own in the entrant's own environment, bound to so many cores; time and memory are measured from
outside. Results are kept, a line each, and a run that is among them is not made again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from tests.bench.automl.entrants import ENTRANTS, Entrant
from tests.bench.automl.report import report
from tests.bench.automl.results import Results
from tests.bench.automl.running import run
from tests.bench.automl.tables import VARIABLE, Table, folder, tables
from tests.bench.peer import FOLDER

RESULTS = FOLDER / "automl.jsonl"


def main() -> None:
    """Make the runs that are missing, and print what all of them come to."""
    options = _options()
    place = folder()
    if place is None:
        raise SystemExit(
            "The tables are not there. Set "
            f"{VARIABLE} to a folder that holds them and an INDEX.md that lists them: set, task, target, split, note."
        )
    there = tables(place)
    results = Results(options.results)
    chosen = [there[name] for name in options.tables or [each.name for each in there.values() if not each.leaky]]
    for entrant, table, budget, seed in _runs(options, chosen):
        kept = budget if entrant.budgeted else 0
        if options.report or results.done(table.name, entrant.name, kept, seed, failed_too=not options.again):
            continue
        print(f"{table.name} {entrant.name} {kept:g} s seed {seed}: ", end="", flush=True)
        record = run(entrant, table, budget, seed, options.cores)
        results.add(record)
        said = f"{table.metric} {record['score']:.5f}" if "score" in record else record["failure"]
        print(f"{said}, fit {record.get('fit_seconds')} s, peak {record.get('peak_mb')} MB", flush=True)
    names = {table.name for table in chosen}
    kept_records = [
        record
        for record in results
        if record["table"] in names and record["entrant"] in options.peers and record["seed"] in options.seeds
    ]
    print(report(kept_records, options.budgets))


def _runs(options: argparse.Namespace, chosen: list[Table]) -> Iterator[tuple[Entrant, Table, float, int]]:
    """Table by table, so that entrants run soon after each other, under the same conditions."""
    for seed in options.seeds:
        for budget in options.budgets:
            for table in chosen:
                for name in options.peers:
                    yield ENTRANTS[name], table, budget, seed


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.automl", description=__doc__)
    parser.add_argument("--tables", nargs="+", default=[], help="names of tables; all that are not leaky by default")
    parser.add_argument("--budgets", nargs="+", type=float, default=[60.0, 300.0], help="seconds")
    parser.add_argument("--peers", nargs="+", choices=list(ENTRANTS), default=list(ENTRANTS), help="who takes part")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0], help="of the splits and of the entrants")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--results", type=Path, default=RESULTS, help="where results are kept")
    parser.add_argument("--again", action="store_true", help="make runs that have failed again")
    parser.add_argument("--report", action="store_true", help="run nothing, print what is there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
