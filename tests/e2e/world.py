# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes for end-to-end tests: the stand-in for ILMS, the centre and a desktop without a
screen. Every wait is a condition with a limit; every process is ended by its own id."""

import http.client
import json
import os
import select
import sqlite3
import subprocess
import tempfile
import time

LIMIT = float(os.environ.get('PIAOKU_E2E_LIMIT', '60'))
PASSWORD = 'piaoku-practice-1'
LANE = 652300
FITS = 0
KINDS = ('orders', 'order_line', 'pack', 'stock', 'movement', 'order_event', 'parcel',
         'gateway_request', 'outlet')


def wait_until(what, condition, limit=LIMIT):
    """Asks condition() until it says something true, which is returned."""
    end = time.monotonic() + limit
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError('not within %g s: %s' % (limit, what))
        time.sleep(0.05)


class Program:
    """A process whose first line says where it listens; restarted on the same ports."""

    def __init__(self, world, name, args, log=None):
        self.world, self.name, self.args, self.log_name = world, name, args, log or name
        self.process, self.told = None, {}

    def start(self, *more):
        assert self.process is None
        log = open(self.world.path(self.log_name + '.log'), 'ab')
        self.process = subprocess.Popen(
            [os.environ[self.name], *self.args(self.told), *more], stdout=subprocess.PIPE,
            stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        ready, _, _ = select.select([self.process.stdout], [], [], LIMIT)
        line = self.process.stdout.readline() if ready else b''
        assert line, '%s did not start: %s' % (self.name, self.world.log(self.log_name))
        self.told = json.loads(line)

    def end(self, how='terminate'):
        if self.process is None:
            return
        getattr(self.process, how)()
        self.process.wait(LIMIT)
        self.process.stdout.close()
        self.process = None

    def kill(self):
        self.end('kill')

    def log(self):
        return self.world.log(self.log_name)


class Refused(Exception):
    def __init__(self, answer):
        super().__init__('%s: %s' % (answer.get('reason'), answer.get('message')))
        self.reason = answer.get('reason')


class Desktop:
    def __init__(self, world, file='desktop.db', user='keeper', server=None):
        self.world, self.file, self.user = world, world.path(file), user
        self.server = server or world.server
        self.process = None

    def start(self):
        log = open(self.world.path('desktop.log'), 'ab')
        url = 'http://127.0.0.1:%d' % self.server.told['port']
        self.process = subprocess.Popen([os.environ['E2E_DESKTOP'], self.file, url],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        log.close()
        self.ask('sign-in', name=self.user, password=PASSWORD)
        self.ask('start')
        return self

    def send(self, what, **members):
        self.process.stdin.write(json.dumps({'do': what, **members}).encode() + b'\n')
        self.process.stdin.flush()

    def receive(self):
        ready, _, _ = select.select([self.process.stdout], [], [], LIMIT)
        line = self.process.stdout.readline() if ready else b''
        assert line, 'the desktop is silent: ' + self.world.log('desktop')
        answer = json.loads(line)
        if not answer['ok']:
            raise Refused(answer)
        return answer

    def ask(self, what, **members):
        self.send(what, **members)
        return self.receive()

    def run(self, name, **args):
        return self.ask('run', name=name, args=args)

    def rows(self, sql):
        return self.ask('query', sql=sql)['rows']

    def one(self, sql):
        rows = self.rows(sql)
        return rows[0][0] if rows else None

    def status(self):
        return self.ask('status')

    def codes(self, order):
        return self.ask('codes', order=str(order))['codes']

    def next_order(self, most=12):
        """The oldest order that waits and is not too large for one person: id and number."""
        return wait_until('an order waits', lambda: self.rows(
            "SELECT id, number FROM orders WHERE state = 'pending_outbound'"
            ' AND lock_no IS NOT NULL AND packs <= %d ORDER BY submitted_at, id LIMIT 1' % most))[0]

    def pick(self, order):
        self.run('order.open_pick', order=str(order))
        for kind, code in self.codes(order):
            if kind == FITS:
                self.ask('scan', order=str(order), code=code)
        self.run('order.check', order=str(order), intact=True)

    def state_of(self, order):
        return self.one('SELECT state FROM orders WHERE id = %d' % order)

    def wait_state(self, order, state, limit=LIMIT):
        try:
            wait_until(state, lambda: self.state_of(order) == state, limit)
        except AssertionError as error:
            raise AssertionError('order %d is %s here and %s at the centre, not %s; %s; requests %s' % (
                order, self.state_of(order),
                self.world.server_rows('SELECT state FROM orders WHERE id = %d' % order), state,
                self.status(), self.world.server_rows(
                    'SELECT op, state, tries, code, message FROM gateway_request'
                    ' WHERE order_id = %d' % order))) from error

    def wait_ilms(self, online):
        def known():
            self.ask('nudge')
            return (self.status()['ilms'] == 'online') == online
        wait_until('the desktop knows that ILMS is %s' % ('up' if online else 'down'), known,
                   LIMIT + 60)

    def drain(self):
        """Until the centre has decided everything and everything of it is here."""
        def done():
            status = self.status()
            if status['waiting'] == 0 and status['complete'] and status['centre'] == 'online':
                return True
            self.ask('nudge')
            return False
        wait_until('the outbox is empty', done)

    def wait_equal(self):
        """Until it holds what the centre has of its lane. A balance may still be on its way after
        everything else."""
        def differing():
            self.ask('nudge')
            return [kind for kind in KINDS for sql in
                    ['SELECT id, rev FROM %s WHERE lane = %d ORDER BY id' % (kind, LANE)]
                    if [tuple(row) for row in self.rows(sql)] != self.world.server_rows(sql)]
        self.drain()
        wait_until('the desktop equals the centre', lambda: not differing())

    def end(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait(LIMIT)
            self.process.stdout.close()
            self.process = None

    def kill(self):
        self.process.kill()
        self.process.wait(LIMIT)
        self.process.stdin.close()
        self.process.stdout.close()
        self.process = None


class World:
    """A folder with demo data, and what runs on it."""

    def __init__(self, orders=300, seed=11, database=None, sandbox=()):
        """@database: postgresql://… of an empty one; a file otherwise. @sandbox: its flags."""
        self.folder = tempfile.TemporaryDirectory(prefix='piaoku-e2e-')
        self.database = database or self.path('server.db')
        self.ctl('demo', '--database', self.database, '--orders', str(orders), '--seed',
                 str(seed), '--live', '--gateway-seed', self.path('seed.json'))
        self.sandbox = Program(self, 'PIAOKU_ILMS_SANDBOX', lambda told: [
            '--database', self.path('ilms.db'), '--port', str(told.get('port', 0)),
            '--control-port', str(told.get('control', 0))])
        self.server = self.make_server()
        self.sandbox.start('--seed-file', self.path('seed.json'), *sandbox)
        self.server.start()

    def make_server(self, *more, gateway=None, database=None, log=None):
        """One more over the same database; @gateway: the port of another way to the stand-in."""
        return Program(self, 'PIAOKU_SERVER', lambda told: [
            '--database', database or self.database, '--port', str(told.get('port', 0)),
            '--gateway', 'http://127.0.0.1:%d' % (gateway or self.sandbox.told['port']),
            '--gateway-lease', '1', *more], log)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def log(self, name):
        try:
            with open(self.path(name + '.log'), errors='replace') as log:
                return log.read()[-2000:]
        except FileNotFoundError:
            return ''

    def ctl(self, *words, check=True):
        done = subprocess.run([os.environ['PIAOKUCTL'], *words], capture_output=True, text=True,
                              timeout=LIMIT * 3)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def control(self, method, path, body=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.sandbox.told['control'],
                                                timeout=LIMIT)
        try:
            connection.request(method, path, body=json.dumps(body) if body is not None else None)
            reply = connection.getresponse()
            text = reply.read().decode()
            assert reply.status == 200, text
            return json.loads(text) if text else {}
        finally:
            connection.close()

    def ledger(self):
        rows, after = [], 0
        while True:
            more = self.control('GET', '/control/ledger?after=%d' % after)['rows']
            if not more:
                return rows
            rows += more
            after = more[-1]['seq']

    def debits(self, number):
        return [row for row in self.ledger() if row['kind'] == 'debit' and row['orderNo'] == number]

    def server_rows(self, sql):
        if self.database.startswith('postgresql:'):
            return self.ask_postgresql(sql)
        connection = sqlite3.connect('file:%s?mode=ro' % self.database, uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def ask_postgresql(self, sql, database=None):
        import psycopg2
        connection = psycopg2.connect(database or self.database)
        connection.autocommit = True
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def close(self):
        self.server.end()
        self.sandbox.end()
        self.folder.cleanup()
