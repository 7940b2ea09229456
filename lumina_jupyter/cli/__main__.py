"""`python -m lumina_jupyter.cli`, for where scripts are not on the path."""

from __future__ import annotations

import sys

from .app import main

sys.exit(main())
