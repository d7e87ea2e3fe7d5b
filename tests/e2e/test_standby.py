# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine of the database dies while orders are under way; its streaming standby is promoted.
The centre and the desktops are not restarted: they find the new one by themselves, nothing that was
answered is missing, and every debit was made once at an ILMS that forgets request numbers."""

import sys
import time
import unittest

from cluster import Cluster, find_programs
from world import FITS, Desktop, World, wait_until


class Standby(unittest.TestCase):
    def setUp(self):
        self.primary, self.standby = Cluster('primary'), Cluster('standby')
        self.addCleanup(self.primary.close)
        self.addCleanup(self.standby.close)
        self.primary.make()
        self.primary.start()
        self.standby.copy(self.primary)
        self.standby.start()
        # From now on a commit is answered when the standby has it too.
        World.ask_postgresql(None, "ALTER SYSTEM SET synchronous_standby_names = '*'",
                             self.primary.address())
        World.ask_postgresql(None, 'SELECT pg_reload_conf ()', self.primary.address())
        wait_until('the standby follows', lambda: World.ask_postgresql(
            None, 'SELECT sync_state FROM pg_stat_replication', self.primary.address()) == [('sync',)])
        self.world = World(database=self.primary.address(self.standby), sandbox=['--no-idempotency'])
        self.addCleanup(self.world.close)

    def confirm(self, desktop):
        desktop.wait_ilms(True)
        order, number = desktop.next_order()
        desktop.pick(order)
        desktop.run('order.confirm', order=str(order), online=True)
        return order, number

    def test_the_standby_takes_over(self):
        world, desktop = self.world, Desktop(self.world).start()
        self.addCleanup(desktop.end)
        order, number = self.confirm(desktop)
        desktop.wait_state(order, 'ready_to_ship')
        confirmed = [number]

        # ILMS is at work on one order, and another is being picked, when the machine dies.
        world.control('POST', '/control/faults', {'script': 'order.confirm/slow:1500'})
        under_way, number = self.confirm(desktop)
        confirmed.append(number)
        wait_until('ILMS has it', lambda: [
            row for row in world.control('GET', '/control/calls')['rows'] if row['fault'] == 'slow'])
        picked, picked_number = desktop.next_order()
        desktop.run('order.open_pick', order=str(picked))
        fitting = [code for kind, code in desktop.codes(picked) if kind == FITS]
        desktop.ask('nudge')
        desktop.ask('scan', order=str(picked), code=fitting[0])
        answered = world.server_rows('SELECT seq, epoch FROM head')
        self.primary.kill()
        died = time.monotonic()
        # The counter goes on without the centre.
        for code in fitting[1:]:
            desktop.ask('scan', order=str(picked), code=code)
        desktop.run('order.check', order=str(picked), intact=True)
        wait_until('the centre says so', lambda: desktop.ask('nudge')
                   and desktop.status()['centre'] != 'online')

        self.standby.promote()
        seq, epoch = world.server_rows('SELECT seq, epoch FROM head')[0]
        self.assertGreaterEqual(seq, answered[0][0])
        self.assertEqual(epoch, answered[0][1])
        desktop.drain()
        print('carried on %.1f s after the death' % (time.monotonic() - died), file=sys.stderr)
        desktop.wait_state(under_way, 'ready_to_ship')
        desktop.wait_ilms(True)
        desktop.run('order.confirm', order=str(picked), online=True)
        desktop.wait_state(picked, 'ready_to_ship')
        confirmed.append(picked_number)

        desktop.wait_equal()
        self.assertEqual(desktop.status()['refused'], 0)
        debits = [row['orderNo'] for row in world.ledger() if row['kind'] == 'debit']
        self.assertEqual(sorted(debits), sorted(confirmed))
        self.assertEqual(world.control('GET', '/control/verify')['breaches'], [])
        self.assertIsNone(world.server.process.poll())
        world.ctl('verify', '--database', world.database)


if __name__ == '__main__':
    if find_programs() is None:
        print('no PostgreSQL server is installed (Debian: postgresql)', file=sys.stderr)
        sys.exit(77)
    unittest.main(verbosity=2)
