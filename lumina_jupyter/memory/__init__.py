"""What was said: conversations as append-only logs, and the questions that continue them.

`Question` is what a face asks, `Conversations` the logs, `Turns` one question from log to log.
"""

from .conversations import Conversation, Conversations, LogEntry
from .question import Question
from .turns import Turns

__all__ = ["Conversation", "Conversations", "LogEntry", "Question", "Turns"]
