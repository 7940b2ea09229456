"""`lumina lab`."""

from __future__ import annotations

import click

from ..output import say

_PASS_ON = {"ignore_unknown_options": True, "allow_extra_args": True}


@click.command(
    context_settings=_PASS_ON,
    short_help="Open JupyterLab with everything switched on.",
    epilog="Every other option and argument goes to `jupyter lab`; `jupyter lab --help` lists them.",
)
@click.option("--no-pull", is_flag=True, help="Do not fetch the embedded model when there is none.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTER LAB'S OPTIONS]...")
def command(no_pull: bool, arguments: tuple[str, ...]) -> None:
    """Open JupyterLab with Lumina switched on.

    When there is no embedded model yet, the one that suits most machines is fetched first.
    """
    from ..servers import run_jupyter

    if not no_pull:
        _pull_default()
    run_jupyter("jupyterlab", arguments)


def _pull_default() -> None:
    import threading

    from ...errors import LuminaError
    from ...gateway.embedded.weights import DEFAULT_PULL, KNOWN, Weights
    from ...settings import load_settings
    from ..pulling import pull_with_progress

    settings = load_settings()
    weights = Weights(settings)
    if weights.installed() or "embedded" in settings.providers_off:
        return
    name = settings.embedded_model if settings.embedded_model in KNOWN else DEFAULT_PULL
    say(f"Fetching the embedded model {name} ({KNOWN[name].bytes / 1e6:,.0f} MB); `--no-pull` goes without.", err=True)
    try:
        pull_with_progress(name, settings, cancel=threading.Event())
    except LuminaError as error:
        # The lab is useful without it, with a provider's key or for everything else.
        say(f"{error.message} {error.hint} JupyterLab starts without it.", err=True)
