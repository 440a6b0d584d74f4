"""Fixtures of the suites that use the vendors' own client libraries; they share those of the appliance suites."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "ApplianceTests"))

from support.fixtures import *  # noqa: F401,F403
