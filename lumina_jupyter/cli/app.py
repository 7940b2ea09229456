"""The command's entry: finds the subcommand, and turns whatever goes wrong into one sentence and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from .._version import __version__
from ..errors import InvalidOption, InvalidSetting, LuminaError
from .logs import show_logs
from .output import print_error

OK, FAILURE, USAGE, INTERRUPTED = 0, 1, 2, 130

# Name and what `lumina --help` says of it: the modules themselves are imported when called.
COMMANDS = {
    "lab": "Open JupyterLab with everything switched on.",
    "chat": "Talk to a model, or ask it one thing.",
    "agent": "Have the agent do something in a notebook.",
    "runs": "See what the agent did, stop it, undo it.",
    "personas": "List the personas that answer or work as the agent.",
    "conversations": "List, search, export and delete conversations.",
    "notebook": "Read, run, undo and restore notebooks.",
    "automl": "Search for models of tables, and predict with them.",
    "models": "List the models that can answer now.",
    "providers": "List the providers, and what each one lacks.",
    "keys": "Set, delete and list providers' keys.",
    "tools": "List the tools that models can call, or call one.",
    "mcp": "List, add, remove and try out MCP servers.",
    "approvals": "See what waits for your approval, and decide.",
    "audit": "Read what was decided about tools, and what they did.",
    "pull": "Fetch an embedded model.",
    "usage": "Show tokens and cost by day and model.",
    "doctor": "Find out what is wrong, and how to mend it.",
    "serve": "Run a Jupyter server with Lumina's gateway and no lab.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands' names, in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".commands.{cmd_name}", __package__)
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings are read from jupyter_lumina_config.py in Jupyter's config folders.",
)
@click.version_option(__version__, "-V", "--version", prog_name="lumina")
@click.option("-v", "--verbose", is_flag=True, help="Show what is logged, with tracebacks.")
def lumina(verbose: bool) -> None:
    """Lumina for Jupyter, from the terminal."""
    show_logs(verbose=verbose)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit code: 0 when it worked, 1 when it failed, 2 when the command line was wrong.
    """
    # With it jsonschema checks IRIs, which nothing here asks for, after compiling grammars for longer than a command takes.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: it can't be imported
    try:
        given = sys.argv[1:] if arguments is None else list(arguments)
        if "_LUMINA_COMPLETE" in os.environ:
            lumina.main(args=given, prog_name="lumina")  # the shell asks for completions
        # Not through click's own main, which turns a closed pipe into a failure.
        with lumina.make_context("lumina", given) as context:
            lumina.invoke(context)
        sys.stdout.flush()
        return OK
    except click.exceptions.Exit as asked:
        return asked.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return OK
    except click.UsageError as error:
        print_error(error.format_message(), _usage_hint(error))
        return USAGE
    except click.ClickException as error:
        print_error(error.format_message())
        return FAILURE
    except LuminaError as error:
        print_error(error.message, error.hint)
        return USAGE if isinstance(error, InvalidOption | InvalidSetting) else FAILURE
    except (KeyboardInterrupt, click.Abort):
        click.echo("", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has gone (`lumina models | head`): nothing more to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    finally:
        _disconnect()


def _usage_hint(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx is not None else "lumina"
    return f"`{path} --help` shows how it is used."


def _disconnect() -> None:
    """End an engine that a command started in this process."""
    connection = sys.modules.get("lumina_jupyter.client.connection")
    if connection is not None:
        connection.disconnect()
