"""`lumina models`."""

from __future__ import annotations

import click

from ..output import count, per_million, print_json, print_table, say


@click.command(short_help="List the models that can answer now.")
@click.argument("provider", required=False)
@click.option("--refresh", is_flag=True, help="Look anew, and ask servers on other machines too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(provider: str | None, refresh: bool, as_json: bool) -> None:
    """List the models that can answer now, of all providers or of PROVIDER.

    Prices are US dollars per million tokens; a dash means that nobody says.
    """
    from ...client import connect
    from ...errors import InvalidOption

    client = connect()
    # Whoever names a provider wants to know what it has, also when it must be asked.
    found = client.models(refresh=refresh or provider is not None)
    if provider is not None:
        statuses = {status.name: status for status in client.providers()}
        if provider not in statuses:
            raise InvalidOption(f"There is no provider {provider!r}.", hint="`lumina providers` lists them.")
        found = [info for info in found if info.provider == provider]
    if as_json:
        print_json(found)
        return
    if not found:
        reason = f"{statuses[provider].reason} {statuses[provider].hint}".strip() if provider else client.health().hint
        say(f"No model can answer yet. {reason}" if not provider else reason or f"{provider} lists no models.")
        return
    default = client.health().default_model
    print_table(
        ["model", "context", "in", "out", "can"],
        [
            [
                info.id + (" *" if info.id == default else ""),
                count(info.context),
                per_million(info.input_price),
                per_million(info.output_price),
                _abilities(info.mode, tools=info.tools, vision=info.vision, reasoning=info.reasoning, fim=info.fim),
            ]
            for info in found
        ],
        right=["context", "in", "out"],
    )
    if any(info.id == default for info in found):
        say("* answers when no model is named", dim=True)


def _abilities(mode: str, **abilities: bool | None) -> str:
    if mode == "embedding":
        return "embeddings"
    return ", ".join(["chat", *(name for name, able in abilities.items() if able)])
