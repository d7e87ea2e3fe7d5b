# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The centre's database is lost and comes back from a backup, by pg_dump and pg_restore or as a copy
of the file, with a new epoch. What it has forgotten comes up again from the desktops; what ILMS
debited in the meantime is asked about and not sent again, although this ILMS forgets numbers."""

import os
import sqlite3
import subprocess
import unittest

from world import FITS, Desktop, World, wait_until

CLUSTER = os.environ.get('PIAOKU_TEST_POSTGRESQL')


def copy_file(source, target):
    with sqlite3.connect(source) as one, sqlite3.connect(target) as other:
        one.backup(other)


class Files:
    """A file of SQLite."""

    def __init__(self):
        self.database = None

    def back_up(self, world):
        copy_file(world.database, world.path('backup.db'))

    def restore(self, world):
        world.database = world.path('restored.db')
        copy_file(world.path('backup.db'), world.database)


class PostgreSQL:
    def __init__(self):
        self.database = self.make('to_be_lost')

    @staticmethod
    def make(name):
        World.ask_postgresql(None, 'CREATE DATABASE %s' % name, CLUSTER)
        return CLUSTER.replace('/postgres?', '/%s?' % name)

    @staticmethod
    def tool(name, *words):
        from glob import glob
        subprocess.run([max(glob('/usr/lib/postgresql/*/bin/' + name)), *words], check=True, timeout=120)

    def back_up(self, world):
        self.tool('pg_dump', '--format=custom', '--file', world.path('backup'), '--dbname', world.database)

    def restore(self, world):
        World.ask_postgresql(None, 'DROP DATABASE to_be_lost WITH (FORCE)', CLUSTER)
        world.database = self.make('restored')
        self.tool('pg_restore', '--exit-on-error', '--dbname', world.database, world.path('backup'))


class Restore(unittest.TestCase):
    def setUp(self):
        self.engine = PostgreSQL() if CLUSTER else Files()
        self.world = World(database=self.engine.database, sandbox=['--no-idempotency'])
        self.desktops = []

    def tearDown(self):
        for desktop in self.desktops:
            desktop.end()
        self.world.close()

    def open(self, *words, **more):
        desktop = Desktop(self.world, *words, **more)
        self.desktops.append(desktop)
        return desktop.start()

    def confirm(self, desktop):
        desktop.wait_ilms(True)
        order, number = desktop.next_order()
        desktop.pick(order)
        desktop.run('order.confirm', order=str(order), online=True)
        return order, number

    def test_a_backup_comes_back(self):
        world, first = self.world, self.open()
        order, number = self.confirm(first)
        first.wait_state(order, 'ready_to_ship')
        first.drain()
        confirmed = [number]
        epoch = world.server_rows('SELECT epoch FROM head')
        self.engine.back_up(world)

        # What the backup does not know: one debit, one order that is half picked, a computer that
        # signed in for the first time and what was done on it.
        forgotten, number = self.confirm(first)
        first.wait_state(forgotten, 'ready_to_ship')
        confirmed.append(number)
        half, _ = first.next_order()
        first.run('order.open_pick', order=str(half))
        fitting = [code for kind, code in first.codes(half) if kind == FITS]
        first.ask('scan', order=str(half), code=fitting[0])
        first.drain()
        second = self.open('other.db', 'keeper')
        second.drain()
        device = second.one("SELECT value FROM setting WHERE key = 'device'")
        newest, number = self.confirm(second)
        second.wait_state(newest, 'ready_to_ship')
        confirmed.append(number)
        second.drain()

        world.server.kill()
        self.engine.restore(world)
        told = world.ctl('epoch', '--database', world.database).stdout
        self.assertNotEqual(world.server_rows('SELECT epoch FROM head'), epoch)
        self.assertIn(world.server_rows('SELECT epoch FROM head')[0][0], told)
        self.assertEqual(world.server_rows('SELECT state FROM orders WHERE id = %d' % forgotten),
                         [('pending_outbound',)])
        world.server.start()

        # The desktops find out by themselves; a session that is forgotten is opened again.
        wait_until('the first notices', lambda: first.ask('nudge')
                   and world.server_rows('SELECT state FROM orders WHERE id = %d' % forgotten)
                   == [('ready_to_ship',)])
        second.ask('sign-in', name='keeper', password='piaoku-practice-1')
        self.assertEqual(second.one("SELECT value FROM setting WHERE key = 'device'"), device)
        wait_until('the second too', lambda: second.ask('nudge')
                   and world.server_rows('SELECT state FROM orders WHERE id = %d' % newest)
                   == [('ready_to_ship',)])
        self.assertEqual(world.server_rows('SELECT scanned FROM orders WHERE id = %d' % half), [(1,)])
        for desktop in (first, second):
            desktop.wait_equal()
            self.assertEqual(desktop.status()['refused'], 0)

        # The work goes on, and every debit was made once. About an order from before the restore ILMS
        # is asked first: the lost centre may have sent its debit.
        order, _ = self.confirm(second)
        wait_until('the question', lambda: second.ask('nudge') and world.server_rows(
            "SELECT state, first_sent_at, asked_at > 0 OR next_at > unknown_at FROM gateway_request"
            " WHERE order_id = %d AND op = 'order.confirm'" % order) in
            ([('unknown', 0, 1)], [('unknown', 0, True)]))
        second.wait_state(order, 'confirming')
        debits = [row['orderNo'] for row in world.ledger() if row['kind'] == 'debit']
        self.assertEqual(sorted(debits), sorted(confirmed))
        self.assertEqual(world.control('GET', '/control/verify')['breaches'], [])
        for desktop in self.desktops:
            desktop.end()
        world.ctl('verify', '--database', world.database)
        for file in ('desktop.db', 'other.db'):
            world.ctl('verify', '--replica', '--database', world.path(file))


if __name__ == '__main__':
    unittest.main(verbosity=2)
