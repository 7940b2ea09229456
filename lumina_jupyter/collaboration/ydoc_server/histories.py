"""The history of a shared notebook: where it begins, how far it goes, and whether two are one.

A document that is built of a file begins under a client id that is made of the file's content. Equal files give equal
histories; different files give histories that know nothing of each other, and whoever returns with another one is
told apart by it. The document itself says in a map of its own under which id it began.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pycrdt import Doc

BEGINNINGS = "lumina_beginnings"
"""The root type that holds the client ids under which the history began."""
OF_NONE = bytes((1, 0, 1))
"""The state vector of no history: that of a client without a number."""
_EMPTY_CELL: dict[str, Any] = {"cell_type": "code", "execution_count": None, "outputs": [], "source": ""}


def begun_with(content: Mapping[str, Any]) -> bytes:
    """The update that makes a new document of a notebook: the same one for the same notebook."""
    from jupyter_ydoc import YNotebook
    from pycrdt import Doc, Map

    digest = sha256(json.dumps(content).encode()).hexdigest()
    beginning = int(digest[:8], 16) or 1
    document: Doc[Any] = Doc(client_id=beginning)
    # Of a notebook without cells another one would come each time: its only cell would have a random id.
    cells = content["cells"] or [{**_EMPTY_CELL, "id": digest[:12], "metadata": {"trusted": True}}]
    YNotebook(document).set({**content, "cells": cells})
    document.get(BEGINNINGS, type=Map)[str(beginning)] = True
    return document.get_update()


def beginnings(document: Doc[Any]) -> frozenset[int]:
    """The client ids under which a document began; none where somebody else has built it."""
    from pycrdt import Map

    return frozenset(int(each) for each in document.get(BEGINNINGS, type=Map) if each.isdigit())


def begin_again(document: Doc[Any]) -> None:
    """From now on the document's history is another one: who has only what it was before is a stranger to it."""
    from pycrdt import Map

    forget_other_beginnings(document, frozenset())
    document.get(BEGINNINGS, type=Map)[str(document.client_id)] = True


def forget_other_beginnings(document: Doc[Any], kept: frozenset[int]) -> None:
    """Leave only these."""
    from pycrdt import Map

    found = document.get(BEGINNINGS, type=Map)
    for each in list(found):
        if not each.isdigit() or int(each) not in kept:
            del found[each]


def clocks(state: bytes) -> dict[int, int]:
    """How much of each client's edits a state vector covers.

    Raises:
        ValueError: when it is no state vector.
    """
    from pycrdt import Decoder

    decoder = Decoder(state)
    try:
        found = {}
        for _ in range(decoder.read_var_uint()):
            client = decoder.read_var_uint()
            found[client] = decoder.read_var_uint()
    except (IndexError, RuntimeError) as error:
        raise ValueError("no state vector") from error
    return found


def covers(state: bytes, earlier: bytes) -> bool:
    """Whether a history holds all that another state of it held."""
    now = clocks(state)
    return all(now.get(client, 0) >= clock for client, clock in clocks(earlier).items())


def is_stranger(document: Doc[Any], state: bytes) -> bool:
    """Whether a participant with this state has a history that the document's does not share."""
    began = beginnings(document)
    known = clocks(state)
    return bool(began) and any(known.values()) and not began & {client for client, clock in known.items() if clock}
