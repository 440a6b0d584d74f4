"""powercut.py [CUTS]   see packaging/powercut."""

import fcntl
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from support.appliance import Appliance
from support.killing import Rounds
from support.ledger import Ledger
from support.upstream import Upstream

FS_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = struct.pack("I", 2)


def command(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Disk:
    """An ext4 file system in a file, whose power can be cut."""

    def __init__(self, folder):
        self.image, self.point = folder / "disk.img", folder / "disk"
        self.point.mkdir()
        command("truncate", "-s", "768M", str(self.image))
        command("mkfs.ext4", "-q", "-F", str(self.image))
        self.mount()

    def mount(self):
        command("mount", "-o", "loop", str(self.image), str(self.point))

    def cut(self):
        """What was not synced is gone from here on."""
        descriptor = os.open(self.point, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, FS_IOC_SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(descriptor)

    def remount(self):
        command("umount", str(self.point))
        self.mount()

    def close(self):
        subprocess.run(["umount", str(self.point)], stderr=subprocess.DEVNULL)


def main():
    cuts = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mlx-power-"))
    if os.geteuid() != 0:
        print("SKIP: cutting the power of a file system needs root")
        return 0
    try:
        disk = Disk(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"SKIP: no loop mount on this machine ({error})")
        shutil.rmtree(folder)
        return 0
    random.seed(20260404)
    upstream = Upstream()
    appliance = None
    try:
        appliance = Appliance(
            mode="serve",
            data=disk.point / "data",
            environment={"MODELUX_LEDGER_DURABILITY": "power", "MODELUX_LEDGER_SEGMENT_SIZE": "4MiB"},
        )
        appliance.output = folder / "output"
        appliance.make_provider("witness", upstream.url)
        rounds = Rounds(appliance, upstream, appliance.key)

        def die():
            disk.cut()
            appliance.kill()

        def restart():
            disk.remount()
            appliance.start()

        for _ in range(cuts):
            rounds.one(die, restart, 0.05, 0.6)
        problems = rounds.problems(intents=False)
        under_way = len(rounds.problems()) - len(problems)
        print(*problems[:20], sep="\n")
        print(f"{under_way} requests were with the provider, unanswered and not yet on disk when the power went")
        print(f"integrity: {Ledger(appliance.data).integrity()}; starts up to {max(rounds.starts):.2f} s")
        print(f"{cuts} power cuts, {rounds.answered} answers received whole, {len(problems)} not as promised")
        return 1 if problems or not rounds.answered else 0
    finally:
        if appliance:
            appliance.kill()
        upstream.close()
        disk.close()
        shutil.rmtree(folder, ignore_errors=True)


sys.exit(main())
