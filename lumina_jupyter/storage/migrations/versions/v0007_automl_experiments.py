"""AutoML's experiments that have ended: what each searched for, and what it found."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "automl_experiments",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("began_at", sa.Float, nullable=False),
        sa.Column("task", sa.String(40), nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("metric", sa.String(200), nullable=False),
        sa.Column("greater_is_better", sa.Boolean, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("skill", sa.Boolean),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("models", sa.JSON, nullable=False),
        sa.Column("trials", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("columns", sa.Integer, nullable=False),
        sa.Column("data_hash", sa.String(80), nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
        sa.Column("versions", sa.JSON, nullable=False),
    )
    op.create_index("ix_automl_experiments_owner", "automl_experiments", ["owner", "began_at"])
