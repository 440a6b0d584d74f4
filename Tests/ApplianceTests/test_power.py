"""A short form of packaging/powercut, so that every run has cut the power a few times."""

import subprocess
import sys
import pathlib

import pytest

from support.paths import FULL


@pytest.mark.timeout(600)
def test_a_power_cut_loses_nothing_that_was_answered():
    run = subprocess.run(
        [sys.executable, str(pathlib.Path(__file__).with_name("powercut.py")), "50" if FULL else "10"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if run.stdout.startswith("SKIP"):
        pytest.skip(run.stdout.strip())
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
