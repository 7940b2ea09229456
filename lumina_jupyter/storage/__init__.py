"""What is kept: SQL tables, migrations, and the folders they live in.

`Database` runs work in transactions outside the event loop, `UsageLog` keeps what each model call
took, `PreferenceStore` what a person chose; `private_folder` and `write_atomically` guard the files
beside the database, `storable` makes text fit every database.
"""

from .database import Database
from .folders import private_folder, write_atomically
from .preferences import Preferences, PreferenceStore, PreferencesView
from .text import storable
from .usage import UsageLog, UsageRecord, UsageRow

__all__ = [
    "Database",
    "PreferenceStore",
    "Preferences",
    "PreferencesView",
    "UsageLog",
    "UsageRecord",
    "UsageRow",
    "private_folder",
    "storable",
    "write_atomically",
]
