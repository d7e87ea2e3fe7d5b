#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators watch: the numbers move with what happens, and only they see them."""

import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from server import Desk, Live, Server  # noqa: E402

SAMPLE = re.compile(r'^([a-z_]+(?:\{[a-z]+="[^"]*"\})?) ([0-9.]+)$')


def read(server, **how):
    status, text = server.call('GET', '/v1/metrics', **how)
    assert status == 200, (status, text)
    numbers, typed = {}, set()
    for line in text.splitlines():
        if line.startswith('# TYPE '):
            typed.add(line.split()[2])
        elif not line.startswith('#'):
            name, number = SAMPLE.match(line).groups()
            assert re.sub(r'_(bucket|sum|count)$|\{.*', '', name.split('{')[0]) in typed, name
            numbers[name] = float(number)
    return numbers


class Metrics(unittest.TestCase):
    def test_numbers_move(self):
        server = Server()
        desk = Desk(server)
        desk.sync()
        before = read(server)
        live = Live(server, desk.token)
        good, bad = desk.order(), desk.order(packs=400)
        desk.sync([good, bad])
        desk.sync([good, bad])
        after = read(server)
        moved = {name: after[name] - before[name] for name in after if after[name] != before[name]}
        self.assertEqual(moved['piaoku_commands_total{verdict="accepted"}'], 1)
        self.assertEqual(moved['piaoku_commands_total{verdict="refused"}'], 1)
        self.assertEqual(moved['piaoku_commands_total{verdict="repeated"}'], 2)
        self.assertEqual(moved['piaoku_push_seconds_count'], 2)
        self.assertEqual(moved['piaoku_push_seconds_bucket{le="+Inf"}'], 2)
        self.assertGreater(moved['piaoku_push_seconds_sum'], 0)
        self.assertEqual(moved['piaoku_live_sockets'], 1)
        self.assertGreaterEqual(moved['piaoku_batches_total'], 2)
        self.assertEqual(moved['piaoku_seq'], 1)
        self.assertEqual(after['piaoku_database_up'], 1)
        self.assertEqual(after['piaoku_gateway_state{state="unknown"}'], 1)
        buckets = [after[name] for name in after if name.startswith('piaoku_push_seconds_bucket')]
        self.assertEqual(buckets, sorted(buckets))
        live.close()
        server.stop()

    def test_guard(self):
        server = Server()
        self.assertGreater(read(server)['piaoku_connections'], 0)
        # What comes through a proxy of this machine does not come from this machine.
        status, answer = server.call('GET', '/v1/metrics', headers={'X-Forwarded-For': '203.0.113.7'})
        self.assertEqual((status, answer['reason']), (403, 'metrics.guarded'))
        server.stop()
        with tempfile.NamedTemporaryFile('w') as file:
            file.write('a-token-of-the-operators\n')
            file.flush()
            server = Server(flags=['--metrics-token', file.name])
            for token in (None, 'a-token-of-the-operator', 'a-token-of-the-operatorz', 'x'):
                self.assertEqual(server.call('GET', '/v1/metrics', token=token)[0], 403)
            read(server, token='a-token-of-the-operators',
                 headers={'X-Forwarded-For': '203.0.113.7'})
            server.stop()


if __name__ == '__main__':
    unittest.main(verbosity=2)
