"""What was said: conversations as append-only logs, and the questions that continue them.

`Memory` is all of it, for faces; `Question` is what they ask and `Viewer` who asks. A reader of a
conversation gets `Frame`s.
"""

from .attachments import Image
from .conversations import Conversation, Conversations
from .formats import FORMATS, IMPORTED, File, Imported, read
from .frames import CaughtUp, Changed, Entries, Frame, Gone, Live, PresenceChanged, Removed, TurnTail
from .log import Log, LogEntry, NewEntry
from .memory import Memory
from .people import NOBODY, Person, Viewer
from .presence import Present
from .question import Question
from .search import Hit
from .turns import Started

__all__ = [
    "FORMATS",
    "IMPORTED",
    "NOBODY",
    "CaughtUp",
    "Changed",
    "Conversation",
    "Conversations",
    "Entries",
    "File",
    "Frame",
    "Gone",
    "Hit",
    "Image",
    "Imported",
    "Live",
    "Log",
    "LogEntry",
    "Memory",
    "NewEntry",
    "Person",
    "PresenceChanged",
    "Present",
    "Question",
    "Removed",
    "Started",
    "TurnTail",
    "Viewer",
    "read",
]
