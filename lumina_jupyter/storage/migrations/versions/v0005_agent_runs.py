"""Runs of the agent: what was asked, and what happened, event by event."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables; what happened in a run is never rewritten."""
    op.create_table(
        "agent_runs",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(40), nullable=False, unique=True),
        sa.Column("notebook", sa.Text, nullable=False),
        sa.Column("user", sa.String(200), nullable=False),
        sa.Column("audience", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("keeper", sa.String(120), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("request", sa.JSON, nullable=False),
    )
    op.create_index("ix_agent_runs_notebook", "agent_runs", ["notebook", "position"])
    op.create_index("ix_agent_runs_state", "agent_runs", ["state"])
    op.create_table(
        "agent_run_events",
        sa.Column("run", sa.String(40), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER agent_run_events_no_{action.lower()} BEFORE {action} ON agent_run_events "
                "BEGIN SELECT RAISE(ABORT, 'what happened in a run is append-only'); END"
            )
