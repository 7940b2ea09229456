"""The database's versions, applied by Alembic when a database is older than the code."""
