#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that dribble, never end, or are too many: with real sockets against a real server."""

import http.client
import os
import select
import socket
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from server import Desk, Live, Server  # noqa: E402

PATIENCE = 1
# Of the server: a body has so many times the patience; and how often it looks, with some air.
BODY = 12
AIR = 4
HEAD = b'GET /health HTTP/1.1\r\nHost: localhost\r\n'


def dribble(server, begin, piece, every, limit):
    """(seconds, answer) until the server has ended a connection that sends @piece again and again."""
    with socket.create_connection(('127.0.0.1', server.port), timeout=30) as sock:
        start = time.monotonic()
        sock.sendall(begin)
        while time.monotonic() - start < limit:
            if select.select([sock], [], [], every)[0]:
                answer = b''
                try:
                    while more := sock.recv(4096):
                        answer += more
                except ConnectionError:
                    pass
                return time.monotonic() - start, answer
            sock.sendall(piece)
    raise AssertionError(f'still open after {limit} s')


def is_over(sock):
    """Whether the other side has closed, or says anything at all."""
    return bool(select.select([sock], [], [], 0)[0])


class Slow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(flags=['--patience', str(PATIENCE)])
        cls.desk = Desk(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def is_served(self, connection):
        connection.request('GET', '/health')
        reply = connection.getresponse()
        return reply.status == 200 and b'"ok":true' in reply.read()

    def test_a_head_that_dribbles(self):
        took, answer = dribble(self.server, HEAD + b'X-Long: ', b'a', 0.1, PATIENCE + AIR)
        self.assertGreater(took, PATIENCE)
        self.assertTrue(answer.startswith(b'HTTP/1.1 408 '), answer)
        self.assertIn(b'http.slow', answer)

    def test_a_body_that_dribbles(self):
        begin = (b'POST /v1/sync HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n'
                 b'Content-Length: 100000\r\n\r\n' % self.desk.token.encode())
        live = Live(self.server, self.desk.token)
        kept = http.client.HTTPConnection('127.0.0.1', self.server.port, timeout=30)
        self.assertTrue(self.is_served(kept))
        took, answer = dribble(self.server, begin, b'{', 0.2, PATIENCE * BODY + AIR)
        self.assertGreater(took, PATIENCE * BODY)
        self.assertTrue(answer.startswith(b'HTTP/1.1 408 '), answer)
        # Those who only listen, or may ask again, have been here as long and stay.
        same = kept.sock
        self.assertFalse(is_over(same))
        self.assertFalse(is_over(live.socket))
        self.assertTrue(self.is_served(kept))
        self.assertIs(kept.sock, same)
        live.close()
        kept.close()

    def test_many_dribble_and_others_are_served(self):
        socks = [socket.create_connection(('127.0.0.1', self.server.port), timeout=30)
                 for _ in range(200)]
        for sock in socks:
            sock.sendall(HEAD)
        for _ in range(10):
            self.assertEqual(self.server.call('GET', '/health', timeout=5)[0], 200)
        for sock in socks:
            self.assertTrue(sock.recv(4096).startswith(b'HTTP/1.1 408 '))
            sock.close()

    def test_pieces_in_time_are_answered(self):
        with socket.create_connection(('127.0.0.1', self.server.port), timeout=30) as sock:
            for piece in (HEAD[:7], HEAD[7:30], HEAD[30:], b'\r', b'\n'):
                sock.sendall(piece)
                select.select([sock], [], [], 0.05)
            self.assertTrue(sock.recv(4096).startswith(b'HTTP/1.1 200 '))

    def test_a_head_without_end(self):
        with socket.create_connection(('127.0.0.1', self.server.port), timeout=30) as sock:
            answer = b''
            try:
                sock.sendall(HEAD + b'X-Long: ' + b'a' * 60000)
                answer = sock.recv(4096)
            except ConnectionError:
                pass
            # What was not read yet when it ended resets the connection, which may take the answer along.
            self.assertIn(answer.split(b'\r\n')[0][:13], (b'HTTP/1.1 431 ', b''))
        self.assertEqual(self.server.call('GET', '/health')[0], 200)

    def test_a_head_of_a_lawful_size(self):
        self.assertEqual(self.server.call('GET', '/health', headers={'X-Long': 'a' * 8000})[0], 200)


class Crowd(unittest.TestCase):
    def test_connections_of_one_address(self):
        server = Server(flags=['--per-address', '5'])
        socks = []
        for _ in range(5):
            sock = socket.create_connection(('127.0.0.1', server.port), timeout=30)
            sock.sendall(HEAD + b'\r\n')
            self.assertIn(b' 200 ', sock.recv(4096))
            socks.append(sock)
        with socket.create_connection(('127.0.0.1', server.port), timeout=30) as sixth:
            answer = sixth.recv(4096)
            self.assertTrue(answer.startswith(b'HTTP/1.1 503 '), answer)
            self.assertIn(b'http.connections', answer)
        # Another address has its own; and who goes makes room.
        with socket.socket() as other:
            other.bind(('127.0.0.2', 0))
            other.settimeout(30)
            other.connect(('127.0.0.1', server.port))
            other.sendall(HEAD + b'\r\n')
            self.assertIn(b' 200 ', other.recv(4096))
        socks.pop().close()
        for _ in range(200):
            with socket.create_connection(('127.0.0.1', server.port), timeout=30) as again:
                again.sendall(HEAD + b'\r\n')
                if b' 200 ' in again.recv(4096):
                    break
        else:
            self.fail('there is no room again')
        for sock in socks:
            sock.close()
        server.stop()

    def test_a_thousand_come_at_once(self):
        """As after a restart of the centre: nobody waits for a second try of the system's."""
        server = Server()
        start = time.monotonic()
        socks = []
        for _ in range(1000):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(('127.0.0.1', server.port))
            socks.append(sock)
        for sock in socks:
            select.select([], [sock], [], 30)
            sock.setblocking(True)
            sock.settimeout(30)
            sock.sendall(HEAD + b'\r\n')
        for sock in socks:
            self.assertIn(b' 200 ', sock.recv(4096))
            sock.close()
        self.assertLess(time.monotonic() - start, 20)
        server.stop()


if __name__ == '__main__':
    unittest.main(verbosity=2)
