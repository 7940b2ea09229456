"""`lumina pull`."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import click

from ..output import print_json, print_table, say

if TYPE_CHECKING:
    from ...gateway.embedded.weights import Weights


@click.command(short_help="Fetch an embedded model.")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, as_json: bool) -> None:
    """Fetch the embedded model NAME; without a name, list those that there are.

    A download that was interrupted goes on where it stopped.
    """
    from ...gateway.embedded.weights import Weights
    from ...settings import load_settings

    settings = load_settings()
    if name is None:
        _list(Weights(settings), as_json=as_json)
        return
    from ..pulling import pull_with_progress

    weight = pull_with_progress(name, settings, cancel=threading.Event(), quiet=as_json)
    if as_json:
        print_json({"name": weight.name, "path": str(weight.path), "bytes": weight.bytes})
    else:
        say(f"{weight.name} is at {weight.path}.")


def _list(weights: Weights, *, as_json: bool) -> None:
    from ...gateway.embedded.weights import DEFAULT_PULL, KNOWN

    installed = {weight.name for weight in weights.installed()}
    default = weights.default()
    if as_json:
        print_json(
            [
                {
                    "name": model.name,
                    "title": model.title,
                    "bytes": model.bytes,
                    "licence": model.licence,
                    "on_disk": model.name in installed,
                    "default": default is not None and model.name == default.name,
                }
                for model in KNOWN.values()
            ]
        )
        return
    print_table(
        ["name", "size", "on disk", "licence", "model"],
        [
            [
                model.name,
                f"{model.bytes / 1e6:,.0f} MB",
                "yes" if model.name in installed else "no",
                model.licence,
                model.title,
            ]
            for model in KNOWN.values()
        ],
        right=["size"],
    )
    say(f"`lumina pull {DEFAULT_PULL}` fetches the one that suits most machines.", dim=True, err=sys.stdout.isatty())
