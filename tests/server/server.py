# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real piaoku-server for tests, and a desktop that speaks to it by hand."""

import base64
import http.client
import json
import os
import socket
import sqlite3
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

BIN = os.environ['PIAOKU_SERVER']
SEED = os.environ['PIAOKU_SEED']
POSTGRESQL = os.environ.get('PIAOKU_TEST_POSTGRESQL')
STRIDE = 4096 * 256
OUTLET, TYPE_A = '40', '50'
# What the programs of this tree have.
SCHEMA = max(int(path.name[:3]) for path in (Path(__file__).parents[2] / 'data' / 'schema').glob('[0-9]*.sql'))


class Server:
    def __init__(self, beside=None, options=None, database=None, flags=()):
        """A server on a fresh database, or one more on the database of @beside. @options are those
        of its sessions on PostgreSQL, @database is one that is ready, @flags those of the program."""
        self.folder = None
        self.flags = list(flags)
        if beside or database:
            self.database = database or beside.database
        else:
            self.folder = tempfile.TemporaryDirectory(prefix='piaoku-server-')
            self.database = POSTGRESQL or os.path.join(self.folder.name, 'centre.db')
            subprocess.run([SEED], check=True,
                           env={**os.environ, 'PIAOKU_TEST_DATABASE': self.database})
        if options:
            self.database += '&options=' + urllib.parse.quote(options)
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [BIN, '--database', self.database, '--port', '0'] + self.flags, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, 'G_DEBUG': 'fatal-criticals'})
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        self.port = json.loads(line)['port']

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def stop(self):
        self.process.terminate()
        try:
            _, errors = self.process.communicate(timeout=20)
        finally:
            if self.process.poll() is None:
                self.kill()
        assert self.process.returncode == 0, (self.process.returncode, errors)
        if self.folder:
            self.folder.cleanup()
        return errors.decode()

    def execute(self, statement):
        """Past the server, as an administrator of the database might."""
        if POSTGRESQL:
            import psycopg2
            connection = psycopg2.connect(self.database)
        else:
            connection = sqlite3.connect(self.database, timeout=30)
        try:
            cursor = connection.cursor()
            cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else []
            connection.commit()
        finally:
            connection.close()
        return rows

    def call(self, method, path, body=None, token=None, headers=None, timeout=30):
        """(status, object or text)"""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=timeout)
        headers = dict(headers or {})
        if token:
            headers['Authorization'] = 'Bearer ' + token
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        try:
            connection.request(method, path, body=data, headers=headers)
            reply = connection.getresponse()
            text = reply.read().decode()
        finally:
            connection.close()
        if reply.headers.get_content_type() == 'application/json':
            return reply.status, json.loads(text)
        return reply.status, text

    def raw(self, path, body, token, headers):
        """(content type, bytes) of what a POST is answered with"""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        try:
            connection.request('POST', path, body=json.dumps(body).encode(),
                               headers={'Authorization': 'Bearer ' + token, **headers})
            reply = connection.getresponse()
            data = reply.read()
        finally:
            connection.close()
        assert reply.status == 200, data
        return reply.headers.get_content_type(), data


class Desk:
    def __init__(self, server, name='keeper', key=None):
        self.server, self.name = server, name
        self.key = key or (name + '-key-').ljust(40, 'x')
        status, answer = server.call('POST', '/v1/sign-in', {
            'name': name, 'password': name + '-pass-1', 'device_name': 'test', 'device': 0,
            'device_key': self.key})
        assert status == 200, answer
        self.token, self.device, self.user = answer['token'], answer['device'], answer['user']
        self.dseq, self.cursors, self.rows = 0, [], {}

    def order(self, packs=1):
        self.dseq += 1
        return {'id': str((1 << 52) + self.dseq * STRIDE + self.device), 'dseq': self.dseq,
                'name': 'order.submit', 'at': 1767322900000, 'actor': self.user,
                'args': {'outlet': OUTLET, 'source': 'phone', 'identity_checked': True, 'note': 'a test at any hour',
                         'lines': [{'ticket_type': TYPE_A, 'packs': packs}]}}

    def request(self, commands=(), **more):
        return {'device': self.device, 'epoch': '', 'schema': SCHEMA, 'now': 1767322900000,
                'max_bytes': 1 << 20, 'ack': 0, 'cursors': self.cursors,
                'commands': list(commands), **more}

    def sync(self, commands=(), **more):
        status, answer = self.server.call('POST', '/v1/sync', self.request(commands, **more),
                                          self.token)
        assert status == 200, answer
        self.take(answer)
        return answer

    def take(self, answer):
        for group in answer['rows']:
            for row in group['rows']:
                self.rows[group['kind'], row['id']] = row
        self.cursors = answer['end']['upto']

    def count(self, kind):
        return sum(1 for key in self.rows if key[0] == kind)


class Live:
    """A WebSocket by hand: text frames of the server, unmasked and short."""

    def __init__(self, server, token):
        self.socket = socket.create_connection(('127.0.0.1', server.port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f'GET /v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n'
                             f'Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n'
                             f'Sec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n\r\n'
                             ).encode())
        self.file = self.socket.makefile('rb')
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def frame(self):
        head = self.file.read(2)
        if len(head) < 2:
            return None, b''
        length = head[1] & 127
        if length == 126:
            length = int.from_bytes(self.file.read(2), 'big')
        return head[0] & 15, self.file.read(length)

    def close(self):
        self.file.close()
        self.socket.close()
