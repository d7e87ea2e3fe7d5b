#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The centre as a real process over loopback HTTP."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from server import BIN, POSTGRESQL, SCHEMA, Desk, Live, Server  # noqa: E402


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def sign_in(self, name, password, key='k' * 40):
        return self.server.call('POST', '/v1/sign-in', {'name': name, 'password': password,
                                                         'device_name': 'test', 'device': 0,
                                                         'device_key': key})

    def test_sign_in(self):
        status, answer = self.sign_in('keeper', 'keeper-pass-1')
        self.assertEqual(status, 200)
        again = self.sign_in('keeper', 'keeper-pass-1')[1]
        self.assertEqual(again['device'], answer['device'])
        self.assertNotEqual(again['token'], answer['token'])
        other = self.sign_in('keeper', 'keeper-pass-1', 'z' * 40)[1]
        self.assertNotEqual(other['device'], answer['device'])
        for body in ({}, {'name': 'keeper'}, {'name': 7, 'password': 'x', 'device_key': 'k' * 40},
                     {'name': 'keeper', 'password': 'x', 'device_key': 'short'},
                     {'name': 'k' * 1000, 'password': 'x', 'device_key': 'k' * 40}):
            status, answer = self.server.call('POST', '/v1/sign-in', body)
            self.assertIn(status, (400, 413), answer)
            self.assertTrue(answer['message'])

    def test_wrong_password_and_unknown_name_look_alike(self):
        taken = {}
        for name in ('picker', 'nobody'):
            for _ in range(5):
                start = time.monotonic()
                status, answer = self.sign_in(name, 'wrong-pass-1')
                taken.setdefault(name, []).append(time.monotonic() - start)
                self.assertEqual((status, answer['reason']), (403, 'sign-in.refused'))
            status, answer = self.sign_in(name, 'wrong-pass-1')
            self.assertEqual((status, answer['reason']), (429, 'sign-in.locked'))
        known, unknown = (sorted(taken[name])[2] for name in ('picker', 'nobody'))
        self.assertLess(max(known, unknown) / min(known, unknown), 2.5)
        # The right password does not help while the name is locked.
        self.assertEqual(self.sign_in('picker', 'picker-pass-1')[0], 429)

    def test_without_a_session(self):
        for token in (None, 'nonsense', 'a' * 64, 'a' * 4000):
            status, answer = self.server.call('POST', '/v1/sync', {'device': 1}, token)
            self.assertEqual((status, answer['reason']), (401, 'session.invalid'))
            self.assertEqual(self.server.call('GET', '/v1/command/5', token=token)[0], 401)

    def test_sync_both_ways(self):
        desk = Desk(self.server, key='sync-both-ways'.ljust(40, '-'))
        first = desk.sync()
        self.assertFalse(first['end']['more'])
        self.assertGreater(desk.count('pack'), 0)
        self.assertGreaterEqual(desk.count('number_block'), 1)
        before = desk.count('order')
        order = desk.order()
        answer = desk.sync([order])
        self.assertEqual(answer['verdicts'][0]['state'], 'accepted', answer['verdicts'])
        self.assertEqual(desk.count('order'), before + 1)
        again = desk.sync([order])
        self.assertEqual(again['verdicts'], answer['verdicts'])
        self.assertEqual(desk.count('order'), before + 1)
        status, verdict = self.server.call('GET', '/v1/command/' + order['id'], token=desk.token)
        self.assertEqual((status, verdict['seq']), (200, answer['verdicts'][0]['seq']))
        stranger = Desk(self.server, 'stranger')
        self.assertEqual(self.server.call('GET', '/v1/command/' + order['id'],
                                          token=stranger.token)[0], 404)
        stranger.sync()
        self.assertFalse([row for row in stranger.rows.values() if row['lane'] == 652300])

    def test_short_question(self):
        """What is not known to be the same is not, and nobody is told without a session."""
        desk = Desk(self.server, key='short-question'.ljust(40, '-'))
        desk.sync()
        for tail in (f'{SCHEMA}/0123456789abcdef', f'{SCHEMA}/', f'{SCHEMA}/' + 'x' * 3000):
            self.assertEqual(self.server.call('GET', '/v1/same/' + tail, token=desk.token), (200, {'same': False}))
        for tail in ('', 'x', f'x/{"0" * 16}', f'{SCHEMA}', f'{SCHEMA}/a/b', f'-1/{"0" * 16}'):
            status, answer = self.server.call('GET', '/v1/same/' + tail, token=desk.token)
            self.assertEqual((status, answer['reason']), (400, 'sync.same'), tail)
        status, answer = self.server.call('GET', f'/v1/same/{SCHEMA + 1}/0', token=desk.token)
        self.assertEqual((status, answer['reason']), (409, 'sync.schema-new'))
        self.assertEqual(self.server.call('GET', f'/v1/same/{SCHEMA}/0')[0], 401)

    def test_codings(self):
        """Who asks for frames gets frames; who asks for JSON, or for nothing, gets JSON."""
        desk = Desk(self.server, key='codings'.ljust(40, '-'))
        frames = 'application/x-piaoku-frames'
        for accept, expected in ((None, 'application/json'), ('*/*', 'application/json'),
                                 ('application/json', 'application/json'), (frames, frames),
                                 (frames + ', application/json', frames),
                                 ('application/json, ' + frames + ';q=0.5', 'application/json'),
                                 ('text/html', 'application/json')):
            kind, body = self.server.raw('/v1/sync', desk.request(), desk.token,
                                         {'Accept': accept} if accept else {})
            self.assertEqual(kind, expected, accept)
            if kind == frames:
                self.assertEqual(body[4], 1)
                self.assertEqual(int.from_bytes(body[:4], 'little') + 9 < len(body), True)
            else:
                self.assertIn('end', json.loads(body))

    def test_schemas(self):
        desk = Desk(self.server, key='schemas'.ljust(40, '-'))
        for schema in range(SCHEMA - 2, SCHEMA + 1):
            desk.sync(schema=schema)
        for schema, reason in ((SCHEMA - 3, 'sync.schema-old'), (0, 'sync.schema-old'), (-1, 'sync.schema-old'),
                               (SCHEMA + 1, 'sync.schema-new'), (1 << 62, 'sync.schema-new')):
            status, answer = self.server.call('POST', '/v1/sync', desk.request([desk.order()], schema=schema),
                                              desk.token)
            self.assertEqual((status, answer['reason']), (409, reason))
            self.assertTrue(answer['message'])

    def test_a_session_is_bound_to_its_computer(self):
        desk = Desk(self.server, key='bound-1'.ljust(40, '-'))
        other = Desk(self.server, key='bound-2'.ljust(40, '-'))
        status, answer = self.server.call('POST', '/v1/sync', other.request(), desk.token)
        self.assertEqual((status, answer['reason']), (403, 'sync.device'))

    def test_who_may_no_longer(self):
        desk = Desk(self.server, key='revoked'.ljust(40, '-'))
        self.server.execute(f'UPDATE device SET revoked = 1 WHERE number = {desk.device}')
        status, answer = self.server.call('POST', '/v1/sync', desk.request(), desk.token)
        self.assertEqual((status, answer['reason']), (410, 'device.revoked'))
        self.assertEqual(self.sign_in('keeper', 'keeper-pass-1', desk.key)[0], 410)
        desk = Desk(self.server, key='expired'.ljust(40, '-'))
        self.server.execute(f'UPDATE session SET expires_at = 1 WHERE device = {desk.device}')
        status, answer = self.server.call('POST', '/v1/sync', desk.request(), desk.token)
        self.assertEqual((status, answer['reason']), (401, 'session.invalid'))
        stranger = Desk(self.server, 'stranger', key='disabled'.ljust(40, '-'))
        self.server.execute("UPDATE users SET enabled = 0 WHERE name = 'stranger'")
        try:
            self.assertEqual(self.server.call('POST', '/v1/sync', stranger.request(),
                                              stranger.token)[0], 401)
            self.assertEqual(self.sign_in('stranger', 'stranger-pass-1')[0], 403)
        finally:
            self.server.execute("UPDATE users SET enabled = 1 WHERE name = 'stranger'")
            self.server.execute("DELETE FROM sign_in_guard")

    def test_a_struck_off_computer_is_turned_away_everywhere(self):
        desk = Desk(self.server, key='struck-off'.ljust(40, '-'))
        known = desk.order()
        desk.sync([known])
        self.assertEqual(self.server.call('GET', '/v1/command/' + known['id'], token=desk.token)[0], 200)
        live = Live(self.server, desk.token)
        self.assertEqual(live.status, 101)
        self.server.execute(f'UPDATE device SET revoked = 1 WHERE number = {desk.device}')
        again = Live(self.server, desk.token)
        opcode, data = again.frame()
        self.assertEqual((opcode, int.from_bytes(data[:2], 'big'), data[2:]), (8, 4401, b'device.revoked'))
        status, answer = self.server.call('GET', '/v1/command/' + known['id'], token=desk.token)
        self.assertEqual((status, answer['reason']), (410, 'device.revoked'))
        self.assertTrue(answer['message'])
        # What it still sends is not decided, not even refused.
        late = desk.order()
        status, answer = self.server.call('POST', '/v1/sync', desk.request([late]), desk.token)
        self.assertEqual((status, answer['reason']), (410, 'device.revoked'))
        self.assertNotIn('verdicts', answer)
        other = Desk(self.server, key='not-struck-off'.ljust(40, '-'))
        self.assertEqual(self.server.call('GET', '/v1/command/' + late['id'], token=other.token)[0], 404)
        for one in (live, again):
            one.close()

    def test_a_listener_that_is_struck_off_is_told(self):
        """By another process, beside the server."""
        desk = Desk(self.server, key='listener'.ljust(40, '-'))
        live = Live(self.server, desk.token)
        self.assertEqual(live.status, 101)
        live.socket.settimeout(15)
        subprocess.run([os.environ['PIAOKUCTL'], 'device', 'revoke', str(desk.device), '--database',
                        self.server.database], check=True, capture_output=True)
        opcode, data = live.frame()
        while opcode == 1:
            opcode, data = live.frame()
        self.assertEqual((opcode, int.from_bytes(data[:2], 'big'), data[2:]), (8, 4401, b'device.revoked'))
        live.close()

    def test_sentences_speak_the_language_of_the_desktop(self):
        """A verdict and a refusal of the request, both languages, whatever the centre's own is."""
        desk = Desk(self.server, key='language'.ljust(40, '-'))
        for asked, chinese in (('zh-CN', True), ('en', False), ('fr, zh;q=0.8', True), ('en-GB', False)):
            unknown = desk.order()
            unknown['args']['identity_checked'] = False
            status, answer = self.server.call('POST', '/v1/sync', desk.request([unknown]), desk.token,
                                              {'Accept-Language': asked})
            self.assertEqual(status, 200)
            verdict = answer['verdicts'][0]
            self.assertEqual(verdict['code'], 'order.identity')
            self.assertEqual('电话' in verdict['message'], chinese, verdict['message'])
            self.assertEqual('Confirm' in verdict['message'], not chinese, verdict['message'])
            status, answer = self.server.call('POST', '/v1/sync', desk.request(schema=SCHEMA + 1), desk.token,
                                              {'Accept-Language': asked})
            self.assertEqual(status, 409)
            self.assertEqual('中心' in answer['message'], chinese, answer['message'])

    def test_who_is_not_let_in_reads_it_in_his_language(self):
        for asked, chinese in (('zh-CN', True), ('en', False)):
            for body in ({}, {'name': 'nobody', 'password': 'wrong', 'device_name': 'x', 'device_key': 'k' * 40}):
                status, answer = self.server.call('POST', '/v1/sign-in', body, None, {'Accept-Language': asked})
                self.assertIn(status, (400, 403))
                self.assertEqual('密码' in answer['message'], chinese, answer['message'])

    def test_hostile_bodies(self):
        desk = Desk(self.server, key='hostile'.ljust(40, '-'))
        before = self.server.call('GET', '/health')[1]['seq']
        good = json.dumps(desk.request([desk.order()])).encode()
        bodies = [b'', b'{', b'[]', b'null', b'"x"', b'\xff\xfe', b'{"device":' + b'[' * 5000,
                  b'{"a":' * 40 + b'1' + b'}' * 40]
        for body in bodies:
            status, answer = self.server.call('POST', '/v1/sync', body, desk.token)
            self.assertIn(status, (400, 413), body[:40])
            self.assertTrue(answer['message'])
        spoiled = (
            ('"device": %d' % desk.device, '"device": "%d"' % desk.device),
            ('"commands": [', '"commands": [7, '), ('"args": {', '"args": 7, "was": {'),
            ('"dseq": 1', '"dseq": -1'), ('"at": 1767322900000', '"at": "now"'),
            ('"name": "order.submit"', '"name": "' + 'x' * 100 + '"'))
        for old, new in spoiled:
            body = good.decode().replace(old, new)
            self.assertNotEqual(body, good.decode())
            status, answer = self.server.call('POST', '/v1/sync', body.encode(), desk.token)
            self.assertIn(status, (400, 403, 413), answer)
        status, answer = self.server.call(
            'POST', '/v1/sync', desk.request([desk.order() for _ in range(200)]), desk.token)
        self.assertEqual((status, answer['reason']), (413, 'sync.commands'))
        # Noise in a good body: refused, or a verdict; the server stands.
        random.seed(7)
        for _ in range(200):
            noise = bytearray(good)
            for _ in range(random.randint(1, 4)):
                noise[random.randrange(len(noise))] = random.choice(b'09-"{}[],:ax\x00\xff')
            self.server.call('POST', '/v1/sync', bytes(noise), desk.token)
        after = self.server.call('GET', '/health')[1]['seq']
        # At most one command and one block of numbers are in it.
        self.assertLessEqual(after - before, 2)

    def test_bodies_are_bounded_as_they_arrive(self):
        desk = Desk(self.server, key='bounded'.ljust(40, '-'))
        head = 'POST /v1/sync HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n'
        for more, status in (('Content-Length: 1048577', b'413'),
                             ('Transfer-Encoding: chunked', b'411'),
                             ('Content-Length: 99999999999999', b'413')):
            with socket.create_connection(('127.0.0.1', self.server.port), timeout=30) as sock:
                sock.sendall((head % (desk.token, more)).encode())
                # The answer comes without the body having been sent.
                self.assertEqual(sock.recv(100).split()[1], status)

    def test_routes(self):
        self.assertEqual(self.server.call('GET', '/nothing')[0], 404)
        self.assertEqual(self.server.call('GET', '/v1/sync')[0], 405)
        self.assertEqual(self.server.call('POST', '/health', {})[0], 405)
        status, health = self.server.call('GET', '/health')
        self.assertEqual((status, health['ok']), (200, True))

    def test_live(self):
        desk = Desk(self.server, key='live'.ljust(40, '-'))
        stranger = Desk(self.server, 'stranger', key='live-stranger'.ljust(40, '-'))
        refused = Live(self.server, 'nonsense')
        opcode, data = refused.frame()
        self.assertEqual((opcode, int.from_bytes(data[:2], 'big')), (8, 4401))
        refused.close()
        desk.sync()
        live, elsewhere = Live(self.server, desk.token), Live(self.server, stranger.token)
        self.assertEqual(live.status, 101)
        # Its grants are read a moment after the handshake: order until it hears.
        heard = []
        listener = threading.Thread(target=lambda: heard.append(live.frame()))
        listener.start()
        for _ in range(100):
            seq = desk.sync([desk.order()])['verdicts'][0]['seq']
            listener.join(0.1)
            if heard:
                break
        opcode, data = heard[0]
        self.assertEqual((opcode, json.loads(data)['lane']), (1, 652300))
        self.assertLessEqual(json.loads(data)['seq'], seq)
        elsewhere.socket.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            elsewhere.frame()
        live.close()
        elsewhere.close()


