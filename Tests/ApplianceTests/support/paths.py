"""Where things are. `../shared` is optional: what needs it skips when it is absent."""

import os
import pathlib
import socket

ROOT = pathlib.Path(__file__).resolve().parents[3]
SHARED = pathlib.Path(os.environ.get("MODELUX_SHARED", ROOT.parent / "shared"))
RECORDINGS = SHARED / "traffic"
BINARY = pathlib.Path(os.environ.get("MODELUX_BIN", ROOT / ".build/release/modelux"))
# The long forms: more kills, more connections, more seeds.
FULL = os.environ.get("MODELUX_FULL", "") not in ("", "0")


def free_port():
    """A port that nothing listens on; below the range the kernel hands to outgoing connections it could be taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
