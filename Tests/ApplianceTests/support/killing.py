"""One round of load, a sudden death, and the start after it: the same for kill -9 and for power cuts."""

import json
import random
import time

from .ledger import Ledger, reconcile
from .load import Load


def witnessed(upstream):
    """The upstream's log, each entry with the model that it was asked for."""
    entries = [entry for entry in upstream.seen() if entry["body"].startswith("{")]
    for entry in entries:
        entry["model"] = json.loads(entry["body"])["model"]
    return entries


class Rounds:
    """Load, death, restart, again and again; everything that was ever sent is reconciled at each step."""

    def __init__(self, appliance, upstream, key, connections=32):
        self.appliance, self.upstream, self.key, self.connections = appliance, upstream, key, connections
        self.number, self.sent, self.seen, self.starts = 0, [], [], []

    def load(self):
        """A load that is under way."""
        self.number += 1
        return Load(
            self.appliance.proxy_port,
            self.key,
            "witness",
            self.connections,
            prefix=f"k{self.number}",
            wish=random.choice([None, '{"do": "stream", "chunks": 5, "delay_ms": 4}']),
        ).start()

    def one(self, die, restart, least=0.1, most=1.5):
        """One death at a random moment; `die` ends the process and `restart` brings it back."""
        self.upstream.reset()
        load = self.load()
        time.sleep(random.uniform(least, most))
        die()
        load.stop()
        self.sent += load.sent
        self.seen += witnessed(self.upstream)
        restart()
        self.starts.append(self.appliance.ready_seconds)

    def problems(self, intents=True):
        """What does not add up over all rounds, once the journal has been drained; `intents` asks for a row of every
        request that the upstream saw, too."""
        ledger, seen = Ledger(self.appliance.data), self.seen if intents else []
        deadline = time.monotonic() + 10
        while True:
            found = reconcile(ledger, self.sent, seen)
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.2)

    @property
    def answered(self):
        return sum(sent.whole for sent in self.sent)
