"""What Lumina can be asked to do by name: explain, fix, document, test, optimise, edit and continue a cell.

`Assist` turns a question that names a command into one that a model understands; `command_infos`
lists the commands, `command_in` finds the one that a question names. One command a file in `commands/`.
"""

from .command import CommandInfo
from .expansion import Assist, command_in
from .registry import command_infos

__all__ = ["Assist", "CommandInfo", "command_in", "command_infos"]
