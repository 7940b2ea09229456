"""How much may be done without asking a person."""

from typing import Literal, get_args

Autonomy = Literal["ask", "edits", "trusted"]
"""`ask`: before each write, execution and access to the network. `edits`: undoable edits of notebooks need no asking.
`trusted`: only the network, and what neither the sandbox holds nor undo takes back, is asked about."""
AUTONOMIES: tuple[Autonomy, ...] = get_args(Autonomy)