class Crash(unittest.TestCase):
    """The server dies at once, at any moment of a push; the desktop sends again."""

    def test_every_command_happens_once(self):
        server = Server()
        desk = Desk(server)
        desk.sync()
        sent, random_source = [], random.Random(11)
        for _ in range(12):
            commands = [desk.order() for _ in range(20)]
            sent += commands

            def push():
                try:
                    server.call('POST', '/v1/sync', desk.request(commands), desk.token)
                except (OSError, http_error):
                    pass

            thread = threading.Thread(target=push)
            thread.start()
            thread.join(random_source.uniform(0, 0.03))
            server.kill()
            thread.join()
            server.start()
            answer = desk.sync(commands)
            self.assertEqual([verdict['state'] for verdict in answer['verdicts']],
                             ['accepted'] * len(commands))
        while desk.sync()['end']['more']:
            pass
        self.assertEqual(desk.count('order'), len(sent))
        repeated = desk.sync(sent[:100])['verdicts']
        self.assertEqual(len({verdict['seq'] for verdict in repeated}), 100)
        self.assertEqual(desk.count('order'), len(sent))
        server.stop()

    @unittest.skipIf(POSTGRESQL, 'the log of SQLite')
    def test_a_damaged_log_is_not_passed_over(self):
        """SQLite reads up to the damage and serves without what was confirmed behind it."""
        server = Server()
        desk = Desk(server)
        desk.sync()
        sent = [desk.order() for _ in range(5)]
        for order in sent:
            self.assertEqual(desk.sync([order])['verdicts'][0]['state'], 'accepted')
        server.kill()
        whole = Path(server.database + '-wal').read_bytes()
        frame = 24 + 4096
        harmed = bytearray(whole)
        harmed[32 + (len(whole) - 32) // frame * 3 // 4 * frame + 1000] ^= 1
        Path(server.database + '-wal').write_bytes(harmed)
        done = subprocess.run([BIN, '--database', server.database, '--port', '0'],
                              capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn('piaokuctl epoch', done.stderr.decode())
        self.assertEqual(Path(server.database + '-wal').read_bytes(), bytes(harmed))
        # Neither does anything else that would write in it.
        for words in (('init',), ('user', 'password', 'keeper'), ('device', 'revoke', '1'),
                      ('ilms', 'resume')):
            done = subprocess.run([os.environ['PIAOKUCTL'], *words, '--database', server.database],
                                  input=b'a-long-pass-word-7\n', capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn('piaokuctl epoch', done.stderr.decode(), words)
            self.assertEqual(Path(server.database + '-wal').read_bytes(), bytes(harmed), words)
        # As a backup is made ready, so is what is left; the desktop sends the rest again.
        subprocess.run([os.environ['PIAOKUCTL'], 'epoch', '--database', server.database],
                       check=True, capture_output=True, timeout=60)
        server.start()
        _, answer = server.call('POST', '/v1/sync', desk.request(sent, epoch='before'), desk.token)
        self.assertTrue(answer['restart'])
        self.assertIn(answer['expected'], range(2, len(sent) + 1))
        server.stop()


class Hints(unittest.TestCase):
    def test_hints_go_across(self):
        """What one server commits, the desktops of the other hear soon, also after the connection
        that listens was lost."""
        first = Server()
        second = Server(beside=first)
        desk = Desk(first)
        listener = Desk(second, 'picker')
        live = Live(second, listener.token)
        self.assertEqual(live.status, 101)
        stranger = Live(second, Desk(second, 'stranger').token)
        heard = []

        def listen():
            while True:
                opcode, data = live.frame()
                if opcode != 1:
                    return
                heard.append(json.loads(data))

        desk.sync()
        thread = threading.Thread(target=listen)
        thread.start()
        # Its grants are read a moment after the handshake: order until it hears.
        for _ in range(100):
            desk.sync([desk.order()])
            thread.join(0.1)
            if heard:
                break
        self.assertEqual({hint['lane'] for hint in heard}, {652300})
        if POSTGRESQL:
            self.assertTrue(second.execute("SELECT pg_terminate_backend (pid) FROM pg_stat_activity"
                                           " WHERE query LIKE 'SELECT lane FROM lane_head%'"))
        seq = desk.sync([desk.order()])['verdicts'][0]['seq']
        for _ in range(200):
            if heard[-1]['seq'] >= seq:
                break
            thread.join(0.1)
        self.assertGreaterEqual(heard[-1]['seq'], seq)
        stranger.socket.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            stranger.frame()
        first.stop()
        second.stop()
        thread.join()
        for one in (live, stranger):
            one.close()


@unittest.skipUnless(POSTGRESQL, 'needs PostgreSQL')
class Shared(unittest.TestCase):
    def test_two_servers_over_one_database(self):
        first = Server()
        second = Server(beside=first)
        desks = [Desk(first), Desk(second, 'picker')]
        for desk in desks:
            desk.sync()
        threads = [threading.Thread(target=lambda desk=desk: [desk.sync([desk.order(), desk.order()])
                                                              for _ in range(30)])
                   for desk in desks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seqs = [seq for (seq,) in first.execute('SELECT seq FROM command_log WHERE seq > 0'
                                                ' ORDER BY seq')]
        self.assertEqual(len(seqs), len(set(seqs)))
        self.assertEqual(len([seq for seq in seqs if seq]), len(seqs))
        first.kill()
        desks[0].server = second
        answer = desks[0].sync([desks[0].order()])
        self.assertEqual(answer['verdicts'][0]['state'], 'accepted')
        for desk in desks:
            while desk.sync()['end']['more']:
                pass
            self.assertEqual(desk.count('order'), 121)
        second.stop()

    def test_the_serving_role(self):
        """A server whose role owns nothing serves; the log it writes it can never change."""
        import psycopg2
        owner = Server()
        ctl = [os.environ['PIAOKUCTL'], 'grant']
        for role, expected in (('piaoku_serve', 0), ('piaoku_serve', 0), ('x; DROP TABLE users', 1)):
            done = subprocess.run([*ctl, role, '--database', owner.database], capture_output=True)
            self.assertEqual(done.returncode, expected, done.stderr)
        database = re.sub('user=[^&]*', 'user=piaoku_serve', owner.database)
        server = Server(database=database)
        desk = Desk(server)
        desk.sync()
        self.assertEqual(desk.sync([desk.order()])['verdicts'][0]['state'], 'accepted')
        before = server.execute('SELECT count(*) FROM command_log')
        for statement in ("UPDATE command_log SET verdict = 'refused'", 'DELETE FROM command_log',
                          'DELETE FROM command_log WHERE false', 'TRUNCATE command_log',
                          'ALTER TABLE command_log DISABLE TRIGGER ALL', 'DROP TABLE command_log',
                          'UPDATE schema_version SET number = 1', 'CREATE TABLE mine (n int)'):
            with self.assertRaises(psycopg2.errors.InsufficientPrivilege, msg=statement):
                server.execute(statement)
        # Whoever owns the table meets the trigger.
        for statement in ("UPDATE command_log SET verdict = 'refused'", 'DELETE FROM command_log',
                          'TRUNCATE command_log'):
            with self.assertRaises(psycopg2.errors.RaiseException, msg=statement):
                owner.execute(statement)
        # What a later migration makes is served too.
        owner.execute('CREATE TABLE later (n int)')
        server.execute('INSERT INTO later VALUES (1)')
        owner.execute('DROP TABLE later')
        self.assertEqual(server.execute('SELECT count(*) FROM command_log'), before)
        server.stop()
        owner.stop()

    def test_the_writer_is_killed_or_stands_still(self):
        """The lock of the writers goes on to the next when its holder dies or stands still in the
        middle of a transaction."""
        first = Server(options='-c idle_in_transaction_session_timeout=1s')
        second = Server(beside=first)
        desk, other = Desk(first), Desk(second, 'picker')
        desk.sync()
        other.sync()
        for how in (signal.SIGKILL, signal.SIGSTOP):
            sent, ended = [], threading.Event()

            def push():
                while not ended.is_set():
                    sent.append(desk.order())
                    try:
                        if first.call('POST', '/v1/sync', desk.request([sent[-1]]), desk.token)[0] != 200:
                            return
                    except (OSError, http_error):
                        return

            thread = threading.Thread(target=push)
            thread.start()
            in_the_middle = False
            for _ in range(200):
                os.kill(first.process.pid, signal.SIGSTOP)
                in_the_middle = bool(first.execute(
                    "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)"
                    " WHERE mode = 'RowExclusiveLock' AND relation = 'head'::regclass"
                    " AND state = 'idle in transaction'"))
                if in_the_middle:
                    break
                os.kill(first.process.pid, signal.SIGCONT)
                threading.Event().wait(0.002)
            self.assertTrue(in_the_middle)
            os.kill(first.process.pid, how)
            answer = other.sync([other.order()])
            self.assertEqual(answer['verdicts'][0]['state'], 'accepted')
            ended.set()
            if how == signal.SIGKILL:
                first.kill()
                thread.join()
                first.start()
            else:
                os.kill(first.process.pid, signal.SIGCONT)
                thread.join()
            # What was under way is sent again, and is there once; a connection that the database
            # has ended costs one call.
            for _ in range(10):
                status, again = first.call('POST', '/v1/sync', desk.request(sent[-2:]), desk.token)
                if status == 200:
                    break
            again = again['verdicts']
            self.assertEqual([verdict['state'] for verdict in again], ['accepted'] * len(again))
        ids = first.execute('SELECT id, count(*) FROM command_log WHERE device > 0 GROUP BY id')
        self.assertEqual({count for _, count in ids}, {1})
        self.assertEqual(first.execute('SELECT count(*) - max(n), max(n) - (SELECT entries FROM head)'
                                       ' FROM command_log'), [(0, 0)])
        first.stop()
        second.stop()

    def test_the_database_comes_back(self):
        server = Server()
        desk = Desk(server)
        desk.sync()
        for _ in range(3):
            server.execute('SELECT pg_terminate_backend (pid) FROM pg_stat_activity'
                           " WHERE pid <> pg_backend_pid () AND datname = current_database ()")
            order = desk.order()
            for _ in range(20):
                # Every connection that was lost costs one call at most.
                status, answer = server.call('POST', '/v1/sync', desk.request([order]), desk.token)
                if status == 200:
                    break
                self.assertEqual((status, answer['reason']), (503, 'db.lost'))
            self.assertEqual(status, 200)
            self.assertEqual(answer['verdicts'][0]['state'], 'accepted')
        while desk.sync()['end']['more']:
            pass
        self.assertEqual(desk.count('order'), 3)
        server.stop()


class Start(unittest.TestCase):
    def test_the_unit_names_flags_that_there_are(self):
        import re
        import subprocess
        unit = (Path(__file__).parents[2] / 'data' / 'server' / 'piaoku-server.service').read_text()
        command = re.search(r'^ExecStart=((?:.*\\\n)*.*)$', unit, re.M).group(1)
        flags = re.findall(r'(--[a-z-]+)', command)
        self.assertIn('--database', flags)
        known = subprocess.run([BIN, '--help'], capture_output=True, text=True, timeout=60).stdout
        for flag in flags:
            self.assertIn(flag, known)

    def test_wrong_flags(self):
        for flags in ([], ['--port', '99999', '--database', 'x'],
                      ['--database', '/nowhere/at/all.db'],
                      ['--database', 'postgresql:///x?host=/nowhere']):
            done = subprocess.run([BIN] + flags, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertTrue(done.stderr.startswith(b'piaoku-server: '), done.stderr)


from http.client import HTTPException as http_error  # noqa: E402

if __name__ == '__main__':
    unittest.main(verbosity=2)
