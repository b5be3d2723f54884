"""The shipped scenario, played twice with one seed: each client is told the same things about the same fixes, in the same order."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from server import IS_SANITIZED, ROOT, run_lowcloud  # noqa: E402

PUSH = re.compile(r"^ *[0-9.]+ s  (\S+) +(\S+) (enters|leaves) (\S+) +fix +([0-9]+),", re.M)


def play(seed):
    """{(client, vehicle): [(enters or leaves, fence, fix), ...]} of one demo."""
    ended = run_lowcloud("demo", "--seed", str(seed), "--speed", "60" if IS_SANITIZED else "150", directory=ROOT, seconds=120)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    told = {}
    for client, vehicle, what, fence, fix in PUSH.findall(ended.stdout):
        told.setdefault((client, vehicle), []).append((what, fence, int(fix)))
    return told


class Replay(unittest.TestCase):
    def test_one_seed_gives_one_story(self):
        first = play(7)
        self.assertGreater(sum(map(len, first.values())), 20)
        self.assertEqual(first, play(7))


if __name__ == "__main__":
    unittest.main()
