"""What is old in the audit log may go; what is not, stays as it is."""

from alembic import op

revision = "0006"
down_revision = "0005"

KEPT_SECONDS = 30 * 24 * 3600


def upgrade() -> None:
    """Let SQLite refuse to delete what is younger than 30 days, and allow the rest."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER tool_audit_no_delete")
        op.execute(
            "CREATE TRIGGER tool_audit_no_delete BEFORE DELETE ON tool_audit "
            f"WHEN OLD.at > CAST(strftime('%s', 'now') AS REAL) - {KEPT_SECONDS} "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
