# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A door before a port of this machine: what knocks is led through, or stands outside while its
connection is being made, which takes as long as the test wants."""

import selectors
import socket
import threading


class Door:
    def __init__(self, port):
        self.target = port
        self.listener = socket.socket()
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.wake, self.woken = socket.socketpair()
        self.fillers, self.thread, self.leading = [], None, []
        self.open()

    def open(self):
        self.thread = threading.Thread(target=self.lead_in)
        self.thread.start()

    def lead_in(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.listener, selectors.EVENT_READ)
            selector.register(self.woken, selectors.EVENT_READ)
            while self.woken not in [key.fileobj for key, _ in selector.select()]:
                client, _ = self.listener.accept()
                server = socket.create_connection(('127.0.0.1', self.target), timeout=30)
                for one, other in ((client, server), (server, client)):
                    thread = threading.Thread(target=self.pass_on, args=(one, other), daemon=True)
                    self.leading.append(thread)
                    thread.start()
        self.woken.recv(1)

    @staticmethod
    def pass_on(one, other):
        try:
            while True:
                data = one.recv(1 << 16)
                if not data:
                    break
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def shut(self):
        """Who knocks from now on gets no connection, and no refusal either: the queue is full."""
        self.wake.send(b'.')
        self.thread.join()
        for _ in range(8):
            filler = socket.socket()
            filler.settimeout(0.3)
            try:
                filler.connect(('127.0.0.1', self.port))
            except TimeoutError:
                filler.close()
                return
            self.fillers.append(filler)
        raise AssertionError('the queue never fills')

    def let_one_in(self):
        """The connection of whoever stands outside; who is on the other side knows nothing yet."""
        mine = {filler.getsockname() for filler in self.fillers}
        for filler in self.fillers:
            filler.close()
        self.fillers = []
        self.listener.settimeout(20)
        while True:
            connection, address = self.listener.accept()
            if address not in mine:
                connection.settimeout(30)
                return connection
            connection.close()

    def close(self):
        self.wake.send(b'.')
        if self.thread.is_alive():
            self.thread.join()
        self.listener.close()
