"""lowcloud itself, whatever the service: its health, its ready line, its options, its end, and who may come in."""

import json
import signal
import socket
import unittest

from support import PATIENCE_SECONDS, Server, clean_environment, client, descendants, endpoint, http, run_lowcloud, wait_for_ends  # noqa: F401


class Health(unittest.TestCase):
    def test_health_answers_ok(self):
        reply = http("GET", "/_lowcloud/health")
        self.assertEqual(reply.status, 200)


if __name__ == "__main__":
    unittest.main()
