# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator does with piaokuctl beside a centre that runs and is at work: two processes write
one database. The outbox of a computer is carried in by hand, and a computer is struck off while it
listens."""

import http.client
import os
import re
import subprocess
import threading
import unittest

from world import FITS, Desktop, World, wait_until

CLUSTER = os.environ.get('PIAOKU_TEST_POSTGRESQL')
# A desktop that hears nothing asks by itself every 30 s.
AT_ONCE = 12


def make_database():
    if not CLUSTER:
        return None
    World.ask_postgresql(None, 'CREATE DATABASE beside', CLUSTER)
    return CLUSTER.replace('/postgres?', '/beside?')


class Beside(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(database=make_database())
        # The one that is carried by hand, and the one that goes on working.
        cls.away = Desktop(cls.world, file='away.db').start()
        cls.here = Desktop(cls.world, file='here.db').start()
        for desktop in (cls.away, cls.here):
            desktop.drain()

    @classmethod
    def tearDownClass(cls):
        cls.away.end()
        cls.here.end()
        cls.world.close()

    # --- steps ---

    def count_live(self):
        connection = http.client.HTTPConnection('127.0.0.1', self.world.server.told['port'], timeout=30)
        try:
            connection.request('GET', '/v1/metrics')
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        return int(re.search(r'^piaoku_live_sockets (\d+)', text, re.M).group(1))

    @staticmethod
    def device_of(desktop):
        return int(desktop.one("SELECT value FROM setting WHERE key = 'device'"))

    def logged(self, device):
        """How many commands of the computer the centre has decided, and the number of the last."""
        return self.world.server_rows(
            'SELECT count(*), coalesce(max(dseq), 0) FROM command_log WHERE device = %d' % device)[0]

    def work_on(self, taken, stop, done):
        """Opens another order than @taken and gives it back until @stop is set: the centre always has
        something to write."""
        order = self.here.one("SELECT id FROM orders WHERE state = 'pending_outbound' AND lock_no IS NOT"
                              ' NULL AND id <> %d ORDER BY id LIMIT 1' % taken)
        while not stop.is_set():
            self.here.run('order.open_pick', order=str(order))
            self.here.run('order.release', order=str(order))
            done.append(order)

    # --- in the order of the names ---

    def test_1_carried_in_by_hand(self):
        """What waits on a computer without a line is decided at the centre while others work; they
        hear of it, and nothing happens twice when the computer comes back."""
        device = self.device_of(self.away)
        order, _ = self.away.next_order()
        self.away.ask('hold', on=True)
        self.addCleanup(self.away.ask, 'hold', on=False)
        self.away.run('order.open_pick', order=str(order))
        scans = [code for kind, code in self.away.codes(order) if kind == FITS]
        for code in scans:
            self.away.ask('scan', order=str(order), code=code)
        waiting = self.away.one('SELECT count(*) FROM outbox WHERE decided = 0')
        self.assertEqual(waiting, 1 + len(scans))
        before = self.logged(device)
        told = self.world.ctl('outbox', 'export', self.world.path('carried'), '--database', self.away.file)
        self.assertTrue(told.stdout)
        stop, done = threading.Event(), []
        worker = threading.Thread(target=self.work_on, args=(order, stop, done))
        worker.start()
        try:
            wait_until('work', lambda: len(done) > 3)
            at = len(done)
            importing = subprocess.run(
                [os.environ['PIAOKUCTL'], 'outbox', 'import', self.world.path('carried'), '--database',
                 self.world.database], capture_output=True, text=True, timeout=60)
            self.assertEqual(importing.returncode, 0, importing.stdout + importing.stderr)
            wait_until('the work goes on', lambda: len(done) > at + 3)
        finally:
            stop.set()
            worker.join()
        self.assertEqual(self.logged(device), (before[0] + waiting, before[1] + waiting))
        rows = self.world.server_rows('SELECT state, scanned FROM orders WHERE id = %d' % order)
        self.assertEqual(rows, [('picking', len(scans))])
        # Without a round of its own.
        wait_until('the others hear of it', lambda: self.here.one(
            "SELECT scanned FROM orders WHERE state = 'picking' AND id = %d" % order) == len(scans), AT_ONCE)
        # The file once more, and then the computer itself: all of it is known.
        again = self.world.ctl('outbox', 'import', self.world.path('carried'), '--database',
                               self.world.database)
        self.assertIn(str(waiting), again.stdout)
        self.away.ask('hold', on=False)
        self.away.drain()
        self.assertEqual(self.logged(device), (before[0] + waiting, before[1] + waiting))
        self.assertEqual(self.away.status()['refused'], 0)
        self.assertEqual(self.away.one('SELECT scanned FROM orders WHERE id = %d' % order), len(scans))
        self.here.drain()
        self.world.ctl('verify', '--database', self.world.database)

    def test_2_struck_off_while_it_listens(self):
        """It is told at once, and keeps nothing but what it had not sent."""
        self.away.drain()
        wait_until('both listen', lambda: self.count_live() == 2)
        device = self.device_of(self.away)
        self.assertGreater(self.away.one('SELECT count(*) FROM orders'), 0)
        self.away.drain()
        self.world.ctl('device', 'revoke', str(device), '--database', self.world.database)
        wait_until('it knows', lambda: self.away.status()['revoked'], AT_ONCE)
        wait_until('its data is gone', lambda: self.away.one('SELECT count(*) FROM orders') == 0, AT_ONCE)
        for table in ('orders', 'pack', 'outlet', 'users', 'search_row', 'spool'):
            self.assertEqual(self.away.one('SELECT count(*) FROM %s' % table), 0, table)
        self.assertIsNone(self.away.one("SELECT value FROM setting WHERE key = 'device.key'"))
        wait_until('one listens', lambda: self.count_live() == 1)
        # The other one never noticed.
        order, _ = self.here.next_order()
        self.here.run('order.open_pick', order=str(order))
        self.here.drain()
        self.assertFalse(self.here.status()['revoked'])


if __name__ == '__main__':
    unittest.main(verbosity=2)
