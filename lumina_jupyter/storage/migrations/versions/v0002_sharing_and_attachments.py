"""Conversations that are shared or private, the images in them, and indexes over their turns."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column, the table and the indexes; what is there already was open to all, and stays so."""
    op.add_column("conversations", sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.true()))
    op.create_index("ix_conversation_events_turn", "conversation_events", ["conversation_id", "turn", "sequence"])
    op.create_index("ix_conversation_events_kind", "conversation_events", ["conversation_id", "kind", "sequence"])
    op.create_table(
        "conversation_attachments",
        sa.Column(
            "conversation_id", sa.String(40), sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
