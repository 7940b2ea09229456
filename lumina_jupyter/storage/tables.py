"""The SQL tables. A change here needs a migration in `migrations/versions/`."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    true,
)

metadata = MetaData()

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("notebook", Text, nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("owner", String(200), nullable=False, default=""),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    # The one that a notebook's cells go on with; `reset` begins another and leaves this to be read.
    Column("current", Boolean, nullable=False, default=True),
    # For everybody who may use this server, or for its owner alone.
    Column("shared", Boolean, nullable=False, default=True, server_default=true()),
    Index("ix_conversations_notebook", "notebook", "owner", "current"),
)

# The append-only log. `sequence` is given by the database's owner alone, from 1, without gaps.
conversation_events = Table(
    "conversation_events",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("turn", String(40), nullable=False),
    Column("author", String(200), nullable=False, default=""),
    Column("kind", String(40), nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_conversation_events_turn", "conversation_id", "turn", "sequence"),
    Index("ix_conversation_events_kind", "conversation_id", "kind", "sequence"),
)

# Images that were pasted into questions, each once per conversation, by the hash of its bytes.
conversation_attachments = Table(
    "conversation_attachments",
    metadata,
    Column("conversation_id", String(40), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("media_type", String(40), nullable=False),
    Column("at", Float, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

usage = Table(
    "usage",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("request_id", String(80), nullable=False),
    Column("at", Float, nullable=False),
    # The UTC day of `at`, YYYY-MM-DD: every database groups by it alike.
    Column("day", String(10), nullable=False),
    Column("user", String(200), nullable=False, default=""),
    Column("notebook", Text, nullable=False, default=""),
    Column("provider", String(80), nullable=False),
    Column("model", String(300), nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cached_input_tokens", Integer, nullable=False),
    Column("reasoning_tokens", Integer, nullable=False),
    # US dollars; NULL where the model's price is unknown, which is not the same as free.
    Column("usd", Float, nullable=True),
    Column("seconds", Float, nullable=False),
    Column("status", String(80), nullable=False),
    Index("ix_usage_at", "at"),
)

# What agents propose for notebooks; `notebook` is the notebook's key, which stays when it is renamed.
proposals = Table(
    "proposals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("notebook", String(200), nullable=False),
    Column("path", Text, nullable=False),
    # Whether something of it is left to decide.
    Column("open", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_proposals_notebook", "notebook", "open"),
)

# Calls of tools that a person is asked about. `keeper` is the engine that waits for the answer; `digest` is that of the
# exact call that is asked about.
tool_approvals = Table(
    "tool_approvals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("keeper", String(40), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("tool", String(80), nullable=False),
    Column("source", Text, nullable=False),
    Column("user", String(200), nullable=False),
    Column("audience", String(200), nullable=False),
    Column("run", String(80), nullable=False),
    Column("notebook", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("decided_at", Float, nullable=True),
    Column("decided_by", String(200), nullable=False, default="", server_default=""),
    Column("used_at", Float, nullable=True),
    Column("note", Text, nullable=False, default="", server_default=""),
    Column("data", JSON, nullable=False),
    Index("ix_tool_approvals_state", "state", "created_at"),
)

# What people granted or refused for more than one call.
tool_rules = Table(
    "tool_rules",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("verdict", String(20), nullable=False),
    Column("scope", String(20), nullable=False),
    Column("user", String(200), nullable=False),
    Column("actor_kind", String(20), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("tool", String(80), nullable=False),
    Column("source", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("target_kind", String(20), nullable=False),
    Column("extent", String(20), nullable=False),
    Column("place", Text, nullable=False),
    Column("granted_by", String(200), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
)

# What was decided about calls of tools and what became of them; triggers of SQLite keep its rows as they are.
tool_audit = Table(
    "tool_audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("moment", String(20), nullable=False),
    Column("verdict", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("call", String(200), nullable=False),
    Column("tool", String(200), nullable=False),
    Column("source", Text, nullable=False),
    Column("effects", String(80), nullable=False),
    Column("actor_kind", String(20), nullable=False),
    Column("actor_name", String(200), nullable=False),
    Column("user", String(200), nullable=False),
    Column("audience", String(200), nullable=False),
    Column("run", String(80), nullable=False),
    Column("notebook", Text, nullable=False),
    Column("target_kind", String(20), nullable=False),
    Column("target", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("rule", String(40), nullable=False),
    Column("approval", String(40), nullable=False),
    Column("seconds", Float, nullable=False),
    Index("ix_tool_audit_notebook", "notebook", "number"),
    Index("ix_tool_audit_call", "call"),
)

# Runs of the agent; what anybody sees of one is made of its events. `keeper` is the process that works on it, and
# `position` the run's place in the list of all.
agent_runs = Table(
    "agent_runs",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("notebook", Text, nullable=False),
    Column("user", String(200), nullable=False),
    Column("audience", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("keeper", String(120), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("request", JSON, nullable=False),
    Index("ix_agent_runs_notebook", "notebook", "position"),
    Index("ix_agent_runs_state", "state"),
)

# What happened in a run; triggers of SQLite keep its rows as they are.
agent_run_events = Table(
    "agent_run_events",
    metadata,
    Column("run", String(40), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("data", JSON, nullable=False),
)

# AutoML's experiments that have ended, by the id that each was given; their models are files elsewhere.
automl_experiments = Table(
    "automl_experiments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("owner", String(200), nullable=False),
    # The data folder from which it comes: what nobody owns is for those who use that one.
    Column("origin", String(40), nullable=False),
    Column("began_at", Float, nullable=False),
    Column("task", String(40), nullable=False),
    Column("target", Text, nullable=False),
    Column("metric", String(200), nullable=False),
    Column("greater_is_better", Boolean, nullable=False),
    Column("score", Float),
    Column("skill", Boolean),
    Column("verdict", Text, nullable=False),
    Column("models", JSON, nullable=False),
    Column("trials", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("columns", Integer, nullable=False),
    Column("data_hash", String(80), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("versions", JSON, nullable=False),
    Index("ix_automl_experiments_owner", "owner", "began_at"),
)
