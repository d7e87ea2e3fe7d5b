# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clerk's journey with real processes and no screen: from the queue to the confirmed debit,
with lines cut, processes killed and answers lost. At the end the stand-in's own ledger holds
exactly one debit for each confirmed order, and every pack is in one place."""

import unittest

from world import FITS, LANE, Desktop, Refused, World, wait_until

REASONS = {1: 'scan.wrong-type', 2: 'scan.surplus', 3: 'scan.frozen', 4: 'scan.expired',
           5: 'scan.not-here', 6: 'scan.security', 7: 'scan.unknown'}


class Journey(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.desktop = Desktop(cls.world).start()
        cls.confirmed = []

    @classmethod
    def tearDownClass(cls):
        cls.desktop.end()
        cls.world.close()

    # --- steps ---

    def next_order(self, most=12):
        """The oldest order that waits and is not too large for one person."""
        return self.desktop.next_order(most)

    def fitting(self, order):
        return [code for kind, code in self.desktop.codes(order) if kind == FITS]

    def scan(self, order, code):
        return self.desktop.ask('scan', order=str(order), code=code)

    def pick(self, order):
        self.desktop.pick(order)

    def confirm(self, order, online=True):
        self.desktop.run('order.confirm', order=str(order), online=online)

    def expect_one_debit(self, order, number):
        self.assertEqual(len(self.world.debits(number)), 1)
        self.confirmed.append(number)
        self.assertEqual(
            self.world.server_rows('SELECT count(*) FROM parcel WHERE order_id = %d' % order),
            [(1,)])

    # --- the journey, in the order of the names ---

    def test_1_the_queue(self):
        """The centre locks what waits at ILMS; two outlets are short of money."""
        wait_until('locks', lambda: self.desktop.one(
            "SELECT count(*) FROM orders WHERE state = 'pending_outbound'"
            ' AND lock_no IS NOT NULL') == 12)
        wait_until('holds', lambda: self.desktop.one(
            "SELECT count(*) FROM orders WHERE state = 'on_hold'"
            " AND hold_reason = 'BAL_SHORT'") == 2)
        self.assertEqual(self.desktop.rows(
            'SELECT DISTINCT lane FROM orders'), [[LANE]])

    def test_2_scans(self):
        """Everything wrong is refused with its reason and changes nothing."""
        order, number = self.next_order()
        self.desktop.run('order.open_pick', order=str(order))
        codes = self.desktop.codes(order)
        fitting = [code for kind, code in codes if kind == FITS]
        self.assertGreater(len(fitting), 0)
        for code in fitting:
            self.scan(order, code)
            with self.assertRaises(Refused) as again:
                self.scan(order, code)
            self.assertEqual(again.exception.reason, 'scan.again')
        seen = set()
        for kind, code in codes:
            if kind == FITS:
                continue
            with self.assertRaises(Refused) as no:
                self.scan(order, code)
            self.assertEqual(no.exception.reason, REASONS[kind])
            seen.add(kind)
        self.assertEqual(seen, set(REASONS))
        self.assertEqual(self.desktop.one('SELECT scanned FROM orders WHERE id = %d' % order),
                         len(fitting))
        self.desktop.run('order.check', order=str(order), intact=True)
        self.confirm(order)
        self.desktop.wait_state(order, 'ready_to_ship')
        self.expect_one_debit(order, number)

    def test_3_ilms_cut(self):
        """Without ILMS an order is held, has no parcel and no debit; then it is confirmed."""
        self.world.sandbox.kill()
        self.desktop.wait_ilms(False)
        order, number = self.next_order()
        self.pick(order)
        self.confirm(order, online=False)
        self.assertEqual(self.desktop.state_of(order), 'held_for_ilms')
        self.desktop.drain()
        self.assertEqual(
            self.desktop.one('SELECT count(*) FROM parcel WHERE order_id = %d' % order), 0)
        self.world.sandbox.start()
        self.desktop.wait_ilms(True)
        self.assertEqual(self.world.debits(number), [])
        self.desktop.run('order.reconnect', order=str(order))
        self.desktop.wait_state(order, 'ready_to_ship')
        self.expect_one_debit(order, number)

    def test_4_both_cut(self):
        """Two orders are held with no line at all, and go in the order they were held."""
        self.world.sandbox.kill()
        self.world.server.kill()
        held = []
        for _ in range(2):
            order, number = self.next_order()
            self.pick(order)
            self.confirm(order, online=False)
            held.append((order, number))
        self.assertGreater(self.desktop.status()['waiting'], 0)
        self.world.sandbox.start()
        self.world.server.start()
        self.desktop.drain()
        self.desktop.wait_ilms(True)
        with self.assertRaises(Refused) as early:
            self.desktop.run('order.reconnect', order=str(held[1][0]))
        self.assertEqual(early.exception.reason, 'reconnect.older')
        for order, number in held:
            self.desktop.run('order.reconnect', order=str(order))
            self.desktop.wait_state(order, 'ready_to_ship')
            self.expect_one_debit(order, number)

    def test_5_desktop_killed(self):
        """Ten deaths in the middle of orders: what was acknowledged is there afterwards."""
        deaths = 0
        while deaths < 10:
            order, number = self.next_order()
            self.desktop.run('order.open_pick', order=str(order))
            while deaths < 10:
                codes = self.fitting(order)
                if not codes:
                    break
                acknowledged = None
                self.desktop.send('scan', order=str(order), code=codes[0])
                if deaths % 2 == 0:
                    acknowledged = self.desktop.receive()
                self.desktop.kill()
                deaths += 1
                self.desktop.start()
                if acknowledged:
                    self.assertNotIn(codes[0], self.fitting(order))
            for code in self.fitting(order):
                self.scan(order, code)
            self.desktop.run('order.check', order=str(order), intact=True)
            self.confirm(order)
            self.desktop.wait_state(order, 'ready_to_ship')
            self.expect_one_debit(order, number)

    def test_6_server_killed(self):
        """The centre dies while a push is under way: nothing twice, nothing lost."""
        order, number = self.next_order()
        self.desktop.run('order.open_pick', order=str(order))
        for code in self.fitting(order):
            self.scan(order, code)
            self.desktop.ask('nudge')
            self.world.server.kill()
            self.world.server.start()
        self.desktop.run('order.check', order=str(order), intact=True)
        self.confirm(order)
        self.world.server.kill()
        self.world.server.start()
        self.desktop.wait_state(order, 'ready_to_ship')
        self.expect_one_debit(order, number)
        mine = self.desktop.rows('SELECT id FROM outbox ORDER BY dseq')
        theirs = self.world.server_rows('SELECT id, count(*) FROM command_log GROUP BY id')
        self.assertTrue(all(count == 1 for _, count in theirs))
        self.assertLessEqual({row[0] for row in mine}, {row[0] for row in theirs})

    def test_7_answer_lost(self):
        """ILMS debits and the answer is lost: it is asked, not told again."""
        self.world.control('POST', '/control/faults', {'script': 'order.confirm/apply-drop'})
        order, number = self.next_order()
        self.pick(order)
        self.confirm(order)
        self.desktop.wait_state(order, 'ready_to_ship', 90)
        calls = [row for row in self.world.control('GET', '/control/calls')['rows']
                 if row['operation'] == 'order.confirm' and row['fault'] == 'apply-drop']
        self.assertEqual(len(calls), 1)
        self.expect_one_debit(order, number)

    def test_9_the_books(self):
        """Both books agree, every pack is in one place, the desktop holds what the centre has."""
        self.desktop.drain()
        debits = [row['orderNo'] for row in self.world.ledger() if row['kind'] == 'debit']
        self.assertEqual(sorted(debits), sorted(self.confirmed))
        self.assertGreaterEqual(len(debits), 6)
        self.assertEqual(self.world.control('GET', '/control/verify')['breaches'], [])
        self.desktop.wait_equal()
        self.assertEqual(self.desktop.status()['refused'], 0)
        self.desktop.end()
        self.world.server.end()
        self.world.ctl('verify', '--database', self.world.database)
        self.world.ctl('verify', '--replica', '--database', self.world.path('desktop.db'))


if __name__ == '__main__':
    unittest.main(verbosity=2, failfast=True)
