"""Makes `support` importable and its fixtures known to every suite here."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from support.fixtures import *  # noqa: F401,F403
