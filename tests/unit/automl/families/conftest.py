"""Two threads of OpenMP that wait for each other spin, which beside other processes takes minutes: let them sleep."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read by the libraries when they are loaded
