# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two centres over one PostgreSQL database, before an ILMS that forgets request numbers, so that
whatever is sent twice is debited twice. One of them speaks to ILMS at a time; the other takes over
when it dies, stands still or is stopped."""

import os
import signal
import time
import unittest

from door import Door
from world import Desktop, World, wait_until

CLUSTER = os.environ['PIAOKU_TEST_POSTGRESQL']


def make_database(name):
    """A fresh one beside the one that the tests are given. A process that stands still in the
    middle of a transaction loses it after a second."""
    World.ask_postgresql(None, 'CREATE DATABASE %s' % name, CLUSTER)
    return (CLUSTER.replace('/postgres?', '/%s?' % name)
            + '&options=-c%20idle_in_transaction_session_timeout%3D1s')


class TwoServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(database=make_database('two_servers'), sandbox=['--no-idempotency'])
        cls.world.server.end()
        cls.door = Door(cls.world.sandbox.told['port'])
        cls.first = cls.world.make_server(gateway=cls.door.port, log='server-1')
        cls.second = cls.world.make_server(log='server-2')
        cls.first.start()
        cls.await_holder(cls.first)
        cls.second.start()
        # The clerk's desktop is at the one that does not speak to ILMS.
        cls.desktop = Desktop(cls.world, server=cls.second).start()
        cls.confirmed = []

    @classmethod
    def tearDownClass(cls):
        cls.desktop.end()
        cls.first.end()
        cls.second.end()
        cls.door.close()
        cls.world.close()

    # --- steps ---

    @classmethod
    def lease(cls):
        return cls.world.server_rows('SELECT holder, term, line FROM gateway_lease')[0]

    @classmethod
    def await_holder(cls, server, limit=20):
        """Until @server has the lease; which term it is."""
        wait_until('the lease is taken',
                   lambda: ':%d:' % server.process.pid in (cls.lease()[0] or ''), limit)
        return cls.lease()[1]

    def request(self, order):
        rows = self.world.server_rows(
            "SELECT state FROM gateway_request WHERE op = 'order.confirm' AND order_id = %d" % order)
        return rows[0][0] if rows else None

    def confirm(self):
        """Picks the next order and asks for its debit: id and number."""
        self.desktop.wait_ilms(True)
        order, number = self.desktop.next_order()
        self.desktop.pick(order)
        self.desktop.run('order.confirm', order=str(order), online=True)
        return order, number

    def expect_one_debit(self, order, number):
        self.desktop.wait_state(order, 'ready_to_ship')
        self.assertEqual(len(self.world.debits(number)), 1)
        self.confirmed.append(number)

    def calls(self, operation):
        return [row for row in self.world.control('GET', '/control/calls')['rows']
                if row['operation'] == operation]

    # --- in the order of the names ---

    def test_1_one_of_them_speaks(self):
        """Every waiting order is locked with one call, by one of the two."""
        wait_until('locks', lambda: self.world.server_rows(
            "SELECT count(*) FROM orders WHERE state = 'submitted'") == [(0,)])
        numbers = [row['requestNo'] for row in self.calls('order.lock')]
        self.assertGreater(len(numbers), 10)
        self.assertEqual(len(numbers), len(set(numbers)))
        self.assertEqual(self.await_holder(self.first), self.lease()[1])

    def test_2_heard_across(self):
        """What a desktop sends to one is carried out by the other at once, and heard back."""
        order, number = self.confirm()
        self.expect_one_debit(order, number)
        start = time.monotonic()
        order, number = self.confirm()
        self.expect_one_debit(order, number)
        # Nothing but the notice can be so quick: the worker looks by itself every 30 s only.
        self.assertLess(time.monotonic() - start, 10)

    def test_3_stopped_and_resumed(self):
        """ILMS refuses our clock: everything stands until a person says go on; no restart."""
        self.world.control('POST', '/control/faults', {'script': 'outlet.balance/clock'})
        order, number = self.confirm()
        self.expect_one_debit(order, number)
        wait_until('the stop', lambda: 'offline' in self.lease())
        told = self.world.ctl('ilms', 'status', '--database', self.world.database).stdout
        self.assertIn('offline', told)
        self.assertIn(str(self.first.process.pid), told)
        order, number = self.desktop.next_order()
        self.desktop.pick(order)
        self.desktop.run('order.confirm', order=str(order), online=True)
        self.desktop.drain()
        self.assertEqual(self.request(order), 'prepared')
        self.assertEqual(self.world.debits(number), [])
        self.world.ctl('ilms', 'resume', '--database', self.world.database)
        self.expect_one_debit(order, number)
        self.assertEqual(self.lease()[2], 'online')

    def test_4_killed_in_flight(self):
        """The one that speaks dies while ILMS is at work: the other asks, and does not tell again."""
        self.world.control('POST', '/control/faults', {'script': 'order.confirm/delay:2500'})
        term = self.lease()[1]
        order, number = self.confirm()
        wait_until('ILMS has it', lambda: [row for row in self.calls('order.confirm')
                                           if row['fault'] == 'delay'])
        self.first.kill()
        self.assertEqual(self.await_holder(self.second), term + 1)
        self.expect_one_debit(order, number)
        asked = [row for row in self.calls('order.query')]
        self.assertGreaterEqual(len(asked), 1)

    def test_5_given_back(self):
        """One that ends politely hands over at once, and what waits goes on."""
        self.first.start()
        term = self.lease()[1]
        self.desktop.end()
        self.second.end()
        self.assertEqual(self.await_holder(self.first), term + 1)
        self.desktop.server = self.first
        self.desktop.start()
        order, number = self.confirm()
        self.expect_one_debit(order, number)

    def test_6_stood_still(self):
        """The one that speaks stands still with a call about to leave, and wakes up when another
        has taken over: not a byte of it leaves."""
        self.second.start()
        self.desktop.end()
        self.desktop.server = self.second
        self.desktop.start()
        term = self.await_holder(self.first)
        self.desktop.wait_ilms(True)
        order, number = self.desktop.next_order()
        self.desktop.pick(order)
        self.desktop.drain()
        self.door.shut()
        self.desktop.run('order.confirm', order=str(order), online=True)
        wait_until('it is about to be sent', lambda: self.request(order) == 'sent')
        os.kill(self.first.process.pid, signal.SIGSTOP)
        try:
            self.assertEqual(self.await_holder(self.second), term + 1)
            connection = self.door.let_one_in()
        finally:
            os.kill(self.first.process.pid, signal.SIGCONT)
        try:
            self.assertEqual(connection.recv(1 << 16), b'')
        except ConnectionResetError:
            pass
        finally:
            connection.close()
        # The new one asks, is told that there is no such request, and cannot believe it yet.
        wait_until('it is asked about', lambda: self.request(order) == 'unknown')
        wait_until('the answer', lambda: self.world.server_rows(
            "SELECT count(*) FROM gateway_request WHERE order_id = %d AND asked_at = 0"
            " AND state = 'unknown'" % order) == [(1,)])
        self.assertEqual(self.world.debits(number), [])
        wait_until('the first knows', lambda: '由另一台服务器' in self.first.log())

    def test_9_the_books(self):
        """Every confirmed order was debited once and nothing else was."""
        debits = [row['orderNo'] for row in self.world.ledger() if row['kind'] == 'debit']
        self.assertEqual(sorted(debits), sorted(self.confirmed))
        self.assertGreaterEqual(len(debits), 6)
        self.assertEqual(self.world.control('GET', '/control/verify')['breaches'], [])
        self.world.ctl('verify', '--database', self.world.database)


if __name__ == '__main__':
    unittest.main(verbosity=2, failfast=True)
