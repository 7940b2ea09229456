"""`lumina serve`."""

from __future__ import annotations

import click


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    short_help="Run a Jupyter server with Lumina's gateway and no lab.",
    epilog="Every other option goes to `jupyter server`; `jupyter server --help` lists them.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTER SERVER'S OPTIONS]...")
def command(arguments: tuple[str, ...]) -> None:
    """Run a Jupyter server with Lumina's gateway and nothing else.

    Its /lumina/v1 speaks OpenAI's API to whoever has the server's token.
    """
    from ..servers import only_ours, run_jupyter

    run_jupyter("jupyter_server", ("--no-browser", *only_ours(), *arguments))
